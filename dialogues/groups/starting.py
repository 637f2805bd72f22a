"""Where an attempt begins: people at random, but those with a rare protected answer two by two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from .costs import NEVER, Costs, Matrix


def fresh(costs: Costs, places: Matrix, hosts: Mapping[int, int], rng: Random) -> list[int]:
    """Per seat a room, empty seats last; `hosts` are people who keep to a room.

    Rare backgrounds come first, in chunks of as many as must be together, each into a room that suits them; where a
    background ought to be in every room, its chunks go to different ones.
    """
    floor = _Floor(len(costs.people), len(places), rng)
    for person, room in hosts.items():
        floor.sit(person, room)
    steps = costs.steps_for(len(places))
    for group, members in _rare_first(costs, rng):
        waiting = [each for each in members if floor.rooms[each] < 0]
        rng.shuffle(waiting)
        while waiting:
            size = 2 if len(waiting) != 3 else 3
            chunk, waiting = waiting[:size], waiting[size:]
            theirs = {floor.rooms[each] for each in members if floor.rooms[each] >= 0}
            others = set(range(len(places))) - theirs if steps[group][0] else set[int]()
            floor.sit_together(chunk, places, theirs if len(chunk) == 1 else others)
    rest = [person for person in range(len(costs.people)) if floor.rooms[person] < 0]
    rng.shuffle(rest)
    for person in rest:
        floor.sit_together([person], places, set())
    return floor.seats()


def continued(before: Mapping[str, int], costs: Costs, count: int, hosts: Mapping[int, int], rng: Random) -> list[int]:
    """Per seat the room people had `before`, some moved so that rooms are balanced again."""
    floor = _Floor(len(costs.people), count, rng)
    places: Matrix = [[0] * len(costs.people)] * count
    for person, room in hosts.items():
        floor.sit(person, room)
    moved = []
    for person, each in enumerate(costs.people):
        room = before[each.id]
        if floor.rooms[person] < 0 and floor.free[room] > 0:
            floor.sit(person, room)
        elif floor.rooms[person] < 0:
            moved.append(person)
    for person in moved:
        floor.sit_together([person], places, set())
    return floor.seats()


def _rare_first(costs: Costs, rng: Random) -> list[tuple[int, list[int]]]:
    """Each protected background with its members, the rarest first."""
    members: list[list[int]] = [[] for _ in costs.steps]
    for person, groups in enumerate(costs.groups):
        for group in sorted(groups):
            members[group].append(person)
    protected = [(group, each) for group, each in enumerate(members) if costs.steps[group][1] >= NEVER]
    return sorted(protected, key=lambda each: (len(each[1]), rng.random()))


class _Floor:
    """Rooms that fill up: balanced by one, the fuller ones chosen by chance."""

    def __init__(self, people: int, count: int, rng: Random) -> None:
        self.rooms = [-1] * people
        self.rng = rng
        self.size = -(-people // count)
        fuller = set(rng.sample(range(count), people - (self.size - 1) * count))
        self.free = [self.size - (room not in fuller) for room in range(count)]
        self.empty = [room for room in range(count) if room not in fuller]

    def sit(self, person: int, room: int) -> None:
        """Give this person a seat in this room."""
        self.rooms[person] = room
        self.free[room] -= 1

    def sit_together(self, people: Sequence[int], places: Matrix, better: set[int]) -> None:
        """Give these people seats in one room if there is one: one that suits them, one of `better`, else by chance."""
        open_to = [room for room, free in enumerate(self.free) if free >= len(people)]
        if not open_to:
            for person in people:
                self.sit_together([person], places, better)
            return
        room = min(
            open_to,
            key=lambda each: (
                sum(places[each][person] for person in people),
                each not in better,
                self.rng.random(),
            ),
        )
        for person in people:
            self.sit(person, room)

    def seats(self) -> list[int]:
        """Rooms of people, then of empty seats."""
        return self.rooms + self.empty
