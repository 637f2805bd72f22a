"""Every file that leaves the house is opened again: no cell is a formula, nothing private stands in it.

The released words begin, each, with one of the signs that spreadsheets obey.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from participation.core.database import db
from participation.core.settings import ROOT
from participation.responses import Response
from participation.summaries import Release, tables
from tests.security.city import City
from tests.security.permissions import may_be_sent, read_readers
from tests.security.sending import Found, send
from tests.security.walking import knock

PLACE = "place-closed"
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "\t=1+1",
    " =1+1",
    "\u200b=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "−1",
    '=HYPERLINK("https://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "\ufeff@A1",
)
SIGNS = "=+-@＝＋－＠−﹢﹣﹦﹫⁺⁻⁼"
#: Everything that can be had of one released summary, and who takes it.
FILES = (
    *(
        ("stranger", f"/en/consultations/{PLACE}/summary/tables/{name}")
        for name in ("findings", "questions", "statements")
    ),
    *(
        ("stranger", f"/en/consultations/{PLACE}/summary/tables/{name}?for=excel")
        for name in ("findings", "questions", "statements", "people")
    ),
    ("stranger", f"/en/consultations/{PLACE}/summary/files.zip"),
    ("own", "/en/me/data.json"),
    ("stranger", "/en/sessions/calendar.ics"),
    ("stranger", "/en/sessions/talk-announced/calendar.ics"),
)


@dataclass
class Taken:
    """One file as it left the house."""

    name: str
    data: bytes
    #: files inside a ZIP by path
    inside: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, data: bytes) -> Taken:
        """The file, unpacked."""
        if not data.startswith(b"PK"):
            return cls(name, data, {name: data})
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            assert package.testzip() is None
            return cls(name, data, {each: package.read(each) for each in package.namelist()})

    def tables(self) -> Iterator[tuple[str, bool, list[list[str]]]]:
        """Each table: its name, whether it is for spreadsheets, and its rows."""
        for name, data in self.inside.items():
            if name.endswith(".csv") or "/tables/" in name:
                text = data.decode("utf-8-sig")
                yield name, data.startswith(b"\xef\xbb\xbf"), list(csv.reader(io.StringIO(text, newline="")))


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet might obey what stands in a cell; a number is a number."""
    bare = cell.lstrip(" \t\r\n\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\x00")
    try:
        float(cell)
    except ValueError:
        return (cell[:1] in "\t\r\n" and bool(cell)) or (bare[:1] in SIGNS and bool(bare))
    return False


def spoil(city: City) -> None:
    """Let every text of the released summary and of its answers begin as a formula does."""
    turn = itertools.cycle(FORMULAS)
    with city.app.app_context():
        for release in db.session.execute(sa.select(Release)).scalars():
            release.snapshot = _spoilt(release.snapshot, turn)
        for answer in db.session.execute(sa.select(Response)).scalars():
            answer.text = answer.text.with_text("en", f"{next(turn)} we will")
        db.session.commit()


def _spoilt(data: Any, turn: Iterator[str]) -> Any:
    if isinstance(data, dict):
        return {name: _spoilt(value, turn) for name, value in data.items()}
    if isinstance(data, list):
        return [_spoilt(value, turn) for value in data]
    return f"{next(turn)} {data}" if isinstance(data, str) and " " in data else data


def take_all(city: City, found: Found) -> list[Taken]:
    """Every file, the staff's one too."""
    taken = []
    for person, address in FILES:
        answer = knock(city, address, "GET", city.world.people[person])
        assert answer.status_code == 200, address
        taken.append(Taken.of(address, answer.get_data()))
    sending, values = found.taken["POST summaries.export_rows"]
    answer = send(city, sending, values)
    assert answer.mimetype == "application/zip"
    return [*taken, Taken.of("staff.zip", answer.get_data())]


@pytest.fixture
def files(city: City, found_forms: Found) -> list[Taken]:
    """Everything that leaves the house, with formulas in it."""
    spoil(city)
    return take_all(city, found_forms)


def formulas_in(files: list[Taken]) -> tuple[list[str], int, int]:
    """Cells that a spreadsheet might obey; how many cells were looked at; how many were made harmless."""
    found, cells, harmless = [], 0, 0
    for file in files:
        for name, is_for_spreadsheets, rows in file.tables():
            if is_for_spreadsheets:
                for cell in itertools.chain.from_iterable(rows):
                    cells += 1
                    harmless += cell.startswith("'") and is_formula(cell[1:])
                    if is_formula(cell):
                        found.append(f"{file.name} {name}: {cell[:60]!r}")
    return found, cells, harmless


def test_no_cell_for_a_spreadsheet_is_a_formula(files: list[Taken]) -> None:
    found, cells, harmless = formulas_in(files)

    assert found == []
    assert cells > 150
    assert harmless >= 20


def test_without_the_guard_formulas_would_be_found(
    city: City, found_forms: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "guarded", lambda text: text)
    spoil(city)

    found, _cells, harmless = formulas_in(take_all(city, found_forms))

    assert len(found) >= 20
    assert harmless == 0


def test_tables_for_machines_hold_exactly_what_was_released(city: City, files: list[Taken]) -> None:
    with city.app.app_context():
        released = db.session.execute(
            sa.select(Release.snapshot).where(
                Release.space_id == city.world.places["closed"].consultation_id, Release.released_at.is_not(None)
            )
        ).scalar_one()
    texts = set(_texts(released))
    package = next(file for file in files if file.name.endswith("files.zip"))
    by_machine = {
        name: rows
        for name, is_for_spreadsheets, rows in package.tables()
        if not is_for_spreadsheets and "/" not in name
    }
    held = {cell for rows in by_machine.values() for cell in itertools.chain.from_iterable(rows)}

    assert len(by_machine) >= 3
    assert {text for finding in released["findings"] for text in _texts(finding["sentence"]) if " " in text} <= held
    assert len([cell for cell in held if cell in texts and is_formula(cell)]) >= 5
    assert json.loads(package.inside["snapshot.json"]) == released
    for name, is_for_spreadsheets, rows in package.tables():
        if is_for_spreadsheets:
            plain = [[cell.removeprefix("'") if is_formula(cell[1:]) else cell for cell in row] for row in rows]
            assert plain == by_machine[name.rpartition("/")[2]], name


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _texts(each)


def test_no_file_holds_what_its_reader_may_not_see(city: City, files: list[Taken]) -> None:
    readers, met = read_readers(), set()
    persons = [*(person for person, _address in FILES), "officer@here"]
    for person, file in zip(persons, files, strict=True):
        for name, data in file.inside.items():
            for canary in city.world.canaries.found_in(name.encode() + data):
                met.add(canary.kind)
                assert may_be_sent(canary, person, readers), f"{file.name} {name} holds the {canary.kind}"

    assert "visible statement" in met


def test_names_of_files_and_people_stay_inside(files: list[Taken]) -> None:
    for file in files:
        assert b"participant_id" not in file.data
        for name, data in file.inside.items():
            if file.data.startswith(b"PK"):
                assert not name.startswith(("/", "..")), name
                assert "\\" not in name
            assert b"@city.example" not in data or name.endswith((".json", ".html")), name
            assert str(ROOT).encode() + b"/" not in data
            assert b"sqlite" not in data


@pytest.mark.parametrize("cell", ["=1", "+a", "-a", "@a", "\tx", "\u200b=1", "＝1", "−a"])
def test_a_formula_would_be_known_as_one(cell: str) -> None:
    assert is_formula(cell)


@pytest.mark.parametrize("cell", ["'=1", "-1", "1e5", "a=1", "", "2026-01-01"])
def test_what_is_no_formula_passes(cell: str) -> None:
    assert not is_formula(cell)
