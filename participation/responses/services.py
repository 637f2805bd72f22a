"""What an officer does with an answer: publishes it, and says that it is done. Earlier versions are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from participation.core.audit import note
from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.localized import LocalizedText
from participation.core.policy import Actor
from participation.summaries import Finding, released_finding_ids

from . import queries
from .due import OPEN_KINDS
from .models import AnswerKind, Response


@dataclass(frozen=True, kw_only=True)
class ResponseDraft:
    """What the city is about to say to one finding."""

    kind: AnswerKind
    #: what and why, to residents; may be empty only while there is no answer
    text: LocalizedText
    #: office that answers for it
    owner: LocalizedText
    #: to whom it was passed, where it is not ours
    passed_to: LocalizedText | None = None
    #: day by which it is done, or decided
    due_on: date | None = None


def publish_response(finding: Finding, draft: ResponseDraft, *, by: Actor, at: datetime) -> Response:
    """Let everybody read what the city answers to a finding; what it said before is kept.

    Raises:
        Invalid: something that belongs to this kind of answer is missing; names the field.
        Conflict: the finding stands in no released summary.
    """
    _check(draft)
    if finding.id not in released_finding_ids(finding.space):
        raise Conflict(_l("This finding stands in no released summary. Release the summary first."))
    response = Response(
        finding_id=finding.id,
        kind=draft.kind,
        text=draft.text,
        owner=draft.owner,
        passed_to=draft.passed_to if draft.kind == AnswerKind.NOT_OURS else None,
        due_on=draft.due_on if draft.kind in OPEN_KINDS else None,
        done_on=None,
        published_by=by.staff_id,
        published_at=at,
    )
    db.session.add(response)
    db.session.flush()
    note(
        "answer_published",
        f"finding:{finding.id}",
        by=by,
        at=at,
        space=finding.space,
        kind=str(draft.kind),
        due_on=response.due_on.isoformat() if response.due_on else "",
    )
    return response


def mark_done(response: Response, *, on: date, by: Actor, at: datetime, finding: Finding) -> Response:
    """Say that what was promised is done; a new version, so that the history shows both.

    Raises:
        Conflict: nothing was promised, it is done already, or a newer answer stands.
    """
    current = queries.current_responses([finding.id]).get(finding.id)
    if current is None or current.id != response.id:
        raise Conflict(_l("There is a newer answer. Please look at it first."))
    if response.kind not in {AnswerKind.WE_WILL, AnswerKind.PARTLY} or response.done_on is not None:
        raise Conflict(_l("This answer promises nothing that is still to be done."))
    done = Response(
        finding_id=response.finding_id,
        kind=response.kind,
        text=response.text,
        owner=response.owner,
        passed_to=None,
        due_on=response.due_on,
        done_on=on,
        published_by=by.staff_id,
        published_at=at,
    )
    db.session.add(done)
    db.session.flush()
    note("answer_done", f"finding:{finding.id}", by=by, at=at, space=finding.space, done_on=on.isoformat())
    return done


def _check(draft: ResponseDraft) -> None:
    if not draft.owner:
        raise Invalid(_l("Please say which office answers for it."), field="owner")
    if not draft.text and draft.kind != AnswerKind.NONE_YET:
        raise Invalid(_l("Please write the answer."), field="text")
    if draft.kind in OPEN_KINDS and draft.due_on is None:
        raise Invalid(_l("Please say until when."), field="due_on")
    if draft.kind == AnswerKind.NOT_OURS and not draft.passed_to:
        raise Invalid(_l("Please say to whom you passed it."), field="passed_to")
