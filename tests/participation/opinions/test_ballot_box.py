"""Votes that wait together are written together, and each learns what became of it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import IntegrityError

from participation.core.database import db
from participation.opinions.ballot_box import Ballot, BallotBox
from participation.opinions.models import Statement, Vote
from tests.factories.accounts import make_participant
from tests.factories.consultations import make_consultation, make_step
from tests.factories.opinions import make_statement
from tests.fixtures.time import MORNING, Clock

DAY = MORNING.date()
NOBODY = 10**9


def all_at_once(tasks: list[Callable[[], object]]) -> list[object]:
    """What each task gave or raised, when all began together."""
    gate = threading.Barrier(len(tasks))
    results: list[object] = [None] * len(tasks)

    def run(place: int) -> None:
        gate.wait()
        try:
            results[place] = tasks[place]()
        except Exception as trouble:
            results[place] = trouble

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(tasks))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return results


def a_statement() -> Statement:
    statement = make_statement(make_step(make_consultation(), "statements"))
    db.session.commit()
    return statement


def people(count: int) -> list[int]:
    found = [make_participant().id for _ in range(count)]
    db.session.commit()
    return found


def count_of(statement: Statement) -> tuple[int, int]:
    """The counter, and the votes themselves."""
    db.session.expire_all()
    votes = db.session.execute(sa.select(sa.func.count()).select_from(Vote)).scalar_one()
    return db.session.get_one(Statement, statement.id).vote_count, votes


def test_everybody_who_votes_at_once_is_counted_once(database: SQLAlchemy, clock: Clock) -> None:
    statement, box = a_statement(), BallotBox(database.engine)
    ballots = [Ballot(statement.id, person, 1, False, DAY) for person in people(12)]
    number = statement.id
    database.session.rollback()

    results = all_at_once([lambda each=each: box.cast(each) for each in [*ballots, *ballots]])

    assert results == [True] * 24
    assert count_of(database.session.get_one(Statement, number)) == (12, 12)


def test_who_fails_fails_alone(database: SQLAlchemy, clock: Clock) -> None:
    """A vote by somebody who was never there is not counted; one that breaks a rule of the table gets its error."""
    statement, box = a_statement(), BallotBox(database.engine)
    good = [Ballot(statement.id, person, 1, False, DAY) for person in people(6)]
    number = statement.id
    broken = Ballot(number, people(1)[0], 7, False, DAY)
    stranger = Ballot(number, NOBODY, 1, False, DAY)
    database.session.rollback()

    results = all_at_once([lambda each=each: box.cast(each) for each in [*good, broken, stranger]])

    assert results[:6] == [True] * 6
    assert isinstance(results[6], IntegrityError)
    assert results[7] is False
    assert count_of(database.session.get_one(Statement, number)) == (6, 6)


def test_of_two_votes_of_one_person_the_later_one_stands(database: SQLAlchemy, clock: Clock) -> None:
    statement, person, box = a_statement(), people(1)[0], BallotBox(database.engine)
    number = statement.id
    database.session.rollback()

    assert box.cast(Ballot(number, person, 1, False, DAY))
    assert box.cast(Ballot(number, person, -1, True, DAY))

    vote = database.session.execute(sa.select(Vote)).scalar_one()
    assert (vote.value, vote.matters) == (-1, True)
    assert count_of(database.session.get_one(Statement, number)) == (1, 1)


@pytest.mark.parametrize("gone", ["statement", "person"])
def test_what_was_taken_back_meanwhile_counts_no_more(database: SQLAlchemy, clock: Clock, gone: str) -> None:
    statement, person, box = a_statement(), make_participant(), BallotBox(database.engine)
    if gone == "statement":
        statement.is_open = False
    else:
        person.erased_at = MORNING
    ballot = Ballot(statement.id, person.id, 1, False, DAY)
    database.session.commit()

    assert box.cast(ballot) is False
    assert count_of(database.session.get_one(Statement, ballot.statement_id)) == (0, 0)


def test_a_broken_write_stops_nobody_who_comes_later(database: SQLAlchemy, clock: Clock) -> None:
    statement, person = a_statement(), people(1)[0]
    ballot = Ballot(statement.id, person, 1, False, DAY)
    database.session.rollback()
    box = BallotBox(database.engine)
    works, box._engine = box._engine, None  # type: ignore[assignment]

    with pytest.raises(AttributeError):
        box.cast(ballot)
    box._engine = works

    assert box.cast(ballot) is True
