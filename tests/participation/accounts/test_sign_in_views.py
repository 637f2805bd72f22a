"""Staff come in by two proofs, or not at all (security.md T5, T2c)."""

from __future__ import annotations

from typing import Any

import pytest

from participation.accounts import passwords
from participation.accounts.cookies import cookie_name
from participation.accounts.models import Door, StaffSession
from participation.accounts.services import hash_key
from participation.core.database import db
from participation.core.policy import Role
from tests.browser import Browser
from tests.factories.accounts import give_cookie, make_participant, make_staff, sign_in
from tests.fixtures.time import Clock
from tests.participation.accounts.conftest import PASSWORD, Colleague, make_colleague

WRONG = "seven quiet herons by the lake!"


def token(browser: Browser) -> str:
    """The value of the staff's cookie, or an empty text."""
    found = browser.get_cookie("baraza_staff")
    return found.value if found else ""


def count_sessions() -> int:
    return db.session.query(StaffSession).count()


def test_password_and_code_open_the_staff_pages(browser: Browser, colleague: Colleague) -> None:
    page = colleague.sign_in(browser)

    assert page.request.path == "/en/staff/"
    assert page.heading == "What needs you now"


def test_the_password_alone_opens_nothing(browser: Browser, colleague: Colleague) -> None:
    browser.send(browser.get("/en/sign-in"), email=colleague.staff.email, password=PASSWORD)

    page = browser.get("/en/staff/")

    assert page.status_code == 303
    assert "/en/sign-in" in page.headers["Location"]


def test_she_comes_to_where_she_wanted(browser: Browser, colleague: Colleague) -> None:
    page = browser.get("/en/staff/people", follow_redirects=True)

    page = colleague.sign_in(browser, address=page.request.full_path)

    assert page.request.path == "/en/staff/people"


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:go()"])
def test_nobody_is_led_away(browser: Browser, colleague: Colleague, address: str) -> None:
    page = browser.get("/en/sign-in", query_string={"next": address})

    page = browser.send(page, email=colleague.staff.email, password=PASSWORD)
    page = browser.send(page, code=colleague.code)

    assert page.request.path == "/en/staff/"


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_nobody_is_led_away_by_the_last_step_either(browser: Browser, colleague: Colleague, address: str) -> None:
    browser.send(browser.get("/en/sign-in"), email=colleague.staff.email, password=PASSWORD)
    page = browser.get("/en/sign-in/code")
    token = page.form().find("input", {"name": "form_token"})["value"]  # type: ignore[index]

    answer = browser.post(
        "/en/sign-in/code", query_string={"next": address}, data={"code": colleague.code, "form_token": token}
    )

    assert answer.headers["Location"] == "/en/staff/"


@pytest.mark.parametrize(
    ("email", "password"),
    [("nobody@city.example", PASSWORD), ("", WRONG), ("LOCKED", PASSWORD), ("INVITED", ""), ("INVITED", PASSWORD)],
)
def test_a_wrong_pair_says_the_same_whatever_was_wrong(
    browser: Browser, colleague: Colleague, email: str, password: str
) -> None:
    make_colleague(colleague.clock, email="locked@city.example", is_active=False)
    make_staff(email="invited@city.example")
    known = browser.send(browser.get("/en/sign-in"), email=colleague.staff.email, password=WRONG)
    address = {"LOCKED": "locked@city.example", "INVITED": "invited@city.example", "": colleague.staff.email}

    page = browser.send(browser.get("/en/sign-in"), email=address.get(email, email), password=password or "x")

    assert page.status_code == known.status_code == 422
    assert page.words == known.words
    assert "do not fit together" in page.words


def test_an_unknown_address_costs_as_many_hashes_as_a_known_one(
    browser: Browser, colleague: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    hasher = passwords._hasher

    class Counting:
        def verify(self, kept: str, typed: str) -> bool:
            seen.append(kept)
            return hasher.verify(kept, typed)

        def hash(self, password: str) -> str:
            return hasher.hash(password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    for email in (colleague.staff.email, "nobody@city.example"):
        browser.send(browser.get("/en/sign-in"), email=email, password=WRONG)

    assert len(seen) == 2


def test_no_lock_is_held_while_a_password_is_hashed(
    browser: Browser, colleague: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    right = passwords.is_right

    def watched(kept: str, typed: str) -> bool:
        held.append(db.session().in_transaction())
        return right(kept, typed)

    monkeypatch.setattr(passwords, "is_right", watched)
    give_cookie(browser, make_participant())
    browser.send(browser.get("/en/sign-in"), email=colleague.staff.email, password=PASSWORD)

    assert held == [False]


def test_the_name_of_a_sign_in_changes_at_every_step(browser: Browser, colleague: Colleague) -> None:
    browser.set_cookie(cookie_name("staff"), "planted")
    page = browser.send(browser.get("/en/sign-in"), email=colleague.staff.email, password=PASSWORD)
    pending = token(browser)
    browser.send(page, code=colleague.code)

    assert len({"planted", pending, token(browser)}) == 3
    assert count_sessions() == 1
    browser.set_cookie(cookie_name("staff"), pending)
    assert browser.get("/en/staff/").status_code == 303


def test_a_code_works_once(browser: Browser, colleague: Colleague) -> None:
    code = colleague.code
    colleague.sign_in(browser)
    other = browser.application.test_client()

    page = other.send(other.get("/en/sign-in"), email=colleague.staff.email, password=PASSWORD)
    page = other.send(page, code=code)

    assert page.status_code == 422
    assert "work once" in page.words


@pytest.mark.parametrize("seconds", [-60, 60, 90])
def test_codes_of_other_minutes_do_not_work(browser: Browser, colleague: Colleague, seconds: int) -> None:
    colleague.clock.advance(seconds=seconds)
    code = colleague.code
    colleague.clock.advance(seconds=-seconds)

    page = browser.send(browser.get("/en/sign-in"), email=colleague.staff.email, password=PASSWORD)

    assert browser.send(page, code=code).status_code == 422


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_clock_may_be_half_a_minute_off(browser: Browser, colleague: Colleague, seconds: int) -> None:
    colleague.clock.advance(seconds=seconds)
    code = colleague.code
    colleague.clock.advance(seconds=-seconds)

    page = browser.send(browser.get("/en/sign-in"), email=colleague.staff.email, password=PASSWORD)

    assert browser.send(page, code=code).request.path == "/en/staff/"


def test_digits_of_every_script_and_spaces_are_fine(browser: Browser, colleague: Colleague) -> None:
    arabic = colleague.code.translate({ord(str(digit)): 0x660 + digit for digit in range(10)})

    page = browser.send(browser.get("/ar/sign-in"), email=colleague.staff.email.upper(), password=PASSWORD)

    assert browser.send(page, code=f" {arabic[:3]} {arabic[3:]}").request.path == "/ar/staff/"


def test_signing_out_ends_it_in_the_database_too(browser: Browser, colleague: Colleague) -> None:
    colleague.sign_in(browser)
    old = token(browser)

    page = browser.send(browser.get("/en/sign-out"), follow=False)

    assert page.status_code == 303
    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert count_sessions() == 0
    browser.set_cookie(cookie_name("staff"), old)
    assert browser.get("/en/staff/").status_code == 303


def test_signing_out_everywhere_ends_all(browser: Browser, colleague: Colleague) -> None:
    colleague.sign_in(browser)
    sign_in(browser.application.test_client(), colleague.staff)

    browser.send(browser.get("/en/sign-out"), press="everywhere=yes")

    assert count_sessions() == 0


@pytest.mark.parametrize("spoil", [lambda value: value[:-1], lambda value: value + "a", lambda value: value.swapcase()])
def test_a_changed_cookie_is_nobodys(browser: Browser, colleague: Colleague, spoil: Any) -> None:
    colleague.sign_in(browser)

    browser.set_cookie(cookie_name("staff"), spoil(token(browser)))

    assert browser.get("/en/staff/").status_code == 303


def test_other_secrets_are_no_sign_in(browser: Browser, colleague: Colleague) -> None:
    participant = make_participant()
    give_cookie(browser, participant)
    key = browser.get_cookie("baraza_key")
    assert key is not None

    for value in (
        key.value,
        hash_key("x"),
        participant.return_code_hash,
        colleague.staff.password_hash,
        SEED_AS_COOKIE,
    ):
        browser.set_cookie(cookie_name("staff"), value)
        assert browser.get("/en/staff/").status_code == 303


SEED_AS_COOKIE = "5eed" * 10


@pytest.mark.parametrize(
    ("idle", "sees"), [({"minutes": 29}, 200), ({"minutes": 31}, 303)], ids=["29 minutes", "31 minutes"]
)
def test_half_an_hour_without_a_click_ends_it(
    browser: Browser, colleague: Colleague, idle: dict[str, float], sees: int
) -> None:
    colleague.sign_in(browser)

    colleague.clock.advance(**idle)

    assert browser.get("/en/staff/").status_code == sees


def test_clicks_keep_it_alive_but_never_longer_than_twelve_hours(browser: Browser, colleague: Colleague) -> None:
    colleague.sign_in(browser)
    answers = []
    for _ in range(25):
        colleague.clock.advance(minutes=29)
        answers.append(browser.get("/en/staff/").status_code)

    assert answers == [200] * 24 + [303]


def test_being_seen_is_noted_once_a_minute(browser: Browser, colleague: Colleague) -> None:
    colleague.sign_in(browser)
    began = db.session.query(StaffSession.seen_at).scalar()
    colleague.clock.advance(seconds=50)
    browser.get("/en/staff/")
    assert db.session.query(StaffSession.seen_at).scalar() == began

    colleague.clock.advance(seconds=20)
    browser.get("/en/staff/")

    db.session.rollback()
    assert db.session.query(StaffSession.seen_at).scalar() == colleague.clock.now


def test_a_locked_account_is_out_at_once(browser: Browser, colleague: Colleague) -> None:
    colleague.sign_in(browser)

    colleague.staff.is_active = False

    assert browser.get("/en/staff/").status_code == 303


def test_the_cookie_is_for_our_own_pages_only(browser: Browser, colleague: Colleague) -> None:
    page = browser.send(browser.get("/en/sign-in"), follow=False, email=colleague.staff.email, password=PASSWORD)
    cookie = page.headers["Set-Cookie"]

    assert "SameSite=Strict" in cookie
    assert "HttpOnly" in cookie
    assert "Max-Age" not in cookie


def test_a_link_from_another_site_is_loaded_once_more_from_here(browser: Browser, colleague: Colleague) -> None:
    page = browser.get("/en/sign-in?next=/en/staff/people", headers={"Sec-Fetch-Site": "cross-site"})

    assert page.heading == "One moment"
    assert "url=/en/sign-in?next=/en/staff/people" in page.get_data(as_text=True)


def test_a_password_without_an_authenticator_asks_for_help(browser: Browser, clock: Clock, database: Any) -> None:
    colleague = make_colleague(clock, Role.OFFICER, totp_secret="")

    page = browser.send(browser.get("/en/sign-in"), email=colleague.staff.email, password=PASSWORD)

    assert page.heading == "Something is still missing"
    assert browser.get("/en/sign-in/authenticator").status_code == 303
    assert db.session.query(StaffSession.came_by).scalar() == Door.PASSWORD
