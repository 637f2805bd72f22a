"""The authority's *answer* to each finding: what it will do, who, until when; overdue is shown to everybody.

A *standing* is where one finding stands with the city: its newest answer, and what is owed until which day.
"""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from participation.core.registry import NavigationEntry, registry
from participation.summaries import plug_answers

from . import panels
from .due import Standing, is_overdue, standing_of
from .models import AnswerKind, Response
from .policy import can_list_answers
from .queries import current_responses
from .services import ResponseDraft, mark_done, publish_response
from .showing import answer_findings
from .views import bp

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
    """Open this room: answers beside findings, what is owed on the staff's home, notes under authors' own words."""
    app.register_blueprint(bp)
    plug_answers(app, answer_findings)
    places = registry()
    places.resident_navigation.append(NavigationEntry(_l("You said, we did"), "responses.list_answers"))
    places.staff_navigation.append(
        NavigationEntry(_l("The city’s answers"), "responses.list_owed", lambda actor: can_list_answers(actor))
    )
    places.needs.append(panels.needs_of)
    places.space_links.append(panels.links_of)
    places.author_notes.append(panels.author_notes)
