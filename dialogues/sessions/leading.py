"""Leading a session from state to state, and laying a pause, a cool-down or a safety hold over it.

The server's state is the truth: each step is one appended event, made under the session's lock and only by a console
that showed the newest version (dialogue-and-safety.md L1). So of two facilitators who press at once, one leads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from blinker import Namespace
from flask_babel import lazy_gettext as _l

from participation.core import audit
from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.policy import Actor

from . import queries
from .models import DialogueSession, SessionEvent
from .states import LIVE, Doer, Overlay, State, WrongMove, check_move, check_overlay

#: How long before its start people can wait in the lobby.
LOBBY_OPENS_BEFORE = timedelta(minutes=15)
#: A cool-down lasts at least and at most this long.
COOL_DOWN_MINUTES = range(2, 11)

_signals = Namespace()
#: A session was led on, or an overlay changed. Sender: its id; `session`: the row; `event`: the row.
session_changed = _signals.signal("session-changed")

#: What a session lacks before it can come into a state: called with it and the moment, gives one sentence for each
#: thing. The rooms that know (who was admitted, whether a debrief was filed) put theirs here.
Guard = Callable[[DialogueSession, datetime], list[Any]]
_guards: dict[State, list[Guard]] = {}


def guard(state: State, check: Guard) -> None:
    """Let `check` be asked before a session comes into `state`; the same one only once (called by `init_app`s)."""
    checks = _guards.setdefault(state, [])
    if check not in checks:
        checks.append(check)


class StaleConsole(Conflict):
    """Somebody led the session on meanwhile."""

    status = 409


class NotYet(Conflict):
    """Something is lacking; `lacks` says what, a sentence each."""

    status = 409

    def __init__(self, lacks: list[Any]) -> None:
        """The first sentence is the message."""
        super().__init__(lacks[0])
        self.lacks = lacks


@dataclass(frozen=True, kw_only=True)
class Lead:
    """One wish to lead a session on."""

    after: State
    #: version the console showed
    seen: int
    doer: Doer
    #: agenda item, for a round
    item_id: int | None = None


def lead_on(session: DialogueSession, wish: Lead, *, by: Actor, at: datetime) -> DialogueSession:
    """The session in its new state, with the event appended.

    Raises:
        StaleConsole: the version is not the newest.
        NotYet: something is lacking.
        Conflict: there is no such move, it is somebody else's, or a pause lies over the session.
    """
    session = _lock(session, wish.seen)
    before = session.state
    # whoever leads lifts what lies over it first; the program only ends what everybody has left
    if session.overlay != Overlay.NONE and wish.after != State.CHECK_OUT and wish.doer != Doer.SYSTEM:
        raise Conflict(_l("End the pause first."))
    try:
        check_move(State(before), wish.after, wish.doer)
    except WrongMove:
        raise Conflict(_l("This is not possible from here.")) from None
    lacks = [sentence for check in _guards.get(wish.after, ()) for sentence in check(session, at)]
    if lacks:
        raise NotYet(lacks)
    session.item_id = _item_for(session, wish)
    session.state = wish.after
    if wish.after not in LIVE:
        session.overlay, session.overlay_until = Overlay.NONE, None
    return _append(session, "moved", by=by, at=at, before=str(before), after=str(wish.after), item=session.item_id)


def overlay(
    session: DialogueSession,
    over: Overlay,
    *,
    seen: int,
    by: Actor,
    at: datetime,
    minutes: int = 5,
    note: str = "",
    level: int | None = None,
) -> DialogueSession:
    """Lay `over` upon the session, or lift what lies there (`Overlay.NONE`).

    A safety hold ends only with a written note and a level of concern from 0 to 3 (§5.2, §9); the note is kept by
    whoever listens to `session_changed`, never in the log.

    Raises:
        StaleConsole: it would be lifted by a console that does not show the newest version.
        Conflict: the overlay cannot follow the one before.
        Invalid: a hold would end without note or level, or a cool-down would last too short or too long.
    """
    # stopping is one tap for either facilitator, whatever her console showed; going on needs the newest version (L10)
    session = _lock(session, seen) if over == Overlay.NONE else queries.lock_session(session.id)
    before = Overlay(session.overlay)
    if over == before != Overlay.NONE:
        return session
    try:
        check_overlay(State(session.state), before, over)
    except WrongMove:
        raise Conflict(_l("This is not possible from here.")) from None
    if before == Overlay.SAFETY_HOLD and not note.strip():
        raise Invalid(_l("Write down why it can go on."), field="note")
    if before == Overlay.SAFETY_HOLD and level not in range(4):
        raise Invalid(_l("Choose how grave it was."), field="level")
    if over == Overlay.COOL_DOWN and minutes not in COOL_DOWN_MINUTES:
        raise Invalid(_l("A cool-down lasts between 2 and 10 minutes."), field="minutes")
    session.overlay = over
    session.overlay_until = at + timedelta(minutes=minutes) if over == Overlay.COOL_DOWN else None
    return _append(session, "overlaid", by=by, at=at, note=note, before=str(before), after=str(over), level=level)


def _lock(session: DialogueSession, seen: int) -> DialogueSession:
    locked = queries.lock_session(session.id)
    if locked.version != seen:
        raise StaleConsole(_l("Your colleague led the session on a moment ago. Here is where it stands now."))
    return locked


def _item_for(session: DialogueSession, wish: Lead) -> int | None:
    """The agenda item of the new state: a round needs one that belongs to this session."""
    if wish.after == State.BREAKOUT:
        return session.item_id
    if wish.after != State.ROUND:
        return None
    item = queries.find_item(session.id, wish.item_id)
    if item is None or item.id == session.item_id:
        raise Conflict(_l("Choose which round comes next."))
    return item.id


def _append(
    session: DialogueSession, kind: str, *, by: Actor, at: datetime, note: str = "", **details: Any
) -> DialogueSession:
    """Count the version on, append the event, and tell whoever listens."""
    session.version += 1
    session.changed_at = at
    event = SessionEvent(
        session_id=session.id,
        sequence=session.version,
        kind=kind,
        staff_id=by.staff_id,
        at=at,
        details={name: value for name, value in details.items() if value is not None},
    )
    db.session.add(event)
    db.session.flush()
    audit.note(f"session_{kind}", f"session:{session.id}", by=by, at=at, space=session.space, **event.details)
    session_changed.send(session.id, session=session, event=event, note=note)
    return session
