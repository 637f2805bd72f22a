"""Who came to the sessions of the security tests, and what was said there: to the group, and to facilitators alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogues.room.models import NoteKind, Presence, PrivateNote
from participation.contributions import Channel, ContributionDraft, Mode, Permission, Surface, send_contribution
from participation.core.clock import now
from participation.core.database import db
from participation.core.policy import Actor
from tests.factories.rooms import make_attendee

if TYPE_CHECKING:
    from dialogues.sessions.models import DialogueSession
    from tests.security.world import Place, World

#: Who is there, and where in the session: one who waits has not agreed to anything yet.
SEATS = {"own": Presence.THERE, "shared": Presence.THERE, "other": Presence.WAITING}


def fill_room(world: World, place: Place, session: DialogueSession) -> None:
    """Three residents, of whom two have agreed; words for the group, words that wait, and private notes."""
    for name, presence in SEATS.items():
        has_agreed = presence is Presence.THERE
        attendee = make_attendee(
            session,
            f"Name {world.canaries.plant('name in a session', place=place.name, owner=name)}",
            participant_id=world.people[name].participant_id,
            presence=presence,
            agreed_version=1 if has_agreed else 0,
        )
        if has_agreed:
            _say(world, place, session, name, "words for the group", Mode.VISIBLE)
            _say(world, place, session, name, "words that wait", Mode.HOLD)
        for number, answered in enumerate((True, False)):
            note = PrivateNote(
                session_id=session.id,
                attendee_id=attendee.id,
                form_key=f"note {number}",
                kind=NoteKind.SAFETY,
                body=_words(world, place, "private note", name),
                language="en",
                sent_at=now(),
                answer=_words(world, place, "answer to a private note", name) if answered else "",
                answered_at=now() if answered else None,
            )
            db.session.add(note)
            db.session.flush()
            place.ids["note_id"] = note.id


def _say(world: World, place: Place, session: DialogueSession, name: str, kind: str, mode: Mode) -> None:
    draft = ContributionDraft(
        participant_id=world.people[name].participant_id,
        form_key=f"{place.name} {kind}",
        space=session.space,
        subject_kind="round",
        subject_id=place.ids["first_item_id"],
        surface=Surface.GROUP,
        body=_words(world, place, kind, name),
        language="en",
        permission=None,
        unset_permission=Permission.DO_NOT_USE,
        mode=mode,
        channel=Channel.WEB,
    )
    send_contribution(draft, by=Actor(participant_id=draft.participant_id), at=now())


def _words(world: World, place: Place, kind: str, owner: str) -> str:
    return f"Words {world.canaries.plant(kind, place=place.name, owner=owner)} here"
