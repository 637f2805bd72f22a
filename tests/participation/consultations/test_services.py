"""Beginning, keeping, sending, invitations, being forgotten."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from participation.consultations import queries, services
from participation.consultations.models import CameBy, DraftAnswer, InvitationCode, Participation
from participation.consultations.steps import Journey, find_sent
from participation.contributions.models import Contribution
from participation.core.clock import now
from participation.surveys.models import Answer
from tests.factories.accounts import make_participant
from tests.factories.consultations import make_consultation, make_participation, make_step
from tests.factories.invitations import make_invitation
from tests.factories.surveys import make_question
from tests.fixtures.databases import SECRET
from tests.fixtures.time import Clock


def walk(participation: Participation) -> Journey:
    steps = queries.list_steps(participation.consultation_id)
    sent = find_sent(steps, participation)
    return Journey.of(steps, participation, drafts=queries.find_drafts(participation), sent=sent)


def send(participation: Participation, key: str = "key") -> None:
    services.send_answers(participation, walk(participation).stops, language="es", form_key=key, at=now())


def count(database: SQLAlchemy, table: type) -> int:
    return int(database.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_beginning_twice_is_beginning_once(database: SQLAlchemy, clock: Clock) -> None:
    consultation, participant = make_consultation(), make_participant()

    first = services.join_consultation(consultation, participant.id, language="en", at=now())
    again = services.join_consultation(
        consultation, participant.id, language="ar", came_by=CameBy.INVITED_CODE, at=now()
    )

    assert first is again
    assert again.came_by == CameBy.OPEN_LINK
    assert first.reference.startswith("B-")


def test_what_is_kept_twice_is_there_once_as_it_was_last(database: SQLAlchemy, clock: Clock) -> None:
    participation = make_participation(make_consultation())
    step = make_step(queries.get_consultation_by_id(participation.consultation_id))

    services.save_draft(participation, step.id, {"body": "a"}, at=now())
    services.save_draft(participation, step.id, {"body": "b"}, at=now())

    assert queries.find_drafts(participation) == {step.id: {"body": "b"}}


def test_nothing_is_sent_while_an_answer_is_missing(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    make_question(consultation, "one_choice", "Yes", "No")
    participation = make_participation(consultation)

    with pytest.raises(services.AnswersMissing):
        send(participation)

    assert participation.sent_at is None


def test_sending_makes_answers_of_all_drafts_at_once(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    choice, (_yes, no) = make_question(consultation, "one_choice", "Yes", "No")
    words = make_step(consultation, "open", 2)
    participation = make_participation(consultation)
    services.save_draft(participation, choice.id, {"option": no.id}, at=now())
    services.save_draft(participation, words.id, {"body": "Más luz", "language": "es", "permission": "quote"}, at=now())

    send(participation)

    assert participation.sent_at == now()
    assert participation.language == "es"
    assert count(database, DraftAnswer) == 0
    assert count(database, Answer) == 2
    said = database.session.execute(sa.select(Contribution)).scalar_one()
    assert (said.body, said.language, said.permission, said.state) == ("Más luz", "es", "quote", "held")
    assert (said.space, said.subject_kind, said.subject_id) == (consultation.space, "step", words.id)


def test_sending_once_more_changes_nothing(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    words = make_step(consultation)
    participation = make_participation(consultation)
    services.save_draft(participation, words.id, {"body": "Light", "language": "en"}, at=now())
    send(participation)

    clock.advance(hours=1)
    send(participation)
    send(participation, key="another")

    assert count(database, Contribution) == 1
    assert participation.sent_at == now().replace(hour=9)


def test_a_change_after_sending_mends_the_same_words(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    words = make_step(consultation)
    participation = make_participation(consultation)
    services.save_draft(participation, words.id, {"body": "Light", "language": "en"}, at=now())
    send(participation)

    services.save_draft(participation, words.id, {"body": "Lamps", "language": "en", "permission": "quote"}, at=now())
    send(participation, key="another")

    said = database.session.execute(sa.select(Contribution)).scalar_one()
    assert (said.body, said.version, said.permission) == ("Lamps", 2, "quote")


def test_what_was_not_sent_in_a_week_is_thrown_away(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step = make_step(consultation)
    participation = make_participation(consultation)
    services.save_draft(participation, step.id, {"body": "a"}, at=now())

    clock.advance(days=6, hours=23)
    services.tidy_drafts(database.session.connection(), now())
    assert count(database, DraftAnswer) == 1

    clock.advance(hours=2)
    services.tidy_drafts(database.session.connection(), now())
    assert count(database, DraftAnswer) == 0


@pytest.mark.parametrize("typed", ["AAAABBBBCCCC", "aaaa-bbbb-cccc", " aaaa bbbb  cccc "])
def test_an_invitation_is_found_however_it_is_typed(database: SQLAlchemy, clock: Clock, typed: str) -> None:
    consultation = make_consultation()
    make_invitation(consultation)

    _code, found = services.find_open_invitation(typed, secret=SECRET, at=now())

    assert found is consultation


@pytest.mark.parametrize("typed", ["AAAABBBBCCCD", "", "hello", "A" * 5000, "\x00", "١٢٣٤"])
def test_what_is_no_invitation_is_said_to_be_unknown(database: SQLAlchemy, clock: Clock, typed: str) -> None:
    make_invitation(make_consultation())

    with pytest.raises(services.UnknownInvitation):
        services.find_open_invitation(typed, secret=SECRET, at=now())


def test_an_invitation_works_until_its_last_moment(database: SQLAlchemy, clock: Clock) -> None:
    make_invitation(make_consultation())

    clock.advance(days=9)

    with pytest.raises(services.UnknownInvitation):
        services.find_open_invitation("AAAABBBBCCCC", secret=SECRET, at=now())


def test_an_invitation_works_once(database: SQLAlchemy, clock: Clock) -> None:
    code = make_invitation(make_consultation())
    services.use_invitation(code, make_participant().id, at=now())
    database.session.expire_all()

    with pytest.raises(services.InvitationUsed):
        services.find_open_invitation("AAAABBBBCCCC", secret=SECRET, at=now())
    with pytest.raises(services.InvitationUsed):
        services.use_invitation(code, make_participant().id, at=now())


def test_an_erased_persons_participation_only_counts(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step = make_step(consultation)
    participation = make_participation(consultation, sent_at=now(), reference="B-12345", age_band="12-15")
    code = make_invitation(consultation)
    services.use_invitation(code, participation.participant_id, at=now())
    services.save_draft(participation, step.id, {"body": "a"}, at=now())

    services.forget_participations(participation.participant_id)

    database.session.expire_all()
    assert (participation.reference, participation.age_band) == ("", "")
    assert count(database, DraftAnswer) == 0
    kept = database.session.execute(sa.select(InvitationCode)).scalar_one()
    assert kept.used_by is None
    assert kept.used_at is not None
    assert [each.people for each in queries.count_people(consultation.id)] == [1]
