"""Keeping people safe, fairly: the queue, decisions with reasons, notices to authors, and appeals."""

from __future__ import annotations

from flask import Flask

from . import models


def init_app(app: Flask) -> None:
    """Open this room."""
