"""Who is there: participants without accounts, and staff.

A *participant* is one person who took part, known by a key in a cookie or by her *return code*. *Staff* sign in; a *role*
is granted to them in one space or everywhere.
"""

from __future__ import annotations

from flask import Flask

from .identity import know_this_device, participant_for, settings, start_identity
from .models import Origin, Participant, RoleGrant, Staff
from .queries import get_participant
from .services import make_participant, return_code

__all__ = [
    "Origin",
    "Participant",
    "RoleGrant",
    "Staff",
    "get_participant",
    "init_app",
    "know_this_device",
    "make_participant",
    "participant_for",
    "return_code",
    "settings",
    "start_identity",
]


def init_app(app: Flask) -> None:
    """Open this room."""
