"""The list, the first page and short links, as residents use them."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from participation.consultations import pages, queries
from participation.consultations.models import (
    Consultation,
    Publication,
    StageKind,
)
from participation.core.clock import now
from tests.browser import Browser
from tests.factories.city import make_city, words
from tests.factories.consultations import make_consultation, make_stage
from tests.factories.surveys import make_question
from tests.fixtures.databases import Backend
from tests.fixtures.time import Clock

DAY = timedelta(days=1)


# -- The list ----------------------------------------------------------------------------------------------------------


def test_list_consultations_tells_what_is_open_soon_and_over(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    make_consultation(title=words("Open one"))
    for title, first, last in (("Next one", 1, 2), ("Old one", -3, -2)):
        other = make_consultation(is_open=False, title=words(title))
        make_stage(other, opens_at=now() + first * DAY, closes_at=now() + last * DAY)
    make_consultation(title=words("Draft"), publication=Publication.DRAFT)

    page = browser.get("/en/consultations", queries=8)

    assert [each.get_text(strip=True) for each in page.soup.select("main h2, main h3")] == [
        "Open now",
        "Open one",
        "Soon",
        "Next one",
        "Over",
        "Old one",
    ]
    assert "public" in page.headers["Cache-Control"]
    assert "Set-Cookie" not in page.headers


def test_a_list_drawn_while_a_title_changes_shows_the_new_one_afterwards(
    database: SQLAlchemy, backend: Backend, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_city()
    consultation_id = make_consultation(title=words("Old title")).id
    database.session.commit()
    read, changes = pages.list_open, [words("New title")]

    def rename() -> None:
        with backend.app.app_context():
            database.session.get_one(Consultation, consultation_id).title = changes.pop()
            database.session.commit()

    def read_just_before(at: datetime) -> list[queries.Listed]:
        rows = read(at)
        if changes:
            other = threading.Thread(target=rename)
            other.start()
            other.join()
        return rows

    monkeypatch.setattr(pages, "list_open", read_just_before)

    def look() -> str:
        # a plain client: the tests' browser commits before each request, and with that nothing is remembered
        with backend.app.app_context():
            return FlaskClient(backend.app, backend.app.response_class).get("/en/consultations").text

    assert "Old title" in look()
    assert "New title" in look()


def test_list_consultations_goes_on_on_a_second_page(
    browser: Browser, database: SQLAlchemy, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    make_city()
    for number in range(3):
        other = make_consultation(is_open=False, title=words(f"Old {number}"))
        make_stage(other, opens_at=now() - 9 * DAY, closes_at=now() - (number + 1) * DAY)

    first = browser.get("/en/consultations")
    second = browser.go(first, "Next")

    assert "Old 1" in first.words
    assert "Old 2" not in first.words
    assert "Old 2" in second.words
    assert "Open now" not in second.words


def test_a_list_without_anything_says_so(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_city()

    assert "Nothing is open right now" in browser.get("/en/consultations", queries=8).words


# -- The first page ----------------------------------------------------------------------------------------------------


def test_show_consultation_tells_what_is_promised_before_anybody_begins(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    consultation = make_consultation(
        reply_due_on=(now() + 60 * DAY).date(), has_open_votes=True, estimated_minutes=7, can_change=words("A\n\nB")
    )
    make_stage(consultation, StageKind.READING, position=2, opens_at=now() + 27 * DAY, closes_at=now() + 40 * DAY)
    make_question(consultation, "one_choice", "Yes", "No")

    page = browser.get(f"/en/consultations/{consultation.slug}", queries=8)

    for told in (
        "We ask before we build.",
        "That it is built.",
        "The council.",
        "The city promises an answer by 1 August 2026.",
        "About 7 minutes",
        "1 question",
        "A person reads what you write before others can see it.",
        "“Only count it”",
        "Votes without names will be open data",
        "On paper, at the library.",
        "English, Spanish and Arabic",
        "You can answer until 29 June 2026",
    ):
        assert told in page.words
    assert [each.get_text() for each in page.soup.select("main ul")[0].find_all("li")] == ["A", "B"]
    assert page.soup.find("a", string=lambda text: text and "Go on where you stopped" in text)
    assert "public" in page.headers["Cache-Control"]
    assert page.soup.find("form") is None


@pytest.mark.parametrize(("publication", "status"), [("draft", 404), ("published", 200), ("archived", 200)])
def test_a_draft_is_not_there_for_residents(
    browser: Browser, database: SQLAlchemy, clock: Clock, publication: str, status: int
) -> None:
    make_city()
    consultation = make_consultation(publication=Publication(publication))

    assert browser.get(f"/en/consultations/{consultation.slug}").status_code == status


def test_one_closed_early_says_why_and_takes_nothing_more(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_city()
    consultation = make_consultation(closed_early_at=now() - DAY / 2, closed_early_reason=words("The bridge fell."))
    make_question(consultation, "one_choice", "Yes", "No")

    page = browser.get(f"/en/consultations/{consultation.slug}")

    assert "The bridge fell." in page.words
    assert page.soup.find("a", class_="button-primary") is None
    refused = browser.get(f"/en/consultations/{consultation.slug}/steps/1")
    assert refused.status_code == 403
    assert "This closed on 1 June 2026" in refused.words


def test_a_sensitive_one_can_be_left_at_once_by_a_plain_link(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    consultation = make_consultation(is_sensitive=True)
    make_question(consultation, "one_choice", "Yes", "No")

    for end in ("", "/steps/1", "/resume", "/sent"):
        page = browser.get(f"/es/consultations/{consultation.slug}{end}")
        assert page.soup.find("a", href="https://es.wikipedia.org/", rel="noreferrer")


# -- Short links -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "given"), [("ar,en;q=0.5", "ar"), ("es-MX,es", "es"), ("zh", "en"), ("", "en")])
def test_follow_short_link_leads_into_the_readers_language(
    browser: Browser, database: SQLAlchemy, clock: Clock, asked: str, given: str
) -> None:
    consultation = make_consultation()

    answer = browser.get(f"/c/{consultation.slug}", headers={"Accept-Language": asked})

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/{given}/consultations/{consultation.slug}"
    assert "Accept-Language" in answer.headers["Vary"]


def test_follow_short_link_knows_no_drafts(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_city()
    consultation = make_consultation(publication=Publication.DRAFT)

    assert browser.get(f"/c/{consultation.slug}").status_code == 404
    assert browser.get("/c/nothing").status_code == 404
