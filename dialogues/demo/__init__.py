"""The demo's conversations in the made-up city of Norval: one that is planned, and one that can be watched live.

`flask demo live` plays twelve phones in three languages through the second one, so that a newcomer can watch the
console and take part on a phone.
"""

from __future__ import annotations

from flask import Flask

from . import commands

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Load the conversations after the city, and offer `flask demo live`."""
    commands.plug_into(app)
