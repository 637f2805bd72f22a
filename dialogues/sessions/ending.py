"""What happens to a session by itself: it closes when its time is over, and what was said is deleted when promised.

Each of these is done by the hourly job, for one session after the other, under its lock.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from blinker import Namespace
from sqlalchemy import delete

from participation.city import get_city
from participation.contributions import expire_words_in
from participation.core.clock import day_in, now
from participation.core.database import db
from participation.core.policy import SYSTEM

from . import queries
from .leading import Lead, lead_on
from .models import DialogueSession, Interpreter, JoinCode
from .states import Doer, State

log = logging.getLogger(__name__)

#: After the planned end, for so long the check-out stays open (dialogue-and-safety.md §5.2).
CHECK_OUT_STAYS = timedelta(minutes=15)
#: A session that nobody ended is ended so long after its planned end.
ABANDONED_AFTER = timedelta(hours=12)
#: Sessions that are closed or archived in one go; the rest waits for the next hour.
MOST_AT_ONCE = 50
#: How late `flask doctor` lets a promised day be, in days.
LATE_AFTER = timedelta(days=2)

_signals = Namespace()
#: What people said in a session is deleted now, with whatever tells who was there. Sender: its id; `session`: the row.
session_forgotten = _signals.signal("session-forgotten")


def close_overdue(at: datetime) -> tuple[str, int]:
    """Close sessions whose check-out is over, and those that nobody ended."""
    waiting = queries.list_overdue(at - CHECK_OUT_STAYS, at - ABANDONED_AFTER, MOST_AT_ONCE)
    return "sessions closed", _each_for_itself(waiting, _close, at)


def archive_due(at: datetime) -> tuple[str, int]:
    """Delete what people said in sessions whose promised day has come, and who was there; plan and steps stay."""
    due = queries.list_to_forget(day_in(get_city().time_zone, at), MOST_AT_ONCE)
    return "sessions archived", _each_for_itself(due, _archive, at)


def check_promises() -> tuple[bool, str]:
    """Whether words are still there although their day is past, for `flask doctor`."""
    late = queries.list_to_forget(day_in(get_city().time_zone, now() - LATE_AFTER), MOST_AT_ONCE)
    if not late:
        return True, "What people said in conversations is deleted on the days they were promised."
    return False, f"Words of {len(late)} conversations are past their promised day: run “flask tidy” and look why."


def _each_for_itself(
    sessions: Iterable[DialogueSession], deed: Callable[[DialogueSession, datetime], None], at: datetime
) -> int:
    """Do it to each under its lock; gives how many. One that fails is logged and keeps no other from its day."""
    done = 0
    for number in [each.id for each in sessions]:
        try:
            with db.session.begin_nested():
                deed(queries.lock_session(number), at)
        except Exception:
            log.exception("session %s: %s failed", number, deed.__name__)
        else:
            done += 1
    return done


def _close(session: DialogueSession, at: datetime) -> None:
    for after in (State.CHECK_OUT, State.CLOSED):
        if session.state != after:
            session = _lead(session, after, at=at)


def _archive(session: DialogueSession, at: datetime) -> None:
    expire_words_in(session.space, at=at)
    session_forgotten.send(session.id, session=session)
    for table in (JoinCode, Interpreter):
        db.session.execute(delete(table).where(table.session_id == session.id))
    session.safeguarding_phone = ""
    _lead(session, State.ARCHIVED, at=at)


def _lead(session: DialogueSession, after: State, *, at: datetime) -> DialogueSession:
    return lead_on(session, Lead(after=after, seen=session.version, doer=Doer.SYSTEM), by=SYSTEM, at=at)
