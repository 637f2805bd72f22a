"""*Statements* people agree or disagree with, in an order that gives each enough votes; import from Polis."""

from __future__ import annotations

from flask import Flask

from . import models


def init_app(app: Flask) -> None:
    """Open this room."""
