"""The authority's *answer* to each finding: what it will do, who, until when; overdue is shown to everybody."""

from __future__ import annotations

from flask import Flask

from . import models


def init_app(app: Flask) -> None:
    """Open this room."""
