"""The report: numbers for the facilitator, and not one word of who or which answer."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from dialogues.groups import AgeGroup, Room, Rules, place, report_on, seat
from tests.factories.groups import LANGUAGES, QUESTIONS, make_people, make_person, make_rooms, make_session, make_staff

ORIGIN = Rules(protected=frozenset({"origin"}))


def words(text):
    return set("".join(each if each.isalnum() else " " for each in text).split())


@pytest.mark.parametrize("seed", range(40))
def test_neither_the_report_nor_its_words_name_anybody_or_any_answer(seed):
    people, rooms, rules = make_session(seed, Random(seed).randint(8, 60))
    people = [
        replace(
            each,
            id=f"id{number}x",
            affinity="newcomers",
            answers={
                question: frozenset({f"said{answer}" for answer in given}) for question, given in each.answers.items()
            },
        )
        for number, each in enumerate(people)
    ]
    plan = place(people, rooms, rules, seed=seed, attempts=1)

    report = report_on(plan, people, rules)

    secrets = {each.id for each in people} | {room.id for room in rooms} | set(QUESTIONS) | {"newcomers"}
    secrets |= {answer for each in people for given in each.answers.values() for answer in given}
    for text in (str(report), repr(report)):
        assert not words(text) & secrets
        assert not any(secret in text for secret in secrets if secret.startswith(("id", "said", "room ")))


def test_a_plan_that_keeps_everything_says_so():
    people = make_people(12)
    report = report_on(place(people, make_rooms(2), ORIGIN, seed=1), people, ORIGIN)

    assert str(report) == "12 people in 2 rooms; 0 rules adjusted"
    assert report.may_open


def test_it_tells_in_which_room_an_interpreter_is_missing_and_how_many_rules_were_adjusted():
    people = [*make_people(8, languages=["en"]), make_person("x", languages=["ar"])]
    rooms = [Room(id=f"room {n}", hosts=tuple(make_staff(1, f"h{n}", languages=["en"]))) for n in range(1)]

    report = report_on(place(people, rooms, ORIGIN, seed=1), people, ORIGIN)

    assert str(report) == (
        "9 people in 1 rooms; 2 rules adjusted; room 1 needs an interpreter for ar; "
        "1 rooms smaller or larger than usual"
    )


@pytest.mark.parametrize(
    "extra",
    [
        make_person("x", answers={"origin": "far"}),
        make_person("x", not_with=[each.id for each in make_people(8)]),
    ],
    ids=["lone", "not with"],
)
def test_one_in_the_main_room_looks_the_same_whatever_the_reason(extra):
    people = [*make_people(8), extra]

    report = report_on(place(people, make_rooms(1), ORIGIN, seed=1), people, ORIGIN)

    assert str(report) == "8 people in 1 rooms; 0 rules adjusted; 1 people in the main room, 0 of them minors"


@pytest.mark.parametrize(
    "extra",
    [
        make_person("x", answers={"origin": "far"}),
        make_person("x", not_with=["p000"]),
        make_person("x", answers={"origin": "far"}, not_with=["p000"]),
    ],
    ids=["lone", "not with", "both"],
)
def test_a_drag_that_must_not_be_is_refused_without_telling_which_rule_or_room(extra):
    people = [*make_people(6), extra]
    plan = place(people, make_rooms(1), ORIGIN, seed=1)
    plan = seat(next(each for each in people if each.id in plan.main_room), "room 000", plan)

    report = report_on(plan, people, ORIGIN)

    assert not report.may_open
    assert str(report) == "7 people in 1 rooms; 1 rules adjusted; 1 rooms not to be opened like this"


def test_minors_and_adults_left_over_need_main_rooms_of_their_own():
    people = [*make_people(3), *make_people(3, "m", age=AgeGroup.FROM_13)]

    report = report_on(place(people, [], ORIGIN, seed=1), people, ORIGIN)

    assert report.needs_two_main_rooms
    assert (report.in_main_room, report.minors_in_main_room) == (6, 3)


def test_languages_are_the_only_thing_said_of_a_single_room():
    people, rooms, rules = make_session(4, 40)

    report = report_on(place(people, rooms, rules, seed=1), people, rules)

    assert all(each.language in LANGUAGES and each.room <= report.rooms for each in report.interpreters)
