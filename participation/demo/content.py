"""Reads the demo's content files: every text in three languages, every day counted from the day of loading."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from participation.core.localized import LocalizedText

FOLDER = Path(__file__).parent
#: Hour of the city's day at which things of the past happened.
NOON = time(12)

Entry = dict[str, Any]


def read(name: str) -> Entry:
    """The file `name`.toml."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def text(table: Mapping[str, str] | None, source: str = "en") -> LocalizedText:
    """A text from its table of languages; an empty one when there is none."""
    if not table:
        return LocalizedText(source=source)
    return LocalizedText.of(table, source if source in table else next(iter(table)))


def listed(tables: Iterable[Mapping[str, str]], source: str = "en", mark: str = "• ") -> LocalizedText:
    """Many short texts as one, a paragraph each, in every language in which all of them exist."""
    rows = list(tables)
    languages = set.intersection(*(set(row) for row in rows)) if rows else set()
    ordered = [tag for tag in ("en", "es", "ar") if tag in languages]
    return text({tag: "\n\n".join(mark + row[tag].strip() for row in rows) for tag in ordered}, source)


def headed(entries: Iterable[Entry]) -> LocalizedText:
    """Sections with a title and a text as one text."""
    rows = [
        {tag: f"{entry['title'][tag]}\n\n{entry['text'][tag].strip()}" for tag in entry["title"]} for entry in entries
    ]
    return listed(rows, mark="")


class Days:
    """Turns the content's day offsets into days and moments, from the day of loading in the city's time zone."""

    def __init__(self, at: datetime, zone: str) -> None:
        """`at` is the moment of loading."""
        self.at = at
        self.zone = ZoneInfo(zone)
        self.today = at.astimezone(self.zone).date()

    def day(self, offset: int) -> date:
        """The day `offset` days from today."""
        return self.today + timedelta(days=offset)

    def midnight(self, offset: int) -> datetime:
        """The first moment of that day in the city."""
        return datetime.combine(self.day(offset), time(0), self.zone).astimezone(UTC)

    def moment(self, offset: int, minute: int = 0) -> datetime:
        """A moment on that day, never after the loading itself."""
        wished = datetime.combine(self.day(offset), NOON, self.zone).astimezone(UTC) + timedelta(minutes=minute)
        return min(wished, self.at)
