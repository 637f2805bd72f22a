"""One person has one answer at one step; answering again replaces it, leaving it out takes it back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from participation.consultations.models import DraftAnswer, Participation, Step
from participation.contributions.models import Contribution, Permission, State
from participation.core.clock import now
from participation.core.errors import Invalid
from participation.core.localized import LocalizedText
from participation.surveys import queries, services
from participation.surveys.models import Answer, Choice, Option
from tests.factories.accounts import make_staff
from tests.factories.consultations import make_consultation, make_participation, make_step
from tests.factories.surveys import make_question
from tests.fixtures.time import Clock


def count(database: SQLAlchemy, table: type) -> int:
    return int(database.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def make_open(**facts: object) -> tuple[Step, Participation]:
    consultation = make_consultation(**facts)
    return make_step(consultation), make_participation(consultation)


def say(step: Step, participation: Participation, body: str, key: str = "key", **facts: object) -> Answer:
    values = {"language": "en", "permission": None, **facts}
    return services.say_in_words(step, participation, body=body, form_key=key, at=now(), **values)


def test_choosing_again_replaces_the_choice(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step, (first, second) = make_question(consultation, "one_choice", "A", "B")
    participation = make_participation(consultation)

    services.choose_options(step, participation, [first.id], at=now())
    services.choose_options(step, participation, [second.id], at=now())

    assert count(database, Answer) == 1
    assert database.session.execute(sa.select(Choice.option_id)).scalars().all() == [second.id]


def test_a_ranking_keeps_its_order_and_can_be_turned_round(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step, options = make_question(consultation, "ranking", "A", "B", "C")
    participation = make_participation(consultation)
    order = [option.id for option in options]

    services.choose_options(step, participation, order, is_ranked=True, at=now())
    answer = services.choose_options(step, participation, order[::-1], is_ranked=True, at=now())

    assert queries.list_choices([answer.id]) == {answer.id: order[::-1]}


def test_options_of_another_question_and_repetitions_are_left_out(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step, (option,) = make_question(consultation, "several_choices", "A")
    _other, (strange,) = make_question(consultation, "several_choices", "B", position=2)

    answer = services.choose_options(
        step, make_participation(consultation), [option.id, strange.id, option.id, 4711], at=now()
    )

    assert queries.list_choices([answer.id]) == {answer.id: [option.id]}


def test_words_carry_what_the_consultation_said_about_them(database: SQLAlchemy, clock: Clock) -> None:
    step, participation = make_open(moderation_mode="visible", unset_permission="staff_only")

    say(step, participation, "Light")

    said = database.session.execute(sa.select(Contribution)).scalar_one()
    assert said.state == State.VISIBLE
    assert said.permission is None
    assert said.effective_permission == Permission.STAFF_ONLY


def test_words_said_again_are_the_same_words_mended(database: SQLAlchemy, clock: Clock) -> None:
    step, participation = make_open()

    first = say(step, participation, "Light")
    again = say(step, participation, "Lamps", "another", permission=Permission.QUOTE)
    same = say(step, participation, "Lamps", "third")

    assert first.id == again.id == same.id
    said = database.session.execute(sa.select(Contribution)).scalar_one()
    assert (said.body, said.version, said.permission) == ("Lamps", 2, Permission.QUOTE)


def test_words_taken_back_can_be_followed_by_new_ones(database: SQLAlchemy, clock: Clock) -> None:
    step, participation = make_open()
    say(step, participation, "Light")
    services.leave_out(step, participation, at=now())

    say(step, participation, "Lamps", "another")

    states = database.session.execute(sa.select(Contribution.state).order_by(Contribution.id)).scalars().all()
    assert states == [State.WITHDRAWN, State.HELD]
    assert count(database, Answer) == 1


def test_leaving_out_takes_choices_back(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step, (option,) = make_question(consultation, "one_choice", "A")
    participation = make_participation(consultation)
    services.choose_options(step, participation, [option.id], at=now())

    services.leave_out(step, participation, at=now())
    services.leave_out(step, participation, at=now())

    assert (count(database, Answer), count(database, Choice)) == (0, 0)


@pytest.mark.parametrize("body", ["", "  ", "x" * 5000, "a\ud800b"])
def test_words_that_cannot_be_kept_leave_nothing(database: SQLAlchemy, clock: Clock, body: str) -> None:
    step, participation = make_open()

    with pytest.raises(Invalid):
        say(step, participation, body)

    assert (count(database, Answer), count(database, Contribution)) == (0, 0)


def test_words_written_down_by_staff_say_so(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step = make_step(consultation)
    officer = make_staff()
    participation = make_participation(consultation, channel="phone", people_count=4, entered_by=officer.id)

    say(step, participation, "Light")

    said = database.session.execute(sa.select(Contribution)).scalar_one()
    assert (said.channel, said.people_count, said.entered_by) == ("phone", 4, officer.id)


def test_an_erased_persons_answers_only_count(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step, (option,) = make_question(consultation, "one_choice", "A")
    participation = make_participation(consultation)
    services.choose_options(step, participation, [option.id], at=now())

    services.forget_answers(participation.participant_id)

    assert database.session.execute(sa.select(Answer.participant_id)).scalar_one() is None
    assert queries.question_results([step])[step.id].rows[0].people == 1


def test_new_options_replace_old_ones_and_throw_drafts_away(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step, (first, _second) = make_question(consultation, "one_choice", "A", "B")
    participation = make_participation(consultation)
    database.session.add(DraftAnswer(participation_id=participation.id, step_id=step.id, data={}, saved_at=now()))

    services.save_options(step, {1: LocalizedText.of({"en": "A, better"})})

    options = database.session.execute(sa.select(Option)).scalars().all()
    assert [(option.id, option.label.read("en").text) for option in options] == [(first.id, "A, better")]
    assert count(database, DraftAnswer) == 0
