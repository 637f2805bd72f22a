"""How people answered, counted in people."""

from __future__ import annotations

from flask_sqlalchemy import SQLAlchemy

from participation.contributions.models import State
from participation.core.clock import now
from participation.surveys import queries
from tests.factories.city import words
from tests.factories.consultations import make_consultation, make_participation, make_step
from tests.factories.contributions import make_contribution
from tests.factories.surveys import make_answer, make_question
from tests.fixtures.time import Clock


def test_people_are_counted_and_not_forms(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step, (bus, foot) = make_question(consultation, "one_choice", "Bus", "Foot")
    make_answer(step, make_participation(consultation), bus)
    make_answer(step, make_participation(consultation, people_count=12, channel="paper", language="ar"), bus)
    make_answer(step, make_participation(consultation), foot)

    result = queries.question_results([step])[step.id]

    assert [(row.label.read("en").text, row.people) for row in result.rows] == [("Bus", 13), ("Foot", 1)]
    assert result.answered_people == 14
    assert result.by_channel == {"paper": 12, "web": 2}
    assert result.by_language == {"ar": 12, "en": 2}


def test_who_chose_several_is_counted_once_among_those_who_answered(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step, options = make_question(consultation, "several_choices", "A", "B", "C")
    make_answer(step, make_participation(consultation), *options[:2])
    make_answer(step, make_participation(consultation), options[1])

    result = queries.question_results([step])[step.id]

    assert [row.people for row in result.rows] == [1, 2, 0]
    assert result.answered_people == 2


def test_a_ranking_tells_who_came_first_and_every_place(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step, (first, second) = make_question(consultation, "ranking", "A", "B")
    make_answer(step, make_participation(consultation), first, second, ranked=True)
    make_answer(step, make_participation(consultation, people_count=3), second, first, ranked=True)

    rows = queries.question_results([step])[step.id].rows

    assert [(row.people, row.by_rank) for row in rows] == [(1, {1: 1, 2: 3}), (3, {1: 3, 2: 1})]


def test_every_point_of_a_scale_has_a_row_and_its_name(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step, _ends = make_question(consultation, "scale", "Not safe", "Very safe", settings={"lowest": 0, "highest": 3})
    make_answer(step, make_participation(consultation), scale_value=3)

    rows = queries.question_results([step])[step.id].rows

    assert [(row.key, row.label.read("en").text, row.people) for row in rows] == [
        (0, "Not safe", 0),
        (1, "", 0),
        (2, "", 0),
        (3, "Very safe", 1),
    ]


def test_versions_of_a_question_are_counted_apart(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    old, (yes,) = make_question(consultation, "one_choice", "Yes", retired_at=now())
    new, (really,) = make_question(consultation, "one_choice", "Yes, really", version=2)
    make_answer(old, make_participation(consultation), yes)
    make_answer(new, make_participation(consultation), really)

    results = queries.question_results([old, new])

    assert [results[each.id].answered_people for each in (old, new)] == [1, 1]


def test_open_answers_come_in_order_page_by_page_and_without_what_was_taken_away(
    database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_consultation()
    step = make_step(consultation)
    states = [State.HELD, State.WITHDRAWN, State.VISIBLE, State.HIDDEN, State.HELD]
    said = [make_contribution(consultation.space, state=state, subject_id=step.id) for state in states]
    for each in said:
        make_answer(step, make_participation(consultation), contribution_id=each.id)

    first = queries.list_open_answers([step.id], limit=2)
    second = queries.list_open_answers([step.id], after_id=first[-1].id, limit=2)

    assert [each.id for each in (*first, *second)] == [said[0].id, said[2].id, said[4].id]


def test_nobody_answered_a_question_without_answers(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step, _options = make_question(consultation, "one_choice", "Yes")

    result = queries.question_results([step])[step.id]

    assert (result.answered_people, [row.people for row in result.rows], result.by_channel) == (0, [0], {})
    assert not queries.has_answers(step.id)
    assert queries.question_results([]) == {}


def test_names_of_points_come_from_the_options(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step, options = make_question(consultation, "scale", "A", "B", "C")

    assert queries.scale_range(step, len(options)) == (1, 3)
    assert queries.point_label(step, options, 2) == words("B")
