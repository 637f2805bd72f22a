"""When residents can find a session: announced once nothing is missing, taken back, cancelled, begun in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from participation.city import get_city, list_support_resources
from participation.core.policy import Actor

from . import gate, join_codes, leading, queries
from .leading import LOBBY_OPENS_BEFORE, Lead
from .models import DialogueSession
from .states import Doer, State

#: Whether a member of staff was vetted on a day; `safeguarding` puts its own here. Nobody is, until it does.
_vetting: list[Callable[[int, date], bool]] = []


def vet_by(is_vetted: Callable[[int, date], bool]) -> None:
    """Ask `is_vetted` from now on whether somebody may be with minors (called by `init_app`s)."""
    _vetting[:] = [is_vetted]


def checklist(session: DialogueSession, at: datetime) -> list[gate.Item]:
    """Everything that has to be there before residents can find it."""
    return gate.check(
        gate.Papers(
            session=session,
            items=queries.list_items(session.id),
            agreement=queries.list_agreement(session.id),
            interpreters=queries.list_interpreters(session.id),
            city=get_city(),
            resources=list_support_resources(),
            at=at,
            is_vetted=_vetting[0] if _vetting else lambda _staff_id, _day: False,
        )
    )


def announce(session: DialogueSession, *, secret: str, by: Actor, at: datetime) -> DialogueSession:
    """Let residents find it, and make its first code.

    Raises:
        NotYet: something of the checklist is missing.
        Conflict: it was announced, begun or cancelled meanwhile.
    """
    join_codes.open_code(session, secret=secret, by=by, at=at)
    wish = Lead(after=State.READY, seen=session.version, doer=Doer.ORGANISER)
    session = leading.lead_on(session, wish, by=by, at=at)
    session.announced_at = session.announced_at or at
    return session


def lacks_something(session: DialogueSession, at: datetime) -> list[Any]:
    """Guard of READY: the first sentence says how much is missing."""
    count = len(gate.missing(checklist(session, at)))
    return [_l("Something is still missing. The list says what.")] if count else []


def is_too_early(session: DialogueSession, at: datetime) -> list[Any]:
    """Guard of LOBBY: people can wait from a quarter of an hour before the start on."""
    opens_at = session.starts_at - LOBBY_OPENS_BEFORE
    return [_l("The waiting room opens a quarter of an hour before the start.")] if at < opens_at else []
