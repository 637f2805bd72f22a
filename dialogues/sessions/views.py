"""Residents' pages about sessions: what is to come, what one is about, calendars."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, make_response, url_for

from participation.accounts import settings
from participation.core.clock import now
from participation.core.errors import NotFound
from participation.core.languages import current_language
from participation.core.pages import Caching, render
from participation.core.policy import NOBODY, PUBLIC, allow

from . import pages, queries
from .blueprint import bp
from .calendars import calendar_of
from .labels import sensitivity_labels, state_labels
from .models import DialogueSession
from .policy import Desk, is_announced
from .states import JOINABLE, State


@bp.get("/<lang>/sessions")
@allow(PUBLIC)
def list_sessions() -> Response:
    """Conversations that are to come."""
    sessions = queries.list_coming(now())
    return render(
        "dialogues/sessions/list_sessions.html",
        caching=Caching.PUBLIC,
        cards=[pages.card(each, url_for("sessions.show_session", slug=each.slug)) for each in sessions],
        calendar_url=url_for("sessions.show_calendar"),
    )


@bp.get("/<lang>/sessions/<string:slug>")
@allow(PUBLIC)
def show_session(slug: str) -> Response:
    """All that somebody needs before she decides to come (dialogue-and-safety.md D4)."""
    session, tag = _announced(slug), current_language().tag
    state = State(session.state)
    texts = {name: getattr(session, name).read(tag) for name in ("purpose", "topics", "heard_by", "authority", "place")}
    return render(
        "dialogues/sessions/show_session.html",
        caching=Caching.PUBLIC,
        title=session.title.read(tag),
        **texts,
        when=pages.when(session),
        length=pages.length(session),
        reply=pages.reply_words(session),
        languages_spoken=[name for _tag, name in pages.language_names(session.languages)],
        ages=pages.ages(session),
        facilitators=pages.facilitators(session),
        stops=pages.stops(session, queries.list_items(session.id)),
        agreement=[line.text.read(tag) for line in queries.list_agreement(session.id)],
        sensitivity=sensitivity_labels[session.sensitivity],
        is_cancelled=state == State.CANCELLED,
        is_over=state not in JOINABLE and state != State.CANCELLED,
        state_label=state_labels[state],
        calendar_url=url_for("sessions.show_session_calendar", slug=slug),
    )


@bp.get("/<lang>/sessions/<string:slug>/calendar.ics")
@allow(PUBLIC)
def show_session_calendar(slug: str) -> Response:
    """One session for a calendar."""
    return _calendar([_announced(slug)], f"{slug}.ics")


@bp.get("/<lang>/sessions/calendar.ics")
@allow(PUBLIC)
def show_calendar() -> Response:
    """All sessions to come, for calendars that follow an address; cancelled ones say so."""
    return _calendar([*queries.list_coming(now()), *queries.list_cancelled(now())], "sessions.ics")


def _announced(slug: str) -> DialogueSession:
    """The session, unless residents cannot find it yet.

    Raises:
        NotFound: there is none, or it is still being planned.
    """
    session = queries.get_session(slug)
    if not is_announced(NOBODY, Desk(session)):
        raise NotFound
    return session


def _calendar(sessions: list[DialogueSession], name: str) -> Response:
    base = settings().base_url
    pairs = [(each, base + url_for("sessions.show_session", slug=each.slug)) for each in sessions]
    host = urlsplit(base).hostname or ""
    body = calendar_of(pairs, language=current_language().tag, zone=pages.zone(), host=host, at=now())
    response = make_response(body)
    response.content_type = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = Caching.PUBLIC.value
    return response
