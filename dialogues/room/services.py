"""What people do in a session while it is held: come, agree, speak in turn, write, pause, go.

Every write locks the session first, so that a tap and a facilitator's step never cross. While anything lies over the
session nothing is taken but private notes (dialogue-and-safety.md §5.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from dialogues.sessions import (
    JOINABLE,
    LIVE,
    SPEAKING,
    DialogueSession,
    Overlay,
    RoundKind,
    State,
    agreement_version,
    find_item,
    list_interpreters,
    lock_session,
)
from participation.contributions import (
    Contribution,
    ContributionDraft,
    Mode,
    Permission,
    Surface,
    get_contribution,
    send_contribution,
)
from participation.contributions import State as Visibility
from participation.core import audit
from participation.core.database import db
from participation.core.errors import Conflict, Invalid, NotFound
from participation.core.policy import Actor
from participation.moderation import Action, decide, find_item_of, read_waiting

from . import queries, turns
from .models import MAX_NAME, MAX_NOTE, Attendee, NoteKind, Presence, PrivateNote, ShownRound

#: For how long a wish to go slower or for more time counts.
WISH_LASTS = timedelta(minutes=5)
#: States in which the group writes into a round.
WRITING = frozenset({State.CHECK_IN, State.ROUND, State.BREAKOUT})


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Somebody who comes in."""

    participant_id: int
    name: str
    language: str


def join(session: DialogueSession, arrival: Arrival, *, at: datetime) -> Attendee:
    """Bring somebody into the waiting room; whoever comes again keeps her place and takes the new name.

    Raises:
        Conflict: it is over, or every seat is taken.
        Invalid: the name is empty, too long, or somebody else's here.
    """
    session = lock_session(session.id)
    if State(session.state) not in JOINABLE:
        raise Conflict(_l("This conversation is over. Nobody can come in any more."))
    name = " ".join(arrival.name.split())
    if not 0 < len(name) <= MAX_NAME:
        raise Invalid(_l("Choose a name of up to %(limit)s signs. Any name will do.", limit=MAX_NAME), field="name")
    known = queries.find_attendee(session.id, arrival.participant_id)
    others = [each for each in queries.list_attendees(session.id) if known is None or each.id != known.id]
    if any(each.name.casefold() == name.casefold() and each.presence != Presence.LEFT for each in others):
        raise Invalid(_l("Somebody here has this name already. Choose another one."), field="name")
    if known is None and sum(each.presence != Presence.LEFT for each in others) >= session.capacity:
        raise Conflict(_l("Every seat is taken. Please tell a facilitator."))
    if known is None:
        known = Attendee(session_id=session.id, participant_id=arrival.participant_id, joined_at=at)
        known.agreed_version = known.turns = known.talk_seconds = 0
        known.presence = Presence.WAITING
        db.session.add(known)
    known.name, known.language = name, arrival.language
    if known.presence == Presence.LEFT:
        known.presence = Presence.WAITING
    db.session.flush()
    return known


def agree(attendee: Attendee, version: int, *, may_pool: bool) -> Attendee:
    """Let somebody take part who accepts the agreement in force.

    Raises:
        Conflict: it is not time yet, or the agreement has changed since she read it.
    """
    session = lock_session(attendee.session_id)
    if State(session.state) not in LIVE - {State.LOBBY}:
        raise Conflict(_l("The facilitators will read this with you first. Please wait a moment."))
    if version != agreement_version(session.id):
        raise Conflict(_l("The agreement has changed. Please read it once more."))
    attendee.agreed_version, attendee.may_pool = version, may_pool
    attendee.presence = Presence.THERE
    db.session.flush()
    return attendee


def raise_hand(attendee: Attendee, *, at: datetime) -> None:
    """Put somebody into the queue; a hand that is up stays where it is.

    Raises:
        Conflict: nobody can speak now.
    """
    _take_part(attendee)
    if attendee.hand_at is None and attendee.speaks_since is None:
        attendee.hand_at = at


def lower_hand(attendee: Attendee) -> None:
    """Take somebody out of the queue."""
    lock_session(attendee.session_id)
    attendee.hand_at = None


def pass_turn(attendee: Attendee, *, at: datetime) -> None:
    """Let the turn go by, without a reason; there is a second chance at the end of a go-around.

    Raises:
        Conflict: nobody can speak now.
    """
    session = _take_part(attendee)
    _end_turn(attendee, at=at)
    if attendee.passed_in == session.item_id:
        attendee.spoke_in = session.item_id  # passed twice: that is a no
    attendee.passed_in, attendee.hand_at = session.item_id, None


def finish_turn(attendee: Attendee, *, at: datetime) -> None:
    """End somebody's turn."""
    lock_session(attendee.session_id)
    _end_turn(attendee, at=at)


def give_turn(session: DialogueSession, attendee: Attendee, *, at: datetime) -> None:
    """Let somebody speak now; whoever spoke has finished.

    Raises:
        Conflict: nobody can speak now, or she is not there.
    """
    session = lock_session(session.id)
    _require_open(session, SPEAKING)
    if attendee.presence != Presence.THERE:
        raise Conflict(_l("This person is not there at the moment."))
    for each in queries.list_attendees(session.id, Presence.THERE, Presence.STEPPED_OUT, Presence.LEFT):
        _end_turn(each, at=at)
    attendee.speaks_since, attendee.hand_at = at, None
    attendee.turns += 1
    attendee.spoke_in = session.item_id


def ask_slower(attendee: Attendee, *, at: datetime) -> None:
    """Note that somebody needs it slower."""
    _take_part(attendee)
    attendee.slower_at = at


def ask_more_time(attendee: Attendee, *, at: datetime) -> None:
    """Note that somebody needs more time."""
    _take_part(attendee)
    attendee.more_time_at = at


def step_out(attendee: Attendee, *, at: datetime) -> None:
    """Let somebody take a break. Nobody is told."""
    lock_session(attendee.session_id)
    _end_turn(attendee, at=at)
    attendee.hand_at = None
    if attendee.presence == Presence.THERE:
        attendee.presence = Presence.STEPPED_OUT


def come_back(attendee: Attendee) -> None:
    """Let somebody go on after a break; whoever left reads the agreement first."""
    session = lock_session(attendee.session_id)
    if attendee.presence in {Presence.STEPPED_OUT, Presence.LEFT}:
        has_agreed = attendee.agreed_version == agreement_version(session.id)
        attendee.presence = Presence.THERE if has_agreed else Presence.WAITING


def leave(attendee: Attendee, *, at: datetime) -> None:
    """Let somebody go; her words stay hers, and her return code leads to them."""
    lock_session(attendee.session_id)
    _end_turn(attendee, at=at)
    attendee.hand_at = None
    attendee.presence = Presence.LEFT


def note_gone(session: DialogueSession, attendee: Attendee, *, by: Actor, at: datetime) -> None:
    """Let a facilitator note that somebody is not there any more, so that nobody waits for her."""
    leave(attendee, at=at)
    audit.note("attendee_gone", f"session:{session.id}", by=by, at=at, space=session.space)


def write(attendee: Attendee, body: str, *, form_key: str, by: Actor, at: datetime) -> Contribution:
    """Take what somebody types in a round. In a session that holds words a person reads them first.

    Raises:
        Conflict: nothing is taken now.
        Invalid: there is nothing to read in it, or too much.
    """
    session = _take_part(attendee, WRITING)
    item_id = session.item_id
    if find_item(session.id, item_id) is None:
        raise Conflict(_l("No round is going on. Your words are still here."))
    unset = Permission.PARAPHRASE if attendee.may_pool else Permission.DO_NOT_USE
    draft = ContributionDraft(
        participant_id=attendee.participant_id,
        form_key=form_key,
        space=session.space,
        subject_kind="round",
        subject_id=item_id or 0,
        surface=Surface.GROUP,
        body=body,
        language=attendee.language,
        permission=None,
        unset_permission=unset,
        mode=Mode.HOLD if session.holds_words else Mode.VISIBLE,
    )
    said = send_contribution(draft, by=by, at=at)
    attendee.spoke_in = item_id
    return said


def send_note(attendee: Attendee, kind: NoteKind, body: str, *, form_key: str, at: datetime) -> PrivateNote:
    """Take a message to the facilitators; always possible for whoever came, whatever lies over the session.

    Raises:
        Conflict: the session is not held, so nobody would read it.
        Invalid: it is too long.
    """
    session = lock_session(attendee.session_id)
    if State(session.state) not in LIVE:
        raise Conflict(_l("Nobody is reading now. If you are in danger, call the emergency number."))
    if len(body) > MAX_NOTE:
        message = _l("Please say it in %(limit)s signs or fewer. Your words are still here.", limit=MAX_NOTE)
        raise Invalid(message, field="body")
    again = select(PrivateNote).where(PrivateNote.attendee_id == attendee.id, PrivateNote.form_key == form_key)
    known = db.session.execute(again).scalar_one_or_none()
    if known is not None:
        return known
    note = PrivateNote(
        session_id=session.id,
        attendee_id=attendee.id,
        form_key=form_key,
        kind=kind,
        body=body.strip(),
        language=attendee.language,
        sent_at=at,
        answer="",
    )
    db.session.add(note)
    db.session.flush()
    return note


def answer_note(session: DialogueSession, note: PrivateNote, answer: str, *, by: Actor, at: datetime) -> PrivateNote:
    """Answer a private note; the first facilitator who answers does, the other sees that it is done.

    Raises:
        Conflict: somebody answered it already.
        Invalid: the answer is too long.
    """
    lock_session(session.id)
    if note.answered_at is not None:
        raise Conflict(_l("Your colleague has answered this already."))
    if len(answer) > MAX_NOTE:
        raise Invalid(_l("Please answer in %(limit)s signs or fewer.", limit=MAX_NOTE), field="answer")
    note.answer, note.answered_by, note.answered_at = answer.strip(), by.staff_id, at
    db.session.flush()
    audit.note("private_note_answered", f"session:{session.id}", by=by, at=at, space=session.space)
    return note


def settle_queue(_session_id: object, *, session: DialogueSession, event: Any, **_facts: object) -> None:
    """End the turn under way when the session moves or something lies over it (hears `session_changed`).

    With a new state or a safety hold every hand sinks; a pause keeps the queue.
    """
    has_moved = event.kind == "moved"
    if not has_moved and session.overlay == Overlay.NONE:
        return
    for each in queries.list_attendees(session.id):
        _end_turn(each, at=event.at)
        if has_moved or session.overlay == Overlay.SAFETY_HOLD:
            each.hand_at = None
    db.session.flush()


def release(session: DialogueSession, contribution_id: int, *, by: Actor, at: datetime) -> None:
    """Let the group read a text that waited.

    Raises:
        Conflict: a colleague decided about it already, or its author took it back.
        NotFound: it was not said in this session.
    """
    contribution = get_contribution(contribution_id)
    item = find_item_of(contribution_id)
    if contribution.space != session.space or item is None:
        raise NotFound
    if contribution.state != Visibility.HELD:
        raise Conflict(_l("This text does not wait any more."))
    decide(read_waiting([(item, contribution)])[0], Action.RELEASE, by=by, at=at)


def show_round(session: DialogueSession, *, by: Actor, at: datetime) -> None:
    """Show what was written in silence to the whole group, all at once.

    Raises:
        Conflict: no round is going on.
    """
    session = lock_session(session.id)
    if session.item_id is None:
        raise Conflict(_l("Choose which round comes next."))
    if not queries.is_shown(session.item_id):
        db.session.add(ShownRound(item_id=session.item_id, session_id=session.id, shown_at=at, staff_id=by.staff_id))
        db.session.flush()


def lacks_people(session: DialogueSession, _at: datetime) -> list[object]:
    """What stands before the agreement: enough people."""
    missing = session.fewest_people - queries.count_here(session.id)
    return [_l("Fewer people came than this conversation needs: %(count)s more.", count=missing)] if missing > 0 else []


def lacks_agreement(session: DialogueSession, _at: datetime) -> list[object]:
    """What stands before the check-in: that everybody who is there has agreed or gone."""
    waiting = queries.list_attendees(session.id, Presence.WAITING)
    if not waiting:
        return []
    return [_l("%(count)s of those who came have not agreed yet.", count=len(waiting))]


def erase(participant_id: int) -> list[int]:
    """Take an erased person out of every session, with what she said to facilitators; gives the sessions' numbers."""
    mine = select(Attendee.id).where(Attendee.participant_id == participant_id)
    where = select(Attendee.session_id).where(Attendee.participant_id == participant_id)
    sessions = list(db.session.execute(where).scalars())
    db.session.execute(delete(PrivateNote).where(PrivateNote.attendee_id.in_(mine)))
    db.session.execute(delete(Attendee).where(Attendee.participant_id == participant_id))
    return sessions


def forget_session(session_id: int) -> None:
    """Delete who was in a session and what they said to facilitators."""
    for table in (PrivateNote, Attendee, ShownRound):
        db.session.execute(delete(table).where(table.session_id == session_id))


def seconds_of_a_turn(session: DialogueSession) -> int:
    """Seconds before the clock of this round's turns turns soft (L4)."""
    item = find_item(session.id, session.item_id)
    seconds = item.turn_seconds if item is not None else 90
    return turns.turn_seconds(seconds, is_interpreted=bool(list_interpreters(session.id)))


def kind_now(session: DialogueSession) -> RoundKind:
    """How people speak now: by hands where no round is going on."""
    item = find_item(session.id, session.item_id)
    return RoundKind(item.kind) if item is not None else RoundKind.OPEN_QUEUE


def _take_part(attendee: Attendee, states: frozenset[State] = SPEAKING) -> DialogueSession:
    """The session, locked, in which this person may say something now.

    Raises:
        Conflict: she has not agreed to the newest agreement, it is not time, or something lies over the session.
    """
    session = lock_session(attendee.session_id)
    db.session.refresh(attendee)
    if attendee.presence != Presence.THERE or attendee.agreed_version != agreement_version(session.id):
        raise Conflict(_l("Please read and accept the agreement first."))
    _require_open(session, states)
    return session


def _require_open(session: DialogueSession, states: frozenset[State]) -> None:
    if session.overlay != Overlay.NONE:
        raise Conflict(_l("There is a pause. Nothing is sent now; your words are still here."))
    if State(session.state) not in states:
        raise Conflict(_l("This part of the conversation is over. Your words are still here."))


def _end_turn(attendee: Attendee, *, at: datetime) -> None:
    if attendee.speaks_since is not None:
        attendee.talk_seconds += max(0, int((at - attendee.speaks_since).total_seconds()))
        attendee.speaks_since = None
