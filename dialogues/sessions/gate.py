"""What a session needs before it can be announced: one list, with what is missing, why, and where it is mended.

Pure: everything it looks at is handed in (dialogue-and-safety.md D2, §5.2 READY, E5; Y4 for minors). Announcing refuses
as long as anything here is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l

from participation.city import City, SupportResource
from participation.core.localized import LocalizedText

from .models import AgendaItem, AgreementLine, DialogueSession, Interpreter, Meeting

#: A helper nobody looked at for longer than this may not answer any more (E5).
RESOURCE_DAYS = 180


@dataclass(frozen=True)
class Item:
    """One line of the checklist."""

    key: str
    label: object
    #: why people need it
    why: object
    is_missing: bool
    #: languages in which it is missing or older than its source
    languages: tuple[str, ...] = ()
    #: page on which it is mended: a section, "agenda", "agreement", "people", or the city's "city"
    place: str = "city"


@dataclass(frozen=True)
class Papers:
    """All that is looked at."""

    session: DialogueSession
    items: Sequence[AgendaItem]
    agreement: Sequence[AgreementLine]
    interpreters: Sequence[Interpreter]
    city: City
    resources: Sequence[SupportResource]
    at: datetime
    #: whether a member of staff was vetted to work with minors, on that day
    is_vetted: Callable[[int, date], bool]


def check(papers: Papers) -> list[Item]:
    """Every line, in the order people plan."""
    return [*_texts(papers), *_promise(papers), *_people(papers), *_agenda(papers), *_care(papers), _tried(papers)]


def missing(items: Iterable[Item]) -> list[Item]:
    """The lines that still stand in the way."""
    return [item for item in items if item.is_missing]


def _texts(papers: Papers) -> list[Item]:
    session = papers.session
    why = {
        "title": _l("People decide by the title whether this is for them."),
        "purpose": _l("People want to know why they should come."),
        "topics": _l("Nobody should be caught unprepared by a subject that hurts."),
        "heard_by": _l("People need to know who will hear it and what can change."),
        "place": _l("People need to find it, and to know whether they can get in."),
    }
    labels = {
        "title": _l("Title"),
        "purpose": _l("Why people meet"),
        "topics": _l("What will be spoken about"),
        "heard_by": _l("Who will hear it and what they can change"),
        "place": _l("Where, and how to get in"),
    }
    items = [
        _text_item(name, labels[name], why[name], [getattr(session, name)], session.languages, place="about")
        for name in labels
    ]
    is_online = session.meeting != Meeting.ROOM
    reason = _l("People who come online need the room they come to.")
    return [*items, Item("video_url", _l("Video room"), reason, is_online and not session.video_url, place="about")]


def _promise(papers: Papers) -> list[Item]:
    session = papers.session
    return [
        _text_item(
            "authority", _l("Who answers"), _l("People speak to somebody, not to a wall."), [session.authority],
            session.languages, place="promise",
        ),
        Item(
            "reply_due_on", _l("Day of the answer"),
            _l("A promise with a day is one that people can hold the city to."),
            session.reply_due_on is None or session.reply_due_on <= session.ends_at.date(), place="promise",
        ),
        Item(
            "keep_until", _l("Day on which what people said is deleted"),
            _l("People are told how long their words are kept."),
            session.keep_until is None or session.keep_until <= session.ends_at.date(), place="promise",
        ),
        Item(
            "consent_version", _l("Words of consent"), _l("It must be clear later what people said yes to."),
            not session.consent_version, place="promise",
        ),
        Item(
            "starts_at", _l("A start that is still to come"), _l("Nobody can come to a session that is over."),
            session.starts_at <= papers.at, place="about",
        ),
    ]  # fmt: skip


def _people(papers: Papers) -> list[Item]:
    session = papers.session
    leads = [each for each in (session.lead_id, session.second_id) if each is not None]
    day = session.ends_at.date()
    understood = {*session.facilitated_in, *(each.language for each in papers.interpreters)}
    unspoken = tuple(tag for tag in session.languages if tag not in understood)
    items = [
        Item(
            "facilitators", _l("Two facilitators"),
            _l("One leads and one looks after people; nobody does both."), len(set(leads)) < 2, place="people",
        ),
        Item(
            "safeguarding", _l("Safeguarding lead, and a number that reaches her the whole time"),
            _l("If somebody is in danger, nobody may have to look for a number."),
            session.safeguarding_id is None or not session.safeguarding_phone, place="people",
        ),
        Item(
            "interpreters", _l("Somebody for every language"),
            _l("Participants never interpret for each other."), bool(unspoken), unspoken, place="people",
        ),
    ]  # fmt: skip
    if session.is_for_minors:
        why = _l("Two adults whose record was checked and is still good are with minors all the time.")
        vetted = [each for each in set(leads) if papers.is_vetted(each, day)]
        items.append(Item("vetted", _l("Checked records of both facilitators"), why, len(vetted) < 2, place="people"))
    return items


def _agenda(papers: Papers) -> list[Item]:
    languages = papers.session.languages
    texts = [text for each in papers.items for text in (each.title, each.prompt)]
    lines = [line.text for line in papers.agreement]
    why = _l("Everybody is asked the same, in each language.")
    minutes = sum(each.minutes for each in papers.items)
    is_too_long = timedelta(minutes=minutes) > papers.session.ends_at - papers.session.starts_at
    return [
        Item("languages", _l("Languages"), _l("It needs one language at least."), not languages, place="about"),
        _text_item("agenda", _l("Rounds, each with its prompt"), why, texts, languages, place="agenda"),
        Item(
            "length", _l("Rounds that fit into the time"),
            _l("A session that runs over takes it from those who speak last."), is_too_long, place="agenda",
        ),
        _text_item(
            "agreement", _l("What people agree on"), _l("Nobody speaks before everybody has agreed."), lines,
            languages, place="agreement",
        ),
    ]  # fmt: skip


def _care(papers: Papers) -> list[Item]:
    languages = papers.session.languages
    oldest = papers.at.date() - timedelta(days=RESOURCE_DAYS)
    texts = [text for each in papers.resources for text in (each.name, each.description)]
    has_number = any(each.phone for each in papers.resources)
    return [
        _text_item(
            "support", _l("Who helps people in trouble"), _l("Some people are shaken by what they hear or say."),
            texts, languages,
        ),
        Item(
            "support_number", _l("A number to call in danger"), _l("It has to be there before it is needed."),
            not has_number,
        ),
        Item(
            "support_reviewed", _l("Helpers that somebody checked within half a year"),
            _l("A number that nobody answers is worse than none."),
            any(each.reviewed_on < oldest for each in papers.resources),
        ),
    ]  # fmt: skip


def _tried(papers: Papers) -> Item:
    why = _l("Try it once as a participant, on your own phone, in each language.")
    return Item("tried", _l("A trial of joining"), why, papers.session.tried_at is None, place="trial")


def _text_item(
    key: str,
    label: object,
    why: object,
    texts: Sequence[LocalizedText],
    languages: Sequence[str],
    *,
    place: str = "city",
) -> Item:
    lacking = tuple(tag for tag in languages if not texts or any(text.missing_in([tag]) for text in texts))
    return Item(key, label, why, bool(lacking) or not texts, lacking, place)
