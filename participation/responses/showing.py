"""The city's answers as readers get them: in their language, with days counted honestly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext, ngettext

from participation.city import get_city
from participation.consultations import list_consultations_by_ids
from participation.core.clock import day_in, now
from participation.core.languages import day_in_words
from participation.core.localized import Words
from participation.core.policy import Space
from participation.summaries import AnswerShown, PublicFinding, list_released_findings

from . import queries
from .due import Standing, most_overdue_first, standing_of
from .labels import answer_labels, answer_tones
from .models import AnswerKind


@dataclass(frozen=True)
class Answered:
    """One finding with its answer, in a list of all of them."""

    finding_id: int
    sentence: Words
    consultation: Words
    url: str
    answer: AnswerShown
    standing: Standing
    slug: str
    #: what it is a finding about; roles are held there
    space: Space


def today() -> date:
    """This day in the city's time zone."""
    return day_in(get_city().time_zone, now())


def answer_findings(finding_ids: Sequence[int], promised_on: date | None, language: str) -> Mapping[int, AnswerShown]:
    """What the city says to each of these findings; also that it has not answered, once it is late."""
    responses = queries.current_responses(finding_ids)
    found = {}
    for finding_id in finding_ids:
        standing = standing_of(finding_id, responses.get(finding_id), promised_on, today())
        if shown := shown_answer(standing, language):
            found[finding_id] = shown
    return found


def shown_answer(standing: Standing, language: str) -> AnswerShown | None:
    """One standing as a reader gets it; None while nobody has answered and there is no day by which somebody has to."""
    response = standing.response
    nothing = Words("", language, "auto")
    if response is None:
        if standing.due_on is None:
            return None
        label, tone = _late(standing) if standing.is_overdue else (gettext("No answer yet"), "sun")
        return AnswerShown(
            "none_yet", label, tone, nothing, nothing, _due(standing), standing.is_overdue, standing.due_on
        )
    label, tone = str(answer_labels[response.kind]), answer_tones[response.kind]
    if standing.is_overdue:
        label, tone = _late(standing)
    elif standing.is_done:
        label, tone = gettext("Done"), "teal"
    elif response.kind == AnswerKind.NOT_OURS and response.passed_to:
        label = gettext("Not ours, passed to %(office)s", office=response.passed_to.read(language).text)
    return AnswerShown(
        kind=str(response.kind),
        label=str(label),
        tone=tone,
        text=response.text.read(language),
        owner=response.owner.read(language),
        dates=_due(standing),
        is_overdue=standing.is_overdue,
        due_on=response.due_on,
        done_on=response.done_on,
        published_on=day_in(get_city().time_zone, response.published_at),
    )


def list_answered(language: str) -> list[Answered]:
    """Every finding of every current summary with where it stands, the most overdue first."""
    findings = list_released_findings("consultation")
    consultations = {each.id: each for each in list_consultations_by_ids({each.space.id for each in findings})}
    responses = queries.current_responses([each.finding_id for each in findings])
    by_id: dict[int, PublicFinding] = {each.finding_id: each for each in findings}
    standings = [
        standing_of(each.finding_id, responses.get(each.finding_id), consultations[each.space.id].reply_due_on, today())
        for each in findings
    ]
    listed = []
    for standing in most_overdue_first(standings):
        finding = by_id[standing.finding_id]
        consultation = consultations[finding.space.id]
        nothing = Words("", language, "auto")
        waiting = AnswerShown("none_yet", gettext("No answer yet"), "sun", nothing, nothing, "")
        listed.append(
            Answered(
                finding_id=standing.finding_id,
                sentence=finding.sentence.read(language),
                consultation=consultation.title.read(language),
                url=url_for("summaries.show_summary", slug=consultation.slug, _anchor=f"finding-{standing.finding_id}"),
                answer=shown_answer(standing, language) or waiting,
                standing=standing,
                slug=consultation.slug,
                space=finding.space,
            )
        )
    return listed


def _late(standing: Standing) -> tuple[str, str]:
    days = standing.days_overdue
    return str(ngettext("Overdue by %(num)s day", "Overdue by %(num)s days", days)), "clay"


def _due(standing: Standing) -> str:
    response = standing.response
    if response is not None and response.done_on:
        return str(gettext("done on %(day)s", day=day_in_words(response.done_on)))
    if standing.due_on is None:
        return ""
    day = day_in_words(standing.due_on)
    if standing.is_overdue:
        return str(gettext("was due on %(day)s", day=day))
    if response is not None and response.kind in {AnswerKind.WE_WILL, AnswerKind.PARTLY}:
        return str(gettext("by %(day)s", day=day))
    return str(gettext("answer due on %(day)s", day=day))
