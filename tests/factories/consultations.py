"""Makes consultations with their stages and steps, and people in them."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from participation.accounts.models import Participant
from participation.consultations.models import CameBy, Consultation, Participation, Publication, Stage, StageKind, Step
from participation.core.clock import now
from participation.core.database import db
from tests.factories.accounts import make_participant
from tests.factories.city import words

_numbers = itertools.count(1)


def make_consultation(*, is_open: bool = True, **facts: Any) -> Consultation:
    """A published consultation that residents can answer now; with `is_open=False` one without stages."""
    number = next(_numbers)
    values = {
        "slug": f"bridge-{number}",
        "title": words(f"The bridge {number}"),
        "purpose": words("We ask before we build."),
        "can_change": words("Where it stands."),
        "cannot_change": words("That it is built."),
        "decided_by": words("The council."),
        "other_ways": words("On paper, at the library."),
        "closed_early_reason": words(),
        "languages": ["en", "es", "ar"],
        "publication": Publication.PUBLISHED,
        "published_at": now(),
        "created_at": now(),
        "changed_at": now(),
    }
    consultation = Consultation(**{**values, **facts})
    db.session.add(consultation)
    db.session.flush()
    if is_open:
        make_stage(consultation)
    return consultation


def make_stage(consultation: Consultation, kind: StageKind = StageKind.ANSWERING, **facts: Any) -> Stage:
    """A stage that began yesterday and lasts four weeks."""
    values = {
        "position": 1,
        "name": words(kind.value.title()),
        "opens_at": now() - timedelta(days=1),
        "closes_at": now() + timedelta(days=27),
    }
    stage = Stage(consultation_id=consultation.id, kind=kind, **{**values, **facts})
    db.session.add(stage)
    db.session.flush()
    return stage


def make_step(consultation: Consultation, kind: str = "open", position: int = 1, **facts: Any) -> Step:
    """One step of the journey."""
    values = {"lineage": position, "prompt": words(f"Question {position}?"), "help": words(), "settings": {}}
    step = Step(consultation_id=consultation.id, kind=kind, position=position, **{**values, **facts})
    db.session.add(step)
    db.session.flush()
    return step


def make_participation(
    consultation: Consultation, participant: Participant | None = None, **facts: Any
) -> Participation:
    """Somebody in the consultation, with answers not sent yet."""
    participant = participant or make_participant()
    values = {"came_by": CameBy.OPEN_LINK, "language": "en", "started_on": now().date()}
    participation = Participation(consultation_id=consultation.id, participant_id=participant.id, **{**values, **facts})
    db.session.add(participation)
    db.session.flush()
    return participation
