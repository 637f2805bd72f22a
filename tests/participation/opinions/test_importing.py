"""A Polis conversation comes in whole, once, and with the very counts of its own matrix."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from participation.consultations.models import Consultation, Participation
from participation.contributions.models import Contribution, State
from participation.opinions import queries
from participation.opinions.importing import Wish, import_conversation
from participation.opinions.models import ImportedPerson, Statement, Vote
from participation.opinions.polis_files import PolisFolder
from tests.fixtures.time import Clock

CONVERSATIONS = (
    "15-per-hour-seattle",
    "american-assembly.bowling-green",
    "austria-climate.5twd2jsnkf.2022-08-08",
    "brexit-consensus",
    "scoop-hivemind.biodiversity",
    "vtaiwan.uberx",
)
SECRET = "for tests " + "0123456789" * 4

COMMENTS = """timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body
1530000000000,then,0,0,99,99,1,"=More trees, please"
1530000001000,then,2,1,0,0,-1,Something rude
1530000002000,then,3,7,0,0,0,"Two
lines"
"""
MATRIX = """participant,xid,group-id,n-comments,n-votes,n-agree,n-disagree,0,2,3
0,anna@city.example,0,1,2,1,1,1,,-1
1,,0,1,1,0,0,0,,
4,,,0,0,0,0,,,
"""


def write_folder(folder: Path, *, matrix: str = MATRIX, comments: str = COMMENTS) -> Path:
    """A small conversation with the traps of the large ones."""
    (folder / "comments.csv").write_text(comments, "utf-8")
    (folder / "participants-votes.csv").write_text(matrix, "utf-8")
    (folder / "summary.csv").write_text("topic,The square\nurl,https://polis.example/1\n", "utf-8")
    return folder


def bring_in(folder: Path, database: SQLAlchemy, clock: Clock, *, agree: int = 1, stop_after: int = 0) -> int:
    """Import as the command does, committing each slice; gives the step. Stops early when told to."""
    wish = Wish(slug="imported", language="en", agree=agree)
    progress = import_conversation(PolisFolder(folder, agree=agree), wish, secret=SECRET, at=clock.now)
    for number, _each in enumerate(progress, 1):
        database.session.commit()
        if number == stop_after:
            break
    return database.session.execute(sa.select(Statement.step_id).limit(1)).scalar_one_or_none() or 0


@pytest.mark.realdata
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_the_counts_of_a_real_conversation_equal_its_matrix(name: str, database: SQLAlchemy, clock: Clock) -> None:
    folder = Path(os.environ["REAL_DATA"]) / "polis" / name

    step_id = bring_in(folder, database, clock)

    expected = PolisFolder(folder, agree=1).matrix_totals()
    assert expected
    rows = database.session.execute(sa.select(Statement.id, Statement.imported_id))
    imported = {row[0]: row[1] for row in rows}
    counted = {
        imported[each.statement_id]: (each.agree, each.disagree, each.passed)
        for each in queries.statement_results([step_id])
    }
    assert {number: counted[number] for number in expected} == {
        number: (totals.agree, totals.disagree, totals.passes) for number, totals in expected.items()
    }
    counters = database.session.execute(sa.select(sa.func.sum(Statement.vote_count))).scalar_one()
    assert counters == database.session.execute(sa.select(sa.func.count()).select_from(Vote)).scalar_one()


def test_moderation_decides_what_can_be_voted_on(tmp_path: Path, database: SQLAlchemy, clock: Clock) -> None:
    bring_in(write_folder(tmp_path), database, clock)

    states = database.session.execute(
        sa.select(Statement.imported_id, Statement.is_open, Contribution.state)
        .join(Contribution, Contribution.id == Statement.contribution_id)
        .order_by(Statement.imported_id)
    ).all()
    assert [tuple(row) for row in states] == [
        (0, True, State.VISIBLE),
        (2, False, State.HIDDEN),
        (3, False, State.HELD),
    ]


def test_an_outside_identifier_is_dropped_unless_asked_for(tmp_path: Path, database: SQLAlchemy, clock: Clock) -> None:
    bring_in(write_folder(tmp_path), database, clock)

    assert set(database.session.execute(sa.select(ImportedPerson.xid)).scalars()) == {""}


def test_an_author_who_never_voted_is_somebody_too(tmp_path: Path, database: SQLAlchemy, clock: Clock) -> None:
    bring_in(write_folder(tmp_path), database, clock)

    numbers = set(database.session.execute(sa.select(ImportedPerson.number)).scalars())
    assert numbers == {0, 1, 4, 7}


def test_the_declared_sign_turns_votes_round(tmp_path: Path, database: SQLAlchemy, clock: Clock) -> None:
    step_id = bring_in(write_folder(tmp_path), database, clock, agree=-1)

    first = queries.statement_results([step_id])[0]
    assert (first.agree, first.disagree, first.passed) == (0, 1, 1)


def test_a_second_run_changes_nothing(tmp_path: Path, database: SQLAlchemy, clock: Clock) -> None:
    folder = write_folder(tmp_path)
    bring_in(folder, database, clock)
    before = counts(database)

    bring_in(folder, database, clock)

    assert counts(database) == before


@pytest.mark.parametrize("stop_after", [1, 2, 3, 4])
def test_an_import_that_was_killed_goes_on(stop_after: int, tmp_path: Path, database: SQLAlchemy, clock: Clock) -> None:
    folder = write_folder(tmp_path)
    bring_in(folder, database, clock, stop_after=stop_after)
    database.session.rollback()

    bring_in(folder, database, clock)

    assert counts(database) == {"consultation": 1, "people": 4, "statements": 3, "votes": 3}


@pytest.mark.parametrize(
    ("matrix", "sentence"),
    [
        (MATRIX.replace("1,,-1", "1,,5"), "participants-votes.csv, line 2: a vote must be 1, 0 or -1"),
        (MATRIX.replace("n-disagree,0,2,3", "n-disagree,0,2,99"), "it votes on a statement that has no text"),
        (MATRIX + "1,,0,1,1,0,0,0,,\n", "there is a second row for the same statement or person"),
        ("", "participants-votes.csv, line 1: the file is empty"),
    ],
)
def test_a_damaged_file_is_named_and_stores_nothing(
    matrix: str, sentence: str, tmp_path: Path, app: Flask, database: SQLAlchemy
) -> None:
    folder = write_folder(tmp_path, matrix=matrix)

    answer = app.test_cli_runner().invoke(args=["import", "polis", str(folder), "--agree", "1"])

    assert answer.exit_code == 1
    assert sentence in answer.output
    assert counts(database) == {"consultation": 0, "people": 0, "statements": 0, "votes": 0}


def test_a_sign_that_the_files_contradict_is_refused(tmp_path: Path, app: Flask, database: SQLAlchemy) -> None:
    matrix = MATRIX.replace("1,,0,1,1,0,0,0,,", "1,,0,1,1,1,0,1,,")
    folder = write_folder(tmp_path, matrix=matrix)

    answer = app.test_cli_runner().invoke(args=["import", "polis", str(folder), "--agree", "-1"])

    assert answer.exit_code == 1
    assert "say that 1 means agree" in answer.output
    assert counts(database)["consultation"] == 0


def test_a_folder_without_statements_is_refused(tmp_path: Path, app: Flask, database: SQLAlchemy) -> None:
    answer = app.test_cli_runner().invoke(args=["import", "polis", str(tmp_path), "--agree", "1"])

    assert answer.exit_code == 1
    assert "comments.csv is missing" in answer.output


def counts(database: SQLAlchemy) -> dict[str, int]:
    """How many rows an import made."""
    database.session.rollback()
    tables = {"consultation": Consultation, "people": Participation, "statements": Statement, "votes": Vote}
    return {
        name: database.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for name, table in tables.items()
    }
