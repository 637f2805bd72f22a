"""Pages about the city, and its settings."""

from __future__ import annotations

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.city.models import City
from participation.core.policy import Role
from tests.browser import Browser
from tests.factories.accounts import make_staff, sign_in
from tests.factories.city import make_city, make_rule, words
from tests.fixtures.time import Clock

PAGES = ("/", "/en/", "/en/privacy", "/en/accessibility", "/en/rules", "/en/help")


@pytest.mark.parametrize("address", PAGES)
def test_pages_about_the_city_are_the_same_for_all_and_may_be_kept(
    address: str, browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()

    page = browser.get(address)

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in page.headers
    assert "Cookie" not in page.headers.get("Vary", "")
    assert not page.soup.find("form")


def test_a_city_that_wrote_nothing_yet_still_looks_finished(browser: Browser, database: SQLAlchemy) -> None:
    for address in PAGES:
        assert browser.get(address).status_code == 200


def test_the_first_page_offers_the_language_of_the_browser_first(browser: Browser, database: SQLAlchemy) -> None:
    page = browser.get("/", headers={"Accept-Language": "ar,en;q=0.5"})

    assert page.soup.html["dir"] == "rtl"
    links = [link["href"] for link in page.soup.main.find_all("a")]
    assert links[0] == "/ar/"


def test_an_unknown_language_is_no_page(browser: Browser, database: SQLAlchemy) -> None:
    assert browser.get("/xx/").status_code == 404


def test_decisions_can_point_to_a_numbered_rule(browser: Browser, database: SQLAlchemy) -> None:
    make_rule(3, title=words("Be kind"))

    assert browser.get("/en/rules").soup.find(id="rule-3")


def test_an_administrator_changes_the_city(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_city()
    sign_in(browser, make_staff(Role.ADMINISTRATOR))

    page = browser.send(browser.get("/en/staff/city"), "/city", colour="#FFEE88", contact_phone="+34 900 000 000")

    assert "Saved." in page.words
    assert "hard to read" in page.words
    assert database.session.get_one(City, 1).contact_phone == "+34 900 000 000"


def test_a_colour_that_is_none_comes_back_with_a_sentence(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_city()
    sign_in(browser, make_staff(Role.ADMINISTRATOR))

    page = browser.send(browser.get("/en/staff/city"), "/city", colour="blue")

    assert page.status_code == 422
    assert "Please write the colour as # and six signs" in page.words


def test_a_changed_source_makes_its_translations_old(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_city(privacy_notice=words("First", es="Primero"))
    sign_in(browser, make_staff(Role.ADMINISTRATOR))

    browser.send(browser.get("/en/staff/city/texts/en"), privacy_notice="Second")

    notice = database.session.get_one(City, 1).privacy_notice
    assert notice.read("es").is_stale
    assert notice.missing_in(["en", "es"]) == ["es"]


def test_others_on_the_staff_do_not_change_the_city(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    sign_in(browser, make_staff(Role.MODERATOR))

    assert browser.get("/en/staff/city").status_code == 403


def test_strangers_are_led_to_sign_in(browser: Browser, database: SQLAlchemy) -> None:
    answer = browser.get("/en/staff/city")

    assert answer.status_code == 303
    assert "/en/sign-in" in answer.headers["Location"]
