"""Staff's pages about a session as a whole: the list, a new one, the overview, announcing, copying, cancelling."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from participation.accounts import settings
from participation.core.clock import now
from participation.core.errors import DomainError
from participation.core.languages import all_languages, current_language, moment_in_words
from participation.core.pages import go_to, render
from participation.core.policy import allow, current_actor, is_staff

from . import announcing, gate, join_codes, leading, pages, planning, queries
from .beginning import templates
from .blueprint import bp
from .forms import BeginForm, ConfirmForm, CopyForm, moment_of
from .labels import state_labels, state_tones, template_hints
from .leading import Lead
from .policy import INSIDERS, Desk, can_create, can_plan, can_prepare, can_read, can_see_code, is_insider
from .states import Doer, State

HERE = "/<lang>/staff/sessions/<string:slug>"


def find_desk(slug: str) -> Desk:
    """The session with this name in addresses."""
    return Desk(queries.get_session(slug))


@bp.get("/<lang>/staff/sessions")
@allow(is_staff)
def list_for_staff() -> Response:
    """Sessions this person plans, leads or looks after, the latest first."""
    actor = current_actor()
    spaces = actor.spaces_as("session", *INSIDERS)
    ids = None if spaces is None else sorted(spaces)
    sessions, has_more = queries.list_for_staff(ids, actor.staff_id, after=_after(request.args.get("after", "")))
    last = sessions[-1] if sessions else None
    following = f"{last.starts_at.timestamp():.0f}.{last.id}" if last is not None and has_more else None
    return render(
        "dialogues/sessions/list_for_staff.html",
        cards=[pages.card(each, url_for("sessions.show_overview", slug=each.slug)) for each in sessions],
        may_create=can_create(actor),
        next_url=url_for("sessions.list_for_staff", after=following) if following else None,
    )


@bp.route("/<lang>/staff/new-session", methods=["GET", "POST"])
@allow(can_create)
def create_session() -> Response | BaseResponse:
    """A new draft from a template."""
    tags = list(all_languages())
    form = BeginForm.receive(data={"source": current_language().tag, "languages": tags})
    form.offer(pages.language_names(tags))
    if form.is_sent():
        try:
            chosen = [tag for tag in tags if tag in {*(form.languages.data or []), form.source.data}]
            wish = planning.Beginning(
                title=form.title_text.data or "",
                source=form.source.data,
                languages=chosen,
                template=templates()[form.template.data],
                starts_at=moment_of(form.starts_on.data, form.starts_at.data, pages.zone()),
            )
            made = planning.create_session(wish, by=current_actor(), at=now())
            return go_to("sessions.show_overview", slug=made.slug, done="created")
        except DomainError as trouble:
            form.refuse(trouble)
    return render(
        "dialogues/sessions/create_session.html", status=form.status, form=form, template_hints=template_hints
    )


@bp.get(HERE)
@allow(can_read, of=find_desk, hidden=True)
def show_overview(desk: Desk) -> Response:
    """What is missing, where it stands, and how people come in."""
    actor, session, at = current_actor(), desk.session, now()
    sees_inside = is_insider(actor, desk)
    state = State(session.state)
    is_planned = state in {State.DRAFT, State.READY}
    items = announcing.checklist(session, at) if sees_inside and is_planned else []
    return render(
        "dialogues/sessions/show_overview.html",
        **pages.editor_context(desk, "overview"),
        state=state,
        state_label=state_labels[state],
        state_tone=state_tones.get(state, "plain"),
        when=pages.when(session),
        reply=pages.reply_words(session),
        facilitators=pages.facilitators(session),
        missing=pages.checks_shown(desk, gate.missing(items)),
        stops=pages.stops(session, queries.list_items(session.id)),
        may_plan=can_plan(actor, desk),
        may_create=can_create(actor),
        leads=pages.may_lead(desk),
        code=join_codes.shown_code(session, secret=settings().secret_key) if can_see_code(actor, desk) else "",
        public_url=settings().base_url + url_for("room.type_code"),
        trial_form=ConfirmForm.receive(about=f"trial {session.id}"),
        tried=moment_in_words(session.tried_at) if session.tried_at else "",
        code_form=ConfirmForm.receive(about=f"code {session.id}"),
        is_planned=is_planned,
        may_prepare=can_prepare(actor, desk),
        sees_inside=sees_inside,
    )


@bp.route(HERE + "/announce", methods=["GET", "POST"])
@allow(can_plan, of=find_desk)
def announce_session(desk: Desk) -> Response | BaseResponse:
    """The checklist, and the button that announces once nothing is missing."""
    session = desk.session
    form = ConfirmForm.receive(about=f"announce {session.id}")
    if form.is_sent():
        try:
            announcing.announce(session, secret=settings().secret_key, by=current_actor(), at=now())
            return go_to("sessions.show_overview", slug=desk.slug, done="announced")
        except DomainError as trouble:
            form.refuse(trouble)
    items = announcing.checklist(session, now())
    return render(
        "dialogues/sessions/announce_session.html",
        status=form.status,
        form=form,
        checks=pages.checks_shown(desk, items),
        missing=len(gate.missing(items)),
        is_announced=session.state != State.DRAFT,
        withdraw_form=ConfirmForm.receive(about=f"withdraw {session.id}") if session.state == State.READY else None,
        **pages.editor_context(desk, "announce"),
    )


@bp.post(HERE + "/withdraw")
@allow(can_plan, of=find_desk)
def withdraw_session(desk: Desk) -> Response | BaseResponse:
    """Residents cannot find it any more; it can be planned on."""
    return _lead_to(desk, State.DRAFT, "withdraw", "withdrawn")


@bp.route(HERE + "/cancel", methods=["GET", "POST"])
@allow(can_plan, of=find_desk)
def cancel_session(desk: Desk) -> Response | BaseResponse:
    """It will not take place; asked once more."""
    if request.method == "POST":
        return _lead_to(desk, State.CANCELLED, "cancel", "cancelled")
    form = ConfirmForm.receive(about=f"cancel {desk.session.id}")
    context = pages.editor_context(desk, "cancel")
    return render("dialogues/sessions/cancel_session.html", status=form.status, form=form, **context)


@bp.route(HERE + "/copy", methods=["GET", "POST"])
@allow(can_create & is_insider, of=find_desk)
def copy_session(desk: Desk) -> Response | BaseResponse:
    """A new draft with the same texts and rounds on another day."""
    title = desk.session.title.text_in(desk.source)
    form = CopyForm.receive(data={"title_text": title})
    if form.is_sent():
        try:
            starts_at = moment_of(form.starts_on.data, form.starts_at.data, pages.zone())
            made = planning.copy_session(
                desk.session, form.title_text.data or "", starts_at, by=current_actor(), at=now()
            )
            return go_to("sessions.show_overview", slug=made.slug, done="copied")
        except DomainError as trouble:
            form.refuse(trouble)
    context = pages.editor_context(desk, "copy")
    return render("dialogues/sessions/copy_session.html", status=form.status, form=form, **context)


@bp.post(HERE + "/trial")
@allow(can_prepare, of=find_desk, hidden=True)
def note_trial(desk: Desk) -> Response | BaseResponse:
    """Somebody tried out joining, on a phone."""
    form = ConfirmForm.receive(about=f"trial {desk.session.id}")
    if form.is_sent():
        planning.note_trial(desk.session, by=current_actor(), at=now())
        return go_to("sessions.show_overview", slug=desk.slug, done="tried")
    return go_to("sessions.show_overview", slug=desk.slug)


@bp.post(HERE + "/code")
@allow(can_prepare, of=find_desk, hidden=True)
def change_code(desk: Desk) -> Response | BaseResponse:
    """A new code in place of one that leaked."""
    form = ConfirmForm.receive(about=f"code {desk.session.id}")
    if form.is_sent():
        join_codes.change_code(desk.session, secret=settings().secret_key, by=current_actor(), at=now())
        return go_to("sessions.show_overview", slug=desk.slug, done="code")
    return go_to("sessions.show_overview", slug=desk.slug)


def _lead_to(desk: Desk, after: State, about: str, done: str) -> BaseResponse:
    form = ConfirmForm.receive(about=f"{about} {desk.session.id}")
    if form.is_sent():
        wish = Lead(after=after, seen=desk.session.version, doer=Doer.ORGANISER)
        leading.lead_on(desk.session, wish, by=current_actor(), at=now())
        return go_to("sessions.show_overview", slug=desk.slug, done=done)
    return go_to("sessions.show_overview", slug=desk.slug)


def _after(typed: str) -> tuple[datetime, int] | None:
    """Start and number of the last session of the page before; None for anything else."""
    seconds, _dot, number = typed.partition(".")
    if not (seconds.isdecimal() and number.isdecimal() and len(seconds) <= 11 and len(number) <= 9):
        return None

    return datetime.fromtimestamp(int(seconds), UTC), int(number)
