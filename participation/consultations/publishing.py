"""When residents see a consultation: publishing it once nothing is missing, putting it away, taking it out again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l

from participation.city import get_city, list_rules, list_support_resources
from participation.core import audit
from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.policy import Actor

from . import queries
from .checklist import Papers, check, missing
from .models import Consultation, Publication, Stage, Step
from .steps import find_options
from .timing import is_answering


class StillMissing(Invalid):
    """Something residents need is not there yet."""


def find_papers(consultation: Consultation, *, at: datetime) -> Papers:
    """Everything the checklist looks at."""
    return gather_papers(consultation, queries.list_stages(consultation.id), queries.list_steps(consultation.id), at=at)


def gather_papers(
    consultation: Consultation, stages: Sequence[Stage], steps: Sequence[Step], *, at: datetime
) -> Papers:
    """Everything the checklist looks at, where stages and steps are at hand."""
    return Papers(
        consultation=consultation,
        stages=stages,
        steps=steps,
        options=find_options(steps),
        city=get_city(),
        rules=list_rules(),
        resources=list_support_resources(),
        at=at,
    )


def publish(consultation: Consultation, *, by: Actor, at: datetime) -> None:
    """Let residents find it.

    Raises:
        Conflict: it is published already.
        StillMissing: something on the checklist is not there yet.
    """
    if consultation.publication != Publication.DRAFT:
        raise Conflict(_l("It is published already."))
    if missing(check(find_papers(consultation, at=at))):
        raise StillMissing(_l("Something residents need is still missing. It is marked in the list."))
    consultation.publication = Publication.PUBLISHED
    consultation.published_at = at
    _note(consultation, "consultation_published", by=by, at=at)


def archive(consultation: Consultation, *, by: Actor, at: datetime) -> None:
    """Take it out of the lists; whoever has its address still finds it.

    Raises:
        Conflict: it is not published, or people can still answer.
    """
    if consultation.publication != Publication.PUBLISHED:
        raise Conflict(_l("Only what is published can be put into the archive."))
    if is_answering(consultation, queries.list_stages(consultation.id), at):
        raise Conflict(_l("People can still answer. Please wait until it has closed, or close it early first."))
    consultation.publication = Publication.ARCHIVED
    _note(consultation, "consultation_archived", by=by, at=at)


def unarchive(consultation: Consultation, *, by: Actor, at: datetime) -> None:
    """Put it back into the lists.

    Raises:
        Conflict: it is not in the archive.
    """
    if consultation.publication != Publication.ARCHIVED:
        raise Conflict(_l("It is not in the archive."))
    consultation.publication = Publication.PUBLISHED
    _note(consultation, "consultation_unarchived", by=by, at=at)


def _note(consultation: Consultation, verb: str, *, by: Actor, at: datetime) -> None:
    consultation.changed_at = at
    db.session.flush()
    audit.note(verb, f"consultation:{consultation.id}", by=by, at=at, space=consultation.space)
