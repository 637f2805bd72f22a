"""Everything comes back as it was, or the restore says why not (security.md T19)."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from participation.core import backup
from participation.core.audit import find_first_broken_entry, note
from participation.core.backup import BackupProblem, hash_tables, make_backup, read_manifest, restore_backup
from participation.core.clock import now
from participation.core.database import db
from participation.core.jobs import last_done
from participation.core.policy import SYSTEM, Role, Space
from tests.factories.accounts import make_staff
from tests.factories.contributions import make_contribution
from tests.fixtures.databases import SECRET, Backend, Backends, make_app, make_settings

TRICKY = '‏مرحبا, "quoted"\n=SUM(A1)\t\'; DROP TABLE staff; --  é é 🪑'


@pytest.fixture
def filled(database: Any) -> dict[str, tuple[int, str]]:
    """A database with something in it; gives what its tables hash to."""
    make_staff(Role.OFFICER, space=Space("consultation", 1))
    for number in range(30):
        make_contribution(Space("consultation", 1), body=f"{TRICKY} {number}")
        note("tested", f"contribution:{number}", by=SYSTEM, at=now(), kind="drill", words=None)
    db.session.commit()
    with db.engine.connect() as connection:
        return hash_tables(connection)


@pytest.fixture
def elsewhere(
    database: Any, backend: Backend, backends: Backends, tmp_path: Path, database_engine: str
) -> Iterator[Flask]:
    """The same program on a clean host: an empty database of the same engine."""
    changes = {}
    if database_engine == "postgresql":
        changes = {"database_url": backends.postgresql.url("restored")}
    folder = tmp_path / "clean"
    folder.mkdir()
    program = make_app(make_settings(folder, **changes))
    if database_engine == "postgresql":
        with program.app_context(), db.engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    yield program
    with program.app_context():
        db.engine.dispose()


def run(program: Flask, *words: str) -> Any:
    with program.app_context():  # else the command would run in the context of the test's own program
        return program.test_cli_runner().invoke(args=list(words))


def make(tmp_path: Path) -> Path:
    file = tmp_path / "backup.zip"
    make_backup(db.engine, file, secret=SECRET, at=now())
    return file


def rewrite(file: Path, **changes: Any) -> None:
    """Change the manifest of a backup."""
    with zipfile.ZipFile(file) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    manifest = {**json.loads(contents[backup.MANIFEST]), **changes}
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in {**contents, backup.MANIFEST: json.dumps(manifest).encode()}.items():
            archive.writestr(name, content)


def test_the_drill(filled: dict[str, tuple[int, str]], elsewhere: Flask, backend: Backend, tmp_path: Path) -> None:
    """Backup here, restore on a clean host, compare every table and the audit chain, and use it."""
    file = tmp_path / "today.zip"
    saved = run(backend.app, "backup", str(file))
    assert saved.exit_code == 0, saved.output

    restored = run(elsewhere, "restore", str(file))

    assert restored.exit_code == 0, restored.output
    assert "The chain of the audit log holds." in restored.output
    with elsewhere.app_context():
        with db.engine.connect() as connection:
            found = hash_tables(connection)
        assert {name: found[name] for name in filled if name != "job"} == {
            name: facts for name, facts in filled.items() if name != "job"
        }
        assert find_first_broken_entry() is None
        db.session.rollback()
        assert elsewhere.test_client().get("/en/sign-in", strict=False).status_code == 200  # type: ignore[call-arg]


def test_the_file_is_for_its_owner_only_and_never_overwritten(filled: object, tmp_path: Path) -> None:
    file = make(tmp_path)
    before = file.read_bytes()

    with pytest.raises(BackupProblem, match="exists already"):
        make_backup(db.engine, file, secret=SECRET, at=now())

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes() == before
    assert list(tmp_path.glob("*")) == [file]


def test_it_is_noted_when_the_last_backup_was_made(
    filled: object, backend: Backend, tmp_path: Path, clock: Any
) -> None:
    run(backend.app, "backup", str(tmp_path / "b.zip"))

    db.session.rollback()
    assert last_done("backup") == clock.now


def test_a_full_database_is_not_overwritten(filled: object, backend: Backend, tmp_path: Path) -> None:
    file = make(tmp_path)

    refused = run(backend.app, "restore", str(file))

    assert refused.exit_code == 1
    assert "The database is not empty" in refused.output


def test_replacing_brings_back_the_old_state(
    filled: dict[str, tuple[int, str]], backend: Backend, tmp_path: Path
) -> None:
    file = make(tmp_path)
    make_staff()
    db.session.commit()
    db.session.remove()

    done = run(backend.app, "restore", str(file), "--replace")

    assert done.exit_code == 0, done.output
    with db.engine.connect() as connection:
        assert hash_tables(connection) == filled


def test_a_backup_of_a_newer_version_is_refused(filled: object, elsewhere: Flask, tmp_path: Path) -> None:
    file = make(tmp_path)
    rewrite(file, revision="9999")

    refused = run(elsewhere, "restore", str(file))

    assert refused.exit_code == 1
    assert "newer version" in refused.output


def test_a_backup_of_another_engine_is_refused(filled: object, elsewhere: Flask, tmp_path: Path) -> None:
    file = make(tmp_path)
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[read_manifest(file).engine]
    rewrite(file, engine=other)

    assert "DATABASE_URL names" in run(elsewhere, "restore", str(file)).output


@pytest.mark.parametrize("share", [0.2, 0.6, 0.98])
def test_a_torn_file_is_refused(filled: object, elsewhere: Flask, tmp_path: Path, share: float) -> None:
    file = make(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])

    refused = run(elsewhere, "restore", str(file))

    assert refused.exit_code == 1
    assert "no whole backup" in refused.output


def test_one_changed_byte_is_found(filled: object, elsewhere: Flask, tmp_path: Path) -> None:
    file = make(tmp_path)
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(bytes(whole))

    assert run(elsewhere, "restore", str(file)).exit_code == 1


def test_rows_that_differ_from_the_manifest_are_named(filled: object, elsewhere: Flask, tmp_path: Path) -> None:
    file = make(tmp_path)
    tables = {**read_manifest(file).tables, "staff": (1, "0" * 64)}
    rewrite(file, tables=tables)

    refused = run(elsewhere, "restore", str(file))

    assert refused.exit_code == 1
    assert "in: staff." in refused.output


def test_another_secret_is_pointed_out(filled: object, elsewhere: Flask, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    make_backup(db.engine, file, secret="another secret " * 4, at=now())

    assert "put the old secret back" in run(elsewhere, "restore", str(file)).output


def test_no_secret_is_in_the_file(filled: object, tmp_path: Path) -> None:
    file = make(tmp_path)
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            assert SECRET.encode() not in archive.read(name)


def test_a_missing_file_is_one_sentence(elsewhere: Flask, tmp_path: Path) -> None:
    refused = run(elsewhere, "restore", str(tmp_path / "none.zip"))

    assert refused.output == f"Error: There is no file {tmp_path / 'none.zip'}.\n"


def test_a_missing_tool_is_one_sentence(
    filled: object, backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_engine: str
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)

    done = run(backend.app, "backup", str(tmp_path / "b.zip"))

    assert (done.exit_code == 0) is (database_engine == "sqlite")
    assert ("client tools" in done.output) is (database_engine == "postgresql")


def test_a_changed_row_changes_its_tables_hash_and_order_does_not(filled: dict[str, tuple[int, str]]) -> None:
    person = make_staff()
    db.session.commit()
    with db.engine.connect() as connection:
        more = hash_tables(connection)
    db.session.delete(person)
    db.session.commit()
    with db.engine.connect() as connection:
        again = hash_tables(connection)

    assert [name for name in filled if more[name] != filled[name]] == ["staff"]
    assert again == filled


def test_restoring_keeps_what_was_there_aside(filled: object, tmp_path: Path, database_engine: str) -> None:
    file, aside = make(tmp_path), tmp_path / "aside.sqlite3"

    restore_backup(db.engine, file, replace=True, aside=aside)

    assert aside.exists() is (database_engine == "sqlite")
