"""Who is there: participants without accounts, and staff.

A *participant* is one person who took part, known by a key in a cookie or by her *return code*. *Staff* sign in; a *role*
is granted to them in one space or everywhere.
"""

from __future__ import annotations

from flask import Flask

from . import models
from .identity import participant_for, settings, start_identity


def init_app(app: Flask) -> None:
    """Open this room."""
