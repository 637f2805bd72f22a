"""Writes the demo's conversations, once, through the other slices' public faces."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dialogues.sessions import Beginning, DialogueSession, announce, change, create_session, note_trial, templates
from participation.accounts import Staff, grant_role, list_grants, list_staff
from participation.core.localized import LocalizedText
from participation.core.policy import Actor, Role

CONTENT = Path(__file__).with_name("content.toml")
LANGUAGES = ("en", "es", "ar")
TEXTS = ("title", "purpose", "topics", "heard_by", "authority", "place")
#: Days until the city answers, and until words are deleted.
REPLY_DAYS, KEEP_DAYS = 42, 365


def read() -> dict[str, Any]:
    """The content file."""
    return tomllib.loads(CONTENT.read_text("utf-8"))


def load(at: datetime, *, secret: str) -> list[DialogueSession]:
    """Plan and announce the demo's conversations; the caller commits. None where the demo's people are missing."""
    demo_people = sorted((each for each in list_staff() if each.is_demo), key=lambda each: each.id, reverse=True)
    # of several with one role the first
    people = {role: person for person in demo_people for role in roles_of(person)}
    needed = (Role.OFFICER, Role.FACILITATOR, Role.INTERPRETER, Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR)
    if any(role not in people for role in needed):
        return []
    return [_plan(entry, people, at=at, secret=secret) for entry in read()["session"]]


def roles_of(person: Staff) -> set[Role]:
    """What she is entrusted with anywhere."""
    return {Role(row.role) for row in list_grants(person.id)}


def as_actor(person: Staff) -> Actor:
    """The member of staff as policies see her."""
    grants = frozenset(row.as_grant() for row in list_grants(person.id))
    return Actor(staff_id=person.id, name=person.name, grants=grants, is_verified=True)


def _plan(entry: dict[str, Any], people: dict[Role, Staff], *, at: datetime, secret: str) -> DialogueSession:
    planner = as_actor(people[Role.OFFICER])
    starts_at = at + timedelta(minutes=entry["starts_in"])
    template = templates()[entry["template"]]
    wish = Beginning(
        title=entry["title"]["en"], source="en", languages=LANGUAGES, template=template, starts_at=starts_at
    )
    session = create_session(wish, by=planner, at=at)
    texts = {name: LocalizedText.of({tag: entry[name][tag] for tag in LANGUAGES}, "en") for name in TEXTS}
    lead, second = people[Role.FACILITATOR], people[Role.INTERPRETER]
    facts = {
        "lead_id": lead.id,
        "second_id": second.id,
        "safeguarding_id": people[Role.SAFEGUARDING_LEAD].id,
        "safeguarding_phone": "+33 1 99 00 45 67",
        "facilitated_in": list(LANGUAGES),
        "sensitivity": entry["sensitivity"],
        "fewest_people": entry["fewest_people"],
        "reply_due_on": (session.ends_at + timedelta(days=REPLY_DAYS)).date(),
        "keep_until": (session.ends_at + timedelta(days=KEEP_DAYS)).date(),
    }
    change(session, {**texts, **facts}, by=planner, at=at, what="demo")
    # whoever leads is a facilitator somewhere; the interpreter is one here
    administrator = as_actor(people[Role.ADMINISTRATOR])
    grant_role(second, Role.FACILITATOR, session.space, by=administrator, at=at)
    note_trial(session, by=planner, at=at)
    announce(session, secret=secret, by=planner, at=at)
    return session
