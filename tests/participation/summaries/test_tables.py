"""Tables as files: byte for byte what each flavour promises, and a package a validator accepts."""

import csv
import io
import itertools
import json
import tracemalloc
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.summaries.tables import (
    Column,
    ColumnKind,
    ForeignKey,
    TableShape,
    WrittenFile,
    datapackage,
    excel_csv,
    guarded,
    machine_csv,
)

WORDS = TableShape(
    "findings",
    "What was found",
    (
        Column("finding", ColumnKind.NUMBER, "Number of the finding.", is_required=True),
        Column("sentence", ColumnKind.TEXT, "The sentence an officer signed."),
        Column("people", ColumnKind.NUMBER, "People cited, rounded to 5."),
    ),
    primary_key=("finding",),
)
FULL = TableShape(
    "answers",
    "What the council answered",
    (
        Column("answer", ColumnKind.NUMBER, "Number of the answer.", is_required=True),
        Column("finding", ColumnKind.NUMBER, "The finding it answers.", is_required=True),
        Column("says", ColumnKind.TEXT, "What the council says.", choices=("we_will", "partly", "we_cannot")),
        Column("due_on", ColumnKind.DAY, "Day until which."),
        Column("answered_at", ColumnKind.MOMENT, "When it was given."),
        Column("is_late", ColumnKind.TRUTH, "Whether the day has passed."),
    ),
    primary_key=("answer",),
    foreign_keys=(ForeignKey("finding", "findings", "finding"),),
)
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))
FULL_ROWS = [
    (1, 7, "we_will", date(2026, 5, 1), MOMENT, False),
    (2, 7, None, None, None, None),
    (3, 8, "partly", None, MOMENT, True),
]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def machine(shape, rows):
    return b"".join(machine_csv(shape, rows))


def excel(shape, rows):
    return b"".join(excel_csv(shape, rows))


def test_the_machine_file_is_plain_utf8_with_the_line_ends_of_rfc_4180():
    written = machine(WORDS, [(1, 'نص, "so"\nnext', 25), (2, "=1+1", None)])

    assert written == 'finding,sentence,people\r\n1,"نص, ""so""\nnext",25\r\n2,=1+1,\r\n'.encode()


def test_the_excel_file_begins_with_a_byte_order_mark():
    written = excel(WORDS, [(1, "=1+1", -5)])

    assert written == b"\xef\xbb\xbffinding,sentence,people\r\n1,'=1+1,-5\r\n"


@given(sentences=st.lists(texts, max_size=5))
def test_the_machine_file_gives_back_every_text(sentences):
    written = machine(WORDS, [(number, sentence, 5) for number, sentence in enumerate(sentences)])

    read = list(csv.reader(io.StringIO(written.decode(), newline="")))[1:]
    assert [row[1] for row in read] == sentences


@given(
    before=st.text("\t\r\n \x00\u200b\u200f\u202e\u2066\ufeff\xa0", max_size=4),
    sign=st.sampled_from("=+-@＝＋－＠−﹦⁺"),
    after=texts,
)
def test_no_text_in_the_excel_file_begins_like_a_formula(before, sign, after):
    written = excel(WORDS, [(1, before + sign + after, 5)])

    (row,) = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))[1:]
    assert row[1] == "'" + before + sign + after


@pytest.mark.parametrize("text", ["\tx", "\rx", "\nx", "\x00x"])
def test_texts_that_begin_with_a_control_are_guarded_too(text):
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=b", "5 - 3", "نص", "'quoted'", " plain", "1+1", "?", "¿Qué?", "–dash", "#tag"])
def test_ordinary_texts_stay_as_they_are(text):
    assert guarded(text) == text


def test_times_days_and_truths_are_spelled_as_iso_and_json_do():
    lines = machine(FULL, FULL_ROWS).decode().split("\r\n")

    assert lines[1:4] == [
        "1,7,we_will,2026-05-01,2026-01-02T01:04:05Z,false",
        "2,7,,,,",
        "3,8,partly,,2026-01-02T01:04:05Z,true",
    ]


@pytest.mark.parametrize("value", [datetime(2026, 1, 2), date(2026, 1, 2), "2026-01-02"])  # noqa: DTZ001 - refused
def test_a_moment_without_time_zone_is_refused(value):
    with pytest.raises(TypeError):
        machine(FULL, [(1, 7, None, None, value, None)])


def test_a_moment_is_no_day():
    with pytest.raises(TypeError):
        machine(FULL, [(1, 7, None, MOMENT, None, None)])


def test_a_text_is_no_truth():
    with pytest.raises(KeyError):
        machine(FULL, [(1, 7, None, None, None, "no")])


@pytest.mark.parametrize("flavour", [machine_csv, excel_csv])
def test_a_row_that_is_too_short_is_refused(flavour):
    with pytest.raises(ValueError, match="shorter"):
        list(flavour(FULL, [FULL_ROWS[0], (2, 7)]))


def test_a_text_is_guarded_in_the_excel_file_also_where_numbers_stand():
    assert excel(WORDS, [("=1+1", "plain", 5)]).endswith(b"\r\n'=1+1,plain,5\r\n")


@pytest.mark.parametrize("flavour", [machine_csv, excel_csv])
def test_rows_stream_through_in_little_memory(flavour):
    rows = ((number, f"sentence {number}", 5) for number in range(60_000))

    tracemalloc.start()
    size = sum(len(piece) for piece in flavour(WORDS, rows))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size > 1_000_000
    assert most < 1_500_000


def test_the_first_piece_comes_before_the_rows_are_read():
    pieces = machine_csv(WORDS, itertools.count())

    assert next(pieces) == b"finding,sentence,people\r\n"


@pytest.fixture
def package(tmp_path):
    findings = machine(WORDS, [(7, "=1+1, “so”\nنص", 25), (8, "plain", None)])
    answers = machine(FULL, FULL_ROWS)
    page = b"<!doctype html>"
    for name, content in {"findings.csv": findings, "answers.csv": answers, "summary.html": page}.items():
        (tmp_path / name).write_bytes(content)
    described = datapackage(
        name="summary-of-parks",
        title="Parks: what was said",
        identifier="urn:uuid:6f1c8f0a-5b0e-4f52-9c55-0f6e5f3f1c11",
        created_at=MOMENT,
        licence={"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/", "title": "CC BY 4.0"},
        tables=[
            (WORDS, WrittenFile.of("findings.csv", findings)),
            (FULL, WrittenFile.of("answers.csv", answers)),
        ],
        others=[WrittenFile.of("summary.html", page)],
    )
    (tmp_path / "datapackage.json").write_text(json.dumps(described, ensure_ascii=False), "utf-8")
    return tmp_path


def problems(folder):
    from frictionless import validate  # takes a second to load

    report = validate(str(folder / "datapackage.json"))
    assert report.stats["tasks"] >= 2
    return report.flatten(["type", "fieldName", "note"])


def test_a_validator_accepts_the_package(package):
    assert problems(package) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("answers.csv", b"1,7,we_will", b"1,9,we_will", "foreign-key"),
        ("answers.csv", b"we_will", b"perhaps", "constraint-error"),
        ("answers.csv", b"3,8,", b"1,8,", "primary-key"),
        ("findings.csv", b",25", b",many", "type-error"),
        ("findings.csv", b"plain", b"plane", "hash-count"),
        ("findings.csv", b"people", b"persons", "incorrect-label"),
    ],
)
def test_the_same_validator_refuses_a_package_that_was_tampered_with(package, file, old, new, expected):
    path = package / file
    path.write_bytes(path.read_bytes().replace(old, new, 1))

    assert expected in {kind for kind, *_ in problems(package)}


def test_the_package_says_what_the_second_version_of_the_standard_asks_for(package):
    described = json.loads((package / "datapackage.json").read_text("utf-8"))

    assert described["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert described["created"] == "2026-01-02T01:04:05Z"
    table = described["resources"][1]
    assert (table["name"], table["path"], table["encoding"], table["type"]) == (
        "answers",
        "answers.csv",
        "utf-8",
        "table",
    )
    schema = table["schema"]
    assert schema["missingValues"] == [""]
    assert schema["primaryKey"] == ["answer"]
    assert schema["fields"][2]["categories"] == ["we_will", "partly", "we_cannot"]
    assert described["resources"][2]["name"] == "summary.html"
