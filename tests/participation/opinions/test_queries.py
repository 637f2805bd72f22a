"""How far somebody is, and what she is asked next, where what is the same for all is remembered."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from participation.consultations.models import Step
from participation.core.database import reading_only
from participation.opinions import queries
from participation.opinions.models import Statement, Vote
from tests.factories.accounts import make_participant
from tests.factories.consultations import make_consultation, make_step
from tests.factories.opinions import make_statement, make_vote
from tests.fixtures.databases import Backend
from tests.fixtures.time import Clock


def make_statements(count: int) -> tuple[Step, list[Statement]]:
    step = make_step(make_consultation(), "statements")
    return step, [make_statement(step) for _ in range(count)]


def change_behind_our_back(database: SQLAlchemy, change: sa.Executable) -> None:
    """As another process would: nothing here is told to forget."""
    database.session.rollback()
    with database.engine.begin() as connection:
        connection.execute(change)


def test_what_she_answered_is_counted_and_not_asked_again(database: SQLAlchemy, clock: Clock) -> None:
    step, statements = make_statements(3)
    person = make_participant().id
    make_vote(statements[1], person)

    progress = queries.progress_of(step.id, person)

    assert (progress.answered, progress.total) == (1, 3)
    assert list(progress.left) == [statements[0].id, statements[2].id]


def test_what_was_taken_back_is_neither_counted_nor_asked(database: SQLAlchemy, clock: Clock) -> None:
    step, statements = make_statements(2)
    closed = make_statement(step, is_open=False)
    person = make_participant().id
    make_vote(closed, person)

    progress = queries.progress_of(step.id, person)

    assert (progress.answered, progress.total) == (0, 2)
    assert set(progress.left) == {each.id for each in statements}


def test_other_peoples_votes_put_a_statement_behind_the_less_seen_ones(database: SQLAlchemy, clock: Clock) -> None:
    step, statements = make_statements(2)
    make_vote(statements[0], make_participant().id)

    progress = queries.progress_of(step.id, None)

    assert list(progress.left.items()) == [(statements[1].id, 0), (statements[0].id, 1)]
    assert progress.answered == 0


def test_only_the_least_seen_are_chosen_from(
    database: SQLAlchemy, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "CANDIDATES", 2)
    step, statements = make_statements(3)
    make_vote(statements[0], make_participant().id)

    progress = queries.progress_of(step.id, None)

    assert list(progress.left) == [statements[1].id, statements[2].id]
    assert progress.total == 3


def test_her_own_vote_is_never_remembered(database: SQLAlchemy, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("participation.core.database.REMEMBERED_SECONDS", 60.0)
    step, statements = make_statements(2)
    step_id, (first, second), person = step.id, [each.id for each in statements], make_participant().id
    database.session.commit()
    with reading_only():
        queries.progress_of(step_id, person)
    vote = {"statement_id": first, "participant_id": person, "value": 1, "voted_on": clock.now.date()}
    change_behind_our_back(database, sa.insert(Vote).values(vote))

    with reading_only():
        progress = queries.progress_of(step_id, person)

    assert (progress.answered, list(progress.left)) == (1, [second])


def test_a_statement_closed_by_another_process_a_moment_ago_gives_way_to_the_next(
    database: SQLAlchemy, clock: Clock, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("participation.core.database.REMEMBERED_SECONDS", 60.0)
    plain = FlaskClient(backend.app)  # the strict browser forgets what is remembered before each page
    consultation = make_consultation()
    step = make_step(consultation, "statements")
    words = {make_statement(step, body).id: body for body in ("More benches", "Fewer cars")}
    address = f"/en/consultations/{consultation.slug}/statements/1"
    database.session.commit()
    shown = next(number for number, body in words.items() if body in plain.get(address).text)
    backend.app.extensions["remembered"].pop(("statement", shown))  # its second is over, the list's is not
    change_behind_our_back(database, sa.update(Statement).where(Statement.id == shown).values(is_open=False))

    page = plain.get(address).text

    assert all((body in page) == (number != shown) for number, body in words.items())
