"""Small numbers: what may be shown of a table of people, and fresh numbers for people in an export.

This module owns the first form of disclosure control. It knows one-way tables only (one question, one row per
answer) and decides for each whether it is shown, shown with two answers merged, or withheld whole. It holds no table,
no ledger and no words for readers: those belong to the release. Cross-tables are refused by not existing here.

The rules, from section 12 of the project's dialogue and safety rules (their numbers in brackets), in this order:

1. A cell is *small* when it has fewer than ``SMALLEST_CELL`` = 10 people (R3). Zero is not small by itself: it tells
   nothing of any one person. On a *sensitive* question it is, and so is everybody giving the same answer, because then
   the whole group is known at once (R6).
2. Of agree / disagree / pass with a small cell, pass is merged with the smaller side (R5, coarsen first); of two equal
   sides, with disagree.
3. Where people may tick several answers, those who did *not* tick one are a cell as well: 48 of 50 tells of two people.
4. A table that still has a small cell, or fewer than 10 people in all, is withheld whole, total included (R8).
5. Each shown figure, the total too, is rounded to the nearest 5; percentages are whole numbers reckoned from the
   rounded cells, so they tell nothing that the cells do not (R9). Rounded cells need not add up to the rounded total.
6. Under ``FEWEST_FOR_FIGURES`` = 30 people there are words in place of figures (R9). ``FEW`` then includes none and
   ``MOST`` includes all, so that a small group is never said to be of one mind.

What this does not do: it looks at one table at a time. Two tables of the same people, or the same table a week later,
are a matter for the ledger of releases, which asks `may_replace` (R11).
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from secrets import SystemRandom
from typing import TypeVar

Person = TypeVar("Person", bound=Hashable)

RULE_VERSION = "one-way/1 k=10 round=5 words<30"
SMALLEST_CELL = 10
ROUND_TO = 5
FEWEST_FOR_FIGURES = 30

#: Nine digits: too many for two exports to share a number by chance, few enough for every tool's integers.
_EXPORT_NUMBERS = range(100_000_000, 1_000_000_000)


class Kind(StrEnum):
    """How the cells of a table belong together."""

    EXCLUSIVE = "exclusive"
    """Each person is in exactly one cell."""
    OVERLAPPING = "overlapping"
    """A person may be in several cells or in none."""
    OPINION = "opinion"
    """Each person is in exactly one of agree, disagree, pass."""


class ShareInWords(StrEnum):
    """A share of a group too small for figures; the label of each must be as wide as it is said here."""

    FEW = "few"
    """Up to 20 in a hundred, none included."""
    SOME = "some"
    """Less than 40 in a hundred."""
    ABOUT_HALF = "about_half"
    """40 to 60 in a hundred."""
    MOST = "most"
    """More than 60 in a hundred, all included."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The exact number of people who gave one answer. Never leaves the staff area."""

    key: str
    people: int


@dataclass(frozen=True, slots=True)
class Table:
    """Exact counts of people per answer to one question; make one with `one_way`, `several_choices` or `opinion`."""

    key: str
    kind: Kind
    cells: tuple[Cell, ...]
    #: Everybody counted, each once.
    people: int
    #: Whether the question asks for something people can be harmed by (always so for youth and special categories).
    is_sensitive: bool

    def __post_init__(self) -> None:
        """Refuse counts that cannot be counts."""
        if not self.cells or len({cell.key for cell in self.cells}) != len(self.cells):
            raise ImpossibleTable(self.key)
        if any(not 0 <= cell.people <= self.people for cell in self.cells):
            raise ImpossibleTable(self.key)
        if self.kind is not Kind.OVERLAPPING and sum(cell.people for cell in self.cells) != self.people:
            raise ImpossibleTable(self.key)


class ImpossibleTable(ValueError):
    """Cells are missing, negative, named twice, or do not fit the total."""


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One row of a table as it may be shown: figures or, for a small group, a word."""

    #: The answers counted together in this row: usually one.
    keys: tuple[str, ...]
    people: int | None
    percent: int | None
    words: ShareInWords | None


@dataclass(frozen=True, slots=True)
class ProtectedTable:
    """A table as it may leave the staff area; a withheld one has a name and not one figure."""

    key: str
    kind: Kind
    is_withheld: bool
    cells: tuple[ShownCell, ...]
    people: int | None
    rule_version: str = RULE_VERSION

    @property
    def is_merged(self) -> bool:
        """Tell whether some answers are counted together."""
        return any(len(cell.keys) > 1 for cell in self.cells)


def one_way(key: str, counts: Iterable[tuple[str, int]], *, is_sensitive: bool) -> Table:
    """Table of a question to which each person gave one answer."""
    cells = tuple(Cell(name, people) for name, people in counts)
    return Table(key, Kind.EXCLUSIVE, cells, sum(cell.people for cell in cells), is_sensitive)


def several_choices(key: str, counts: Iterable[tuple[str, int]], *, people: int, is_sensitive: bool) -> Table:
    """Table of a question to which ``people`` answered, each with as many answers as she liked."""
    return Table(key, Kind.OVERLAPPING, tuple(Cell(name, count) for name, count in counts), people, is_sensitive)


def opinion(key: str, *, agree: int, disagree: int, passes: int, is_sensitive: bool) -> Table:
    """Table of the votes on one statement; who has not seen it is not counted."""
    cells = (Cell("agree", agree), Cell("disagree", disagree), Cell("pass", passes))
    return Table(key, Kind.OPINION, cells, agree + disagree + passes, is_sensitive)


def protect(table: Table) -> ProtectedTable:
    """What may be shown of ``table``, by the rules this module begins with."""
    groups: list[tuple[tuple[str, ...], int]] = [((cell.key,), cell.people) for cell in table.cells]
    if table.kind is Kind.OPINION and _has_small(groups, table):
        groups = _merge_pass_with_smaller_side(groups)
    if table.people < SMALLEST_CELL or _has_small(groups, table):
        return ProtectedTable(table.key, table.kind, is_withheld=True, cells=(), people=None)

    rounded = [(keys, round_to_five(people)) for keys, people in groups]
    shown_people = round_to_five(table.people)
    whole = shown_people if table.kind is Kind.OVERLAPPING else sum(people for _, people in rounded)
    in_words = table.people < FEWEST_FOR_FIGURES
    cells = tuple(_shown(keys, people, whole, in_words=in_words) for keys, people in rounded)
    return ProtectedTable(table.key, table.kind, is_withheld=False, cells=cells, people=shown_people)


def may_replace(before: Table, after: Table) -> bool:
    """Tell whether ``after`` may be released where ``before`` was.

    Every figure must have changed by nobody or by at least 10 people, or the difference of the two releases tells of
    the few who came or went. Both are exact tables of the same question. Source: R11.
    """
    old, new = _every_figure(before), _every_figure(after)
    same_question = (before.key, before.kind, old.keys()) == (after.key, after.kind, new.keys())
    return same_question and all(
        new[name] == people or abs(new[name] - people) >= SMALLEST_CELL for name, people in old.items()
    )


def round_to_five(people: int) -> int:
    """Nearest multiple of 5 (a whole number is never half-way between two)."""
    return (people + ROUND_TO // 2) // ROUND_TO * ROUND_TO


def number_afresh(people: Iterable[Person]) -> dict[Person, int]:
    """Random number for each person, distinct within one export and unrelated to any other export's.

    Rows must then be written in the order of these numbers: in the order of the database they would tell it all again.
    Fresh numbers do not hide a person whose answers are known: rows per person are for staff (interface rules, 8.1).
    """
    distinct = list(dict.fromkeys(people))
    return dict(zip(distinct, SystemRandom().sample(_EXPORT_NUMBERS, len(distinct)), strict=True))


def _is_small(people: int, table: Table) -> bool:
    if people == 0:
        return table.is_sensitive
    return people < SMALLEST_CELL


def _has_small(groups: list[tuple[tuple[str, ...], int]], table: Table) -> bool:
    for _, people in groups:
        others = table.people - people
        if _is_small(people, table) or (others == 0 and table.is_sensitive):
            return True
        if table.kind is Kind.OVERLAPPING and _is_small(others, table):
            return True
    return False


def _merge_pass_with_smaller_side(groups: list[tuple[tuple[str, ...], int]]) -> list[tuple[tuple[str, ...], int]]:
    (_, agree), (_, disagree), (_, passes) = groups
    if agree < disagree:
        return [(("agree", "pass"), agree + passes), (("disagree",), disagree)]
    return [(("agree",), agree), (("disagree", "pass"), disagree + passes)]


def _shown(keys: tuple[str, ...], people: int, whole: int, *, in_words: bool) -> ShownCell:
    percent = (200 * people + whole) // (2 * whole)
    if in_words:
        return ShownCell(keys, people=None, percent=None, words=_in_words(percent))
    return ShownCell(keys, people=people, percent=percent, words=None)


def _in_words(percent: int) -> ShareInWords:
    if percent <= 20:
        return ShareInWords.FEW
    if percent < 40:
        return ShareInWords.SOME
    return ShareInWords.ABOUT_HALF if percent <= 60 else ShareInWords.MOST


def _every_figure(table: Table) -> dict[str | None, int]:
    return {None: table.people, **{cell.key: cell.people for cell in table.cells}}
