"""The city itself: its name, colour, mark, contact, documents, numbered rules of taking part and support resources."""

from __future__ import annotations

from flask import Flask

from . import models


def init_app(app: Flask) -> None:
    """Open this room."""
