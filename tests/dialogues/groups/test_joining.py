"""Late joiners and leavers while rooms are running."""

from __future__ import annotations

from random import Random

import pytest

from dialogues.groups import AgeGroup, Plan, Room, Rules, SeatedRoom, find_room, place, seat, suggest_merge, without
from tests.dialogues.groups.oracle import wrongs
from tests.factories.groups import make_people, make_person, make_session, make_staff

ORIGIN = Rules(protected=frozenset({"origin"}))
FAR = {"origin": "far"}


def plan_of(*rooms, hosts=1, **facts):
    """A plan with these people in rooms 0, 1 …, each with staff of its own, and everybody."""
    seated = [
        SeatedRoom(
            Room(id=f"room {number}", hosts=tuple(make_staff(hosts, f"host {number}.")), **facts),
            tuple(each.id for each in inside),
        )
        for number, inside in enumerate(rooms)
    ]
    return Plan(rooms=tuple(seated)), [each for inside in rooms for each in inside]


def test_a_late_joiner_gets_a_free_seat_in_the_smaller_room():
    plan, people = plan_of(make_people(6, "a"), make_people(5, "b"))

    assert find_room(make_person("late"), plan, people, ORIGIN) == "room 1"


@pytest.mark.parametrize(
    ("facts", "rooms"),
    [
        ({}, (make_people(8, "a"), make_people(8, "b"))),
        ({"not_with": ["a000", "b000"]}, (make_people(5, "a"), make_people(5, "b"))),
        ({"answers": FAR}, (make_people(5, "a"), make_people(5, "b"))),
        ({"age": AgeGroup.FROM_16}, (make_people(5, "a"),)),
        ({}, (make_people(4, "m", age=AgeGroup.FROM_16),)),
        ({"age": AgeGroup.FROM_13}, (make_people(4, "m", age=AgeGroup.FROM_16),)),
        ({"age": AgeGroup.FROM_16}, (make_people(6, "m", age=AgeGroup.FROM_16),)),
        ({"access_needs": ["step_free"]}, (make_people(5, "a"),)),
        ({"languages": ["ti"]}, (make_people(5, "a", languages=["en"]),)),
        ({}, ()),
    ],
    ids=["full", "not with", "alone", "minor", "adult", "band", "full of minors", "access", "language", "no rooms"],
)
def test_a_late_joiner_for_whom_a_rule_would_suffer_is_in_the_main_room(facts, rooms):
    plan, people = plan_of(*rooms, hosts=2)

    assert find_room(make_person("late", **facts), plan, people, ORIGIN) is None


def test_staff_who_come_late_get_no_seat():
    plan, people = plan_of(make_people(5, "a"))

    assert find_room(make_staff(1)[0], plan, people, ORIGIN) is None


def test_a_late_joiner_finds_those_who_gave_the_same_protected_answer():
    plan, people = plan_of(make_people(5, "a"), make_people(4, "b") + make_people(2, "x", answers=FAR))

    assert find_room(make_person("late", answers=FAR), plan, people, ORIGIN) is None  # six and five: out of balance
    plan, people = plan_of(make_people(5, "a"), make_people(3, "b") + make_people(2, "x", answers=FAR))
    assert find_room(make_person("late", answers=FAR), plan, people, ORIGIN) == "room 1"


def test_a_room_that_breaks_a_rule_already_takes_somebody_who_makes_it_no_worse():
    plan, people = plan_of(make_people(3, "a"), make_people(4, "b"))

    assert find_room(make_person("late"), plan, people, ORIGIN) == "room 0"


@pytest.mark.parametrize("first", range(0, 100, 50))
def test_a_late_joiner_breaks_no_rule_that_never_is(first):
    for seed in range(first, first + 50):
        people, rooms, rules = make_session(seed, Random(seed).randint(8, 40))
        late, there = people[0], people[1:]
        plan = place(there, rooms, rules, seed=seed, attempts=1)

        room = find_room(late, plan, there, rules)

        after = seat(late, room, plan) if room else plan
        assert wrongs(after, people, rules) == []


def test_when_a_leaver_leaves_somebody_alone_staff_of_both_rooms_are_told_without_a_reason():
    plan, people = plan_of(
        make_people(4, "a") + make_people(2, "x", answers=FAR), make_people(3, "y", answers=FAR) + make_people(3, "b")
    )

    merge = suggest_merge("x000", plan, people, ORIGIN)

    assert (merge.room, merge.into, merge.tell) == ("room 0", "room 1", ("host 0.000", "host 1.000"))
    small, everybody = plan_of(make_people(4, "a"), make_people(6, "b"))
    assert suggest_merge("a000", small, everybody, ORIGIN) == merge


def test_a_room_where_she_would_be_alone_as_well_is_not_suggested():
    plan, people = plan_of(make_people(4, "a") + make_people(2, "x", answers=FAR), make_people(6, "b"))

    assert suggest_merge("x000", plan, people, ORIGIN).into is None


def test_nothing_is_suggested_when_nobody_is_worse_off():
    plan, people = plan_of(make_people(3, "a") + make_people(3, "x", answers=FAR), make_people(6, "b"))

    assert suggest_merge("x000", plan, people, ORIGIN) is None
    assert suggest_merge("b000", plan, people, ORIGIN) is None
    assert suggest_merge("nobody", plan, people, ORIGIN) is None


def test_a_room_is_not_merged_with_one_where_somebody_asked_not_to_be_together():
    wary = make_person("wary", not_with=["a001"])
    plan, people = plan_of(make_people(4, "a"), [*make_people(4, "b"), wary], make_people(5, "c"))

    assert suggest_merge("a000", plan, people, ORIGIN).into == "room 2"


def test_where_no_room_fits_the_main_room_is_suggested():
    plan, people = plan_of(make_people(4, "a"), make_people(5, "m", age=AgeGroup.FROM_13), hosts=2)

    assert suggest_merge("a000", plan, people, ORIGIN).into is None


def test_a_room_of_minors_whose_second_vetted_adult_leaves_is_to_join_another_of_their_age():
    young = [make_people(4, prefix, age=AgeGroup.FROM_13) for prefix in "ab"]
    plan, people = plan_of(*young, make_people(4, "c"), hosts=2)

    merge = suggest_merge("host 0.001", plan, people, ORIGIN)

    assert (merge.room, merge.into) == ("room 0", "room 1")
    assert "host 0.001" not in merge.tell


def test_who_is_dragged_to_another_room_has_one_seat():
    plan, people = plan_of(make_people(5, "a"), make_people(5, "b"))

    moved = seat(people[0], "room 1", plan)

    assert [len(each.people) for each in moved.rooms] == [4, 6]


def test_who_left_is_nowhere_in_the_plan():
    plan, _ = plan_of(make_people(4, "a"), make_people(4, "b"))

    assert "a001" not in repr(without(plan, "a001"))
    assert "host 1.000" not in repr(without(plan, "host 1.000"))
