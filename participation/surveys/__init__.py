"""Questions and answers of the kinds open, one choice, several choices, scale and ranking.

The question itself is a `consultations.Step`; an *option* is one thing that can be chosen or ranked there; an *answer*
is what one person said at one step, and its words, where it has any, are a contribution.
"""

from __future__ import annotations

from flask import Flask

from participation.core.registry import registry

from .kinds import KINDS
from .queries import QuestionResult, ResultRow, list_open_answers, list_options, question_results
from .records import tell_own_answers
from .services import forget_answers

__all__ = [
    "QuestionResult",
    "ResultRow",
    "init_app",
    "list_open_answers",
    "list_options",
    "question_results",
]


def init_app(app: Flask) -> None:
    """Open this room: offer its kinds of step, and take part in telling and forgetting."""
    for kind in KINDS:
        registry().step_kinds[kind.kind] = kind()
    registry().own_data.append(tell_own_answers)
    registry().erasers.append(forget_answers)
