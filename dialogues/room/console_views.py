"""The facilitators' console: one screen from which a session is led, and the forms behind its buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import segno
from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from dialogues import sessions
from dialogues.sessions import Desk, Doer, Lead, Overlay, can_lead
from participation.accounts import find_staff, settings
from participation.city import get_city
from participation.core.clock import now
from participation.core.errors import DomainError, NotFound
from participation.core.forms import BaseForm
from participation.core.languages import current_language
from participation.core.live import Audience, stream_address
from participation.core.pages import go_to, render
from participation.core.policy import allow, current_actor

from . import console, queries, services, showing, telling
from .blueprint import bp
from .forms import AnswerForm, EndHoldForm, LeadForm, OverlayForm, ReleaseForm, ShowForm, TurnForm
from .labels import care_steps, scripts

HERE = "/<lang>/staff/sessions/<string:slug>/console"


def find_desk(slug: str) -> Desk:
    """The session with this name in addresses."""
    return Desk(sessions.get_session(slug))


@bp.get(HERE)
@allow(can_lead, of=find_desk, hidden=True)
def show_console(desk: Desk) -> Response:
    """Everything under one thumb."""
    return _draw(desk)


@bp.post(HERE + "/lead")
@allow(can_lead, of=find_desk, hidden=True)
def lead_on(desk: Desk) -> Response | BaseResponse:
    """Bring the session into its next state."""
    form = LeadForm.receive(about=str(desk.session.id))

    def lead() -> None:
        state, item_id = console.step_from(form.step.data or "")
        wish = Lead(after=state, seen=form.seen.data or 0, doer=Doer.FACILITATOR, item_id=item_id)
        sessions.lead_on(desk.session, wish, by=current_actor(), at=now())

    return _done(desk, form, lead) or _draw(desk, form)


@bp.post(HERE + "/overlay")
@allow(can_lead, of=find_desk, hidden=True)
def lay_over(desk: Desk) -> Response | BaseResponse:
    """Pause, cool down, hold; or go on."""
    form = OverlayForm.receive(about=str(desk.session.id))

    def lay() -> None:
        over = console.overlay_from(form.over.data or "")
        sessions.overlay(desk.session, over, seen=form.seen.data or 0, by=current_actor(), at=now())

    return _done(desk, form, lay) or _draw(desk, form)


@bp.route(HERE + "/end-hold", methods=["GET", "POST"])
@allow(can_lead, of=find_desk, hidden=True)
def end_hold(desk: Desk) -> Response | BaseResponse:
    """Lift a safety hold, with a note and how grave it was."""
    form = EndHoldForm.receive(about=str(desk.session.id), data={"seen": desk.session.version, "level": "0"})

    def lift() -> None:
        seen, note, level = form.seen.data or 0, form.note.data or "", int(form.level.data)
        sessions.overlay(desk.session, Overlay.NONE, seen=seen, by=current_actor(), at=now(), note=note, level=level)

    return _done(desk, form, lift) or render(
        "dialogues/room/end_hold.html", status=form.status, form=form, **_frame(desk)
    )


@bp.post(HERE + "/turn")
@allow(can_lead, of=find_desk, hidden=True)
def give_turn(desk: Desk) -> Response | BaseResponse:
    """Let somebody speak, or let nobody."""
    form = TurnForm.receive(about=str(desk.session.id))

    def give() -> None:
        console.give_turn(desk.session, form.attendee.data or 0, at=now())
        telling.tell(desk.session, at=now())

    return _done(desk, form, give) or _draw(desk, form)


@bp.post(HERE + "/gone")
@allow(can_lead, of=find_desk, hidden=True)
def note_gone(desk: Desk) -> Response | BaseResponse:
    """Note that somebody has gone, so that nobody waits for her."""
    form = TurnForm.receive(about=f"gone {desk.session.id}")
    if form.is_sent():
        attendee = queries.get_attendee(desk.session.id, form.attendee.data or 0)
        services.note_gone(desk.session, attendee, by=current_actor(), at=now())
        telling.tell(desk.session, at=now())
    return go_to("room.show_console", slug=desk.slug)


@bp.post(HERE + "/show")
@allow(can_lead, of=find_desk, hidden=True)
def show_round(desk: Desk) -> Response | BaseResponse:
    """Show what was written in silence."""
    form = ShowForm.receive(about=str(desk.session.id))

    def show() -> None:
        services.show_round(desk.session, by=current_actor(), at=now())
        telling.tell(desk.session, at=now())

    return _done(desk, form, show) or _draw(desk, form)


@bp.post(HERE + "/release")
@allow(can_lead, of=find_desk, hidden=True)
def release_words(desk: Desk) -> Response | BaseResponse:
    """Let the group read a text that waited."""
    form = ReleaseForm.receive(about=str(desk.session.id))

    def release() -> None:
        services.release(desk.session, form.contribution.data or 0, by=current_actor(), at=now())

    return _done(desk, form, release) or _draw(desk, form)


@bp.route(HERE + "/notes/<int:note_id>", methods=["GET", "POST"])
@allow(can_lead, of=lambda slug, note_id: console.NoteDesk(sessions.get_session(slug), note_id), hidden=True)
def answer_note(desk: console.NoteDesk) -> Response | BaseResponse:
    """Answer somebody who wrote to the facilitators."""
    note = queries.get_note(desk.session.id, desk.note_id)
    sender = queries.get_attendee(desk.session.id, note.attendee_id)
    form = AnswerForm.receive(about=str(note.id))

    def answer() -> None:
        services.answer_note(desk.session, note, form.answer.data or "", by=current_actor(), at=now())
        telling.tell(desk.session, at=now())

    return _done(desk, form, answer) or render(
        "dialogues/room/answer_note.html",
        status=form.status,
        form=form,
        note=console.note_shown(note, sender, now()),
        **_frame(desk),
    )


@bp.get(HERE + "/screen")
@allow(can_lead, of=find_desk, hidden=True)
def show_screen(desk: Desk) -> Response:
    """For the wall: code, prompt and clock. Never names, never words nobody has read."""
    session, tag = desk.session, current_language().tag
    address = stream_address(telling.topic_of(session), Audience(tag, telling.CONSOLE), member="screen")
    code = sessions.shown_code(session, secret=settings().secret_key)
    link = settings().base_url + url_for("room.follow_code", code=code or "-")
    return render(
        "dialogues/room/show_screen.html",
        regions=("desk",),
        stream_url=address,
        code=code,
        picture=segno.make(link, error="m", micro=False).svg_data_uri(scale=6, border=2, dark="#000", light="#fff"),
        join_url=settings().base_url + url_for("room.type_code"),
        now=showing.now_of(session, tag),
        **_frame(desk),
    )


def _done(desk: Desk, form: BaseForm, deed: Callable[[], None]) -> BaseResponse | None:
    """Do what was sent and lead back to the console; nothing when no form came, or the deed was refused."""
    if not form.is_sent():
        return None
    try:
        deed()
    except DomainError as trouble:
        form.refuse(trouble)
        return None
    return go_to("room.show_console", slug=desk.slug)


def _draw(desk: Desk, form: Any = None) -> Response:
    session, tag, at = desk.session, current_language().tag, now()
    actor = current_actor()
    is_first_look = request.method == "GET"
    address = (
        stream_address(telling.topic_of(session), Audience(tag, telling.CONSOLE), member=f"staff-{actor.staff_id}")
        if is_first_look
        else ""
    )
    return render(
        "dialogues/room/show_console.html",
        regions=("desk",) if is_first_look else (),
        status=form.status if form is not None else 200,
        form=form,
        stream_url=address,
        desk=console.shown(session, tag, at),
        version=session.version,
        code=sessions.shown_code(session, secret=settings().secret_key),
        screen_url=url_for("room.show_screen", slug=desk.slug),
        lead_form=_fresh(LeadForm, session.id),
        overlay_form=_fresh(OverlayForm, session.id),
        turn_form=_fresh(TurnForm, session.id),
        gone_form=TurnForm(about=f"gone {session.id}"),
        show_form=_fresh(ShowForm, session.id),
        release_form=_fresh(ReleaseForm, session.id),
        care_steps=care_steps,
        scripts=scripts,
        emergency=get_city().contact_phone,
        on_call=_on_call(session),
        **_frame(desk),
    )


def _fresh(form: Any, session_id: int) -> Any:
    """An empty form, also when another one was sent."""
    return form(about=str(session_id))


def _frame(desk: Any) -> dict[str, Any]:
    return {"slug": desk.slug, "session_title": desk.session.title.read(current_language().tag)}


def _on_call(session: Any) -> dict[str, str]:
    """Who is called when somebody may be in danger."""
    if session.safeguarding_id is None:
        return {"name": "", "phone": session.safeguarding_phone}
    staff = find_staff(session.safeguarding_id)
    if staff is None:
        raise NotFound
    return {"name": staff.name, "phone": session.safeguarding_phone}
