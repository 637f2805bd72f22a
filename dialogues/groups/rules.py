"""The hard rules of small rooms, each a function that says how a filled room breaks it (dialogue-and-safety.md §10).

Independent of the search, which reckons in differences: a finished plan, a facilitator's drag and a late joiner are all
looked at with these. A violation says which rule, in which room and how many people, never who and never which answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .people import AgeGroup, Background, Person, Plan, Room, Rules, are_apart, by_id

Held = Mapping[str, frozenset[Background]]


class Rule(StrEnum):
    """The hard rules."""

    SIZE = "size"
    BALANCE = "balance"
    HOST = "host"
    LANGUAGE = "language"
    ACCESS = "access"
    SPREAD = "spread"
    NOT_WITH = "not_with"
    LONE = "lone"
    AGES = "ages"
    YOUTH_BANDS = "youth_bands"
    VETTED_ADULTS = "vetted_adults"


#: Rules that are kept whatever it costs: somebody stays in the main room rather.
NEVER_BROKEN = frozenset({Rule.NOT_WITH, Rule.LONE, Rule.AGES, Rule.YOUTH_BANDS, Rule.VETTED_ADULTS})


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that one room does not keep."""

    rule: Rule
    #: number of the room in the plan, from 1; None for all rooms together
    room: int | None
    #: people concerned, or people too many or too few
    people: int
    #: tag of the language in which an interpreter would help
    language: str | None = None

    @property
    def is_never_broken(self) -> bool:
        """Tell whether this must not stand in any plan."""
        return self.rule in NEVER_BROKEN


@dataclass(frozen=True, slots=True)
class FilledRoom:
    """A room with the people in it, those with a seat apart from its staff."""

    number: int
    room: Room
    people: tuple[Person, ...]

    @property
    def has_minors(self) -> bool:
        """Tell whether this is a room of minors."""
        return any(each.age.is_minor for each in self.people)

    @property
    def everybody(self) -> tuple[Person, ...]:
        """People with and without a seat."""
        return self.people + self.room.hosts


def check(plan: Plan, people: Collection[Person], rules: Rules) -> tuple[Violation, ...]:
    """Every violation in the plan; none when all is well."""
    held = backgrounds(people, rules)
    filled = fill(plan, people)
    found = [each for room in filled for each in check_room(room, held, rules)]
    return (*found, *check_balance(filled, rules), *check_spread(filled, rules))


def check_room(filled: FilledRoom, held: Held, rules: Rules) -> list[Violation]:
    """What one room breaks by itself; a room without people breaks nothing."""
    if not filled.people:
        return []
    return [
        *check_size(filled, rules),
        *check_host(filled),
        *check_language(filled),
        *check_access(filled),
        *check_not_with(filled),
        *check_lone(filled, held, rules),
        *check_ages(filled, rules),
        *check_vetted_adults(filled, rules),
    ]


def check_size(filled: FilledRoom, rules: Rules) -> list[Violation]:
    """4 to 8 people, minors 4 to 6."""
    sizes = rules.sizes(youth=filled.has_minors)
    count = len(filled.people)
    off = max(sizes.smallest - count, count - sizes.largest, 0)
    return _violations(Rule.SIZE, filled, off)


def check_host(filled: FilledRoom) -> list[Violation]:
    """A facilitator or a host in every room."""
    has_host = bool(filled.room.hosts) or any(each.is_host for each in filled.people)
    return _violations(Rule.HOST, filled, 0 if has_host else 1)


def check_language(filled: FilledRoom) -> list[Violation]:
    """Every person shares a language with the room, or the room has an interpreter for her.

    The room's languages are those of its hosts: somebody who speaks two leads in both (§5.2). Where no host said what
    she speaks, it is the one that most people understand. Each violation names the language of a missing interpreter.
    """
    spoken = room_languages(filled)
    left = [each for each in filled.people if each.languages and not each.languages & spoken]
    found = []
    while left:
        wished = Counter(each.first_language for each in left if each.first_language in each.languages)
        understood = Counter(tag for each in left for tag in each.languages)
        tag = min(understood, key=lambda each: (-understood[each], -wished[each], each))
        found.append(Violation(Rule.LANGUAGE, filled.number, understood[tag], tag))
        left = [each for each in left if tag not in each.languages]
    return found


def room_languages(filled: FilledRoom) -> frozenset[str]:
    """Languages that are spoken or interpreted in the room."""
    hosts = [*filled.room.hosts, *(each for each in filled.people if each.is_host)]
    spoken = frozenset(tag for each in hosts for tag in each.languages)
    if not spoken:
        understood = Counter(tag for each in filled.people for tag in each.languages)
        spoken = frozenset(sorted(understood, key=lambda tag: (-understood[tag], tag))[:1])
    return spoken | filled.room.interpreted


def check_access(filled: FilledRoom) -> list[Violation]:
    """The room has what its people need, staff included."""
    unmet = sum(1 for each in filled.everybody if each.access_needs - filled.room.access)
    return _violations(Rule.ACCESS, filled, unmet)


def check_not_with(filled: FilledRoom) -> list[Violation]:
    """Those who asked not to be together are not."""
    everybody = filled.everybody
    pairs = sum(are_apart(one, other) for place, one in enumerate(everybody) for other in everybody[:place])
    return _violations(Rule.NOT_WITH, filled, pairs)


def check_lone(filled: FilledRoom, held: Held, rules: Rules) -> list[Violation]:
    """A protected answer has nobody in the room, or at least two."""
    counts = Counter(each for person in filled.people for each in held.get(person.id, frozenset()))
    return _violations(Rule.LONE, filled, sum(count for count in counts.values() if count < rules.fewest_together))


def check_ages(filled: FilledRoom, rules: Rules) -> list[Violation]:
    """Minors sit with minors and vetted staff only (§11.1 Y3), and both bands only where the session says so."""
    if not filled.has_minors:
        return []
    adults = sum(not each.age.is_minor for each in filled.people)
    adults += sum(not each.is_vetted_adult for each in filled.room.hosts)
    bands = {each.age for each in filled.people if each.age.is_minor}
    younger = sum(each.age is AgeGroup.FROM_13 for each in filled.people)
    mixed = younger if len(bands) > 1 and not rules.mixes_youth else 0
    return _violations(Rule.AGES, filled, adults) + _violations(Rule.YOUTH_BANDS, filled, mixed)


def check_vetted_adults(filled: FilledRoom, rules: Rules) -> list[Violation]:
    """Two vetted adults among the staff of every room of minors (§11.1 Y4)."""
    vetted = sum(each.is_vetted_adult for each in filled.room.hosts)
    missing = max(0, rules.vetted_adults - vetted) if filled.has_minors else 0
    return _violations(Rule.VETTED_ADULTS, filled, missing)


def check_balance(filled: Iterable[FilledRoom], rules: Rules) -> list[Violation]:
    """Rooms of one age differ by one person at most."""
    rooms = [each for each in filled if each.people]
    by_age: dict[frozenset[AgeGroup], list[int]] = {}
    for each in rooms:
        by_age.setdefault(age_pool(each.people[0].age, rules), []).append(len(each.people))
    off = sum(max(0, max(counts) - min(counts) - rules.most_difference) for counts in by_age.values())
    return [Violation(Rule.BALANCE, None, off)] if off else []


def check_spread(filled: Iterable[FilledRoom], rules: Rules) -> list[Violation]:
    """Each answer to a question of `rules.spread` has two people in every room, where there are enough of them."""
    by_age: dict[frozenset[AgeGroup], list[FilledRoom]] = {}
    for each in filled:
        if rules.spread and each.people:
            by_age.setdefault(age_pool(each.people[0].age, rules), []).append(each)
    found = []
    for rooms in by_age.values():
        counts = [Counter(_answers(room.people, rules.spread)) for room in rooms]
        whole: Counter[tuple[str, str]] = sum(counts, Counter())
        due = [each for each, count in whole.items() if count >= rules.fewest_together * len(rooms)]
        for room, count in zip(rooms, counts, strict=True):
            missing = sum(max(0, rules.fewest_together - count[each]) for each in due)
            found += _violations(Rule.SPREAD, room, missing)
    return found


def age_pool(age: AgeGroup, rules: Rules) -> frozenset[AgeGroup]:
    """Ages that may sit together with this one."""
    if age.is_minor and rules.mixes_youth:
        return frozenset({AgeGroup.FROM_13, AgeGroup.FROM_16})
    return frozenset({age})


def backgrounds(people: Collection[Person], rules: Rules) -> dict[str, frozenset[Background]]:
    """Per person what she must not be alone with: question by question each ticked answer, and all of them together.

    Somebody who skipped a question has nothing of it and stands for no answer. All that somebody ticked together counts
    only when another of an age she may sit with ticked the same: alone with it she is alone everywhere.
    """
    held: dict[str, set[Background]] = {}
    together: Counter[tuple[frozenset[AgeGroup], Background]] = Counter()
    seated = [each for each in people if not each.is_facilitator]
    for person in seated:
        ticked = _protected(person, rules)
        held[person.id] = {(question, frozenset({answer})) for question, answers in ticked for answer in answers}
        together.update((age_pool(person.age, rules), each) for each in ticked if len(each[1]) > 1)
    for person in seated if rules.protects_combinations else ():
        pool = age_pool(person.age, rules)
        held[person.id] |= {each for each in _protected(person, rules) if together[pool, each] > 1}
    return {key: frozenset(value) for key, value in held.items()}


def fill(plan: Plan, people: Collection[Person]) -> list[FilledRoom]:
    """The plan's rooms with people in place of their ids."""
    known = by_id(people)
    return [
        FilledRoom(number, each.room, tuple(known[one] for one in each.people))
        for number, each in enumerate(plan.rooms, start=1)
    ]


def _protected(person: Person, rules: Rules) -> list[Background]:
    return [(question, answers) for question, answers in person.answers.items() if question in rules.protected]


def _answers(people: Sequence[Person], questions: Collection[str]) -> Iterable[tuple[str, str]]:
    return (
        (question, answer)
        for each in people
        for question, answers in each.answers.items()
        if question in questions
        for answer in answers
    )


def _violations(rule: Rule, filled: FilledRoom, people: int) -> list[Violation]:
    return [Violation(rule, filled.number, people)] if people else []
