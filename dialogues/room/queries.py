"""Reads of a session while it is held."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, case, func, select

from dialogues.sessions import DialogueSession
from participation.contributions import GONE, Contribution, State, Surface, select_contributions
from participation.core.database import db
from participation.core.errors import NotFound

from .models import Attendee, NoteKind, Presence, PrivateNote, ShownRound

#: Texts of one round that are shown at once, the newest.
MOST_TEXTS = 60
#: Held texts that the console shows at once.
MOST_HELD = 20
#: In which order private notes are looked at (dialogue-and-safety.md §6.5).
URGENCY = {NoteKind.SAFETY: 0, NoteKind.HARM: 1, NoteKind.BREAK: 2, NoteKind.HELP: 3, NoteKind.OTHER: 4}


def find_attendee(session_id: int, participant_id: int | None) -> Attendee | None:
    """This person in this session."""
    if participant_id is None:
        return None
    query = select(Attendee).where(Attendee.session_id == session_id, Attendee.participant_id == participant_id)
    return db.session.execute(query).scalar_one_or_none()


def get_attendee(session_id: int, attendee_id: int) -> Attendee:
    """Somebody in this session.

    Raises:
        NotFound: nobody in it has this number.
    """
    found = db.session.get(Attendee, attendee_id)
    if found is None or found.session_id != session_id:
        raise NotFound
    return found


def list_attendees(session_id: int, *presences: Presence) -> Sequence[Attendee]:
    """People in the session in the order they came; all of them, or those who are in one of `presences`."""
    query = select(Attendee).where(Attendee.session_id == session_id).order_by(Attendee.id)
    if presences:
        query = query.where(Attendee.presence.in_(presences))
    return db.session.execute(query).scalars().all()


def count_here(session_id: int) -> int:
    """How many came and have not gone."""
    query = select(func.count()).where(Attendee.session_id == session_id, Attendee.presence != Presence.LEFT)
    return db.session.execute(query).scalar_one()


def is_shown(item_id: int | None) -> bool:
    """Whether the group may read what was written in silence in this round."""
    return item_id is not None and db.session.get(ShownRound, item_id) is not None


def list_words(session: DialogueSession, item_id: int | None) -> Sequence[Contribution]:
    """What the group may read of one round, the newest last."""
    if item_id is None:
        return []
    query = select_contributions(session.space, states=[State.VISIBLE], subject=("round", item_id))
    newest = query.where(Contribution.surface == Surface.GROUP).order_by(None).order_by(Contribution.id.desc())
    return db.session.execute(newest.limit(MOST_TEXTS)).scalars().all()[::-1]


def list_own_words(session: DialogueSession, participant_id: int) -> Sequence[Contribution]:
    """Everything one person wrote in the session and did not take back, oldest first."""
    query = select_contributions(session.space).where(
        Contribution.participant_id == participant_id, Contribution.state.not_in(GONE)
    )
    return db.session.execute(query).scalars().all()


def list_held(session: DialogueSession) -> Sequence[Contribution]:
    """Texts that wait until somebody has read them, oldest first."""
    return db.session.execute(select_contributions(session.space, states=[State.HELD]).limit(MOST_HELD)).scalars().all()


def list_open_notes(session_id: int) -> Sequence[Row[PrivateNote, Attendee]]:
    """Private notes nobody has answered, the most urgent first, each with who sent it."""
    urgency = case(URGENCY, value=PrivateNote.kind)
    query = select(PrivateNote, Attendee).join(Attendee, Attendee.id == PrivateNote.attendee_id)
    unanswered = query.where(PrivateNote.session_id == session_id, PrivateNote.answered_at.is_(None))
    return db.session.execute(unanswered.order_by(urgency, PrivateNote.id)).all()


def get_note(session_id: int, note_id: int) -> PrivateNote:
    """A private note of this session.

    Raises:
        NotFound: it has none with this number.
    """
    found = db.session.get(PrivateNote, note_id)
    if found is None or found.session_id != session_id:
        raise NotFound
    return found


def list_notes_of(attendee_id: int) -> Sequence[PrivateNote]:
    """What one person said to the facilitators, the newest first."""
    query = select(PrivateNote).where(PrivateNote.attendee_id == attendee_id)
    return db.session.execute(query.order_by(PrivateNote.id.desc())).scalars().all()


def list_of_participant(participant_id: int) -> Sequence[Row[Attendee, DialogueSession]]:
    """The sessions one person came to, the latest first."""
    query = select(Attendee, DialogueSession).join(DialogueSession, DialogueSession.id == Attendee.session_id)
    mine = query.where(Attendee.participant_id == participant_id).order_by(Attendee.id.desc())
    return db.session.execute(mine).all()
