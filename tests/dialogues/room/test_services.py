"""What people do in a session, and the rules that hold whatever they do (dialogue-and-safety.md §5.2, invariants)."""

from __future__ import annotations

import pytest
from flask_sqlalchemy import SQLAlchemy

from dialogues.room import queries, services, showing
from dialogues.room.models import Attendee, NoteKind, Presence, PrivateNote
from dialogues.room.policy import Seat
from dialogues.room.services import Arrival
from dialogues.sessions import leading
from dialogues.sessions import queries as session_queries
from dialogues.sessions.leading import Lead, NotYet, StaleConsole
from dialogues.sessions.models import AgendaItem, DialogueSession, RoundKind
from dialogues.sessions.states import LIVE, SPEAKING, Doer, Overlay, State
from participation.contributions import withdraw_contribution
from participation.contributions.models import Contribution, Permission, Surface
from participation.contributions.models import State as Visibility
from participation.core.clock import now
from participation.core.errors import Conflict, Invalid, NotAllowed, NotFound
from participation.core.policy import Actor
from tests.factories.accounts import make_participant, make_staff
from tests.factories.rooms import make_attendee, make_live
from tests.factories.sessions import make_item, make_line
from tests.fixtures.time import Clock


@pytest.fixture(autouse=True)
def standing_clock(clock: Clock, database: SQLAlchemy) -> Clock:
    return clock


def voice_of(attendee: Attendee) -> Actor:
    return Actor(participant_id=attendee.participant_id)


def say(attendee: Attendee, body: str = "The bus stop is dark.", key: str = "k1") -> Contribution:
    return services.write(attendee, body, form_key=key, by=voice_of(attendee), at=now())


def helper_of(session: DialogueSession) -> Actor:
    """Its lead, who holds no role in it."""
    session.lead_id = session.lead_id or make_staff().id
    return Actor(staff_id=session.lead_id, is_verified=True)


def arrive(session: DialogueSession, name: str = "Maryam", participant_id: int = 0) -> Attendee:
    wish = Arrival(participant_id=participant_id or make_participant().id, name=name, language="en")
    return services.join(session, wish, at=now())


# -- coming in


@pytest.mark.parametrize("state", [State.READY, State.LOBBY, State.AGREEMENT, State.ROUND, State.HARVEST])
def test_people_come_in_until_the_check_out(state: State) -> None:
    assert arrive(make_live(state)).presence == Presence.WAITING


@pytest.mark.parametrize("state", [State.DRAFT, State.CHECK_OUT, State.CLOSED, State.CANCELLED])
def test_nobody_comes_in_when_it_is_not_joinable(state: State) -> None:
    with pytest.raises(Conflict):
        arrive(make_live(state))


def test_coming_twice_is_one_person_with_the_new_name() -> None:
    session, person = make_live(), make_participant().id

    first = arrive(session, "Maryam", person)
    again = arrive(session, "Mimi", person)

    assert (again.id, again.name, queries.count_here(session.id)) == (first.id, "Mimi", 1)


@pytest.mark.parametrize("name", ["", "   ", "x" * 41])
def test_a_name_is_needed_and_short(name: str) -> None:
    with pytest.raises(Invalid) as trouble:
        arrive(make_live(), name)
    assert trouble.value.field == "name"


def test_two_people_have_two_names() -> None:
    session = make_live()
    arrive(session, "Maryam")

    with pytest.raises(Invalid):
        arrive(session, " maryam ")


def test_a_full_room_is_full_and_somebody_who_was_there_comes_back() -> None:
    session = make_live(capacity=1)
    inside = arrive(session, "Maryam")

    with pytest.raises(Conflict):
        arrive(session, "Olena")
    assert arrive(session, "Maryam", inside.participant_id).id == inside.id


# -- agreeing


@pytest.mark.parametrize("state", sorted(LIVE - {State.LOBBY}))
def test_agreeing_lets_somebody_take_part(state: State) -> None:
    person = make_attendee(make_live(state), presence=Presence.WAITING, agreed_version=0)

    services.agree(person, 1, may_pool=True)

    assert (person.presence, person.agreed_version, person.may_pool) == (Presence.THERE, 1, True)


def test_nobody_agrees_before_it_was_read_or_to_an_older_version() -> None:
    early = make_attendee(make_live(State.LOBBY), presence=Presence.WAITING, agreed_version=0)
    session = make_live()
    make_line(session, "And I switch off my camera.", version=2)
    late = make_attendee(session, presence=Presence.WAITING, agreed_version=0)

    with pytest.raises(Conflict):
        services.agree(early, 1, may_pool=False)
    with pytest.raises(Conflict):
        services.agree(late, 1, may_pool=False)


# -- invariants


@pytest.mark.parametrize("facts", [{"agreed_version": 0}, {"presence": Presence.WAITING}, {"presence": Presence.LEFT}])
def test_no_words_without_the_agreement_in_force(facts: dict[str, object], database: SQLAlchemy) -> None:
    person = make_attendee(make_live(), **facts)

    with pytest.raises(Conflict):
        say(person)
    assert database.session.query(Contribution).count() == 0


def test_no_words_after_the_agreement_changed_until_she_read_it_again() -> None:
    session = make_live()
    person = make_attendee(session)
    make_line(session, "And I switch off my camera.", version=2)

    with pytest.raises(Conflict):
        say(person)
    services.agree(person, 2, may_pool=False)
    assert say(person).body == "The bus stop is dark."


@pytest.mark.parametrize("over", [Overlay.PAUSE, Overlay.COOL_DOWN, Overlay.SAFETY_HOLD])
def test_whatever_lies_over_it_stops_words_hands_and_turns_but_not_the_private_line(over: Overlay) -> None:
    session = make_live(overlay=over)
    person = make_attendee(session)

    with pytest.raises(Conflict) as trouble:
        say(person)
    with pytest.raises(Conflict):
        services.raise_hand(person, at=now())
    with pytest.raises(Conflict):
        services.give_turn(session, person, at=now())
    assert trouble.value.status == 409
    assert services.send_note(person, NoteKind.BREAK, "", form_key="k", at=now()).id


@pytest.mark.parametrize("state", [State.LOBBY, State.AGREEMENT, State.HARVEST, State.CHECK_OUT, State.CLOSED])
def test_words_belong_into_rounds(state: State) -> None:
    with pytest.raises(Conflict):
        say(make_attendee(make_live(state)))


def test_a_text_sent_twice_is_one_text(database: SQLAlchemy) -> None:
    person = make_attendee(make_live())

    assert say(person).id == say(person).id
    assert database.session.query(Contribution).count() == 1


def test_a_text_is_for_the_group_and_unused_unless_its_author_says_more() -> None:
    session = make_live()
    plain, pooling = make_attendee(session), make_attendee(session, may_pool=True)

    said, pooled = say(plain), say(pooling, key="k2")

    assert (said.surface, said.state, said.permission) == (Surface.GROUP, Visibility.VISIBLE, None)
    assert not said.is_public
    assert said.effective_permission == Permission.DO_NOT_USE
    assert pooled.effective_permission == Permission.PARAPHRASE


@pytest.mark.parametrize("facts", [{"sensitivity": 3}, {"age_bands": ["16-17"]}])
def test_where_it_may_hurt_a_facilitator_reads_first(facts: dict[str, object]) -> None:
    session = make_live(**facts)
    said = say(make_attendee(session))

    assert said.state == Visibility.HELD
    assert list(queries.list_words(session, session.item_id)) == []
    services.release(session, said.id, by=helper_of(session), at=now())
    assert [each.id for each in queries.list_words(session, session.item_id)] == [said.id]


def test_only_facilitators_of_this_session_let_words_through() -> None:
    session, other = make_live(sensitivity=3), make_live()
    said = say(make_attendee(session))

    with pytest.raises(NotAllowed):
        services.release(session, said.id, by=helper_of(other), at=now())
    with pytest.raises(NotFound):
        services.release(other, said.id, by=helper_of(session), at=now())
    assert said.state == Visibility.HELD


def test_words_taken_back_are_gone_from_the_group() -> None:
    session = make_live()
    person = make_attendee(session)
    said = say(person)

    withdraw_contribution(said, by=voice_of(person), at=now())

    assert showing.now_of(session, "en").words == []


def test_what_is_written_in_silence_is_shown_together() -> None:
    session = make_live()
    silent = make_item(session, RoundKind.SILENT_WRITE, position=3)
    session.item_id = silent.id
    say(make_attendee(session))

    before = showing.now_of(session, "en")
    services.show_round(session, by=helper_of(session), at=now())
    after = showing.now_of(session, "en")

    assert (len(before.words), bool(before.hidden_words)) == (0, True)
    assert len(after.words) == 1


# -- turns


def test_a_turn_ends_the_one_before_and_is_counted(clock: Clock) -> None:
    session = make_live()
    first, second = make_attendee(session), make_attendee(session)

    services.give_turn(session, first, at=now())
    clock.advance(seconds=40)
    services.give_turn(session, second, at=now())

    assert (first.turns, first.talk_seconds, first.speaks_since) == (1, 40, None)
    assert second.speaks_since == now()


def test_passing_twice_in_a_go_around_is_a_no() -> None:
    session = make_live()
    person, other = make_attendee(session), make_attendee(session)

    services.pass_turn(person, at=now())
    assert showing.mine_of(seat(session, person)).place.startswith("Before you: 1")
    services.pass_turn(person, at=now())

    assert showing.mine_of(seat(session, person)).place == ""
    assert showing.mine_of(seat(session, other)).place == "You are next."


def test_a_new_round_and_a_hold_let_every_hand_sink_and_a_pause_does_not() -> None:
    session = make_live()
    person = make_attendee(session, hand_at=now())
    by = helper_of(session)

    leading.overlay(session, Overlay.PAUSE, seen=session.version, by=by, at=now())
    kept = person.hand_at
    leading.overlay(session, Overlay.SAFETY_HOLD, seen=session.version, by=by, at=now())

    assert kept is not None
    assert person.hand_at is None


def test_stepping_out_ends_a_turn_and_coming_back_needs_the_newest_agreement() -> None:
    session = make_live()
    person = make_attendee(session, speaks_since=now())

    services.step_out(person, at=now())
    assert (person.presence, person.speaks_since) == (Presence.STEPPED_OUT, None)
    services.come_back(person)
    assert person.presence == Presence.THERE
    services.leave(person, at=now())
    make_line(session, "And I switch off my camera.", version=2)
    services.come_back(person)
    assert person.presence == Presence.WAITING


# -- leading


def test_two_consoles_lead_one_step() -> None:
    session = make_live(State.CHECK_IN)
    first, second = (item.id for item in _items(session))
    wish = {"after": State.ROUND, "doer": Doer.FACILITATOR, "seen": session.version}

    leading.lead_on(session, Lead(item_id=first, **wish), by=helper_of(session), at=now())

    with pytest.raises(StaleConsole):
        leading.lead_on(session, Lead(item_id=second, **wish), by=helper_of(session), at=now())
    assert session.item_id == first


@pytest.mark.parametrize("over", [Overlay.PAUSE, Overlay.SAFETY_HOLD])
def test_either_facilitator_stops_whatever_her_console_showed_and_only_the_newest_goes_on(over: Overlay) -> None:
    session = make_live()
    by, old = helper_of(session), session.version
    leading.overlay(session, Overlay.COOL_DOWN, seen=old, by=by, at=now())

    leading.overlay(session, over, seen=old, by=by, at=now())
    steps = session.version
    leading.overlay(session, over, seen=old, by=by, at=now())

    assert (session.overlay, session.version) == (over, steps)
    with pytest.raises(StaleConsole):
        leading.overlay(session, Overlay.NONE, seen=old, by=by, at=now(), note="Fine.", level=0)


def test_the_agreement_waits_for_enough_people_and_the_check_in_for_everybody() -> None:
    session = make_live(State.LOBBY, fewest_people=2)
    wish = {"doer": Doer.FACILITATOR}
    by = helper_of(session)
    person = make_attendee(session, presence=Presence.WAITING, agreed_version=0)

    with pytest.raises(NotYet):
        leading.lead_on(session, Lead(after=State.AGREEMENT, seen=session.version, **wish), by=by, at=now())
    make_attendee(session)
    leading.lead_on(session, Lead(after=State.AGREEMENT, seen=session.version, **wish), by=by, at=now())
    with pytest.raises(NotYet):
        leading.lead_on(session, Lead(after=State.CHECK_IN, seen=session.version, **wish), by=by, at=now())
    services.note_gone(session, person, by=by, at=now())
    leading.lead_on(session, Lead(after=State.CHECK_IN, seen=session.version, **wish), by=by, at=now())

    assert session.state == State.CHECK_IN


# -- the private line


def test_a_note_is_read_while_facilitators_are_there_only() -> None:
    person = make_attendee(make_live(State.CLOSED))

    with pytest.raises(Conflict):
        services.send_note(person, NoteKind.OTHER, "Hello", form_key="k", at=now())


def test_notes_are_answered_once_the_most_urgent_first(database: SQLAlchemy) -> None:
    session = make_live()
    person = make_attendee(session)
    kinds = [NoteKind.OTHER, NoteKind.SAFETY, NoteKind.BREAK, NoteKind.HARM]
    for kind in kinds:
        services.send_note(person, kind, str(kind), form_key=f"k {kind}", at=now())

    found = [note.kind for note, _sender in queries.list_open_notes(session.id)]
    note = database.session.query(PrivateNote).filter_by(kind=NoteKind.SAFETY).one()
    services.answer_note(session, note, "I am coming.", by=helper_of(session), at=now())

    assert found == [NoteKind.SAFETY, NoteKind.HARM, NoteKind.BREAK, NoteKind.OTHER]
    with pytest.raises(Conflict):
        services.answer_note(session, note, "Me too.", by=helper_of(session), at=now())


def test_being_erased_leaves_nothing_behind(database: SQLAlchemy) -> None:
    session = make_live()
    person, other = make_attendee(session), make_attendee(session)
    services.send_note(person, NoteKind.OTHER, "Hello", form_key="k", at=now())

    services.erase(person.participant_id)

    assert [each.id for each in queries.list_attendees(session.id)] == [other.id]
    assert database.session.query(PrivateNote).count() == 0


@pytest.mark.parametrize("state", sorted(SPEAKING))
def test_a_hand_goes_up_once(state: State, clock: Clock) -> None:
    person = make_attendee(make_live(state))

    services.raise_hand(person, at=now())
    first = person.hand_at
    clock.advance(minutes=1)
    services.raise_hand(person, at=now())

    assert person.hand_at == first


def seat(session: DialogueSession, attendee: Attendee) -> Seat:
    return Seat(session, attendee, 1)


def _items(session: DialogueSession) -> list[AgendaItem]:
    return list(session_queries.list_items(session.id))
