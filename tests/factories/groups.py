"""People and rooms for one round of small rooms; plain values, no rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from dialogues.groups import AgeGroup, Person, Room, Rules

LANGUAGES = ("en", "es", "ar", "fr")
#: per question its answers and how often they are given
QUESTIONS = {
    "origin": {"here": 60, "near": 20, "far": 12, "sea": 8},
    "faith": {"none": 50, "cross": 25, "crescent": 15, "wheel": 10},
    "gender": {"woman": 48, "man": 48, "other": 4},
}


def make_person(key: str = "ada", *, age: AgeGroup = AgeGroup.ADULT, **facts: Any) -> Person:
    """Somebody who said nothing of herself beside `facts`; answers may be given as plain strings."""
    answers = {question: _several(given) for question, given in facts.pop("answers", {}).items()}
    sets = {"languages", "access_needs", "not_with", "with_friends", "earlier_room_mates"}
    facts = {name: frozenset(value) if name in sets else value for name, value in facts.items()}
    return Person(id=key, age=age, answers=answers, **facts)


def make_people(count: int, prefix: str = "p", **facts: Any) -> list[Person]:
    """So many people of one kind."""
    return [make_person(f"{prefix}{number:03}", **facts) for number in range(count)]


def make_split(*sizes: int, question: str = "origin") -> list[Person]:
    """So many people of each answer to one question."""
    return [
        each
        for number, size in enumerate(sizes)
        for each in make_people(size, f"{'abcdefgh'[number]}-", answers={question: f"answer {number}"})
    ]


def make_staff(count: int, prefix: str = "staff", **facts: Any) -> list[Person]:
    """Facilitators, vetted unless said otherwise."""
    return make_people(count, prefix, **{"is_facilitator": True, "is_vetted": True, **facts})


def make_rooms(count: int, *, hosted: bool = True, **facts: Any) -> list[Room]:
    """So many rooms, each with a facilitator of its own unless `hosted` is False."""
    hosts = [tuple(make_staff(1, f"host of {number} ", is_vetted=False)) if hosted else () for number in range(count)]
    return [Room(id=f"room {number:03}", hosts=hosts[number], **facts) for number in range(count)]


def make_session(seed: int, count: int) -> tuple[list[Person], list[Room], Rules]:
    """A session as life might bring it: some minors, skipped questions, several answers, wishes, few staff."""
    rng = Random(seed)
    keys = [f"person {number:04}" for number in range(count)]
    people = [_random_person(rng, key, keys) for key in keys]
    staff = [
        make_person(
            f"staff {number:04}",
            languages=rng.sample(LANGUAGES, 2),
            is_facilitator=True,
            is_vetted=rng.random() < 0.6,
        )
        for number in range(rng.randint(1, 2 + count // 4))
    ]
    rooms = [_random_room(rng, number) for number in range(rng.randint(1, 2 + count // 4))]
    protected = frozenset(rng.sample(sorted(QUESTIONS), rng.randint(1, 3)))
    rules = Rules(protected=protected, mixes_youth=rng.random() < 0.2, protects_combinations=rng.random() < 0.5)
    return people + staff, rooms, rules


def make_large_session(seed: int, count: int) -> tuple[list[Person], list[Room], Rules]:
    """A session with room and staff enough for everybody."""
    rng = Random(seed)
    keys = [f"person {number:04}" for number in range(count)]
    people = [_random_person(rng, key, keys) for key in keys]
    staff = [each for tag in LANGUAGES for each in make_staff(count // 10, f"staff {tag} ", languages=[tag, "en"])]
    rooms = make_rooms(count // 4, hosted=False, access=frozenset({"step_free"}))
    return people + staff, rooms, Rules(protected=frozenset(QUESTIONS))


def _random_person(rng: Random, key: str, keys: Sequence[str]) -> Person:
    answers = {
        question: rng.choices(list(shares), list(shares.values()), k=1 + (rng.random() < 0.1))
        for question, shares in QUESTIONS.items()
        if rng.random() < 0.85
    }
    return make_person(
        key,
        age=rng.choices(list(AgeGroup), [1, 1, 6])[0],
        languages=rng.sample(LANGUAGES, rng.randint(0, 2)),
        access_needs=["step_free"] if rng.random() < 0.05 else [],
        answers=answers,
        viewpoints={f"statement {number}": rng.choice([-1, 0, 1]) for number in range(rng.randint(0, 5))},
        not_with=rng.choices(keys, k=rng.randint(1, 3)) if rng.random() < 0.1 else [],
        with_friends=rng.sample(keys, 1) if rng.random() < 0.2 else [],
        earlier_room_mates=rng.choices(keys, k=4),
        is_first_timer=rng.random() < 0.5,
        is_host=rng.random() < 0.1,
    )


def _random_room(rng: Random, number: int) -> Room:
    hosts = [
        make_person(f"host {number}.{place}", languages=["en"], is_vetted=rng.random() < 0.7)
        for place in range(rng.choices([0, 1, 2], [6, 3, 1])[0])
    ]
    return Room(
        id=f"room {number:03}",
        hosts=tuple(hosts),
        interpreted=frozenset(rng.sample(LANGUAGES, 1) if rng.random() < 0.2 else []),
        access=frozenset({"step_free"} if rng.random() < 0.5 else []),
    )


def _several(given: str | Iterable[str]) -> frozenset[str]:
    return frozenset({given}) if isinstance(given, str) else frozenset(given)
