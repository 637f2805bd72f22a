"""Tables of summaries: findings and what they cite, releases that never change, and the ledger of released tables."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base
from participation.core.localized import LocalizedColumn, LocalizedText
from participation.core.policy import Space


class Finding(Base):
    """One row is one sentence an officer signs, resting on what it cites."""

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_space", "space_kind", "space_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_kind: Mapped[str] = mapped_column(String(20))
    space_id: Mapped[int]
    #: order in the summary, from 1
    position: Mapped[int]
    sentence: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    written_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    #: officer who stands by the sentence; NULL while it is a draft
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    signed_at: Mapped[datetime | None]

    @property
    def space(self) -> Space:
        """What it is a finding about."""
        return Space(self.space_kind, self.space_id)


class Citation(Base):
    """One row is one thing a finding rests on: somebody's words, or the result of a question or a statement."""

    __tablename__ = "finding_citation"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN contribution_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN step_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN statement_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="cites_one_thing",
        ),
        UniqueConstraint("finding_id", "contribution_id"),
        UniqueConstraint("finding_id", "step_id"),
        UniqueConstraint("finding_id", "statement_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id", ondelete="CASCADE"))
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"), index=True)
    #: a question whose result is cited
    step_id: Mapped[int | None] = mapped_column(ForeignKey("consultation_step.id"))
    #: a statement whose result is cited
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("opinion_statement.id"))
    #: whether the words themselves are shown (only with their author's permission)
    is_quoted: Mapped[bool] = mapped_column(default=False)


class Release(Base):
    """One row is one summary as it was released: an immutable, hashed snapshot.

    Only a withdrawn word may ever be blanked in it, which adds a dated footnote and a new hash; the first hash stays.
    """

    __tablename__ = "summary_release"
    __table_args__ = (
        UniqueConstraint("space_kind", "space_id", "number"),
        CheckConstraint("released_by IS NULL OR released_by <> prepared_by", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_kind: Mapped[str] = mapped_column(String(20))
    space_id: Mapped[int]
    #: counts releases of one space, from 1
    number: Mapped[int]
    prepared_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    prepared_at: Mapped[datetime]
    #: the second person; NULL while it waits for her
    released_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    released_at: Mapped[datetime | None]
    #: everything the public summary shows, in all its languages; see `snapshot.py`
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: SHA-256 of the canonical snapshot as it is served now
    sha256: Mapped[str] = mapped_column(String(64))
    #: SHA-256 as first released
    first_sha256: Mapped[str] = mapped_column(String(64))
    #: disclosure rules it was made with
    rule_version: Mapped[str] = mapped_column(String(20))
    #: when the votes without names were handed out as open data (once, after closing)
    open_votes_at: Mapped[datetime | None]

    @property
    def space(self) -> Space:
        """What it is a summary of."""
        return Space(self.space_kind, self.space_id)


class Footnote(Base):
    """One row is one blanking of a withdrawn word in a release."""

    __tablename__ = "release_footnote"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("summary_release.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    #: hash before and after
    sha256_before: Mapped[str] = mapped_column(String(64))
    sha256_after: Mapped[str] = mapped_column(String(64))


class LedgerTable(Base):
    """One row is one table that left the staff area, as it was shown; nothing is ever taken out (rule R11)."""

    __tablename__ = "disclosure_ledger"
    __table_args__ = (UniqueConstraint("release_id", "table_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("summary_release.id"))
    #: what was counted, such as `step:7` or `statement:12`
    table_key: Mapped[str] = mapped_column(String(60), index=True)
    #: the true counts, for audits against later releases; never shown
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: what was shown
    shown: Mapped[dict[str, Any]] = mapped_column(JSON)
    rule_version: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]


class SavedExport(Base):
    """One row is one export that left the building: who, what, why."""

    __tablename__ = "summary_export"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int | None] = mapped_column(ForeignKey("summary_release.id"))
    space_kind: Mapped[str] = mapped_column(String(20))
    space_id: Mapped[int]
    #: "public" or "staff"
    kind: Mapped[str] = mapped_column(String(10))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    #: why, for staff exports
    reason: Mapped[str] = mapped_column(String(500), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
