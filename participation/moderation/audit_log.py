"""Reads of the chained log of what staff did. It holds nobody's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from participation.accounts import Staff
from participation.core.audit import AuditEntry
from participation.core.database import db
from participation.core.policy import Space

#: Entries on one page.
PAGE = 50


@dataclass(frozen=True)
class AuditFilter:
    """What of the log is shown; it stands in the address. An empty field narrows nothing."""

    #: number of a member of staff, or "program"
    staff: str = ""
    verb: str = ""
    #: what it was done to, such as "contribution:12"
    subject: str = ""
    space: str = ""
    #: last day, as a date field sends it
    until: str = ""

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> AuditFilter:
        """The filter in an address."""
        return cls(**{each.name: sent.get(each.name, "").strip()[:80] for each in fields(cls)})

    def address(self) -> dict[str, str]:
        """The parts that narrow something."""
        return {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name)}


def list_entries(
    chosen: AuditFilter, *, zone: str, before: int | None = None, limit: int = PAGE
) -> Sequence[AuditEntry]:
    """Entries that match, newest first, from before number `before` on. Days are those of the time zone `zone`."""
    query = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(limit)
    if chosen.staff == "program":
        query = query.where(AuditEntry.staff_id.is_(None))
    elif chosen.staff:
        query = query.where(AuditEntry.staff_id == _number(chosen.staff))
    for column, value in (
        (AuditEntry.verb, chosen.verb),
        (AuditEntry.subject, chosen.subject),
        (AuditEntry.space, chosen.space),
    ):
        if value:
            query = query.where(column == value)
    if (end := _end_of(chosen.until, zone)) is not None:
        query = query.where(AuditEntry.at < end)
    if before is not None:
        query = query.where(AuditEntry.number < before)
    return db.session.execute(query).scalars().all()


def list_verbs() -> Sequence[str]:
    """Every deed there is in the log."""
    return db.session.execute(select(AuditEntry.verb).distinct().order_by(AuditEntry.verb)).scalars().all()


def list_people() -> list[tuple[int, str]]:
    """Everybody on the staff, by name."""
    rows = db.session.execute(select(Staff.id, Staff.name).order_by(Staff.name, Staff.id))
    return [(row.id, row.name) for row in rows]


def space_of(key: str) -> Space | None:
    """The space that a key such as "consultation:3" names."""
    kind, _colon, number = key.partition(":")
    return Space(kind, _number(number)) if _number(number) else None


def _end_of(day: str, zone: str) -> datetime | None:
    """The first moment after `day`; None when that is no day."""
    try:
        following = date.fromisoformat(day) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(following, time(), ZoneInfo(zone)).astimezone(UTC)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
