"""Tickets: what a page hands to a phone so that it may listen to one topic, in one language and one role, for a while.

A ticket is signed with the program's secret, so that the process that holds the streams checks it without asking the
database. It says nothing that its holder does not know. Who is removed from a topic is refused all the same: `close`
writes it into the log, and a ticket made before that moment opens nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from itsdangerous import BadData, URLSafeTimedSerializer

#: How long a ticket opens its topic, in seconds; a page that stays open longer asks for a new one.
TICKET_SECONDS = 4 * 60 * 60
_LONGEST = 1000


class Audience(NamedTuple):
    """Who sees the same words: readers of one language in one role."""

    #: BCP 47 tag, such as `ar`
    language: str
    #: what the reader is in this topic, such as `participant` or `facilitator`
    role: str

    def __str__(self) -> str:
        """The key under which the log keeps it, such as `ar/participant`."""
        return f"{self.language}/{self.role}"


class Ticket(NamedTuple):
    """What one phone may listen to."""

    #: such as `session:12:participants`
    topic: str
    audience: Audience
    #: who holds it, such as `participant:5` or `staff:3`; named again when she is removed
    member: str
    #: number of the topic's newest event when the page was drawn; everything later is sent
    position: int


class TicketRefused(ValueError):
    """This is no ticket of ours, it is too old, or it is for something else."""


def sign(secret: str, ticket: Ticket) -> str:
    """The ticket as it stands in an address: letters, digits, `.`, `-` and `_`."""
    topic, audience, member, position = ticket
    return _signer(secret).dumps([topic, *audience, member, position])


def read(secret: str, text: str, *, seconds: int = TICKET_SECONDS) -> tuple[Ticket, float]:
    """The ticket and when it was made, in seconds since 1970.

    Raises:
        TicketRefused: the signature is not ours, or the ticket is older than `seconds`.
    """
    if len(text) > _LONGEST:
        raise TicketRefused("too long")
    try:
        (topic, language, role, member, position), made_at = _signer(secret).loads(
            text, max_age=seconds, return_timestamp=True
        )
    except (BadData, ValueError, TypeError) as trouble:
        raise TicketRefused(type(trouble).__name__) from trouble
    return Ticket(topic, Audience(language, role), member, position), made_at.timestamp()


def _signer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="live ticket")
