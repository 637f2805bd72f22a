"""Before anybody is seated: who may sit with whom by age, how many rooms they need, and which rooms, with which staff.

Adults, 13–15 and 16–17 are divided here, so the search that follows cannot mix them (dialogue-and-safety.md §10 and
§11.1 Y3). Rooms of minors get two vetted adults each or are not opened (Y4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from .people import AgeGroup, Person, Room, Rules, Sizes
from .rules import age_pool

#: What some people ask of a room: languages of which one must be spoken, and what it must have.
Demand = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Pool:
    """People of ages that may sit together and, in an affinity round, with one label."""

    ages: frozenset[AgeGroup]
    people: tuple[Person, ...]
    sizes: Sizes

    @property
    def is_youth(self) -> bool:
        """Tell whether these are minors."""
        return any(age.is_minor for age in self.ages)


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """A room given to a pool, with its staff."""

    room: Room
    #: one who takes part and hosts, in a room without staff; she keeps her seat
    host: Person | None
    #: languages spoken or interpreted; none when nobody said what they understand
    languages: frozenset[str]


def pools(people: Iterable[Person], rules: Rules, key: Callable[[Person], object] = lambda _: None) -> list[Pool]:
    """People who may sit together, minors first; `key` divides them further. Facilitators are in none."""
    groups: dict[tuple[frozenset[AgeGroup], object], list[Person]] = {}
    for each in people:
        if not each.is_facilitator:
            groups.setdefault((age_pool(each.age, rules), key(each)), []).append(each)
    found = [
        Pool(ages, tuple(members), rules.sizes(youth=AgeGroup.ADULT not in ages))
        for (ages, _), members in groups.items()
    ]
    return sorted(found, key=lambda pool: (not pool.is_youth, sorted(pool.ages), pool.people[0].id))


def best_count(people: int, sizes: Sizes, most: int) -> int:
    """How many of at most `most` rooms so many people need, rooms filled evenly; 0 when one room would hold one person.

    Sizes come first, then the wanted size. Where no number keeps the sizes, the one that is off by the fewest people.
    """
    if people < 2:
        return 0

    def strain(rooms: int) -> tuple[int, float, int]:
        few, many = people // rooms, -(-people // rooms)
        off = max(0, sizes.smallest - few) + max(0, many - sizes.largest)
        return off, abs(people / rooms - sizes.wanted), rooms

    return min(range(1, min(most, people // 2) + 1), key=strain, default=0)


def open_rooms(
    groups: Sequence[Pool], rooms: Sequence[Room], staff: Sequence[Person], rules: Rules
) -> list[list[OpenRoom]]:
    """Rooms for each pool with their staff, the most useful first.

    Rooms go one by one to the pool with the most people a room, so that one pool's wishes do not starve another.
    """
    supply = _Supply(list(rooms), list(staff), rules)
    tables = [_Table(pool, best_count(len(pool.people), pool.sizes, len(rooms))) for pool in groups]
    while hungry := [each for each in tables if len(each.opened) < each.wanted]:
        table = max(hungry, key=_Table.load)
        if not supply.serve(table):
            table.wanted = len(table.opened)
    for table in tables:
        supply.add_languages(table)
    return [each.opened for each in tables]


@dataclass(slots=True)
class _Table:
    """What a pool has been given so far, and what its people still ask for."""

    pool: Pool
    wanted: int
    opened: list[OpenRoom] = field(default_factory=list)
    unmet: Counter[Demand] = field(default_factory=Counter)
    hosts: list[Person] = field(default_factory=list)
    #: languages most people understand, first of all
    favourite: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.unmet.update((each.languages, each.access_needs) for each in self.pool.people)
        self.hosts = [each for each in self.pool.people if each.is_host]
        self.favourite = frozenset(_understood(self.unmet)[:1])

    def load(self) -> float:
        """People a room; without bounds while there is none."""
        return len(self.pool.people) / len(self.opened) if self.opened else float("inf")

    @property
    def must_grow(self) -> bool:
        """Tell whether there are too few seats yet."""
        return len(self.opened) * self.pool.sizes.largest < len(self.pool.people)

    def working_language(self) -> frozenset[str]:
        """Language of a room whose hosts did not say what they speak: one that enough people still ask for."""
        tags = [tag for tag in _understood(self.unmet) if _count(self.unmet, tag) >= self.pool.sizes.smallest]
        return frozenset(tags[:1]) or self.favourite

    def take(self, opened: OpenRoom) -> None:
        """Open a room, and let the people it suits best fill it."""
        self.opened.append(opened)
        seats = self.pool.sizes.wanted
        suited = [each for each in self.unmet if _suits(each, opened.languages, opened.room.access)]
        for demand in sorted(suited, key=lambda each: (self.unmet[each], *map(sorted, each))):
            served = min(seats, self.unmet[demand])
            self.unmet[demand] -= served
            seats -= served


@dataclass(slots=True)
class _Supply:
    """Rooms and staff that are still free."""

    rooms: list[Room]
    staff: list[Person]
    rules: Rules
    #: per demand, how many rooms and staff could have met it at the beginning
    chances: dict[Demand, int] = field(default_factory=dict)

    def serve(self, table: _Table) -> bool:
        """Open the free room that suits most people who are not suited yet; False when there is none to be had."""
        offers = list(self._offers(table))
        if not offers:
            return False
        best = max(offers, key=lambda offer: self._gain(table, offer.languages, offer.room.access))
        added = {each.id for each in best.room.hosts}
        self.rooms = [each for each in self.rooms if each.id != best.room.id]
        self.staff = [each for each in self.staff if each.id not in added]
        if best.host:
            table.hosts.remove(best.host)
        table.take(best)
        return True

    def add_languages(self, table: _Table) -> None:
        """Give spare staff to rooms of adults when they speak what people there still ask for."""
        for person in self.staff[:]:
            asked = [each for each, people in table.unmet.items() if each[0] & person.languages and people]
            place = next((at for at, each in enumerate(table.opened) if not each.languages & person.languages), None)
            if asked and place is not None and (person.is_vetted_adult or not table.pool.is_youth):
                old = table.opened[place]
                room = replace(old.room, hosts=(*old.room.hosts, person))
                table.opened[place] = OpenRoom(room, old.host, old.languages | person.languages)
                self.staff.remove(person)
                for each in asked:
                    table.unmet[each] = 0

    def _offers(self, table: _Table) -> Iterator[OpenRoom]:
        """Each kind of free room once, with the staff it would get."""
        seen = set()
        for room in self.rooms:
            kind = (tuple(each.id for each in room.hosts), room.interpreted, room.access)
            if kind not in seen:
                seen.add(kind)
                offer = self._youth_offer(room, table) if table.pool.is_youth else self._adult_offer(room, table)
                if offer:
                    yield offer

    def _youth_offer(self, room: Room, table: _Table) -> OpenRoom | None:
        missing = max(0, self.rules.vetted_adults - len(room.hosts))
        vetted = [each for each in self.staff if each.is_vetted_adult]
        if len(vetted) < missing or not all(each.is_vetted_adult for each in room.hosts):
            return None
        chosen = sorted(vetted, key=lambda each: -self._gain(table, each.languages, room.access))[:missing]
        return self._opened(replace(room, hosts=room.hosts + tuple(chosen)), None, table)

    def _adult_offer(self, room: Room, table: _Table) -> OpenRoom | None:
        if room.hosts:
            return self._opened(room, None, table)

        def gain(person: Person) -> tuple[float, bool]:
            return self._gain(table, person.languages, room.access), not person.is_vetted

        if self.staff:
            return self._opened(replace(room, hosts=(max(self.staff, key=gain),)), None, table)
        if table.hosts:
            return self._opened(room, max(table.hosts, key=gain), table)
        return self._opened(room, None, table) if table.must_grow else None

    def _opened(self, room: Room, host: Person | None, table: _Table) -> OpenRoom:
        hosts = (*room.hosts, host) if host else room.hosts
        spoken = frozenset(tag for each in hosts for tag in each.languages) or table.working_language()
        return OpenRoom(room, host, spoken | room.interpreted)

    def _gain(self, table: _Table, languages: frozenset[str], access: frozenset[str]) -> float:
        """People this suits who are not suited yet, those for whom there are few such rooms counting more."""
        total = 0.0
        for demand, people in table.unmet.items():
            if people and _suits(demand, languages, access):
                total += people / self._chances(demand)
        return total

    def _chances(self, demand: Demand) -> int:
        if demand not in self.chances:
            wanted, needs = demand
            equipped = sum(needs <= each.access for each in self.rooms)
            offered = [each.interpreted.union(*(host.languages for host in each.hosts)) for each in self.rooms]
            speaking = sum(bool(wanted & tags) for tags in [*offered, *(each.languages for each in self.staff)])
            self.chances[demand] = max(1, min(equipped, speaking) if needs else speaking)
        return self.chances[demand]


def _suits(demand: Demand, languages: frozenset[str], access: frozenset[str]) -> bool:
    wanted, needs = demand
    return needs <= access and (not wanted or not languages or bool(wanted & languages))


def _count(unmet: Counter[Demand], tag: str) -> int:
    return sum(people for (languages, _), people in unmet.items() if tag in languages)


def _understood(unmet: Counter[Demand]) -> list[str]:
    tags: Collection[str] = {tag for languages, _ in unmet for tag in languages}
    return sorted(tags, key=lambda tag: (-_count(unmet, tag), tag))
