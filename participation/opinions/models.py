"""Tables of statements and of people's votes on them."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base

#: Votes as they stand in forms.
VALUES = {"agree": 1, "disagree": -1, "pass": 0}
#: and back again
NAMES = {number: name for name, number in VALUES.items()}
#: Longest statement, in characters: one thought, readable on a phone at a glance.
MAX_STATEMENT = 280


class Author(enum.StrEnum):
    """Who put a statement forward."""

    CITY = "city"
    RESIDENT = "resident"
    IMPORT = "import"


class Statement(Base):
    """One row is one sentence people agree or disagree with; its words are a contribution."""

    __tablename__ = "opinion_statement"
    __table_args__ = (
        UniqueConstraint("step_id", "imported_id"),
        Index("ix_opinion_statement_order", "step_id", "is_open", "vote_count", "id"),
    )

    #: also the number in exports
    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("consultation_step.id", ondelete="CASCADE"))
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), unique=True)
    #: who wrote it
    author: Mapped[Author] = mapped_column(String(10))
    #: number it had in the conversation it was imported from
    imported_id: Mapped[int | None]
    #: whether people may vote on it now: released, not withdrawn
    is_open: Mapped[bool] = mapped_column(default=False)
    #: votes so far, so that the least seen come first; results are counted from the votes themselves
    vote_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class Vote(Base):
    """One row is where one person stands on one statement. Her latest vote counts."""

    __tablename__ = "opinion_vote"
    __table_args__ = (
        CheckConstraint("value IN (-1, 0, 1)", name="known_value"),
        Index("ix_opinion_vote_participant", "participant_id", "statement_id"),
    )

    statement_id: Mapped[int] = mapped_column(
        ForeignKey("opinion_statement.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True, autoincrement=False)
    #: 1 agree, -1 disagree, 0 pass
    value: Mapped[int] = mapped_column(SmallInteger)
    #: "this matters to me"
    matters: Mapped[bool] = mapped_column(default=False)
    #: day of the vote; no time, we do not need it
    voted_on: Mapped[date]


class PolisImport(Base):
    """One row is one imported conversation and how far it got, so that an interrupted import goes on."""

    __tablename__ = "polis_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 over the files and the declared sign: the same folder again is the same import
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("consultation_step.id", ondelete="CASCADE"))
    #: value that means "agree" in the files, as the importer declared
    agree_sign: Mapped[int] = mapped_column(SmallInteger)
    #: statements written so far
    statements_done: Mapped[int] = mapped_column(default=0)
    #: votes written so far
    votes_done: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ImportedPerson(Base):
    """One row is which participant one number of an imported conversation became."""

    __tablename__ = "polis_person"

    import_id: Mapped[int] = mapped_column(ForeignKey("polis_import.id", ondelete="CASCADE"), primary_key=True)
    #: number in the files
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    #: outside identifier, only where the importer asked to keep it
    xid: Mapped[str] = mapped_column(String(200), default="")
