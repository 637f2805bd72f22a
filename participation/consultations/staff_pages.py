"""Finished values for the staff's pages: what their templates show of a consultation, its texts, checks and people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, url_for
from flask_babel import gettext

from participation.city import get_city
from participation.contributions import Channel, channel_labels
from participation.core.clock import day_in
from participation.core.clock import now as present
from participation.core.languages import all_languages, current_language, language_name
from participation.core.localized import Words
from participation.core.policy import Actor, current_actor, is_administrator
from participation.core.registry import SpaceLink, registry

from . import checklist, labels, pages
from .models import CameBy, Consultation, Stage
from .queries import PeopleCount
from .sections import SECTIONS
from .staff_labels import audience_facts, came_by_labels, state_labels, state_tones
from .staff_policy import Desk, SectionDesk, can_enter, can_translate, can_write
from .staff_queries import Care, Listed, State, find_cares, reply_tone
from .timing import Visit


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
class Row:
    """One consultation in the staff's list."""

    title: Words
    url: str
    state: object
    tone: str
    stage: str
    lacking: str
    people: int | None
    audience: object


def zone() -> str:
    """The city's time zone."""
    if "city_zone" not in g:
        g.city_zone = get_city().time_zone
    found: str = g.city_zone
    return found


def cares_of(actor: Actor) -> dict[Care, list[int]]:
    """Why which consultations need this person now."""
    at = present()
    return find_cares(actor, at=at, today=day_in(zone(), at))


def desk_context(desk: Desk) -> dict[str, Any]:
    """What every staff page of one consultation needs."""
    return {
        "consultation_title": desk.consultation.title.read(current_language().tag),
        "slug": desk.slug,
        "overview_url": url_for("consultations.show_overview", slug=desk.slug),
        "is_draft": desk.consultation.publication == "draft",
    }


def language_names(tags: Iterable[str]) -> list[tuple[str, str]]:
    """Tags with their names: a language's own, with the reader's word for it where that differs."""
    known = all_languages()
    named = []
    for tag in tags:
        own = known[tag].name if tag in known else tag
        hers = language_name(tag)
        named.append((tag, own if own == hers else f"{own} ({hers})"))
    return named


def list_row(listed: Listed, *, counts_people: bool) -> Row:
    """One consultation for the list."""
    consultation = listed.consultation
    lacking = checklist.count_missing_texts(consultation, listed.stages, listed.steps)
    return Row(
        title=consultation.title.read(current_language().tag),
        url=url_for("consultations.show_overview", slug=consultation.slug),
        state=state_labels[listed.state],
        tone=state_tones[listed.state],
        stage=stage_sentence(consultation, listed.stages, listed.state),
        lacking="" if listed.state == State.ARCHIVED else lacking_words(lacking),
        people=listed.people if counts_people else None,
        audience=audience_facts[consultation.audience],
    )


def stage_sentence(consultation: Consultation, stages: Sequence[Stage], state: State) -> str:
    """Where it stands in time, in one line."""
    if not stages:
        return str(gettext("No days chosen yet"))
    at = present()
    shown = pages.stages_shown(Visit(consultation, stages, None, at))
    now = next((stage for stage in shown if stage.state == "now"), None)
    if now is not None:
        return str(gettext("%(name)s, %(dates)s", name=f"\u2068{now.name}\u2069", dates=now.dates))
    following = next((stage for stage in shown if stage.state == "next"), shown[-1])
    return str(gettext("%(name)s, %(dates)s", name=f"\u2068{following.name}\u2069", dates=following.dates))


def lacking_words(by_language: Mapping[str, int]) -> str:
    """How many texts are missing in which languages; empty when none is."""
    some = [(language_name(tag), count) for tag, count in by_language.items() if count]
    return ", ".join(
        gettext("%(language)s: %(count)s", language=f"\u2068{name}\u2069", count=count) for name, count in some
    )


def checks_shown(desk: Desk, items: Sequence[checklist.Item]) -> list[CheckShown]:
    """The checklist, each line with the page that mends it for whoever may."""
    return [
        CheckShown(
            label=item.label,
            why=item.why,
            is_missing=item.is_missing,
            languages=[language_name(tag) for tag in item.languages],
            url=_mend_url(desk, item),
        )
        for item in items
    ]


def people_tables(counts: Sequence[PeopleCount]) -> list[tuple[str, list[tuple[object, int]]]]:
    """How many people took part, by way of coming, by channel and by language; the largest first."""
    return [
        (gettext("How people came"), _added(counts, lambda each: came_by_labels[CameBy(each.came_by)])),
        (gettext("How their answers reached us"), _added(counts, lambda each: channel_labels[Channel(each.channel)])),
        (gettext("Language they used"), _added(counts, lambda each: language_name(each.language))),
    ]


def space_links(desk: Desk) -> list[SpaceLink]:
    """Ways to what other rooms keep of this consultation."""
    actor = current_actor()
    return [link for links in registry().space_links for link in links(desk.space, actor)]


def overview_links(desk: Desk, state: State) -> list[SpaceLink]:
    """What a writer can do next with a consultation in this state."""
    actor = current_actor()
    links = []
    if can_write(actor, desk):
        links.append(SpaceLink(gettext("Edit texts, days and questions"), _edit_url(desk)))
        links.append(SpaceLink(gettext("Invitation codes"), url_for("consultations.list_invitations", slug=desk.slug)))
    if can_enter(actor, desk) and state in {State.OPEN, State.CLOSED}:
        links.append(SpaceLink(gettext("Write down an answer"), url_for("consultations.enter_answer", slug=desk.slug)))
    return links


def reply_words(consultation: Consultation) -> tuple[str, str] | None:
    """The promised day of the reply with its tone, where it is near or over."""
    tone = reply_tone(consultation, day_in(zone(), present()))
    if tone is None or consultation.reply_due_on is None:
        return None
    return tone, labels.day(consultation.reply_due_on, zone())


def _edit_url(desk: Desk) -> str:
    return url_for("consultations.edit_section", slug=desk.slug, key="about", tag=desk.source)


def _mend_url(desk: Desk, item: checklist.Item) -> str | None:
    actor = current_actor()
    tag = item.languages[0] if item.languages else desk.source
    if item.place == "city":
        if not is_administrator(actor):
            return None
        return url_for("city.edit_city")
    if not can_write(actor, desk):
        return _translate_url(desk, item)
    if item.place == "stages":
        return url_for("consultations.list_stages", slug=desk.slug)
    if item.step_id is not None:
        return url_for("consultations.edit_step", slug=desk.slug, step_id=item.step_id, tag=tag)
    if item.place == "steps":
        return url_for("consultations.list_steps", slug=desk.slug)
    return url_for("consultations.edit_section", slug=desk.slug, key=item.place, tag=tag)


def _translate_url(desk: Desk, item: checklist.Item) -> str | None:
    """Where an interpreter writes the missing translation; None where something else than a translation is missing."""
    tag = next((tag for tag in item.languages if tag != desk.source), None)
    if tag is None or not can_translate(current_actor(), SectionDesk(desk.consultation, item.place, tag)):
        return None
    if item.step_id is not None:
        return url_for("consultations.edit_step", slug=desk.slug, step_id=item.step_id, tag=tag)
    if item.place in SECTIONS:
        return url_for("consultations.edit_section", slug=desk.slug, key=item.place, tag=tag)
    return None


def _added(counts: Sequence[PeopleCount], name: Any) -> list[tuple[object, int]]:
    totals: dict[str, int] = {}
    for each in counts:
        label = str(name(each))
        totals[label] = totals.get(label, 0) + each.people
    return sorted(totals.items(), key=lambda item: -item[1])
