"""Makes the city's answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from participation.core.clock import now
from participation.core.database import db
from participation.responses.models import AnswerKind, Response
from participation.summaries.models import Finding
from tests.factories.accounts import make_staff
from tests.factories.summaries import everywhere


def make_response(finding: Finding, kind: AnswerKind = AnswerKind.WE_WILL, **facts: Any) -> Response:
    """What the city answers; due in a month where something is owed."""
    owes = kind in {AnswerKind.WE_WILL, AnswerKind.PARTLY, AnswerKind.STILL_DECIDING, AnswerKind.NONE_YET}
    values = {
        "text": everywhere("We plant six trees."),
        "owner": everywhere("Parks office"),
        "passed_to": everywhere("Province") if kind == AnswerKind.NOT_OURS else None,
        "due_on": now().date() + timedelta(days=30) if owes else None,
        "published_by": facts.pop("published_by", None) or make_staff().id,
        "published_at": now(),
    }
    response = Response(finding_id=finding.id, kind=kind, **{**values, **facts})
    db.session.add(response)
    db.session.flush()
    return response
