"""The blueprint that all pages of this slice hang on: residents' and staff's."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("sessions", __name__)
