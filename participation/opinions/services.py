"""Writes about statements and votes. Where many vote at once, `ballot_box` writes their votes together."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from participation.contributions import (
    Contribution,
    ContributionDraft,
    State,
    Surface,
    send_contribution,
)
from participation.core.database import db
from participation.core.errors import Invalid
from participation.core.policy import Actor

from . import ballot_box
from .ballot_box import Ballot
from .models import MAX_STATEMENT, VALUES, Author, Statement, Vote

#: A person reads a new statement within this time (our promise; moderation's queue sorts by it).
READ_WITHIN = timedelta(hours=24)


def cast_vote(statement_id: int, participant_id: int, value: int, *, matters: bool, on: date) -> bool:
    """Note where a person stands; her latest vote counts. True when it is her first on this statement.

    Two taps at once make one row (primary key); the counter grows with the first only.

    Raises:
        Invalid: `value` is not 1, 0 or -1.
    """
    if value not in VALUES.values():
        raise Invalid(_l("Please choose agree, disagree or pass."))
    ballot = Ballot(statement_id, participant_id, value, matters, on)
    return ballot_box.write(db.session.connection(), [ballot]) == 1


def cast_vote_with_others(statement_id: int, participant_id: int, *, value: int, matters: bool, on: date) -> bool:
    """Write a vote in one transaction with whatever votes wait in this process, and come back after its commit.

    False when it does not count any more: the statement was taken back, or the person erased herself.
    """
    if value not in VALUES.values():
        raise Invalid(_l("Please choose agree, disagree or pass."))
    db.session.rollback()  # what was read is read; nobody holds a connection while she waits
    return ballot_box.cast(Ballot(statement_id, participant_id, value, matters, on))


def add_statement(
    draft: ContributionDraft, *, author: Author, by: Actor, at: datetime, imported_id: int | None = None
) -> Statement:
    """Put a statement forward; people vote on it once its words are visible.

    Raises:
        Invalid: it is empty or longer than `MAX_STATEMENT` characters (imported ones may be longer).
    """
    body = draft.body.strip()
    if not body:
        raise Invalid(_l("Please write your statement."), field="body")
    if author is not Author.IMPORT and len(body) > MAX_STATEMENT:
        message = _l("Please say it in %(limit)s signs or fewer. Your words are still here.", limit=MAX_STATEMENT)
        raise Invalid(message, field="body")
    contribution = send_contribution(draft, by=by, at=at)
    known = db.session.execute(
        select(Statement).where(Statement.contribution_id == contribution.id)
    ).scalar_one_or_none()
    if known is not None:
        return known
    statement = Statement(
        step_id=draft.subject_id,
        contribution_id=contribution.id,
        author=author,
        imported_id=imported_id,
        is_open=contribution.state == State.VISIBLE,
        vote_count=0,
        created_at=at,
    )
    db.session.add(statement)
    db.session.flush()
    return statement


def follow_state(_sender: object, *, contribution: Contribution, **_facts: object) -> None:
    """Open a statement when its words were released, close it when they were taken back or refused."""
    if contribution.surface != Surface.PUBLIC or contribution.subject_kind != "statement":
        return
    is_open = contribution.state == State.VISIBLE
    changed = update(Statement).where(Statement.contribution_id == contribution.id).values(is_open=is_open)
    db.session.execute(changed)


def erase_votes(participant_id: int) -> None:
    """Take an erased person's votes out, and out of the counters."""
    mine = select(Vote.statement_id).where(Vote.participant_id == participant_id)
    counted = update(Statement).where(Statement.id.in_(mine)).values(vote_count=Statement.vote_count - 1)
    db.session.execute(counted.execution_options(synchronize_session=False))
    db.session.execute(delete(Vote).where(Vote.participant_id == participant_id))
