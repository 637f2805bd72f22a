"""Tables of a session while it is held: who is there, whose turn it is, and what is said to facilitators alone."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base

#: Longest name somebody can choose for a session, in characters.
MAX_NAME = 40
#: Longest note to the facilitators, in characters.
MAX_NOTE = 1000


class Presence(enum.StrEnum):
    """Where one person is in a session (dialogue-and-safety.md §5.2, sub-states)."""

    #: in the waiting room, or before the agreement
    WAITING = "waiting"
    #: has accepted the agreement in force and takes part
    THERE = "there"
    #: takes a break; nobody is told
    STEPPED_OUT = "stepped_out"
    #: has gone
    LEFT = "left"


class NoteKind(enum.StrEnum):
    """What somebody says to the facilitators alone (dialogue-and-safety.md L9)."""

    SAFETY = "safety"
    HARM = "harm"
    BREAK = "break"
    HELP = "help"
    OTHER = "other"


class Attendee(Base):
    """One row is one person in one session, under a name of her own choice."""

    __tablename__ = "dialogue_attendee"
    __table_args__ = (
        UniqueConstraint("session_id", "participant_id"),
        Index("ix_dialogue_attendee_presence", "session_id", "presence", "id"),
        CheckConstraint("turns >= 0 AND talk_seconds >= 0", name="spoke_some_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("dialogue_session.id", ondelete="CASCADE"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    #: what the others call her
    name: Mapped[str] = mapped_column(String(MAX_NAME))
    #: language she reads and writes in, a tag
    language: Mapped[str] = mapped_column(String(20))
    #: where she is: waiting, there, on a break, gone
    presence: Mapped[Presence] = mapped_column(String(12), default=Presence.WAITING)
    #: version of the agreement she accepted; 0 before
    agreed_version: Mapped[int] = mapped_column(default=0)
    #: whether facilitators may use her ideas, not her words (un-ticked; dialogue-and-safety.md A2)
    may_pool: Mapped[bool] = mapped_column(default=False)
    #: when she came in first
    joined_at: Mapped[datetime]
    #: since when her hand is up
    hand_at: Mapped[datetime | None]
    #: since when it is her turn
    speaks_since: Mapped[datetime | None]
    #: turns she had in this session (L3)
    turns: Mapped[int] = mapped_column(default=0)
    #: seconds of her turns together (L3)
    talk_seconds: Mapped[int] = mapped_column(default=0)
    #: agenda item in which she had her turn last
    spoke_in: Mapped[int | None]
    #: agenda item in which she passed last
    passed_in: Mapped[int | None]
    #: when she last asked to go slower
    slower_at: Mapped[datetime | None]
    #: when she last asked for more time
    more_time_at: Mapped[datetime | None]


class PrivateNote(Base):
    """One row is one message to the facilitators; nobody else reads it, and no log quotes it."""

    __tablename__ = "dialogue_private_note"
    __table_args__ = (
        UniqueConstraint("attendee_id", "form_key"),
        Index("ix_dialogue_private_note_session", "session_id", "answered_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("dialogue_session.id", ondelete="CASCADE"))
    attendee_id: Mapped[int] = mapped_column(ForeignKey("dialogue_attendee.id", ondelete="CASCADE"))
    #: the form's key: a note sent twice is one note
    form_key: Mapped[str] = mapped_column(String(32))
    #: what it is about
    kind: Mapped[NoteKind] = mapped_column(String(10))
    #: her words; may be empty, the kind says enough
    body: Mapped[str] = mapped_column(String(MAX_NOTE))
    #: language she wrote it in, a tag
    language: Mapped[str] = mapped_column(String(20))
    #: when it came
    sent_at: Mapped[datetime]
    #: what a facilitator answered, and when
    answer: Mapped[str] = mapped_column(String(MAX_NOTE), default="")
    #: the facilitator who answered
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    answered_at: Mapped[datetime | None]


class ShownRound(Base):
    """One row is one round of silent writing whose texts the whole group may read now."""

    __tablename__ = "dialogue_shown_round"

    item_id: Mapped[int] = mapped_column(ForeignKey("dialogue_agenda_item.id", ondelete="CASCADE"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("dialogue_session.id", ondelete="CASCADE"), index=True)
    #: when it was shown
    shown_at: Mapped[datetime]
    #: who showed it
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
