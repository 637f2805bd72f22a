"""Factories make rows both engines accept, and a browser can be anybody they made."""

from __future__ import annotations

from flask_sqlalchemy import SQLAlchemy

from participation.core.policy import Role
from tests.browser import Browser
from tests.factories.accounts import give_cookie, make_participant, make_staff, sign_in
from tests.factories.city import make_city, make_rule
from tests.factories.consultations import make_consultation, make_participation, make_step
from tests.factories.contributions import make_contribution


def test_the_least_valid_rows_are_valid(database: SQLAlchemy) -> None:
    make_city()
    make_rule()
    consultation = make_consultation()
    make_step(consultation)
    make_participation(consultation)
    make_contribution(consultation.space)

    database.session.commit()


def test_a_signed_in_administrator_sees_staff_pages(browser: Browser) -> None:
    make_city()
    sign_in(browser, make_staff(Role.ADMINISTRATOR))

    assert browser.get("/en/staff/city").status_code == 200


def test_a_stranger_does_not(browser: Browser) -> None:
    make_city()

    assert browser.get("/en/staff/city").status_code == 303


def test_a_browser_can_be_a_participant(browser: Browser) -> None:
    make_city()
    give_cookie(browser, make_participant())

    assert browser.get("/en/").status_code == 200
