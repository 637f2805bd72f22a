"""Reading the folder Polis exports of a conversation: statements, people, votes, and what the files themselves count.

Pure reading: nothing is stored, cleaned or translated here, and nothing is guessed. The caller declares which sign
means agreement; records come out with 1 for agree, -1 for disagree and 0 for pass. Files are read row by row; only the
latest vote of each person on each statement is held in memory, where the files hold vote events (about 150 bytes each).

What is known about these files, measured on six real conversations, and what is done about it:

- ``votes.csv`` holds events: the latest ``timestamp`` wins, of two equal ones the later line. Without that file the
  matrix ``participants-votes.csv`` (or ``participant-votes.csv``) is read, where an empty cell means "not seen".
- ``agrees`` and ``disagrees`` of ``comments.csv`` are stale counters, ``datetime`` is a local time: neither is read.
- Times are seconds or, in older exports, milliseconds since 1970; told apart by their size.
- Numbers of statements and people have gaps, and some statements have no column in the matrix.
- ``xid`` names a person in some other system: left out unless asked for.
- Text has line breaks, HTML, any script, and may begin with ``=``, ``-`` or ``+``: handed over as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from .polis_rows import MissingPolisFile, Rows, Trouble

#: Times above this are milliseconds: as seconds they would lie in the year 5138, as milliseconds in 1973.
_MILLISECONDS_FROM = 100_000_000_000
_MATRIX_NAMES = ("participants-votes.csv", "participant-votes.csv")
_SIGNS = {"1": 1, "-1": -1, "0": 0}


class UndeclaredSign(ValueError):
    """The value that means agreement is neither 1 nor -1."""


class Statement(NamedTuple):
    """One statement as its author wrote it."""

    statement_id: int
    #: None where the file does not say.
    author_id: int | None
    #: 1 accepted, -1 rejected, 0 not looked at.
    moderated: int
    #: Milliseconds since 1970.
    timestamp: int
    body: str

    @property
    def written_at(self) -> datetime:
        """The moment it was sent."""
        return datetime.fromtimestamp(self.timestamp / 1000, UTC)


class Vote(NamedTuple):
    """Where one person stands on one statement in the end."""

    statement_id: int
    participant_id: int
    #: 1 agree, -1 disagree, 0 pass.
    value: int
    #: Milliseconds since 1970; None where only the matrix is left.
    timestamp: int | None


class Person(NamedTuple):
    """Somebody who took part, if only by looking."""

    participant_id: int
    #: Who she is in some other system; None unless asked for and known.
    xid: str | None


@dataclass(slots=True)
class Totals:
    """How many people agree, disagree and pass."""

    agree: int = 0
    disagree: int = 0
    passes: int = 0

    def add(self, value: int) -> None:
        """Count one vote."""
        if value > 0:
            self.agree += 1
        elif value < 0:
            self.disagree += 1
        else:
            self.passes += 1


class PolisFolder:
    """One exported conversation. Each method reads its file from the beginning and may be asked again."""

    def __init__(self, folder: Path, *, agree: int, keep_xid: bool = False) -> None:
        """Look at which files are there; ``agree`` is the value that means agreement in them, 1 or -1.

        Raises:
            UndeclaredSign: ``agree`` is something else.
            MissingPolisFile: there are no statements, or no votes of either kind.
        """
        if agree not in (1, -1):
            raise UndeclaredSign(str(agree))
        self._agree = agree
        self._keep_xid = keep_xid
        self._comments = folder / "comments.csv"
        self._summary = folder / "summary.csv"
        self._events = folder / "votes.csv"
        self._matrix = next((folder / name for name in _MATRIX_NAMES if (folder / name).is_file()), None)
        if not self._comments.is_file():
            raise MissingPolisFile(self._comments.name)
        if self._matrix is None and not self._events.is_file():
            raise MissingPolisFile(self._events.name)

    @property
    def files(self) -> list[Path]:
        """The files that are read, in a fixed order, for a fingerprint."""
        candidates = (self._summary, self._comments, self._events, self._matrix)
        return [path for path in candidates if path is not None and path.is_file()]

    def summary(self) -> dict[str, str]:
        """Facts of ``summary.csv`` by their key, such as "topic"; empty without that file."""
        if not self._summary.is_file():
            return {}
        with Rows(self._summary, has_header=False) as rows:
            return {row[0]: ",".join(row[1:]) for row in rows if row}

    @cached_property
    def statement_ids(self) -> frozenset[int]:
        """Numbers of all statements that have a text."""
        return frozenset(statement.statement_id for statement in self.statements())

    def statements(self) -> Iterator[Statement]:
        """All statements, rejected ones too, in the order of the file."""
        seen: set[int] = set()
        with Rows(self._comments) as rows:
            number, author, moderated, timestamp, body = rows.columns(
                "comment-id", "author-id", "moderated", "timestamp", "comment-body"
            )
            for row in rows:
                statement_id = rows.id(row[number])
                if statement_id in seen:
                    raise rows.trouble(Trouble.TWICE)
                seen.add(statement_id)
                if (state := _SIGNS.get(row[moderated].strip())) is None:
                    raise rows.trouble(Trouble.NO_MODERATION_STATE)
                author_id = rows.id(row[author]) if row[author].strip() else None
                yield Statement(statement_id, author_id, state, _milliseconds(rows.number(row[timestamp])), row[body])

    def votes(self) -> Iterator[Vote]:
        """One vote for each person and statement she answered, always in the same order."""
        if self._events.is_file():
            return self._latest_of_events()
        return self._votes_of_matrix()

    def people(self) -> Iterator[Person]:
        """Everybody in the matrix or, without one, everybody who voted."""
        if self._matrix is None:
            for participant_id in dict.fromkeys(vote.participant_id for vote in self.votes()):
                yield Person(participant_id, xid=None)
            return
        seen: set[int] = set()
        with Rows(self._matrix) as rows:
            (number,) = rows.columns("participant")
            xid = rows.header.index("xid") if self._keep_xid and "xid" in rows.header else None
            for row in rows:
                participant_id = rows.id(row[number])
                if participant_id in seen:
                    raise rows.trouble(Trouble.TWICE)
                seen.add(participant_id)
                yield Person(participant_id, xid=(row[xid] or None) if xid is not None else None)

    def matrix_totals(self) -> dict[int, Totals] | None:
        """What the matrix itself counts for each statement that has a column; None without a matrix."""
        if self._matrix is None:
            return None
        with Rows(self._matrix) as rows:
            totals = {statement_id: Totals() for _, statement_id in rows.numbered_columns()}
        for vote in self._votes_of_matrix():
            totals[vote.statement_id].add(vote.value)
        return totals

    def contradicts_sign(self) -> bool:
        """Tell whether the matrix's own ``n-agree`` and ``n-disagree`` say that the other sign means agreement.

        No guess is made from it; it is a reason to ask whoever declared the sign once more.
        """
        if self._matrix is None:
            return False
        with Rows(self._matrix) as rows:
            if not {"n-agree", "n-disagree"} <= set(rows.header):
                return False
            places = rows.columns("n-agree", "n-disagree")
            claimed = [
                sum(column) for column in zip(*([rows.number(row[at]) for at in places] for row in rows), strict=True)
            ]
        found = Totals()
        for vote in self._votes_of_matrix():
            found.add(vote.value)
        return found.agree != found.disagree and claimed == [found.disagree, found.agree]

    def _latest_of_events(self) -> Iterator[Vote]:
        known = self.statement_ids
        latest: dict[int, int] = {}
        with Rows(self._events) as rows:
            statement, participant, stamp, value = rows.columns("comment-id", "voter-id", "timestamp", "vote")
            for row in rows:
                statement_id = rows.id(row[statement])
                if statement_id not in known:
                    raise rows.trouble(Trouble.UNKNOWN_STATEMENT)
                if (raw := _SIGNS.get(row[value].strip())) is None:
                    raise rows.trouble(Trouble.NO_VOTE)
                # Two whole numbers instead of two tuples: a fifth of the memory.
                key = statement_id << 40 | rows.id(row[participant])
                event = _milliseconds(rows.number(row[stamp])) << 2 | raw * self._agree + 1
                if event >> 2 >= latest.get(key, 0) >> 2:
                    latest[key] = event
        for key, event in latest.items():
            yield Vote(key >> 40, key & (1 << 40) - 1, (event & 3) - 1, event >> 2)

    def _votes_of_matrix(self) -> Iterator[Vote]:
        if self._matrix is None:
            return
        known = self.statement_ids
        with Rows(self._matrix) as rows:
            (participant,) = rows.columns("participant")
            columns = rows.numbered_columns()
            if any(statement_id not in known for _, statement_id in columns):
                raise rows.trouble(Trouble.UNKNOWN_STATEMENT)
            for row in rows:
                participant_id = rows.id(row[participant])
                for place, statement_id in columns:
                    if cell := row[place]:
                        if (raw := _SIGNS.get(cell.strip())) is None:
                            raise rows.trouble(Trouble.NO_VOTE)
                        yield Vote(statement_id, participant_id, raw * self._agree, None)


def _milliseconds(timestamp: int) -> int:
    return timestamp if timestamp >= _MILLISECONDS_FROM else timestamp * 1000
