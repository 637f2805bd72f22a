"""Questions and answers of the kinds open, one choice, several choices, scale and ranking."""

from __future__ import annotations

from flask import Flask

from . import models


def init_app(app: Flask) -> None:
    """Open this room."""
