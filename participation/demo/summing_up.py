"""The demo's finished consultation: findings that cite, a release by a second person, and the council's answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from participation.contributions import get_contribution
from participation.core.policy import Actor
from participation.responses import AnswerKind, ResponseDraft, publish_response
from participation.summaries import (
    Finding,
    FindingKind,
    Gathered,
    can_be_quoted,
    cite,
    gather_evidence,
    list_citations,
    prepare_release,
    release_summary,
    show_words,
    sign_finding,
    write_cover,
    write_finding,
)

from . import content
from .asking import Asked
from .content import Days, Entry

#: Quotes shown with one finding.
QUOTES = 2


def sum_up(asked: Asked, said: dict[str, int], actors: dict[str, Actor], days: Days) -> None:
    """Write the findings, sign, release and answer them."""
    summary = asked.entry["summary"]
    writer, releaser = actors[summary["signed_by"]], actors[summary["released_by"]]
    space = asked.consultation.space
    signed_at = days.moment(summary["signed_in_days"])
    headline, introduction = content.text(summary["headline"]), content.text(summary["introduction"])
    write_cover(space, headline, introduction, by=writer, at=signed_at)
    findings = [(_find(asked, entry, said, writer, signed_at), entry) for entry in asked.entry["finding"]]
    release = prepare_release(space, gather_evidence(asked.consultation), by=writer, at=signed_at)
    release_summary(release, release.sha256, by=releaser, at=days.moment(summary["released_in_days"]))
    services = {each["key"]: content.text(each["name"]) for each in content.read("city")["service"]}
    for finding, entry in findings:
        _answer(finding, entry["answer"], services, releaser, days)


def _find(asked: Asked, entry: Entry, said: dict[str, int], by: Actor, at: datetime) -> Finding:
    finding = write_finding(
        asked.consultation.space, content.text(entry["sentence"]), FindingKind(entry["kind"]), by=by, at=at
    )
    cite(
        finding,
        Gathered(
            contribution_ids=[said[key] for key in entry["answers"]],
            step_ids=[asked.steps[key].id for key in entry["questions"]],
            statement_ids=[asked.statements[key].id for key in entry["statements"]],
        ),
        by=by,
        at=at,
    )
    shown = 0
    for citation, words in list_citations([finding.id]):
        if shown < QUOTES and words is not None and can_be_quoted(get_contribution(words.id)):
            show_words(finding, citation.id, shown=True, by=by, at=at)
            shown += 1
    sign_finding(finding, by=by, at=at)
    return finding


def _answer(finding: Finding, answer: Entry, services: dict[str, Any], by: Actor, days: Days) -> None:
    publish_response(
        finding,
        ResponseDraft(
            kind=AnswerKind(answer["kind"]),
            text=content.text(answer["text"]),
            owner=services[answer["service"]],
            passed_to=content.text(answer.get("passed_to")),
            due_on=days.day(answer["due_in_days"]) if "due_in_days" in answer else None,
        ),
        by=by,
        at=days.moment(answer["answered_in_days"]),
    )
