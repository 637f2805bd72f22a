"""Residents' words in other languages: who put them into which language, from which wording."""

from __future__ import annotations

from flask import Flask

from . import models


def init_app(app: Flask) -> None:
    """Open this room."""
