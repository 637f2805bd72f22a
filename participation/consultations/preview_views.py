"""What residents will see, shown to staff before they do. Nothing is stored: these pages take no forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, url_for

from participation.core.clock import now
from participation.core.pages import render
from participation.core.policy import allow

from . import pages, queries
from .blueprint import bp
from .models import Step
from .staff_policy import Desk, is_insider, is_public
from .staff_views import HERE, find_desk
from .steps import FormKind, Journey, kind_of
from .timing import Visit


@dataclass(frozen=True)
class PreviewDesk(Desk):
    """A consultation's steps as nobody has answered them."""

    visit: Visit
    steps: list[Step]
    #: the place this page is about, from 1; 0 for the first page
    position: int


def find_preview(slug: str, position: int = 0) -> PreviewDesk:
    """The preview of one page."""
    desk = find_desk(slug)
    steps = list(queries.list_steps(desk.consultation.id))
    if position:
        _journey(steps).at(position)
    visit = Visit(desk.consultation, queries.list_stages(desk.consultation.id), None, now())
    return PreviewDesk(desk.consultation, visit, steps, position)


@bp.get(HERE + "/preview")
@allow(is_insider | is_public, of=find_preview, hidden=True)
def preview_consultation(desk: PreviewDesk) -> Response:
    """The first page, with a way through the questions."""
    context: dict[str, Any] = {
        **pages.start_context(desk.visit, desk.steps),
        "preview": True,
        "navigation": [],
        "begin_url": _step_url(desk, 1) if desk.steps else url_for("consultations.list_steps", slug=desk.slug),
    }
    return render("participation/consultations/show_consultation.html", **context)


@bp.get(HERE + "/preview/<int:position>")
@allow(is_insider | is_public, of=find_preview, hidden=True)
def preview_step(desk: PreviewDesk) -> Response:
    """One question as residents see it."""
    journey = _journey(desk.steps)
    stop = journey.at(desk.position)
    kind = kind_of(stop.step)
    form = kind.make_form(stop.step, draft=None) if isinstance(kind, FormKind) else None
    following = journey.next_after(desk.position)
    context: dict[str, Any] = {
        **pages.step_context(desk.visit, journey, stop, form),
        "preview": True,
        "navigation": [],
        "back_url": _step_url(desk, desk.position - 1) if desk.position > 1 else _start_url(desk),
        "next_url": _step_url(desk, following) if following else url_for("consultations.show_overview", slug=desk.slug),
        "is_last": following is None,
        "action": "",
        "device": None,
        "kind_label": kind.label,
    }
    template = "preview_step" if form is None else "answer_step"
    return render(f"participation/consultations/{template}.html", **context)


def _journey(steps: list[Step]) -> Journey:
    return Journey.of(steps, None, drafts={}, sent={})


def _start_url(desk: PreviewDesk) -> str:
    return url_for("consultations.preview_consultation", slug=desk.slug)


def _step_url(desk: PreviewDesk, position: int) -> str:
    return url_for("consultations.preview_step", slug=desk.slug, position=position)
