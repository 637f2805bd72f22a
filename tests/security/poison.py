"""Puts hostile words into every text that people or staff can have written, wherever the database keeps it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from participation.core.database import Base, db
from participation.core.localized import LocalizedColumn, LocalizedText
from tests.security.hostile import hostile_strings

#: Texts that are no words of anybody, by table and column; what is short is a name of the program's own.
NO_WORDS = frozenset(
    {
        ("staff", "email"),
        ("staff", "password_hash"),
        ("form_receipt", "location"),
        ("support_resource", "url"),
        ("city", "contact_email"),
    }
)
#: Short texts that somebody types nevertheless.
SHORT_WORDS = frozenset({("dialogue_interpreter", "name"), ("dialogue_session", "safeguarding_phone")})
#: Columns of JSON in which words stand.
WORDS_INSIDE = frozenset({("summary_release", "snapshot"), ("dialogue_agenda_item", "options")})
#: Columns shorter than this hold names of the program's own: states, tags, hashes.
SHORTEST = 100
#: Room that hostile words take in a name.
NAME = 90


def poison() -> dict[str, int]:
    """Add hostile words to every text; gives how many texts of which column."""
    payloads = itertools.cycle([each for each in hostile_strings() if 0 < len(each) < 400 and "\ud83d" not in each])
    done: dict[str, int] = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if is_words(table, column):
                done[f"{table.name}.{column.name}"] = _poison_column(table, column, payloads)
    db.session.commit()
    return {name: count for name, count in done.items() if count}


def is_words(table: sa.Table, column: sa.Column[Any]) -> bool:
    """Whether somebody writes what stands in this column."""
    if (table.name, column.name) in NO_WORDS:
        return False
    named = (table.name, column.name)
    if isinstance(column.type, LocalizedColumn) or named in SHORT_WORDS | WORDS_INSIDE:
        return True
    if isinstance(column.type, sa.Text):
        return True
    is_long = isinstance(column.type, sa.String) and (column.type.length or 0) >= SHORTEST
    return is_long and not isinstance(column.type, sa.Enum)


def _poison_column(table: sa.Table, column: sa.Column[Any], payloads: Iterator[str]) -> int:
    keys = list(table.primary_key.columns)
    rows = db.session.execute(sa.select(*keys, column.label("held")).where(column.is_not(None))).all()
    for row in rows:
        if not row.held:
            continue
        room = column.type.length if isinstance(column.type, sa.String) and column.type.length else 0
        changed = _spoilt(row.held, payloads, room)
        here = [key == value for key, value in zip(keys, row[:-1], strict=True)]
        db.session.execute(sa.update(table).where(*here).values({column.name: changed}))
    return sum(bool(row.held) for row in rows)


def _spoilt(held: Any, payloads: Iterator[str], room: int) -> Any:
    if isinstance(held, LocalizedText):
        for language in list(held.texts):
            held = held.with_text(language, f"{held.text_in(language)} {_several(payloads, 3)}")
        return held
    if isinstance(held, str):
        return f"{held} {_several(payloads, 1)}"[:room] if room else f"{held} {_several(payloads, 3)}"
    return _spoilt_json(held, payloads)


def _spoilt_json(held: Any, payloads: Iterator[str]) -> Any:
    """Every text with a space in it, which no name of the program's own has."""
    if isinstance(held, dict):
        return {name: _spoilt_json(value, payloads) for name, value in held.items()}
    if isinstance(held, list):
        return [_spoilt_json(value, payloads) for value in held]
    return f"{held} {_several(payloads, 2)}" if isinstance(held, str) and " " in held else held


def _several(payloads: Iterator[str], number: int) -> str:
    return " ".join(next(payloads).replace("\x00", "") for _ in range(number))
