"""Tables of fair moderation: what waits for a person, what was decided and why, and appeals."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base
from participation.core.policy import Space


class Action(enum.StrEnum):
    """What a person decided, least restrictive first."""

    RELEASE = "release"
    RETURN = "return"
    LIMIT = "limit"
    HIDE = "hide"
    REMOVE = "remove"
    RESTORE = "restore"


#: What is no restriction: the author keeps everything.
FREEING = frozenset({Action.RELEASE, Action.RESTORE})


class Ground(enum.StrEnum):
    """What a restriction rests on."""

    RULE = "rule"
    LAW = "law"


class Gravity(enum.StrEnum):
    """Why nothing less than removing will do (dialogue-and-safety.md §8.2); nothing else allows it."""

    ILLEGAL = "illegal"
    DOXING = "doxing"
    SEXUAL_MINOR = "sexual_minor"
    THREAT = "threat"


class Source(enum.StrEnum):
    """Why something waits for a person."""

    #: the space holds everything until a person looked
    MODE = "mode"
    #: somebody reported it
    REPORT = "report"
    #: its author mended it and sent it again
    MENDED = "mended"
    #: somebody on the staff noticed it
    STAFF = "staff"


#: The condition that something waits, as the indexes have it.
WAITS = "closed_at IS NULL"


class ReviewItem(Base):
    """One row is one contribution that waits, or waited, for a person."""

    __tablename__ = "review_item"
    __table_args__ = (
        # only what waits is looked for by its promise, and that is little beside all that was ever decided
        Index("ix_review_item_open", "due_at", "id", sqlite_where=text(WAITS), postgresql_where=text(WAITS)),
        Index(
            "ix_review_item_space",
            "space_kind",
            "space_id",
            "due_at",
            "id",
            sqlite_where=text(WAITS),
            postgresql_where=text(WAITS),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), unique=True)
    #: space of the contribution, so that each moderator's queue is found without looking at all words
    space_kind: Mapped[str] = mapped_column(String(20))
    space_id: Mapped[int]
    #: why it waits for a person
    source: Mapped[Source] = mapped_column(String(10))
    opened_at: Mapped[datetime]
    #: promise to the author: a person looks before this moment
    due_at: Mapped[datetime]
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    #: grows with each change, so that two moderators cannot decide over each other
    version: Mapped[int] = mapped_column(default=1)

    @property
    def space(self) -> Space:
        """Where the words were said."""
        return Space(self.space_kind, self.space_id)

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person."""
        return self.closed_at is None

    def open_again(self, source: Source, *, at: datetime, due_at: datetime) -> None:
        """Put it back into the queue, unclaimed."""
        self.source = source
        self.opened_at = at
        self.due_at = due_at
        self.closed_at = self.claimed_by = self.claimed_at = None
        self.version += 1

    def close(self, *, at: datetime) -> None:
        """Take it out of the queue."""
        self.closed_at = at
        self.version += 1

    def claim(self, staff_id: int | None, *, at: datetime) -> None:
        """Note who looks at it; None gives it back."""
        self.claimed_by = staff_id
        self.claimed_at = at if staff_id is not None else None
        self.version += 1


class Decision(Base):
    """One row is one statement of reasons: complete, or it cannot be saved (dialogue-and-safety.md §8.3)."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("NOT decided_automatically", name="a_person_decides"),
        CheckConstraint(
            "action IN ('release', 'restore') OR (facts <> '' AND fit <> '' AND ground IS NOT NULL)",
            name="restriction_has_reasons",
        ),
        CheckConstraint("action <> 'remove' OR gravity IS NOT NULL", name="removal_is_grave"),
        CheckConstraint(
            "ground IS NULL OR (ground = 'rule' AND rule_number IS NOT NULL) OR (ground = 'law' AND law <> '')",
            name="ground_is_named",
        ),
        UniqueConstraint("id", "decided_by"),  # so that an appeal can say, checked, whom it is about
        Index("ix_decision_contribution", "contribution_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    #: wording the decision is about
    contribution_version: Mapped[int]
    #: what was decided
    action: Mapped[Action] = mapped_column(String(10))
    #: state before, so that an undo within 30 seconds can restore it
    state_before: Mapped[str] = mapped_column(String(10))
    #: whether the words waited in the queue before, so that an undo can put them back
    was_waiting: Mapped[bool] = mapped_column(default=True)
    decided_by: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    decided_at: Mapped[datetime] = mapped_column(index=True)
    #: role under which it was decided; the author sees this, never the name
    decider_role: Mapped[str] = mapped_column(String(30))
    #: what a restriction rests on
    ground: Mapped[Ground | None] = mapped_column(String(6))
    #: number of the participation rule, where the ground is a rule
    rule_number: Mapped[int | None]
    #: the law by name, where the ground is a law
    law: Mapped[str] = mapped_column(String(200), default="")
    #: why nothing less than removing would do
    gravity: Mapped[Gravity | None] = mapped_column(String(14))
    #: the words it is about, or what they were; a dash once their author took them back
    facts: Mapped[str] = mapped_column(Text, default="")
    #: why the ground fits these words, to the author
    fit: Mapped[str] = mapped_column(Text, default="")
    #: language in which `facts` and `fit` were written
    language: Mapped[str] = mapped_column(String(20), default="en")
    #: whether a program pointed it out
    detected_automatically: Mapped[bool] = mapped_column(default=False)
    #: always false
    decided_automatically: Mapped[bool] = mapped_column(default=False)
    #: last moment for an appeal; NULL where there is nothing to appeal
    appeal_until: Mapped[datetime | None]
    #: bulk decisions share one batch
    batch: Mapped[str] = mapped_column(String(32), default="", index=True)
    #: taken back by the decider within 30 seconds
    undone_at: Mapped[datetime | None]

    @property
    def restricts(self) -> bool:
        """Whether it takes something from the author, so that she is owed reasons."""
        return self.action not in FREEING


class Outcome(enum.StrEnum):
    """What came of an appeal."""

    UPHELD = "upheld"
    CHANGED = "changed"
    REVERSED = "reversed"


class Appeal(Base):
    """One row is one author's appeal against one decision; somebody else decides it."""

    __tablename__ = "appeal"
    __table_args__ = (
        ForeignKeyConstraint(
            ["decision_id", "first_decided_by"], ["decision.id", "decision.decided_by"], ondelete="CASCADE"
        ),
        CheckConstraint("decided_by <> first_decided_by", name="somebody_else_decides"),
        CheckConstraint(
            "(outcome IS NULL AND decided_by IS NULL AND decided_at IS NULL) OR "
            "(outcome IS NOT NULL AND decided_by IS NOT NULL AND decided_at IS NOT NULL AND explanation <> '')",
            name="outcome_is_explained",
        ),
        Index("ix_appeal_open", "decided_at", "due_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(unique=True)
    #: who made the decision it is about (the database checks that); she cannot decide the appeal
    first_decided_by: Mapped[int]
    #: why its author thinks the decision is wrong
    text: Mapped[str] = mapped_column(Text)
    #: BCP 47 tag the author wrote in
    language: Mapped[str] = mapped_column(String(20))
    #: "ltr", "rtl" or "auto"
    direction: Mapped[str] = mapped_column(String(4))
    made_at: Mapped[datetime]
    #: promise: decided before this moment
    due_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    #: decision that took the first one's place; NULL when the first one stands
    new_decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id", ondelete="SET NULL"), index=True)
    #: what came of it; NULL while it waits
    outcome: Mapped[Outcome | None] = mapped_column(String(10))
    #: why, to the author
    explanation: Mapped[str] = mapped_column(Text, default="")
    #: language of the explanation
    explanation_language: Mapped[str] = mapped_column(String(20), default="")
