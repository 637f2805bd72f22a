"""Leading a session on: one step at a time, by one console at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialogues.sessions import announcing, leading, queries
from dialogues.sessions.leading import Lead, NotYet, StaleConsole
from dialogues.sessions.models import DialogueSession
from dialogues.sessions.states import Doer, Overlay, State
from participation.core.clock import now
from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.policy import Actor
from tests.factories.sessions import make_item, make_plan, make_session
from tests.fixtures.databases import SECRET
from tests.fixtures.time import Clock

SOMEBODY = Actor(name="somebody")
pytestmark = pytest.mark.usefixtures("database")


def led(
    session: DialogueSession, after: State, *, seen: int | None = None, item_id: int | None = None
) -> DialogueSession:
    wish = Lead(after=after, seen=seen or session.version, doer=Doer.FACILITATOR, item_id=item_id)
    return leading.lead_on(session, wish, by=SOMEBODY, at=now())


def test_of_two_consoles_that_advance_together_one_leads() -> None:
    session = make_session(state=State.CHECK_IN)
    first, second = make_item(session), make_item(session, position=2)
    seen = session.version

    led(session, State.ROUND, seen=seen, item_id=first.id)
    with pytest.raises(StaleConsole):
        led(session, State.ROUND, seen=seen, item_id=second.id)

    assert session.item_id == first.id
    assert [each.details["after"] for each in queries.list_events(session.id)] == ["round"]


def test_every_step_is_an_event_with_who_when_and_version() -> None:
    session = make_session(state=State.CHECK_IN)
    item = make_item(session)

    led(session, State.ROUND, item_id=item.id)
    led(session, State.HARVEST)

    events = queries.list_events(session.id)
    assert [each.sequence for each in events] == [2, 3]
    assert [(each.details["before"], each.details["after"]) for each in events] == [
        ("check_in", "round"),
        ("round", "harvest"),
    ]
    assert session.version == 3


def test_a_round_needs_an_item_of_this_very_session() -> None:
    session, other = make_session(state=State.CHECK_IN), make_session()
    foreign = make_item(other)

    for item_id in (None, foreign.id, 999_999):
        with pytest.raises(Conflict):
            led(session, State.ROUND, item_id=item_id)

    assert session.state == State.CHECK_IN


def test_a_pause_stops_the_session_where_it_stands_but_never_the_way_out() -> None:
    session = make_session(state=State.ROUND)

    leading.overlay(session, Overlay.PAUSE, seen=session.version, by=SOMEBODY, at=now())
    with pytest.raises(Conflict):
        led(session, State.HARVEST)
    led(session, State.CHECK_OUT)

    assert session.state == State.CHECK_OUT


def test_a_safety_hold_ends_only_with_a_note_and_a_level() -> None:
    session = make_session(state=State.ROUND, overlay=Overlay.SAFETY_HOLD)

    for note, level in (("", 1), ("  ", 1), ("She is safe.", None), ("She is safe.", 7)):
        with pytest.raises(Invalid):
            leading.overlay(session, Overlay.NONE, seen=session.version, by=SOMEBODY, at=now(), note=note, level=level)
    leading.overlay(session, Overlay.NONE, seen=session.version, by=SOMEBODY, at=now(), note="She is safe.", level=2)

    (event,) = queries.list_events(session.id)
    assert event.details == {"before": "safety_hold", "after": "none", "level": 2}


@pytest.mark.parametrize("minutes", [0, 1, 11, 600])
def test_a_cool_down_lasts_between_two_and_ten_minutes(minutes: int) -> None:
    session = make_session(state=State.ROUND)

    with pytest.raises(Invalid):
        leading.overlay(session, Overlay.COOL_DOWN, seen=1, by=SOMEBODY, at=now(), minutes=minutes)


def test_nothing_is_announced_while_something_is_missing() -> None:
    session = make_plan(tried_at=None)

    with pytest.raises(NotYet):
        announcing.announce(session, secret=SECRET, by=SOMEBODY, at=now())
    db.session.refresh(session)
    assert session.state == State.DRAFT
    session.tried_at = now()
    announcing.announce(session, secret=SECRET, by=SOMEBODY, at=now())

    assert session.state == State.READY


def test_the_waiting_room_opens_a_quarter_of_an_hour_before_the_start(clock: Clock) -> None:
    session = make_session(state=State.READY, starts_at=now() + timedelta(minutes=16))

    with pytest.raises(NotYet):
        led(session, State.LOBBY)
    clock.advance(minutes=1)
    led(session, State.LOBBY)

    assert session.state == State.LOBBY
