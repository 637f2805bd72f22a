"""Reads about statements and votes. Results are counted from the votes themselves, never from the running counter."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from participation.consultations import Participation, Step
from participation.contributions import Contribution, State, Surface
from participation.core.database import db, remembered, stream_rows

from .models import Statement, Vote

#: How many of the least-seen statements are looked at when the next one is chosen.
CANDIDATES = 24


@dataclass(frozen=True)
class StatementResult:
    """How people stand on one statement. People, not rows: a group that spoke with one voice counts its members."""

    statement_id: int
    step_id: int
    contribution_id: int
    agree: int
    disagree: int
    passed: int
    #: people who said that it matters to them
    matters: int

    @property
    def people(self) -> int:
        """Everybody who answered it."""
        return self.agree + self.disagree + self.passed


@dataclass(frozen=True)
class Progress:
    """How far one person is through one set of statements."""

    answered: int
    total: int
    #: open statements she has not answered → votes so far; of the least seen ones, at most `CANDIDATES`
    left: Mapping[int, int]


def get_statement(statement_id: int) -> Statement:
    """The statement with this number."""
    return db.session.get_one(Statement, statement_id)


def is_open_statement(step_id: int, statement_id: int) -> bool:
    """Whether people may vote on the statement with this number in this step.

    Remembered where nobody writes yet: whoever counts the vote looks once more.
    """
    return statement_id in list_open_statements(step_id)


def list_open_statements(step_id: int) -> Mapping[int, int]:
    """Open statements → votes so far, the least seen first; remembered, so a counter may be a second old."""
    return remembered(("open statements", step_id), lambda session: _load_open_statements(session, step_id))


def _load_open_statements(session: Session, step_id: int) -> dict[int, int]:
    query = select(Statement.id, Statement.vote_count).where(Statement.step_id == step_id, Statement.is_open)
    rows = session.connection().execute(query.order_by(Statement.vote_count, Statement.id))
    return {row[0]: row[1] for row in rows}


def find_statement_of(contribution_id: int) -> Statement | None:
    """The statement whose words are this contribution."""
    return db.session.execute(
        select(Statement).where(Statement.contribution_id == contribution_id)
    ).scalar_one_or_none()


# Asked on each statement's page, so they are made only once.
_ANSWERED = (
    select(Vote.statement_id)
    .join(Statement, Statement.id == Vote.statement_id)
    .where(Vote.participant_id == bindparam("participant_id"), Statement.step_id == bindparam("step_id"))
)
_WITH_WORDS = (
    select(Statement, Contribution)
    .join(Contribution, Contribution.id == Statement.contribution_id)
    .where(Statement.id == bindparam("statement_id"), Statement.is_open)
)


def progress_of(step_id: int, participant_id: int | None) -> Progress:
    """How far this person is, and what she has not answered; strangers have answered nothing."""
    votes, answered = list_open_statements(step_id), set[int]()
    if participant_id is not None:
        ids = {"step_id": step_id, "participant_id": participant_id}
        answered = votes.keys() & db.session.connection().execute(_ANSWERED, ids).scalars()
    left = itertools.islice((number for number in votes if number not in answered), CANDIDATES)
    return Progress(len(answered), len(votes), {number: votes[number] for number in left})


def find_with_words(statement_id: int) -> tuple[Statement, Contribution] | None:
    """An open statement with its words, remembered between requests: look at them, and do not change them."""
    return remembered(("statement", statement_id), lambda session: _load_with_words(session, statement_id))


def _load_with_words(session: Session, statement_id: int) -> tuple[Statement, Contribution] | None:
    row = session.execute(_WITH_WORDS, {"statement_id": statement_id}).one_or_none()
    return None if row is None else (row[0], row[1])


def list_votes_of(participant_id: int, step_id: int) -> Sequence[Row[Vote, Contribution]]:
    """This person's votes in one step with the statements' words, in the order of the statements."""
    return db.session.execute(
        select(Vote, Contribution)
        .join(Statement, Statement.id == Vote.statement_id)
        .join(Contribution, Contribution.id == Statement.contribution_id)
        .where(Vote.participant_id == participant_id, Statement.step_id == step_id)
        .order_by(Statement.id)
    ).all()


def list_all_votes_of(participant_id: int) -> Sequence[Row[Vote, str]]:
    """Everything this person voted on, in the order of the statements, with words that others still read."""
    is_read = (Contribution.state == State.VISIBLE) & (Contribution.surface == Surface.PUBLIC)
    return db.session.execute(
        select(Vote, case((is_read, Contribution.body), else_="").label("body"))
        .join(Statement, Statement.id == Vote.statement_id)
        .join(Contribution, Contribution.id == Statement.contribution_id)
        .where(Vote.participant_id == participant_id)
        .order_by(Statement.id)
    ).all()


def find_vote(statement_id: int, participant_id: int) -> Vote | None:
    """Where this person stands on this statement."""
    return db.session.get(Vote, (statement_id, participant_id))


def find_own_statement(statement_id: int, participant_id: int) -> Contribution | None:
    """The words of a statement this person put forward."""
    return db.session.execute(
        select(Contribution)
        .join(Statement, Statement.contribution_id == Contribution.id)
        .where(Statement.id == statement_id, Contribution.participant_id == participant_id)
    ).scalar_one_or_none()


_HAS_VOTED = (
    select(Vote.statement_id)
    .join(Statement, Statement.id == Vote.statement_id)
    .where(Vote.participant_id == bindparam("participant_id"), Statement.step_id == bindparam("step_id"))
    .limit(1)
)
_OWN_VOTES = (
    select(Statement.step_id, func.count())
    .join(Vote, Vote.statement_id == Statement.id)
    .where(
        Vote.participant_id == bindparam("participant_id"), Statement.step_id.in_(bindparam("step_ids", expanding=True))
    )
    .group_by(Statement.step_id)
)


def has_voted(participant_id: int, step_id: int) -> bool:
    """Whether this person answered any statement of the step."""
    return db.session.execute(_HAS_VOTED, {"participant_id": participant_id, "step_id": step_id}).first() is not None


def count_own_votes(participant_id: int, step_ids: Sequence[int]) -> dict[int, int]:
    """Step id → number of this person's votes; steps without one are left out."""
    rows = db.session.execute(_OWN_VOTES, {"participant_id": participant_id, "step_ids": list(step_ids)})
    return {row[0]: row[1] for row in rows}


def statement_results(step_ids: Sequence[int]) -> list[StatementResult]:
    """How people stand on each statement of these steps, in the order of the statements.

    A vote stands for one person, or for all members of a group that staff entered (`participation.people_count`).
    """
    extra = _extra_people(step_ids)
    counted = (
        select(
            Vote.statement_id,
            func.sum(case((Vote.value == 1, 1), else_=0)).label("agree"),
            func.sum(case((Vote.value == -1, 1), else_=0)).label("disagree"),
            func.sum(case((Vote.value == 0, 1), else_=0)).label("passed"),
            func.sum(case((Vote.matters, 1), else_=0)).label("matters"),
        )
        .join(Statement, Statement.id == Vote.statement_id)
        .where(Statement.step_id.in_(step_ids))
        .group_by(Vote.statement_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Statement.id, Statement.step_id, Statement.contribution_id, counted)
        .outerjoin(counted, counted.c.statement_id == Statement.id)
        .where(Statement.step_id.in_(step_ids))
        .order_by(Statement.id)
    )
    return [
        StatementResult(
            row.id,
            row.step_id,
            row.contribution_id,
            (row.agree or 0) + extra.get((row.id, 1), 0),
            (row.disagree or 0) + extra.get((row.id, -1), 0),
            (row.passed or 0) + extra.get((row.id, 0), 0),
            row.matters or 0,
        )
        for row in rows
    ]


def _extra_people(step_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """(statement, value) → members of groups beyond the first; groups are few, so this costs little."""
    rows = db.session.execute(
        select(Vote.statement_id, Vote.value, func.sum(Participation.people_count - 1))
        .join(Statement, Statement.id == Vote.statement_id)
        .join(Step, Step.id == Statement.step_id)
        .join(
            Participation,
            and_(
                Participation.participant_id == Vote.participant_id,
                Participation.consultation_id == Step.consultation_id,
            ),
        )
        .where(Statement.step_id.in_(step_ids), Participation.people_count > 1)
        .group_by(Vote.statement_id, Vote.value)
    )
    return {(statement_id, value): int(people) for statement_id, value, people in rows}


def count_votes(step_ids: Sequence[int]) -> int:
    """How many votes there are in these steps."""
    query = select(func.count()).select_from(Vote).join(Statement, Statement.id == Vote.statement_id)
    return db.session.execute(query.where(Statement.step_id.in_(step_ids))).scalar_one()


def iter_votes(step_ids: Sequence[int]) -> Iterator[tuple[date, int, int, int, bool]]:
    """All votes of these steps: day, statement, participant, value, matters; streamed, sorted by person.

    Participants' numbers are internal: an export replaces them by fresh random ones.
    """
    return stream_rows(
        select(Vote.voted_on, Vote.statement_id, Vote.participant_id, Vote.value, Vote.matters)
        .join(Statement, Statement.id == Vote.statement_id)
        .where(Statement.step_id.in_(step_ids))
        .order_by(Vote.participant_id, Vote.statement_id)
    )
