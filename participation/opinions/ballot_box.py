"""Where votes wait for the disk together: one transaction writes many people's, and each is answered after its commit.

A commit that reaches the disk costs the same for one vote as for thirty, and on SQLite only one can happen at a time.
So whoever finds nobody writing writes everything that waits, while the next ones gather; nobody waits for a timer. A
vote that fails, fails alone: its voter gets the error, the others are written without it.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import Connection, Engine, Integer, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from participation.accounts import Participant
from participation.core.database import db, writing

from .models import Statement, Vote

#: Seconds somebody waits for the others' transaction before she is told that it did not work.
PATIENCE = 20.0


@dataclass(frozen=True)
class Ballot:
    """Where one person stands on one statement."""

    statement_id: int
    participant_id: int
    value: int
    matters: bool
    voted_on: date

    @property
    def key(self) -> tuple[int, int]:
        """What there is only one row of."""
        return self.statement_id, self.participant_id


@dataclass
class _Ticket:
    """One ballot that waits, and what became of it."""

    ballot: Ballot
    #: locked until its turn has come: it was written, or its voter is the next to write
    gate: threading.Lock = field(default_factory=threading.Lock)
    is_settled: bool = False
    is_counted: bool = False
    trouble: Exception | None = None

    def __post_init__(self) -> None:
        self.gate.acquire()

    def settle(self, *, is_counted: bool = False, trouble: Exception | None = None) -> None:
        self.is_counted = is_counted
        self.trouble = trouble
        self.is_settled = True
        self.gate.release()


class BallotBox:
    """The votes of one process on their way into the database."""

    def __init__(self, engine: Engine) -> None:
        """`engine` is asked for a connection per transaction."""
        self._engine = engine
        self._waiting: list[_Ticket] = []
        self._is_writing = False
        self._lock = threading.Lock()

    def cast(self, ballot: Ballot) -> bool:
        """Write `ballot` and come back after the commit that holds it; False when it does not count any more."""
        ticket = _Ticket(ballot)
        with self._lock:
            self._waiting.append(ticket)
            is_mine = not self._is_writing
            self._is_writing = True
        if not is_mine and not ticket.gate.acquire(timeout=PATIENCE):
            self._give_up(ticket)
        if not ticket.is_settled:
            self._write_all()
        if ticket.trouble is not None:
            raise ticket.trouble
        return ticket.is_counted

    def _give_up(self, ticket: _Ticket) -> None:
        """Take a ballot back that waited too long, unless its turn has come in this very moment."""
        with self._lock:
            if ticket.gate.acquire(blocking=False):
                return
            if ticket in self._waiting:
                self._waiting.remove(ticket)
        raise TimeoutError("a vote waited too long for the database")

    def _write_all(self) -> None:
        """Write what waits, wake its voters, and let the first of those who came meanwhile go on."""
        with self._lock:
            batch, self._waiting = self._waiting, []
        try:
            self._settle(batch)
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._is_writing = following is not None
                if following is not None:
                    following.gate.release()

    def _settle(self, batch: list[_Ticket]) -> None:
        try:
            taken = self._write([each.ballot for each in batch])
        except IntegrityError as trouble:
            if len(batch) > 1:
                for each in batch:
                    self._settle([each])
            else:
                batch[0].settle(trouble=trouble)
        except Exception as trouble:  # every voter is told
            for each in batch:
                each.settle(trouble=trouble)
        else:
            for each in batch:
                each.settle(is_counted=each.ballot.key in taken)

    def _write(self, ballots: list[Ballot]) -> set[tuple[int, int]]:
        """One transaction; gives the keys of those that count."""
        # of two votes of one person the later one stands; sorted, so that two processes never wait for each other
        latest = {each.key: each for each in ballots}
        with writing(), self._engine.begin() as connection:
            wanted = _still_wanted(connection, latest)
            if wanted:
                write(connection, [latest[key] for key in wanted])
        return set(wanted)


def cast(ballot: Ballot) -> bool:
    """Write `ballot` together with whatever else waits in this process, and come back after the commit.

    False when it does not count any more: the statement was taken back, or its voter erased herself.
    """
    box: BallotBox | None = current_app.extensions.get("ballot_box")
    if box is None:
        box = current_app.extensions.setdefault("ballot_box", BallotBox(db.engine))
    return box.cast(ballot)


def write(connection: Connection, ballots: Sequence[Ballot]) -> int:
    """Write ballots, no two of one person on one statement, in the caller's transaction.

    Gives how many are their voter's first on that statement; the statements' counters grow by those. A later vote takes
    the place of the earlier one.
    """
    added = _inserts[connection.dialect.name]
    first = {(row[0], row[1]) for row in connection.execute(added, [vars(each) for each in ballots])}
    counts = Counter(statement_id for statement_id, _person in first)
    if counts:
        connection.execute(_COUNT, [{"at": number, "more": counts[number]} for number in sorted(counts)])
    changed = [each for each in ballots if each.key not in first]
    if changed:
        renamed = {"statement_id": "at", "participant_id": "of", "value": "to"}
        connection.execute(_CHANGE, [{renamed.get(k, k): v for k, v in vars(each).items()} for each in changed])
    return len(first)


def _still_wanted(connection: Connection, latest: Mapping[tuple[int, int], Ballot]) -> list[tuple[int, int]]:
    """Keys of those on open statements by people who are still there, whose rows are locked until the commit."""
    statements = {"ids": sorted({statement_id for statement_id, _person in latest})}
    people = {"ids": sorted({person for _statement, person in latest})}
    is_open = set(connection.execute(_OPEN, statements).scalars())
    is_there = set(connection.execute(_THERE, people).scalars())
    return [key for key in sorted(latest) if key[0] in is_open and key[1] in is_there]


# Made once: what a vote costs is mostly the making of its statements.
_OPEN = select(Statement.id).where(Statement.id.in_(bindparam("ids", expanding=True)), Statement.is_open)
_THERE = (
    select(Participant.id)
    .where(Participant.id.in_(bindparam("ids", expanding=True)), Participant.erased_at.is_(None))
    .order_by(Participant.id)
    .with_for_update(read=True)
)
_COUNT = (
    update(Statement)
    .where(Statement.id == bindparam("at"))
    .values(vote_count=Statement.vote_count + bindparam("more", type_=Integer))
)
_CHANGE = (
    update(Vote)
    .where(Vote.statement_id == bindparam("at"), Vote.participant_id == bindparam("of"))
    .values(value=bindparam("to"), matters=bindparam("matters"), voted_on=bindparam("voted_on"))
)
_inserts: dict[str, Any] = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(Vote)
    .on_conflict_do_nothing()
    .returning(Vote.statement_id, Vote.participant_id)
    for dialect in (postgresql, sqlite)
}
