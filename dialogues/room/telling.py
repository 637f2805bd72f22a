"""Telling every phone what happens: one fragment for each language and role, pushed when the change is committed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app

from dialogues.sessions import LIVE, DialogueSession, State, get_session_by_id
from participation.contributions import Contribution
from participation.contributions import State as Visibility
from participation.core import live
from participation.core.clock import now
from participation.core.languages import all_languages, speaking
from participation.core.live import Audience

from . import showing

#: Who has agreed hears everything the group sees.
GROUP = "group"
#: Who waits hears only that something has changed.
WAITING = "waiting"
#: Facilitators hear that something has changed, and fetch their console.
CONSOLE = "console"


def topic_of(session: DialogueSession) -> str:
    """The name under which phones listen."""
    return f"session-{session.id}"


def tell(session: DialogueSession, *, at: datetime) -> None:
    """Push what is shown now. Call it last: others who tell of this session wait until this transaction ends."""
    fragments: dict[Audience, str] = {}
    for tag in all_languages():
        with speaking(tag):
            now_shown = showing.now_of(session, tag)
            fragments[Audience(tag, GROUP)] = _draw("_now", now=now_shown)
            fragments[Audience(tag, WAITING)] = _draw("_waiting", step=session.version)
            fragments[Audience(tag, CONSOLE)] = _draw("_heard", step=at.timestamp())
    live.publish(topic_of(session), fragments, at=at)


def hear_change(_session_id: object, *, session: DialogueSession, event: Any, **_facts: object) -> None:
    """Tell phones that the session was led on or paused (hears `session_changed`)."""
    if State(session.state) in LIVE or event.details.get("before") in LIVE:
        tell(session, at=event.at)


def hear_words(_contribution_id: object, *, contribution: Contribution, **_facts: object) -> None:
    """Put words on every phone once somebody released them; take others off (hears what happens to contributions)."""
    if contribution.space_kind != "session":
        return
    session = get_session_by_id(contribution.space_id)
    if contribution.state != Visibility.VISIBLE:
        live.erase(topic_of(session), at=now())
    if State(session.state) in LIVE:
        tell(session, at=now())


def _draw(name: str, **values: Any) -> str:
    """A fragment without what pages bring along: it is the same for all, and drawn outside requests too."""
    return current_app.jinja_env.get_template(f"dialogues/room/{name}.html").render(**values)
