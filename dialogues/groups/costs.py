"""What a seating costs, in whole points: the numbers the search adds up, worked out once for each pool of people.

A *never* cost outweighs everything, a *hard* one outweighs all soft aims (dialogue-and-safety.md §10). Costs come in
three forms: of a pair in one room, of a person in a room, and of how many of one background are in a room.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from .hosting import OpenRoom, Pool
from .people import Background, Person, Rules, are_apart
from .rules import Held

#: One broken rule that may be broken where there is no other way. Soft points of two rooms never add up to it.
HARD = 100_000
#: One broken rule that is never broken.
NEVER = 1_000 * HARD

Matrix = list[list[int]]


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs of one pool; people are numbered in the pool's order."""

    people: tuple[Person, ...]
    #: points when two people share a room; symmetric, 0 with oneself
    pairs: Matrix
    #: per person the numbers of her backgrounds and labels
    groups: list[frozenset[int]]
    #: per background the points for 0, 1, 2 … people in a room; the last holds for any more
    steps: list[list[int]]

    def steps_for(self, rooms: int) -> list[list[int]]:
        """The points per background in so many rooms: who are too few for every room may be absent from some."""
        members = Counter(group for groups in self.groups for group in groups)
        return [
            step if members[group] >= (len(step) - 1) * rooms else [0, *step[1:]]
            for group, step in enumerate(self.steps)
        ]

    def without(self, gone: Collection[int]) -> Costs:
        """Costs of the people who stay, numbered anew."""
        stay = [place for place in range(len(self.people)) if place not in gone]
        pairs = [[self.pairs[one][other] for other in stay] for one in stay]
        return Costs(tuple(self.people[at] for at in stay), pairs, [self.groups[at] for at in stay], self.steps)


def costs_of(pool: Pool, held: Held, rules: Rules) -> Costs:
    """Costs of `pool`, without regard to rooms."""
    numbers: dict[Background, int] = {}
    members: list[frozenset[int]] = []
    for person in pool.people:
        spread = {(question, answer) for question, answer in _single_answers(person) if question in rules.spread}
        own = sorted(held.get(person.id, frozenset()) | spread, key=lambda each: (each[0], sorted(each[1])))
        members.append(frozenset(numbers.setdefault(each, len(numbers)) for each in own))
    steps = [_steps(background, rules) for background in numbers]
    return Costs(pool.people, pair_points(pool.people, rules), members, steps)


def place_costs(people: Sequence[Person], rooms: Sequence[OpenRoom]) -> Matrix:
    """Per room and person the points for her being there: language, access, and staff she is not to sit with."""
    return [[_place(person, room) for person in people] for room in rooms]


def _place(person: Person, room: OpenRoom) -> int:
    points = HARD * bool(person.access_needs - room.room.access)
    if person.languages and room.languages and not person.languages & room.languages:
        points += HARD
    return points + NEVER * sum(are_apart(person, host) for host in room.room.hosts)


def _steps(background: Background, rules: Rules) -> list[int]:
    question, answers = background
    points = [0] * (rules.fewest_together + 1)
    if question in rules.protected:
        points[1:-1] = [NEVER] * (rules.fewest_together - 1)
    if question in rules.spread and len(answers) == 1:
        for people in range(rules.fewest_together):
            points[people] += HARD * (rules.fewest_together - people)
    return points


def pair_points(people: Sequence[Person], rules: Rules) -> Matrix:
    """Points for each pair who share a room, by what they said and whom they named; symmetric."""
    weights = rules.weights
    points: Matrix = [[0] * len(people) for _ in people]
    answers = ((place, each) for place, person in enumerate(people) for each in _single_answers(person))
    viewpoints = ((place, each) for place, person in enumerate(people) for each in person.viewpoints.items())
    _add_alike(points, answers, weights.same_background)
    _add_alike(points, viewpoints, weights.same_viewpoint)
    _add_strangers(points, people, weights.no_common_language)
    _add_named(points, people, rules)
    return points


def _single_answers(person: Person) -> Iterator[Background]:
    return ((question, frozenset({each})) for question, answers in person.answers.items() for each in answers)


def _add_alike(points: Matrix, said: Iterator[tuple[int, object]], weight: int) -> None:
    """Add `weight` for each pair who said the same."""
    groups: dict[object, list[int]] = {}
    for place, each in said:
        groups.setdefault(each, []).append(place)
    for members in groups.values():
        for one in members:
            row = points[one]
            for other in members:
                row[other] += weight
    for place, row in enumerate(points):
        row[place] = 0


def _add_strangers(points: Matrix, people: Sequence[Person], weight: int) -> None:
    """Add `weight` for each pair without a common language."""
    speaking: dict[frozenset[str], list[int]] = {}
    for place, person in enumerate(people):
        if person.languages:
            speaking.setdefault(person.languages, []).append(place)
    for (one_tags, ones), (other_tags, others) in combinations(speaking.items(), 2):
        if not one_tags & other_tags:
            for one in ones:
                for other in others:
                    points[one][other] += weight
                    points[other][one] += weight


def _add_named(points: Matrix, people: Sequence[Person], rules: Rules) -> None:
    """Add what people said of one another: not with, with, and where they met before."""
    places = {person.id: place for place, person in enumerate(people)}
    told: dict[tuple[int, int], int] = {}
    for one, person in enumerate(people):
        friends = person.with_friends if person.is_first_timer else frozenset()
        for other in (places[key] for key in friends | person.earlier_room_mates | person.not_with if key in places):
            if other != one:
                told[min(one, other), max(one, other)] = _told(person, people[other], rules)
    for (one, other), extra in told.items():
        points[one][other] += extra
        points[other][one] += extra


def _told(one: Person, other: Person, rules: Rules) -> int:
    weights = rules.weights
    met = other.id in one.earlier_room_mates or one.id in other.earlier_room_mates
    wished = (one.is_first_timer and other.id in one.with_friends) or (
        other.is_first_timer and one.id in other.with_friends
    )
    return NEVER * are_apart(one, other) + weights.met_before * met - weights.friend * wished
