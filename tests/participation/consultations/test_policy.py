"""Who may see, begin, answer and send: one table over publication, time, audience and who she is. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from participation.consultations.models import Audience, Consultation, Participation, Publication, Stage, StageKind
from participation.consultations.policy import can_answer, can_begin, can_see, can_send, has_sent, needs_beginning
from participation.consultations.timing import Visit
from participation.core.policy import NOBODY, Actor, Grant, Role

MORNING = datetime(2026, 6, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
STAGES = {
    "open": Stage(kind=StageKind.ANSWERING, opens_at=MORNING - DAY, closes_at=MORNING + DAY),
    "closed": Stage(kind=StageKind.ANSWERING, opens_at=MORNING - 2 * DAY, closes_at=MORNING - DAY),
    "soon": Stage(kind=StageKind.ANSWERING, opens_at=MORNING + DAY, closes_at=MORNING + 2 * DAY),
}
WHO = ("stranger", "somebody else", "begun", "sent", "officer")
AUDIENCES = ("all", "ages", "invited")


def visit_of(publication: str, stage: str, audience: str, who: str) -> tuple[Actor, Visit]:
    consultation = Consultation(
        id=1,
        publication=Publication(publication),
        audience=Audience.INVITED if audience == "invited" else Audience.ALL,
        age_bands=["12-15"] if audience == "ages" else [],
    )
    participation = None
    actor = NOBODY
    if who in {"begun", "sent"}:
        actor = Actor(participant_id=7)
        participation = Participation(participant_id=7, sent_at=MORNING if who == "sent" else None)
    elif who == "somebody else":
        actor = Actor(participant_id=8)
    elif who == "officer":
        actor = Actor(staff_id=1, grants=frozenset({Grant(Role.OFFICER, None)}))
    return actor, Visit(consultation, [STAGES[stage]], participation, MORNING)


CASES = list(product(("draft", "published", "archived"), STAGES, AUDIENCES, WHO))


@pytest.mark.parametrize(("publication", "stage", "audience", "who"), CASES)
def test_who_may_do_what(publication: str, stage: str, audience: str, who: str) -> None:
    actor, visit = visit_of(publication, stage, audience, who)
    is_live = publication == "published" and stage == "open"
    is_in = audience == "all" or who in {"begun", "sent"}

    answers = {rule.name: rule(actor, visit) for rule in (can_see, can_begin, can_answer, can_send, has_sent)}

    assert list(answers.values()) == [
        publication != "draft",  # residents never see drafts here; staff have pages of their own
        is_live,
        is_live and is_in,
        is_live and is_in and who in {"begun", "sent"},
        who == "sent",
    ]


@pytest.mark.parametrize(("audience", "expected"), [("all", False), ("ages", True), ("invited", True)])
def test_something_is_asked_before_the_first_question_where_not_everybody_may_come(
    audience: str, expected: bool
) -> None:
    _actor, visit = visit_of("published", "open", audience, "stranger")

    assert needs_beginning(visit) is expected


def test_another_persons_participation_opens_nothing() -> None:
    _actor, visit = visit_of("published", "open", "invited", "begun")

    assert not can_answer(Actor(participant_id=8), visit)
    assert not can_send(Actor(participant_id=8), visit)
