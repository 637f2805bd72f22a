"""What is kept for appeals, and thrown away when nobody can appeal any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from participation.contributions import Contribution, State

from .models import Appeal, Decision
from .services import TAKEN_BACK


def forget_removed_words(connection: Connection, at: datetime) -> tuple[str, int]:
    """Empty words that were removed, once their author can no longer appeal and no appeal waits."""
    still_open = (
        select(Decision.id)
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .where(
            Decision.contribution_id == Contribution.id,
            Decision.undone_at.is_(None),
            (Decision.appeal_until > at) | (Appeal.id.is_not(None) & Appeal.decided_at.is_(None)),
        )
    )
    past = select(Contribution.id).where(
        Contribution.state == State.REMOVED, Contribution.body != "", ~still_open.exists()
    )
    ids = connection.execute(past).scalars().all()
    connection.execute(update(Decision).where(Decision.contribution_id.in_(ids)).values(facts=TAKEN_BACK))
    connection.execute(update(Contribution).where(Contribution.id.in_(ids)).values(body=""))
    return "removed words", len(ids)
