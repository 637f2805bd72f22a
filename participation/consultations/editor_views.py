"""Staff's pages of the editor: one section a page, the stages, the questions; each text beside its source."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from participation.core.addresses import number_or_zero
from participation.core.clock import now
from participation.core.errors import DomainError, NotFound
from participation.core.forms import as_choices
from participation.core.languages import all_languages, current_language
from participation.core.localized import LocalizedText
from participation.core.pages import go_to, render
from participation.core.policy import allow, current_actor
from participation.core.registry import registry

from . import editing, pages, queries, scheduling, staff_pages, staff_queries, step_editing
from .blueprint import bp
from .facts_forms import FACTS, SectionForm
from .models import Publication, Stage
from .sections import SECTIONS, STAGE_TEXTS, STEP_TEXTS
from .staff_forms import AddStepForm, ConfirmForm, StageForm, option_lines, step_form, texts_form
from .staff_labels import audience_hints, done_sentences, mode_hints, stage_kind_hints
from .staff_policy import Desk, SectionDesk, StageDesk, StepDesk, can_translate, can_write, is_insider
from .staff_views import HERE, find_desk
from .steps import StepKind, find_answered, kind_of
from .timing import Visit
from .wording import current_texts, fingerprint, reworded


def find_section(slug: str, key: str, tag: str) -> SectionDesk:
    """One section in one of the consultation's languages."""
    desk = find_desk(slug)
    if key not in SECTIONS or tag not in desk.languages:
        raise NotFound
    return SectionDesk(desk.consultation, key, tag)


def find_stage(slug: str, stage_id: int = 0, tag: str = "") -> StageDesk:
    """One stage in one language; a new one in the source language."""
    desk = find_desk(slug)
    stage = next((each for each in queries.list_stages(desk.consultation.id) if each.id == stage_id), None)
    if (stage_id and stage is None) or (tag and tag not in desk.languages):
        raise NotFound
    return StageDesk(desk.consultation, stage, tag or desk.source)


def find_step(slug: str, step_id: int, tag: str = "") -> StepDesk:
    """One step in one language."""
    desk = find_desk(slug)
    step = queries.get_step(step_id)
    if step.consultation_id != desk.consultation.id or (tag and tag not in desk.languages):
        raise NotFound
    return StepDesk(desk.consultation, step, tag or desk.source)


# -- Sections ----------------------------------------------------------------------------------------------------------


@bp.route(HERE + "/sections/<string:key>/<string:tag>", methods=["GET", "POST"])
@allow(can_translate, of=find_section)
def edit_section(desk: SectionDesk) -> Response | BaseResponse:
    """One section: its facts where it is written first, its texts in each language."""
    section, consultation = SECTIONS[desk.section], desk.consultation
    current = current_texts(consultation, section.texts)
    form = _section_form(desk, current)
    if form.is_sent():
        try:
            names = editing.save_section(
                consultation,
                section.name,
                typed={plan.name: form[plan.field].data or "" for plan in section.texts},
                facts=form.typed_facts() if isinstance(form, SectionForm) else {},
                language=desk.language,
                seen=form.seen.data or "",
                by=current_actor(),
                at=now(),
            )
            done = "saved" if names else "unchanged"
            # the name in addresses may be what changed
            slug = consultation.slug
            return go_to("consultations.edit_section", slug=slug, key=section.name, tag=desk.language, done=done)
        except DomainError as trouble:
            form.refuse(trouble)
            current = current_texts(consultation, section.texts)
    seen = fingerprint(current.values(), desk.language)
    texts = staff_pages.texts_shown(form, section.texts, current, desk, seen_now=seen)
    return render(
        "participation/consultations/edit_section.html",
        status=form.status,
        form=form,
        section=section,
        texts=texts,
        is_source=desk.language == desk.source,
        asks_something=len(form._fields) > 1,
        language=desk.language,
        tabs=_section_tabs(desk, current),
        audience_hints=audience_hints,
        settled=[] if desk.language != desk.source else staff_pages.settled_facts(consultation, section.name),
        mode_hints=mode_hints,
        action=url_for("consultations.edit_section", slug=desk.slug, key=section.name, tag=desk.language),
        **_editor_context(desk, section.name),
    )


# -- Stages ------------------------------------------------------------------------------------------------------------


@bp.get(HERE + "/stages")
@allow(can_write, of=find_desk)
def list_stages(desk: Desk) -> Response:
    """What happens when."""
    stages = queries.list_stages(desk.consultation.id)
    shown = pages.stages_shown(Visit(desk.consultation, stages, None, now()))
    return render(
        "participation/consultations/list_stages.html",
        stages=[
            (each, url_for("consultations.edit_stage", slug=desk.slug, stage_id=stage.id, tag=desk.source))
            for each, stage in zip(shown, stages, strict=True)
        ],
        zone=staff_pages.zone(),
        **_editor_context(desk, "stages"),
    )


@bp.route(HERE + "/new-stage", methods=["GET", "POST"])
@bp.route(HERE + "/stages/<int:stage_id>/<string:tag>", methods=["GET", "POST"])
@allow(can_translate, of=find_stage)
def edit_stage(desk: StageDesk) -> Response | BaseResponse:
    """One stage: days and name where it is written first, its name in other languages."""
    if desk.language != desk.source and desk.stage is not None:
        return _translate_stage(desk, desk.stage)
    zone = staff_pages.zone()
    form = StageForm.for_stage(desk.stage, zone=zone, source=desk.source)
    if form.is_sent():
        try:
            name = desk.stage.name if desk.stage else LocalizedText(source=desk.source)
            scheduling.save_stage(
                desk.consultation,
                desk.stage,
                kind=form.kind.data,
                dates=form.dates(),
                name=name.with_text(desk.source, form.name_text.data or ""),
                zone=zone,
                by=current_actor(),
                at=now(),
            )
            return go_to("consultations.list_stages", slug=desk.slug, done="saved")
        except DomainError as trouble:
            form.refuse(trouble)
    return render(
        "participation/consultations/edit_stage.html",
        status=form.status,
        form=form,
        texts=[],
        kind_hints=stage_kind_hints,
        zone=zone,
        **_stage_context(desk),
    )


@bp.post(HERE + "/stages/<int:stage_id>/remove")
@allow(can_write, of=find_stage)
def remove_stage(desk: StageDesk) -> Response | BaseResponse:
    """Take a stage out."""
    form = ConfirmForm.receive(about=f"stage {desk.stage.id if desk.stage else 0}")
    if form.is_sent() and desk.stage is not None:
        scheduling.remove_stage(desk.consultation, desk.stage, by=current_actor(), at=now())
    return go_to("consultations.list_stages", slug=desk.slug, done="taken_out")


# -- Questions ---------------------------------------------------------------------------------------------------------


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
        **_editor_context(desk, "steps", steps=steps),
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
        **_editor_context(desk, "steps"),
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
    texts = staff_pages.texts_shown(form, STEP_TEXTS, current, desk, seen_now=_seen(desk, options))
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
        tabs=staff_pages.tabs(
            desk,
            [text for text in (*current.values(), *options) if text],
            desk.language,
            "consultations.edit_step",
            step_id=step.id,
        ),
        action=url_for("consultations.edit_step", slug=desk.slug, step_id=step.id, tag=desk.language),
        **_editor_context(desk, "steps"),
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


def _editor_context(desk: Desk, current: str, *, steps: Any = None) -> dict[str, Any]:
    """What every page of the editor needs: the list of its pages, and the sentence after something was done."""
    number = desk.consultation.id
    stages = queries.list_stages(number)
    steps = queries.list_steps(number) if steps is None else steps
    return {
        **staff_pages.desk_context(desk),
        "places": staff_pages.editor_places(desk, stages, steps, current) if can_write(current_actor(), desk) else [],
        "done": done_sentences.get(request.args.get("done", "")),
        "preview_url": url_for("consultations.preview_consultation", slug=desk.slug)
        if is_insider(current_actor(), desk)
        else None,
    }


def _section_form(desk: SectionDesk, current: dict[str, LocalizedText]) -> Any:
    section, consultation = SECTIONS[desk.section], desk.consultation
    facts = FACTS.get(section.name) if desk.language == desk.source else None
    data: dict[str, Any] = {plan.field: current[plan.name].text_in(desk.language) for plan in section.texts}
    data |= facts.data_of(consultation) if facts else {}
    data["seen"] = fingerprint(current.values(), desk.language)
    form: Any = texts_form(section.texts, *([facts] if facts else [])).receive(
        about=f"{consultation.id} {section.name} {desk.language}", data=data
    )
    if facts:
        form.offer(staff_pages.language_names(all_languages()))
        if consultation.publication != Publication.DRAFT:
            form.leave_out(editing.SETTLED_BY_PUBLISHING)
    return form


def _section_tabs(desk: SectionDesk, current: dict[str, LocalizedText]) -> list[staff_pages.Tab]:
    if not current:
        return []
    return staff_pages.tabs(desk, current.values(), desk.language, "consultations.edit_section", key=desk.section)


def _translate_stage(desk: StageDesk, stage: Stage) -> Response | BaseResponse:
    current = current_texts(stage, STAGE_TEXTS)
    form: Any = texts_form(STAGE_TEXTS).receive(
        about=f"stage {stage.id} {desk.language}",
        data={"name_text": stage.name.text_in(desk.language), "seen": fingerprint(current.values(), desk.language)},
    )
    if form.is_sent():
        try:
            changes = reworded(
                current,
                {"name": form["name_text"].data or ""},
                STAGE_TEXTS,
                language=desk.language,
                source=desk.source,
                seen=form.seen.data or "",
            )
            scheduling.rename_stage(
                desk.consultation, stage, changes.get("name", stage.name), by=current_actor(), at=now()
            )
            return go_to("consultations.list_stages", slug=desk.slug, done="saved")
        except DomainError as trouble:
            form.refuse(trouble)
    seen = fingerprint(current.values(), desk.language)
    texts = staff_pages.texts_shown(form, STAGE_TEXTS, current, desk, seen_now=seen)
    return render(
        "participation/consultations/edit_stage.html",
        status=form.status,
        form=form,
        texts=texts,
        kind_hints={},
        zone=staff_pages.zone(),
        **_stage_context(desk),
    )


def _stage_context(desk: StageDesk) -> dict[str, Any]:
    stage = desk.stage
    arguments: dict[str, Any] = {"stage_id": stage.id, "tag": desk.language} if stage else {}
    return {
        "is_new": stage is None,
        "language": desk.language,
        "tabs": staff_pages.tabs(desk, [stage.name], desk.language, "consultations.edit_stage", stage_id=stage.id)
        if stage and stage.name
        else [],
        "action": url_for("consultations.edit_stage", slug=desk.slug, **arguments),
        "remove_form": ConfirmForm.receive(about=f"stage {stage.id}") if stage else None,
        "remove_url": url_for("consultations.remove_stage", slug=desk.slug, stage_id=stage.id) if stage else None,
        **_editor_context(desk, "stages"),
    }


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
            "state": staff_pages.text_state(text, desk.language),
        }
        for place, text in enumerate(options, 1)
    ]
