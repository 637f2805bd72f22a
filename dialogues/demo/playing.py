"""Plays a conversation: twelve people come in, agree, raise hands and write, and a facilitator leads them through.

Each step is what a phone or a console would do, through the same services, in its own transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from dialogues import room
from dialogues.room import Arrival, Attendee, NoteKind, Presence
from dialogues.sessions import (
    DialogueSession,
    Doer,
    Lead,
    Overlay,
    State,
    agreement_version,
    get_session_by_id,
    lead_on,
    list_items,
    overlay,
)
from participation.accounts import Origin, find_staff, make_participant
from participation.core.clock import now
from participation.core.database import db
from participation.core.errors import DomainError
from participation.core.policy import Actor

from .loading import as_actor

#: How often the facilitator tries to go on while somebody has not agreed yet.
PATIENCE = 60
#: States from which the play can begin.
BEGINNINGS = (State.READY, State.LOBBY)


def find_playable() -> DialogueSession | None:
    """The next conversation of the demo's people that has not begun."""
    query = select(DialogueSession).where(DialogueSession.state.in_(BEGINNINGS))
    for session in db.session.execute(query.order_by(DialogueSession.starts_at)).scalars():
        lead = find_staff(session.lead_id) if session.lead_id is not None else None
        if lead is not None and lead.is_demo:
            return session
    return None


class Play:
    """One conversation being played."""

    def __init__(self, session_id: int, *, voices: Sequence[Mapping[str, Any]], secret: str) -> None:
        """`voices` are the people: a name, a language, and what each types in the rounds."""
        self.session_id = session_id
        self.voices = voices
        self.secret = secret
        self.people: list[int] = []

    @property
    def session(self) -> DialogueSession:
        """The session as it is now: between two steps others may have led it on."""
        return get_session_by_id(self.session_id)

    def steps(self, *, rounds: int) -> Iterator[str]:
        """Do one thing after the other; give a sentence about each. The caller commits after each."""
        if self.session.state == State.READY:
            yield self._lead(State.LOBBY)
        for voice in self.voices:
            yield self._come_in(voice)
        yield self._lead(State.AGREEMENT)
        for number in range(len(self.people)):
            yield self._agree(number)
        # a newcomer who watches may have come in: she is waited for, too
        for _ in range(PATIENCE):
            yield self._lead(State.CHECK_IN)
            if self.session.state != State.AGREEMENT:
                break
        for turn in range(rounds):
            yield self._lead(State.ROUND, list_items(self.session_id)[turn].id)
            yield from self._round(turn)
        yield self._lead(State.HARVEST)
        yield self._lead(State.CHECK_OUT)

    def _round(self, turn: int) -> Iterator[str]:
        for number, voice in enumerate(self.voices):
            if turn < len(voice["says"]) and number % 2 == turn % 2:
                yield self._write(number, voice["says"][turn], key=f"demo {turn}")
            elif number % 3 == turn % 3:
                yield self._speak(number)
        if turn == 1:
            yield self._note(0)
            yield self._pause(Overlay.COOL_DOWN)
            yield self._pause(Overlay.NONE)

    def _facilitator(self) -> Actor:
        staff = find_staff(self.session.lead_id or 0)
        return as_actor(staff) if staff is not None else Actor()

    def _lead(self, after: State, item_id: int | None = None) -> str:
        wish = Lead(after=after, seen=self.session.version, doer=Doer.FACILITATOR, item_id=item_id)
        try:
            lead_on(self.session, wish, by=self._facilitator(), at=now())
        except DomainError as trouble:
            return f"Not yet: {trouble}"
        return f"The facilitator leads on to {after}."

    def _pause(self, over: Overlay) -> str:
        try:
            overlay(self.session, over, seen=self.session.version, by=self._facilitator(), at=now())
        except DomainError as trouble:
            return f"Not now: {trouble}"
        return "The facilitator goes on." if over == Overlay.NONE else "The facilitator calls a quiet moment."

    def _come_in(self, voice: Mapping[str, Any]) -> str:
        person = make_participant(Origin.DEVICE, secret=self.secret, at=now())
        arrival = Arrival(participant_id=person.id, name=voice["name"], language=voice["language"])
        try:
            self.people.append(room.join(self.session, arrival, at=now()).id)
        except DomainError as trouble:
            return f"{voice['name']} stays outside: {trouble}"
        room.tell(self.session, at=now())
        return f"{voice['name']} comes in ({voice['language']})."

    def _person(self, number: int) -> Attendee:
        return next(each for each in room.list_attendees(self.session_id) if each.id == self.people[number])

    def _agree(self, number: int) -> str:
        return self._do(number, lambda person: room.agree(
            person, agreement_version(self.session_id), may_pool=number % 2 == 0
        ), "agrees")  # fmt: skip

    def _speak(self, number: int) -> str:
        def speak(person: Attendee) -> None:
            room.give_turn(self.session, person, at=now())

        return self._do(number, speak, "speaks")

    def _write(self, number: int, words: str, *, key: str) -> str:
        def write(person: Attendee) -> None:
            by = Actor(participant_id=person.participant_id)
            room.write(person, words, form_key=f"{key} {person.id}", by=by, at=now())

        return self._do(number, write, f"writes: {words}")

    def _note(self, number: int) -> str:
        def send(person: Attendee) -> None:
            room.send_note(person, NoteKind.BREAK, "", form_key=f"demo {person.id}", at=now())

        return self._do(number, send, "writes to the facilitators that a break would help")

    def _do(self, number: int, deed: Any, what: str) -> str:
        if number >= len(self.people):
            return "Somebody stayed outside."
        person = self._person(number)
        if person.presence == Presence.LEFT:
            return f"{person.name} has gone."
        try:
            deed(person)
        except DomainError as trouble:
            return f"{person.name}: not now ({trouble})"
        room.tell(self.session, at=now())
        return f"{person.name} {what}"
