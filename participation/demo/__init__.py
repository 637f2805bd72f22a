"""The demo: the made-up city of Norval, played through the other slices' public faces."""

from __future__ import annotations

from flask import Flask

from . import commands

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Offer `flask demo`, and name the demo's links when the server starts."""
    app.cli.add_command(commands.group)
    app.extensions.setdefault("preparations", []).append(commands.load_once)
    app.extensions.setdefault("announcements", []).append(commands.announce)
