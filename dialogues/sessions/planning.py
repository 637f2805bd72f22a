"""What planners do to a session before it begins: make it, write its texts and facts, copy it, cancel it.

Its agenda and agreement are in `agenda`; leading it is in `leading`. Each deed is an audit row. Once people are there,
nothing of the plan changes any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from participation.accounts import found_space
from participation.consultations import clean_text, current_texts, plain_name, reworded
from participation.core import audit
from participation.core.database import db
from participation.core.errors import Invalid
from participation.core.localized import LocalizedText
from participation.core.policy import Actor, Role

from . import agenda, queries
from .agenda import check_plannable
from .beginning import Template
from .models import DialogueSession, Interpreter
from .sections import SECTIONS, TITLE, all_text_plans
from .states import State

#: Longest session, and latest start from now on.
LONGEST = timedelta(hours=8)
#: Most people of one session.
MOST_PEOPLE = 500
#: How long what people said is kept unless planners choose another day.
KEEP_DAYS = 365
#: Words people consent to now; a new wording gets a new name.
CONSENT_VERSION = "2026-11"
#: What a copy takes along besides the texts.
COPIED_FACTS = (
    "template", "languages", "facilitated_in", "sensitivity", "age_bands", "meeting", "video_url", "capacity",
    "fewest_people", "lead_id", "second_id", "safeguarding_id", "safeguarding_phone",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """What a planner says first."""

    title: str
    source: str
    languages: Sequence[str]
    template: Template
    starts_at: datetime


def create_session(wish: Beginning, *, by: Actor, at: datetime) -> DialogueSession:
    """A new draft with the template's rounds and the first agreement.

    Raises:
        Invalid: it has no title, or would begin in the past.
    """
    words = clean_text(wish.title, TITLE)
    if not words:
        raise Invalid(_l("Please give it a title. You can change it later."), field=TITLE.field)
    if wish.starts_at <= at:
        raise Invalid(_l("This moment is over. Choose one that is still to come."), field="starts_on")
    texts = {plan.name: LocalizedText(source=wish.source) for plan in all_text_plans()}
    texts["title"] = LocalizedText.of({wish.source: words}, wish.source)
    template = wish.template
    session = DialogueSession(
        **texts,
        template=template.key,
        languages=list(wish.languages),
        facilitated_in=[wish.source],
        sensitivity=template.sensitivity,
        age_bands=list(template.age_bands),
        capacity=template.capacity,
        fewest_people=template.fewest_people,
        starts_at=wish.starts_at,
        ends_at=wish.starts_at + timedelta(minutes=template.minutes),
    )
    _add(session, words, by=by, at=at, verb="session_created", template=template.key)
    agenda.fill_from(session, template, at=at)
    return session


def copy_session(
    original: DialogueSession, title: str, starts_at: datetime, *, by: Actor, at: datetime
) -> DialogueSession:
    """A new draft with the original's texts, facts, rounds and agreement (D7); nothing of what people did.

    Raises:
        Invalid: it has no title, or would begin in the past.
    """
    words = clean_text(title, TITLE)
    if not words:
        raise Invalid(_l("Please give the copy a title of its own."), field=TITLE.field)
    if starts_at <= at:
        raise Invalid(_l("This moment is over. Choose one that is still to come."), field="starts_on")
    texts = current_texts(original, all_text_plans())
    texts["title"] = LocalizedText.of({original.title.source: words}, original.title.source)
    facts = {name: getattr(original, name) for name in COPIED_FACTS}
    length = original.ends_at - original.starts_at
    copy = DialogueSession(**texts, **facts, starts_at=starts_at, ends_at=starts_at + length)
    _add(copy, words, by=by, at=at, verb="session_copied", original=original.id)
    agenda.copy_from(copy, original, at=at)
    return copy


def save_section(
    session: DialogueSession,
    section: str,
    *,
    typed: Mapping[str, str],
    language: str,
    seen: str,
    by: Actor,
    at: datetime,
) -> list[str]:
    """Write one page of texts in one language; gives the names of what changed.

    Raises:
        ChangedMeanwhile: a colleague changed the texts since the form was drawn.
        Invalid: something typed cannot be taken.
        PlanSettled: the session has begun.
    """
    check_plannable(session)
    plans = SECTIONS[section].texts
    must_stay = {TITLE.name} if language == session.title.source else set()
    if session.state == State.READY:
        must_stay |= {plan.name for plan in plans}
    changes = reworded(
        current_texts(session, plans), typed, plans, language=language, source=session.title.source, seen=seen,
        must_stay=must_stay,
    )  # fmt: skip
    return change(session, changes, by=by, at=at, what=section, language=language)


def save_facts(session: DialogueSession, facts: Mapping[str, Any], *, by: Actor, at: datetime) -> list[str]:
    """Write days, places, people and numbers; gives the names of what changed.

    Raises:
        Invalid: something does not fit together.
        PlanSettled: the session has begun.
    """
    check_plannable(session)
    after = {name: facts.get(name, getattr(session, name)) for name in _CHECKED}
    _check_times(after, at=at)
    _check_numbers(after)
    if after["video_url"] and urlsplit(after["video_url"]).scheme != "https":
        raise Invalid(_l("The address of the video room begins with https://."), field="video_url")
    if after["lead_id"] is not None and after["lead_id"] == after["second_id"]:
        raise Invalid(
            _l("Two different people lead: nobody can lead and look after people at once."), field="second_id"
        )
    changes = {name: value for name, value in facts.items() if getattr(session, name) != value}
    return change(session, changes, by=by, at=at, what="facts")


def save_interpreters(session: DialogueSession, wanted: Sequence[tuple[str, str]], *, by: Actor, at: datetime) -> None:
    """Write who interprets which language: pairs of language and name.

    Raises:
        PlanSettled: the session has begun.
    """
    check_plannable(session)
    before = {(each.language, each.name): each for each in queries.list_interpreters(session.id)}
    for pair, row in before.items():
        if pair not in wanted:
            db.session.delete(row)
    for language, name in dict.fromkeys(wanted):
        if (language, name) not in before:
            db.session.add(Interpreter(session_id=session.id, language=language, name=name))
    db.session.flush()
    audit.note("session_changed", f"session:{session.id}", by=by, at=at, space=session.space, what="interpreters")


def note_trial(session: DialogueSession, *, by: Actor, at: datetime) -> None:
    """Note that a facilitator has tried out joining, on a phone."""
    check_plannable(session)
    change(session, {"tried_at": at}, by=by, at=at, what="trial")


def change(session: DialogueSession, changes: Mapping[str, Any], *, by: Actor, at: datetime, **facts: Any) -> list[str]:
    """Write `changes` into the row; calendars that follow the session are told by a new version."""
    for name, value in changes.items():
        setattr(session, name, value)
    if not changes:
        return []
    session.changed_at = at
    if _IN_CALENDARS & set(changes):
        session.calendar_version += 1
    db.session.flush()
    names = sorted(changes)
    audit.note("session_changed", f"session:{session.id}", by=by, at=at, space=session.space, fields=names, **facts)
    return names


#: Columns that calendars show.
_IN_CALENDARS = {"title", "purpose", "place", "starts_at", "ends_at", "video_url"}
_CHECKED = ("starts_at", "ends_at", "capacity", "fewest_people", "video_url", "lead_id", "second_id", "sensitivity")


def _check_times(after: Mapping[str, Any], *, at: datetime) -> None:
    if after["ends_at"] <= after["starts_at"]:
        raise Invalid(_l("It has to end after it begins."), field="ends_at")
    if after["ends_at"] - after["starts_at"] > LONGEST:
        raise Invalid(_l("Nobody can talk and listen for longer than eight hours."), field="ends_at")


def _check_numbers(after: Mapping[str, Any]) -> None:
    if not 1 <= after["capacity"] <= MOST_PEOPLE:
        raise Invalid(_l("Between 1 and %(most)d people fit.", most=MOST_PEOPLE), field="capacity")
    if not 2 <= after["fewest_people"] <= after["capacity"]:
        raise Invalid(_l("At least two people, and no more than fit."), field="fewest_people")


def _add(session: DialogueSession, title: str, *, by: Actor, at: datetime, verb: str, **details: Any) -> None:
    session.slug = _free_slug(title)
    session.state = State.DRAFT
    session.consent_version = CONSENT_VERSION
    session.keep_until = (session.ends_at + timedelta(days=KEEP_DAYS)).date()
    session.created_at = session.changed_at = at
    db.session.add(session)
    db.session.flush()
    audit.note(verb, f"session:{session.id}", by=by, at=at, space=session.space, **details)
    found_space(session.space, Role.OFFICER, by=by, at=at)


def _free_slug(wish: str) -> str:
    stem = plain_name(wish, "session")
    taken = set(db.session.execute(select(DialogueSession.slug).where(DialogueSession.slug.startswith(stem))).scalars())
    number = 1
    while (slug := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return slug
