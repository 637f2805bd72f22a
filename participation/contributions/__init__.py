"""What one person said: a *contribution*, in one language, through one channel, with one permission.

*Permission* is what its author allows to be done with it; *surface* is who reads it by its nature; *state* is where it
stands with the moderators.
"""

from __future__ import annotations

from flask import Flask

from . import models


def init_app(app: Flask) -> None:
    """Open this room."""
