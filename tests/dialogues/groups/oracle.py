"""What must never be in a plan, counted in the plainest way and without the code under test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from dialogues.groups import AgeGroup, Person, Plan, Rules

MINORS = {AgeGroup.FROM_13, AgeGroup.FROM_16}


def wrongs(plan: Plan, people: Collection[Person], rules: Rules) -> list[str]:
    """Each rule that is never broken and is; empty when all is well."""
    known = {each.id: each for each in people}
    found = []
    for seated in plan.rooms:
        inside = [known[key] for key in seated.people]
        ages = {each.age for each in inside}
        if ages & MINORS:
            if ages - MINORS or (len(ages) > 1 and not rules.mixes_youth):
                found.append("ages")
            vetted = [each for each in seated.room.hosts if each.is_vetted and each.age is AgeGroup.ADULT]
            if len(vetted) < 2 or len(vetted) < len(seated.room.hosts):
                found.append("vetted")
        everybody = [*inside, *seated.room.hosts]
        if any(one.id in other.not_with for one in everybody for other in everybody if one is not other):
            found.append("not with")
        for question in rules.protected:
            counts = Counter(answer for each in inside for answer in each.answers.get(question, ()))
            if 1 in counts.values():
                found.append("lone")
    return found


def whereabouts(plan: Plan) -> list[str]:
    """Ids of everybody the plan speaks of and who takes part."""
    return sorted([*(key for seated in plan.rooms for key in seated.people), *plan.main_room])
