"""Who may come into a room, and what she may see there."""

from __future__ import annotations

from dataclasses import dataclass

from dialogues.sessions import DialogueSession
from participation.core.policy import Actor, Space, predicate

from .models import Attendee, Presence


@dataclass(frozen=True)
class Seat:
    """One person in one session."""

    session: DialogueSession
    attendee: Attendee
    #: version of the agreement in force
    agreement: int

    @property
    def space(self) -> Space:
        """The space of the session."""
        return self.session.space

    @property
    def slug(self) -> str:
        """The session's name in addresses."""
        return self.session.slug

    @property
    def has_agreed(self) -> bool:
        """Whether she accepted the agreement in force; before she sees nothing anybody said."""
        return self.attendee.agreed_version == self.agreement > 0

    @property
    def takes_part(self) -> bool:
        """Whether she is there and has agreed."""
        return self.has_agreed and self.attendee.presence == Presence.THERE


@predicate
def sits_there(actor: Actor, seat: Seat) -> bool:
    """Whether the seat is hers."""
    return actor.participant_id is not None and seat.attendee.participant_id == actor.participant_id
