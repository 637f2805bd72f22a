"""Each kind gives back what was sent as its form would have given it, and shows it to its author."""

from __future__ import annotations

from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.consultations.models import Participation, Step
from participation.consultations.steps import OwnWords, Stop, find_sent, kind_of, read_lines
from participation.contributions.models import State
from participation.contributions.queries import list_own
from participation.core.clock import now
from participation.core.localized import Words
from participation.surveys.models import Option
from tests.browser import Statements
from tests.factories.consultations import make_consultation, make_participation, make_step
from tests.factories.surveys import make_question
from tests.fixtures.time import Clock


def make_all() -> tuple[Participation, dict[str, Step], dict[str, Any], dict[str, list[Option]]]:
    """One question of each kind, and data for each."""
    consultation = make_consultation()
    steps = {"open": make_step(consultation)}
    options: dict[str, list[Option]] = {}
    for position, kind in enumerate(("one_choice", "several_choices", "ranking", "scale"), 2):
        steps[kind], options[kind] = make_question(consultation, kind, "A", "B", "C", position=position)
    ids = {kind: [option.id for option in found] for kind, found in options.items()}
    data: dict[str, Any] = {
        "open": {"body": "Más luz", "permission": "quote", "language": "es"},
        "one_choice": {"option": ids["one_choice"][1]},
        "several_choices": {"options": ids["several_choices"][:2]},
        "ranking": {"order": ids["ranking"][::-1]},
        "scale": {"value": 2},
    }
    return make_participation(consultation, sent_at=now()), steps, data, options


def send_all(participation: Participation, steps: dict[str, Step], data: dict[str, Any]) -> None:
    for kind, step in steps.items():
        kind_of(step).send(step, data[kind], participation, form_key="key", at=now())


def test_what_was_sent_comes_back_as_it_was_with_few_questions(database: SQLAlchemy, clock: Clock) -> None:
    participation, steps, data, _options = make_all()
    send_all(participation, steps, data)

    with Statements() as statements:
        sent = find_sent(list(steps.values()), participation)

    assert sent == {step.id: data[kind] for kind, step in steps.items()}
    assert len(statements.asked) == 3


def test_lines_show_everything_with_one_question(database: SQLAlchemy, clock: Clock) -> None:
    _participation, steps, data, _options = make_all()
    stops = [Stop(step, place, data[kind], is_draft=True) for place, (kind, step) in enumerate(steps.items(), 1)]

    with Statements() as statements:
        lines = read_lines(stops, "en")

    assert len(statements.asked) == 1
    assert lines[steps["open"].id][0] == OwnWords("Más luz", "es", "ltr")
    assert "Quote" in str(lines[steps["open"].id][1])
    shown = {kind: [str(line) for line in lines[step.id]] for kind, step in steps.items()}
    assert shown["one_choice"] == ["B"]
    assert shown["several_choices"] == ["A", "B"]
    assert shown["ranking"] == ["1. ⁨C⁩", "2. ⁨B⁩", "3. ⁨A⁩"]
    assert shown["scale"] == ["B"]
    assert all(isinstance(line, Words | str) for each in lines.values() for line in each)


@pytest.mark.parametrize("kind", ["open", "one_choice", "several_choices", "ranking", "scale"])
def test_left_out_after_sending_is_no_answer_any_more(database: SQLAlchemy, clock: Clock, kind: str) -> None:
    participation, steps, data, _options = make_all()
    send_all(participation, steps, data)

    kind_of(steps[kind]).send(steps[kind], {}, participation, form_key="another", at=now())

    assert steps[kind].id not in find_sent(list(steps.values()), participation)
    assert not kind_of(steps[kind]).has_answers(steps[kind])


def test_words_that_were_taken_back_or_removed_do_not_come_back(database: SQLAlchemy, clock: Clock) -> None:
    participation, steps, data, _options = make_all()
    send_all(participation, steps, data)
    list_own(participation.participant_id)[0].state = State.REMOVED

    assert steps["open"].id not in find_sent([steps["open"]], participation)


def test_options_that_are_gone_are_not_shown(database: SQLAlchemy, clock: Clock) -> None:
    _participation, steps, _data, options = make_all()

    lines = kind_of(steps["one_choice"]).lines_of(steps["one_choice"], {"option": 4711}, "en")

    assert lines == []
    assert options["one_choice"]


def test_a_scale_without_names_shows_its_number_between_its_ends(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step = make_step(consultation, "scale", settings={"lowest": 0, "highest": 10})

    assert kind_of(step).lines_of(step, {"value": 7}, "en") == ["7 on a scale from 0 to 10"]
