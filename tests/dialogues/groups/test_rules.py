"""Each hard rule by itself: what keeps it and what breaks it."""

from __future__ import annotations

import pytest

from dialogues.groups import NEVER_BROKEN, AgeGroup, Plan, Room, Rule, Rules, SeatedRoom, check
from tests.factories.groups import make_people, make_person, make_staff

HOST = make_person("host", languages=["en"], is_facilitator=True, is_vetted=True)
ORIGIN = Rules(protected=frozenset({"origin"}))


def broken(people, *, rules=ORIGIN, hosts=(HOST,), **facts):
    """What one room with these people breaks."""
    room = Room(id="r", hosts=tuple(hosts), **facts)
    plan = Plan(rooms=(SeatedRoom(room, tuple(each.id for each in people)),))
    return [(each.rule, each.people) for each in check(plan, people, rules)]


def rooms_of(*counts, rules=ORIGIN):
    people = [make_people(count, f"{'abcd'[number]}") for number, count in enumerate(counts)]
    seated = [
        SeatedRoom(Room(id=str(number), hosts=(HOST,)), tuple(each.id for each in inside))
        for number, inside in enumerate(people)
    ]
    found = check(Plan(rooms=tuple(seated)), [each for inside in people for each in inside], rules)
    return [(each.rule, each.people) for each in found]


@pytest.mark.parametrize(("people", "off"), [(1, 3), (3, 1), (4, 0), (8, 0), (9, 1), (12, 4)])
def test_adults_sit_four_to_eight(people, off):
    assert broken(make_people(people)) == ([("size", off)] if off else [])


@pytest.mark.parametrize(("people", "off"), [(3, 1), (4, 0), (6, 0), (7, 1)])
def test_minors_sit_four_to_six(people, off):
    minors = make_people(people, age=AgeGroup.FROM_13)

    assert broken(minors, hosts=make_staff(2)) == ([("size", off)] if off else [])


@pytest.mark.parametrize(("counts", "off"), [((6, 6, 5), 0), ((6, 4), 1), ((8, 4, 4), 3)])
def test_rooms_differ_by_one_at_most(counts, off):
    assert rooms_of(*counts) == ([("balance", off)] if off else [])


def test_a_room_has_a_facilitator_or_a_resident_who_hosts():
    assert broken(make_people(5), hosts=()) == [("host", 1)]
    assert broken([*make_people(4), make_person("h", is_host=True)], hosts=()) == []


def test_everybody_understands_a_language_of_the_hosts():
    people = [*make_people(4, languages=["en"]), *make_people(2, "x", languages=["ar"])]

    assert broken(people) == [("language", 2)]
    assert broken(people, interpreted=frozenset({"ar"})) == []
    assert broken(people, hosts=[HOST, *make_staff(1, languages=["ar"])]) == []
    assert broken([*people, make_person("h", is_host=True, languages=["ar"])]) == []


def test_where_no_host_said_a_language_the_room_speaks_what_most_understand():
    people = [*make_people(4, languages=["ar"]), make_person("x", languages=["en"]), make_person("y")]

    assert broken(people, hosts=make_staff(1)) == [("language", 1)]


def test_the_missing_interpreter_speaks_what_most_of_those_left_out_understand():
    people = [
        *make_people(3, languages=["en"]),
        make_person("x", languages=["ar", "fr"], first_language="ar"),
        make_person("y", languages=["fr"]),
    ]
    plan = Plan(rooms=(SeatedRoom(Room(id="r", hosts=(HOST,)), tuple(each.id for each in people)),))

    assert [each.language for each in check(plan, people, ORIGIN)] == ["fr"]


def test_a_room_has_what_its_people_and_its_staff_need():
    people = [*make_people(4), make_person("x", access_needs=["step_free"])]

    assert broken(people) == [("access", 1)]
    assert broken(people, access=frozenset({"step_free"})) == []
    assert broken(make_people(4), hosts=make_staff(1, access_needs=["step_free"])) == [("access", 1)]


def test_not_with_holds_in_both_directions_and_for_staff():
    people = [*make_people(4), make_person("x", not_with=["p001", "y"]), make_person("y", not_with=["host"])]

    assert broken(people) == [("not_with", 3)]
    assert broken(make_people(4)) == []


@pytest.mark.parametrize(("with_it", "alone"), [(0, 0), (1, 1), (2, 0), (5, 0)])
def test_a_protected_answer_has_nobody_or_two(with_it, alone):
    people = make_people(6 - with_it) + make_people(with_it, "x", answers={"origin": "far"})

    assert broken(people) == ([("lone", alone)] if alone else [])


def test_all_that_two_people_ticked_together_is_a_background_of_its_own():
    both = make_people(3, "x", answers={"origin": ["near", "far"]})
    plain = make_people(3, "a", answers={"origin": "near"}) + make_people(3, "b", answers={"origin": "far"})
    plan = Plan(rooms=(SeatedRoom(Room(id="r", hosts=(HOST,)), tuple(each.id for each in [*plain, both[0]])),))

    assert [each.rule for each in check(plan, plain + both, ORIGIN)] == ["lone"]
    assert check(plan, plain + both[:1], ORIGIN) == ()
    assert check(plan, plain + both, Rules(protected=frozenset({"origin"}), protects_combinations=False)) == ()


def test_minors_sit_with_nobody_but_minors_and_vetted_staff():
    minors, adult = make_people(4, age=AgeGroup.FROM_16), make_person("adult", is_vetted=True)

    assert broken([*minors, adult], hosts=make_staff(2)) == [("ages", 1)]
    assert broken(minors, hosts=[*make_staff(2), *make_staff(1, "new", is_vetted=False)]) == [("ages", 1)]


def test_both_bands_sit_together_only_where_the_session_says_so():
    people = make_people(2, "a", age=AgeGroup.FROM_13) + make_people(3, "b", age=AgeGroup.FROM_16)

    assert broken(people, hosts=make_staff(2)) == [("youth_bands", 2)]
    assert broken(people, hosts=make_staff(2), rules=Rules(mixes_youth=True)) == []


@pytest.mark.parametrize(("staff", "missing"), [(0, 2), (1, 1), (2, 0)])
def test_a_room_of_minors_has_two_vetted_adults(staff, missing):
    found = broken(
        [*make_people(4, age=AgeGroup.FROM_13), make_person("h", age=AgeGroup.FROM_13, is_host=True)],
        hosts=make_staff(staff),
    )

    assert found == ([("vetted_adults", missing)] if missing else [])


def test_rules_about_minors_wishes_and_lone_people_are_never_broken():
    assert {Rule.NOT_WITH, Rule.LONE, Rule.AGES, Rule.YOUTH_BANDS, Rule.VETTED_ADULTS} == NEVER_BROKEN
