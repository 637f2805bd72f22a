"""Makes dialogue sessions: the least valid one, and one that is ready to be announced."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from dialogues.sessions.models import AgendaItem, AgreementLine, DialogueSession, RoundKind
from dialogues.sessions.planning import CONSENT_VERSION
from participation.city.models import SupportResource
from participation.core.clock import now
from participation.core.database import db
from participation.core.policy import Role
from tests.factories.accounts import make_staff
from tests.factories.city import make_city, words

_numbers = itertools.count(1)
_TEXTS = ("title", "purpose", "topics", "heard_by", "authority", "place")


def make_session(**facts: Any) -> DialogueSession:
    """A session tomorrow, still being planned, with texts in English."""
    number = next(_numbers)
    starts_at = facts.pop("starts_at", now() + timedelta(days=1))
    values = {
        "slug": f"talk-{number}",
        "languages": ["en"],
        "facilitated_in": ["en"],
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "consent_version": CONSENT_VERSION,
        "created_at": now(),
        "changed_at": now(),
        **{name: words(f"{name} {number}") for name in _TEXTS},
    }
    session = DialogueSession(**{**values, **facts})
    db.session.add(session)
    db.session.flush()
    return session


def make_item(session: DialogueSession, kind: RoundKind = RoundKind.GO_AROUND, **facts: Any) -> AgendaItem:
    """A round of the session."""
    position = facts.pop("position", 1)
    values = {"title": words(f"Round {position}"), "prompt": words("What did you see?"), "options": [], "minutes": 20}
    item = AgendaItem(session_id=session.id, position=position, kind=kind, **{**values, **facts})
    db.session.add(item)
    db.session.flush()
    return item


def make_line(session: DialogueSession, text: str = "I listen to the end.", **facts: Any) -> AgreementLine:
    """A line of the first agreement."""
    line = AgreementLine(session_id=session.id, **{"version": 1, "position": 1, "text": words(text), **facts})
    db.session.add(line)
    db.session.flush()
    return line


def make_plan(**facts: Any) -> DialogueSession:
    """A session with everything that announcing asks for, in a city with somebody who helps."""
    make_city(contact_email="help@city.example")
    helper = {"name": words("A line"), "description": words("Listens."), "phone": "112", "reviewed_on": now().date()}
    db.session.add(SupportResource(position=1, **helper))
    people = [make_staff(role).id for role in (Role.FACILITATOR, Role.FACILITATOR, Role.SAFEGUARDING_LEAD)]
    later = (now() + timedelta(days=60)).date()
    values = {
        "lead_id": people[0],
        "second_id": people[1],
        "safeguarding_id": people[2],
        "safeguarding_phone": "+34 600 000 000",
        "reply_due_on": later,
        "keep_until": later + timedelta(days=300),
        "tried_at": now(),
    }
    session = make_session(**{**values, **facts})
    make_item(session)
    make_line(session)
    return session
