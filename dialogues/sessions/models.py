"""Tables of a session: what is planned, who leads it, what people agree on, and everything that happened to it."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base
from participation.core.localized import LocalizedColumn, LocalizedText
from participation.core.policy import Space

from .states import LIVE, Overlay, State


class Meeting(enum.StrEnum):
    """Where people are while they talk."""

    ROOM = "room"
    ONLINE = "online"
    HYBRID = "hybrid"


class AgeBand(enum.StrEnum):
    """Whom a session is for; asked neutrally, kept as a band only (dialogue-and-safety.md Y1)."""

    CHILD = "13-15"
    TEEN = "16-17"
    ADULT = "18+"


class RoundKind(enum.StrEnum):
    """How a round goes (dialogue-and-safety.md L5)."""

    #: each in turn, passing allowed, a second chance at the end
    GO_AROUND = "go_around"
    #: whoever raises a hand, in the fair order
    OPEN_QUEUE = "open_queue"
    #: everybody writes, all is shown together
    SILENT_WRITE = "silent_write"
    #: two and two talk, then tell
    PAIRS = "pairs"
    #: one tells, others listen
    STORY = "story"
    #: choose an answer; shown when it is closed
    POLL = "poll"
    #: agree, disagree or pass on what others wrote
    STATEMENT_VOTE = "statement_vote"


class DialogueSession(Base):
    """One row is one conversation: planned, held, and followed up."""

    __tablename__ = "dialogue_session"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_begins"),
        CheckConstraint("sensitivity BETWEEN 1 AND 3", name="known_sensitivity"),
        CheckConstraint("capacity >= 1", name="somebody_fits"),
        Index("ix_dialogue_session_calendar", "state", "starts_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: its name in addresses, kebab-case
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    #: template it was made from, see `templates`
    template: Mapped[str] = mapped_column(String(30), default="")
    #: its name, as short as on a poster
    title: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: why people meet
    purpose: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: what will be spoken about, so that nobody is caught unprepared
    topics: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: who will hear it, and what they can change
    heard_by: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: authority that answers
    authority: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: address, floor, how to get in; or how to come online
    place: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: day by which the authority answers
    reply_due_on: Mapped[date | None]
    #: languages it is held in, tags
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: languages the facilitators speak themselves; others need an interpreter
    facilitated_in: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: 1 everyday, 2 touches people, 3 may hurt: everything typed is read by a facilitator first
    sensitivity: Mapped[int] = mapped_column(default=2)
    #: whom it is for, see `AgeBand`
    age_bands: Mapped[list[str]] = mapped_column(JSON, default=lambda: [AgeBand.ADULT.value])
    #: where people are, see `Meeting`
    meeting: Mapped[Meeting] = mapped_column(String(10), default=Meeting.ROOM)
    #: the city's own video room; empty where people meet in a room
    video_url: Mapped[str] = mapped_column(String(300), default="")
    #: most people
    capacity: Mapped[int] = mapped_column(default=24)
    #: fewest people with whom the agreement is begun
    fewest_people: Mapped[int] = mapped_column(default=4)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: lead facilitator
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    #: second facilitator, who cares for people while the lead leads
    second_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    #: safeguarding lead on call for the whole time
    safeguarding_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    #: number under which she is reached while it lasts
    safeguarding_phone: Mapped[str] = mapped_column(String(40), default="")
    #: day on which what people said is deleted
    keep_until: Mapped[date | None]
    #: version of the words people consent to
    consent_version: Mapped[str] = mapped_column(String(20), default="")
    #: when a facilitator tried out joining, on her own phone
    tried_at: Mapped[datetime | None]
    #: when residents could find it first
    announced_at: Mapped[datetime | None]
    #: where it stands
    state: Mapped[State] = mapped_column(String(20), default=State.DRAFT)
    #: what lies over it
    overlay: Mapped[Overlay] = mapped_column(String(20), default=Overlay.NONE)
    #: when a cool-down is meant to end; a facilitator ends it
    overlay_until: Mapped[datetime | None]
    #: agenda item it is at, during rounds
    item_id: Mapped[int | None]
    #: grows with every step; a console that shows an older one cannot act (L1)
    version: Mapped[int] = mapped_column(default=1)
    #: grows with what calendars show
    calendar_version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    #: when anything people see last changed
    changed_at: Mapped[datetime]

    @property
    def space(self) -> Space:
        """This session as a space that roles and contributions belong to."""
        return Space("session", self.id)

    @property
    def is_live(self) -> bool:
        """Whether people are there and facilitators lead."""
        return self.state in LIVE

    @property
    def is_for_minors(self) -> bool:
        """Whether anybody under 18 may come."""
        return any(band != AgeBand.ADULT for band in self.age_bands)

    @property
    def holds_words(self) -> bool:
        """Whether a facilitator reads what is typed before the group does (dialogue-and-safety.md §8.2)."""
        return self.is_for_minors or self.sensitivity == 3


class AgendaItem(Base):
    """One row is one round on the agenda."""

    __tablename__ = "dialogue_agenda_item"
    __table_args__ = (
        Index("ix_dialogue_agenda_item_order", "session_id", "position"),
        CheckConstraint("minutes BETWEEN 1 AND 240", name="lasts_minutes"),
        CheckConstraint("turn_seconds BETWEEN 45 AND 300", name="turns_are_bearable"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("dialogue_session.id", ondelete="CASCADE"))
    #: order, from 1
    position: Mapped[int]
    #: how it goes, see `RoundKind`
    kind: Mapped[RoundKind] = mapped_column(String(20))
    #: its name on the map of the agenda
    title: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: what people are asked, about their own experience
    prompt: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: minutes it is meant to take
    minutes: Mapped[int] = mapped_column(default=15)
    #: seconds of one turn before the clock turns soft (L4)
    turn_seconds: Mapped[int] = mapped_column(default=90)
    #: answers of a poll, in their order; stored as `LocalizedColumn` stores a text
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    #: whether answers to it are sensitive: results in words, never when all say the same (R10)
    is_sensitive: Mapped[bool] = mapped_column(default=False)
    #: whether people are in breakout rooms during it
    is_in_rooms: Mapped[bool] = mapped_column(default=False)


class AgreementLine(Base):
    """One row is one line of one version of what people agree on; a version is never changed once adopted."""

    __tablename__ = "dialogue_agreement_line"

    session_id: Mapped[int] = mapped_column(ForeignKey("dialogue_session.id", ondelete="CASCADE"), primary_key=True)
    #: version of the agreement, from 1
    version: Mapped[int] = mapped_column(primary_key=True)
    #: order, from 1
    position: Mapped[int] = mapped_column(primary_key=True)
    #: the line, as people read and accept it
    text: Mapped[LocalizedText] = mapped_column(LocalizedColumn)


class Interpreter(Base):
    """One row is one interpreter of one session and language."""

    __tablename__ = "dialogue_interpreter"
    __table_args__ = (UniqueConstraint("session_id", "language", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("dialogue_session.id", ondelete="CASCADE"))
    #: tag of the language
    language: Mapped[str] = mapped_column(String(20))
    #: as the facilitators call her
    name: Mapped[str] = mapped_column(String(80))


class JoinCode(Base):
    """One row is one code of six characters that leads to a session; a leaked one is closed and another made."""

    __tablename__ = "dialogue_join_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("dialogue_session.id", ondelete="CASCADE"), index=True)
    #: keyed hash of the code, by which it is found
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: with the secret, what the code is worked out from, so that it can be shown and printed
    seed: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
    #: when it stopped working; NULL while it works
    closed_at: Mapped[datetime | None]


class SessionEvent(Base):
    """One row is one thing that happened to a session, in order; rows are only appended (L1)."""

    __tablename__ = "dialogue_event"

    session_id: Mapped[int] = mapped_column(ForeignKey("dialogue_session.id", ondelete="CASCADE"), primary_key=True)
    #: position, from 1 without gaps; also the session's version after it
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: what happened, such as `moved` or `overlaid`
    kind: Mapped[str] = mapped_column(String(30))
    #: member of staff who did it; NULL for the program itself
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    #: further facts; never what anybody said
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
