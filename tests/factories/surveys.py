"""Makes survey questions with their options."""

from __future__ import annotations

from typing import Any

from participation.consultations.models import Consultation, Participation, Step
from participation.core.database import db
from participation.surveys.models import Answer, Choice, Option
from tests.factories.city import words
from tests.factories.consultations import make_step


def make_option(step: Step, position: int = 1, label: str = "") -> Option:
    """One thing that can be chosen."""
    option = Option(step_id=step.id, position=position, label=words(label or f"Option {position}"))
    db.session.add(option)
    db.session.flush()
    return option


def make_question(
    consultation: Consultation, kind: str, *labels: str, position: int = 1, **facts: Any
) -> tuple[Step, list[Option]]:
    """A question with one option for each label."""
    step = make_step(consultation, kind, position, **facts)
    return step, [make_option(step, place, label) for place, label in enumerate(labels, 1)]


def make_answer(
    step: Step, participation: Participation, *options: Option, ranked: bool = False, **facts: Any
) -> Answer:
    """What somebody answered."""
    values = {
        "channel": participation.channel,
        "people_count": participation.people_count,
        "language": participation.language,
        "sent_on": participation.started_on,
    }
    answer = Answer(step_id=step.id, participant_id=participation.participant_id, **{**values, **facts})
    db.session.add(answer)
    db.session.flush()
    db.session.add_all(
        Choice(answer_id=answer.id, option_id=option.id, rank=place if ranked else None)
        for place, option in enumerate(options, 1)
    )
    db.session.flush()
    return answer
