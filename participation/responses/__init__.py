"""The authority's *answer* to each finding: what it will do, who, until when; overdue is shown to everybody.

A *standing* is where one finding stands with the city: its newest answer, and what is owed until which day.
"""

from __future__ import annotations

from flask import Flask

from .due import Standing, is_overdue, standing_of
from .models import AnswerKind, Response
from .queries import current_responses
from .services import ResponseDraft, mark_done, publish_response

__all__ = [
    "AnswerKind",
    "Response",
    "ResponseDraft",
    "Standing",
    "current_responses",
    "init_app",
    "is_overdue",
    "mark_done",
    "publish_response",
    "standing_of",
]


def init_app(app: Flask) -> None:
    """Open this room."""
