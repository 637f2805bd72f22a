"""Planning a conversation: invitation, agenda, agreement, who leads and cares, and when residents can find it.

A *session* is one conversation. A *round* is one item of its agenda; the *agreement* is what everybody accepts before
anything is said. A *template* is a kind of session to begin from. To *lead on* is to bring a session into its next
state; an *overlay* (pause, cool-down, safety hold) stops it where it stands.
"""

from __future__ import annotations

from flask import Flask

from . import announcing, editor_views, panels, staff_views, views
from .announcing import announce
from .beginning import templates
from .blueprint import bp
from .ending import archive_due, close_overdue, session_forgotten
from .join_codes import find_by_code, shown_code
from .labels import overlay_labels, round_labels, state_labels
from .leading import Lead, guard, lead_on, overlay, session_changed
from .models import DialogueSession, RoundKind
from .pages import facilitators, language_names, length, stops, when
from .planning import Beginning, change, create_session, note_trial
from .policy import Desk, can_lead
from .queries import (
    agreement_version,
    find_item,
    get_session,
    get_session_by_id,
    list_agreement,
    list_interpreters,
    list_items,
    lock_session,
)
from .states import JOINABLE, LIVE, SPEAKING, Doer, Overlay, State, next_states

__all__ = [
    "JOINABLE",
    "LIVE",
    "SPEAKING",
    "Beginning",
    "Desk",
    "DialogueSession",
    "Doer",
    "Lead",
    "Overlay",
    "RoundKind",
    "State",
    "agreement_version",
    "announce",
    "archive_due",
    "can_lead",
    "change",
    "close_overdue",
    "create_session",
    "facilitators",
    "find_by_code",
    "find_item",
    "get_session",
    "get_session_by_id",
    "guard",
    "init_app",
    "language_names",
    "lead_on",
    "length",
    "list_agreement",
    "list_interpreters",
    "list_items",
    "lock_session",
    "next_states",
    "note_trial",
    "overlay",
    "overlay_labels",
    "round_labels",
    "session_changed",
    "session_forgotten",
    "shown_code",
    "state_labels",
    "stops",
    "templates",
    "when",
]

#: Files whose pages hang on the blueprint.
PAGES = (views, staff_views, editor_views)


def init_app(app: Flask) -> None:
    """Open this room: its pages, what it brings to others', and what a session needs before it moves."""
    app.register_blueprint(bp)
    panels.register()
    guard(State.READY, announcing.lacks_something)
    guard(State.LOBBY, announcing.is_too_early)
