"""Work after the answer has left, and the hourly tidying; each on a connection of its own.

A GET never writes. What has to be noted all the same (when somebody on the staff was last seen) and what is thrown away
when its time is over is written here, after the response, so that nobody waits for it and no page depends on it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask, Response, after_this_request, current_app
from sqlalchemy import Connection, Engine, String, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from .clock import now
from .database import Base, db, writing
from .forms import FormReceipt
from .registry import Registry, registry

log = logging.getLogger(__name__)

Work = Callable[[Connection], None]
#: How often a server tidies by itself.
TIDY_EVERY = timedelta(hours=1)
#: How long a form's key is remembered, so that a late resend still repeats nothing.
RECEIPT_DAYS = 35


class Job(Base):
    """One row is one recurring job and when it was last done."""

    __tablename__ = "job"

    #: what is done, such as `tidy` or `backup`
    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    #: when it was last done
    done_at: Mapped[datetime]


def start_jobs(app: Flask) -> None:
    """Tidy at most once an hour, after an answer has left."""
    app.extensions["tidy_due_at"] = None
    registry_of_app: Registry = app.extensions["registry"]
    registry_of_app.tidiers.append(_forget_receipts)
    app.after_request(_tidy_when_due)


def after_response(work: Work) -> None:
    """Do `work` on a connection of its own once this answer has left; its failure is logged and harms nobody."""
    engine = db.engine

    def run() -> None:
        with engine.begin() as connection:
            work(connection)

    _once_it_left(run)


def shrink_log_after_response() -> None:
    """Empty SQLite's write-ahead log once this answer has left, so that erased words do not linger there."""
    engine = db.engine
    _once_it_left(lambda: shrink_log(engine))


def shrink_log(engine: Engine) -> None:
    """Move SQLite's write-ahead log into the database file and empty it; waits for readers for some seconds.

    Other databases keep no such log that we could empty.
    """
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def _once_it_left(run: Callable[[], None]) -> None:
    def run_safely() -> None:
        try:
            run()
        except Exception:
            log.exception("work after a response failed")

    @after_this_request
    def hand_over(response: Response) -> Response:
        response.call_on_close(run_safely)
        return response


def last_done(name: str) -> datetime | None:
    """When the job `name` was last done, or None."""
    return db.session.execute(select(Job.done_at).where(Job.name == name)).scalar_one_or_none()


def note_done(connection: Connection, name: str, at: datetime) -> None:
    """Note that the job `name` was done."""
    if connection.execute(update(Job).where(Job.name == name).values(done_at=at)).rowcount == 0:
        connection.execute(insert(Job).values(name=name, done_at=at))


def claim(connection: Connection, name: str, *, at: datetime, every: timedelta) -> bool:
    """Whether the job `name` is due and now ours: of several servers that ask at once, one gets it."""
    taken = connection.execute(update(Job).where(Job.name == name, Job.done_at <= at - every).values(done_at=at))
    if taken.rowcount:
        return True
    if connection.execute(select(Job.name).where(Job.name == name)).first() is not None:
        return False
    try:
        with connection.begin_nested():
            connection.execute(insert(Job).values(name=name, done_at=at))
    except IntegrityError:
        return False
    return True


def tidy(connection: Connection, at: datetime) -> list[tuple[str, int]]:
    """Throw away what has had its time; gives what it was and how many rows, in the caller's transaction."""
    thrown = [each(connection, at) for each in registry().tidiers]
    note_done(connection, "tidy", at)
    return thrown


def do_due_work(at: datetime) -> list[tuple[str, int]]:
    """Do what is due by itself, each piece committed for itself; gives what it was and how often.

    A piece that fails is logged and undone; the others are done all the same, and it is due again the next time.
    """
    done = []
    for each in registry().due_work:
        try:
            with writing():
                done.append(each(at))
                db.session.commit()
        except Exception:
            db.session.rollback()
            log.exception("due work failed: %s", each.__name__)
    return done


def _forget_receipts(connection: Connection, at: datetime) -> tuple[str, int]:
    old = delete(FormReceipt).where(FormReceipt.sent_at < at - timedelta(days=RECEIPT_DAYS))
    return "form receipts", connection.execute(old).rowcount


def _tidy_when_due(response: Response) -> Response:
    moment = now()
    due = current_app.extensions["tidy_due_at"]
    if due is not None and moment < due:
        return response
    current_app.extensions["tidy_due_at"] = moment + TIDY_EVERY
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def run() -> None:
        try:
            with app.app_context():
                with db.engine.begin() as connection:
                    is_ours = claim(connection, "tidy", at=moment, every=TIDY_EVERY)
                    if is_ours:
                        tidy(connection, moment)
                if is_ours:
                    do_due_work(moment)
                    shrink_log(db.engine)
        except Exception:
            log.exception("tidying failed")

    response.call_on_close(run)
    return response
