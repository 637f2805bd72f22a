"""Conversations that facilitators hold with residents, in a room, online or both; the city reads what they release.

Built on `participation`: a session is a *space*, what people say in it are contributions, and its summary is one of
`participation.summaries`. Participation never imports anything from here.
"""

from __future__ import annotations

from flask import Flask

from . import demo, room, sessions

SLICES = (sessions, room, demo)


def init_app(app: Flask) -> None:
    """Open every room, in rank order."""
    with app.app_context():
        for each in SLICES:
            each.init_app(app)
