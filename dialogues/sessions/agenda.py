"""The rounds of a session and what people agree on: filled from a template, written, moved, taken out.

An agreement has versions. While a session is planned its first version is written; once people are there, a facilitator
adopts a new one, which everybody accepts anew (dialogue-and-safety.md §3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from participation.consultations import current_texts, reworded
from participation.contributions import clean_words
from participation.core import audit
from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.localized import LocalizedText
from participation.core.policy import Actor

from . import queries
from .beginning import Template, first_agreement, text_in
from .models import AgendaItem, AgreementLine, DialogueSession, RoundKind
from .sections import LINE_LIMIT, MOST_LINES, ROUND_TEXTS
from .states import State

#: Most rounds of one session.
MOST_ROUNDS = 20
_FACTS = ("kind", "minutes", "turn_seconds", "options", "is_sensitive", "is_in_rooms")


class PlanSettled(Conflict):
    """People are there, or were: the plan stays as it was."""


def check_plannable(session: DialogueSession) -> None:
    """Stop once people are there.

    Raises:
        PlanSettled: the session has begun, is over or was cancelled.
    """
    if session.state not in {State.DRAFT, State.READY}:
        raise PlanSettled(_l("The session has begun, so its plan stays as it is."))


def fill_from(session: DialogueSession, template: Template, *, at: datetime) -> None:
    """Give a new session its template's rounds and the first agreement."""
    source, languages = session.title.source, session.languages
    for position, each in enumerate(template.rounds, 1):
        item = AgendaItem(
            session_id=session.id,
            position=position,
            kind=each.kind,
            title=text_in(each.title, source, languages),
            prompt=text_in(each.prompt, source, languages),
            minutes=each.minutes,
            turn_seconds=each.turn_seconds,
            options=[stored(text_in(option, source, languages)) for option in each.options],
            is_sensitive=each.is_sensitive,
            is_in_rooms=each.is_in_rooms,
        )
        db.session.add(item)
    lines = [text_in(line, source, languages) for line in first_agreement()]
    _write_lines(session.id, 1, lines)


def copy_from(session: DialogueSession, original: DialogueSession, *, at: datetime) -> None:
    """Give a copy the original's rounds, and its agreement in force as the first version."""
    for item in queries.list_items(original.id):
        facts = {name: getattr(item, name) for name in ("position", "title", "prompt", *_FACTS)}
        db.session.add(AgendaItem(session_id=session.id, **facts))
    _write_lines(session.id, 1, [line.text for line in queries.list_agreement(original.id)])


def add_round(session: DialogueSession, kind: RoundKind, *, by: Actor, at: datetime) -> AgendaItem:
    """A new last round, still without words.

    Raises:
        Conflict: there are too many, or the session has begun.
    """
    check_plannable(session)
    items = queries.list_items(session.id)
    if len(items) >= MOST_ROUNDS:
        raise Conflict(_l("Nobody can follow more than %(most)d rounds.", most=MOST_ROUNDS))
    source = session.title.source
    item = AgendaItem(
        session_id=session.id,
        position=len(items) + 1,
        kind=kind,
        title=LocalizedText(source=source),
        prompt=LocalizedText(source=source),
        options=[],
    )
    db.session.add(item)
    _changed(session, by=by, at=at, what="round added")
    return item


def save_round(
    session: DialogueSession,
    item: AgendaItem,
    *,
    typed: Mapping[str, str],
    facts: Mapping[str, Any],
    language: str,
    seen: str,
    by: Actor,
    at: datetime,
) -> None:
    """Write one round's texts in one language, and its facts.

    Raises:
        ChangedMeanwhile: a colleague changed the texts since the form was drawn.
        Invalid: something typed cannot be taken.
        Conflict: the session has begun.
    """
    check_plannable(session)
    must_stay = {plan.name for plan in ROUND_TEXTS} if session.state == State.READY else set()
    changes: dict[str, Any] = reworded(
        current_texts(item, ROUND_TEXTS), typed, ROUND_TEXTS, language=language, source=session.title.source, seen=seen,
        must_stay=must_stay,
    )  # fmt: skip
    after = {name: facts.get(name, getattr(item, name)) for name in _FACTS}
    if not 1 <= after["minutes"] <= 240:
        raise Invalid(_l("A round takes between 1 and 240 minutes."), field="minutes")
    if not 45 <= after["turn_seconds"] <= 300:
        raise Invalid(_l("A turn takes between 45 and 300 seconds."), field="turn_seconds")
    if after["kind"] == RoundKind.POLL and len(after["options"]) < 2:
        raise Invalid(_l("A choice needs two answers at least."), field="options")
    for name, value in {**changes, **facts}.items():
        setattr(item, name, value)
    _changed(session, by=by, at=at, what=f"round {item.id}")


def move_round(session: DialogueSession, item: AgendaItem, *, later: bool, by: Actor, at: datetime) -> None:
    """Let a round change places with its neighbour; the first and the last stay where they are.

    Raises:
        Conflict: the session has begun.
    """
    check_plannable(session)
    items = list(queries.list_items(session.id))
    place = items.index(item)
    other = place + (1 if later else -1)
    if 0 <= other < len(items):
        items[place], items[other] = items[other], items[place]
        _renumber(items)
        _changed(session, by=by, at=at, what=f"round {item.id} moved")


def remove_round(session: DialogueSession, item: AgendaItem, *, by: Actor, at: datetime) -> None:
    """Take a round out.

    Raises:
        Conflict: the session has begun, or it is announced and this is the last round.
    """
    check_plannable(session)
    items = [each for each in queries.list_items(session.id) if each is not item]
    if not items and session.state == State.READY:
        raise Conflict(_l("A session that was announced needs a round."))
    db.session.delete(item)
    _renumber(items)
    _changed(session, by=by, at=at, what=f"round {item.id} removed")


def save_agreement(session: DialogueSession, lines: Sequence[str], *, language: str, by: Actor, at: datetime) -> None:
    """Write the lines of a session that is planned, in one language, line by line beside the original.

    Raises:
        Invalid: there are too many lines, one is too long, or a translation has another number of lines.
        Conflict: the session has begun.
    """
    check_plannable(session)
    source = session.title.source
    typed = read_lines(lines, limit=LINE_LIMIT, field="lines")
    before = [line.text for line in queries.list_agreement(session.id)]
    if len(typed) > MOST_LINES:
        raise Invalid(_l("Eight lines at most, so that they fit on a phone."), field="lines")
    if language != source and len(typed) not in {0, len(before)}:
        raise Invalid(_l("The original has %(count)d lines. Please write as many.", count=len(before)), field="lines")
    if language == source:
        kept = {text.text_in(source): text for text in before}
        after = [
            kept.get(line)
            or (before[place] if place < len(before) else LocalizedText(source=source)).with_text(source, line)
            for place, line in enumerate(typed)
        ]
    else:
        after = [text.with_text(language, line) for text, line in zip(before, typed, strict=False)]
    _write_lines(session.id, 1, after)
    _changed(session, by=by, at=at, what=f"agreement in {language}")


def adopt_line(session: DialogueSession, texts: Mapping[str, str], *, by: Actor, at: datetime) -> int:
    """The number of a new version of the agreement with one more line, which everybody accepts anew.

    Raises:
        Invalid: there are eight lines already, the line is too long or empty.
    """
    before = queries.list_agreement(session.id)
    if len(before) >= MOST_LINES:
        raise Invalid(_l("Eight lines at most, so that they fit on a phone."), field="lines")
    if not any(text.strip() for text in texts.values()) or any(len(text) > LINE_LIMIT for text in texts.values()):
        raise Invalid(_l("Each line has %(most)d characters at most.", most=LINE_LIMIT), field="lines")
    version = queries.agreement_version(session.id) + 1
    _write_lines(session.id, version, [*(line.text for line in before), LocalizedText.of(texts)])
    audit.note("agreement_adopted", f"session:{session.id}", by=by, at=at, space=session.space, version=version)
    return version


def read_lines(lines: Sequence[str], *, limit: int, field: str) -> list[str]:
    """Lines as they are kept, without empty ones.

    Raises:
        Invalid: one is too long, or arrived damaged.
    """
    written = [line for line in lines if line.strip()]
    if any(len(line.strip()) > limit for line in written):
        raise Invalid(_l("Each line has %(most)d characters at most.", most=limit), field=field)
    return [clean_words(line, most_characters=limit, field=field) for line in written]


def stored(text: LocalizedText) -> dict[str, Any]:
    """A text as a JSON column keeps it inside a list."""
    return {
        "source": text.source,
        "version": text.version,
        "texts": {tag: list(each) for tag, each in text.texts.items()},
    }


def read_stored(kept: Mapping[str, Any]) -> LocalizedText:
    """The text that `stored` kept."""
    texts = {tag: (str(text), int(version)) for tag, (text, version) in kept["texts"].items()}
    return LocalizedText(kept["source"], kept["version"], texts)


def _write_lines(session_id: int, version: int, texts: Sequence[LocalizedText]) -> None:
    old = delete(AgreementLine).where(AgreementLine.session_id == session_id, AgreementLine.version == version)
    db.session.execute(old)
    rows = [
        AgreementLine(session_id=session_id, version=version, position=place, text=text)
        for place, text in enumerate(texts, 1)
    ]
    db.session.add_all(rows)
    db.session.flush()


def _renumber(items: Sequence[AgendaItem]) -> None:
    for position, each in enumerate(items, 1):
        each.position = position


def _changed(session: DialogueSession, *, by: Actor, at: datetime, what: str) -> None:
    session.changed_at = at
    db.session.flush()
    audit.note("session_changed", f"session:{session.id}", by=by, at=at, space=session.space, what=what)
