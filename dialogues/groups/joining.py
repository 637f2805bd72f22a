"""Who comes late and who leaves, while rooms are running (dialogue-and-safety.md §10).

A late joiner sits down where there is a free seat and no hard rule suffers, else she is in the main room with the
second facilitator. When somebody's leaving makes a room break a rule, its staff are told quietly that two rooms could
become one. The suggestion looks the same whatever the rule was, so that it tells nothing of those who stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, replace

from .costs import pair_points
from .people import Person, Plan, Room, Rules, SeatedRoom, by_id
from .rules import FilledRoom, Held, Rule, Violation, backgrounds, check_balance, check_room, fill


@dataclass(frozen=True, slots=True)
class Merge:
    """Two rooms that should become one, without a word why."""

    #: id of the room that somebody left
    room: str
    #: id of the room its people could join; None where only the main room is left
    into: str | None
    #: ids of the staff who are told; nobody else is
    tell: tuple[str, ...]


def find_room(joiner: Person, plan: Plan, people: Collection[Person], rules: Rules) -> str | None:
    """Id of the running room for a late joiner, the one that suits her best; None for the main room.

    `people` are all in the session, staff and those in the main room included. Staff who come late get no seat.
    """
    if joiner.is_facilitator:
        return None
    everybody = _with(people, joiner)
    return _find(joiner, fill(plan, everybody), backgrounds(everybody, rules), rules)


def seat(person: Person, room: str, plan: Plan) -> Plan:
    """The plan with this person in a running room, wherever she was: in none, in another or in the main room."""
    plan = without(plan, person.id)
    rooms = tuple(
        SeatedRoom(each.room, tuple(sorted((*each.people, person.id)))) if each.room.id == room else each
        for each in plan.rooms
    )
    return replace(plan, rooms=rooms)


def seat_if_possible(
    plan: Plan, people: Collection[Person], rules: Rules, divide_by: Callable[[Person], Hashable]
) -> Plan:
    """The plan with those in the main room seated for whom a room can be found after all."""
    held = backgrounds(people, rules)
    known = by_id(people)
    for key in plan.main_room:
        person = known[key]
        among = [each for each in fill(plan, people) if divide_by(each.people[0]) == divide_by(person)]
        room = _find(person, among, held, rules)
        plan = seat(person, room, plan) if room else plan
    return plan


def without(plan: Plan, gone: str) -> Plan:
    """The plan after somebody left, whether she had a seat, led a room or was in the main room."""
    rooms = tuple(
        SeatedRoom(
            replace(each.room, hosts=tuple(host for host in each.room.hosts if host.id != gone)),
            tuple(one for one in each.people if one != gone),
        )
        for each in plan.rooms
    )
    main = {age: tuple(each for each in ids if each != gone) for age, ids in plan.main_rooms.items()}
    spare = tuple(each for each in plan.spare if each != gone)
    return replace(plan, rooms=rooms, main_rooms={age: ids for age, ids in main.items() if ids}, spare=spare)


def suggest_merge(gone: str, plan: Plan, people: Collection[Person], rules: Rules) -> Merge | None:
    """What to suggest when somebody leaves; None when no rule suffers more than before.

    `plan` and `people` are those from before she left. The room is chosen with which the fewest rules suffer, and
    none that is never broken: minors are not brought to adults.
    """
    held = backgrounds(people, rules)
    before, after = fill(plan, people), fill(without(plan, gone), people)
    changed = [(was, each) for was, each in zip(before, after, strict=True) if len(was.everybody) > len(each.everybody)]
    if not changed or not changed[0][1].people:
        return None
    was, left = changed[0]
    if not _suffers(check_room(was, held, rules), check_room(left, held, rules)):
        return None
    partner = _partner(left, after, held, rules)
    told = (*left.room.hosts, *(partner.room.hosts if partner else ()))
    return Merge(left.room.id, partner.room.id if partner else None, tuple(sorted({each.id for each in told})))


def _partner(left: FilledRoom, rooms: Iterable[FilledRoom], held: Held, rules: Rules) -> FilledRoom | None:
    """The room with which this one breaks the fewest rules, and none that is never broken."""
    able = []
    for each in rooms:
        if each.people and each.number != left.number:
            broken = check_room(_merged(left, each), held, rules)
            if not any(one.is_never_broken for one in broken):
                able.append((len(broken), len(each.people), each.number, each))
    return min(able, key=lambda found: found[:3])[-1] if able else None


def _find(person: Person, rooms: Collection[FilledRoom], held: Held, rules: Rules) -> str | None:
    off_balance = check_balance(rooms, rules)
    able = []
    for each in (room for room in rooms if room.people):
        fuller = replace(each, people=(*each.people, person))
        others = [fuller if other is each else other for other in rooms]
        before = [*check_room(each, held, rules), *off_balance]
        after = [*check_room(fuller, held, rules), *check_balance(others, rules)]
        if not _suffers(before, after):
            able.append((sum(pair_points(fuller.people, rules)[-1]), len(each.people), each.number, each.room.id))
    return min(able)[-1] if able else None


def _suffers(before: Iterable[Violation], after: Iterable[Violation]) -> bool:
    """Tell whether any rule is broken for more people than before."""
    return bool(_counts(after) - _counts(before))


def _counts(violations: Iterable[Violation]) -> Counter[tuple[Rule, str | None]]:
    counts: Counter[tuple[Rule, str | None]] = Counter()
    for each in violations:
        counts[each.rule, each.language] += each.people
    return counts


def _merged(one: FilledRoom, other: FilledRoom) -> FilledRoom:
    room: Room = replace(
        other.room,
        hosts=other.room.hosts + one.room.hosts,
        interpreted=other.room.interpreted | one.room.interpreted,
    )
    return FilledRoom(other.number, room, other.people + one.people)


def _with(people: Collection[Person], joiner: Person) -> list[Person]:
    return [*(each for each in people if each.id != joiner.id), joiner]
