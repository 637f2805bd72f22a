"""The database: base class, column types, and the one place that commits.

After each view, an unsafe request (POST, PUT, PATCH, DELETE) that went well is committed before the answer leaves;
every other request is rolled back, so a GET never writes. SQLite runs in WAL mode with `synchronous=FULL` (security.md
T6): what was acknowledged survives a power cut. A request that may write takes SQLite's write lock at its first
statement (`BEGIN IMMEDIATE`), so that it can never fail half-way for having read too early. Only a view marked
`@reads_first` begins without it, because it hands its one row to somebody who writes many people's in one transaction.

What is the same for everybody and seldom changes may be `remembered` between requests: until this process commits
something, and for a second at most in case another process did.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar, TypeVarTuple

from flask import Flask, Response, current_app, has_app_context, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, Select, event
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from .settings import ROOT, Settings

#: HTTP methods that may change something.
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: Milliseconds SQLite waits for the write lock before it gives up.
BUSY_TIMEOUT_MS = 5000
#: Rows fetched at a time while very many are read: fewer than the 700 new objects after which Python seeks garbage.
STREAM_ROWS = 500
#: Seconds that something remembered may be older than what another process wrote.
REMEMBERED_SECONDS = 1.0
#: Things remembered at most; then all are forgotten.
MOST_REMEMBERED = 1000

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A moment in time: aware and UTC in Python, stored without zone. Refuses naive values."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into the naive UTC that is stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the stored moment back as aware UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of every table; constraint names come from one convention, so migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Moment}  # noqa: RUF012  SQLAlchemy reads it as a plain class attribute


db = SQLAlchemy()
migrate = Migrate()
_may_write: ContextVar[bool] = ContextVar("may_write", default=True)


def start_database(app: Flask, settings: Settings) -> None:
    """Connect `app` to its database and commit after success."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(settings)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), compare_type=True)
    app.extensions["remembered"] = {}
    with app.app_context():
        if settings.is_sqlite:
            prepare_sqlite(db.engine)
    app.before_request(_note_intent)
    app.teardown_request(_forget_intent)
    app.after_request(_commit_or_roll_back)


def _engine_options(settings: Settings) -> dict[str, Any]:
    if settings.is_sqlite:
        return {"connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000}, "pool_size": settings.threads + 4}
    limits = "-c statement_timeout=15000 -c lock_timeout=5000 -c synchronous_commit=on -c timezone=UTC"
    return {"connect_args": {"options": limits}, "pool_size": settings.threads, "pool_pre_ping": True}


def prepare_sqlite(engine: Engine) -> None:
    """Give each SQLite connection of `engine` its safety settings and explicit transactions."""

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions behind our back
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if _may_write.get():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # straight to the driver, at a tenth of the cost: it takes no lock, so there is no trouble to translate
            driver: Any = connection.connection.driver_connection
            driver.execute("BEGIN")


@contextmanager
def reading_only() -> Iterator[None]:
    """Transactions begun inside take no write lock on SQLite (for long exports and reports)."""
    token = _may_write.set(False)
    try:
        yield
    finally:
        _may_write.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Transactions begun inside take SQLite's write lock at once, whatever this request said it would do."""
    token = _may_write.set(True)
    try:
        yield
    finally:
        _may_write.reset(token)


View = TypeVar("View", bound=Callable[..., Any])


def reads_first(view: View) -> View:
    """Mark an unsafe view that begins without the write lock; `start_writing` is called before it writes after all."""
    view.reads_first = True  # type: ignore[attr-defined]
    return view


def start_writing() -> None:
    """Let a request that reads first write after all. Begins anew: rows read before are read again when touched."""
    if not _may_write.get():
        db.session.rollback()
        _may_write.set(True)


Cells = TypeVarTuple("Cells")


def stream_rows(query: Select[*Cells]) -> Generator[tuple[*Cells]]:
    """The rows of a query of plain columns as tuples, one after the other; for very many of them.

    The values are those SQLAlchemy gives, read by column: making a `Row` of each takes longer than the database does.
    """
    connection = db.session.connection()
    dialect = connection.dialect
    types = [column.type.dialect_impl(dialect) for column in query.selected_columns]
    found = ((place, each.result_processor(dialect, None)) for place, each in enumerate(types))
    readers = [(place, read) for place, read in found if read]
    with connection.execute(query.execution_options(yield_per=STREAM_ROWS)) as result:
        # the driver's own rows, among them those that SQLAlchemy has fetched ahead
        while rows := result.cursor_strategy.fetchmany(result, result.cursor, STREAM_ROWS):
            columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
            for place, read in readers:
                columns[place] = map(read, columns[place])
            yield from zip(*columns, strict=True)


Kept = TypeVar("Kept")


def remembered(key: Hashable, load: Callable[[Session], Kept]) -> Kept:
    """What `load` gave the last time, while nobody has committed since; it gets a session of its own that only reads.

    The result is shared between threads and its rows belong to no session: look, and do not change. Whoever may write
    sees what she herself has written: there it is read anew, in her own session.
    """
    if _may_write.get():
        return load(db.session())
    kept: dict[Hashable, tuple[float, Any]] = current_app.extensions["remembered"]
    found = kept.get(key)
    began = time.monotonic()
    if found is not None and began - found[0] < REMEMBERED_SECONDS:
        value: Kept = found[1]
        return value
    with reading_only(), Session(db.engine, expire_on_commit=False) as session:
        value = load(session)
        session.expunge_all()
    if len(kept) >= MOST_REMEMBERED:
        kept.clear()
    # a commit since `began` has put a new dictionary in place of this one: then nobody will find the value
    kept[key] = (began, value)
    return value


def forget_remembered() -> None:
    """Remember nothing that was read before this moment."""
    current_app.extensions["remembered"] = {}


@event.listens_for(db.session, "after_commit")
def _forget_after_commit(_session: Session) -> None:
    if has_app_context():
        forget_remembered()


def _note_intent() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    _may_write.set(request.method in UNSAFE and not getattr(view, "reads_first", False))


def _forget_intent(_trouble: BaseException | None) -> None:
    _may_write.set(True)


def _commit_or_roll_back(response: Response) -> Response:
    if request.method in UNSAFE and response.status_code < 400 and _may_write.get():
        db.session.commit()
    else:
        db.session.rollback()
    return response
