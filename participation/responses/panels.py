"""What answers put on other rooms' pages: what the city owes, and what became of each author's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext

from participation.consultations import list_consultations_by_ids
from participation.core.policy import Actor, Role, Space
from participation.core.registry import Need, SpaceLink
from participation.summaries import findings_citing

from . import queries
from .due import standing_of
from .showing import list_answered, shown_answer, today


def needs_of(actor: Actor) -> Iterable[Need]:
    """Answers that are late, and findings nobody has answered, for those who answer."""
    if not actor.has_anywhere(Role.OFFICER):
        return
    listed = list_answered("en")
    late = sum(each.standing.is_overdue for each in listed)
    missing = sum(not each.standing.is_answered for each in listed)
    if late:
        label = ngettext("answer is overdue", "answers are overdue", late)
        yield Need(str(label), late, url_for("responses.list_owed", show="overdue"), "overdue")
    if missing:
        label = ngettext("finding has no answer yet", "findings have no answer yet", missing)
        yield Need(str(label), missing, url_for("responses.list_owed", show="missing"), "now")


def links_of(space: Space, actor: Actor) -> Iterable[SpaceLink]:
    """On a consultation's own page for staff: the city's answers, for those who write them."""
    if actor.has(Role.OFFICER, space=space):
        yield SpaceLink(gettext("Answers"), url_for("responses.list_owed"))


def author_notes(contributions: Sequence[Any], language: str) -> Mapping[int, tuple[str, dict[str, Any]]]:
    """Under an author's own words: the findings that rest on them, and what the city answers."""
    cited = findings_citing([each.id for each in contributions])
    every = {each.finding_id: each for findings in cited.values() for each in findings}
    if not every:
        return {}
    responses = queries.current_responses(list(every))
    spaces = {each.id: each for each in list_consultations_by_ids({each.space.id for each in every.values()})}
    notes = {}
    for contribution_id, findings in cited.items():
        rows = []
        for finding in findings:
            consultation = spaces[finding.space.id]
            standing = standing_of(
                finding.finding_id, responses.get(finding.finding_id), consultation.reply_due_on, today()
            )
            rows.append(
                {
                    "sentence": finding.sentence.read(language),
                    "is_quoted": finding.is_quoted,
                    "answer": shown_answer(standing, language),
                    "url": url_for(
                        "summaries.show_summary", slug=consultation.slug, _anchor=f"finding-{finding.finding_id}"
                    ),
                }
            )
        notes[contribution_id] = ("participation/responses/_author_note.html", {"findings": rows})
    return notes
