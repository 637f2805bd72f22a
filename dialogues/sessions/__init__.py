"""Planning a conversation: invitation, agenda, agreement, who leads and cares, and when residents can find it.

A *session* is one conversation. A *round* is one item of its agenda; the *agreement* is what everybody accepts before
anything is said. A *template* is a kind of session to begin from. To *lead on* is to bring a session into its next
state; an *overlay* (pause, cool-down, safety hold) stops it where it stands.
"""

from __future__ import annotations

from flask import Flask

from . import announcing, editor_views, panels, staff_views, views
from .blueprint import bp
from .leading import guard
from .states import State

__all__ = ["init_app"]

#: Files whose pages hang on the blueprint.
PAGES = (views, staff_views, editor_views)


def init_app(app: Flask) -> None:
    """Open this room: its pages, what it brings to others', and what a session needs before it moves."""
    app.register_blueprint(bp)
    panels.register()
    guard(State.READY, announcing.lacks_something)
    guard(State.LOBBY, announcing.is_too_early)
