"""The audit log: who on the staff (or the program itself) did what to what, chained so that tampering shows.

Rows are only ever appended. Each carries the hash of the one before it (`audit_chain`), so that an edited, deleted or
swapped row breaks the chain at that place. Residents' own answers and votes are not audit rows. No row holds what
anybody said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, mapped_column

from .audit_chain import GENESIS, entry_hash, first_broken
from .database import Base, db
from .policy import Actor, Space


class AuditEntry(Base):
    """One row is one deed."""

    __tablename__ = "audit_entry"

    #: position in the chain, from 1 without gaps
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: when it was done
    at: Mapped[datetime] = mapped_column(index=True)
    #: id of the member of staff; NULL for the program itself
    staff_id: Mapped[int | None] = mapped_column(index=True)
    #: past-tense verb with its subject, such as `contribution_hidden`
    verb: Mapped[str] = mapped_column(String(60), index=True)
    #: what it was done to, such as `contribution:12`
    subject: Mapped[str] = mapped_column(String(80), index=True)
    #: space it happened in, such as `consultation:3`, or empty
    space: Mapped[str] = mapped_column(String(80), default="", index=True)
    #: further facts; never anybody's words, names or codes
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: hash of the row before, 64 hexadecimal digits
    previous_hash: Mapped[str] = mapped_column(String(64))
    #: hash of this row
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    def facts(self) -> dict[str, Any]:
        """What is hashed: every column but the two hashes."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "staff_id": self.staff_id,
            "verb": self.verb,
            "subject": self.subject,
            "space": self.space,
            "details": self.details,
        }


def note(verb: str, subject: str, *, by: Actor, at: datetime, space: Space | None = None, **details: Any) -> AuditEntry:
    """Append one deed to the chain, in the transaction of the deed itself.

    Two at once cannot take the same number (primary key): on PostgreSQL the row before is locked until the commit, on
    SQLite there is one writer.
    """
    return note_all([Deed(verb, subject, space, details)], by=by, at=at)[0]


@dataclass(frozen=True)
class Deed:
    """One deed that is about to be noted; see the columns of `AuditEntry`."""

    verb: str
    subject: str
    space: Space | None = None
    details: dict[str, Any] = field(default_factory=dict)


def note_all(deeds: Sequence[Deed], *, by: Actor, at: datetime) -> list[AuditEntry]:
    """Append several deeds of one moment to the chain, in order; a row each."""
    last = db.session.execute(
        select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1).with_for_update()
    ).scalar_one_or_none()
    number, previous = (last.number, last.hash) if last else (0, GENESIS)
    entries = []
    for deed in deeds:
        number += 1
        entry = AuditEntry(
            number=number,
            at=at,
            staff_id=by.staff_id,
            verb=deed.verb,
            subject=deed.subject,
            space=str(deed.space) if deed.space else "",
            details=deed.details,
            previous_hash=previous,
        )
        entry.hash = previous = entry_hash(previous, entry.facts())
        entries.append(entry)
    db.session.add_all(entries)
    db.session.flush()
    return entries


def find_first_broken_entry() -> int | None:
    """Number of the first row that was tampered with, or None when the whole chain holds."""
    query = select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=1000)
    with db.session.execute(query) as rows:  # closed also when the chain breaks before its end
        return first_broken((row.facts(), row.previous_hash, row.hash) for row in rows.scalars())
