"""A question the city puts to residents: what it promises, its *stages* in time and its *steps* on the phone.

Consultations own the journey (one step a page, check your answers, send, receipt). Kinds of step are registered by the
slices that know them.
"""

from __future__ import annotations

from flask import Flask

from . import models


def init_app(app: Flask) -> None:
    """Open this room."""
