"""What the pages of this room show: rows of the queue and notices to authors, with everything a template needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import format_timedelta
from sqlalchemy import select

from participation.accounts import Staff
from participation.city import ParticipationRule, list_rules
from participation.contributions import (
    Channel,
    Contribution,
    Permission,
    State,
    Surface,
    channel_labels,
    permission_facts,
    state_facts,
)
from participation.core.database import db
from participation.core.languages import direction_of, language_name
from participation.core.localized import Words
from participation.core.registry import SpaceDescription, collect_notes, describe_spaces, registry

from . import labels, policy, queries
from .models import Action, Appeal, Decision, Gravity, Outcome, ReviewItem, Source
from .queries import Row
from .services import TAKEN_BACK


@dataclass(frozen=True)
class Shown:
    """One item of the queue as a moderator sees it."""

    item: ReviewItem
    contribution: Contribution
    space: SpaceDescription | None
    #: what other slices say beside the words (a translation): templates with their contexts
    notes: Sequence[tuple[str, dict[str, Any]]]
    #: number and version, as buttons and boxes carry them
    key: str
    language: str
    channel: str
    permission: str
    state: str
    source: str
    is_public_surface: bool
    is_mended: bool
    #: "in 3 hours" or "2 hours ago"
    due_in: str
    is_overdue: bool
    #: name of the colleague who took it, or nothing
    claimed_by: str
    is_mine: bool


def show_rows(rows: Sequence[Row], *, reader: str, staff_id: int | None, at: datetime) -> list[Shown]:
    """The rows for a reader of language `reader`; at most three questions, however many rows."""
    spaces = describe_spaces([row.item.space for row in rows], reader)
    names = staff_names(
        {row.item.claimed_by for row in rows if row.item.claimed_by and row.item.claimed_by != staff_id}
    )
    notes = collect_notes(registry().staff_notes, [row.contribution for row in rows], reader)
    return [
        Shown(
            item=item,
            contribution=contribution,
            space=spaces.get(item.space),
            notes=notes[contribution.id],
            key=f"{item.id}.{item.version}",
            language=language_name(contribution.language, reader),
            channel=channel_labels[Channel(contribution.channel)],
            permission=permission_facts[Permission(contribution.effective_permission)],
            state=state_facts[State(contribution.state)],
            source=labels.source_labels[Source(item.source)],
            is_public_surface=contribution.surface == Surface.PUBLIC,
            is_mended=item.source == Source.MENDED,
            due_in=time_until(item.due_at, at),
            is_overdue=item.is_open and item.due_at <= at,
            claimed_by=names.get(item.claimed_by or 0, ""),
            is_mine=item.claimed_by is not None and item.claimed_by == staff_id,
        )
        for item, contribution in rows
    ]


def staff_names(ids: Collection[int]) -> Mapping[int, str]:
    """Names of colleagues; for the staff's own pages only."""
    if not ids:
        return {}
    rows = db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True)
class Notice:
    """One statement of reasons as its author reads it, or as a colleague finds it in the history."""

    decision: Decision
    action: Action
    heading: str
    #: the standard sentence of this decision, in the reader's language
    sentence: str
    rule_number: int | None
    rule_title: Words | None
    rule_text: Words | None
    law: str
    #: the moderator's own words, in the language she wrote
    facts: Words
    fit: Words
    gravity: str
    decided_by_role: str
    is_appealable: bool
    appeal: Appeal | None
    outcome: str
    explanation: Words | None


def show_decisions(
    decisions: Sequence[Decision],
    *,
    reader: str,
    at: datetime,
    rules: Sequence[ParticipationRule] | None = None,
    appeals: Mapping[int, Appeal] | None = None,
) -> list[Notice]:
    """Statements of reasons for a reader of language `reader`; what was not handed in is asked for, once each."""
    if not decisions:
        return []
    if rules is None:
        rules = list_rules(with_ended=True) if any(each.rule_number is not None for each in decisions) else []
    if appeals is None:
        appeals = queries.find_appeals([each.id for each in decisions if each.restricts])
    by_number = {rule.number: rule for rule in rules}
    return [_notice(each, by_number, appeals.get(each.id), reader=reader, at=at) for each in decisions]


def _notice(
    decision: Decision, rules: Mapping[int, ParticipationRule], appeal: Appeal | None, *, reader: str, at: datetime
) -> Notice:
    action = Action(decision.action)
    rule = rules.get(decision.rule_number or 0)
    outcome = Outcome(appeal.outcome) if appeal is not None and appeal.outcome else None
    return Notice(
        decision=decision,
        action=action,
        heading=labels.notice_headings.get(action, ""),
        sentence=labels.notice_sentences[action],
        rule_number=decision.rule_number,
        rule_title=rule.title.read(reader) if rule else None,
        rule_text=rule.text.read(reader) if rule else None,
        law=decision.law,
        facts=own_words(decision.facts, decision.language),
        fit=own_words(decision.fit, decision.language),
        gravity=labels.gravity_labels[Gravity(decision.gravity)] if decision.gravity else "",
        decided_by_role=labels.role_labels.get(decision.decider_role, labels.role_labels["moderator"]),
        is_appealable=appeal is None and policy.is_appealable(decision, at),
        appeal=appeal,
        outcome=labels.outcome_sentences[outcome] if outcome else "",
        explanation=own_words(appeal.explanation, appeal.explanation_language) if appeal and outcome else None,
    )


def time_until(moment: datetime, at: datetime) -> str:
    """How far away `moment` is, in words: "in 3 hours", "2 hours ago"."""
    return format_timedelta(moment - at, granularity="minute", add_direction=True)  # type: ignore[no-any-return]


def own_words(text: str, language: str) -> Words:
    """What a member of staff wrote, with its language; nothing where it quoted words that were taken back."""
    return Words("" if text == TAKEN_BACK else text, language, direction_of(language))
