"""Finished values for residents' pages: what templates show of a consultation, its stages, steps and answers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import g, url_for
from flask_babel import gettext, ngettext

from participation.city import get_city
from participation.contributions import Mode, Permission, Pointed, hints_in, permission_hints, permission_labels
from participation.core.database import remembered
from participation.core.languages import all_languages, current_language, language_name
from participation.core.localized import LocalizedText, Words
from participation.core.registry import registry

from . import labels
from .models import Audience, Consultation, Publication, StageKind, Step
from .policy import needs_beginning
from .queries import Listed, list_closed, list_open, list_soon
from .steps import Journey, OwnWords, Stop, kind_of, read_lines
from .timing import Visit, answering_spans

#: Where the quick exit leads: an everyday page in the reader's language.
QUICK_EXIT = "https://{}.wikipedia.org/"


@dataclass(frozen=True)
class StageShown:
    """One stage as `ui.stages` draws it."""

    name: Words | str
    dates: str
    #: "done", "now" or "next"
    state: str


@dataclass(frozen=True)
class Card:
    """One consultation in a list."""

    title: Words
    purpose: str
    purpose_language: str
    purpose_direction: str
    url: str
    #: "open", "soon" or "closed"
    state: str
    dates: str
    minutes: str


@dataclass(frozen=True)
class CheckRow:
    """One step on the page where answers are checked."""

    label: Words
    own: list[OwnWords]
    lines: list[Words | str]
    hints: list[Pointed]
    change_url: str
    is_missing: bool


def frame(consultation: Consultation) -> dict[str, Any]:
    """What every page of one consultation needs."""
    return {
        "title": consultation.title.read(current_language().tag),
        "slug": consultation.slug,
        "start_url": url_for("consultations.show_consultation", slug=consultation.slug),
        "exit_url": exit_url(consultation),
        "come_back_url": url_for("accounts.come_back"),
        "my_page_url": url_for("accounts.show_my_page"),
        "preview": False,
    }


def exit_url(consultation: Consultation) -> str | None:
    """Where the quick exit leads on sensitive topics; templates of other slices include `_quick_exit.html` with it."""
    return QUICK_EXIT.format(current_language().tag) if consultation.is_sensitive else None


# Cards are the same for everybody who reads a language, within a second. Rows are read inside what is remembered, so
# that a commit in between leaves no card of before.


def open_cards(at: datetime) -> list[Card]:
    """Consultations that can be answered now; those that close first come first. Look, and do not change."""
    return remembered(_within_second("open", at), lambda _session: [_card(each, "open") for each in list_open(at)])


def soon_cards(at: datetime) -> list[Card]:
    """Consultations that open later; the next one comes first. Look, and do not change."""
    return remembered(_within_second("soon", at), lambda _session: [_card(each, "soon") for each in list_soon(at)])


def closed_cards(at: datetime, after_id: int | None) -> tuple[list[Card], int | None]:
    """One page of consultations that have closed, and where the next page begins. Look, and do not change.

    Raises:
        NotFound: there is no consultation `after_id`.
    """

    def draw(_session: object) -> tuple[list[Card], int | None]:
        closed, following = list_closed(at, after_id=after_id)
        return [_card(each, "closed") for each in closed], following

    return remembered((_within_second("closed", at), after_id), draw)


def _within_second(state: str, at: datetime) -> Hashable:
    return "cards", state, current_language().tag, at.replace(microsecond=0)


def _card(listed: Listed, state: str) -> Card:
    consultation, span = listed.consultation, listed.span
    language, zone = current_language().tag, _zone()
    purpose = consultation.purpose.read(language)
    if state == "open" and span.closes_at is None:
        dates = gettext("Open, without a last day yet")
    elif state == "open" and span.closes_at is not None:
        dates = gettext("Open until %(day)s", day=labels.last_moment(span.closes_at, zone))
    elif state == "soon":
        dates = gettext("Opens on %(day)s", day=labels.day(span.opens_at, zone))
    else:
        dates = gettext("Closed since %(day)s", day=labels.last_moment(span.closes_at or span.opens_at, zone))
    return Card(
        title=consultation.title.read(language),
        purpose=_first_paragraph(purpose.text),
        purpose_language=purpose.language,
        purpose_direction=purpose.direction,
        url=url_for("consultations.show_consultation", slug=consultation.slug),
        state=state,
        dates=dates,
        minutes=minutes(consultation.estimated_minutes),
    )


def minutes(count: int) -> str:
    """How long it takes, in words."""
    return str(ngettext("About %(num)s minute", "About %(num)s minutes", count))


def start_context(visit: Visit, steps: Sequence[Step]) -> dict[str, Any]:
    """The page that tells what a consultation is, before anybody begins."""
    consultation, language = visit.consultation, current_language().tag
    zone = _zone()
    is_open = consultation.publication == Publication.PUBLISHED and visit.is_answering
    drawn = (draw(consultation.id, language) for draw in registry().consultation_panels)
    return {
        **frame(consultation),
        "is_open": is_open,
        "purpose": consultation.purpose.read(language),
        "can_change": lines_in(consultation.can_change, language),
        "cannot_change": lines_in(consultation.cannot_change, language),
        "decided_by": consultation.decided_by.read(language),
        "other_ways": lines_in(consultation.other_ways, language),
        "reply_due": labels.day(consultation.reply_due_on, zone) if consultation.reply_due_on else "",
        "minutes": minutes(consultation.estimated_minutes),
        "question_count": len(steps),
        "stages": stages_shown(visit),
        "when": when(visit),
        "closed_reason": consultation.closed_early_reason.read(language) if consultation.closed_early_at else None,
        "languages_held": languages_of(consultation),
        "is_invited": consultation.audience == Audience.INVITED,
        "ages": labels.listed(str(labels.age_band(band)) for band in consultation.age_bands),
        "is_held": consultation.moderation_mode == Mode.HOLD,
        "has_statements": any(kind_of(step).counts_at_once for step in steps),
        "has_open_votes": consultation.has_open_votes,
        "unset_choice": permission_labels[Permission(consultation.unset_permission)],
        "begin_url": begin_url(visit),
        "resume_url": url_for("consultations.resume", slug=consultation.slug),
        "panels": [panel for panel in drawn if panel],
    }


def begin_url(visit: Visit) -> str:
    """Where Start leads: to the first question, or to what has to be asked before."""
    slug = visit.consultation.slug
    if needs_beginning(visit):
        return url_for("consultations.begin_consultation", slug=slug)
    return url_for("consultations.answer_step", slug=slug, position=1)


def when(visit: Visit) -> str:
    """Whether it is open, and until when; or when it opens; or since when it is closed."""
    zone = _zone()
    spans = answering_spans(visit.consultation, visit.stages)
    now_open = next((span for span in spans if span.contains(visit.at)), None)
    if now_open is not None and visit.consultation.publication != Publication.ARCHIVED:
        if now_open.closes_at is None:
            return str(gettext("You can answer now. There is no last day yet."))
        last = labels.last_moment(now_open.closes_at, zone)
        return str(gettext("You can answer until %(day)s.", day=last))
    later = next((span for span in spans if span.opens_at > visit.at), None)
    if later is not None:
        return str(gettext("You can answer from %(day)s on.", day=labels.day(later.opens_at, zone)))
    ended = [span.closes_at for span in spans if span.closes_at is not None]
    if ended:
        return str(
            gettext("This closed on %(day)s. Thank you to all who answered.", day=labels.last_moment(max(ended), zone))
        )
    return str(gettext("Nobody can answer this now."))


def stages_shown(visit: Visit) -> list[StageShown]:
    """All stages with their dates, and where we stand."""
    zone, language = _zone(), current_language().tag
    shown = []
    for stage in visit.stages:
        ends = [stage.closes_at]
        if stage.kind == StageKind.ANSWERING and visit.consultation.closed_early_at is not None:
            ends.append(visit.consultation.closed_early_at)
        closes_at = min((end for end in ends if end is not None), default=None)
        state = "next" if stage.opens_at > visit.at else "done" if closes_at and closes_at <= visit.at else "now"
        name: Words | str = stage.name.read(language) if stage.name else str(labels.stage_labels[stage.kind])
        shown.append(StageShown(name, labels.span(stage.opens_at, closes_at, zone), state))
    return shown


def languages_of(consultation: Consultation) -> str:
    """The names of the languages it is held in, in the reader's language."""
    return labels.listed(language_name(tag) for tag in consultation.languages or all_languages())


def lines_in(text: LocalizedText, language: str) -> list[Words]:
    """A text of several lines as its lines; leading dashes are only signs of a list."""
    words = text.read(language)
    lines = (line.strip().removeprefix("- ").removeprefix("– ").removeprefix("• ") for line in words.text.splitlines())
    return [replace(words, text=line) for line in lines if line.strip()]


# -- On the way --------------------------------------------------------------------------------------------------------


def step_context(visit: Visit, journey: Journey, stop: Stop, form: Any) -> dict[str, Any]:
    """One question on its page."""
    language = current_language().tag
    consultation, step = visit.consultation, stop.step
    return {
        **frame(consultation),
        "form": form,
        "step": step,
        "words": step.prompt.read(language),
        "language": language,
        "step_help": step.help.read(language) if step.help else None,
        "field_template": kind_of(step).template,
        "position": stop.position,
        "total": journey.total,
        "progress": progress(consultation, stop.position, journey.total),
        "back_url": previous_url(consultation.slug, stop.position),
        "draft_key": f"{consultation.slug}-{step.id}",
        "permission_hints": permission_hints,
        "unset_choice": permission_labels[Permission(consultation.unset_permission)],
        "was_sent": visit.participation is not None and visit.participation.sent_at is not None,
    }


def progress(consultation: Consultation, position: int, total: int) -> str:
    """Where one stands, and about how long the rest takes."""
    left = math.ceil(consultation.estimated_minutes * (total - position + 1) / max(total, 1))
    return str(
        ngettext(
            "%(position)s of %(total)s – about %(num)s minute left",
            "%(position)s of %(total)s – about %(num)s minutes left",
            left,
            position=position,
            total=total,
        )
    )


def previous_url(slug: str, position: int) -> str:
    """Where Back leads from a question."""
    if position <= 1:
        return url_for("consultations.show_consultation", slug=slug)
    return url_for("consultations.answer_step", slug=slug, position=position - 1)


def next_url(slug: str, journey: Journey, position: int) -> str:
    """The page after a question: the next one, or the check of all answers."""
    following = journey.next_after(position)
    if following is None:
        return url_for("consultations.check_answers", slug=slug)
    return url_for("consultations.answer_step", slug=slug, position=following)


def check_rows(slug: str, journey: Journey, language: str) -> list[CheckRow]:
    """Every step with its answer, for the author to check; personal details in her own words are pointed out."""
    lines = read_lines([stop for stop in journey.stops if stop.data], language)
    return [_check_row(slug, stop, lines, language) for stop in journey.stops]


def sent_context(visit: Visit) -> dict[str, Any]:
    """What happens after sending, and when; the same for everybody, so that the page can be kept."""
    zone, language = _zone(), current_language().tag
    consultation = visit.consultation
    spans = answering_spans(consultation, visit.stages)
    last = max((span.closes_at for span in spans if span.closes_at), default=None)
    sentences = []
    if consultation.moderation_mode == Mode.HOLD:
        sentences.append(gettext("A person reads your words before others can see them."))
    if last is not None and last > visit.at:
        sentences.append(gettext("You can change your answers until %(day)s.", day=labels.last_moment(last, zone)))
    reading = next((stage for stage in visit.stages if stage.kind == StageKind.READING), None)
    if reading is not None and reading.closes_at is not None:
        sentences.append(
            gettext(
                "We read every answer and write a summary by %(day)s.", day=labels.last_moment(reading.closes_at, zone)
            )
        )
    if consultation.reply_due_on is not None:
        due = labels.day(consultation.reply_due_on, zone)
        sentences.append(
            gettext("The city answers by %(day)s: what it will do, what it will not do, and why.", day=due)
        )
    return {
        **frame(consultation),
        "next_sentences": sentences,
        "decided_by": consultation.decided_by.read(language),
        "stages": stages_shown(visit),
        "receipt_url": url_for("consultations.download_receipt", slug=consultation.slug),
        "check_url": url_for("consultations.check_answers", slug=consultation.slug),
    }


def _check_row(slug: str, stop: Stop, lines: Mapping[int, list[Words | str]], language: str) -> CheckRow:
    answer = lines.get(stop.step.id, []) if stop.is_answered else []
    own = [line for line in answer if isinstance(line, OwnWords)]
    return CheckRow(
        label=stop.step.prompt.read(language),
        own=own,
        lines=[line for line in answer if not isinstance(line, OwnWords)],
        hints=[hint for line in own for hint in hints_in(line.text)] if stop.is_draft else [],
        change_url=url_for("consultations.answer_step", slug=slug, position=stop.position, then="check"),
        is_missing=stop.is_missing,
    )


def _zone() -> str:
    """The city's time zone, asked for once a page."""
    if "city_zone" not in g:
        g.city_zone = get_city().time_zone
    zone: str = g.city_zone
    return zone


def _first_paragraph(text: str) -> str:
    return next((part.strip() for part in text.split("\n\n") if part.strip()), "")
