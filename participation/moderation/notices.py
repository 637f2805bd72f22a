"""What this room tells elsewhere: authors about decisions, staff about what waits, a person about her own data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import ngettext
from sqlalchemy import select

from participation.contributions import Contribution, list_own
from participation.core.clock import now
from participation.core.database import db
from participation.core.policy import Actor, Space
from participation.core.registry import Need, SpaceLink

from . import policy, queries, queue, showing
from .models import Action, Appeal, Decision


def notes_to_authors(contributions: Sequence[Contribution], language: str) -> Mapping[int, tuple[str, dict[str, Any]]]:
    """Under each of her contributions: until when somebody reads it, or what was decided and why."""
    at = now()
    standings = queries.list_standings([each.id for each in contributions])
    decisions = [each.decision for each in standings.values() if each.decision is not None]
    appeals = {each.decision.id: each.appeal for each in standings.values() if each.decision and each.appeal}
    notices = {
        each.decision.contribution_id: each
        for each in showing.show_decisions(decisions, reader=language, at=at, appeals=appeals)
    }
    answered = queries.find_appeals_by_outcome([each.id for each in decisions if each.action == Action.RESTORE])
    notes: dict[int, tuple[str, dict[str, Any]]] = {}
    for number, (item, _decision, _appeal) in standings.items():
        notice = notices.get(number)
        appeal = answered.get(notice.decision.id) if notice else None
        if not item.is_open and notice is None:
            continue
        says_why = notice is not None and (not item.is_open or notice.appeal is not None)
        notes[number] = (
            "participation/moderation/_notice.html",
            {
                "contribution_id": number,
                "notice": notice if says_why else None,
                "due_at": item.due_at if item.is_open else None,
                "is_late": item.due_at <= at,
                "is_restored": notice is not None and notice.action == Action.RESTORE,
                "explanation": showing.own_words(appeal.explanation, appeal.explanation_language) if appeal else None,
            },
        )
    return notes


def needs_of(actor: Actor) -> Iterable[Need]:
    """What waits for this member of staff; each number is the length of the list it leads to."""
    at = now()
    if actor.has_anywhere(*policy.MODERATING):
        load = queue.count_load(actor, at=at)
        if load.overdue:
            label = ngettext("text waits longer than promised", "texts wait longer than promised", load.overdue)
            yield Need(label, load.overdue, url_for("moderation.list_queue", age="overdue"), "overdue")
        if load.waiting:
            label = ngettext("text waits to be read", "texts wait to be read", load.waiting)
            yield Need(label, load.waiting, url_for("moderation.list_queue"), "now")
        if load.mine:
            label = ngettext("text you have taken", "texts you have taken", load.mine)
            yield Need(label, load.mine, url_for("moderation.list_queue", who="mine"), "calm")
    if actor.has_anywhere(*policy.JUDGING):
        total, overdue = queries.count_open_appeals(queries.spaces_of(actor, *policy.JUDGING), at=at)
        if total:
            label = ngettext("author asks for a second look", "authors ask for a second look", total)
            yield Need(label, total, url_for("moderation.list_appeals"), "overdue" if overdue else "now")


def own_data(participant_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Decisions about one person's words, and her appeals, as she gets them when she asks for her data."""
    ids = [each.id for each in list_own(participant_id)]
    rows = db.session.execute(
        select(Decision, Appeal)
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .where(Decision.contribution_id.in_(ids), Decision.undone_at.is_(None))
        .order_by(Decision.id)
    )
    return "decisions", [_own_row(row.Decision, row.Appeal) for row in rows]


def _own_row(decision: Decision, appeal: Appeal | None) -> dict[str, Any]:
    facts = {
        "contribution": decision.contribution_id,
        "decision": decision.action,
        "decided_at": decision.decided_at.isoformat(),
        "rule": decision.rule_number,
        "law": decision.law,
        "words_it_is_about": decision.facts,
        "why": decision.fit,
    }
    if appeal is None:
        return facts
    return {
        **facts,
        "appeal": appeal.text,
        "appeal_made_at": appeal.made_at.isoformat(),
        "appeal_outcome": appeal.outcome or "",
        "appeal_answer": appeal.explanation,
    }


def links_of(space: Space, actor: Actor) -> Iterable[SpaceLink]:
    """On a space's own page for staff: what waits in its queue, for those who read it."""
    if not actor.has(*policy.MODERATING, space=space):
        return
    chosen = queue.Filter(space=str(space))
    count = queue.count_queue(chosen, actor, at=now())
    label = ngettext("text waits to be read", "texts wait to be read", count)
    tone = "now" if count else "calm"
    yield SpaceLink(str(label), url_for("moderation.list_queue", space=chosen.space), count, tone)
