"""A first round with people who share an experience, then mixed rooms with at least two of each (§10, source S19).

Sharing is what people say of themselves: a label they chose for this, never an answer given elsewhere. Who chose none
is assigned nothing and stays in the main room for the round. All hard rules hold in both rounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from .people import AgeGroup, Person, Plan, Room, Rules, Sizes
from .placing import never_stop, place
from .rules import age_pool

#: Stands for the labels as a question of their own in the mixed round; no question of a city has this key.
LABELS = "affinity label"


def affinity_rules(rules: Rules) -> Rules:
    """Rules of the affinity round: a label that few share still gets a room, though a small one."""
    smallest = rules.smallest_affinity_room
    return replace(
        rules,
        adult_sizes=_from(smallest, rules.adult_sizes),
        youth_sizes=_from(smallest, rules.youth_sizes),
        # rooms of one label cannot be balanced against rooms of another
        most_difference=rules.adult_sizes.largest,
    )


def place_by_affinity(
    people: Collection[Person],
    rooms: Sequence[Room],
    rules: Rules,
    *,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] = never_stop,
) -> Plan:
    """Plan in which everybody in a small room chose the same label; the others stay in the main room.

    A label gets rooms when `rules.smallest_affinity_room` people or more chose it.
    """
    chosen = Counter((age_pool(each.age, rules), each.affinity) for each in people if not each.is_facilitator)
    smallest = rules.smallest_affinity_room
    joining = [
        each
        for each in people
        if each.is_facilitator or (each.affinity and chosen[age_pool(each.age, rules), each.affinity] >= smallest)
    ]
    plan = place(
        joining,
        rooms,
        affinity_rules(rules),
        seed=seed,
        progress=progress,
        should_stop=should_stop,
        divide_by=lambda each: each.affinity,
    )
    here = {each.id for each in joining}
    return replace(plan, main_rooms=_more(plan, [each for each in people if each.id not in here]))


def mixed_round(people: Collection[Person], rules: Rules) -> tuple[list[Person], Rules]:
    """People and rules for the mixed round that follows: hand both to `place`, and to `check` and `report_on`.

    No label is alone in a room, and each has two people in every room where enough chose it.
    """
    labelled = [
        replace(each, answers={**each.answers, LABELS: frozenset({each.affinity})}) if each.affinity else each
        for each in people
    ]
    return labelled, replace(
        rules,
        protected=rules.protected | {LABELS},
        spread=rules.spread | {LABELS},
        adult_sizes=_wide_enough(people, rules, youth=False),
        youth_sizes=_wide_enough(people, rules, youth=True),
    )


def _wide_enough(people: Collection[Person], rules: Rules, *, youth: bool) -> Sizes:
    """Sizes for rooms so few that the label which the fewest chose has two people in each, as far as sizes go."""
    sizes = rules.sizes(youth=youth)
    seated = [each for each in people if each.age.is_minor is youth and not each.is_facilitator]
    chosen = Counter(each.affinity for each in seated if each.affinity)
    rooms = min(chosen.values(), default=0) // rules.fewest_together
    wanted = min(sizes.largest, -(-len(seated) // rooms)) if rooms else sizes.wanted
    return replace(sizes, wanted=max(sizes.wanted, wanted))


def _from(smallest: int, sizes: Sizes) -> Sizes:
    return replace(sizes, smallest=min(smallest, sizes.smallest))


def _more(plan: Plan, people: Collection[Person]) -> dict[AgeGroup, tuple[str, ...]]:
    main = dict(plan.main_rooms)
    for each in people:
        main[each.age] = tuple(sorted((*main.get(each.age, ()), each.id)))
    return main
