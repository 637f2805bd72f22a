"""The files of a Polis export, written from our votes: ``polis/`` in a package, for the tools that read them.

Only the form is decided here (interface rules, 8.1), not who may have the files: nearly every row of votes is unique,
so they go to staff, or to all where people were told so before they began. What could tie a row to a person beyond
her votes is left out all the same: nobody's group, no outside identifier, no time finer than the day (midnight UTC),
and people under numbers drawn afresh (`core.disclosure.number_afresh`) and **in the order of these numbers**; rows in
any other order are refused, because the database's order is the order in which people came.

UTF-8 without byte order mark, line feeds, a header; 1 agree, -1 disagree, 0 pass; an empty cell is "not seen". Texts
are as they were written, quoted: a formula in them is for the reader to beware of, as in Polis's own files.
"""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Literal, NamedTuple

_ROWS_AT_ONCE = 1000
_Quoting = Literal[0, 2]  # csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC
#: English whatever the language of the machine.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Bits of the packed form of a vote, from the right: value, day, statement; the person's number is above them.
_VALUE_BITS, _DAY_BITS, _STATEMENT_BITS = 2, 22, 40


class RowsInTellingOrder(ValueError):
    """Rows of people come in another order than that of their fresh numbers."""


class StatementRow(NamedTuple):
    """One statement with its votes as counted for this export."""

    statement_id: int
    #: Fresh number of its author; of the city, too, since readers expect a number.
    author: int
    written_on: date
    #: 1 accepted, -1 rejected, 0 not looked at.
    moderated: int
    agrees: int
    disagrees: int
    body: str


class VoteRow(NamedTuple):
    """Where one person stands on one statement."""

    person: int
    statement_id: int
    value: int
    voted_on: date


def renumbered(votes: Iterable[VoteRow], numbers: Mapping[int, int]) -> "RenumberedVotes":
    """The votes under fresh numbers, in their order; read once, then as often as files are written.

    Held packed, about 45 bytes a vote: the order of random numbers cannot be had by streaming alone.
    """
    return RenumberedVotes(_packed(vote, numbers[vote.person]) for vote in votes)


class RenumberedVotes:
    """Votes sorted by fresh number of the person, then statement."""

    def __init__(self, packed: Iterable[int]) -> None:
        self._packed = sorted(packed)

    def __iter__(self) -> Iterator[VoteRow]:
        """Unpack one after the other."""
        return (_unpacked(each) for each in self._packed)

    def __len__(self) -> int:
        """How many votes there are."""
        return len(self._packed)


def summary_csv(facts: Mapping[str, object]) -> bytes:
    """``summary.csv``: facts by their key, no header, in the order of Polis."""
    order = ("topic", "url", "voters", "voters-in-conv", "commenters", "comments", "groups", "conversation-description")
    return _written(([key, facts[key]] for key in order if key in facts), quoting=csv.QUOTE_NONNUMERIC)


def comments_csv(statements: Iterable[StatementRow]) -> Iterator[bytes]:
    """``comments.csv``, in pieces."""
    yield b"timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
    rows = (
        (*_midnight(row.written_on), row.statement_id, row.author, row.agrees, row.disagrees, row.moderated, row.body)
        for row in statements
    )
    yield from _in_pieces(rows, quoting=csv.QUOTE_NONNUMERIC)


def votes_csv(votes: Iterable[VoteRow]) -> Iterator[bytes]:
    """``votes.csv``, in pieces; one row for each person and statement she answered."""
    yield b"timestamp,datetime,comment-id,voter-id,vote\n"
    rows = ((*_midnight(row.voted_on), row.statement_id, row.person, row.value) for row in _in_order(votes))
    yield from _in_pieces(rows, quoting=csv.QUOTE_MINIMAL)


def matrix_csv(
    statement_ids: Sequence[int], votes: Iterable[VoteRow], *, written: Mapping[int, int] | None = None
) -> Iterator[bytes]:
    """``participant-votes.csv``, which older tools call ``participants-votes.csv``, in pieces: a row for each person.

    ``written`` says how many statements each person wrote, by fresh number. The column of groups stays empty.
    """
    known = [str(statement_id) for statement_id in statement_ids]
    yield _written([["participant", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree", *known]])
    rows = (
        _matrix_row(
            person, statement_ids, {row.statement_id: row.value for row in hers}, (written or {}).get(person, 0)
        )
        for person, hers in itertools.groupby(_in_order(votes), key=attrgetter("person"))
    )
    yield from _in_pieces(rows, quoting=csv.QUOTE_MINIMAL)


def _matrix_row(person: int, statement_ids: Sequence[int], votes: Mapping[int, int], written: int) -> list[object]:
    values = list(votes.values())
    cells = [votes.get(statement_id) for statement_id in statement_ids]
    return [person, None, written, len(values), values.count(1), values.count(-1), *cells]


def _in_order(votes: Iterable[VoteRow]) -> Iterator[VoteRow]:
    last = -1
    for vote in votes:
        if vote.person < last:
            raise RowsInTellingOrder
        last = vote.person
        yield vote


@lru_cache
def _midnight(day: date) -> tuple[int, str]:
    """Seconds since 1970 and the same as Polis spells it, both at the beginning of the day in UTC."""
    seconds = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    return seconds, f"{_WEEKDAYS[day.weekday()]} {_MONTHS[day.month - 1]} {day.day:02} 00:00:00 UTC {day.year}"


def _in_pieces(rows: Iterable[Sequence[object]], *, quoting: _Quoting) -> Iterator[bytes]:
    stream = iter(rows)
    while batch := list(itertools.islice(stream, _ROWS_AT_ONCE)):
        yield _written(batch, quoting=quoting)


def _written(rows: Iterable[Sequence[object]], *, quoting: _Quoting = csv.QUOTE_MINIMAL) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n", quoting=quoting).writerows(rows)
    return buffer.getvalue().encode()


def _packed(vote: VoteRow, number: int) -> int:
    day = vote.voted_on.toordinal()
    return ((number << _STATEMENT_BITS | vote.statement_id) << _DAY_BITS | day) << _VALUE_BITS | vote.value + 1


def _unpacked(packed: int) -> VoteRow:
    value = packed & (1 << _VALUE_BITS) - 1
    day = packed >> _VALUE_BITS & (1 << _DAY_BITS) - 1
    rest = packed >> _VALUE_BITS + _DAY_BITS
    return VoteRow(rest >> _STATEMENT_BITS, rest & (1 << _STATEMENT_BITS) - 1, value - 1, date.fromordinal(day))
