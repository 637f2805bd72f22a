"""Whose turn is next: the fair order, as pure functions.

Go-around: everybody once in the order people came, then those who passed get a second chance (dialogue-and-safety.md
L5). Every other round: fewest turns first, then least time spoken, then the hand that went up first (L3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from dialogues.sessions import RoundKind


class Speaker(Protocol):
    """What the order looks at."""

    id: int
    hand_at: datetime | None
    speaks_since: datetime | None
    turns: int
    talk_seconds: int
    spoke_in: int | None
    passed_in: int | None


Person = TypeVar("Person", bound=Speaker)


def queue_of(kind: RoundKind, item_id: int, there: Iterable[Person]) -> list[Person]:
    """Who speaks next, in order; whoever speaks now is not in it. `there` are the people who take part."""
    waiting = [each for each in there if each.speaks_since is None]
    if kind is RoundKind.GO_AROUND:
        round_left = [each for each in waiting if each.spoke_in != item_id]
        return sorted(round_left, key=lambda each: (each.passed_in == item_id, each.id))
    hands = [each for each in waiting if each.hand_at is not None]
    return sorted(hands, key=lambda each: (each.turns, each.talk_seconds, each.hand_at, each.id))


def place_of(queue: Sequence[Speaker], attendee_id: int) -> int | None:
    """Her place in the queue, from 1; None when she is not in it."""
    return next((place for place, each in enumerate(queue, 1) if each.id == attendee_id), None)


def turn_seconds(seconds: int, *, is_interpreted: bool) -> int:
    """Seconds of one turn; with an interpreter half as much again (L4)."""
    return seconds * 3 // 2 if is_interpreted else seconds
