"""From evidence to a summary that harms nobody: *findings* that cite, a *release* by a second person, exports."""

from __future__ import annotations

from flask import Flask

from . import models


def init_app(app: Flask) -> None:
    """Open this room."""
