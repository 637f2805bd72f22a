"""Where a session can be led from where, and by whom."""

from __future__ import annotations

import itertools

import pytest

from dialogues.sessions.states import (
    LIVE,
    MOVES,
    Doer,
    Overlay,
    State,
    WrongMove,
    check_move,
    check_overlay,
    next_states,
)


def test_the_whole_way_from_a_draft_to_the_archive_exists() -> None:
    way = [
        State.DRAFT, State.READY, State.LOBBY, State.AGREEMENT, State.CHECK_IN, State.ROUND, State.ROUND,
        State.BREAKOUT, State.ROUND, State.HARVEST, State.CHECK_OUT, State.CLOSED, State.SUMMARY_DRAFT,
        State.PARTICIPANT_REVIEW, State.SUMMARY_FINAL, State.DISCLOSURE_CHECK, State.SENT, State.ACKNOWLEDGED,
        State.RESPONDED, State.FED_BACK, State.ARCHIVED,
    ]  # fmt: skip

    steps = list(itertools.pairwise(way))

    assert all((after, before) in MOVES for before, after in steps)
    assert set(way) | {State.CANCELLED} == set(State)


@pytest.mark.parametrize("state", sorted(LIVE - {State.CHECK_OUT}))
def test_a_live_session_can_always_be_ended_early_by_its_facilitators(state: State) -> None:
    check_move(state, State.CHECK_OUT, Doer.FACILITATOR)

    with pytest.raises(WrongMove):
        check_move(state, State.CHECK_OUT, Doer.ORGANISER)


@pytest.mark.parametrize("state", sorted(set(State) - {State.DRAFT, State.READY, State.LOBBY}))
def test_what_has_begun_cannot_be_cancelled(state: State) -> None:
    for doer in Doer:
        with pytest.raises(WrongMove):
            check_move(state, State.CANCELLED, doer)


def test_nobody_skips_the_agreement() -> None:
    ways_in = [move.before for move in MOVES if move.after == State.CHECK_IN]

    assert ways_in == [State.AGREEMENT]
    assert next_states(State.LOBBY, Doer.FACILITATOR) == [State.AGREEMENT, State.CHECK_OUT, State.CANCELLED]


def test_the_authority_only_receives_and_answers() -> None:
    deeds = [move.after for move, doers in MOVES.items() if Doer.AUTHORITY in doers]

    assert deeds == [State.ACKNOWLEDGED, State.RESPONDED]


@pytest.mark.parametrize("state", sorted(set(State) - LIVE))
def test_nothing_is_paused_that_is_not_live(state: State) -> None:
    with pytest.raises(WrongMove):
        check_overlay(state, Overlay.NONE, Overlay.PAUSE)


def test_a_safety_hold_can_be_laid_over_everything_and_only_lifted() -> None:
    for before in (Overlay.NONE, Overlay.PAUSE, Overlay.COOL_DOWN):
        check_overlay(State.ROUND, before, Overlay.SAFETY_HOLD)
    check_overlay(State.ROUND, Overlay.SAFETY_HOLD, Overlay.NONE)

    for after in (Overlay.PAUSE, Overlay.COOL_DOWN, Overlay.SAFETY_HOLD):
        with pytest.raises(WrongMove):
            check_overlay(State.ROUND, Overlay.SAFETY_HOLD, after)
