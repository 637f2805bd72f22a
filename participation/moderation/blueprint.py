"""The blueprint that all pages of this room hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("moderation", __name__)
