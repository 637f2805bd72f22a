"""Rows of one CSV file out of a Polis export, each trouble with its file and line.

Knows CSV and nothing of conversations. Lines are counted as an editor counts them; a row whose text has line breaks is
known by its first line.
"""

import csv
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

#: Larger numbers of statements or people are damage.
_LARGEST_ID = 2**39
#: Characters of one field; a longer one is a quotation mark that was never closed.
_LONGEST_FIELD = 131_072
#: Milliseconds until the end of the year 9999, behind which there are no dates.
_LARGEST_NUMBER = 253_402_300_799_999


class Trouble(StrEnum):
    """What is wrong with a file; the sentences for people are made elsewhere."""

    EMPTY = "empty"
    """There is not even a header."""
    NOT_UTF8 = "not_utf8"
    """Bytes that are no UTF-8."""
    NOT_CSV = "not_csv"
    """Quotation marks that do not fit, or a field without end."""
    NO_COLUMN = "no_column"
    """A column that must be there is not, or is there twice."""
    WRONG_WIDTH = "wrong_width"
    """A row with more or fewer fields than the header."""
    NO_NUMBER = "no_number"
    """Something else where a whole number has to stand."""
    NO_VOTE = "no_vote"
    """A vote that is none of 1, 0, -1."""
    NO_MODERATION_STATE = "no_moderation_state"
    """A state that is none of 1, 0, -1."""
    TWICE = "twice"
    """A second row for the same statement or person."""
    UNKNOWN_STATEMENT = "unknown_statement"
    """Votes on a statement that has no text."""


class MissingPolisFile(ValueError):
    """A file that has to be there is not."""

    def __init__(self, file: str) -> None:
        super().__init__(f"{file} is missing")
        self.file = file


class MalformedPolisFile(ValueError):
    """A file that is not what Polis exports; says where and what."""

    def __init__(self, file: str, line: int, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{file}, line {line}: {trouble} {detail}".rstrip())
        self.file = file
        self.line = line
        self.trouble = trouble
        #: The name of the column, where it is about one.
        self.detail = detail


class Rows:
    """One file, open: rows that are not empty; behind a header, each as wide as the header."""

    def __init__(self, path: Path, *, has_header: bool = True) -> None:
        self._path = path
        self._has_header = has_header
        self.header: list[str] = []

    def __enter__(self) -> Self:
        """Open the file and read its header."""
        self._file: TextIO = self._path.open(encoding="utf-8-sig", newline="")
        self._reader = csv.reader(self._file, strict=True)
        #: First line of the row read last.
        self._line = 1
        if self._has_header:
            try:
                self._read_header()
            except MalformedPolisFile:
                self._file.close()
                raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the file."""
        self._file.close()

    def __iter__(self) -> Iterator[list[str]]:
        """Each row behind the header."""
        width = len(self.header)
        for row in self._rows():
            if width and len(row) != width:
                raise self.trouble(Trouble.WRONG_WIDTH)
            yield row

    def columns(self, *names: str) -> tuple[int, ...]:
        """Places of these columns.

        Raises:
            MalformedPolisFile: one is missing or there twice.
        """
        for name in names:
            if self.header.count(name) != 1:
                raise self.trouble(Trouble.NO_COLUMN, name)
        return tuple(self.header.index(name) for name in names)

    def numbered_columns(self) -> list[tuple[int, int]]:
        """Place and number of each column whose name is a number: the statements of the matrix."""
        columns = [(place, int(name)) for place, name in enumerate(self.header) if name.isascii() and name.isdecimal()]
        if len({number for _, number in columns}) != len(columns):
            raise self.trouble(Trouble.TWICE)
        return columns

    def number(self, cell: str) -> int:
        """Whole number from nought on that stands in this cell of the row read last."""
        digits = cell.strip()
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > len(str(_LARGEST_NUMBER)):
            raise self.trouble(Trouble.NO_NUMBER)
        if (number := int(digits)) > _LARGEST_NUMBER:
            raise self.trouble(Trouble.NO_NUMBER)
        return number

    def id(self, cell: str) -> int:
        """Number of a statement or of a person."""
        number = self.number(cell)
        if number > _LARGEST_ID:
            raise self.trouble(Trouble.NO_NUMBER)
        return number

    def trouble(self, trouble: Trouble, detail: str = "") -> MalformedPolisFile:
        """The error to raise about the row read last."""
        return MalformedPolisFile(self._path.name, self._line, trouble, detail)

    def _read_header(self) -> None:
        self.header = [name.strip() for name in next(self._rows(), [])]
        if not self.header:
            raise self.trouble(Trouble.EMPTY)

    def _rows(self) -> Iterator[list[str]]:
        while True:
            self._line = self._reader.line_num + 1
            try:
                row = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self.trouble(Trouble.NOT_CSV) from error
            except UnicodeDecodeError as error:
                self._line = self._first_undecodable_line()
                raise self.trouble(Trouble.NOT_UTF8) from error
            # the csv module has a limit too, but any library in the same process may lift it for all
            if row and max(map(len, row)) > _LONGEST_FIELD:
                raise self.trouble(Trouble.NOT_CSV)
            if row:
                yield row

    def _first_undecodable_line(self) -> int:
        """Count again, since text is decoded many lines ahead of the row being read."""
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    line.decode()
                except UnicodeDecodeError:
                    return number
        return self._line
