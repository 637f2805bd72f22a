"""What the journey refuses, and that no word is lost by it."""

from __future__ import annotations

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.accounts.models import Participant
from participation.core import forms
from participation.surveys.models import Answer
from tests.browser import Browser
from tests.fixtures.time import Clock
from tests.participation.consultations.resident_steps import (
    address,
    count,
    fill_in,
    make_journey,
    make_one_question,
)


def test_an_old_page_loses_no_word(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_one_question()
    page = browser.get(address(consultation, "/steps/1"))
    token = page.soup.find("input", {"name": forms.TOKEN_FIELD})
    token["value"] = str(token["value"])[:-4] + "AAAA"

    again = browser.send(page, answer="My long thought")

    assert again.status_code == 422
    assert "Your words are safe" in again.words
    assert again.soup.textarea.get_text().strip() == "My long thought"
    assert browser.send(again).heading == "Check your answers"


def test_nothing_is_stored_after_the_last_moment(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_one_question()
    page = browser.get(address(consultation, "/steps/1"))
    clock.advance(days=27)

    refused = browser.send(page, answer="Too late")

    assert refused.status_code == 403
    assert "This closed on 29 June 2026" in refused.words
    assert count(database, Participant) == 0


def test_answers_that_were_not_sent_in_time_are_not_sent(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()
    check = fill_in(browser, consultation)
    clock.advance(days=27)

    assert browser.send(check).status_code == 403
    assert count(database, Answer) == 0


@pytest.mark.parametrize(
    ("body", "status"), [("x" * 1_000_000, 413), ("x" * 5000, 422), (" \n\u200b ", 422), ("\u0000", 422)]
)
def test_words_that_cannot_be_taken_are_refused_in_a_sentence(
    browser: Browser, database: SQLAlchemy, clock: Clock, body: str, status: int
) -> None:
    consultation = make_one_question()

    refused = browser.send(browser.get(address(consultation, "/steps/1")), answer=body)

    assert refused.status_code == status
    assert count(database, Participant) == 0


@pytest.mark.parametrize("raw", [b"%ED%A0%80", b"\xed\xa0\x80", b"%FF%FE"])
def test_half_characters_are_refused_and_not_stored(
    browser: Browser, database: SQLAlchemy, clock: Clock, raw: bytes
) -> None:
    consultation = make_one_question()
    page = browser.get(address(consultation, "/steps/1"))
    token = str(page.soup.find("input", {"name": forms.TOKEN_FIELD})["value"]).encode()

    answer = browser.post(
        address(consultation, "/steps/1"),
        data=forms.TOKEN_FIELD.encode() + b"=" + token + b"&language=en&answer=abc" + raw,
        content_type="application/x-www-form-urlencoded",
    )

    assert 400 <= answer.status_code < 500
    assert count(database, Participant) == 0


@pytest.mark.parametrize(
    ("kind", "field", "sent"),
    [
        ("one_choice", "answer", "999999"),
        ("one_choice", "answer", "DROP TABLE"),
        ("several_choices", "answer", "999999"),
        ("scale", "answer", "77"),
        ("open", "permission", "everything"),
        ("open", "language", "xx"),
    ],
)
def test_choices_that_were_never_offered_are_refused(
    browser: Browser, database: SQLAlchemy, clock: Clock, kind: str, field: str, sent: str
) -> None:
    consultation = make_one_question(kind, *(("A", "B", "C") if "choice" in kind else ()))
    page = browser.get(address(consultation, "/steps/1"))

    refused = browser.send(page, **{"answer": "Light", field: sent})

    assert refused.status_code == 422
    assert "Please choose" in refused.words
    assert count(database, Participant) == 0


@pytest.mark.parametrize("path", ["/steps/0", "/steps/9", "/steps/-1", "/steps/x"])
def test_there_are_no_steps_beyond(browser: Browser, database: SQLAlchemy, clock: Clock, path: str) -> None:
    consultation = make_journey()

    assert browser.get(address(consultation, path)).status_code == 404


def test_an_unknown_language_is_not_there(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()

    assert browser.get(f"/xx/consultations/{consultation.slug}/steps/1").status_code == 404


def test_another_website_cannot_send_forms(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_one_question()
    page = browser.get(address(consultation, "/steps/1"))
    token = page.soup.find("input", {"name": forms.TOKEN_FIELD})["value"]

    refused = browser.post(
        address(consultation, "/steps/1"),
        data={forms.TOKEN_FIELD: token, "answer": "x", "language": "en"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert refused.status_code == 403
    assert count(database, Participant) == 0
