"""Tables of what one person said, and of each wording it had."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base
from participation.core.errors import Conflict
from participation.core.policy import Space


class Permission(enum.StrEnum):
    """What the author allows to be done with her words. The one list of the whole product."""

    QUOTE = "quote"
    PARAPHRASE = "paraphrase"
    COUNT_ONLY = "count_only"
    STAFF_ONLY = "staff_only"
    DO_NOT_USE = "do_not_use"


class Channel(enum.StrEnum):
    """How the words reached us."""

    WEB = "web"
    PAPER = "paper"
    PHONE = "phone"
    IN_PERSON = "in_person"
    IMPORT = "import"
    #: written by the city itself (a seed statement)
    CITY = "city"


class State(enum.StrEnum):
    """Where a contribution stands (dialogue-and-safety.md §8.2, first form)."""

    #: a person has to look before others see it
    HELD = "held"
    #: others may see it as far as its surface allows
    VISIBLE = "visible"
    #: sent back with a reason; the author can mend and send again
    RETURNED = "returned"
    #: only the author and those who look after the space see it
    LIMITED = "limited"
    #: refused: nobody but its author and moderators sees it
    HIDDEN = "hidden"
    #: refused for the gravest reasons; only the sealed original remains until the end of the appeal
    REMOVED = "removed"
    #: taken back by its author
    WITHDRAWN = "withdrawn"
    #: deleted on the day that was promised; what was published with her leave stands, and she can still take it back
    EXPIRED = "expired"


#: There are no words any more; only that something was said stays counted.
GONE = frozenset({State.WITHDRAWN, State.EXPIRED})


class Mode(enum.StrEnum):
    """How a space is moderated, stamped on each contribution when it is sent."""

    #: nothing is public before a person released it (the default)
    HOLD = "hold"
    #: visible at once, moderated afterwards
    VISIBLE = "visible"


class Surface(enum.StrEnum):
    """Who reads the words by their nature, apart from any permission to quote them."""

    #: other participants read and vote on it
    PUBLIC = "public"
    #: those who look after the space read it
    STAFF = "staff"
    #: the group that speaks in one session reads it, each once she has agreed, and those who lead it
    GROUP = "group"


class Contribution(Base):
    """One row is what one person said, once, in one space, in her latest wording."""

    __tablename__ = "contribution"
    __table_args__ = (
        UniqueConstraint("participant_id", "form_key"),
        CheckConstraint("people_count >= 1", name="somebody_said_it"),
        Index("ix_contribution_space", "space_kind", "space_id", "state", "id"),
        Index("ix_contribution_queue", "state", "sent_at", "id"),
        Index("ix_contribution_subject", "subject_kind", "subject_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: NULL once its author erased herself, and for the city's own words
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    #: key of the form it came with; with the author unique, so that a resend makes no second row
    form_key: Mapped[str] = mapped_column(String(64))
    #: kind of the space it was said in, such as "consultation"
    space_kind: Mapped[str] = mapped_column(String(20))
    space_id: Mapped[int]
    #: what it answers: "step" (a question) or "statement"
    subject_kind: Mapped[str] = mapped_column(String(20))
    #: id of the step or statement set it belongs to
    subject_id: Mapped[int]
    #: who reads it by its nature
    surface: Mapped[Surface] = mapped_column(String(10), default=Surface.STAFF)
    #: her words, cleaned of control characters only; empty once withdrawn and past, or erased
    body: Mapped[str] = mapped_column(Text)
    #: BCP 47 tag she wrote in
    language: Mapped[str] = mapped_column(String(20))
    #: "ltr", "rtl" or "auto"
    direction: Mapped[str] = mapped_column(String(4))
    #: how the words reached us
    channel: Mapped[Channel] = mapped_column(String(10), default=Channel.WEB)
    #: how many people said it with one voice (a group entered by staff); 1 otherwise
    people_count: Mapped[int] = mapped_column(default=1)
    #: member of staff who wrote it down, for other channels
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    #: what its author allows; NULL when she chose nothing
    permission: Mapped[Permission | None] = mapped_column(String(12))
    #: what "nothing chosen" meant in this space when it was sent
    unset_permission: Mapped[Permission] = mapped_column(String(12), default=Permission.COUNT_ONLY)
    #: how the space was moderated when it was sent
    mode: Mapped[Mode] = mapped_column(String(10), default=Mode.HOLD)
    #: where it stands
    state: Mapped[State] = mapped_column(String(10), default=State.HELD)
    #: grows with each wording; decisions and translations say which one they are about
    version: Mapped[int] = mapped_column(default=1)
    #: when it was first sent
    sent_at: Mapped[datetime]
    #: when it last changed, for pages that are kept
    changed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    @property
    def space(self) -> Space:
        """Where it was said."""
        return Space(self.space_kind, self.space_id)

    @property
    def effective_permission(self) -> Permission:
        """What may be done with it: her choice, else what this space said that silence means."""
        return Permission(self.permission or self.unset_permission)

    @property
    def text(self) -> str:
        """Her words, under the name that every readable thing uses."""
        return self.body

    @property
    def is_gone(self) -> bool:
        """Whether there are no words any more: taken back, or past their time."""
        return self.state in GONE

    @property
    def is_public(self) -> bool:
        """Whether others read it now."""
        return self.state == State.VISIBLE and self.surface == Surface.PUBLIC

    def reword(self, body: str, direction: str, *, at: datetime) -> None:
        """Put new words in place of the old; where a person has to look first, they wait again."""
        self.body = body
        self.direction = direction
        self.version += 1
        self.changed_at = at
        if self.mode == Mode.HOLD or self.state != State.VISIBLE:
            self.state = State.HELD

    def take_back(self, *, at: datetime) -> None:
        """Empty it for good."""
        self.body = ""
        self.state = State.WITHDRAWN
        self.withdrawn_at = self.withdrawn_at or at
        self.changed_at = at

    def expire(self, *, at: datetime) -> None:
        """Empty it because its time is over; words taken back stay so."""
        if not self.is_gone:
            self.body, self.state, self.changed_at = "", State.EXPIRED, at

    def move_to(self, state: State, *, at: datetime) -> None:
        """Follow a moderator's decision.

        Raises:
            Conflict: its author took it back meanwhile, or its time is over.
        """
        if self.is_gone:
            raise Conflict
        self.state = state
        self.changed_at = at


class Wording(Base):
    """One row is one earlier wording of a contribution, kept sealed until the end of appeals."""

    __tablename__ = "contribution_wording"

    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True)
    #: which wording it was
    version: Mapped[int] = mapped_column(primary_key=True)
    #: the words as they were
    body: Mapped[str] = mapped_column(Text)
    #: BCP 47 tag she wrote in
    language: Mapped[str] = mapped_column(String(20))
    #: day it was replaced
    replaced_on: Mapped[date]
