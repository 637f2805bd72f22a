"""Finished values for the facilitators' console: where we are, what comes, who is there, who waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from dialogues.sessions import (
    LIVE,
    SPEAKING,
    Desk,
    DialogueSession,
    Doer,
    Overlay,
    RoundKind,
    State,
    list_items,
    next_states,
    overlay_labels,
    state_labels,
)
from participation.core.errors import Conflict
from participation.core.languages import language_name
from participation.core.localized import Words
from participation.translation import readable

from . import queries, services, showing, turns
from .labels import move_labels, note_labels, presence_labels, presence_tones
from .models import Attendee, NoteKind, Presence, PrivateNote

#: People of the queue that are shown.
SHOWN_QUEUE = 3


@dataclass(frozen=True)
class NoteDesk(Desk):
    """One private note on the desk of a facilitator."""

    note_id: int


@dataclass(frozen=True)
class Move:
    """One step the session can take."""

    label: str
    #: what the button sends
    value: str
    #: name of the round it begins
    title: Words | None
    is_main: bool


@dataclass(frozen=True)
class Person:
    """One person of the strip. Holds nothing about who she is but the name she chose."""

    id: int
    name: str
    presence: str
    tone: str
    language: str
    is_unheard: bool
    speaks: bool
    is_there: bool
    has_left: bool


@dataclass(frozen=True)
class NoteShown:
    """One private note."""

    id: int
    name: str
    kind: str
    body: str
    language: str
    when: str
    is_urgent: bool


@dataclass(frozen=True)
class Shown:
    """The whole console."""

    now: showing.Now
    moves: Sequence[Move]
    state_label: str
    overlay: str
    overlay_label: str
    may_pause: bool
    is_hold: bool
    people: Sequence[Person]
    queue: Sequence[Person]
    speaker: Person | None
    notes: Sequence[NoteShown]
    #: texts that wait for a facilitator, each with its number and words
    held: Sequence[tuple[int, object]]
    climate: Sequence[tuple[str, str]]
    can_show: bool
    gives_turns: bool


def step_from(value: str) -> tuple[State, int | None]:
    """State and agenda item of a step as a button sends it.

    Raises:
        Conflict: no button sends this.
    """
    name, _colon, number = value.partition(":")
    if name not in set(State) or (number and not (number.isdecimal() and len(number) <= 9)):
        raise Conflict(_l("This is not possible from here."))
    return State(name), int(number) if number else None


def overlay_from(value: str) -> Overlay:
    """What a button lays over the session.

    Raises:
        Conflict: no button sends this.
    """
    if value not in set(Overlay):
        raise Conflict(_l("This is not possible from here."))
    return Overlay(value)


def give_turn(session: DialogueSession, attendee_id: int, *, at: datetime) -> None:
    """Let this person speak; with 0 whoever speaks has finished."""
    if attendee_id:
        services.give_turn(session, queries.get_attendee(session.id, attendee_id), at=at)
        return
    for each in queries.list_attendees(session.id):
        if each.speaks_since is not None:
            services.finish_turn(each, at=at)


def shown(session: DialogueSession, tag: str, at: datetime) -> Shown:
    """The console as it stands."""
    state, over = State(session.state), Overlay(session.overlay)
    people = queries.list_attendees(session.id)
    there = [each for each in people if each.presence == Presence.THERE]
    kind = services.kind_now(session)
    queue = turns.queue_of(kind, session.item_id or 0, there) if state in SPEAKING else []
    speaker = next((each for each in people if each.speaks_since is not None), None)
    return Shown(
        now=showing.now_of(session, tag),
        moves=_moves(session, tag) if over == Overlay.NONE else [],
        state_label=str(state_labels[state]),
        overlay=str(over),
        overlay_label=str(overlay_labels[over]) if over != Overlay.NONE else "",
        may_pause=state in LIVE,
        is_hold=over == Overlay.SAFETY_HOLD,
        people=[_person(each) for each in people],
        queue=[_person(each) for each in queue[:SHOWN_QUEUE]],
        speaker=_person(speaker) if speaker is not None else None,
        notes=[note_shown(note, sender, at) for note, sender in queries.list_open_notes(session.id)],
        held=_held(session, tag),
        climate=_climate(there, people, at),
        can_show=kind is RoundKind.SILENT_WRITE and state is State.ROUND and not queries.is_shown(session.item_id),
        gives_turns=state in SPEAKING and over == Overlay.NONE,
    )


def note_shown(note: PrivateNote, sender: Attendee, at: datetime) -> NoteShown:
    """A private note as the facilitators read it."""
    return NoteShown(
        id=note.id,
        name=sender.name,
        kind=str(note_labels[NoteKind(note.kind)]),
        body=note.body,
        language=note.language,
        when=showing.minutes_since(note.sent_at, at),
        is_urgent=note.kind in {NoteKind.SAFETY, NoteKind.HARM},
    )


def _held(session: DialogueSession, tag: str) -> list[tuple[int, object]]:
    if not session.holds_words:
        return []
    waiting = queries.list_held(session)
    words = readable(waiting, tag)
    return [(each.id, words[each.id]) for each in waiting]


def _moves(session: DialogueSession, tag: str) -> list[Move]:
    """Every step from here; the first is the main one."""
    found: list[Move] = []
    items = list_items(session.id)
    done = next((place for place, each in enumerate(items, 1) if each.id == session.item_id), 0)
    for after in next_states(State(session.state), Doer.FACILITATOR):
        if after in {State.CANCELLED, State.BREAKOUT}:
            continue
        if after is State.ROUND:
            found += [
                Move(str(move_labels[after]), f"{after}:{each.id}", each.title.read(tag), False)
                for each in items[done : done + 1] or items[:0]
            ]
            continue
        found.append(Move(str(move_labels[after]), str(after), None, False))
    # a round that is still to come is the main step; ending early never is
    found.sort(key=lambda move: (not move.value.startswith("round"), move.value == State.CHECK_OUT.value))
    return [Move(each.label, each.value, each.title, place == 0) for place, each in enumerate(found)]


def _person(attendee: Attendee) -> Person:
    presence = Presence(attendee.presence)
    return Person(
        id=attendee.id,
        name=attendee.name,
        presence=str(presence_labels[presence]),
        tone=presence_tones[presence],
        language=language_name(attendee.language),
        is_unheard=presence is Presence.THERE and attendee.turns == 0 and attendee.spoke_in is None,
        speaks=attendee.speaks_since is not None,
        is_there=presence is Presence.THERE,
        has_left=presence is Presence.LEFT,
    )


def _climate(there: Sequence[Attendee], people: Sequence[Attendee], at: datetime) -> list[tuple[str, str]]:
    """How the room is, without a name (dialogue-and-safety.md §6.8)."""
    heard = sum(each.turns > 0 or each.spoke_in is not None for each in there)
    slower = sum(_is_recent(each.slower_at, at) for each in there)
    more_time = sum(_is_recent(each.more_time_at, at) for each in there)
    out = sum(each.presence == Presence.STEPPED_OUT for each in people)
    return [
        (str(gettext("Heard so far")), str(gettext("%(heard)s of %(there)s", heard=heard, there=len(there)))),
        (str(gettext("Want it slower")), str(slower)),
        (str(gettext("Need more time")), str(more_time)),
        (str(gettext("Taking a break")), str(out)),
    ]


def _is_recent(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and at - moment < services.WISH_LASTS
