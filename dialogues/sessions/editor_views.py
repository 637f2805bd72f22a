"""Staff's pages of the editor: texts, facts, people, rounds, agreement; each text beside its source."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from participation.consultations import current_texts, fingerprint, texts_form
from participation.core.clock import now
from participation.core.errors import DomainError, Invalid, NotFound
from participation.core.languages import all_languages
from participation.core.pages import go_to, render
from participation.core.policy import Role, allow, current_actor

from . import agenda, editing, pages, planning, queries
from .blueprint import bp
from .forms import AddRoundForm, AgreementForm, ConfirmForm, FactsForm, PeopleForm, RoundsForm, round_form
from .labels import round_hints, round_labels
from .models import RoundKind
from .policy import Desk, TextDesk, can_plan, can_translate
from .sections import ROUND_TEXTS, SECTIONS
from .staff_views import HERE, find_desk


def find_text(slug: str, tag: str, key: str = "", item_id: int = 0) -> TextDesk:
    """One section, round or agreement in one of the session's languages."""
    desk = find_desk(slug)
    item = queries.find_item(desk.session.id, item_id) if item_id else None
    if tag not in desk.languages or (key and key not in SECTIONS) or (item_id and item is None):
        raise NotFound
    return TextDesk(desk.session, tag, key, item)


@bp.route(HERE + "/texts/<string:key>/<string:tag>", methods=["GET", "POST"])
@allow(can_translate, of=find_text)
def edit_section(desk: TextDesk) -> Response | BaseResponse:
    """One page of texts in one language."""
    section, session = SECTIONS[desk.section], desk.session
    current = current_texts(session, section.texts)
    form: Any = texts_form(section.texts).receive(
        about=f"session {session.id} {section.name} {desk.language}",
        data={plan.field: current[plan.name].text_in(desk.language) for plan in section.texts}
        | {"seen": fingerprint(current.values(), desk.language)},
    )
    if form.is_sent():
        try:
            typed = {plan.name: form[plan.field].data or "" for plan in section.texts}
            names = planning.save_section(
                session, section.name, typed=typed, language=desk.language, seen=form.seen.data or "",
                by=current_actor(), at=now(),
            )  # fmt: skip
            done = "saved" if names else "unchanged"
            return go_to("sessions.edit_section", slug=desk.slug, key=section.name, tag=desk.language, done=done)
        except DomainError as trouble:
            form.refuse(trouble)
            current = current_texts(session, section.texts)
    seen = fingerprint(current.values(), desk.language)
    return render(
        "dialogues/sessions/edit_section.html",
        status=form.status,
        form=form,
        section=section,
        texts=pages.texts_shown(form, section.texts, current, desk, seen_now=seen),
        language=desk.language,
        is_source=desk.language == desk.source,
        tabs=pages.tabs(desk, current.values(), "sessions.edit_section", key=section.name),
        action=url_for("sessions.edit_section", slug=desk.slug, key=section.name, tag=desk.language),
        **pages.editor_context(desk, section.name),
    )


@bp.route(HERE + "/facts", methods=["GET", "POST"])
@allow(can_plan, of=find_desk)
def edit_facts(desk: Desk) -> Response | BaseResponse:
    """When, where and for whom."""
    session, zone = desk.session, pages.zone()
    form = FactsForm.receive(about=f"session {session.id}", data=FactsForm.data_of(session, zone))
    form.offer(pages.language_names(all_languages()))
    if form.is_sent():
        try:
            names = planning.save_facts(session, editing.facts_of(form, zone), by=current_actor(), at=now())
            return go_to("sessions.edit_facts", slug=desk.slug, done="saved" if names else "unchanged")
        except DomainError as trouble:
            form.refuse(trouble)
    context = pages.editor_context(desk, "facts")
    return render("dialogues/sessions/edit_facts.html", status=form.status, form=form, zone=zone, **context)


@bp.route(HERE + "/people", methods=["GET", "POST"])
@allow(can_plan, of=find_desk)
def edit_people(desk: Desk) -> Response | BaseResponse:
    """Who leads, who is on call, who interprets."""
    session = desk.session
    form = PeopleForm.receive(
        about=f"people {session.id}",
        data=editing.people_data(session, queries.list_interpreters(session.id)),
    )
    form.offer(
        pages.staff_choices(Role.FACILITATOR),
        pages.staff_choices(Role.SAFEGUARDING_LEAD, Role.SAFEGUARDING_DEPUTY),
        pages.language_names(all_languages()),
    )
    if form.is_sent():
        try:
            wanted = editing.read_interpreters(form.interpreters.data or "", desk.languages)
            planning.save_facts(session, editing.people_of(form), by=current_actor(), at=now())
            planning.save_interpreters(session, wanted, by=current_actor(), at=now())
            return go_to("sessions.edit_people", slug=desk.slug, done="saved")
        except DomainError as trouble:
            form.refuse(trouble)
    context = pages.editor_context(desk, "people")
    return render("dialogues/sessions/edit_people.html", status=form.status, form=form, **context)


@bp.route(HERE + "/rounds", methods=["GET", "POST"])
@allow(can_plan, of=find_desk)
def list_rounds(desk: Desk) -> Response | BaseResponse:
    """The rounds in their order; each button moves one."""
    session = desk.session
    items = queries.list_items(session.id)
    form = RoundsForm.receive(about=f"rounds {session.id}")
    if form.is_sent():
        number, _colon, way = request.form.get("move", "").partition(":")
        item = next((each for each in items if str(each.id) == number), None)
        if item is not None and way in {"up", "down"}:
            agenda.move_round(session, item, later=way == "down", by=current_actor(), at=now())
        return go_to("sessions.list_rounds", slug=desk.slug)
    total = sum((timedelta(minutes=each.minutes) for each in items), timedelta())
    return render(
        "dialogues/sessions/list_rounds.html",
        status=form.status,
        form=form,
        stops=pages.stops(session, items),
        minutes=int(total / timedelta(minutes=1)),
        length=int((session.ends_at - session.starts_at) / timedelta(minutes=1)),
        **pages.editor_context(desk, "rounds"),
    )


@bp.route(HERE + "/new-round", methods=["GET", "POST"])
@allow(can_plan, of=find_desk)
def add_round(desk: Desk) -> Response | BaseResponse:
    """A new last round."""
    form = AddRoundForm.receive(about=f"session {desk.session.id}")
    form.offer()
    if form.is_sent():
        try:
            item = agenda.add_round(desk.session, RoundKind(form.kind.data), by=current_actor(), at=now())
            return go_to("sessions.edit_round", slug=desk.slug, item_id=item.id, tag=desk.source)
        except DomainError as trouble:
            form.refuse(trouble)
    context = pages.editor_context(desk, "rounds")
    return render(
        "dialogues/sessions/add_round.html", status=form.status, form=form, round_hints=round_hints, **context
    )


@bp.route(HERE + "/rounds/<int:item_id>/<string:tag>", methods=["GET", "POST"])
@allow(can_translate, of=find_text)
def edit_round(desk: TextDesk) -> Response | BaseResponse:
    """One round in one language."""
    session, item = desk.session, desk.item
    if item is None:
        raise NotFound
    kind, is_source = RoundKind(item.kind), desk.language == desk.source
    current = current_texts(item, ROUND_TEXTS)
    form: Any = round_form(ROUND_TEXTS, kind, is_source=is_source).receive(
        about=f"round {item.id} {desk.language}",
        data=editing.round_data(item, desk.language) | {"seen": fingerprint(current.values(), desk.language)},
    )
    if form.is_sent():
        try:
            agenda.save_round(
                session, item, typed={plan.name: form[plan.field].data or "" for plan in ROUND_TEXTS},
                facts=editing.round_facts(form, item, desk.language, desk.source), language=desk.language,
                seen=form.seen.data or "", by=current_actor(), at=now(),
            )  # fmt: skip
            return go_to("sessions.edit_round", slug=desk.slug, item_id=item.id, tag=desk.language, done="saved")
        except DomainError as trouble:
            form.refuse(trouble)
            current = current_texts(item, ROUND_TEXTS)
    seen = fingerprint(current.values(), desk.language)
    return render(
        "dialogues/sessions/edit_round.html",
        status=form.status,
        form=form,
        kind=round_labels[kind],
        kind_hint=round_hints[kind.value],
        texts=pages.texts_shown(form, ROUND_TEXTS, current, desk, seen_now=seen),
        language=desk.language,
        is_source=is_source,
        tabs=pages.tabs(desk, current.values(), "sessions.edit_round", item_id=item.id),
        action=url_for("sessions.edit_round", slug=desk.slug, item_id=item.id, tag=desk.language),
        remove_form=ConfirmForm.receive(about=f"remove {item.id}"),
        remove_url=url_for("sessions.remove_round", slug=desk.slug, item_id=item.id),
        **pages.editor_context(desk, "rounds"),
    )


def find_round(slug: str, item_id: int) -> TextDesk:
    """One round of this session."""
    desk = find_desk(slug)
    return find_text(slug, desk.source, item_id=item_id)


@bp.post(HERE + "/rounds/<int:item_id>/remove")
@allow(can_plan, of=find_round)
def remove_round(desk: TextDesk) -> Response | BaseResponse:
    """One round less."""
    if desk.item is None:
        raise NotFound
    form = ConfirmForm.receive(about=f"remove {desk.item.id}")
    if form.is_sent():
        agenda.remove_round(desk.session, desk.item, by=current_actor(), at=now())
        return go_to("sessions.list_rounds", slug=desk.slug, done="saved")
    return go_to("sessions.list_rounds", slug=desk.slug)


@bp.route(HERE + "/agreement/<string:tag>", methods=["GET", "POST"])
@allow(can_translate, of=find_text)
def edit_agreement(desk: TextDesk) -> Response | BaseResponse:
    """What people agree on, in one language."""
    session = desk.session
    texts = [line.text for line in queries.list_agreement(session.id)]
    kept = "\n".join(text.text_in(desk.language) for text in texts)
    form = AgreementForm.receive(about=f"agreement {session.id} {desk.language}", data={"lines": kept})
    if form.is_sent():
        try:
            lines = (form.lines.data or "").splitlines()
            agenda.save_agreement(session, lines, language=desk.language, by=current_actor(), at=now())
            return go_to("sessions.edit_agreement", slug=desk.slug, tag=desk.language, done="saved")
        except Invalid as trouble:
            form.refuse(trouble)
    return render(
        "dialogues/sessions/edit_agreement.html",
        status=form.status,
        form=form,
        language=desk.language,
        originals=[] if desk.language == desk.source else [text.read(desk.source) for text in texts],
        tabs=pages.tabs(desk, texts, "sessions.edit_agreement"),
        action=url_for("sessions.edit_agreement", slug=desk.slug, tag=desk.language),
        **pages.editor_context(desk, "agreement"),
    )
