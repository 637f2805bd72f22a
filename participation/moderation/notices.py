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
from participation.core.policy import Actor
from participation.core.registry import Need

from . import policy, queries, queue, showing
from .models import Action, Appeal, Decision


def notes_to_authors(contributions: Sequence[Contribution], language: str) -> Mapping[int, tuple[str, dict[str, Any]]]:
    """Under each of her contributions: until when somebody reads it, or what was decided and why."""
    at = now()
    ids = [each.id for each in contributions]
    latest = queries.latest_decisions(ids)
    items = queries.list_items_of(ids)
    notices = {
        each.decision.contribution_id: each
        for each in showing.show_decisions(list(latest.values()), reader=language, at=at)
    }
    answered = queries.find_appeals_by_outcome([each.id for each in latest.values() if each.action == Action.RESTORE])
    notes: dict[int, tuple[str, dict[str, Any]]] = {}
    for number in ids:
        item, notice = items.get(number), notices.get(number)
        is_waiting = item is not None and item.is_open
        appeal = answered.get(notice.decision.id) if notice else None
        if not is_waiting and notice is None:
            continue
        notes[number] = (
            "participation/moderation/_notice.html",
            {
                "contribution_id": number,
                "notice": None if is_waiting else notice,
                "due_at": item.due_at if item is not None and is_waiting else None,
                "is_late": item is not None and item.due_at <= at,
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
