"""The blueprint that all pages of the room hang on: participants' and facilitators'."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("room", __name__)
