"""Tables of summaries: findings and what they cite, releases that never change, and the ledger of released tables.

What a release shows is one JSON snapshot (`snapshot.py`). Beside it stand, for the program only, which findings it
holds and at which places of it somebody's words stand, so that a word that is withdrawn can be found and blanked.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base
from participation.core.localized import LocalizedColumn, LocalizedText
from participation.core.policy import Space


class FindingKind(enum.StrEnum):
    """How those who spoke stand to each other."""

    #: people agree
    SHARED = "shared"
    #: people disagree, and the summary says so
    DISAGREEMENT = "disagreement"
    #: few said it, and it matters all the same
    MINORITY = "minority"


class Cover(Base):
    """One row is what stands at the head of the next summary of one space."""

    __tablename__ = "summary_cover"

    space_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    space_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: the whole summary in one sentence
    headline: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: a few sentences; how many took part is counted and stands before them
    introduction: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    written_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    changed_at: Mapped[datetime]


class Finding(Base):
    """One row is one sentence an officer signs, resting on what it cites."""

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_space", "space_kind", "space_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_kind: Mapped[str] = mapped_column(String(20))
    space_id: Mapped[int]
    #: order in the summary, from 1
    position: Mapped[int]
    #: how those who spoke stand to each other
    kind: Mapped[FindingKind] = mapped_column(String(12), default=FindingKind.SHARED)
    #: what an officer signs
    sentence: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: who wrote the sentence as it stands now
    written_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    #: officer who stands by the sentence; NULL while it is a draft
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    signed_at: Mapped[datetime | None]
    #: when it was taken out of the next summary; kept, since released summaries and answers may hold it
    retired_at: Mapped[datetime | None]

    @property
    def is_signed(self) -> bool:
        """Whether somebody stands by the sentence as it is."""
        return self.signed_by is not None

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
        CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", name="released_by_somebody"),
        Index(
            "ix_summary_release_waiting",
            "space_kind",
            "space_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
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
    rule_version: Mapped[str] = mapped_column(String(60))
    #: when the votes without names were handed out as open data (once, after closing)
    open_votes_at: Mapped[datetime | None]

    @property
    def space(self) -> Space:
        """What it is a summary of."""
        return Space(self.space_kind, self.space_id)


class ReleasedFinding(Base):
    """One row is one finding of one release, in its place."""

    __tablename__ = "released_finding"

    release_id: Mapped[int] = mapped_column(ForeignKey("summary_release.id", ondelete="CASCADE"), primary_key=True)
    #: place in the snapshot's list, from 0
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    #: the sentence as it was released, for lists that need no whole snapshot
    sentence: Mapped[LocalizedText] = mapped_column(LocalizedColumn)


class ReleasedWords(Base):
    """One row is one person's words that one release rests on, and where in the snapshot they can be read."""

    __tablename__ = "released_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("summary_release.id", ondelete="CASCADE"), index=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), index=True)
    #: finding that cites them; NULL for a statement's own words
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("finding.id"))
    #: path in the snapshot, such as `findings.0.quotes.2`; empty where they are only counted
    place: Mapped[str] = mapped_column(String(60), default="")


class Footnote(Base):
    """One row is one blanking of a withdrawn word in a release."""

    __tablename__ = "release_footnote"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("summary_release.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    #: hash before and after
    sha256_before: Mapped[str] = mapped_column(String(64))
    #: hash after it
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
    #: disclosure rules it was shown under
    rule_version: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]


class OpenVotes(Base):
    """One row is the one file of votes without names that was handed out with a release; without any words."""

    __tablename__ = "open_votes"

    release_id: Mapped[int] = mapped_column(ForeignKey("summary_release.id"), primary_key=True)
    #: ZIP with the votes in Polis's form and the statements' facts; see `open_votes.py`
    content: Mapped[bytes] = mapped_column(LargeBinary)


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
    #: SHA-256 of the file that left
    sha256: Mapped[str] = mapped_column(String(64), default="")
