"""The addresses of this room; its views fill it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("accounts", __name__)
