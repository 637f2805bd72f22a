"""The affinity round by self-chosen label, and the mixed round after it."""

from __future__ import annotations

from collections import Counter

import pytest

from dialogues.groups import AgeGroup, Rules, affinity_rules, check, mixed_round, place, place_by_affinity
from tests.dialogues.groups.oracle import whereabouts, wrongs
from tests.factories.groups import make_people, make_person, make_rooms, make_staff


def labels_of(plan, people):
    known = {each.id: each.affinity for each in people}
    return [Counter(known[key] for key in each.people) for each in plan.rooms]


def test_everybody_in_an_affinity_room_chose_its_label_and_who_chose_none_is_assigned_nothing():
    people = make_people(9, "a", affinity="newcomers") + make_people(4, "b", affinity="carers") + make_people(7, "c")

    plan = place_by_affinity(people, make_rooms(8), Rules(), seed=1)

    assert sorted(map(dict, labels_of(plan, people)), key=str) == [{"carers": 4}, {"newcomers": 4}, {"newcomers": 5}]
    assert plan.main_room == tuple(each.id for each in people[13:])
    assert check(plan, people, affinity_rules(Rules())) == ()


def test_an_answer_is_never_taken_for_a_label():
    people = make_people(12, answers={"origin": "far"})

    assert place_by_affinity(people, make_rooms(3), Rules(), seed=1).rooms == ()


def test_a_label_that_one_chose_gives_no_room_of_one_and_nobody_else_is_sent_there():
    people = [*make_people(6, "a", affinity="carers"), make_person("x", affinity="newcomers")]

    plan = place_by_affinity(people, make_rooms(3), Rules(), seed=1)

    assert labels_of(plan, people) == [{"carers": 6}]
    assert plan.main_room == ("x",)


def test_a_city_may_ask_for_more_people_before_a_label_gets_a_room():
    people = make_people(6, "a", affinity="carers") + make_people(3, "b", affinity="newcomers")

    plan = place_by_affinity(people, make_rooms(3), Rules(smallest_affinity_room=4), seed=1)

    assert labels_of(plan, people) == [{"carers": 6}]


def test_rules_that_are_never_broken_hold_in_the_affinity_round_too():
    people = [
        *make_people(5, "a", affinity="carers"),
        *make_people(5, "m", affinity="carers", age=AgeGroup.FROM_13),
        make_person("w", affinity="carers", not_with=[f"a{number:03}" for number in range(5)]),
        *make_staff(6),
    ]

    plan = place_by_affinity(people, make_rooms(4, hosted=False), Rules(), seed=1)

    assert wrongs(plan, people, Rules()) == []
    assert plan.main_room == ("w",)
    assert whereabouts(plan) == sorted(each.id for each in people if not each.is_facilitator)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("carers", "newcomers"), [(12, 12), (8, 16), (6, 18)])
def test_mixed_rooms_hold_two_of_each_label_where_there_are_enough(carers, newcomers, seed):
    people = make_people(carers, "a", affinity="carers") + make_people(newcomers, "b", affinity="newcomers")

    plan = place(*_mixed(people), seed=seed)

    assert all(each["carers"] >= 2 and each["newcomers"] >= 2 for each in labels_of(plan, people))
    labelled, rules = mixed_round(people, Rules())
    assert check(plan, labelled, rules) == ()


@pytest.mark.parametrize("seed", range(10))
def test_a_label_too_rare_for_every_room_is_alone_in_none(seed):
    people = make_people(3, "a", affinity="carers") + make_people(29, "b", affinity="newcomers")

    plan = place(*_mixed(people), seed=seed)

    assert plan.main_room == ()
    assert all(each["carers"] != 1 for each in labels_of(plan, people))


def test_somebody_alone_with_her_label_is_in_no_mixed_room():
    people = [*make_people(12, "a", affinity="carers"), make_person("x", affinity="newcomers")]

    assert place(*_mixed(people), seed=1).main_room == ("x",)


def _mixed(people):
    labelled, rules = mixed_round(people, Rules())
    return labelled, make_rooms(8), rules
