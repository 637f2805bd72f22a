"""Who listens to what in this process, and what the last events were.

Knows nothing of sockets' arrival, Redis or SQL: it is told of nudges and phones, asks a `Reader` for the log, and
writes to phones. Everything happens on one event loop, so nothing here is locked.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from .live_bus import Nudge
from .live_log import CLOSING, Event
from .live_phone import BEAT, PATIENCE, Phone, event_bytes, refusal, reload_bytes

log = logging.getLogger(__name__)

#: Events of a topic kept in memory for those who come back soon, and their bytes at most.
KEPT_EVENTS = 200
KEPT_BYTES = 2_000_000
#: Streams one person may hold in one process; a further one ends her oldest.
MOST_STREAMS = 12


@dataclass(frozen=True)
class Chapter:
    """What the log holds of a topic after some number."""

    #: number of the topic's newest event
    newest: int
    events: list[Event]
    #: member → number of the event that showed her out
    closings: dict[str, int]
    #: whether the log reaches back to that number
    reaches: bool = True


class Reader(Protocol):
    """Reads the log without holding up the loop."""

    async def read(self, topic: str, after: int | None, audience: str | None = None) -> Chapter:
        """What came after number `after`; the last events when it is None."""

    async def newest(self, topics: list[str]) -> dict[str, int]:
        """The number of each topic's newest event."""


@dataclass
class Topic:
    """One topic that somebody here listens to."""

    name: str
    #: number of the newest event that was given to the phones; None until the log was read
    newest: int | None = None
    recent: deque[tuple[int, dict[str, bytes]]] = field(default_factory=deque)
    recent_bytes: int = 0
    phones: dict[str, set[Phone]] = field(default_factory=dict)
    closings: dict[str, int] = field(default_factory=dict)
    is_being_read: bool = False
    #: whether there may be more than what is being read just now
    is_read_again: bool = False

    def everybody(self) -> Iterator[Phone]:
        """All phones, whatever they see."""
        for phones in list(self.phones.values()):
            yield from list(phones)

    def keep(self, sequence: int, frames: dict[str, bytes]) -> None:
        """Remember an event for those who come back soon."""
        self.newest = sequence
        self.recent.append((sequence, frames))
        self.recent_bytes += sum(map(len, frames.values()))
        while len(self.recent) > KEPT_EVENTS or self.recent_bytes > KEPT_BYTES:
            self.recent_bytes -= sum(map(len, self.recent.popleft()[1].values()))

    def forget(self) -> None:
        """Remember no event."""
        self.recent.clear()
        self.recent_bytes = 0

    def missed_by(self, phone: Phone) -> list[tuple[int, bytes | None]] | None:
        """What came after what `phone` has seen; None when memory does not reach back that far."""
        if phone.position == self.newest:
            return []
        if self.newest is None or phone.position > self.newest:
            return None
        if not self.recent or phone.position < self.recent[0][0] - 1:
            return None
        return [(number, frames.get(phone.audience)) for number, frames in self.recent if number > phone.position]


class Hub:
    """All topics and phones of this process."""

    def __init__(self, reader: Reader) -> None:
        """`reader` is asked for the log."""
        self._reader = reader
        self.topics: dict[str, Topic] = {}
        self._members: dict[tuple[str, str], list[Phone]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.phone_count = 0

    def join(self, phone: Phone) -> None:
        """Take in a phone whose ticket was read; it is told what it missed."""
        name = phone.ticket.topic
        topic = self.topics.setdefault(name, Topic(name))
        topic.phones.setdefault(phone.audience, set()).add(phone)
        phone.on_ready, phone.on_gone = self._bring_up_to_date, self.leave
        self.phone_count += 1
        held = self._members.setdefault((name, phone.ticket.member), [])
        held.append(phone)
        if len(held) > MOST_STREAMS:
            held[0].end()
        if topic.newest is None:
            self._read(topic)
        else:
            self._welcome(topic, phone)

    def leave(self, phone: Phone) -> None:
        """Forget a phone that is gone; nothing is kept of a topic without phones."""
        topic = self.topics.get(phone.ticket.topic)
        phones = topic.phones.get(phone.audience) if topic else None
        if topic is None or not phones or phone not in phones:
            return
        phones.discard(phone)
        self.phone_count -= 1
        held = self._members[topic.name, phone.ticket.member]
        held.remove(phone)
        if not held:
            del self._members[topic.name, phone.ticket.member]
        if not phones:
            del topic.phones[phone.audience]
        if not topic.phones:
            del self.topics[topic.name]

    def hear(self, nudge: Nudge) -> None:
        """Pass on what a nudge brings; read the log where it leaves a gap."""
        topic = self.topics.get(nudge.topic)
        if topic is None or topic.newest is None or nudge.sequence <= topic.newest:
            return
        if nudge.fragments is not None and nudge.sequence == topic.newest + 1:
            self._pass_on(topic, Event(nudge.sequence, nudge.fragments))
        else:
            self._read(topic)

    async def look(self) -> None:
        """Read the log of each topic that has news nobody told us of."""
        found = await self._reader.newest(list(self.topics))
        for name, topic in list(self.topics.items()):
            if topic.newest is None or found.get(name, 0) > topic.newest:
                self._read(topic)

    def go_round(self, second: int, *, loop_time: float, seconds: float) -> None:
        """Let go of phones that hang or whose ticket ended (`seconds` since 1970); tell those of `second` we live."""
        for topic in list(self.topics.values()):
            for phone in topic.everybody():
                if phone.stuck_since is not None and loop_time - phone.stuck_since > PATIENCE:
                    phone.let_go()
                elif phone.ends_at < seconds:
                    phone.end()
                elif phone.beat_at == second:
                    phone.say(BEAT)
                    if phone.is_behind and phone.stuck_since is None:
                        self._bring_up_to_date(phone)  # the log could not be read for it the last time

    def _welcome(self, topic: Topic, phone: Phone) -> None:
        if topic.closings.get(phone.ticket.member, -1) > phone.ticket.position:
            phone.end(refusal())
            return
        phone.greet(self.phone_count)
        self._bring_up_to_date(phone)

    def _bring_up_to_date(self, phone: Phone) -> None:
        topic = self.topics.get(phone.ticket.topic)
        if topic is None or topic.newest is None or phone.is_read_for:
            return
        missed = topic.missed_by(phone)
        if missed is not None:
            phone.catch_up(missed)
        else:
            phone.is_read_for = True
            self._start(self._read_for(topic, phone))

    async def _read_for(self, topic: Topic, phone: Phone) -> None:
        try:
            chapter = await self._reader.read(topic.name, phone.position, phone.audience)
        finally:
            phone.is_read_for = False
        if not chapter.reaches:
            phone.position = chapter.newest
            phone.catch_up([])
            phone.say(reload_bytes(chapter.newest))
            return
        phone.catch_up([(each.sequence, _frame(each, phone.audience)) for each in chapter.events])
        if not chapter.events and phone.stuck_since is None:
            # its audience saw nothing of what came since
            phone.position = max(phone.position, chapter.newest)
        if topic.newest is not None and phone.position < topic.newest:
            phone.is_behind = True
            if phone.stuck_since is None:
                self._bring_up_to_date(phone)

    def _read(self, topic: Topic) -> None:
        topic.is_read_again = topic.is_being_read
        if not topic.is_being_read:
            topic.is_being_read = True
            self._start(self._read_topic(topic))

    async def _read_topic(self, topic: Topic) -> None:
        try:
            began = topic.newest
            chapter = await self._reader.read(topic.name, began)
        finally:
            topic.is_being_read = False
        topic.closings.update(chapter.closings)
        if began is None:
            self._begin(topic, chapter)
        elif not chapter.reaches:
            self._begin_anew(topic, chapter)
        else:
            for event in chapter.events:
                if topic.newest is not None and event.sequence == topic.newest + 1:
                    self._pass_on(topic, event)
        if topic.is_read_again or (topic.newest is not None and topic.newest < chapter.newest):
            self._read(topic)

    def _begin(self, topic: Topic, chapter: Chapter) -> None:
        for event in chapter.events:
            topic.keep(event.sequence, _frames(event))
        topic.newest = chapter.newest
        for phone in topic.everybody():
            self._welcome(topic, phone)

    def _begin_anew(self, topic: Topic, chapter: Chapter) -> None:
        topic.forget()
        topic.newest = chapter.newest
        for phone in topic.everybody():
            if phone.stuck_since is None and not phone.is_read_for:
                phone.position = chapter.newest
                phone.is_behind = False
                phone.say(reload_bytes(chapter.newest))
            else:
                phone.is_behind = True  # it is told once it reads again: neither memory nor log reach back to it

    def _pass_on(self, topic: Topic, event: Event) -> None:
        frames = _frames(event)
        topic.keep(event.sequence, frames)
        for audience, phones in topic.phones.items():
            data = frames.get(audience)
            for phone in phones:
                phone.offer(event.sequence, data)
        for audience in event.fragments:
            if audience.startswith(CLOSING):
                self._show_out(topic, audience.removeprefix(CLOSING), event.sequence)

    def _show_out(self, topic: Topic, member: str, sequence: int) -> None:
        topic.closings[member] = max(sequence, topic.closings.get(member, 0))
        for phone in list(self._members.get((topic.name, member), ())):
            if phone.ticket.position < sequence:
                phone.end()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("the log could not be read; it is tried again within a second")


def _frame(event: Event, audience: str) -> bytes | None:
    html = event.fragments.get(audience)
    return None if html is None else event_bytes(event.sequence, html)


def _frames(event: Event) -> dict[str, bytes]:
    return {
        audience: event_bytes(event.sequence, html)
        for audience, html in event.fragments.items()
        if not audience.startswith(CLOSING)
    }
