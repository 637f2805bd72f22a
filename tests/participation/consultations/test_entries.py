"""Answers that staff write down for somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.accounts.models import Origin, Participant
from participation.consultations.entries import LATE_DAYS, takes_entries
from participation.consultations.models import CameBy, Consultation, Participation, Publication, Step
from participation.contributions.models import Contribution, Permission
from participation.core.audit import AuditEntry
from participation.core.policy import Role
from participation.opinions.models import Author, Statement, Vote
from participation.surveys.models import Answer, Option
from tests.browser import Browser
from tests.factories.city import make_city, words
from tests.factories.consultations import make_consultation, make_stage, make_step
from tests.factories.contributions import make_contribution
from tests.fixtures.time import Clock
from tests.participation.consultations.staff_steps import fields_of, officer_of, send

WHO = {"channel": "paper", "people_count": "8", "language": "ar", "consent_spoken": "y"}


@pytest.fixture(autouse=True)
def standing_clock(clock: Clock) -> Clock:
    return clock


def make_steps(database: SQLAlchemy) -> tuple[Consultation, dict[str, Step]]:
    """A consultation with every kind of step."""
    make_city()
    consultation = make_consultation()
    kinds = ("open", "one_choice", "several_choices", "scale", "ranking", "statements")
    steps = {kind: make_step(consultation, kind, place) for place, kind in enumerate(kinds, 1)}
    for kind in ("one_choice", "several_choices", "ranking"):
        for place in (1, 2, 3):
            database.session.add(Option(step_id=steps[kind].id, position=place, label=words(f"{kind} {place}")))
    said = make_contribution(consultation.space, body="Benches first", state="visible", surface="public")
    database.session.add(
        Statement(
            step_id=steps["statements"].id,
            contribution_id=said.id,
            author=Author.CITY,
            is_open=True,
            created_at=said.sent_at,
        )
    )
    database.session.flush()
    return consultation, steps


def test_a_group_on_paper_is_written_down_with_every_kind_of_answer(browser: Browser, database: SQLAlchemy) -> None:
    consultation, steps = make_steps(database)
    officer_of(browser, consultation, Role.FACILITATOR)
    options = {
        kind: [each.id for each in database.session.query(Option).filter_by(step_id=steps[kind].id)]
        for kind in ("one_choice", "several_choices", "ranking")
    }
    statement = database.session.query(Statement).one().id
    ids = {kind: step.id for kind, step in steps.items()}
    answers = {
        f"q{ids['open']}-answer": "مزيد من المقاعد",
        f"q{ids['open']}-permission": "quote",
        f"q{ids['one_choice']}-answer": str(options["one_choice"][1]),
        f"q{ids['several_choices']}-answer": [str(each) for each in options["several_choices"][:2]],
        f"q{ids['scale']}-answer": "4",
        f"answered-{ids['ranking']}": "y",
        f"q{ids['statements']}-statement_{statement}": "disagree",
    }

    page = browser.get(f"/en/staff/consultations/{consultation.slug}/new-entry", queries=20)
    sent = browser.post(page.request.path, data={**fields_of(page), **WHO, **answers}, queries=80)

    assert sent.status_code == 303
    entry = database.session.query(Participation).one()
    assert (entry.channel, entry.people_count, entry.language) == ("paper", 8, "ar")
    assert (entry.came_by, entry.consent_spoken, entry.sent_at is not None) == (CameBy.ENTERED_BY_STAFF, True, True)
    assert database.session.get(Participant, entry.participant_id).origin == Origin.STAFF
    assert {(each.channel, each.people_count, each.language) for each in database.session.query(Answer)} == {
        ("paper", 8, "ar")
    }
    assert database.session.query(Answer).count() == 5
    said = (
        database.session.query(Contribution).filter_by(subject_kind="step", participant_id=entry.participant_id).one()
    )
    assert (said.language, said.direction, said.people_count, said.channel) == ("ar", "rtl", 8, "paper")
    assert (said.permission, said.entered_by) == (Permission.QUOTE, entry.entered_by)
    assert database.session.query(Vote).one().value == -1
    row = database.session.query(AuditEntry).filter_by(verb="answer_entered").one()
    assert "مقاعد" not in str(row.details)

    receipt = browser.get(sent.headers["Location"])
    assert entry.reference in receipt.words
    assert receipt.soup.find(class_="return-code") is not None


def test_a_form_sent_twice_is_one_entry(browser: Browser, database: SQLAlchemy) -> None:
    consultation, steps = make_steps(database)
    officer_of(browser, consultation)
    page = browser.get(f"/en/staff/consultations/{consultation.slug}/new-entry", queries=20)
    data = {**fields_of(page), **WHO, f"q{steps['open'].id}-answer": "More benches"}

    first = browser.post(page.request.path, data=data, queries=80)
    second = browser.post(page.request.path, data=data, queries=80)

    assert first.headers["Location"] == second.headers["Location"]
    assert database.session.query(Participation).count() == 1
    assert database.session.query(Contribution).filter_by(body="More benches").count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"consent_spoken": []}, "ask whether you may write this down"),
        ({"people_count": "0"}, "number of people"),
        ({"people_count": "many"}, "whole number"),
        ({"channel": []}, "how the answer came to you"),
    ],
)
def test_an_entry_needs_consent_people_and_a_channel(
    browser: Browser, database: SQLAlchemy, change: dict[str, object], sentence: str
) -> None:
    consultation, steps = make_steps(database)
    officer_of(browser, consultation)
    answer = {f"q{steps['open'].id}-answer": "More benches"}

    refused = send(browser, f"/en/staff/consultations/{consultation.slug}/new-entry", {**WHO, **answer, **change})

    assert refused.status_code == 422
    assert sentence in refused.words
    assert "More benches" in refused.get_data(as_text=True)
    assert database.session.query(Participation).count() == 0


def test_an_arrow_of_a_ranking_moves_one_thing_and_keeps_all_words(browser: Browser, database: SQLAlchemy) -> None:
    consultation, steps = make_steps(database)
    officer_of(browser, consultation)
    address = f"/en/staff/consultations/{consultation.slug}/new-entry"
    page = browser.get(address)
    ranking = [each["data-value"] for each in page.soup.select(".ranking-item")]
    typed = {f"q{steps['open'].id}-answer": "More benches", f"q{steps['open'].id}-answer.dir": "ltr"}

    moved = browser.post(address, data={**fields_of(page), **typed, "move": f"{ranking[0]}:down"}, queries=30)

    assert moved.status_code == 200
    assert [each["data-value"] for each in moved.soup.select(".ranking-item")] == [ranking[1], ranking[0], ranking[2]]
    assert "More benches" in moved.get_data(as_text=True)
    assert moved.soup.find(class_="error-summary") is None


def test_what_a_browser_says_about_an_empty_text_is_no_answer(browser: Browser, database: SQLAlchemy) -> None:
    consultation, steps = make_steps(database)
    officer_of(browser, consultation)
    scale = {f"q{steps['scale'].id}-answer": "3", f"q{steps['open'].id}-answer.dir": "ltr"}

    sent = send(browser, f"/en/staff/consultations/{consultation.slug}/new-entry", {**WHO, **scale})

    assert sent.status_code == 303


def test_an_entry_without_any_answer_is_refused(browser: Browser, database: SQLAlchemy) -> None:
    consultation, _steps = make_steps(database)
    officer_of(browser, consultation)

    refused = send(browser, f"/en/staff/consultations/{consultation.slug}/new-entry", WHO)

    assert refused.status_code == 422
    assert "Nothing is answered yet" in refused.words


def test_the_return_code_is_shown_to_nobody_else_and_not_for_long(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation, steps = make_steps(database)
    officer_of(browser, consultation)
    address = f"/en/staff/consultations/{consultation.slug}/new-entry"
    receipt = send(browser, address, {**WHO, f"q{steps['open'].id}-answer": "Yes"}).headers["Location"]

    clock.advance(minutes=20)
    assert browser.get(receipt).soup.find(class_="return-code") is not None
    other = browser.application.test_client()
    officer_of(other, database.session.get(Consultation, consultation.id))
    assert other.get(receipt).status_code == 403


@pytest.mark.parametrize(
    ("facts", "days", "is_taken"),
    [
        ({}, 0, True),
        ({}, 27 + LATE_DAYS - 1, True),
        ({}, 27 + LATE_DAYS, False),
        ({}, -2, False),
        ({"publication": Publication.ARCHIVED}, 0, False),
        ({"publication": Publication.DRAFT}, 0, False),
    ],
)
def test_when_answers_can_be_written_down(
    database: SQLAlchemy, clock: Clock, facts: dict[str, object], days: int, is_taken: bool
) -> None:
    consultation = make_consultation(is_open=False, **facts)
    stage = make_stage(consultation)

    assert takes_entries(consultation, [stage], clock.now + timedelta(days=days)) is is_taken
