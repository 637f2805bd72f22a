"""Makes statements and votes."""

from __future__ import annotations

import itertools
from typing import Any

from participation.consultations.models import Step
from participation.contributions.models import Channel, State, Surface
from participation.core.clock import now
from participation.core.database import db
from participation.core.policy import Space
from participation.opinions.models import Author, Statement, Vote
from tests.factories.contributions import make_contribution

_numbers = itertools.count(1)


def make_statement(step: Step, body: str = "", *, is_open: bool = True, **facts: Any) -> Statement:
    """A statement people can vote on; with `is_open=False` one that waits for a moderator."""
    words = make_contribution(
        Space("consultation", step.consultation_id),
        body=body or f"Statement {next(_numbers)}",
        subject_kind="statement",
        subject_id=step.id,
        surface=Surface.PUBLIC,
        channel=facts.pop("channel", Channel.CITY),
        state=State.VISIBLE if is_open else State.HELD,
        **{name: facts.pop(name) for name in ("participant_id", "language", "direction") if name in facts},
    )
    values = {"author": Author.CITY, "created_at": now(), "vote_count": 0}
    statement = Statement(step_id=step.id, contribution_id=words.id, is_open=is_open, **{**values, **facts})
    db.session.add(statement)
    db.session.flush()
    return statement


def make_vote(statement: Statement, participant_id: int, value: int = 1, **facts: Any) -> Vote:
    """Where somebody stands, with the statement's counter."""
    vote = Vote(statement_id=statement.id, participant_id=participant_id, value=value, voted_on=now().date(), **facts)
    db.session.add(vote)
    statement.vote_count += 1
    db.session.flush()
    return vote
