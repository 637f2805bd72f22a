"""The live session: coming in by a code, agreeing, speaking in turn, writing, pausing, going; and leading all that.

A *seat* is one person in one session, an *attendee* in the tables, under a name she chose. The *queue* is who speaks
next, a *turn* one person's time to speak. The *private line* is what somebody says to both facilitators alone. The
*console* is the facilitators' one screen, the *screen* what hangs on the wall.
"""

from __future__ import annotations

from flask import Flask

from dialogues.sessions import State, guard, session_changed, session_forgotten
from participation.core.events import contribution_decided, contribution_mended, contribution_withdrawn

from . import console_views, panels, services, telling, views
from .blueprint import bp
from .models import Attendee, NoteKind, Presence
from .queries import list_attendees
from .services import Arrival, agree, give_turn, join, send_note, write
from .telling import tell

__all__ = [
    "Arrival",
    "Attendee",
    "NoteKind",
    "Presence",
    "agree",
    "give_turn",
    "init_app",
    "join",
    "list_attendees",
    "send_note",
    "tell",
    "write",
]

#: Files whose pages hang on the blueprint.
PAGES = (views, console_views)


def init_app(app: Flask) -> None:
    """Open this room."""
    app.register_blueprint(bp)
    panels.register()
    guard(State.AGREEMENT, services.lacks_people)
    guard(State.CHECK_IN, services.lacks_agreement)
    session_changed.connect(services.settle_queue)
    session_changed.connect(telling.hear_change)
    session_forgotten.connect(panels.forget)
    for signal in (contribution_decided, contribution_mended, contribution_withdrawn):
        signal.connect(telling.hear_words)
