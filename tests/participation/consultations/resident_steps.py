"""What several test files of the journey do: make questions, answer them all, and count what that left."""

from __future__ import annotations

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from participation.consultations.models import Consultation
from tests.browser import Browser, Page
from tests.factories.city import make_city
from tests.factories.consultations import make_consultation, make_step
from tests.factories.surveys import make_question


def make_journey(**facts: object) -> Consultation:
    """All five kinds of question, one after the other."""
    make_city(street_words={"en": ["street"]})
    consultation = make_consultation(**facts)
    make_step(consultation, "open", 1)
    make_question(consultation, "one_choice", "Bus", "Foot", position=2)
    make_question(consultation, "several_choices", "Lamps", "Seats", "Nothing", position=3, settings={"most": 2})
    make_question(consultation, "scale", "Not safe", "Very safe", position=4)
    make_question(consultation, "ranking", "First", "Second", "Third", position=5)
    return consultation


def make_one_question(kind: str = "open", *labels: str, **facts: object) -> Consultation:
    make_city()
    consultation = make_consultation()
    make_question(consultation, kind, *labels, **facts)
    return consultation


def address(consultation: Consultation, end: str) -> str:
    return f"/en/consultations/{consultation.slug}{end}"


def value(page: Page, number: int) -> str:
    return str(page.soup.find_all("input", {"name": "answer"})[number]["value"])


def fill_in(browser: Browser, consultation: Consultation, body: str = "More light, please.") -> Page:
    """Answer all five; gives the page that checks them."""
    page = browser.get(address(consultation, "/steps/1"), queries=8)
    page = browser.send(page, answer=body, permission="paraphrase")
    page = browser.send(page, answer=value(page, 1))
    page = browser.send(page, answer=[value(page, 0), value(page, 1)])
    page = browser.send(page, answer="4")
    return browser.send(page, queries=12)


def count(database: SQLAlchemy, table: type) -> int:
    return int(database.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
