"""When answers are taken. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from participation.consultations.models import Consultation, Stage, StageKind
from participation.consultations.timing import answering_spans, is_answering

MORNING = datetime(2026, 6, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def stage(opens: int, closes: int | None, kind: StageKind = StageKind.ANSWERING) -> Stage:
    return Stage(
        kind=kind, opens_at=MORNING + opens * HOUR, closes_at=None if closes is None else MORNING + closes * HOUR
    )


@pytest.mark.parametrize(
    ("stages", "early", "expected"),
    [
        ([stage(-1, 1)], None, True),
        ([stage(0, 1)], None, True),  # the start is included
        ([stage(-1, 0)], None, False),  # the end is not
        ([stage(-1, None)], None, True),
        ([stage(1, 2)], None, False),
        ([stage(-1, 1, StageKind.READING)], None, False),
        ([stage(-3, -2), stage(-1, 1)], None, True),
        ([stage(-1, 1)], -0.5, False),
        ([stage(-1, 1)], 0.5, True),
        ([stage(-1, None)], 0, False),
        ([], None, False),
    ],
)
def test_answers_are_taken_during_answering_stages_until_it_was_closed(
    stages: list[Stage], early: float | None, expected: bool
) -> None:
    consultation = Consultation(closed_early_at=None if early is None else MORNING + early * HOUR)

    assert is_answering(consultation, stages, MORNING) is expected


def test_a_stage_that_never_began_before_the_early_end_has_no_span() -> None:
    consultation = Consultation(closed_early_at=MORNING)

    assert answering_spans(consultation, [stage(-2, -1), stage(1, 2)]) == [
        answering_spans(Consultation(), [stage(-2, -1)])[0]
    ]
