"""Makes people in a session, and sessions that are under way."""

from __future__ import annotations

from typing import Any

from dialogues.room.models import Attendee, Presence
from dialogues.sessions.models import DialogueSession
from dialogues.sessions.states import State
from participation.core.clock import now
from participation.core.database import db
from tests.factories.accounts import make_participant
from tests.factories.sessions import make_item, make_line, make_session


def make_live(state: State = State.ROUND, **facts: Any) -> DialogueSession:
    """A session in `state`, at its first round where rounds go on, with an agreement."""
    session = make_session(**{"state": state, "announced_at": now(), "starts_at": now(), **facts})
    item = make_item(session)
    make_item(session, position=2)
    make_line(session)
    if state in {State.ROUND, State.BREAKOUT}:
        session.item_id = item.id
    db.session.flush()
    return session


def make_attendee(session: DialogueSession, name: str = "", **facts: Any) -> Attendee:
    """Somebody who has agreed and takes part."""
    participant_id = facts.pop("participant_id", None) or make_participant().id
    values = {
        "name": name or f"Guest {participant_id}",
        "language": "en",
        "presence": Presence.THERE,
        "agreed_version": 1,
        "may_pool": False,
        "joined_at": now(),
        "turns": 0,
        "talk_seconds": 0,
    }
    attendee = Attendee(session_id=session.id, participant_id=participant_id, **{**values, **facts})
    db.session.add(attendee)
    db.session.flush()
    return attendee
