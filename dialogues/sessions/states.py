"""Where a session stands, and who may move it where: the one table of states (dialogue-and-safety.md §5.1, §5.2).

Pure: knows no database. A *move* is one arrow of the table. An *overlay* lies over a live state and stops it for a
while without changing where the session stands.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import NamedTuple


class State(enum.StrEnum):
    """Where a session stands."""

    DRAFT = "draft"
    READY = "ready"
    LOBBY = "lobby"
    AGREEMENT = "agreement"
    CHECK_IN = "check_in"
    ROUND = "round"
    BREAKOUT = "breakout"
    HARVEST = "harvest"
    CHECK_OUT = "check_out"
    CLOSED = "closed"
    SUMMARY_DRAFT = "summary_draft"
    PARTICIPANT_REVIEW = "participant_review"
    SUMMARY_FINAL = "summary_final"
    DISCLOSURE_CHECK = "disclosure_check"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    RESPONDED = "responded"
    FED_BACK = "fed_back"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


class Overlay(enum.StrEnum):
    """What lies over a live state."""

    NONE = "none"
    PAUSE = "pause"
    COOL_DOWN = "cool_down"
    SAFETY_HOLD = "safety_hold"


class Doer(enum.StrEnum):
    """Who makes a move."""

    ORGANISER = "organiser"
    #: either facilitator; the table says "lead", and the second stands in when the lead has to look after somebody
    FACILITATOR = "facilitator"
    SUMMARISER = "summariser"
    STEWARD = "steward"
    AUTHORITY = "authority"
    #: the program itself, when a span of time is over
    SYSTEM = "system"


class Move(NamedTuple):
    """One arrow."""

    after: State
    before: State


#: People are there and the facilitators lead.
LIVE = frozenset(
    {State.LOBBY, State.AGREEMENT, State.CHECK_IN, State.ROUND, State.BREAKOUT, State.HARVEST, State.CHECK_OUT}
)
#: Somebody has agreed and speaks with others; what lies over it stops words.
SPEAKING = LIVE - {State.LOBBY, State.AGREEMENT}
#: Nothing about the session can be planned differently any more.
OVER = frozenset(State) - LIVE - {State.DRAFT, State.READY}
#: People can come to the session or wait for it.
JOINABLE = frozenset({State.READY, *LIVE} - {State.CHECK_OUT})

_F = frozenset({Doer.FACILITATOR})
_ORGANISER = frozenset({Doer.ORGANISER})
_SUMMARISER = frozenset({Doer.SUMMARISER})
_SYSTEM = frozenset({Doer.SYSTEM})

#: Every arrow and who may make it. A round leads to the next round by itself (`ROUND` → `ROUND`).
MOVES: Mapping[Move, frozenset[Doer]] = {
    Move(State.READY, State.DRAFT): _ORGANISER,
    Move(State.DRAFT, State.READY): _ORGANISER,
    Move(State.LOBBY, State.READY): _F,
    Move(State.AGREEMENT, State.LOBBY): _F,
    Move(State.CHECK_IN, State.AGREEMENT): _F,
    Move(State.ROUND, State.CHECK_IN): _F,
    Move(State.ROUND, State.ROUND): _F,
    Move(State.BREAKOUT, State.ROUND): _F,
    Move(State.ROUND, State.BREAKOUT): _F,
    Move(State.HARVEST, State.ROUND): _F,
    Move(State.HARVEST, State.BREAKOUT): _F,
    # ended early: whoever is there still gets support, the private line and her code (§5.2, overlay rules)
    **{Move(State.CHECK_OUT, state): _F | _SYSTEM for state in State if state in LIVE - {State.CHECK_OUT}},
    Move(State.CLOSED, State.CHECK_OUT): _F | _SYSTEM,
    **{Move(State.CANCELLED, state): _ORGANISER | _F for state in (State.DRAFT, State.READY, State.LOBBY)},
    Move(State.SUMMARY_DRAFT, State.CLOSED): _SUMMARISER,
    Move(State.PARTICIPANT_REVIEW, State.SUMMARY_DRAFT): _SUMMARISER,
    Move(State.SUMMARY_DRAFT, State.PARTICIPANT_REVIEW): _SUMMARISER,
    Move(State.SUMMARY_FINAL, State.PARTICIPANT_REVIEW): _SUMMARISER,
    Move(State.DISCLOSURE_CHECK, State.SUMMARY_FINAL): _SUMMARISER,
    Move(State.SUMMARY_DRAFT, State.DISCLOSURE_CHECK): frozenset({Doer.STEWARD}),
    Move(State.SENT, State.DISCLOSURE_CHECK): frozenset({Doer.STEWARD}),
    Move(State.ACKNOWLEDGED, State.SENT): frozenset({Doer.AUTHORITY}),
    Move(State.RESPONDED, State.ACKNOWLEDGED): frozenset({Doer.AUTHORITY}),
    Move(State.FED_BACK, State.RESPONDED): _ORGANISER,
    # the day on which words are deleted was promised to people, so it comes wherever the work on them stands
    **{Move(State.ARCHIVED, state): _SYSTEM for state in State if state in OVER - {State.ARCHIVED}},
    Move(State.ARCHIVED, State.READY): _SYSTEM,
}

#: What may lie over what, and what may lift it. A safety hold needs a written note to end (see `services`).
OVERLAYS: Mapping[Overlay, frozenset[Overlay]] = {
    Overlay.NONE: frozenset({Overlay.PAUSE, Overlay.COOL_DOWN, Overlay.SAFETY_HOLD}),
    Overlay.PAUSE: frozenset({Overlay.NONE, Overlay.COOL_DOWN, Overlay.SAFETY_HOLD}),
    Overlay.COOL_DOWN: frozenset({Overlay.NONE, Overlay.PAUSE, Overlay.SAFETY_HOLD}),
    Overlay.SAFETY_HOLD: frozenset({Overlay.NONE}),
}


class WrongMove(ValueError):
    """There is no such arrow, or it is somebody else's."""


def check_move(before: State, after: State, doer: Doer) -> None:
    """Stop a move that the table does not have.

    Raises:
        WrongMove: no such arrow, or not for `doer`.
    """
    if doer not in MOVES.get(Move(after, before), frozenset()):
        raise WrongMove(f"{doer} cannot lead from {before} to {after}")


def check_overlay(state: State, before: Overlay, after: Overlay) -> None:
    """Stop an overlay where nothing is live, and one that does not follow on the one before.

    Raises:
        WrongMove: it cannot be laid over or lifted now.
    """
    if state not in LIVE or after not in OVERLAYS[before]:
        raise WrongMove(f"{after} cannot follow {before} in {state}")


def next_states(state: State, doer: Doer) -> list[State]:
    """Where `doer` could lead from here, in the order of the states."""
    return [after for after in State if doer in MOVES.get(Move(after, state), frozenset())]
