"""Staff's pages about a consultation as a whole: the list, a new one, the overview, and publishing to archive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from participation.accounts import settings
from participation.core.addresses import row_number
from participation.core.clock import now
from participation.core.errors import DomainError
from participation.core.languages import all_languages, current_language
from participation.core.localized import Words
from participation.core.pages import go_to, render
from participation.core.policy import allow, current_actor, is_staff

from . import checklist, editing, pages, publishing, queries, scheduling, staff_pages, staff_queries
from .blueprint import bp
from .models import Consultation, Publication, Stage, Step
from .scheduling import Dates
from .sections import CLOSING_REASON
from .staff_forms import ConfirmForm, CopyForm, CreateForm, ExtendForm, reasons_form
from .staff_labels import audience_facts, care_labels, done_sentences, state_labels, state_tones
from .staff_policy import Desk, can_create, can_read, can_write, is_insider
from .staff_queries import Care, State
from .timing import Visit

HERE = "/<lang>/staff/consultations/<string:slug>"


def find_desk(slug: str) -> Desk:
    """The consultation with this name in addresses."""
    return Desk(queries.get_consultation(slug))


@bp.get("/<lang>/staff/consultations")
@allow(is_staff)
def list_for_staff() -> Response:
    """Every consultation this person may see, narrowed by state and task."""
    actor = current_actor()
    wanted = request.args.get("state", "")
    state = State(wanted) if wanted in set(State) else None
    is_mine = "mine" in request.args
    need = request.args.get("need", "")
    care = Care(need) if need in set(Care) else None
    listed, following = staff_queries.list_for(
        actor,
        at=now(),
        state=state,
        is_mine=is_mine,
        among=staff_pages.cares_of(actor)[care] if care else None,
        after_id=request.args.get("after", type=row_number),
    )
    narrowed: dict[str, Any] = {"state": state, "need": care, "mine": 1 if is_mine else None}
    return render(
        "participation/consultations/list_for_staff.html",
        rows=[staff_pages.list_row(each, counts_people=is_insider(actor, Desk(each.consultation))) for each in listed],
        states=list(state_labels.items()),
        state=state,
        cares=list(care_labels.items()),
        care=care,
        is_mine=is_mine,
        may_create=can_create(actor),
        next_url=url_for("consultations.list_for_staff", **narrowed, after=following) if following else None,
        first_url=url_for("consultations.list_for_staff", **narrowed) if "after" in request.args else None,
    )


@bp.route("/<lang>/staff/new-consultation", methods=["GET", "POST"])
@allow(can_create)
def create_consultation() -> Response | BaseResponse:
    """A new draft."""
    tags = list(all_languages())
    form = CreateForm.receive(data={"source": current_language().tag, "languages": tags})
    form.offer(staff_pages.language_names(tags))
    if form.is_sent():
        try:
            chosen = [tag for tag in tags if tag in {*(form.languages.data or []), form.source.data}]
            made = editing.create_consultation(
                form.title_text.data or "", source=form.source.data, languages=chosen, by=current_actor(), at=now()
            )
            return go_to("consultations.edit_section", slug=made.slug, key="about", tag=made.title.source)
        except DomainError as trouble:
            form.refuse(trouble)
    return render("participation/consultations/create_consultation.html", status=form.status, form=form)


@bp.get(HERE)
@allow(can_read, of=find_desk, hidden=True)
def show_overview(desk: Desk) -> Response:
    """What needs somebody now, where it stands, and who took part so far."""
    at, actor, consultation = now(), current_actor(), desk.consultation
    sees_inside = is_insider(actor, desk)
    stages = queries.list_stages(consultation.id)
    versions = staff_queries.versions_of([consultation.id])[consultation.id]
    state = staff_queries.state_of(consultation, stages, at)
    items = _checks(consultation, stages, versions) if sees_inside else []
    counts = staff_queries.count_people_by(consultation.id, versions) if sees_inside and state != State.DRAFT else []
    return render(
        "participation/consultations/show_overview.html",
        **staff_pages.desk_context(desk),
        state=state,
        state_label=state_labels[state],
        state_tone=state_tones[state],
        audience=audience_facts[consultation.audience],
        missing=staff_pages.checks_shown(desk, checklist.missing(items)),
        stages=pages.stages_shown(Visit(consultation, stages, None, at)),
        closed_reason=_reason(consultation),
        ends_soon=bool(staff_queries.ends_soon(consultation, stages, at)),
        reply=staff_pages.reply_words(consultation),
        people=sum(each.people for each in counts),
        people_tables=staff_pages.people_tables(counts),
        sees_inside=sees_inside,
        links=staff_pages.space_links(desk) if state != State.DRAFT else [],
        doings=staff_pages.overview_links(desk, state),
        may_write=can_write(actor, desk),
        may_copy=can_create(actor),
        can_extend=scheduling.find_stage_to_extend(consultation, stages, at) is not None
        and consultation.closed_early_at is None,
        archive_form=ConfirmForm.receive(about=f"archive {consultation.id}"),
        short_url=settings().base_url + f"/c/{desk.slug}",
        done=done_sentences.get(request.args.get("done", "")),
    )


@bp.route(HERE + "/publish", methods=["GET", "POST"])
@allow(can_write, of=find_desk)
def publish_consultation(desk: Desk) -> Response | BaseResponse:
    """The checklist, and the button that publishes once nothing is missing."""
    consultation = desk.consultation
    form = ConfirmForm.receive(about=f"publish {consultation.id}")
    if form.is_sent():
        try:
            publishing.publish(consultation, by=current_actor(), at=now())
            return go_to("consultations.show_overview", slug=desk.slug, done="published")
        except DomainError as trouble:
            form.refuse(trouble)
    items = checklist.check(publishing.find_papers(desk.consultation, at=now()))
    return render(
        "participation/consultations/publish_consultation.html",
        status=form.status,
        form=form,
        checks=staff_pages.checks_shown(desk, items),
        missing_count=len(checklist.missing(items)),
        **staff_pages.desk_context(desk),
    )


@bp.route(HERE + "/extend", methods=["GET", "POST"])
@allow(can_write, of=find_desk)
def extend_consultation(desk: Desk) -> Response | BaseResponse:
    """A later last day."""
    consultation = desk.consultation
    stages = queries.list_stages(consultation.id)
    stage = scheduling.find_stage_to_extend(consultation, stages, now())
    zone = staff_pages.zone()
    dates = Dates.of(stage, zone) if stage else None
    form = ExtendForm.receive(
        about=str(consultation.id),
        data={
            "last_day": dates.last_day if dates else None,
            "last_time": dates.last_time if dates else None,
            "reply_due_on": consultation.reply_due_on,
        },
    )
    if form.is_sent():
        try:
            scheduling.extend(
                consultation,
                form.dates(dates) if dates else None,
                reply_due_on=form.reply_due_on.data,
                zone=zone,
                by=current_actor(),
                at=now(),
            )
            return go_to("consultations.show_overview", slug=desk.slug, done="extended")
        except DomainError as trouble:
            form.refuse(trouble)
    return render(
        "participation/consultations/extend_consultation.html",
        status=form.status,
        form=form,
        stages=pages.stages_shown(Visit(desk.consultation, stages, None, now())),
        **staff_pages.desk_context(desk),
    )


@bp.route(HERE + "/close", methods=["GET", "POST"])
@allow(can_write, of=find_desk)
def close_consultation(desk: Desk) -> Response | BaseResponse:
    """Stop before the last day, with a reason everybody can read."""
    names = dict(staff_pages.language_names(desk.languages))
    form = reasons_form(CLOSING_REASON, names).receive(about=str(desk.consultation.id))
    if form.is_sent():
        try:
            reasons = {tag: form[f"reason_{tag}"].data or "" for tag in names}
            scheduling.close_early(desk.consultation, reasons, source=desk.source, by=current_actor(), at=now())
            return go_to("consultations.show_overview", slug=desk.slug, done="closed")
        except DomainError as trouble:
            form.refuse(trouble)
    return render(
        "participation/consultations/close_consultation.html",
        status=form.status,
        form=form,
        reasons=[(tag, form[f"reason_{tag}"]) for tag in names],
        rows=CLOSING_REASON.rows,
        limit=CLOSING_REASON.limit,
        **staff_pages.desk_context(desk),
    )


@bp.route(HERE + "/copy", methods=["GET", "POST"])
@allow(can_read & can_create, of=find_desk, hidden=True)
def copy_consultation(desk: Desk) -> Response | BaseResponse:
    """The same texts and questions as a new draft."""
    original = desk.consultation
    form = CopyForm.receive(about=str(original.id), data={"title_text": original.title.text_in(desk.source)})
    if form.is_sent():
        try:
            made = editing.copy_consultation(original, form.title_text.data or "", by=current_actor(), at=now())
            return go_to("consultations.show_overview", slug=made.slug, done="copied")
        except DomainError as trouble:
            form.refuse(trouble)
    return render(
        "participation/consultations/copy_consultation.html",
        status=form.status,
        form=form,
        source=desk.source,
        **staff_pages.desk_context(desk),
    )


@bp.post(HERE + "/archive")
@allow(can_write, of=find_desk)
def archive_consultation(desk: Desk) -> Response | BaseResponse:
    """Put it into the archive, or take it out again."""
    consultation = desk.consultation
    form = ConfirmForm.receive(about=f"archive {consultation.id}")
    if not form.is_sent():
        return go_to("consultations.show_overview", slug=desk.slug)
    if consultation.publication == Publication.ARCHIVED:
        publishing.unarchive(consultation, by=current_actor(), at=now())
        return go_to("consultations.show_overview", slug=desk.slug, done="unarchived")
    publishing.archive(consultation, by=current_actor(), at=now())
    return go_to("consultations.show_overview", slug=desk.slug, done="archived")


def _checks(consultation: Consultation, stages: Sequence[Stage], versions: Sequence[Step]) -> list[checklist.Item]:
    """Everything that blocks publishing a draft; of what is published, its own texts."""
    steps = [step for step in versions if step.retired_at is None]
    if consultation.publication != Publication.DRAFT:
        return checklist.check_texts(consultation, stages, steps)
    return checklist.check(publishing.gather_papers(consultation, stages, steps, at=now()))


def _reason(consultation: Consultation) -> Words | None:
    if consultation.closed_early_at is None:
        return None
    return consultation.closed_early_reason.read(current_language().tag)
