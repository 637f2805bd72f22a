"""A question the city puts to residents: what it promises, its *stages* in time and its *steps* on the phone.

Consultations own the journey (one step a page, check your answers, send, receipt). Kinds of step are registered by the
slices that know them. A *visit* is one person at one consultation at one moment; a *participation* is what she has
begun or sent there; a *draft* is what she has filled in at one step and not sent.
"""

from __future__ import annotations

from flask import Flask

from . import (
    editor_views,
    entry_views,
    invitation_views,
    journey,
    panels,
    preview_views,
    staff_panels,
    staff_views,
    step_views,
    views,
)
from .blueprint import bp
from .editing import plain_name
from .editor_pages import Tab, TextShown, text_state, texts_shown
from .models import (
    Audience,
    CameBy,
    Consultation,
    Participation,
    Publication,
    Stage,
    StageKind,
    Step,
)
from .pages import QUICK_EXIT, exit_url
from .policy import can_answer, can_see, needs_beginning
from .queries import (
    PeopleCount,
    consultation_label,
    count_people,
    find_consultation,
    find_outline,
    find_visit,
    get_consultation,
    get_consultation_by_id,
    get_step,
    glance_at,
    list_consultations_by_ids,
    list_stages,
    list_steps,
)
from .rates import limit_first_forms, limit_her_forms, limit_wrong_codes
from .sections import TextPlan
from .services import ConsultationClosed, forget_drafts_at, join_consultation, save_draft, send_answers
from .staff_forms import ClockField, DayField, NumberField, text_field, texts_form
from .staff_policy import StepDesk, can_write
from .steps import Data, FormKind, Journey, OwnWords, PageKind, Stop, kind_of
from .timing import Glance, answering_spans, is_answering
from .wording import ChangedMeanwhile, clean_text, current_texts, fingerprint, reworded

__all__ = [
    "QUICK_EXIT",
    "Audience",
    "CameBy",
    "ChangedMeanwhile",
    "ClockField",
    "Consultation",
    "ConsultationClosed",
    "Data",
    "DayField",
    "FormKind",
    "Glance",
    "Journey",
    "NumberField",
    "OwnWords",
    "PageKind",
    "Participation",
    "PeopleCount",
    "Publication",
    "Stage",
    "StageKind",
    "Step",
    "StepDesk",
    "Stop",
    "Tab",
    "TextPlan",
    "TextShown",
    "answering_spans",
    "can_answer",
    "can_see",
    "can_write",
    "clean_text",
    "consultation_label",
    "count_people",
    "current_texts",
    "exit_url",
    "find_consultation",
    "find_outline",
    "find_visit",
    "fingerprint",
    "forget_drafts_at",
    "get_consultation",
    "get_consultation_by_id",
    "get_step",
    "glance_at",
    "init_app",
    "is_answering",
    "join_consultation",
    "kind_of",
    "limit_first_forms",
    "limit_her_forms",
    "limit_wrong_codes",
    "list_consultations_by_ids",
    "list_stages",
    "list_steps",
    "needs_beginning",
    "plain_name",
    "reworded",
    "save_draft",
    "send_answers",
    "text_field",
    "text_state",
    "texts_form",
    "texts_shown",
]


#: Files whose pages hang on the blueprint.
PAGES = (views, journey, staff_views, editor_views, step_views, preview_views, invitation_views, entry_views)


def init_app(app: Flask) -> None:
    """Open this room: its pages, and what it brings to others'."""
    app.register_blueprint(bp)
    panels.register()
    staff_panels.register()
