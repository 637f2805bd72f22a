"""How good a plan is: how many, never who and never which answer (dialogue-and-safety.md §10).

Rules that speak of what people confided (not with, protected answers) are told as one number with the others that are
never broken, and without the room: otherwise somebody could drag people around and read their answers off the
report. Why people are in the main room is not told for the same reason. Words for facilitators are made elsewhere from
these numbers; `str` is for logs and tests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from .people import AgeGroup, Person, Plan, Rules
from .rules import Rule, Violation, check


@dataclass(frozen=True, slots=True)
class InterpreterNeed:
    """A room in which somebody would understand nothing."""

    #: number of the room in the plan, from 1
    room: int
    #: tag of the language; words for it are the caller's
    language: str


@dataclass(frozen=True, slots=True)
class ConstraintReport:
    """How well a plan keeps the rules, in numbers."""

    rooms: int
    #: people with a seat in a small room
    seated: int
    #: people in the main room, and how many of them are minors, who need a main room of their own
    in_main_room: int
    minors_in_main_room: int
    #: how many of the hard rules are not kept everywhere
    rules_adjusted: int
    rooms_of_another_size: int
    rooms_without_host: int
    rooms_with_unmet_access: int
    rooms_short_of_a_label: int
    is_balanced: bool
    interpreters: tuple[InterpreterNeed, ...]
    #: rooms that must not open like this; 0 in every plan that was not changed by hand
    rooms_not_to_open: int
    is_finished: bool

    @property
    def may_open(self) -> bool:
        """Tell whether every rule is kept that is never broken."""
        return self.rooms_not_to_open == 0

    @property
    def needs_two_main_rooms(self) -> bool:
        """Tell whether minors and adults are both left over: they must not be in one main room (§11.1 Y3)."""
        return 0 < self.minors_in_main_room < self.in_main_room

    def __str__(self) -> str:
        return "; ".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.seated} people in {self.rooms} rooms"
        yield f"{self.rules_adjusted} rules adjusted"
        for each in self.interpreters:
            yield f"room {each.room} needs an interpreter for {each.language}"
        counted = {
            "smaller or larger than usual": self.rooms_of_another_size,
            "without a host": self.rooms_without_host,
            "with an access need not met": self.rooms_with_unmet_access,
            "without two of each label": self.rooms_short_of_a_label,
            "not to be opened like this": self.rooms_not_to_open,
        }
        yield from (f"{rooms} rooms {what}" for what, rooms in counted.items() if rooms)
        if not self.is_balanced:
            yield "rooms differ by more than one person"
        if self.in_main_room:
            yield f"{self.in_main_room} people in the main room, {self.minors_in_main_room} of them minors"
        if self.needs_two_main_rooms:
            yield "minors need a main room of their own"
        if not self.is_finished:
            yield "stopped before the search was over"


def report_on(plan: Plan, people: Collection[Person], rules: Rules) -> ConstraintReport:
    """Report on a plan as the search made it or as a facilitator changed it."""
    found = check(plan, people, rules)
    minors = sum(len(ids) for age, ids in plan.main_rooms.items() if age is not AgeGroup.ADULT)
    needs = {InterpreterNeed(each.room or 0, each.language) for each in found if each.language}
    return ConstraintReport(
        rooms=len(plan.rooms),
        seated=sum(len(each.people) for each in plan.rooms),
        in_main_room=len(plan.main_room),
        minors_in_main_room=minors,
        rules_adjusted=len({_told_as(each) for each in found}),
        rooms_of_another_size=_rooms(found, Rule.SIZE),
        rooms_without_host=_rooms(found, Rule.HOST),
        rooms_with_unmet_access=_rooms(found, Rule.ACCESS),
        rooms_short_of_a_label=_rooms(found, Rule.SPREAD),
        is_balanced=not any(each.rule is Rule.BALANCE for each in found),
        interpreters=tuple(sorted(needs, key=lambda each: (each.room, each.language))),
        rooms_not_to_open=len({each.room for each in found if each.is_never_broken}),
        is_finished=plan.is_finished,
    )


def _told_as(violation: Violation) -> str:
    return "never" if violation.is_never_broken else violation.rule


def _rooms(found: Collection[Violation], rule: Rule) -> int:
    return len({each.room for each in found if each.rule is rule})
