"""Many rows at once: an import beside a bare `executemany`, and a CSV export beside `csv.writerows(cursor)`."""

from __future__ import annotations

import csv
import io
import os
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psycopg

from participation.core.clock import now
from participation.core.database import db, reading_only
from participation.opinions.importing import Wish, import_conversation
from participation.opinions.polis_files import PolisFolder
from participation.opinions.queries import iter_votes
from participation.summaries.tables import Column, ColumnKind, TableShape, machine_csv
from tests.benchmarks.city import SECRET, fill, make_program
from tests.benchmarks.pages import add_votes
from tests.benchmarks.rounds import Row, not_measured, wait_until_quiet
from tests.services import PostgreSQL

#: The largest of the real conversations; the same number of votes is made up where it is not there.
LARGEST = "polis/american-assembly.bowling-green"
MADE_UP = {"people": 2031, "statements": 896, "votes": 225_524}
EXPORTED = 1_000_000
INSERT = "INSERT INTO opinion_vote (statement_id, participant_id, value, matters, voted_on) VALUES (?, ?, ?, 0, ?)"
SELECT = """SELECT v.voted_on, v.statement_id, v.participant_id, v.value, v.matters FROM opinion_vote v
JOIN opinion_statement s ON s.id = v.statement_id WHERE s.step_id = {} ORDER BY v.participant_id, v.statement_id"""
#: Rows the bare export fetches at a time from PostgreSQL; more and fewer are slower.
FETCHED = 500
SHAPE = TableShape(
    "votes",
    "Votes",
    (
        Column("voted_on", ColumnKind.DAY, "Day of the vote"),
        Column("statement", ColumnKind.NUMBER, "Number of the statement"),
        Column("person", ColumnKind.NUMBER, "Number of the person"),
        Column("value", ColumnKind.NUMBER, "1 agree, 0 pass, -1 disagree"),
        Column("matters", ColumnKind.TRUTH, "Whether it matters to the person"),
    ),
    ("person", "statement"),
)


def measure_import(rounds: int, _seconds: float) -> list[Row]:
    """A whole conversation from its files into SQLite, committed in slices, beside its votes alone, one transaction."""
    with tempfile.TemporaryDirectory() as folder:
        source, name = find_conversation(Path(folder))
        ours, bare, votes = [], [], 0
        for number in range(max(2, rounds // 2)):
            wait_until_quiet()
            target = Path(folder) / f"target-{number}"
            target.mkdir()
            app = make_program(target)
            with app.app_context():
                ours.append(timed(lambda: _import(source)).seconds)
                db.session.remove()
                db.engine.dispose()
            taken, votes = _insert_again(target / "measured.sqlite3")
            bare.append(taken)
    what = f"import of {name} ({votes:,} votes), read from its files, beside a bare executemany of the same rows"
    return [Row(what, f"{median(ours):.1f} s", f"{median(bare):.2f} s", median(ours) / median(bare), "≤ 5")]


def measure_export(rounds: int, _seconds: float) -> list[Row]:
    """A million votes as CSV for machines, streamed from each of the databases."""
    if not hasattr(resource, "RUSAGE_SELF"):
        return [not_measured("export", "≥ 0.5", "no memory figures here")]
    rows = _measure_export("SQLite", "", rounds)
    cluster = PostgreSQL()
    try:
        return rows + _measure_export("PostgreSQL", cluster.url("export"), rounds)
    finally:
        cluster.stop()


def _measure_export(name: str, url: str, rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        app = make_program(Path(folder), url)
        city = fill(app, people=1)
        with app.app_context():
            add_votes(city, EXPORTED)
            db.session.commit()
            ours, bare, grown = [], [], 0.0
            list(machine_csv(SHAPE, _some(city.step_id, 10_000)))  # what one page of rows takes is taken
            for _ in range(rounds):
                wait_until_quiet()
                before = _memory()
                ours.append(timed(lambda: _export(city.step_id)))
                grown = max(grown, _memory() - before)
                bare.append(timed(lambda: _export_bare(city.url, city.step_id)))
            db.engine.dispose()
    rate_ours, rate_bare = (EXPORTED / median(each.seconds for each in side) for side in (ours, bare))
    cost_ours, cost_bare = (median(each.processor_seconds for each in side) for side in (ours, bare))
    return [
        Row(
            f"machine CSV of {EXPORTED:,} votes, {name}",
            f"{rate_ours:,.0f} rows/s",
            f"{rate_bare:,.0f} rows/s",
            rate_ours / rate_bare,
            "≥ 0.5",
            f"by processor time {cost_bare / cost_ours:.2f}",
        ),
        Row("memory it grows by, megabytes", f"{grown:.1f}", "–", grown, "≤ 20"),
    ]


def find_conversation(folder: Path) -> tuple[Path, str]:
    """The largest real conversation, or one of the same size."""
    real = Path(os.environ.get("REAL_DATA", "/nowhere")) / LARGEST
    if real.is_dir():
        return real, "a real conversation"
    made = folder / "made-up"
    made.mkdir()
    _make_up(made)
    return made, "a made-up conversation"


class Taken(NamedTuple):
    """How long something took, by the clock and by what this process used of the processor."""

    seconds: float
    processor_seconds: float


def timed(work: Callable[[], object]) -> Taken:
    """How long it took."""
    began, processor_began = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - began, time.process_time() - processor_began)


def _import(source: Path) -> None:
    wish = Wish(slug="taken-in", language="en", agree=1)
    for _progress in import_conversation(PolisFolder(source, agree=1), wish, secret=SECRET, at=now()):
        db.session.commit()


def _insert_again(path: Path) -> tuple[float, int]:
    """Take the imported votes out, and put the same rows back with nothing but the driver."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    rows = connection.execute(
        "SELECT statement_id, participant_id, value, voted_on FROM opinion_vote ORDER BY participant_id, statement_id"
    ).fetchall()
    connection.execute("DELETE FROM opinion_vote")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    began = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(INSERT, rows)
    connection.execute("COMMIT")
    taken = time.perf_counter() - began
    connection.close()
    return taken, len(rows)


def _export(step_id: int) -> None:
    with Path(os.devnull).open("wb") as file, reading_only():
        for piece in machine_csv(SHAPE, iter_votes([step_id])):
            file.write(piece)
        db.session.rollback()


def _some(step_id: int, count: int) -> list[tuple[object, ...]]:
    rows = iter_votes([step_id])
    found = [next(rows) for _ in range(count)]
    rows.close()  # type: ignore[attr-defined]
    db.session.rollback()
    return found


def _export_bare(url: str, step_id: int) -> None:
    with Path(os.devnull).open("w", encoding="utf-8", newline="") as file, ExitStack() as stack:
        if url.startswith("sqlite"):
            connection = stack.enter_context(closing(sqlite3.connect(url.removeprefix("sqlite:///"))))
            rows: Iterable[tuple[object, ...]] = connection.execute(SELECT.format("?"), (step_id,))
        else:
            server = stack.enter_context(psycopg.connect(url.replace("+psycopg", "")))
            cursor = stack.enter_context(server.cursor("votes"))
            cursor.itersize = FETCHED
            rows = cursor.execute(SELECT.format("%s"), (step_id,))
        csv.writer(file).writerows(rows)


def _memory() -> float:
    """Most megabytes this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _make_up(folder: Path) -> None:
    """Files as Polis exports them, with as many rows as the largest real conversation has."""
    chance = random.Random(1)
    people, statements = MADE_UP["people"], MADE_UP["statements"]
    pairs = chance.sample(range(people * statements), MADE_UP["votes"])
    votes = {(pair // statements, pair % statements): chance.choice((1, -1, 0)) for pair in pairs}
    stamp = 1_700_000_000_000
    _write(folder / "summary.csv", [["topic", "A made-up conversation"], ["voters", people], ["comments", statements]])
    comments = [
        [stamp, "", each, each % people, 0, 0, 1, f"Statement number {each} about the bridge"]
        for each in range(statements)
    ]
    head = ["timestamp", "datetime", "comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body"]
    _write(folder / "comments.csv", [head, *comments])
    events = [[stamp + number, "", each[1], each[0], value] for number, (each, value) in enumerate(votes.items())]
    _write(folder / "votes.csv", [["timestamp", "datetime", "comment-id", "voter-id", "vote"], *events])
    head = ["participant", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree", *range(statements)]
    matrix = [
        [person, "", 0, 0, 0, 0, *(votes.get((person, each), "") for each in range(statements))]
        for person in range(people)
    ]
    _write(folder / "participants-votes.csv", [[str(each) for each in head], *matrix])


def _write(path: Path, rows: list[list[object]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), "utf-8")
