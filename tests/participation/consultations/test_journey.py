"""The whole way through the questions, as residents use it: one step a page, check, send, change."""

from __future__ import annotations

import re
from datetime import timedelta

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from participation.accounts.models import Participant, ParticipantKey
from participation.consultations.models import DraftAnswer, Participation, StageKind
from participation.contributions.models import Contribution
from participation.core.clock import now
from participation.surveys.models import Answer, Choice
from tests.browser import Browser
from tests.factories.consultations import make_stage
from tests.fixtures.time import Clock
from tests.participation.consultations.resident_steps import (
    address,
    count,
    fill_in,
    make_journey,
    value,
)

DAY = timedelta(days=1)


def test_a_resident_answers_every_question_checks_sends_and_keeps_a_receipt(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey(reply_due_on=(now() + 60 * DAY).date())
    make_stage(consultation, StageKind.READING, position=2, opens_at=now() + 27 * DAY, closes_at=now() + 40 * DAY)

    check = fill_in(browser, consultation)

    assert check.heading == "Check your answers"
    for told in (
        "More light, please.",
        "Say it in your own words",
        "Foot",
        "Lamps",
        "Seats",
        "4 on a scale",
        "1. ⁨First⁩",
    ):
        assert told in check.words
    sent = browser.send(check)
    assert sent.heading == "Thank you. Your answers have arrived."
    assert re.search(r"[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4}", sent.words)
    for told in ("until 29 June 2026", "by 12 July 2026", "The city answers by 1 August 2026", "The council."):
        assert told in sent.words
    assert (count(database, Answer), count(database, Choice), count(database, DraftAnswer)) == (5, 6, 0)
    assert count(database, Participant) == 1
    said = database.session.execute(sa.select(Contribution)).scalar_one()
    assert (said.body, said.permission, said.state, said.language) == (
        "More light, please.",
        "paraphrase",
        "held",
        "en",
    )


def test_nobody_gets_a_cookie_before_she_sends_something(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()

    for end in ("", "/steps/1", "/steps/5", "/check", "/resume", "/sent", "/later"):
        assert "Set-Cookie" not in browser.get(address(consultation, end)).headers
    assert count(database, Participant) == 0


def test_the_first_form_sent_twice_meets_one_person(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()
    first = browser.get(address(consultation, "/steps/1"))

    cookies = []
    for _time in range(2):
        answer = browser.send(first, answer="Light", follow=False)
        cookies.append(answer.headers["Set-Cookie"].split(";")[0])
        browser.delete_cookie("baraza_key")

    assert cookies[0] == cookies[1]
    for table in (Participant, ParticipantKey, Participation, DraftAnswer):
        assert count(database, table) == 1


def test_sending_twice_makes_every_answer_once_and_leads_to_the_same_page(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey()
    check = fill_in(browser, consultation)

    first = browser.send(check)
    again = browser.send(check)

    assert again.request.path == first.request.path == address(consultation, "/sent")
    assert (count(database, Answer), count(database, Contribution)) == (5, 1)


def test_going_back_after_sending_shows_that_it_arrived_and_offers_no_second_sending(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey()
    browser.send(fill_in(browser, consultation))

    page = browser.get(address(consultation, "/check"), queries=12)

    assert page.heading == "You have sent your answers"
    assert page.soup.find("form") is None


def test_an_answer_can_be_changed_after_sending_and_only_that_one_changes(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey()
    browser.send(fill_in(browser, consultation))

    page = browser.get(address(consultation, "/steps/2"))
    assert "You have sent this answer" in page.words
    check = browser.send(page, answer=value(page, 0), queries=12)
    assert check.heading == "Check your answers"
    assert "Bus" in check.words
    browser.send(check)

    assert count(database, Answer) == 5
    chosen = database.session.execute(sa.select(Choice.option_id).order_by(Choice.answer_id).limit(1)).scalar_one()
    assert chosen == int(value(browser.get(address(consultation, "/steps/2")), 0))


def test_sending_an_unchanged_answer_again_is_no_change(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()
    browser.send(fill_in(browser, consultation))

    check = browser.send(browser.get(address(consultation, "/steps/2")), queries=12)

    assert check.heading == "You have sent your answers"
    assert count(database, DraftAnswer) == 0
