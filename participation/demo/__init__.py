"""The made-up city of Norval: its settings, consultations, residents' words and staff, as data in three languages.

Nobody in these files exists. Every text is a table with one entry per language (`en`, `es`, `ar`); days are counted
from the day the demo is loaded. The words of residents stand in the one language they were written in, with
translations made by people beside some of them.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room."""
