"""Staff's pages of the editor: one section a page, the stages, the questions; each text beside its source."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from werkzeug.wrappers import Response as BaseResponse

from participation.core.clock import now
from participation.core.errors import DomainError, NotFound
from participation.core.languages import all_languages
from participation.core.localized import LocalizedText
from participation.core.pages import go_to, render
from participation.core.policy import allow, current_actor

from . import editing, editor_pages, pages, queries, scheduling, staff_pages
from .blueprint import bp
from .facts_forms import FACTS, SectionForm
from .models import Publication, Stage
from .sections import SECTIONS, STAGE_TEXTS
from .staff_forms import ConfirmForm, StageForm, texts_form
from .staff_labels import audience_hints, mode_hints, stage_kind_hints
from .staff_policy import Desk, SectionDesk, StageDesk, can_translate, can_write
from .staff_views import HERE, find_desk
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
    texts = editor_pages.texts_shown(form, section.texts, current, desk, seen_now=seen)
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
        settled=[] if desk.language != desk.source else editor_pages.settled_facts(consultation, section.name),
        mode_hints=mode_hints,
        action=url_for("consultations.edit_section", slug=desk.slug, key=section.name, tag=desk.language),
        **editor_pages.editor_context(desk, section.name),
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
        **editor_pages.editor_context(desk, "stages"),
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


def _section_tabs(desk: SectionDesk, current: dict[str, LocalizedText]) -> list[editor_pages.Tab]:
    if not current:
        return []
    return editor_pages.tabs(desk, current.values(), desk.language, "consultations.edit_section", key=desk.section)


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
    texts = editor_pages.texts_shown(form, STAGE_TEXTS, current, desk, seen_now=seen)
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
        "tabs": editor_pages.tabs(desk, [stage.name], desk.language, "consultations.edit_stage", stage_id=stage.id)
        if stage and stage.name
        else [],
        "action": url_for("consultations.edit_stage", slug=desk.slug, **arguments),
        "remove_form": ConfirmForm.receive(about=f"stage {stage.id}") if stage else None,
        "remove_url": url_for("consultations.remove_stage", slug=desk.slug, stage_id=stage.id) if stage else None,
        **editor_pages.editor_context(desk, "stages"),
    }
