"""The fair order of speaking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.room.turns import place_of, queue_of, turn_seconds
from dialogues.sessions.models import RoundKind

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HANDS = [kind for kind in RoundKind if kind is not RoundKind.GO_AROUND]


@dataclass
class Someone:
    id: int
    hand_at: datetime | None = None
    speaks_since: datetime | None = None
    turns: int = 0
    talk_seconds: int = 0
    spoke_in: int | None = None
    passed_in: int | None = None


def ids(people: list[Someone]) -> list[int]:
    return [each.id for each in people]


def up(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


@pytest.mark.parametrize("kind", HANDS)
def test_fewest_turns_come_first_then_least_time_then_the_earliest_hand(kind: RoundKind) -> None:
    people = [
        Someone(1, up(0), turns=2),
        Someone(2, up(1), turns=1, talk_seconds=90),
        Someone(3, up(2), turns=1, talk_seconds=30),
        Someone(4, up(4)),
        Someone(5, up(3)),
        Someone(6),
    ]

    assert ids(queue_of(kind, 7, people)) == [5, 4, 3, 2, 1]


def test_a_go_around_goes_round_and_gives_a_second_chance() -> None:
    people = [Someone(1, spoke_in=7), Someone(2, passed_in=7), Someone(3), Someone(4, spoke_in=6, passed_in=6)]

    assert ids(queue_of(RoundKind.GO_AROUND, 7, people)) == [3, 4, 2]


@pytest.mark.parametrize("kind", RoundKind)
def test_whoever_speaks_does_not_wait(kind: RoundKind) -> None:
    people = [Someone(1, up(0), speaks_since=NOON), Someone(2, up(1))]

    assert ids(queue_of(kind, 7, people)) == [2]


def test_places_count_from_one() -> None:
    queue = [Someone(4), Someone(2)]

    assert [place_of(queue, number) for number in (4, 2, 9)] == [1, 2, None]


def test_a_turn_lasts_half_as_long_again_with_an_interpreter() -> None:
    assert [turn_seconds(90, is_interpreted=each) for each in (False, True)] == [90, 135]


@given(
    people=st.lists(
        st.builds(
            Someone,
            id=st.integers(1, 99),
            hand_at=st.none() | st.integers(0, 60).map(up),
            turns=st.integers(0, 3),
            talk_seconds=st.integers(0, 300),
        ),
        unique_by=lambda each: each.id,
    )
)
def test_nobody_with_a_hand_is_left_out_or_overtaken_by_somebody_who_spoke_more(people: list[Someone]) -> None:
    queue = queue_of(RoundKind.OPEN_QUEUE, 7, people)

    assert {each.id for each in queue} == {each.id for each in people if each.hand_at is not None}
    assert [each.turns for each in queue] == sorted(each.turns for each in queue)
