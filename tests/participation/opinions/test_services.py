"""Votes count once, statements follow what moderators decide."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from participation.contributions.models import Contribution, State
from participation.core.errors import Invalid
from participation.opinions import queries, services
from participation.opinions.models import Statement, Vote
from tests.factories.accounts import make_participant
from tests.factories.consultations import make_consultation, make_participation, make_step
from tests.factories.opinions import make_statement, make_vote
from tests.fixtures.time import Clock


def test_the_latest_vote_counts_and_only_once(database: SQLAlchemy, clock: Clock) -> None:
    statement = make_statement(make_step(make_consultation(), "statements"))
    person = make_participant().id

    first = services.cast_vote(statement.id, person, 1, matters=False, on=clock.now.date())
    second = services.cast_vote(statement.id, person, -1, matters=True, on=clock.now.date())

    database.session.expire_all()
    vote = database.session.execute(sa.select(Vote)).scalar_one()
    assert (first, second) == (True, False)
    assert (vote.value, vote.matters) == (-1, True)
    assert database.session.get_one(Statement, statement.id).vote_count == 1


def test_a_vote_that_is_none_is_refused(database: SQLAlchemy, clock: Clock) -> None:
    statement = make_statement(make_step(make_consultation(), "statements"))

    with pytest.raises(Invalid):
        services.cast_vote(statement.id, make_participant().id, 2, matters=False, on=clock.now.date())


def test_a_group_that_spoke_with_one_voice_counts_its_members(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step = make_step(consultation, "statements")
    statement = make_statement(step)
    group = make_participation(consultation, people_count=8)
    single = make_participation(consultation)
    make_vote(statement, group.participant_id, 1)
    make_vote(statement, single.participant_id, -1)

    result = queries.statement_results([step.id])[0]

    assert (result.agree, result.disagree, result.passed, result.people) == (8, 1, 0, 9)


def test_a_statement_opens_when_its_words_are_released_and_closes_when_they_are_refused(
    database: SQLAlchemy, clock: Clock
) -> None:
    statement = make_statement(make_step(make_consultation(), "statements"), is_open=False)
    words = database.session.get_one(Contribution, statement.contribution_id)

    words.state = State.VISIBLE
    services.follow_state(None, contribution=words)
    database.session.refresh(statement)
    opened = statement.is_open
    words.state = State.HIDDEN
    services.follow_state(None, contribution=words)
    database.session.refresh(statement)

    assert (opened, statement.is_open) == (True, False)


def test_erasing_a_person_takes_her_votes_out_of_counts_and_counters(database: SQLAlchemy, clock: Clock) -> None:
    step = make_step(make_consultation(), "statements")
    statement = make_statement(step)
    her, other = make_participant().id, make_participant().id
    make_vote(statement, her)
    make_vote(statement, other)

    services.erase_votes(her)

    database.session.expire_all()
    assert queries.statement_results([step.id])[0].people == 1
    assert database.session.get_one(Statement, statement.id).vote_count == 1
