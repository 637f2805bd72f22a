"""Tables of fair moderation: what waits for a person, what was decided and why, and appeals."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base


class Action(enum.StrEnum):
    """What a person decided, least restrictive first."""

    RELEASE = "release"
    RETURN = "return"
    LIMIT = "limit"
    HIDE = "hide"
    REMOVE = "remove"
    RESTORE = "restore"


class Ground(enum.StrEnum):
    """What a restriction rests on."""

    RULE = "rule"
    LAW = "law"


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


class ReviewItem(Base):
    """One row is one contribution that waits, or waited, for a person."""

    __tablename__ = "review_item"
    __table_args__ = (Index("ix_review_item_open", "closed_at", "due_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), unique=True)
    source: Mapped[Source] = mapped_column(String(10))
    opened_at: Mapped[datetime]
    #: promise to the author: a person looks before this moment
    due_at: Mapped[datetime]
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    #: grows with each change, so that two moderators cannot decide over each other
    version: Mapped[int] = mapped_column(default=1)


class Decision(Base):
    """One row is one statement of reasons: complete, or it cannot be saved (dialogue-and-safety.md §8.3)."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("NOT decided_automatically", name="a_person_decides"),
        CheckConstraint(
            "action IN ('release', 'restore') OR (facts <> '' AND fit <> '' AND "
            "(rule_number IS NOT NULL OR law <> ''))",
            name="restriction_has_reasons",
        ),
        Index("ix_decision_contribution", "contribution_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    #: wording the decision is about
    contribution_version: Mapped[int]
    action: Mapped[Action] = mapped_column(String(10))
    #: state before, so that an undo within 30 seconds can restore it
    state_before: Mapped[str] = mapped_column(String(10))
    decided_by: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    decided_at: Mapped[datetime] = mapped_column(index=True)
    #: role under which it was decided; the author sees this, never the name
    decider_role: Mapped[str] = mapped_column(String(30))
    ground: Mapped[Ground | None] = mapped_column(String(6))
    #: number of the participation rule, where the ground is a rule
    rule_number: Mapped[int | None]
    #: the law by name, where the ground is a law
    law: Mapped[str] = mapped_column(String(200), default="")
    #: the words it is about, or what they were
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


class Outcome(enum.StrEnum):
    """What came of an appeal."""

    UPHELD = "upheld"
    CHANGED = "changed"
    REVERSED = "reversed"


class Appeal(Base):
    """One row is one author's appeal against one decision; somebody else decides it."""

    __tablename__ = "appeal"

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), unique=True)
    #: why its author thinks the decision is wrong
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(20))
    direction: Mapped[str] = mapped_column(String(4))
    made_at: Mapped[datetime]
    #: promise: decided before this moment
    due_at: Mapped[datetime] = mapped_column(index=True)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(String(10))
    #: why, to the author
    explanation: Mapped[str] = mapped_column(Text, default="")
    #: language of the explanation
    explanation_language: Mapped[str] = mapped_column(String(20), default="")
