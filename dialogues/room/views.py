"""Participants' pages: the code, coming in, and the room itself, one screen for each state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, url_for
from werkzeug.wrappers import Response as BaseResponse

from dialogues import sessions
from dialogues.sessions import JOINABLE, DialogueSession, Overlay, State
from participation.accounts import get_participant, participant_for, return_code, settings
from participation.city import get_city, list_support_resources
from participation.consultations import QUICK_EXIT, limit_first_forms, limit_her_forms, limit_wrong_codes
from participation.core.clock import now
from participation.core.errors import DomainError, Invalid, NotFound
from participation.core.forms import BaseForm, as_choices
from participation.core.languages import all_languages, current_language, preferred_language
from participation.core.live import Audience, stream_address
from participation.core.pages import go_to, render
from participation.core.policy import PUBLIC, allow, current_actor

from . import queries, services, showing, telling
from .blueprint import bp
from .forms import AgreeForm, CodeForm, JoinForm, NoteForm, TapForm, WordsForm
from .models import Attendee, NoteKind, Presence
from .policy import Seat, sits_there

HERE = "/<lang>/sessions/<string:slug>/room"
#: Whatever a tap asks for, by its name in the form.
TAPS: dict[str, Callable[[Attendee, Any], None]] = {
    "hand": lambda attendee, at: services.raise_hand(attendee, at=at),
    "lower": lambda attendee, _at: services.lower_hand(attendee),
    "pass": lambda attendee, at: services.pass_turn(attendee, at=at),
    "done": lambda attendee, at: services.finish_turn(attendee, at=at),
    "slower": lambda attendee, at: services.ask_slower(attendee, at=at),
    "more_time": lambda attendee, at: services.ask_more_time(attendee, at=at),
    "step_out": lambda attendee, at: services.step_out(attendee, at=at),
    "come_back": lambda attendee, _at: services.come_back(attendee),
    "leave": lambda attendee, at: services.leave(attendee, at=at),
}


def find_seat(slug: str) -> Seat:
    """Where this person sits in the session.

    Raises:
        NotFound: she has not come in, or the session is not there.
    """
    session = sessions.get_session(slug)
    attendee = queries.find_attendee(session.id, current_actor().participant_id)
    if attendee is None:
        raise NotFound
    return Seat(session, attendee, sessions.agreement_version(session.id))


@bp.route("/<lang>/join", methods=["GET", "POST"])
@allow(PUBLIC)
@limit_wrong_codes
def type_code() -> Response | BaseResponse:
    """The six signs from the wall."""
    form = CodeForm.receive()
    if form.is_sent():
        session = sessions.find_by_code(form.code.data or "", secret=settings().secret_key)
        if session is not None:
            code = sessions.shown_code(session, secret=settings().secret_key)
            return go_to("room.join", code=code)
        form.refuse(Invalid(showing.wrong_code, field="code"))
    return render("dialogues/room/type_code.html", status=form.status, form=form)


@bp.get("/s/<string:code>")
@allow(PUBLIC)
def follow_code(code: str) -> BaseResponse:
    """The short link of a picture code, in the reader's own language; uses nothing up."""
    response = go_to("room.join", lang=preferred_language().tag, code=code)
    response.status_code = 302
    response.headers["Vary"] = "Accept-Language"
    return response


@bp.route("/<lang>/join/<string:code>", methods=["GET", "POST"])
@allow(PUBLIC)
@limit_wrong_codes
@limit_first_forms
def join(code: str) -> Response | BaseResponse:
    """What it is, who leads it and who sees what; then a name of one's own choice and a language."""
    session = sessions.find_by_code(code, secret=settings().secret_key)
    if session is None:
        lost = CodeForm()
        lost.refuse(Invalid(showing.wrong_code, field="code"))
        return render("dialogues/room/type_code.html", status=422, form=lost)
    tag = current_language().tag
    known = queries.find_attendee(session.id, current_actor().participant_id)
    start = {"language": known.language if known else tag, "name": known.name if known else ""}
    form = JoinForm.receive(about=str(session.id), data=start)
    form.language.choices = as_choices(sessions.language_names(dict.fromkeys([*session.languages, *all_languages()])))
    if form.is_sent():
        try:
            services.join(session, _arrival(form), at=now())
            telling.tell(session, at=now())
            return go_to("room.show_room", slug=session.slug)
        except DomainError as trouble:
            form.refuse(trouble)
    return render("dialogues/room/join.html", status=form.status, form=form, code=code, **_about(session))


@bp.get(HERE)
@allow(sits_there, of=find_seat)
def show_room(seat: Seat) -> Response:
    """The one screen of this moment."""
    session, tag = seat.session, current_language().tag
    role = telling.GROUP if seat.has_agreed else telling.WAITING
    member = f"attendee-{seat.attendee.id}"
    address = stream_address(telling.topic_of(session), Audience(tag, role), member=member)
    return render(
        "dialogues/room/show_room.html",
        regions=("mine",),
        stream_url=address,
        **_screen(seat, AgreeForm(about=str(session.id))),
    )


@bp.post(HERE + "/agree")
@allow(sits_there, of=find_seat)
@limit_her_forms
def agree(seat: Seat) -> Response | BaseResponse:
    """Accept the agreement as it was read."""
    form = AgreeForm.receive(about=str(seat.session.id))
    if form.is_sent():
        try:
            services.agree(seat.attendee, form.version.data or 0, may_pool=bool(form.may_pool.data))
            telling.tell(seat.session, at=now())
            return go_to("room.show_room", slug=seat.slug)
        except DomainError as trouble:
            form.refuse(trouble)
    return render("dialogues/room/show_room.html", status=form.status, stream_url="", **_screen(seat, form))


@bp.post(HERE + "/tap")
@allow(sits_there, of=find_seat)
@limit_her_forms
def tap(seat: Seat) -> Response | BaseResponse:
    """One tap: a hand, a pass, a break."""
    form = TapForm.receive(about=str(seat.session.id))
    if form.is_sent():
        try:
            TAPS[str(form.tap.data)](seat.attendee, now())
            telling.tell(seat.session, at=now())
            return go_to("room.show_left" if form.tap.data == "leave" else "room.show_room", slug=seat.slug)
        except DomainError as trouble:
            form.refuse(trouble)
    return render("dialogues/room/show_room.html", status=form.status, stream_url="", **_screen(seat, form))


@bp.route(HERE + "/write", methods=["GET", "POST"])
@allow(sits_there, of=find_seat)
@limit_her_forms
def write(seat: Seat) -> Response | BaseResponse:
    """Write instead of speaking."""
    form = WordsForm.receive(about=f"{seat.session.id} {seat.session.item_id or 0}")
    if form.is_sent():
        try:
            services.write(seat.attendee, form.body.data or "", form_key=form.key, by=current_actor(), at=now())
            telling.tell(seat.session, at=now())
            return go_to("room.show_room", slug=seat.slug)
        except DomainError as trouble:
            form.refuse(trouble)
    return render(
        "dialogues/room/write.html",
        status=form.status,
        form=form,
        now=showing.now_of(seat.session, current_language().tag) if seat.has_agreed else None,
        holds=seat.session.holds_words,
        **_frame(seat),
    )


@bp.route(HERE + "/private", methods=["GET", "POST"])
@allow(sits_there, of=find_seat)
@limit_her_forms
def write_privately(seat: Seat) -> Response | BaseResponse:
    """The line to both facilitators, open whatever lies over the session."""
    form = NoteForm.receive(about=str(seat.session.id))
    if form.is_sent():
        try:
            kind, body = NoteKind(form.kind.data), form.body.data or ""
            services.send_note(seat.attendee, kind, body, form_key=form.key, at=now())
            telling.tell(seat.session, at=now())
            return go_to("room.write_privately", slug=seat.slug, sent="yes")
        except DomainError as trouble:
            form.refuse(trouble)
    return render(
        "dialogues/room/write_privately.html",
        status=form.status,
        form=form,
        notes=queries.list_notes_of(seat.attendee.id),
        is_read=seat.session.is_live,
        **_frame(seat),
    )


@bp.get(HERE + "/support")
@allow(sits_there, of=find_seat)
def show_support(seat: Seat) -> Response:
    """Who helps, in her language."""
    return render("dialogues/room/show_support.html", **_frame(seat), **_support())


@bp.get(HERE + "/left")
@allow(sits_there, of=find_seat)
def show_left(seat: Seat) -> Response:
    """Gone, with everything that is still hers."""
    return render(
        "dialogues/room/show_left.html",
        return_code=_code_of(seat),
        form=TapForm(about=str(seat.session.id)),
        **_frame(seat),
        **_support(),
    )


def _arrival(form: JoinForm) -> services.Arrival:
    participant = participant_for(form, is_shared=bool(form.others_use_this_device.data))
    return services.Arrival(participant_id=participant.id, name=form.name.data or "", language=form.language.data)


def _about(session: DialogueSession) -> dict[str, Any]:
    """All that somebody is told before she comes in (dialogue-and-safety.md D4)."""
    tag = current_language().tag
    return {
        "title": session.title.read(tag),
        "purpose": session.purpose.read(tag),
        "topics": session.topics.read(tag),
        "heard_by": session.heard_by.read(tag),
        "when": sessions.when(session),
        "length": sessions.length(session),
        "facilitators": sessions.facilitators(session),
        "stops": sessions.stops(session, sessions.list_items(session.id)),
        "holds": session.holds_words,
        "is_over": State(session.state) not in JOINABLE,
    }


def _frame(seat: Seat) -> dict[str, Any]:
    """What every screen of the room has: its name, and the five things that never move."""
    return {
        "slug": seat.slug,
        "session_title": seat.session.title.read(current_language().tag),
        "quick_exit_url": QUICK_EXIT.format(current_language().tag),
        "dock_form": TapForm(about=str(seat.session.id)),
    }


def _screen(seat: Seat, form: BaseForm) -> dict[str, Any]:
    session, tag = seat.session, current_language().tag
    state = State(session.state)
    has_agreed = seat.has_agreed
    return {
        **_frame(seat),
        "form": form,
        "agree_form": form if isinstance(form, AgreeForm) else AgreeForm(about=str(session.id)),
        "screen": _which(seat),
        "name": seat.attendee.name,
        "now": showing.now_of(session, tag) if has_agreed else None,
        "waits_for": showing.waiting_words(state),
        "mine": showing.mine_of(seat),
        "agreement": [line.text.read(tag) for line in sessions.list_agreement(session.id)],
        "version": seat.agreement,
        "stops": sessions.stops(session, sessions.list_items(session.id)) if not has_agreed else [],
        "is_paused": session.overlay != Overlay.NONE,
        "words": _own_words(seat) if state in {State.HARVEST, State.CHECK_OUT} else [],
        "return_code": _code_of(seat) if state in {State.CHECK_OUT, State.LOBBY, State.READY} else "",
        "tap_form": TapForm(about=str(session.id)),
        "step": showing.step_of(session, queries.list_attendees(session.id, Presence.THERE)),
        **(_support() if state is State.CHECK_OUT else {"resources": [], "emergency": ""}),
    }


def _which(seat: Seat) -> str:
    """The name of this moment's screen."""
    state = State(seat.session.state)
    if state not in JOINABLE and state is not State.CHECK_OUT:
        return "over"
    if seat.attendee.presence == Presence.LEFT:
        return "left"
    if state in {State.READY, State.LOBBY}:
        return "wait"
    if not seat.has_agreed:
        return "agree" if state is not State.CHECK_OUT else "go"
    if seat.attendee.presence == Presence.STEPPED_OUT:
        return "out"
    return {State.HARVEST: "harvest", State.CHECK_OUT: "go", State.AGREEMENT: "agreed"}.get(state, "speak")


def _own_words(seat: Seat) -> list[dict[str, Any]]:
    return [
        {
            "words": each,
            "url": url_for("contributions.choose_permission", contribution_id=each.id),
            "permission": showing.permission_words(each),
        }
        for each in queries.list_own_words(seat.session, seat.attendee.participant_id)
    ]


def _code_of(seat: Seat) -> str:
    return return_code(get_participant(seat.attendee.participant_id), secret=settings().secret_key)


def _support() -> dict[str, Any]:
    tag = current_language().tag
    return {
        "resources": [
            {"name": each.name.read(tag), "text": each.description.read(tag), "phone": each.phone, "url": each.url}
            for each in list_support_resources()
        ],
        "emergency": get_city().contact_phone,
    }
