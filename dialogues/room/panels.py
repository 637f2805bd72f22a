"""What the room brings to others' pages: her conversations on my page, her data, and being erased."""

from __future__ import annotations

from typing import Any

from flask import url_for

from dialogues.sessions import LIVE, Desk, DialogueSession, State, can_lead, get_session_by_id, state_labels, when
from participation.core import live
from participation.core.clock import now
from participation.core.policy import Actor, Role
from participation.core.registry import registry

from . import queries, services, telling
from .labels import note_labels, presence_labels


def register() -> None:
    """Plug in."""
    places = registry()
    places.my_panels.append(draw_mine)
    places.own_data += [tell_own_sessions, tell_own_notes]
    places.kept_words |= {"presence": presence_labels, "about": note_labels}
    places.deciders["session"] = decides_as
    # after contributions: what their signals tell is told once more without her
    places.erasers.append(erase)


def decides_as(actor: Actor, session_id: int) -> Role | None:
    """The two who lead a session let words through to its group."""
    return Role.FACILITATOR if can_lead(actor, Desk(get_session_by_id(session_id))) else None


def draw_mine(participant_id: int, language: str) -> tuple[str, dict[str, Any]] | None:
    """The conversations she came to."""
    rows = queries.list_of_participant(participant_id)
    if not rows:
        return None
    cards = [
        {
            "title": session.title.read(language),
            "state": state_labels[State(session.state)],
            "when": when(session),
            "url": url_for("room.show_room", slug=session.slug),
            "is_live": State(session.state) in LIVE,
        }
        for _attendee, session in rows
    ]
    return "dialogues/room/_mine.html", {"cards": cards}


def tell_own_sessions(participant_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Where she came to, and what is kept of it."""
    rows = [
        {
            "session": session.slug,
            "name": attendee.name,
            "language": attendee.language,
            "presence": attendee.presence,
            "joined_at": attendee.joined_at.isoformat(),
            "accepted_agreement": attendee.agreed_version,
            "ideas_may_be_used": attendee.may_pool,
            "turns": attendee.turns,
            "seconds_spoken": attendee.talk_seconds,
        }
        for attendee, session in queries.list_of_participant(participant_id)
    ]
    return "conversations", rows


def tell_own_notes(participant_id: int) -> tuple[str, list[dict[str, Any]]]:
    """What she said to facilitators alone, with their answers."""
    rows = [
        {"about": note.kind, "words": note.body, "sent_at": note.sent_at.isoformat(), "answer": note.answer}
        for attendee, _session in queries.list_of_participant(participant_id)
        for note in queries.list_notes_of(attendee.id)
    ]
    return "private_notes", rows


def erase(participant_id: int) -> None:
    """Take her out of every session, and off every phone."""
    for session_id in services.erase(participant_id):
        session = get_session_by_id(session_id)
        live.erase(telling.topic_of(session), at=now())
        if State(session.state) in LIVE:
            telling.tell(session, at=now())


def forget(session_id: int, *, session: DialogueSession) -> None:
    """Delete who was there and what was pushed to phones (hears `session_forgotten`)."""
    services.forget_session(session_id)
    live.erase(telling.topic_of(session), at=now())
