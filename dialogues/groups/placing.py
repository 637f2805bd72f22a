"""Seats people in small rooms: random restarts, each improved by swaps, the best one kept (dialogue-and-safety.md §10).

The same people, rooms, rules and seed give the same plan on every machine, unless the search was told to stop. Rules of
`NEVER_BROKEN` hold in every plan, also in one that was stopped: whoever they leave no seat stays in the main room. The
other hard rules are kept as far as they can be, and `rules.check` says where not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from random import Random

from .costs import Costs, costs_of, place_costs
from .hosting import OpenRoom, Pool, best_count, open_rooms, pools
from .joining import seat_if_possible
from .people import AgeGroup, Person, Plan, Room, Rules, SeatedRoom
from .rules import FilledRoom, Held, backgrounds, check_room
from .searching import Seating, Watch
from .starting import continued, fresh

#: Attempts for a small pool; large pools get fewer, because each takes longer and is nearer to the best [ours].
MOST_ATTEMPTS = 12
FEWEST_ATTEMPTS = 3
#: People times attempts that are worth the wait.
_WORK = 1_200
#: How often an attempt that is stuck is shaken, and with how many swaps [ours].
_SHAKES = 8
_SWAPS = 4


def never_stop() -> bool:
    """Let the search run to its end."""
    return False


def attempts_for(people: int) -> int:
    """How many attempts so many people get."""
    return max(FEWEST_ATTEMPTS, min(MOST_ATTEMPTS, _WORK // max(1, people)))


def place(
    people: Collection[Person],
    rooms: Sequence[Room],
    rules: Rules,
    *,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] = never_stop,
    divide_by: Callable[[Person], Hashable] = lambda _: None,
    attempts: int | None = None,
) -> Plan:
    """Plan for one round: who sits in which of `rooms`, of which as many are used as are needed.

    `progress` is told steps done and steps in all. `should_stop` is asked often; when it says yes the best plan so far
    is returned. `divide_by` keeps people apart who differ by it, as an affinity round does. Of `attempts` for each age
    the best counts; left out, as many are made as are worth the wait.
    """
    everybody = sorted(people, key=lambda each: each.id)
    staff = [each for each in everybody if each.is_facilitator]
    held = backgrounds(everybody, rules)
    groups = pools(everybody, rules, divide_by)
    opened = open_rooms(groups, rooms, staff, rules)
    tries = [attempts or attempts_for(len(each.people)) for each in groups]
    watch = Watch(sum(tries), progress, should_stop)
    rng = Random(seed)  # noqa: S311  repeatable by its seed; no secret hangs on it
    tables = [
        _Table(pool, tuple(given), held, rules, rng, watch).seat(count)
        for pool, given, count in zip(groups, opened, tries, strict=True)
    ]
    seated = {room.room.id: room for table in tables for room in table.rooms}
    used = {host.id for room in seated.values() for host in room.room.hosts}
    plan = Plan(
        rooms=tuple(seated[room.id] for room in rooms if room.id in seated),
        main_rooms=_by_age([person for table in tables for person in table.main]),
        spare=tuple(each.id for each in staff if each.id not in used),
        seed=seed,
        is_finished=not watch.has_stopped,
    )
    return seat_if_possible(plan, everybody, rules, divide_by)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One attempt: who is in which room and who in none."""

    rooms: tuple[SeatedRoom, ...]
    main: tuple[Person, ...]
    #: people left out, hard rules broken, distance from the wanted number of rooms, points; the least is the best
    badness: tuple[int, int, int, int]

    @property
    def is_sound(self) -> bool:
        """Tell whether everybody has a seat and no hard rule is broken."""
        return self.badness[:2] == (0, 0)


@dataclass(frozen=True, slots=True)
class _Table:
    """One pool, its rooms, and what the attempts need."""

    pool: Pool
    opened: tuple[OpenRoom, ...]
    held: Held
    rules: Rules
    rng: Random
    watch: Watch

    def seat(self, attempts: int) -> _Outcome:
        """The best of so many attempts."""
        able = _hopeful(self.pool.people, self.held, self.rules) if self.opened else []
        costs = costs_of(Pool(self.pool.ages, tuple(able), self.pool.sizes), self.held, self.rules)
        wanted = best_count(len(able), self.pool.sizes, len(self.opened))
        best: _Outcome | None = None
        for attempt in range(attempts):
            rooms = wanted if best is None or best.is_sound else self._other_count(wanted, attempt, len(able))
            outcome = self._attempt(costs, rooms, wanted)
            self.watch.finish()
            best = outcome if best is None or outcome.badness < best.badness else best
            if self.watch.is_over() or wanted == 0:
                self.watch.finish(attempts - attempt - 1)
                break
        assert best is not None  # noqa: S101  there is always one attempt
        return best

    def _other_count(self, wanted: int, attempt: int, people: int) -> int:
        """Another number of rooms to try where the wanted one left somebody out: fewer, wanted, more in turn."""
        sizes = self.pool.sizes
        other = wanted + (attempt % 3 - 1)
        fits = 0 < other <= len(self.opened) and sizes.smallest * other <= people <= sizes.largest * other
        return other if fits else wanted

    def _attempt(self, costs: Costs, count: int, wanted: int) -> _Outcome:
        """Seat people at random, improve, and leave out whom no rule lets sit."""
        before: dict[str, int] = {}
        points = 0
        while count:
            opened = self.opened[:count]
            places = place_costs(costs.people, opened)
            hosts = _hosts(costs.people, opened)
            start = (
                continued(before, costs, count, hosts, self.rng) if before else fresh(costs, places, hosts, self.rng)
            )
            seating = Seating(costs, places, frozenset(hosts), start)
            self._improve(seating)
            points = seating.total
            gone = set(seating.give_up())
            before = {each.id: seating.rooms[place] for place, each in enumerate(costs.people) if place not in gone}
            if not gone:
                break
            costs = costs.without(gone)
            fewer = best_count(len(costs.people), self.pool.sizes, count)
            before, count = (before, count) if fewer == count else ({}, fewer)
        return self._outcome(before, self.opened[:count], points, abs(count - wanted))

    def _improve(self, seating: Seating) -> None:
        """Descend; shake and descend again while backgrounds or wishes are not as they should be, and keep the best."""
        seating.descend(self.rng, self.watch)
        for _ in range(_SHAKES):
            if self.watch.is_over() or not seating.is_strained:
                return
            before, points = seating.rooms[:], seating.total
            seating.shake(self.rng, _SWAPS)
            seating.descend(self.rng, self.watch)
            if seating.total > points:
                seating.put_back(before)

    def _outcome(self, rooms_of: dict[str, int], opened: Sequence[OpenRoom], points: int, distance: int) -> _Outcome:
        inside: list[list[Person]] = [[] for _ in opened]
        main = []
        for person in self.pool.people:
            if person.id in rooms_of:
                inside[rooms_of[person.id]].append(person)
            else:
                main.append(person)
        filled = [FilledRoom(at, opened[at].room, tuple(each)) for at, each in enumerate(inside) if each]
        broken = sum(len(check_room(each, self.held, self.rules)) for each in filled)
        rooms = tuple(SeatedRoom(each.room, tuple(person.id for person in each.people)) for each in filled)
        return _Outcome(rooms, tuple(main), (len(main), broken, distance, points))


def _hosts(people: Sequence[Person], opened: Sequence[OpenRoom]) -> dict[int, int]:
    """Number of each person who hosts a room without staff, with the room that she keeps to."""
    rooms = {room.host.id: at for at, room in enumerate(opened) if room.host}
    return {place: rooms[each.id] for place, each in enumerate(people) if each.id in rooms}


def _hopeful(people: Sequence[Person], held: Held, rules: Rules) -> list[Person]:
    """People who can have a seat at all: alone with a protected answer among all of them nobody can."""
    able = list(people)
    while True:
        counts = Counter(each for person in able for each in held[person.id])
        left = [each for each in able if all(counts[one] >= rules.fewest_together for one in held[each.id])]
        if len(left) == len(able):
            return able
        able = left


def _by_age(people: Collection[Person]) -> dict[AgeGroup, tuple[str, ...]]:
    ages = sorted({each.age for each in people})
    return {age: tuple(sorted(each.id for each in people if each.age is age)) for age in ages}
