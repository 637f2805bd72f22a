"""What the pages of summaries share: loading what an address names, tabs, and the facts a page shows of a release."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from participation.city import get_city
from participation.consultations import Consultation, Publication, get_consultation
from participation.core.clock import day_in
from participation.core.errors import NotFound
from participation.core.languages import current_language, day_in_words
from participation.core.policy import Space, current_actor

from . import policy, queries
from .answers import AnswerShown, answers_to
from .models import Finding, Footnote, Release
from .reading import ShownFinding, read_summary


@dataclass(frozen=True)
class FindingHere:
    """A finding with the consultation its address names."""

    consultation: Consultation
    finding: Finding

    @property
    def space(self) -> Space:
        """Where roles are granted."""
        return self.consultation.space


@dataclass(frozen=True)
class ReleaseHere:
    """A release with the consultation its address names."""

    consultation: Consultation
    release: Release

    @property
    def space(self) -> Space:
        """Where roles are granted."""
        return self.consultation.space

    @property
    def prepared_by(self) -> int:
        """Who must not release it."""
        return self.release.prepared_by


@dataclass(frozen=True)
class Tab:
    """One part of the staff's work on one summary."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Pair:
    """A finding with the city's answer beside it."""

    finding: ShownFinding
    answer: AnswerShown | None


def finding_here(slug: str, finding_id: int) -> FindingHere:
    """The finding with this number, in this consultation.

    Raises:
        NotFound: it is somewhere else, or was taken out.
    """
    consultation, finding = get_consultation(slug), queries.get_finding(finding_id)
    if finding.space != consultation.space or finding.retired_at is not None:
        raise NotFound
    return FindingHere(consultation, finding)


def waiting_here(slug: str) -> ReleaseHere:
    """The summary of this consultation that waits for its second person.

    Raises:
        NotFound: none waits.
    """
    consultation = get_consultation(slug)
    waiting = queries.find_waiting_release(consultation.space)
    if waiting is None:
        raise NotFound
    return ReleaseHere(consultation, waiting)


def current_here(slug: str) -> ReleaseHere:
    """The summary everybody sees.

    Raises:
        NotFound: there is none yet, or the consultation is not published.
    """
    return _released(slug, None)


def numbered_here(slug: str, number: int) -> ReleaseHere:
    """A released summary by its number.

    Raises:
        NotFound: there is none.
    """
    return _released(slug, number)


def _released(slug: str, number: int | None) -> ReleaseHere:
    consultation = get_consultation(slug)
    space = consultation.space
    release = queries.find_current_release(space) if number is None else queries.find_release(space, number)
    if release is None or consultation.publication == Publication.DRAFT:
        raise NotFound
    return ReleaseHere(consultation, release)


def frame(consultation: Consultation, tab: str) -> dict[str, Any]:
    """What every staff page of one consultation's summary needs."""
    actor, slug = current_actor(), consultation.slug
    tabs = [
        ("people", _("Who took part"), "summaries.show_evidence"),
        ("questions", _("Questions"), "summaries.list_questions"),
        ("statements", _("Statements"), "summaries.list_statements"),
    ]
    if policy.can_read_words(actor, consultation):
        tabs.append(("words", _("Answers in own words"), "summaries.list_words"))
    if policy.can_preview(actor, consultation):
        tabs.append(("summary", _("Findings and summary"), "summaries.edit_summary"))
    return {
        "title": consultation.title.read(current_language().tag),
        "slug": slug,
        "tabs": [Tab(label, url_for(endpoint, slug=slug), name == tab) for name, label, endpoint in tabs],
        "can_write": policy.can_write(actor, consultation),
    }


def table_url_on(slug: str) -> Callable[[str], str]:
    """Where a public page's charts lead for their numbers."""
    return lambda table: url_for("summaries.download_table", slug=slug, table=table)


def no_table_url(_table: str) -> None:
    """A preview has no files yet."""


def summary_context(here: ReleaseHere) -> dict[str, Any]:
    """One summary with the city's answers, in the reader's language."""
    language = current_language().tag
    summary = read_summary(here.release.snapshot, language)
    every = [*summary.findings, *summary.others]
    answers = answers_to([each.id for each in every], here.consultation.reply_due_on, language)
    return {
        "summary": summary,
        "pairs": [Pair(each, answers.get(each.id)) for each in summary.findings],
        "other_pairs": [Pair(each, answers.get(each.id)) for each in summary.others],
        "slug": here.consultation.slug,
        "released_on": day_text(here.release.released_at),
        "is_early": not summary.has_ended,
        "sha256": here.release.sha256,
        "first_sha256": here.release.first_sha256,
        "rule_version": summary.rule_version,
        "number": here.release.number,
        "table_url": table_url_on(here.consultation.slug) if here.release.released_at else no_table_url,
        "statements_url": url_for("summaries.list_all_statements", slug=here.consultation.slug),
    }


def footnote_rows(footnotes: Sequence[Footnote]) -> list[tuple[str, str]]:
    """When words were taken out, and the hash since."""
    return [(day_text(each.at), each.sha256_after) for each in footnotes]


def day_text(moment: datetime | None) -> str:
    """A moment's day in the city's time zone, in the reader's language."""
    return date_text(day_in(get_city().time_zone, moment)) if moment else ""


def date_text(day: date | None) -> str:
    """A day in the reader's language."""
    return day_in_words(day) if day else ""
