"""Tables as files: CSV for machines, CSV for Excel, and the Data Package that describes them.

A `TableShape` says once what the columns are; the files and their description are made from it, so they cannot part.
Rows stream through in whatever form the database hands them over; nothing is held but some hundred rows. What may stand
in a table at all is decided before, in `core.disclosure`.

The two flavours (interface rules S9 and S12):

- *machine*: UTF-8 without byte order mark, RFC 4180, every text exactly as it is.
- *excel*: UTF-8 with byte order mark, and an apostrophe before each text that a spreadsheet could run as a formula,
  also where spaces or invisible signs stand first, and for the full-width forms. What was written can be read again
  by taking one apostrophe away from before such a text.
"""

import csv
import hashlib
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache

#: Fewer than the 700 new objects after which Python looks for garbage among them.
_ROWS_AT_ONCE = 500
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: Signs a spreadsheet takes for the beginning of a formula: ASCII, full width, small form, superscript, true minus.
_FORMULA_SIGNS = "=+\\-@＝＋－＠﹢﹣﹦﹫⁺⁻⁼\N{MINUS SIGN}"  # noqa: RUF001 - signs that look alike are the matter here
#: What a spreadsheet may skip before it looks for the sign.
_SKIPPED = r"\s\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
_LIKE_A_FORMULA = re.compile(f"[{_SKIPPED}]*[{_FORMULA_SIGNS}]|[\\t\\r\\n\\x00]")


class ColumnKind(StrEnum):
    """What stands in a column; the values are the types of Table Schema."""

    TEXT = "string"
    NUMBER = "integer"
    TRUTH = "boolean"
    DAY = "date"
    MOMENT = "datetime"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; the description is for somebody who has only the file."""

    name: str
    kind: ColumnKind
    description: str
    #: Whether every row has a value.
    is_required: bool = False
    #: The only values there are, where they are few.
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A column whose values stand in a column of another table of the package."""

    column: str
    table: str
    column_there: str


@dataclass(frozen=True, slots=True)
class TableShape:
    """What one table holds."""

    #: Lower case, also the name of the file without its ending.
    name: str
    title: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of the package as it was written."""

    #: Within the package, with forward slashes.
    path: str
    size_bytes: int
    #: SHA-256, 64 hexadecimal digits.
    sha256: str

    @classmethod
    def of(cls, path: str, content: bytes) -> "WrittenFile":
        """Measure a file that is at hand whole."""
        return cls(path, len(content), hashlib.sha256(content).hexdigest())


def machine_csv(shape: TableShape, rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The file for machines, in pieces."""
    return _pieces(shape, rows, guard=False)


def excel_csv(shape: TableShape, rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The file for Excel and other spreadsheets, in pieces."""
    yield _BYTE_ORDER_MARK
    yield from _pieces(shape, rows, guard=True)


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet could run it as a formula."""
    return f"'{text}" if _LIKE_A_FORMULA.match(text) else text


def datapackage(
    *,
    name: str,
    title: str,
    identifier: str,
    created_at: datetime,
    licence: Mapping[str, str],
    tables: Iterable[tuple[TableShape, WrittenFile]],
    others: Iterable[WrittenFile] = (),
) -> dict[str, object]:
    """What ``datapackage.json`` says, after Data Package version 2 (June 2024).

    ``tables`` are the machine files; ``others`` (a page, the Excel files) are named without being described.
    ``licence`` has at least "name" or "path".
    """
    resources = [_table_resource(shape, file) for shape, file in tables]
    resources += [_plain_resource(file) for file in others]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name,
        "id": identifier,
        "title": title,
        "created": _moment(created_at),
        "licenses": [dict(licence)],
        "resources": resources,
    }


def _pieces(shape: TableShape, rows: Iterable[Sequence[object]], *, guard: bool) -> Iterator[bytes]:
    yield _written([[column.name for column in shape.columns]])
    kinds = enumerate(column.kind for column in shape.columns)
    by_kind = {**_SPELLINGS, **_GUARDS} if guard else _SPELLINGS
    spellings = {place: by_kind[kind] for place, kind in kinds if kind in by_kind}
    stream = iter(rows)
    while batch := list(itertools.islice(stream, _ROWS_AT_ONCE)):
        yield _written(_spelled(batch, spellings) if spellings else batch)


def _written(rows: Iterable[Sequence[object]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode()


def _spelled(
    batch: Sequence[Sequence[object]], spellings: Mapping[int, Callable[[object], object]]
) -> Iterable[Sequence[object]]:
    """Rows with the values that Python's own spelling would not do for; column by column, which is far quicker."""
    columns: list[Iterable[object]] = list(zip(*batch, strict=True))
    for place, spell in spellings.items():
        columns[place] = map(spell, columns[place])
    return zip(*columns, strict=True)


def _moment(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(value)
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=4096)  # a table holds few days, many times
def _day(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise TypeError(value)
    return value.isoformat()


def _guarded_cell(value: object) -> object:
    return guarded(value) if isinstance(value, str) else value


_TRUTHS: Mapping[object, str | None] = {None: None, True: "true", False: "false"}
#: How values are spelled where Python's own spelling would not do; refuses what has no place in such a column.
_SPELLINGS: Mapping[ColumnKind, Callable[[object], object]] = {
    ColumnKind.MOMENT: _moment,
    ColumnKind.DAY: _day,
    ColumnKind.TRUTH: _TRUTHS.__getitem__,
}
#: The other kinds for spreadsheets: a text is guarded wherever it stands, and what `_SPELLINGS` gives is harmless.
_GUARDS: Mapping[ColumnKind, Callable[[object], object]] = {
    ColumnKind.TEXT: _guarded_cell,
    ColumnKind.NUMBER: _guarded_cell,
}


def _table_resource(shape: TableShape, file: WrittenFile) -> dict[str, object]:
    return {
        **_plain_resource(file),
        "name": shape.name,
        "title": shape.title,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fields": [_field(column) for column in shape.columns],
            "missingValues": [""],
            "primaryKey": list(shape.primary_key),
            "foreignKeys": [
                {"fields": [key.column], "reference": {"resource": key.table, "fields": [key.column_there]}}
                for key in shape.foreign_keys
            ],
        },
    }


def _plain_resource(file: WrittenFile) -> dict[str, object]:
    name = re.sub(r"[^a-z0-9._-]+", "-", file.path.lower()).strip("-")
    return {"name": name, "path": file.path, "bytes": file.size_bytes, "hash": f"sha256:{file.sha256}"}


def _field(column: Column) -> dict[str, object]:
    field: dict[str, object] = {"name": column.name, "type": column.kind.value, "description": column.description}
    constraints: dict[str, object] = {"required": True} if column.is_required else {}
    if column.choices:
        field["categories"] = list(column.choices)
        constraints["enum"] = list(column.choices)
    if constraints:
        field["constraints"] = constraints
    return field
