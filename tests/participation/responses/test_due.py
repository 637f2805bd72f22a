"""When the city is late. No database: days are counted on paper."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.responses.due import is_overdue, most_overdue_first, standing_of
from participation.responses.models import AnswerKind, Response

TODAY = date(2026, 6, 2)
OWES = {AnswerKind.WE_WILL, AnswerKind.PARTLY, AnswerKind.STILL_DECIDING, AnswerKind.NONE_YET}


def response(kind: AnswerKind = AnswerKind.WE_WILL, **facts) -> Response:
    return Response(finding_id=1, kind=kind, **{"due_on": TODAY, "done_on": None, **facts})


@pytest.mark.parametrize(("days", "late"), [(-1, 0), (0, 0), (1, 1), (12, 12)])
def test_the_day_itself_is_still_in_time(days, late):
    standing = standing_of(1, response(), None, TODAY + timedelta(days=days))

    assert (standing.days_overdue, standing.is_overdue) == (late, late > 0)


@pytest.mark.parametrize("kind", list(AnswerKind))
def test_only_what_is_owed_can_be_late(kind):
    assert is_overdue(response(kind), TODAY + timedelta(days=1)) == (kind in OWES)


def test_what_is_done_is_never_late():
    assert not is_overdue(response(done_on=TODAY + timedelta(days=5)), TODAY + timedelta(days=9))


def test_a_finding_nobody_answered_is_late_after_the_promised_day():
    assert not standing_of(1, None, TODAY, TODAY).is_overdue
    assert standing_of(1, None, TODAY, TODAY + timedelta(days=3)).days_overdue == 3
    assert not standing_of(1, None, None, TODAY).is_overdue


def test_an_answer_ends_the_consultations_own_promise():
    said_no = response(AnswerKind.WE_CANNOT, due_on=None)

    assert not standing_of(1, said_no, TODAY, TODAY + timedelta(days=30)).is_overdue


@given(
    st.lists(
        st.tuples(st.sampled_from(AnswerKind), st.integers(-40, 40), st.booleans()),
        max_size=8,
    )
)
def test_the_most_overdue_stand_first(facts):
    standings = [
        standing_of(
            number, response(kind, due_on=TODAY + timedelta(days=days), done_on=TODAY if done else None), None, TODAY
        )
        for number, (kind, days, done) in enumerate(facts)
    ]

    ordered = most_overdue_first(standings)

    late = [each.days_overdue for each in ordered]
    assert late == sorted(late, reverse=True)
    assert len(ordered) == len(standings)
