"""One file that holds everything the database holds: made while the program runs, checked, and put back again.

The file is a ZIP with a manifest and the database: for SQLite a copy made by its backup API (never a copied file), for
PostgreSQL what `pg_dump` writes from one snapshot. The manifest counts and hashes every table, so that a restore can
show that nothing is missing and nothing changed. Secrets are not in it: keep INSTANCE_PATH/secret_key apart, since
return codes and authenticators need it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine

from .settings import ROOT

MANIFEST = "manifest.json"
CONTENT = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
FORMAT = 1
#: Tables of bookkeeping: a restored database full of nothing but these holds nothing of anybody's.
BOOKKEEPING = {"alembic_version", "job"}
_MODULUS = 1 << 256


class BackupProblem(RuntimeError):
    """A backup cannot be made or put back; the message is a sentence for the operator."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself."""

    #: version of this file format
    format: int
    #: "sqlite" or "postgresql"
    engine: str
    #: migration the database stood at
    revision: str
    #: when it was made, ISO 8601
    made_at: str
    #: tells, without telling the secret, which secret the codes in it belong to
    secret_mark: str
    #: table → number of rows and a hash that does not depend on their order
    tables: dict[str, tuple[int, str]]


def make_backup(engine: Engine, file: Path, *, secret: str, at: datetime) -> Manifest:
    """Write everything into the new `file`, readable by its owner only.

    Raises:
        BackupProblem: the file exists, or a tool is missing or fails.
    """
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BackupProblem(f"{file} exists already. Backups are never overwritten; choose another name.") from None
    except OSError as trouble:
        raise BackupProblem(f"{file} cannot be written: {trouble.strerror}.") from trouble
    try:
        with os.fdopen(handle, "wb") as target, tempfile.TemporaryDirectory(dir=file.parent) as folder:
            copy = Path(folder) / CONTENT[_kind(engine)]
            revision, tables = _copy_out(engine, copy)
            manifest = Manifest(FORMAT, _kind(engine), revision, at.isoformat(), secret_mark(secret), tables)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True))
                archive.write(copy, copy.name)
            target.flush()
            os.fsync(target.fileno())
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return manifest


def restore_backup(engine: Engine, file: Path, *, replace: bool, aside: Path) -> Manifest:
    """Put the backup back into the database of `engine`; with `replace` SQLite's old content is kept in `aside`.

    Raises:
        BackupProblem: the file is damaged, newer than this program, of another engine, or the database is not empty.
    """
    manifest = read_manifest(file)
    if manifest.engine != _kind(engine):
        raise BackupProblem(f"The backup is of {manifest.engine}, but DATABASE_URL names {_kind(engine)}.")
    check_revision(manifest.revision)
    if not replace and (table := _first_filled_table(engine)):
        raise BackupProblem(
            f"The database is not empty (table {table} has rows). Choose an empty one, or add --replace to lose it."
        )
    with tempfile.TemporaryDirectory() as folder:
        copy = _unpack(file, manifest, Path(folder))
        if manifest.engine == "sqlite":
            _restore_sqlite(engine, copy, manifest, aside if replace else None)
        else:
            _run("pg_restore", engine, "--single-transaction", "--exit-on-error", "--clean", "--if-exists", str(copy))
    engine.dispose()
    with engine.connect() as connection:
        _compare(hash_tables(connection), manifest)
    return manifest


def read_manifest(file: Path) -> Manifest:
    """What the backup in `file` says about itself.

    Raises:
        BackupProblem: it is none, or damaged.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            facts = json.loads(archive.read(MANIFEST))
        tables = {name: (int(rows), str(digest)) for name, (rows, digest) in facts.pop("tables").items()}
        manifest = Manifest(**facts, tables=tables)
    except FileNotFoundError:
        raise BackupProblem(f"There is no file {file}.") from None
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as trouble:
        raise BackupProblem(f"{file} is no whole backup: it is damaged, or something else.") from trouble
    if manifest.format > FORMAT:
        raise BackupProblem("The backup was made by a newer version of this program. Update the program first.")
    return manifest


def check_revision(revision: str) -> None:
    """Refuse a database that a newer version of this program made.

    Raises:
        BackupProblem: this program does not know its tables.
    """
    try:
        ScriptDirectory(str(ROOT / "migrations")).get_revision(revision)
    except CommandError:
        raise BackupProblem(
            f"The backup was made by a newer version of this program (tables {revision}). Update the program first."
        ) from None


def newest_revision() -> str:
    """The migration that this program's tables need."""
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head() or ""


def current_revision(connection: Connection) -> str:
    """The migration the database stands at; an empty text when it was never migrated."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")


def hash_tables(connection: Connection) -> dict[str, tuple[int, str]]:
    """Each table's number of rows and the sum of its rows' SHA-256 modulo 2^256: equal for equal rows in any order."""
    found = {}
    for name in sorted(sa.inspect(connection).get_table_names()):
        rows = connection.execution_options(yield_per=2000).exec_driver_sql(f'SELECT * FROM "{name}"')  # noqa: S608
        count, total = 0, 0
        for row in rows:
            text = json.dumps(list(row), default=_plain, sort_keys=True, ensure_ascii=False)
            total = (total + int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())) % _MODULUS
            count += 1
        found[name] = (count, f"{total:064x}")
    return found


def secret_mark(secret: str) -> str:
    """Tells two secrets apart without telling either."""
    return hmac.digest(secret.encode(), b"backup mark", "sha256").hex()[:16]


def _plain(value: Any) -> str:
    return value.hex() if isinstance(value, bytes | memoryview) else str(value)


def _kind(engine: Engine) -> str:
    return engine.dialect.name


def _copy_out(engine: Engine, copy: Path) -> tuple[str, dict[str, tuple[int, str]]]:
    if _kind(engine) == "sqlite":
        raw = engine.raw_connection()
        try:
            with closing(sqlite3.connect(copy)) as target:
                raw.driver_connection.backup(target)  # type: ignore[union-attr]
                target.execute("PRAGMA journal_mode=DELETE")
                _check_integrity(target)
        finally:
            raw.close()
        return _look_at_sqlite(copy)
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        _run("pg_dump", engine, "--format=custom", f"--snapshot={snapshot}", f"--file={copy}")
        return current_revision(connection), hash_tables(connection)


def _look_at_sqlite(file: Path) -> tuple[str, dict[str, tuple[int, str]]]:
    engine = sa.create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            return current_revision(connection), hash_tables(connection)
    finally:
        engine.dispose()


def _restore_sqlite(engine: Engine, copy: Path, manifest: Manifest, aside: Path | None) -> None:
    """Check the copy before anything is touched, then let SQLite write it over the old content in one transaction."""
    with closing(sqlite3.connect(copy)) as source:
        _check_integrity(source)
        _compare(_look_at_sqlite(copy)[1], manifest)
        engine.dispose()
        with closing(sqlite3.connect(str(engine.url.database), timeout=10)) as target:
            if aside is not None:
                with closing(sqlite3.connect(aside)) as kept:
                    target.backup(kept)
                aside.chmod(0o600)
            source.backup(target)


def _check_integrity(connection: sqlite3.Connection) -> None:
    try:
        found = connection.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.DatabaseError as trouble:
        raise BackupProblem("The copy of the database is damaged.") from trouble
    if found != ("ok",):
        raise BackupProblem(f"The copy of the database is damaged: {found[0]}.")


def _compare(found: dict[str, tuple[int, str]], manifest: Manifest) -> None:
    wrong = sorted(name for name, facts in manifest.tables.items() if found.get(name) != facts)
    if wrong:
        raise BackupProblem(f"The restored database differs from what was saved, in: {', '.join(wrong)}.")


def _first_filled_table(engine: Engine) -> str | None:
    with engine.connect() as connection:
        for name in sorted(sa.inspect(connection).get_table_names()):
            if name not in BOOKKEEPING:
                row = connection.exec_driver_sql(f'SELECT 1 FROM "{name}" LIMIT 1').first()  # noqa: S608  own names
                if row is not None:
                    return name
    return None


def _unpack(file: Path, manifest: Manifest, folder: Path) -> Path:
    target = folder / CONTENT[manifest.engine]
    try:
        with zipfile.ZipFile(file) as archive, archive.open(target.name) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    except (OSError, zipfile.BadZipFile, KeyError, EOFError) as trouble:
        raise BackupProblem(f"{file} is no whole backup: it is damaged, or something else.") from trouble
    return target


def _run(program: str, engine: Engine, *arguments: str) -> None:
    """Run a tool of PostgreSQL on the database of `engine`; the password goes through the environment."""
    path = shutil.which(program)
    if path is None:
        raise BackupProblem(f"{program} was not found. Install PostgreSQL’s client tools.")
    url = engine.url
    where = {"--host": url.host, "--port": url.port, "--username": url.username, "--dbname": url.database}
    options = [f"{name}={value}" for name, value in where.items() if value]
    environment = {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}
    done = subprocess.run(  # noqa: S603  a program found by name, arguments of our own
        [path, "--no-owner", "--no-privileges", *options, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BackupProblem(f"{program} failed: {last}")
