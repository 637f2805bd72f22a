"""Between the editor's forms and the columns: what a form shows of a row, and what its fields mean for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from participation.core.errors import Invalid
from participation.core.localized import LocalizedText

from .agenda import read_lines, read_stored, stored
from .forms import FactsForm, PeopleForm, is_mixed_in_age, moment_of
from .models import AgendaItem, DialogueSession, Interpreter, Meeting
from .sections import MOST_OPTIONS, OPTION_LIMIT, ROUND_TEXTS

#: Most characters of a language and the name of an interpreter; the name alone has room for 80.
NAME_LIMIT = 80


def facts_of(form: FactsForm, zone: str) -> dict[str, Any]:
    """When, where and for whom, as the columns keep it.

    Raises:
        Invalid: adults and minors would be in one session, or it is for nobody.
    """
    bands = list(form.age_bands.data or [])
    if not bands:
        raise Invalid(_l("Choose whom it is for."), field="age_bands")
    if is_mixed_in_age(bands):
        raise Invalid(_l("Children and adults are never in one session."), field="age_bands")
    starts_at = moment_of(form.starts_on.data, form.starts_at.data, zone)
    ends_at = moment_of(form.starts_on.data, form.ends_at.data, zone)
    if ends_at <= starts_at:
        ends_at += timedelta(days=1)
    chosen = set(form.languages.data or [])
    return {
        **{name: form[name].data for name in FactsForm.plain},
        "video_url": (form.video_url.data or "").strip(),
        "meeting": Meeting(form.meeting.data),
        "languages": [tag for tag, *_name in form.languages.iter_choices() if tag in chosen],
        "age_bands": bands,
        "sensitivity": form.sensitivity.data,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }


def people_of(form: PeopleForm) -> dict[str, Any]:
    """Who leads and is on call, as the columns keep it."""
    return {
        "lead_id": form.lead_id.data or None,
        "second_id": form.second_id.data or None,
        "safeguarding_id": form.safeguarding_id.data or None,
        "safeguarding_phone": (form.safeguarding_phone.data or "").strip(),
        "facilitated_in": sorted(form.facilitated_in.data or []),
    }


def people_data(session: DialogueSession, interpreters: Iterable[Interpreter]) -> dict[str, Any]:
    """What the form about people shows."""
    return {
        "lead_id": session.lead_id or 0,
        "second_id": session.second_id or 0,
        "safeguarding_id": session.safeguarding_id or 0,
        "safeguarding_phone": session.safeguarding_phone,
        "facilitated_in": session.facilitated_in,
        "interpreters": "\n".join(f"{each.language}: {each.name}" for each in interpreters),
    }


def read_interpreters(typed: str, languages: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of language and name, one a line.

    Raises:
        Invalid: a line is too long, cannot be read, or names a language this session is not held in.
    """
    found = []
    for line in read_lines(typed.splitlines(), limit=NAME_LIMIT, field="interpreters"):
        tag, _colon, name = (part.strip() for part in line.partition(":"))
        if tag not in languages or not name:
            raise Invalid(
                _l("“%(line)s” cannot be read. Write a language of this session, a colon and a name.", line=line[:60]),
                field="interpreters",
            )
        found.append((tag, name))
    return found


def round_data(item: AgendaItem, language: str) -> dict[str, Any]:
    """What a round's form shows in `language`."""
    options = [read_stored(each).text_in(language) for each in item.options]
    return {
        **{plan.field: getattr(item, plan.name).text_in(language) for plan in ROUND_TEXTS},
        "options": "\n".join(options),
        "minutes": item.minutes,
        "turn_seconds": item.turn_seconds,
        "is_sensitive": item.is_sensitive,
        "is_in_rooms": item.is_in_rooms,
    }


def round_facts(form: Any, item: AgendaItem, language: str, source: str) -> dict[str, Any]:
    """A round's facts, as the columns keep them; only those the form asks for.

    Raises:
        Invalid: there are too many answers, one is too long, or a translation has another number of them.
    """
    names = ("minutes", "turn_seconds", "is_sensitive", "is_in_rooms")
    facts = {name: form[name].data for name in names if name in form}
    if "options" in form:
        facts["options"] = _options(form["options"].data or "", item, language, source)
    return facts


def _options(typed: str, item: AgendaItem, language: str, source: str) -> list[dict[str, Any]]:
    lines = read_lines(typed.splitlines(), limit=OPTION_LIMIT, field="options")
    before = [read_stored(each) for each in item.options]
    if len(lines) > MOST_OPTIONS:
        raise Invalid(_l("Eight answers at most."), field="options")
    if language != source and len(lines) not in {0, len(before)}:
        raise Invalid(
            _l("The original has %(count)d answers. Please write as many.", count=len(before)), field="options"
        )
    if language != source:
        return [
            stored(text.with_text(language, line)) for text, line in zip(before, lines, strict=False)
        ] or item.options
    kept = {text.text_in(source): text for text in before}
    return [stored(kept.get(line) or LocalizedText.of({source: line}, source)) for line in lines]
