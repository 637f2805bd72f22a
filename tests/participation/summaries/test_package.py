"""What leaves the house: files that describe themselves, tell of nobody, and can be checked by anybody."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from pathlib import Path

import frictionless
import pytest
import sqlalchemy as sa
from flask import Flask

from participation.accounts.models import Participant
from participation.consultations.models import Participation, Step
from participation.contributions.models import Contribution, Permission, State
from participation.contributions.services import withdraw_contribution
from participation.core.audit import AuditEntry
from participation.core.clock import now
from participation.core.policy import Actor, Role
from participation.opinions.models import Vote
from participation.summaries import snapshot
from participation.summaries.commands import list_troubles
from participation.summaries.models import Citation, SavedExport
from tests.browser import Browser
from tests.factories.accounts import make_staff, sign_in
from tests.factories.opinions import make_statement
from tests.factories.summaries import make_finding, make_release, make_voices, make_votes

#: Words of people who did not allow them to be quoted; one for each way in which words can be kept back.
CANARIES = {
    Permission.PARAPHRASE: "Canary told.",
    Permission.COUNT_ONLY: "Canary counted.",
    None: "Canary silent.",
}


@pytest.fixture
def summary(finished, database):
    """Released: one voice is quoted, others are only counted."""
    for permission, body in CANARIES.items():
        finished.voices += make_voices(finished.consultation, finished.open_step, 1, permission=permission, body=body)
    finding = make_finding(finished.consultation, *finished.voices, finished.statement, signed_by=finished.writer)
    quoted = sa.update(Citation).where(Citation.contribution_id == finished.voices[0].id).values(is_quoted=True)
    database.session.execute(quoted)
    release = make_release(finished.consultation, finished.writer)
    database.session.commit()
    finished.finding, finished.release = finding, release
    return finished


def public_zip(browser: Browser, summary) -> zipfile.ZipFile:
    answer = browser.get(summary.public + "/files.zip", queries=60)
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.get_data()))


def texts(package: zipfile.ZipFile) -> str:
    return "\n".join(package.read(name).decode() for name in package.namelist())


def rows(package: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(package.read(name).decode("utf-8-sig"), newline="")))


def test_the_public_zip_holds_the_page_the_tables_twice_and_the_snapshot(browser, summary):
    package = public_zip(browser, summary)

    assert set(package.namelist()) == {
        "summary.html",
        "summary-es.html",
        "summary-ar.html",
        *(f"{folder}{name}.csv" for folder in ("", "for-excel/") for name in TABLES),
        "snapshot.json",
        "datapackage.json",
    }


TABLES = ("findings", "questions", "statements", "people")


def test_no_unquoted_word_and_no_row_of_a_person_leaves_the_house(browser, summary, database):
    written = texts(public_zip(browser, summary))

    assert summary.voices[0].body in written
    for words in [*CANARIES.values(), *(voice.body for voice in summary.voices[1:12])]:
        assert words not in written
    for column in (Participant.nonce_hash, Participant.return_code_hash, Participation.reference):
        for kept in database.session.execute(sa.select(column).where(column != "")).scalars():
            assert kept not in written
    kept = json.loads(public_zip(browser, summary).read("snapshot.json"))
    assert not {"participant", "participant_id", "contribution_id", "staff", "email"} & set(every_key(kept))


def every_key(kept: object) -> list[str]:
    if isinstance(kept, dict):
        return [*kept, *(key for value in kept.values() for key in every_key(value))]
    return [key for value in kept for key in every_key(value)] if isinstance(kept, list) else []


def test_no_number_between_one_and_nine_stands_in_a_column_of_people(browser, summary):
    package = public_zip(browser, summary)

    for name in TABLES:
        for row in rows(package, f"{name}.csv"):
            counts = [row[each] for each in row if each in {"people", "answered", "agree", "pass", "disagree"}]
            assert not {str(number) for number in range(1, 10)} & set(counts), (name, row)
            assert all(int(count) % 5 == 0 for count in counts if count)


def test_a_formula_is_a_text_in_excel_and_untouched_for_machines(browser, summary):
    package = public_zip(browser, summary)

    assert rows(package, "statements.csv")[0]["words"] == "=The bridge needs benches."
    assert rows(package, "for-excel/statements.csv")[0]["words"] == "'=The bridge needs benches."
    assert package.read("for-excel/statements.csv").startswith(b"\xef\xbb\xbf")
    assert not package.read("statements.csv").startswith(b"\xef\xbb\xbf")


def test_frictionless_takes_it(browser, summary, tmp_path: Path):
    public_zip(browser, summary).extractall(tmp_path)

    report = frictionless.validate(str(tmp_path / "datapackage.json"))

    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "message"])
    assert report.stats["errors"] == 0


def test_the_page_in_the_zip_stands_alone(browser, summary):
    page = public_zip(browser, summary).read("summary-ar.html").decode()

    assert 'lang="ar" dir="rtl"' in page
    assert "<script" not in page
    assert "<link" not in page
    assert "<style>" in page
    assert "People want to sit. (ar)" in page
    assert 'src="' not in page


def test_the_same_release_gives_the_same_bytes(browser, summary):
    first, second = (browser.get(summary.public + "/files.zip", queries=60).get_data() for _ in range(2))

    assert first == second


def test_anybody_can_check_that_nothing_was_changed(browser, summary, tmp_path: Path):
    file, changed, other = tmp_path / "kept.zip", tmp_path / "changed.zip", tmp_path / "other.zip"
    file.write_bytes(browser.get(summary.public + "/files.zip", queries=60).get_data())
    with zipfile.ZipFile(file) as package, zipfile.ZipFile(changed, "w") as target:
        for name in package.namelist():
            content = package.read(name)
            target.writestr(name, content.replace(b"benches", b"cameras") if name == "snapshot.json" else content)
    other.write_text("no zip at all")

    assert list_troubles(file) == []
    assert list_troubles(changed) == [
        "snapshot.json was changed.",
        "The snapshot does not have the hash it was published with.",
    ]
    assert list_troubles(other) == ["This is not an export of a summary, or it is damaged."]


def test_a_word_taken_back_is_gone_from_every_file_at_once(browser, summary, database):
    body = summary.voices[0].body
    author = Actor(participant_id=summary.voices[0].participant_id)
    withdraw_contribution(summary.voices[0], by=author, at=now())
    database.session.commit()

    package = public_zip(browser, summary)

    assert body not in texts(package)
    described = json.loads(package.read("datapackage.json"))
    assert described["summary"]["sha256"] != described["summary"]["first_sha256"]
    assert len(described["summary"]["blanked"]) == 1


@pytest.mark.parametrize("table", TABLES)
def test_each_table_can_be_had_alone(browser, summary, table):
    machine = browser.get(f"{summary.public}/tables/{table}")
    excel = browser.get(f"{summary.public}/tables/{table}?for=excel")

    assert machine.mimetype == "text/csv"
    assert "attachment" in machine.headers["Content-Disposition"]
    assert excel.get_data().startswith(b"\xef\xbb\xbf")
    assert browser.get(f"{summary.public}/tables/votes").status_code == 404


# -- Rows of votes -------------------------------------------------------------------------------------------------


def test_rows_of_votes_leave_only_with_a_reason_that_is_kept(browser, summary, database):
    sign_in(browser, make_staff(Role.OFFICER), stepped_up_at=now())
    page = browser.get(summary.staff + "/summary/export")
    refused = browser.send(page, "export", reason="")
    assert refused.status_code == 422
    assert database.session.execute(sa.select(SavedExport)).all() == []

    answer = browser.send(page, "export", reason="A study of the university", queries=60)

    package = zipfile.ZipFile(io.BytesIO(answer.get_data()))
    votes = rows(package, "polis/votes.csv")
    assert len(votes) == 75
    assert {row["datetime"][11:19] for row in votes} == {"00:00:00"}
    people = database.session.execute(sa.select(Vote.participant_id)).scalars().all()
    assert not {str(each) for each in people} & {row["voter-id"] for row in votes}
    matrix = rows(package, "polis/participant-votes.csv")
    assert len(matrix) == 75
    assert {row["group-id"] for row in matrix} == {""}
    assert [row["participant"] for row in matrix] == sorted(row["participant"] for row in matrix)
    assert package.read("polis/participant-votes.csv") == package.read("polis/participants-votes.csv")
    saved = database.session.execute(sa.select(SavedExport)).scalar_one()
    assert (saved.kind, saved.reason) == ("staff", "A study of the university")
    assert "rows_exported" in database.session.execute(sa.select(AuditEntry.verb)).scalars().all()


def test_somebody_who_did_not_just_prove_who_she_is_proves_it_first(browser, summary):
    sign_in(browser, make_staff(Role.OFFICER))

    answer = browser.get(summary.staff + "/summary/export")

    assert answer.status_code == 303
    assert "/staff/prove" in answer.headers["Location"]


@pytest.mark.parametrize("role", [Role.AUTHORITY_READER, Role.MODERATOR, Role.SUMMARISER, Role.STEWARD])
def test_nobody_but_officers_takes_rows_out(browser, summary, role):
    sign_in(browser, make_staff(role, space=summary.consultation.space), stepped_up_at=now())

    assert browser.get(summary.staff + "/summary/export").status_code == 403


def test_the_public_zip_holds_no_rows_of_votes(browser, summary):
    assert not [name for name in public_zip(browser, summary).namelist() if name.startswith("polis")]


def open_data(browser, summary, database) -> zipfile.ZipFile:
    summary.consultation.has_open_votes = True
    database.session.commit()
    sign_in(browser, make_staff(Role.OFFICER), stepped_up_at=now())
    page = browser.get(summary.staff + "/summary/export")
    browser.send(page, "open-votes", queries=60)
    return public_zip(browser, summary)


def test_votes_become_open_data_once_where_people_were_told(browser, summary, database):
    package = open_data(browser, summary, database)
    again = public_zip(browser, summary)

    assert len(rows(package, "polis/votes.csv")) == 75
    assert package.read("polis/votes.csv") == again.read("polis/votes.csv")
    assert rows(package, "polis/comments.csv")[0]["comment-body"] == "=The bridge needs benches."
    page = browser.get(summary.staff + "/summary/export")
    assert "open data already" in page.words
    assert len(page.soup.find_all("form", method="post")) == 1


def test_open_votes_hold_no_statement_that_was_never_shown_and_no_word_taken_back(browser, summary, database):
    step = database.session.get(Step, summary.statement.step_id)
    hidden = make_statement(step, "Canary hidden statement.", is_open=False)
    make_votes(summary.consultation, hidden, agree=0, disagree=0, passes=0)
    author = summary.voices[1].participant_id
    words = database.session.get(Contribution, summary.statement.contribution_id)

    package = open_data(browser, summary, database)
    assert "Canary hidden" not in texts(package)
    assert {row["comment-id"] for row in rows(package, "polis/votes.csv")} == {str(summary.statement.id)}

    words.participant_id, words.state = author, State.VISIBLE
    withdraw_contribution(words, by=Actor(participant_id=author), at=now())
    database.session.commit()
    assert "The bridge needs benches" not in texts(public_zip(browser, summary))


def test_votes_stay_inside_where_nobody_was_told(browser, summary, database):
    sign_in(browser, make_staff(Role.OFFICER), stepped_up_at=now())

    page = browser.get(summary.staff + "/summary/export")

    assert "open data" not in page.words.lower()
    assert browser.get(summary.staff + "/summary/open-votes").status_code == 405


# -- On the command line -------------------------------------------------------------------------------------------


def test_the_command_writes_what_the_page_gives_and_verifies_it(app: Flask, browser, summary, tmp_path: Path):
    target = tmp_path / "summary.zip"
    runner = app.test_cli_runner()

    written = runner.invoke(args=["export", "summary", summary.consultation.slug, "--to", str(target)])
    verified = runner.invoke(args=["export", "verify", str(target)])

    assert written.exit_code == 0, written.output
    assert verified.exit_code == 0, verified.output
    from_page = public_zip(browser, summary)
    with zipfile.ZipFile(target) as from_command:
        assert {name: from_command.read(name) for name in from_command.namelist() if name.endswith(".csv")} == {
            name: from_page.read(name) for name in from_page.namelist() if name.endswith(".csv")
        }
    target.write_bytes(target.read_bytes()[:-200])
    assert runner.invoke(args=["export", "verify", str(target)]).exit_code == 1
    assert list(tmp_path.iterdir()) == [target]


def test_the_command_wants_an_officer_and_a_reason_for_rows(app: Flask, browser, summary, tmp_path: Path):
    target, runner = tmp_path / "rows.zip", app.test_cli_runner()
    officer, reader = make_staff(Role.OFFICER), make_staff(Role.AUTHORITY_READER)
    emails = officer.email, reader.email
    browser.get("/en/")  # keeps what was prepared

    def ask(email: str, reason: str):
        args = ["export", "summary", summary.consultation.slug, "--to", str(target), "--kind", "staff"]
        return runner.invoke(args=[*args, "--by", email, "--reason", reason])

    assert ask(emails[1], "A study of the university").exit_code == 1
    assert ask(emails[0], "").exit_code == 1
    assert not target.exists()
    assert ask(emails[0], "A study of the university").exit_code == 0
    with zipfile.ZipFile(target) as package:
        assert "polis/votes.csv" in package.namelist()


def test_a_summary_that_is_not_there_is_said_in_one_sentence(app: Flask, browser, finished, tmp_path: Path):
    answer = app.test_cli_runner().invoke(
        args=["export", "summary", finished.consultation.slug, "--to", str(tmp_path / "no.zip")]
    )

    assert answer.exit_code == 1
    assert "There is no released summary" in answer.output
    assert list(tmp_path.iterdir()) == []


def test_memory_stays_flat_however_many_statements_there_are(browser, summary, database):
    def peak(times: int) -> int:
        kept = json.loads(json.dumps(summary.release.snapshot))
        row = kept["statements"][0]
        kept["statements"] = [{**row, "number": number} for number in range(times)]
        summary.release.snapshot, summary.release.sha256 = kept, snapshot.digest(kept)
        database.session.commit()
        tracemalloc.start()
        assert browser.get(summary.public + "/tables/statements").status_code == 200
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few, many = peak(50), peak(2000)

    assert many < few + 2000 * 12_000
