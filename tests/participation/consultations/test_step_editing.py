"""What staff do to a consultation's questions."""

from __future__ import annotations

from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.consultations import step_editing
from participation.consultations.models import Consultation, Step
from participation.consultations.step_editing import StepChange
from participation.core.errors import Conflict, Invalid
from participation.core.policy import Actor
from participation.surveys.models import Answer, Option
from tests.factories.city import SOME_DAY, words
from tests.factories.consultations import make_consultation, make_participation, make_step
from tests.fixtures.time import Clock


@pytest.fixture(autouse=True)
def standing_clock(clock: Clock) -> Clock:
    return clock


def change_options(
    consultation: Consultation, step: Step, lines: list[str], by: Actor, clock: Clock, **more: Any
) -> Step:
    options = step_editing.kind_of(step).options_of(step)
    change = StepChange(
        language="en",
        typed={"prompt": step.prompt.text_in("en"), "help": ""},
        options=dict(enumerate(lines, 1)),
        seen=step_editing.seen_of(step, options, "en"),
        **more,
    )
    return step_editing.save_step(consultation, step, change, by=by, at=clock.now)


def labels_of(step: Step) -> list[tuple[str, str]]:
    return [(text.text_in("en"), text.text_in("es")) for text in step_editing.kind_of(step).options_of(step)]


def make_choice(database: SQLAlchemy) -> tuple[Consultation, Step]:
    consultation = make_consultation()
    step = make_step(consultation, "one_choice")
    for place, (name, spanish) in enumerate([("Bus", "Autobús"), ("Tram", "Tranvía")], 1):
        database.session.add(Option(step_id=step.id, position=place, label=words(name, es=spanish)))
    database.session.flush()
    return consultation, step


def test_an_option_that_moves_keeps_its_translations(database: SQLAlchemy, officer: Actor, clock: Clock) -> None:
    consultation, step = make_choice(database)

    change_options(consultation, step, ["Tram", "Ferry", "Bus"], officer, clock)

    assert labels_of(step) == [("Tram", "Tranvía"), ("Ferry", ""), ("Bus", "Autobús")]


def test_an_option_reworded_in_place_keeps_its_translation_as_an_old_one(
    database: SQLAlchemy, officer: Actor, clock: Clock
) -> None:
    consultation, step = make_choice(database)

    change_options(consultation, step, ["Night bus", "Tram"], officer, clock)

    assert labels_of(step) == [("Night bus", "Autobús"), ("Tram", "Tranvía")]
    assert step_editing.kind_of(step).options_of(step)[0].read("es").is_stale


def test_two_options_alike_are_refused(database: SQLAlchemy, officer: Actor, clock: Clock) -> None:
    consultation, step = make_choice(database)

    with pytest.raises(Invalid) as refused:
        change_options(consultation, step, ["Bus", "Bus"], officer, clock)

    assert refused.value.field == "options"


def test_options_that_have_answers_change_as_a_new_version_counted_apart(
    database: SQLAlchemy, officer: Actor, clock: Clock
) -> None:
    consultation, step = make_choice(database)
    participation = make_participation(consultation)
    database.session.add(
        Answer(step_id=step.id, participant_id=participation.participant_id, language="en", sent_on=SOME_DAY)
    )
    database.session.flush()

    with pytest.raises(step_editing.NewVersionNeeded):
        change_options(consultation, step, ["Bus"], officer, clock)
    newer = change_options(consultation, step, ["Bus"], officer, clock, makes_version=True)

    assert (newer.version, newer.lineage, newer.position) == (2, step.lineage, step.position)
    assert labels_of(step) == [("Bus", "Autobús"), ("Tram", "Tranvía")]
    assert labels_of(newer) == [("Bus", "Autobús")]
    assert step.retired_at == clock.now
    with pytest.raises(Conflict):
        change_options(consultation, step, ["Tram"], officer, clock, makes_version=True)


def test_options_that_stand_alone_keep_doing_so_wherever_they_move(
    database: SQLAlchemy, officer: Actor, clock: Clock
) -> None:
    consultation, step = make_choice(database)
    step.settings = {"alone": [2]}

    change_options(consultation, step, ["Tram", "Bus"], officer, clock)

    assert step.settings == {"alone": [1]}


def test_steps_move_with_buttons_and_stop_at_the_ends(database: SQLAlchemy, officer: Actor, clock: Clock) -> None:
    consultation = make_consultation()
    first, second, third = [make_step(consultation, "open", place) for place in (1, 2, 3)]

    step_editing.move_step(consultation, third, by_places=-1, by=officer, at=clock.now)
    step_editing.move_step(consultation, first, by_places=-1, by=officer, at=clock.now)

    assert [step.position for step in (first, third, second)] == [1, 2, 3]


def test_the_only_question_of_what_residents_see_stays(database: SQLAlchemy, officer: Actor, clock: Clock) -> None:
    consultation = make_consultation()
    step = make_step(consultation)

    with pytest.raises(Conflict):
        step_editing.take_out_step(consultation, step, by=officer, at=clock.now)


@pytest.mark.parametrize(("kind", "prompt", "field"), [("dance", "Why?", "kind"), ("open", " ", "prompt_text")])
def test_a_step_needs_a_kind_and_a_question(officer: Actor, clock: Clock, kind: str, prompt: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        step_editing.add_step(make_consultation(), kind, prompt, by=officer, at=clock.now)

    assert refused.value.field == field
