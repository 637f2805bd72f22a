"""Finished values for the pages of sessions: lists, the editor's parts, the checklist, the agenda's map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import g, request, url_for
from flask_babel import format_time, gettext, ngettext

from participation.accounts import find_staff, list_holders, list_staff
from participation.city import get_city
from participation.consultations import Tab, TextPlan, TextShown, current_texts, text_state
from participation.core.languages import (
    all_languages,
    current_language,
    day_in_words,
    direction_of,
    language_name,
    moment_in_words,
)
from participation.core.localized import LocalizedText, Words
from participation.core.policy import Role, current_actor

from . import gate, queries
from .labels import age_labels, done_sentences, meeting_labels, round_labels, state_labels, state_tones
from .models import AgeBand, AgendaItem, DialogueSession, Meeting, RoundKind
from .policy import Desk, TextDesk, can_lead, can_plan
from .sections import SECTIONS
from .states import State


@dataclass(frozen=True)
class Card:
    """One session for a list."""

    title: Words
    url: str
    state: object
    tone: str
    when: str
    place: str


@dataclass(frozen=True)
class Place:
    """One page of the editor in its list."""

    label: object
    url: str
    is_current: bool
    lacking: int


@dataclass(frozen=True)
class CheckShown:
    """One line of the checklist."""

    label: object
    why: object
    is_missing: bool
    #: names of the languages in which something is missing
    languages: list[str]
    #: where it is mended; None where this person cannot
    url: str | None


@dataclass(frozen=True)
class Stop:
    """One round on the agenda's map."""

    id: int
    number: int
    title: Words
    prompt: Words
    kind: str
    minutes: str
    url: str


def zone() -> str:
    """The city's time zone."""
    if "city_zone" not in g:
        g.city_zone = get_city().time_zone
    found: str = g.city_zone
    return found


def card(session: DialogueSession, url: str) -> Card:
    """One session for a list."""
    state = State(session.state)
    return Card(
        title=session.title.read(current_language().tag),
        url=url,
        state=state_labels[state],
        tone=state_tones.get(state, "plain"),
        when=when(session),
        place=str(meeting_labels[Meeting(session.meeting)]),
    )


def when(session: DialogueSession) -> str:
    """From when until when, in the city's time."""
    ends = format_time(session.ends_at, "short")
    return str(gettext("%(start)s to %(end)s", start=moment_in_words(session.starts_at), end=ends))


def length(session: DialogueSession) -> str:
    """How long it takes, in minutes."""
    minutes = int((session.ends_at - session.starts_at) / timedelta(minutes=1))
    return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))


def ages(session: DialogueSession) -> list[str]:
    """Whom it is for."""
    return [str(age_labels[AgeBand(band)]) for band in session.age_bands]


def language_names(tags: Iterable[str]) -> list[tuple[str, str]]:
    """Tags with their own names, and the reader's word for it where that differs."""
    known = all_languages()
    named = []
    for tag in tags:
        own, hers = known[tag].name if tag in known else tag, language_name(tag)
        named.append((tag, own if own == hers else f"{own} ({hers})"))
    return named


def stops(session: DialogueSession, items: Sequence[AgendaItem]) -> list[Stop]:
    """The agenda's map in the reader's language."""
    tag = current_language().tag
    return [
        Stop(
            id=item.id,
            number=number,
            title=item.title.read(tag),
            prompt=item.prompt.read(tag),
            kind=str(round_labels[RoundKind(item.kind)]),
            minutes=str(ngettext("%(num)s minute", "%(num)s minutes", item.minutes)),
            url=url_for("sessions.edit_round", slug=session.slug, item_id=item.id, tag=session.title.source),
        )
        for number, item in enumerate(items, 1)
    ]


def checks_shown(desk: Desk, items: Iterable[gate.Item]) -> list[CheckShown]:
    """The checklist with the pages that mend what is missing."""
    shown = []
    for item in items:
        tag = item.languages[0] if item.languages and item.languages[0] in desk.languages else desk.source
        names = [name for _tag, name in language_names(item.languages)]
        shown.append(CheckShown(item.label, item.why, item.is_missing, names, _mended_at(desk, item.place, tag)))
    return shown


def _mended_at(desk: Desk, place: str, tag: str) -> str | None:
    if not can_plan(current_actor(), desk) or place == "city":
        return None
    endpoints: Mapping[str, tuple[str, dict[str, Any]]] = {
        "about": ("sessions.edit_section", {"key": "about", "tag": tag}),
        "promise": ("sessions.edit_section", {"key": "promise", "tag": tag}),
        "people": ("sessions.edit_people", {}),
        "agenda": ("sessions.list_rounds", {}),
        "agreement": ("sessions.edit_agreement", {"tag": tag}),
        "facts": ("sessions.edit_facts", {}),
        "trial": ("sessions.show_overview", {}),
    }
    endpoint, arguments = endpoints[place]
    return url_for(endpoint, slug=desk.slug, **arguments)


def editor_context(desk: Desk, current: str) -> dict[str, Any]:
    """What every staff page of one session needs."""
    session = desk.session
    actor = current_actor()
    return {
        "session_title": session.title.read(current_language().tag),
        "slug": desk.slug,
        "overview_url": url_for("sessions.show_overview", slug=desk.slug),
        "is_draft": session.state == State.DRAFT,
        "places": _places(desk, current) if can_plan(actor, desk) and session.state in _PLANNED else [],
        "done": done_sentences.get(request.args.get("done", "")),
    }


_PLANNED = frozenset({State.DRAFT, State.READY})


def _places(desk: Desk, current: str) -> list[Place]:
    session, slug, source = desk.session, desk.slug, desk.source
    tags = session.languages
    items, lines = queries.list_items(session.id), queries.list_agreement(session.id)

    def lacking(texts: Iterable[LocalizedText]) -> int:
        return sum(bool(text.missing_in([tag])) for text in texts for tag in tags)

    pages = [
        Place(
            section.label,
            url_for("sessions.edit_section", slug=slug, key=section.name, tag=source),
            section.name == current,
            lacking(current_texts(session, section.texts).values()),
        )
        for section in SECTIONS.values()
    ]
    rounds = lacking(text for item in items for text in (item.title, item.prompt)) + int(not items)
    agreed = lacking(line.text for line in lines) + int(not lines)
    led = sum(each is None for each in (session.lead_id, session.second_id, session.safeguarding_id))
    return [
        *pages,
        Place(gettext("When, where, for whom"), url_for("sessions.edit_facts", slug=slug), current == "facts", 0),
        Place(gettext("Who leads and cares"), url_for("sessions.edit_people", slug=slug), current == "people", led),
        Place(gettext("Rounds"), url_for("sessions.list_rounds", slug=slug), current == "rounds", rounds),
        Place(
            gettext("What people agree on"),
            url_for("sessions.edit_agreement", slug=slug, tag=source),
            current == "agreement",
            agreed,
        ),
    ]


def tabs(desk: TextDesk, texts: Iterable[LocalizedText], endpoint: str, **arguments: Any) -> list[Tab]:
    """A page's languages, each with what is still to do in it."""
    written = list(texts)
    shown = []
    for tag, name in language_names(desk.languages):
        count = sum(bool(text.missing_in([tag])) for text in written)
        lacking = str(ngettext("%(num)s to write", "%(num)s to write", count)) if count else ""
        url = url_for(endpoint, slug=desk.slug, tag=tag, **arguments)
        shown.append(Tab(name, tag, direction_of(tag), url, tag == desk.language, lacking))
    return shown


def texts_shown(
    form: Any, plans: Iterable[TextPlan], current: Mapping[str, LocalizedText], desk: TextDesk, *, seen_now: str
) -> list[TextShown]:
    """Each text of a page with its field and its source; a colleague's words where hers came in between."""
    language, was_changed = desk.language, form.seen.data != seen_now
    form.seen.data = seen_now
    shown = []
    for plan in plans:
        text, typed = current[plan.name], form[plan.field].data or ""
        saved = text.text_in(language)
        shown.append(
            TextShown(
                plan=plan,
                field=form[plan.field],
                source=text.read(text.source) if language != desk.source and text.text_in(text.source) else None,
                state=text_state(text, language),
                saved=Words(saved, language, direction_of(language)) if was_changed and saved != typed else None,
            )
        )
    return shown


def facilitators(session: DialogueSession) -> list[str]:
    """Names of those who lead, the lead first."""
    found = (find_staff(number) for number in (session.lead_id, session.second_id) if number is not None)
    return [each.name for each in found if each is not None]


def staff_choices(*roles: Role) -> list[tuple[int, str]]:
    """Members of staff who hold one of `roles` anywhere, by name."""
    holding = list_holders(roles)
    return [(each.id, each.name) for each in list_staff() if each.is_active and each.id in holding]


def reply_words(session: DialogueSession) -> str:
    """The promised day of the answer, in words."""
    return day_in_words(session.reply_due_on) if session.reply_due_on else ""


def starts_in(session: DialogueSession, at: datetime) -> bool:
    """Whether it is still to come."""
    return session.starts_at > at


def may_lead(desk: Desk) -> bool:
    """Whether this person is one of its facilitators."""
    return can_lead(current_actor(), desk)
