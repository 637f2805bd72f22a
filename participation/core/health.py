"""What `flask doctor` looks at: each check gives one plain sentence and how grave it is."""

from __future__ import annotations

import enum
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from babel.messages.pofile import read_po
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from .audit import AuditEntry, find_first_broken_entry
from .backup import current_revision, newest_revision
from .clock import now
from .database import db, reading_only
from .jobs import TIDY_EVERY, last_done
from .languages import all_languages, source_language
from .registry import registry
from .settings import ROOT, Settings

#: Free space below which a disk counts as full, in bytes.
LEAST_FREE_BYTES = 1_000_000_000
BACKUP_DAYS = 7
#: No clock is right that shows an earlier day than this program's own.
PROGRAM_MADE = datetime(2026, 1, 1, tzinfo=UTC)
#: Files browsers fetch, built by `make`.
BUILT = ("baraza.css", "summary.css", "staff.css", "baraza.js", "staff.js", "live.js", "htmx.js")
SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1"}
POSTGRESQL_SETTINGS = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}


class Grade(enum.Enum):
    """How grave a finding is; only the last makes `flask doctor` fail."""

    FINE = "ok  "
    NOTE = "note"
    NOT_READY = "NOT "


@dataclass(frozen=True)
class Finding:
    """One sentence about one thing."""

    grade: Grade
    sentence: str


def examine(settings: Settings) -> list[Finding]:
    """Every check, in the order an operator would ask; one that fails itself is a finding, too."""
    if (reached := _check_reachable()).grade is not Grade.FINE:
        return [reached, *_without_database(settings)]
    found = [reached]
    checks: tuple[Callable[[Settings], Finding | None], ...] = (
        _check_migrated,
        _check_durable,
        _check_audit,
        _check_clock,
        _check_backup,
        _check_tidied,
    )
    with reading_only():
        for check in checks:
            found += _safely(check, settings)
        found += [_from_slice(each) for each in registry().health_checks]
        db.session.rollback()
    return found + _without_database(settings)


def _without_database(settings: Settings) -> list[Finding]:
    checks: tuple[Callable[[Settings], Finding | None], ...] = (
        _check_secret,
        _check_folder,
        _check_demo,
        _check_encryption,
        _check_disk,
        _check_built_files,
        _check_tools,
    )
    found = [each for check in checks for each in _safely(check, settings)]
    return found + list(_check_languages(settings))


def _safely(check: Callable[[Settings], Finding | None], settings: Settings) -> list[Finding]:
    try:
        finding = check(settings)
    except (SQLAlchemyError, OSError, ValueError) as trouble:
        name = check.__name__.removeprefix("_check_").replace("_", " ")
        return [Finding(Grade.NOT_READY, f"The check “{name}” could not be made: {trouble}.")]
    return [] if finding is None else [finding]


def _from_slice(check: Callable[[], tuple[bool, str]]) -> Finding:
    try:
        is_fine, sentence = check()
    except SQLAlchemyError as trouble:
        return Finding(Grade.NOT_READY, f"A check could not be made: {type(trouble).__name__}.")
    return Finding(Grade.FINE if is_fine else Grade.NOT_READY, sentence)


def _check_reachable() -> Finding:
    try:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError as trouble:
        reason = str(getattr(trouble, "orig", None) or trouble).strip().splitlines()[0]
        return Finding(Grade.NOT_READY, f"The database cannot be reached: {reason}")
    return Finding(Grade.FINE, "The database answers.")


def _check_migrated(_settings: Settings) -> Finding:
    with db.engine.connect() as connection:
        current = current_revision(connection)
    if current == newest_revision():
        return Finding(Grade.FINE, "The tables are up to date.")
    if not current:
        return Finding(Grade.NOT_READY, "There are no tables yet: run `flask db upgrade`.")
    return Finding(Grade.NOT_READY, f"The tables stand at {current}: make a backup, then run `flask db upgrade`.")


def _check_durable(settings: Settings) -> Finding:
    if settings.is_sqlite:
        wanted, ask, what = SQLITE_PRAGMAS, "PRAGMA {}", "SQLite"
    else:
        wanted, ask, what = POSTGRESQL_SETTINGS, "SHOW {}", "PostgreSQL"
    with db.engine.connect() as connection:
        found = {name: str(connection.exec_driver_sql(ask.format(name)).scalar()) for name in wanted}
    wrong = [f"{name} is {found[name]}, not {value}" for name, value in wanted.items() if found[name] != value]
    if wrong:
        return Finding(Grade.NOT_READY, f"{what} may lose what was acknowledged: {'; '.join(wrong)}.")
    return Finding(Grade.FINE, f"{what} keeps what it acknowledged, also when the power fails.")


def _check_audit(_settings: Settings) -> Finding:
    broken = find_first_broken_entry()
    if broken is not None:
        return Finding(Grade.NOT_READY, f"The audit log was changed: its chain breaks at entry {broken}.")
    return Finding(Grade.FINE, "The chain of the audit log holds.")


def _check_clock(_settings: Settings) -> Finding:
    newest = db.session.execute(sa.select(sa.func.max(AuditEntry.at))).scalar_one_or_none()
    moment = now()
    if moment < PROGRAM_MADE or (newest is not None and newest > moment + timedelta(minutes=2)):
        return Finding(Grade.NOT_READY, f"The clock of this machine is wrong: it says {moment:%Y-%m-%d %H:%M} UTC.")
    return Finding(Grade.FINE, f"The clock says {moment:%Y-%m-%d %H:%M} UTC; codes and closing times depend on it.")


def _check_backup(settings: Settings) -> Finding:
    grave = Grade.NOTE if settings.is_loopback else Grade.NOT_READY
    last = last_done("backup")
    if last is None:
        return Finding(grave, "There is no backup yet: run `flask backup FILE`.")
    days = (now() - last).days
    if days >= BACKUP_DAYS:
        return Finding(grave, f"The last backup is {days} days old: run `flask backup FILE` every day.")
    return Finding(Grade.FINE, f"The last backup was made on {last:%Y-%m-%d at %H:%M} UTC.")


def _check_tidied(_settings: Settings) -> Finding:
    last = last_done("tidy")
    if last is None:
        return Finding(Grade.NOTE, "Nothing was tidied yet; the running program does it every hour, or `flask tidy`.")
    if now() - last > 24 * TIDY_EVERY:
        return Finding(Grade.NOTE, f"Last tidied on {last:%Y-%m-%d}: run `flask tidy` if the program does not run.")
    return Finding(Grade.FINE, f"What had its time was thrown away on {last:%Y-%m-%d at %H:%M} UTC.")


def _check_secret(settings: Settings) -> Finding:
    file = settings.instance_path / "secret_key"
    if not file.exists():
        return Finding(Grade.FINE, "The secret comes from the environment.")
    others = stat.S_IMODE(file.stat().st_mode) & 0o077
    if others:
        return Finding(Grade.NOT_READY, f"Others on this machine can read the secret: run `chmod 600 {file}`.")
    return Finding(Grade.FINE, "Only its owner can read the secret. Keep a copy of it apart from backups.")


def _check_folder(settings: Settings) -> Finding:
    folder = settings.instance_path
    if not os.access(folder, os.W_OK):
        return Finding(Grade.NOT_READY, f"The folder {folder} cannot be written.")
    if settings.is_sqlite and stat.S_IMODE(folder.stat().st_mode) & 0o007:
        grave = Grade.NOTE if settings.is_loopback else Grade.NOT_READY
        return Finding(grave, f"Others on this machine can look into the database’s folder: run `chmod 700 {folder}`.")
    return Finding(Grade.FINE, "The folder of the database is the program’s own.")


def _check_demo(settings: Settings) -> Finding:
    if not settings.demo:
        return Finding(Grade.FINE, "The demo is switched off.")
    if settings.is_loopback:
        return Finding(Grade.NOTE, "The demo is on; its links work on this machine only.")
    return Finding(Grade.NOT_READY, "Others can reach this site while the demo is on: set DEMO=0.")


def _check_encryption(settings: Settings) -> Finding | None:
    if settings.is_loopback:
        return None
    if settings.is_https and not settings.trusted_proxies:
        return Finding(
            Grade.NOT_READY,
            "A proxy brings the encryption, but none is believed, so all visitors look like one: set TRUSTED_PROXIES.",
        )
    return Finding(Grade.FINE, f"Residents reach the site encrypted, at {settings.base_url}.")


def _check_disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.instance_path).free
    size = f"{free / 1e9:.1f} GB are free where the database lies."
    return Finding(Grade.FINE if free >= LEAST_FREE_BYTES else Grade.NOT_READY, size)


def _check_built_files(_settings: Settings) -> Finding:
    missing = [name for name in BUILT if not (ROOT / "static" / "built" / name).is_file()]
    if missing:
        return Finding(Grade.NOT_READY, f"Files for browsers are missing ({', '.join(missing)}): run `make setup`.")
    return Finding(Grade.FINE, "The files for browsers are built.")


def _check_tools(settings: Settings) -> Finding | None:
    if settings.is_sqlite:
        return None
    missing = [name for name in ("pg_dump", "pg_restore") if shutil.which(name) is None]
    if missing:
        return Finding(Grade.NOT_READY, f"{' and '.join(missing)} are missing: backups need PostgreSQL’s client tools.")
    return Finding(Grade.FINE, "The tools for backups of PostgreSQL are there.")


def _check_languages(settings: Settings) -> Iterator[Finding]:
    for state in language_states(settings.translations_path):
        if state.is_source or (not state.missing and state.is_compiled):
            reviewed = "" if state.is_reviewed else " It has not been read by a native speaker yet, and pages say so."
            yield Finding(Grade.FINE, f"{state.name}: every sentence is there.{reviewed}")
        elif state.missing:
            yield Finding(Grade.NOT_READY, f"{state.name}: {state.missing} of {state.total} sentences are missing.")
        else:
            yield Finding(Grade.NOT_READY, f"{state.name}: the catalogue is not compiled; run `make setup`.")


@dataclass(frozen=True)
class LanguageState:
    """How complete one language is."""

    tag: str
    name: str
    direction: str
    is_source: bool
    is_reviewed: bool
    total: int
    missing: int
    is_compiled: bool


def language_states(folder: Path) -> list[LanguageState]:
    """Every enabled language with the number of sentences it lacks."""
    template = folder / "messages.pot"
    wanted = _sentences(template) if template.exists() else {}
    states = []
    for language in all_languages().values():
        catalogue = folder / language.tag / "LC_MESSAGES" / "messages.po"
        compiled = catalogue.with_suffix(".mo")
        has = _sentences(catalogue) if catalogue.exists() else {}
        is_source = language.tag == source_language().tag
        missing = 0 if is_source else sum(not has.get(key) for key in wanted)
        is_compiled = compiled.exists() and compiled.stat().st_mtime >= catalogue.stat().st_mtime
        states.append(
            LanguageState(
                tag=language.tag,
                name=language.name,
                direction=language.direction,
                is_source=is_source,
                is_reviewed=language.is_reviewed,
                total=len(wanted),
                missing=missing if has or is_source else len(wanted),
                is_compiled=is_compiled,
            )
        )
    return states


def _sentences(file: Path) -> dict[tuple[str, str], bool]:
    """Each sentence of a catalogue and whether it is translated (and not merely guessed)."""
    with file.open("rb") as source:
        catalogue = read_po(source)
    return {
        (message.context or "", str(message.id)): bool(message.string)
        and all(_texts(message.string))
        and not message.fuzzy
        for message in catalogue
        if message.id
    }


def _texts(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ())


def running_settings() -> Settings:
    """The settings of the running program."""
    found: Settings = current_app.extensions["settings"]
    return found
