"""Reads of the city's answers to findings."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from participation.core.database import db
from participation.core.errors import NotFound

from .models import Response


def current_responses(finding_ids: Collection[int]) -> dict[int, Response]:
    """Finding → the city's answer as it stands: the newest version."""
    if not finding_ids:
        return {}
    newest = select(func.max(Response.id)).where(Response.finding_id.in_(finding_ids)).group_by(Response.finding_id)
    rows = db.session.execute(select(Response).where(Response.id.in_(newest))).scalars()
    return {row.finding_id: row for row in rows}


def list_history(finding_id: int) -> Sequence[Response]:
    """Every version of the answer to one finding, newest first."""
    return (
        db.session.execute(select(Response).where(Response.finding_id == finding_id).order_by(Response.id.desc()))
        .scalars()
        .all()
    )


def get_response(response_id: int) -> Response:
    """The answer with this number.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(Response, response_id)
    if found is None:
        raise NotFound
    return found
