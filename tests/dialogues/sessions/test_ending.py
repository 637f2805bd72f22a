"""Sessions close by themselves, and what was said in them is deleted on the day that was promised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import delete, func, select

from dialogues.room.models import Attendee, NoteKind, PrivateNote, ShownRound
from dialogues.sessions import archive_due, close_overdue, ending, list_items, session_forgotten
from dialogues.sessions.models import DialogueSession, JoinCode
from dialogues.sessions.queries import list_events
from dialogues.sessions.states import LIVE, Overlay, State
from participation.accounts import get_participant
from participation.contributions.models import Contribution, Permission, Wording
from participation.contributions.models import State as Visibility
from participation.contributions.services import withdraw_contribution
from participation.core.clock import now
from participation.core.database import db
from participation.core.jobs import do_due_work
from participation.core.policy import Actor
from participation.translation.models import Translation
from tests.browser import Browser
from tests.factories.city import make_city
from tests.factories.contributions import make_contribution
from tests.factories.rooms import make_attendee, make_live
from tests.fixtures.databases import everything_in
from tests.fixtures.time import Clock

HELD = (State.READY, State.CLOSED, State.SUMMARY_DRAFT, State.PARTICIPANT_REVIEW, State.FED_BACK, State.CANCELLED)
TABLES = (Attendee, PrivateNote, ShownRound, Translation, Wording, JoinCode)


def make_held(state: State = State.CLOSED, **facts: Any) -> tuple[DialogueSession, Contribution]:
    """A session whose promised day is today, with everything that tells who was there and what was said."""
    session = make_live(state, **{"keep_until": now().date(), "safeguarding_phone": "+34 600", **facts})
    attendee = make_attendee(session)
    said = make_contribution(
        session.space, get_participant(attendee.participant_id), body="The shop", state=Visibility.VISIBLE
    )
    db.session.add_all(
        [
            Translation(
                contribution_id=said.id, language="es", direction="ltr", text="Tienda", source_version=1,
                translated_at=now(),
            ),
            Wording(contribution_id=said.id, version=1, body="Shop", language="en", replaced_on=now().date()),
            PrivateNote(
                session_id=session.id, attendee_id=attendee.id, form_key="n", kind=NoteKind.BREAK, body="I am tired",
                language="en", sent_at=now(),
            ),
            JoinCode(session_id=session.id, code_hash=f"hash {session.id}", seed="00", made_at=now()),
            ShownRound(item_id=list_items(session.id)[0].id, session_id=session.id, shown_at=now()),
        ]
    )  # fmt: skip
    db.session.flush()
    return session, said


def count(*tables: Any) -> list[int]:
    return [db.session.execute(select(func.count()).select_from(each)).scalar_one() for each in tables]


@pytest.mark.parametrize("state", HELD)
def test_on_the_promised_day_words_and_people_are_gone(database: SQLAlchemy, clock: Clock, state: State) -> None:
    session, said = make_held(state)
    assert count(*TABLES) == [1, 1, 1, 1, 1, 1]

    assert archive_due(now()) == ("sessions archived", 1)
    database.session.expire_all()

    assert (said.body, said.state) == ("", Visibility.EXPIRED)
    assert count(*TABLES) == [0, 0, 0, 0, 0, 0]
    assert (session.state, session.safeguarding_phone) == (State.ARCHIVED, "")
    assert count(Contribution) == [1]


def test_before_that_day_everything_stays(database: SQLAlchemy, clock: Clock) -> None:
    _session, said = make_held(keep_until=(now() + timedelta(days=1)).date())

    assert archive_due(now()) == ("sessions archived", 0)

    assert said.body == "The shop"
    assert count(*TABLES) == [1, 1, 1, 1, 1, 1]


def test_another_sessions_words_stay(database: SQLAlchemy, clock: Clock) -> None:
    make_held()
    _other, said = make_held(keep_until=(now() + timedelta(days=9)).date())

    archive_due(now())
    database.session.expire_all()

    assert said.body == "The shop"
    assert count(*TABLES) == [1, 1, 1, 1, 1, 1]


def test_the_day_is_the_citys_and_not_greenwichs(database: SQLAlchemy, clock: Clock) -> None:
    session, _said = make_held()
    make_city(time_zone="Europe/Madrid")
    assert session.keep_until is not None
    midnight_there = datetime.combine(
        session.keep_until, datetime.min.time(), tzinfo=ZoneInfo("Europe/Madrid")
    ).astimezone(UTC)

    assert archive_due(midnight_there - timedelta(minutes=1))[1] == 0
    assert archive_due(midnight_there)[1] == 1


def test_her_words_can_still_be_taken_back_once_their_time_is_over(database: SQLAlchemy, clock: Clock) -> None:
    """What a released summary quotes would otherwise stand for ever."""
    _session, said = make_held()
    author = Actor(participant_id=said.participant_id)
    said.permission = Permission.QUOTE
    archive_due(now())

    withdraw_contribution(said, by=author, at=now())

    assert said.state == Visibility.WITHDRAWN


def test_what_she_took_back_before_stays_taken_back(database: SQLAlchemy, clock: Clock) -> None:
    _session, said = make_held()
    withdraw_contribution(said, by=Actor(participant_id=said.participant_id), at=now())

    archive_due(now())

    assert said.state == Visibility.WITHDRAWN


@pytest.mark.parametrize("state", sorted(LIVE - {State.CHECK_OUT}))
def test_a_session_nobody_ended_is_closed_half_a_day_later(database: SQLAlchemy, clock: Clock, state: State) -> None:
    session = make_live(state)

    assert close_overdue(session.ends_at + timedelta(hours=11)) == ("sessions closed", 0)
    assert close_overdue(session.ends_at + timedelta(hours=13)) == ("sessions closed", 1)

    assert session.state == State.CLOSED
    assert [each.details["after"] for each in list_events(session.id)] == ["check_out", "closed"]


def test_the_check_out_closes_a_quarter_of_an_hour_after_the_end(database: SQLAlchemy, clock: Clock) -> None:
    session = make_live(State.CHECK_OUT)

    assert close_overdue(session.ends_at + timedelta(minutes=14))[1] == 0
    assert close_overdue(session.ends_at + timedelta(minutes=16))[1] == 1

    assert session.state == State.CLOSED


def test_a_hold_that_nobody_lifted_does_not_keep_a_session_open(database: SQLAlchemy, clock: Clock) -> None:
    session = make_live(State.ROUND, overlay=Overlay.SAFETY_HOLD)

    close_overdue(session.ends_at + timedelta(hours=13))

    assert (session.state, session.overlay) == (State.CLOSED, Overlay.NONE)


def test_a_promise_that_was_not_kept_is_told_by_the_doctor(database: SQLAlchemy, clock: Clock) -> None:
    make_held(keep_until=(now() - timedelta(days=5)).date())

    assert not ending.check_promises()[0]
    archive_due(now())
    assert ending.check_promises()[0]


def test_one_session_that_cannot_be_deleted_keeps_no_other_from_its_day(database: SQLAlchemy, clock: Clock) -> None:
    broken, stays = make_held()
    whole, goes = make_held()
    database.session.commit()

    def break_down(session_id: int, **_facts: object) -> None:
        if session_id == broken.id:
            raise RuntimeError("disk full")

    with session_forgotten.connected_to(break_down):
        assert archive_due(now()) == ("sessions archived", 1)
    database.session.expire_all()

    assert (stays.body, broken.state) == ("The shop", State.CLOSED)
    assert (goes.body, whole.state) == ("", State.ARCHIVED)


@pytest.mark.one_engine
def test_no_trace_of_the_words_stays_in_the_database_file(
    database: SQLAlchemy, browser: Browser, app: Flask, clock: Clock, database_engine: str
) -> None:
    """The hourly job empties SQLite's write-ahead log, too; PostgreSQL's is not ours to empty."""
    assert database_engine == "sqlite", "run this one with --database sqlite"
    _session, said = make_held()
    said.body = "A word nobody finds again"
    database.session.commit()
    file = Path(str(database.engine.url.database))
    assert b"A word nobody finds again" in everything_in(file)

    app.extensions["tidy_due_at"] = None
    database.session.remove()
    browser.get("/en/help")

    assert b"A word nobody finds again" not in everything_in(file)


@pytest.fixture
def broken_work(app: Flask) -> Iterator[None]:
    """Due work that deletes something and then fails."""
    places = app.extensions["registry"]

    def break_down(_at: datetime) -> tuple[str, int]:
        db.session.execute(delete(Contribution))
        raise RuntimeError("disk full")

    places.due_work.insert(0, break_down)
    yield
    places.due_work.remove(break_down)


@pytest.mark.usefixtures("broken_work")
def test_work_that_fails_harms_nothing_else(database: SQLAlchemy, clock: Clock) -> None:
    make_held()
    make_held(keep_until=(now() + timedelta(days=9)).date())
    db.session.commit()

    done = do_due_work(now())

    assert ("sessions archived", 1) in done
    assert count(Contribution) == [2]
