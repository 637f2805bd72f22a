"""Each limit bites at its number, not before, and only the one who tried too often (security.md T9a)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from participation.accounts import limits
from participation.core.limits import limiter
from participation.core.policy import Role
from tests.browser import Browser, Page, filled_in
from tests.factories.accounts import sign_in
from tests.fixtures.time import Clock
from tests.participation.accounts.conftest import PASSWORD, Colleague, make_colleague

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


def first_number(limit: str) -> int:
    return int(limit.split()[0])


def post(browser: Browser, page: Page, **fields: Any) -> int:
    """Send the page's form from the network in `environ_base`; gives the status."""
    environ = fields.pop("environ_base", {"REMOTE_ADDR": "198.51.100.4"})
    form = page.form()
    values = {**filled_in(form), **fields}
    status: int = browser.post(str(form["action"]), data=values, environ_base=environ, strict=False).status_code
    return status


def test_wrong_passwords_for_one_account_from_one_network(browser: Browser, colleague: Colleague) -> None:
    page = browser.get("/en/sign-in")
    wrong = {"email": colleague.staff.email, "password": "wrong wrong wrong"}
    allowed = first_number(limits.ACCOUNT_HERE_LIMIT)

    answers = [post(browser, page, **wrong) for _ in range(allowed + 1)]

    assert answers == [422] * allowed + [429]
    right = {"email": colleague.staff.email, "password": PASSWORD}
    assert post(browser, page, **right, environ_base=ELSEWHERE) == 303, "she comes in from elsewhere"
    assert post(browser, page, **{**wrong, "email": "bo@city.example"}) == 422, "her neighbour is not shut out"


def test_whoever_is_refused_is_told_how_long_to_wait(browser: Browser, colleague: Colleague) -> None:
    page = browser.get("/en/sign-in")
    values = {**filled_in(page.form()), "email": colleague.staff.email, "password": "wrong wrong wrong"}

    answers = [
        browser.post("/en/sign-in", data=values, strict=False)
        for _ in range(first_number(limits.ACCOUNT_HERE_LIMIT) + 1)
    ]

    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 24 * 3600
    assert "Retry-After" not in answers[0].headers


def test_wrong_passwords_for_one_account_from_many_networks(browser: Browser, colleague: Colleague) -> None:
    page = browser.get("/en/sign-in")
    wrong = {"email": colleague.staff.email, "password": "wrong wrong wrong"}
    allowed = first_number(limits.ACCOUNT_LIMIT)

    answers = [
        post(browser, page, **wrong, environ_base={"REMOTE_ADDR": f"203.0.113.{number}"})
        for number in range(allowed + 1)
    ]

    assert answers == [422] * allowed + [429]


def test_wrong_passwords_from_one_network_for_many_accounts(browser: Browser, colleague: Colleague) -> None:
    page = browser.get("/en/sign-in")
    allowed = first_number(limits.NETWORK_LIMIT)

    answers = [
        post(browser, page, email=f"a{number}@city.example", password="wrong wrong") for number in range(allowed + 1)
    ]

    assert answers == [422] * allowed + [429]
    right = {"email": colleague.staff.email, "password": PASSWORD}
    assert post(browser, page, **right, environ_base=ELSEWHERE) == 303


def test_a_whole_office_signs_in_at_nine(browser: Browser, clock: Clock) -> None:
    """Good sign-ins are never counted."""
    person = make_colleague(clock, Role.OFFICER)
    page = browser.get("/en/sign-in")
    right = {"email": person.staff.email, "password": PASSWORD}

    answers = {
        post(browser.application.test_client(), page, **right) for _ in range(first_number(limits.NETWORK_LIMIT) + 5)
    }

    assert answers == {303}


def test_wrong_codes_count_for_the_person_however_often_she_starts_anew(browser: Browser, colleague: Colleague) -> None:
    allowed = first_number(limits.CODE_LIMIT)
    answers = []
    for _ in range(allowed + 1):
        page = browser.send(browser.get("/en/sign-in"), email=colleague.staff.email, password=PASSWORD)
        answers.append(browser.send(page, code="000000").status_code)

    assert answers == [422] * allowed + [429]
    other = make_colleague(colleague.clock, Role.OFFICER)
    assert other.sign_in(browser.application.test_client()).status_code == 200


def test_wrong_proofs_of_somebody_signed_in(browser: Browser, colleague: Colleague) -> None:
    sign_in(browser, colleague.staff)
    page = browser.get("/en/staff/prove")
    allowed = first_number(limits.CODE_LIMIT)

    answers = [post(browser, page, code="000000") for _ in range(allowed + 1)]

    assert answers == [422] * allowed + [429]


def test_wrong_return_codes_from_one_network(browser: Browser) -> None:
    page = browser.get("/en/come-back")
    allowed = first_number(limits.COME_BACK_LIMIT)

    answers = [post(browser, page, code="1234") for _ in range(allowed + 1)]

    assert answers == [422] * allowed + [429]
    assert post(browser, page, code="1234", environ_base=ELSEWHERE) == 422


def test_one_time_links_cannot_be_tried_out(browser: Browser) -> None:
    allowed = first_number(limits.NETWORK_LIMIT)

    answers = [browser.get(f"/en/enter/try-{number}", strict=False).status_code for number in range(allowed + 1)]

    assert answers == [404] * allowed + [429]
    assert browser.get("/en/enter/try", environ_base=ELSEWHERE).status_code == 404


def test_a_refusal_says_when_to_come_again(browser: Browser) -> None:
    for number in range(first_number(limits.NETWORK_LIMIT)):
        browser.get(f"/en/enter/try-{number}", strict=False)

    page = browser.get("/en/enter/try")

    assert page.status_code == 429
    assert "wait" in page.words.lower()


def test_the_limits_are_on(app: Flask) -> None:
    assert limiter.enabled


@pytest.mark.parametrize("forge", [lambda: {"baraza_key": "forged"}, lambda: {"baraza_staff": "forged"}])
def test_a_forged_cookie_is_no_way_round(browser: Browser, forge: Callable[[], dict[str, str]]) -> None:
    page = browser.get("/en/come-back")
    for _ in range(first_number(limits.COME_BACK_LIMIT)):
        post(browser, page, code="1234")
    for name, value in forge().items():
        browser.set_cookie(name, value)

    assert post(browser, page, code="1234") == 429
