"""`flask doctor` finds what is wrong and says what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from participation.core import health
from participation.core.audit import AuditEntry, note
from participation.core.clock import now
from participation.core.database import db
from participation.core.health import Finding, Grade, examine, language_states
from participation.core.jobs import note_done
from participation.core.policy import SYSTEM, Role
from participation.core.settings import Settings
from tests.factories.accounts import make_staff
from tests.fixtures.databases import Backend


@pytest.fixture
def settings(database: Any, backend: Backend) -> Iterator[Settings]:
    """The settings of a program whose database lies in a folder of its own."""
    found: Settings = backend.app.extensions["settings"]
    mode = found.instance_path.stat().st_mode
    found.instance_path.chmod(0o700)
    yield found
    found.instance_path.chmod(mode)


def sentences(settings: Settings, grade: Grade) -> str:
    return "\n".join(each.sentence for each in examine(settings) if each.grade is grade)


def test_a_good_installation_is_told_so(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    # the cluster that tests start is fast and forgetful, and is told so
    for name in ("fsync", "full_page_writes"):
        monkeypatch.delitem(health.POSTGRESQL_SETTINGS, name)
    make_staff(Role.ADMINISTRATOR, password_hash="x")
    db.session.commit()
    with db.engine.begin() as connection:
        note_done(connection, "backup", now())
        note_done(connection, "tidy", now())

    fine = sentences(settings, Grade.FINE)

    for words in ("database answers", "up to date", "power fails", "audit log holds", "last backup", "administer"):
        assert words in fine


def test_a_public_installation_must_switch_the_demo_off(settings: Settings) -> None:
    public = replace(settings, host="0.0.0.0", public_url="https://talk.city.example")  # noqa: S104  only looked at

    wrong = sentences(public, Grade.NOT_READY)

    assert "set DEMO=0" in wrong
    assert "TRUSTED_PROXIES" in wrong
    assert "flask backup FILE" in wrong
    assert "DEMO=0" not in sentences(replace(public, demo=False), Grade.NOT_READY)


def test_nobody_to_administer_is_a_trouble(settings: Settings) -> None:
    assert "Nobody can administer" in sentences(settings, Grade.NOT_READY)


def test_an_old_backup_is_pointed_out(settings: Settings) -> None:
    with db.engine.begin() as connection:
        note_done(connection, "backup", now() - timedelta(days=8))

    assert "8 days old" in sentences(settings, Grade.NOTE)


def test_a_changed_audit_row_is_found(settings: Settings) -> None:
    for number in range(3):
        note("tested", f"x:{number}", by=SYSTEM, at=now())
    db.session.commit()
    db.session.execute(sa.update(AuditEntry).where(AuditEntry.number == 2).values(subject="x:9"))
    db.session.commit()

    assert "breaks at entry 2" in sentences(settings, Grade.NOT_READY)


def test_a_clock_that_runs_behind_is_found(settings: Settings, clock: Any) -> None:
    note("tested", "x:1", by=SYSTEM, at=now() + timedelta(hours=1))
    db.session.commit()

    assert "clock of this machine is wrong" in sentences(settings, Grade.NOT_READY)


def test_old_tables_are_found(settings: Settings) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    try:
        assert "flask db upgrade" in sentences(settings, Grade.NOT_READY)
    finally:
        with db.engine.begin() as connection:
            connection.execute(
                sa.text("UPDATE alembic_version SET version_num = :newest"), {"newest": health.newest_revision()}
            )


def test_a_weaker_pragma_is_found(settings: Settings, database_engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"sqlite": "SQLITE_PRAGMAS", "postgresql": "POSTGRESQL_SETTINGS"}[database_engine]
    name = {"sqlite": "secure_delete", "postgresql": "synchronous_commit"}[database_engine]
    monkeypatch.setitem(getattr(health, wanted), name, "something stronger")

    assert f"may lose what was acknowledged: {name}" in sentences(settings, Grade.NOT_READY)


def test_an_unreachable_database_is_one_sentence(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = Finding(Grade.NOT_READY, "The database cannot be reached: gone")
    monkeypatch.setattr(health, "_check_reachable", lambda: finding)

    found = examine(settings)

    assert found[0] is finding
    assert any("disk" in each.sentence or "GB" in each.sentence for each in found)


def test_a_readable_secret_is_found(settings: Settings, tmp_path: Path) -> None:
    secret = tmp_path / "secret_key"
    secret.write_text("s")
    secret.chmod(0o644)
    own = replace(settings, instance_path=tmp_path)

    assert f"chmod 600 {secret}" in sentences(own, Grade.NOT_READY)
    secret.chmod(0o600)
    assert "Only its owner can read the secret" in sentences(own, Grade.FINE)


def test_missing_files_for_browsers_are_found(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "ROOT", tmp_path)

    assert "htmx.js" in health._check_built_files(settings).sentence


def test_a_full_disk_is_found(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 10**18)

    assert "GB are free" in sentences(settings, Grade.NOT_READY)


def test_missing_sentences_are_counted(settings: Settings, tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (tmp_path / "messages.pot").write_text(
        head + 'msgid "One"\nmsgstr ""\n\nmsgid "Two"\nmsgstr ""\n\nmsgid "Three"\nmsgstr ""\n'
    )
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(head + 'msgid "One"\nmsgstr "Uno"\n\n#, fuzzy\nmsgid "Two"\nmsgstr "Tres"\n')

    states = {state.tag: state for state in language_states(tmp_path)}

    assert (states["es"].missing, states["es"].total) == (2, 3)
    assert states["ar"].missing == 3
    assert states["en"].missing == 0


def test_the_command_fails_when_something_is_not_ready(settings: Settings, backend: Backend) -> None:
    done = backend.app.test_cli_runner().invoke(args=["doctor"])

    assert done.exit_code == 1
    assert "NOT  Nobody can administer" in done.output


def test_a_folder_that_cannot_be_written_is_found(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != settings.instance_path and may(path, mode))

    assert "cannot be written" in sentences(settings, Grade.NOT_READY)
