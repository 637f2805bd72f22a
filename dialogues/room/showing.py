"""Finished values for the room's pages: what everybody sees now, and what is one person's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from dialogues.sessions import (
    SPEAKING,
    DialogueSession,
    Overlay,
    RoundKind,
    State,
    find_item,
    round_labels,
)
from participation.contributions import Contribution, permission_labels
from participation.core.localized import Words
from participation.translation import readable

from . import queries, services, turns
from .labels import headings, leads, overlay_headings, overlay_leads
from .models import Attendee, Presence
from .policy import Seat

#: Told to whoever types a code that leads nowhere.
wrong_code = _l("This code leads nowhere. Look at it once more, or ask a facilitator: it may have changed.")


@dataclass(frozen=True)
class Now:
    """What the whole group sees, in one language. Holds no control and nobody's own things."""

    heading: str
    lead: str
    #: name of the round, and how it goes
    title: Words | None
    kind: str
    prompt: Words | None
    #: who speaks now
    speaker: str
    #: since when, as a moment for machines, and seconds before the clock turns soft
    since: str
    seconds: int
    #: what was written in this round and may be read
    words: Sequence[object]
    #: sentence about words that are still to be shown together
    hidden_words: str
    is_calm: bool
    #: changes whenever what one person can do has changed
    step: str


@dataclass(frozen=True)
class Mine:
    """What one person can do now."""

    #: her place in the queue, in words
    place: str
    speaks: bool
    has_hand: bool
    can_speak: bool
    is_go_around: bool
    has_passed: bool
    can_write: bool


def now_of(session: DialogueSession, tag: str) -> Now:
    """What everybody who has agreed sees now, for readers of `tag`."""
    state, over = State(session.state), Overlay(session.overlay)
    there = queries.list_attendees(session.id, Presence.THERE)
    speaker = next((each for each in there if each.speaks_since is not None), None)
    if over != Overlay.NONE:
        return Now(
            str(overlay_headings[over]), str(overlay_leads[over]), None, "", None, "", "", 0, [], "", True,
            step_of(session, there),
        )  # fmt: skip
    item = find_item(session.id, session.item_id)
    kind = RoundKind(item.kind) if item is not None else None
    is_silent = kind is RoundKind.SILENT_WRITE and not queries.is_shown(session.item_id)
    texts = [] if is_silent else list(queries.list_words(session, session.item_id))
    shown = readable(texts, tag)
    return Now(
        heading=str(headings.get(state, "")),
        lead=str(leads.get(state, "")),
        title=item.title.read(tag) if item is not None else None,
        kind=str(round_labels[kind]) if kind is not None else "",
        prompt=item.prompt.read(tag) if item is not None else None,
        speaker=speaker.name if speaker is not None else "",
        since=speaker.speaks_since.isoformat() if speaker is not None and speaker.speaks_since is not None else "",
        seconds=services.seconds_of_a_turn(session) if speaker is not None else 0,
        words=[shown[each.id] for each in texts],
        hidden_words=str(gettext("What people write now is shown to all together, later.")) if is_silent else "",
        is_calm=False,
        step=step_of(session, there),
    )


def step_of(session: DialogueSession, there: Sequence[Attendee]) -> str:
    """A mark that changes with the state, and whenever somebody's turn begins or ends."""
    return (
        f"{session.version}.{sum(each.turns for each in there)}.{sum(each.speaks_since is not None for each in there)}"
    )


def mine_of(seat: Seat) -> Mine:
    """What this person can do now, and her place."""
    session, attendee = seat.session, seat.attendee
    is_open = State(session.state) in SPEAKING and session.overlay == Overlay.NONE and seat.takes_part
    kind = services.kind_now(session)
    queue = turns.queue_of(kind, session.item_id or 0, queries.list_attendees(session.id, Presence.THERE))
    place = turns.place_of(queue, attendee.id) if is_open else None
    return Mine(
        place=_place_in_words(place) if place is not None else "",
        speaks=attendee.speaks_since is not None,
        has_hand=attendee.hand_at is not None,
        can_speak=is_open,
        is_go_around=kind is RoundKind.GO_AROUND,
        has_passed=attendee.passed_in is not None and attendee.passed_in == session.item_id,
        can_write=is_open and State(session.state) in services.WRITING and session.item_id is not None,
    )


def minutes_since(moment: datetime, at: datetime) -> str:
    """How long ago something was, in whole minutes."""
    minutes = int((at - moment).total_seconds() // 60)
    if minutes < 1:
        return str(gettext("just now"))
    return str(ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes))


def _place_in_words(place: int) -> str:
    if place == 1:
        return str(gettext("You are next."))
    return str(gettext("Before you: %(count)s.", count=place - 1))


def waiting_words(state: State) -> tuple[str, str]:
    """Heading and sentence of a screen on which somebody waits."""
    return str(headings.get(state, "")), str(leads.get(state, ""))


def permission_words(contribution: Contribution) -> str:
    """What its author allowed; empty where she has not chosen yet."""
    return str(permission_labels[contribution.permission]) if contribution.permission else ""
