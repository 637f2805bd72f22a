"""Cookies: whose, where they go, and what is never set."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from participation.accounts.models import StaffSession
from participation.accounts.policy import APART, EVERYWHERE_ONLY, ONE_SPACE_ONLY, is_apart, is_fresh, is_place_right
from participation.core.database import db
from participation.core.policy import NOBODY, SYSTEM, Actor, Role, Space
from tests.browser import Browser
from tests.factories.accounts import make_staff, sign_in
from tests.fixtures.time import Clock
from tests.participation.accounts.conftest import PASSWORD, Colleague

BUS = Space("consultation", 3)


@pytest.fixture
def encrypted(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """The site as residents reach it: encrypted."""
    extensions = browser.application.extensions
    changed = replace(extensions["settings"], public_url="https://talk.city.example")
    monkeypatch.setitem(extensions, "settings", changed)
    return browser


def test_cookies_are_host_only_where_the_connection_is_encrypted(encrypted: Browser, colleague: Colleague) -> None:
    page = encrypted.send(encrypted.get("/en/sign-in"), follow=False, email=colleague.staff.email, password=PASSWORD)
    cookie = page.headers["Set-Cookie"]

    assert cookie.startswith("__Host-baraza_staff=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Strict"):
        assert part in cookie
    assert "Domain" not in cookie


def test_a_plain_name_means_nothing_there(encrypted: Browser, colleague: Colleague) -> None:
    """What a subdomain or a plain page could plant is not looked at."""
    sign_in(encrypted, colleague.staff)
    value = encrypted.get_cookie("__Host-baraza_staff", domain="localhost")
    assert value is not None

    encrypted.delete_cookie("__Host-baraza_staff")
    encrypted.set_cookie("baraza_staff", value.value)

    assert encrypted.get("/en/staff/").status_code == 303


@pytest.mark.parametrize("path", ["/", "/en/", "/en/help", "/en/come-back", "/en/sign-in", "/city.css"])
def test_looking_sets_no_cookie(browser: Browser, path: str) -> None:
    assert "Set-Cookie" not in browser.get(path).headers


def test_a_page_that_others_may_keep_deletes_no_cookie_either(browser: Browser) -> None:
    browser.set_cookie("baraza_key", "forgotten long ago")

    page = browser.get("/en/help")

    assert "public" in page.headers["Cache-Control"]
    assert "Set-Cookie" not in page.headers


def test_nobody_is_on_the_staff_before_the_second_proof(browser: Browser, clock: Clock) -> None:
    sign_in(browser, make_staff(Role.ADMINISTRATOR), is_verified=False)

    for path in ("", "people", "account", "prove", "city"):
        assert browser.get(f"/en/staff/{path}").status_code == 303


def test_the_demos_people_prove_themselves_by_a_button_on_this_machine(browser: Browser, clock: Clock) -> None:
    sign_in(browser, make_staff(Role.ADMINISTRATOR, is_demo=True))

    page = browser.get("/en/staff/people/invite", follow_redirects=True)
    assert page.heading == "Is it still you?"

    assert browser.send(page).heading == "Invite somebody"
    assert db.session.query(StaffSession.stepped_up_at).scalar() == clock.now


def test_a_real_person_without_an_authenticator_cannot_prove_herself(browser: Browser, clock: Clock) -> None:
    sign_in(browser, make_staff(Role.ADMINISTRATOR))

    page = browser.get("/en/staff/prove")

    assert page.heading == "Your code"
    assert browser.send(page, code="000000").status_code == 422


@pytest.mark.parametrize(
    ("actor", "answer"),
    [(NOBODY, False), (SYSTEM, False), (Actor(staff_id=1), False), (Actor(staff_id=1, is_fresh=True), True),
     (Actor(participant_id=1, is_fresh=True), False)],
)  # fmt: skip
def test_fresh_is_who_proved_herself_just_now(actor: Actor, *, answer: bool) -> None:
    assert is_fresh(actor) is answer


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("space", [None, BUS])
def test_where_each_role_is_held(role: Role, space: Any) -> None:
    expected = not (space and role in EVERYWHERE_ONLY) and not (space is None and role in ONE_SPACE_ONLY)

    assert is_place_right(role, space) is expected


def test_summariser_and_steward_are_two_people() -> None:
    assert is_apart(Role.STEWARD, Role.SUMMARISER)
    assert is_apart(Role.SUMMARISER, Role.STEWARD)
    assert not any(is_apart(role, role) for role in Role)
    assert sum(is_apart(one, other) for one in Role for other in Role) == 2 * len(APART)
