"""Staff's pages of a consultation's questions: their order, and each of them in each language."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from participation.core.addresses import number_or_zero
from participation.core.clock import now
from participation.core.errors import DomainError, NotFound
from participation.core.forms import as_choices
from participation.core.languages import current_language
from participation.core.localized import LocalizedText
from participation.core.pages import go_to, render
from participation.core.policy import allow, current_actor
from participation.core.registry import registry

from . import editor_pages, queries, staff_pages, staff_queries, step_editing
from .blueprint import bp
from .sections import STEP_TEXTS
from .staff_forms import AddStepForm, ConfirmForm, option_lines, step_form
from .staff_policy import Desk, StepDesk, can_translate, can_write
from .staff_views import HERE, find_desk
from .steps import StepKind, find_answered, kind_of
from .wording import current_texts


def find_step(slug: str, step_id: int, tag: str = "") -> StepDesk:
    """One step in one language."""
    desk = find_desk(slug)
    step = queries.get_step(step_id)
    if step.consultation_id != desk.consultation.id or (tag and tag not in desk.languages):
        raise NotFound
    return StepDesk(desk.consultation, step, tag or desk.source)


@bp.route(HERE + "/steps", methods=["GET", "POST"])
@allow(can_write, of=find_desk)
def list_steps(desk: Desk) -> Response | BaseResponse:
    """The questions in their order, moved with buttons."""
    consultation = desk.consultation
    form = ConfirmForm.receive(about=f"order {consultation.id}")
    if form.is_sent():
        number, _colon, way = request.form.get("move", "").partition(":")
        step = find_step(desk.slug, number_or_zero(number)).step if number_or_zero(number) else None
        if step is not None and way in {"up", "down"}:
            places = -1 if way == "up" else 1
            step_editing.move_step(consultation, step, by_places=places, by=current_actor(), at=now())
        return go_to("consultations.list_steps", slug=desk.slug)
    versions = staff_queries.versions_of([consultation.id])[consultation.id]
    steps = [step for step in versions if step.retired_at is None]
    answered = find_answered(steps)
    return render(
        "participation/consultations/list_steps.html",
        status=form.status,
        form=form,
        steps=[
            {
                "id": step.id,
                "prompt": step.prompt.read(current_language().tag),
                "kind": kind_of(step).label,
                "version": step.version,
                "is_optional": step.is_optional,
                "is_answered": step.id in answered,
                "url": url_for("consultations.edit_step", slug=desk.slug, step_id=step.id, tag=desk.source),
            }
            for step in steps
        ],
        earlier=[
            (step.prompt.read(current_language().tag), step.version) for step in versions if step.retired_at is not None
        ],
        **editor_pages.editor_context(desk, "steps", steps=steps),
    )


@bp.route(HERE + "/new-step", methods=["GET", "POST"])
@allow(can_write, of=find_desk)
def add_step(desk: Desk) -> Response | BaseResponse:
    """A new question: its kind first, since everything else depends on it."""
    form = AddStepForm.receive(about=str(desk.consultation.id))
    kinds: dict[str, Any] = dict(registry().step_kinds)
    form.kind.choices = as_choices((name, kind.label) for name, kind in kinds.items())
    if form.is_sent():
        try:
            step = step_editing.add_step(
                desk.consultation, form.kind.data, form.prompt_text.data or "", by=current_actor(), at=now()
            )
            return go_to("consultations.edit_step", slug=desk.slug, step_id=step.id, tag=desk.source, done="added")
        except DomainError as trouble:
            form.refuse(trouble)
    return render(
        "participation/consultations/add_step.html",
        status=form.status,
        form=form,
        language=desk.source,
        prompt=STEP_TEXTS[0],
        **editor_pages.editor_context(desk, "steps"),
    )


@bp.route(HERE + "/steps/<int:step_id>/<string:tag>", methods=["GET", "POST"])
@allow(can_translate, of=find_step)
def edit_step(desk: StepDesk) -> Response | BaseResponse:
    """One question in one language. One that has answers changes only as a new version, and says so before."""
    step, kind = desk.step, kind_of(desk.step)
    is_source = desk.language == desk.source
    options = kind.options_of(step) if kind.has_options else []
    form = _step_form(desk, kind, options)
    if form.is_sent():
        try:
            change = _change_of(form, kind, options, is_source=is_source, language=desk.language)
            saved = step_editing.save_step(desk.consultation, step, change, by=current_actor(), at=now())
            done = "saved" if saved.id == step.id else "version"
            return go_to("consultations.edit_step", slug=desk.slug, step_id=saved.id, tag=desk.language, done=done)
        except DomainError as trouble:
            form.refuse(trouble)
    current = current_texts(step, STEP_TEXTS)
    texts = editor_pages.texts_shown(form, STEP_TEXTS, current, desk, seen_now=_seen(desk, options))
    return render(
        "participation/consultations/edit_step.html",
        status=form.status,
        form=form,
        step=step,
        kind=kind,
        texts=texts,
        options=_options_shown(form, options, desk),
        settings=[form[f"setting_{name}"] for name in _setting_names(kind)] if is_source else [],
        is_source=is_source,
        language=desk.language,
        has_answers=kind.has_answers(step),
        links=[link for draw in registry().step_editor_links if (link := draw(step))],
        tabs=editor_pages.tabs(
            desk,
            [text for text in (*current.values(), *options) if text],
            desk.language,
            "consultations.edit_step",
            step_id=step.id,
        ),
        action=url_for("consultations.edit_step", slug=desk.slug, step_id=step.id, tag=desk.language),
        **editor_pages.editor_context(desk, "steps"),
    )


@bp.route(HERE + "/steps/<int:step_id>/out", methods=["GET", "POST"])
@allow(can_write, of=find_step)
def take_out_step(desk: StepDesk) -> Response | BaseResponse:
    """Take a question out; what was answered stays."""
    form = ConfirmForm.receive(about=f"out {desk.step.id}")
    if form.is_sent():
        try:
            step_editing.take_out_step(desk.consultation, desk.step, by=current_actor(), at=now())
            return go_to("consultations.list_steps", slug=desk.slug, done="taken_out")
        except DomainError as trouble:
            form.refuse(trouble)
    return render(
        "participation/consultations/take_out_step.html",
        status=form.status,
        form=form,
        prompt=desk.step.prompt.read(current_language().tag),
        has_answers=kind_of(desk.step).has_answers(desk.step),
        action=url_for("consultations.take_out_step", slug=desk.slug, step_id=desk.step.id),
        back_url=url_for("consultations.list_steps", slug=desk.slug),
        **staff_pages.desk_context(desk),
    )


def _step_form(desk: StepDesk, kind: StepKind, options: list[LocalizedText]) -> Any:
    step, is_source = desk.step, desk.language == desk.source
    data: dict[str, Any] = {
        "prompt_text": step.prompt.text_in(desk.language),
        "help_text": step.help.text_in(desk.language),
        "options": option_lines(options, desk.source),
        "is_optional": step.is_optional,
        "seen": _seen(desk, options),
    }
    data |= {f"option_{place}": text.text_in(desk.language) for place, text in enumerate(options, 1)}
    data |= {f"setting_{name}": step.settings.get(name) for name in _setting_names(kind)}
    return step_form(kind, options, is_source=is_source).receive(about=f"{step.id} {desk.language}", data=data)


def _seen(desk: StepDesk, options: list[LocalizedText]) -> str:
    return step_editing.seen_of(desk.step, options, desk.language)


def _change_of(
    form: Any, kind: StepKind, options: list[LocalizedText], *, is_source: bool, language: str
) -> step_editing.StepChange:
    typed_options = None
    if kind.has_options and is_source:
        typed_options = dict(enumerate((form.options.data or "").splitlines(), 1))
    elif kind.has_options:
        typed_options = {place: form[f"option_{place}"].data or "" for place in range(1, len(options) + 1)}
    settings = {name: _chosen(form[f"setting_{name}"].data) for name in _setting_names(kind)} if is_source else None
    return step_editing.StepChange(
        language=language,
        typed={plan.name: form[plan.field].data or "" for plan in STEP_TEXTS},
        options=typed_options,
        settings=settings,
        is_optional=form.is_optional.data if is_source else None,
        seen=form.seen.data or "",
        makes_version=bool(form.makes_version.data),
    )


def _chosen(value: Any) -> Any:
    return None if value == [] else value


def _setting_names(kind: StepKind) -> list[str]:
    return [*kind.number_settings, *kind.place_settings]


def _options_shown(form: Any, options: list[LocalizedText], desk: StepDesk) -> list[dict[str, Any]]:
    if desk.language == desk.source:
        return []
    return [
        {
            "field": form[f"option_{place}"],
            "source": text.read(text.source),
            "state": editor_pages.text_state(text, desk.language),
        }
        for place, text in enumerate(options, 1)
    ]
