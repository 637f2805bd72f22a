"""The log of what was pushed: written in the transaction of the change itself, read by whoever was away.

Each topic counts its events without a gap. The counter's row is locked until the commit, so that the order of numbers
is the order of commits, on PostgreSQL too: whoever has seen number 57 has missed nothing before it. Rows live for a
day; whoever comes back later loads the page anew. All functions work on the caller's connection and transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Index, String, Text, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from .database import Base

#: Hours an event can be fetched later.
KEPT_HOURS = 24
#: Days after its last event that a topic's counter is kept: far longer than any ticket, so that no number comes twice.
COUNTER_DAYS = 30
#: Begins the audience of a row that shows one member out.
CLOSING = "!"


class LiveTopic(Base):
    """One row is one topic and how many events it has had."""

    __tablename__ = "live_topic"

    #: such as `session:12:participants`
    topic: Mapped[str] = mapped_column(String(80), primary_key=True)
    #: number of its newest event
    sequence: Mapped[int]
    #: number up to which events may be gone from the log
    lost: Mapped[int]
    #: when that was
    changed_at: Mapped[datetime]


class LiveEvent(Base):
    """One row is one event as one audience sees it, or one member who is shown out."""

    __tablename__ = "live_event"
    __table_args__ = (Index("ix_live_event_created_at", "created_at"),)

    #: such as `session:12:participants`
    topic: Mapped[str] = mapped_column(String(80), primary_key=True)
    #: number of the event in its topic, from 1 without a gap
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: language and role, such as `ar/participant`; `!` and a member for whoever is shown out
    audience: Mapped[str] = mapped_column(String(80), primary_key=True)
    #: the fragment of HTML
    payload: Mapped[str] = mapped_column(Text)
    #: when it was published
    created_at: Mapped[datetime]


@dataclass(frozen=True)
class Event:
    """One event of a topic: what each audience sees of it."""

    sequence: int
    fragments: Mapping[str, str]


def append(connection: Connection, topic: str, fragments: Mapping[str, str], at: datetime) -> int:
    """Write the next event of `topic`; gives its number. Holds the topic's counter until the transaction ends."""
    connection.execute(_count[connection.dialect.name], {"topic": topic, "sequence": 1, "lost": 0, "changed_at": at})
    sequence = int(connection.execute(select(LiveTopic.sequence).where(LiveTopic.topic == topic)).scalar_one())
    rows = [
        {"topic": topic, "sequence": sequence, "audience": audience, "payload": html, "created_at": at}
        for audience, html in fragments.items()
    ]
    if rows:
        connection.execute(LiveEvent.__table__.insert(), rows)  # type: ignore[attr-defined]
    return sequence


def newest(connection: Connection, topics: Collection[str]) -> dict[str, int]:
    """The number of each topic's newest event; a topic that never had one is left out."""
    asked = select(LiveTopic.topic, LiveTopic.sequence).where(LiveTopic.topic.in_(sorted(topics)))
    return {row.topic: row.sequence for row in connection.execute(asked)}


def newest_of(connection: Connection, topic: str) -> int:
    """The number of the topic's newest event; 0 before the first."""
    return newest(connection, [topic]).get(topic, 0)


def reaches(connection: Connection, topic: str, position: int) -> bool:
    """Whether whoever has seen event `position` can be given everything that came after it."""
    found = connection.execute(select(LiveTopic.lost, LiveTopic.sequence).where(LiveTopic.topic == topic)).first()
    lost, sequence = found or (0, 0)
    return bool(lost <= position <= sequence)


def read_after(
    connection: Connection, topic: str, position: int, *, audience: str | None = None, most: int = 100
) -> list[Event]:
    """At most `most` events of `topic` after number `position`, in order; for one audience or for all."""
    asked = (
        select(LiveEvent.sequence, LiveEvent.audience, LiveEvent.payload)
        .where(LiveEvent.topic == topic, LiveEvent.sequence > position)
        .order_by(LiveEvent.sequence)
    )
    if audience is None:
        # whole events: the number of rows of each is not known, so the end is chosen by number
        asked = asked.where(LiveEvent.sequence <= position + most)
    else:
        asked = asked.where(LiveEvent.audience == audience).limit(most)
    return _gathered(connection.execute(asked).all())


def unbroken(events: list[Event]) -> list[Event]:
    """The last of `events` that follow one another without a gap."""
    kept: list[Event] = []
    for each in reversed(events):
        if kept and each.sequence != kept[-1].sequence - 1:
            break
        kept.append(each)
    return kept[::-1]


def read_latest(connection: Connection, topic: str, audience: str) -> Event | None:
    """The newest event of `topic` that this audience sees; None when there is none in the log."""
    asked = (
        select(LiveEvent.sequence, LiveEvent.audience, LiveEvent.payload)
        .where(LiveEvent.topic == topic, LiveEvent.audience == audience)
        .order_by(LiveEvent.sequence.desc())
        .limit(1)
    )
    return next(iter(_gathered(connection.execute(asked).all())), None)


def read_closings(connection: Connection, topic: str) -> dict[str, int]:
    """Members who were shown out, with the number of the event that did it last."""
    asked = (
        select(LiveEvent.audience, func.max(LiveEvent.sequence))
        .where(LiveEvent.topic == topic, LiveEvent.audience.like(f"{CLOSING}%"))
        .group_by(LiveEvent.audience)
    )
    return {audience.removeprefix(CLOSING): sequence for audience, sequence in connection.execute(asked)}


def erase(connection: Connection, topic: str, at: datetime) -> int:
    """Throw away what `topic` said so far; gives the number that stands for it. Who was shown out stays so."""
    sequence = append(connection, topic, {}, at)
    connection.execute(update(LiveTopic).where(LiveTopic.topic == topic).values(lost=sequence))
    said = LiveEvent.audience.not_like(f"{CLOSING}%")
    connection.execute(delete(LiveEvent).where(LiveEvent.topic == topic, said))
    return sequence


def prune(connection: Connection, at: datetime) -> tuple[str, int]:
    """Throw away events that are older than a day (a tidier, see `core.jobs`)."""
    is_old = LiveEvent.created_at < at - timedelta(hours=KEPT_HOURS)
    gone = select(LiveEvent.topic, func.max(LiveEvent.sequence)).where(is_old).group_by(LiveEvent.topic)
    for topic, sequence in connection.execute(gone).all():
        later = (LiveTopic.topic == topic) & (LiveTopic.lost < sequence)
        connection.execute(update(LiveTopic).where(later).values(lost=sequence))
    count = connection.execute(delete(LiveEvent).where(is_old)).rowcount
    connection.execute(delete(LiveTopic).where(LiveTopic.changed_at < at - timedelta(days=COUNTER_DAYS)))
    return "pushed fragments", count


def _gathered(rows: Sequence[Any]) -> list[Event]:
    """Rows as events, in the order of the rows."""
    found: dict[int, dict[str, str]] = {}
    for sequence, audience, payload in rows:
        found.setdefault(sequence, {})[audience] = payload
    return [Event(sequence, fragments) for sequence, fragments in found.items()]


def _counting(dialect: Any) -> Any:
    added = dialect.insert(LiveTopic)
    counted = {"sequence": LiveTopic.sequence + 1, "changed_at": added.excluded.changed_at}
    return added.on_conflict_do_update(index_elements=[LiveTopic.topic], set_=counted)


_count: dict[str, Any] = {"postgresql": _counting(postgresql), "sqlite": _counting(sqlite)}
