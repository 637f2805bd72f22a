"""What moderators do: take something on, decide with reasons, undo within half a minute.

Every decision is a complete statement of reasons, one row of the chained audit log, and an event others hear
(`contribution_decided`; an undo sends it again, and the contribution's state is what counts).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from participation.contributions import Channel, Contribution, State
from participation.core import audit
from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.events import contribution_decided
from participation.core.policy import Actor

from . import policy, queries
from .models import FREEING, Action, Decision, ReviewItem, Source
from .reasons import NO_REASONS, Reasons, complete

#: What we promise an author: a person looks within this time.
PROMISE = timedelta(hours=24)
#: How long a decision can be undone by who made it.
UNDO = timedelta(seconds=30)
#: Six months to appeal, however long the months are. Source: Regulation (EU) 2022/2065, Article 20(1).
APPEAL = timedelta(days=184)
#: Most items of one bulk decision.
MOST_AT_ONCE = 500

STATE_AFTER = {
    Action.RELEASE: State.VISIBLE,
    Action.RESTORE: State.VISIBLE,
    Action.RETURN: State.RETURNED,
    Action.LIMIT: State.LIMITED,
    Action.HIDE: State.HIDDEN,
    Action.REMOVE: State.REMOVED,
}
VERBS = {
    Action.RELEASE: "contribution_released",
    Action.RESTORE: "contribution_restored",
    Action.RETURN: "contribution_returned",
    Action.LIMIT: "contribution_limited",
    Action.HIDE: "contribution_hidden",
    Action.REMOVE: "contribution_removed",
}
#: Stands where a decision quoted words that their author took back.
TAKEN_BACK = "–"
CHANGED_MEANWHILE = _l(
    "Somebody changed this while you were reading: its author or a colleague. Please look at it again, then decide."
)


@dataclass(frozen=True)
class Waiting:
    """One item with its contribution, and the version of the item that was read."""

    item: ReviewItem
    contribution: Contribution
    version: int


def open_review(_sender: object, *, contribution: Contribution) -> None:
    """Put new words into the queue (hears `contribution_sent`)."""
    if contribution.state == State.VISIBLE and contribution.channel in {Channel.CITY, Channel.IMPORT}:
        return
    db.session.add(
        ReviewItem(
            contribution_id=contribution.id,
            space_kind=contribution.space_kind,
            space_id=contribution.space_id,
            source=Source.MODE,
            opened_at=contribution.sent_at,
            due_at=contribution.sent_at + PROMISE,
            version=1,
        )
    )
    db.session.flush()


def review_again(_sender: object, *, contribution: Contribution) -> None:
    """Put mended words back into the queue (hears `contribution_mended`); what still waits keeps its place."""
    item = queries.find_item_of(contribution.id)
    if item is None:
        open_review(_sender, contribution=contribution)
    elif item.is_open:
        item.version += 1
    else:
        at = contribution.changed_at
        item.open_again(Source.MENDED, at=at, due_at=at + PROMISE)
    db.session.flush()


def forget_words(_sender: object, *, contribution: Contribution) -> None:
    """Let go of everything that quotes words that are gone (hears `contribution_withdrawn` and `_expired`)."""
    item = queries.find_item_of(contribution.id)
    if item is not None and item.is_open:
        item.close(at=contribution.changed_at)
    for decision in queries.list_decisions(contribution.id, with_undone=True):
        decision.facts = TAKEN_BACK if decision.facts else ""
        decision.fit = TAKEN_BACK if decision.fit else ""
    for appeal in queries.list_appeals_of(contribution.id):
        appeal.text = ""
        appeal.explanation = TAKEN_BACK if appeal.explanation else ""
    db.session.flush()


def claim_item(item: ReviewItem, *, by: Actor, at: datetime, version: int, take_over: bool = False) -> ReviewItem:
    """Note that the actor looks at this one, so that nobody does it twice.

    Raises:
        Conflict: somebody else looks at it, or it changed meanwhile.
        NotAllowed: the actor does not moderate here.
    """
    policy.require(policy.can_moderate(by, item))
    _check_version(item, version)
    if item.claimed_by not in {None, by.staff_id} and not take_over:
        raise Conflict(_l("A colleague has taken this one meanwhile."))
    item.claim(by.staff_id, at=at)
    db.session.flush()
    return item


def give_back(item: ReviewItem, *, by: Actor, at: datetime) -> ReviewItem:
    """Let others take this one.

    Raises:
        NotAllowed: the actor does not moderate here.
    """
    policy.require(policy.can_moderate(by, item))
    if item.claimed_by == by.staff_id:
        item.claim(None, at=at)
        db.session.flush()
    return item


def decide(waiting: Waiting, action: Action, reasons: Reasons = NO_REASONS, *, by: Actor, at: datetime) -> Decision:
    """Decide about one contribution.

    Raises:
        Conflict: it changed since it was read, a colleague took it, or its author took it back.
        Invalid: the reasons are incomplete; the field is named.
        NotAllowed: the actor does not moderate here.
    """
    return decide_many([waiting], action, reasons, by=by, at=at)[0]


def decide_many(
    waiting: Sequence[Waiting], action: Action, reasons: Reasons = NO_REASONS, *, by: Actor, at: datetime
) -> list[Decision]:
    """The same decision about each of these; all or none.

    Raises:
        Conflict, Invalid, NotAllowed: as for one; or there are too many at once.
    """
    if len(waiting) > MOST_AT_ONCE:
        raise Invalid(_l("At most %(most)d at once. Please narrow the list.", most=MOST_AT_ONCE))
    reasons = complete(action, reasons)
    for each in waiting:
        policy.require(policy.can_moderate(by, each.item))
        _check_version(each.item, each.version)
        if each.contribution.is_gone:
            raise Conflict(_l("These words are not there any more."))
        if each.item.claimed_by not in {None, by.staff_id}:
            raise Conflict(_l("A colleague has taken this one. Talk to each other, or take it over first."))
    batch = secrets.token_hex(8)
    decisions = [_record(each, action, reasons, batch, by=by, at=at) for each in waiting]
    db.session.add_all(decisions)
    db.session.flush()
    _announce([(each.contribution, made) for each, made in zip(waiting, decisions, strict=True)], by=by, at=at)
    return decisions


def undo(batch: str, *, by: Actor, at: datetime) -> list[Decision]:
    """Take back what the actor just decided; what its author changed meanwhile stays as it is.

    Raises:
        Conflict: half a minute is over, or there is nothing to undo.
    """
    decisions = queries.list_batch(batch, staff_id=by.staff_id)
    if not decisions:
        raise Conflict(_l("There is nothing to undo any more."))
    if at > decisions[0].decided_at + UNDO:
        raise Conflict(_l("That was more than half a minute ago. Please decide anew instead."))
    undone = []
    for each, decision in queries.with_items(decisions):
        contribution = each.contribution
        if contribution.state != STATE_AFTER[Action(decision.action)]:
            continue
        if contribution.version != decision.contribution_version:
            continue
        contribution.move_to(State(decision.state_before), at=at)
        decision.undone_at = at
        if decision.was_waiting:
            each.item.closed_at = None
        each.item.version += 1
        undone.append((contribution, decision))
    db.session.flush()
    _announce(undone, by=by, at=at, verb="decision_undone")
    return [decision for _contribution, decision in undone]


def record_freely(
    waiting: Waiting, action: Action, reasons: Reasons, *, by: Actor, at: datetime, role: str
) -> Decision:
    """A decision made on appeal: final, so without a further appeal; the caller has checked everything."""
    decision = _record(waiting, action, complete(action, reasons), "", by=by, at=at)
    decision.decider_role = role
    decision.appeal_until = None
    db.session.add(decision)
    db.session.flush()
    _announce([(waiting.contribution, decision)], by=by, at=at)
    return decision


def read_waiting(items: Iterable[tuple[ReviewItem, Contribution]]) -> list[Waiting]:
    """Items as they stand now, to be decided about."""
    return [Waiting(item, contribution, item.version) for item, contribution in items]


def _record(waiting: Waiting, action: Action, reasons: Reasons, batch: str, *, by: Actor, at: datetime) -> Decision:
    contribution, item = waiting.contribution, waiting.item
    before = contribution.state
    is_restoring = action == Action.RELEASE and before not in {State.HELD, State.VISIBLE}
    decision = Decision(
        contribution_id=contribution.id,
        contribution_version=contribution.version,
        action=Action.RESTORE if is_restoring else action,
        state_before=before,
        was_waiting=item.is_open,
        decided_by=by.staff_id,
        decided_at=at,
        decider_role=policy.role_of(by, waiting.item),
        ground=reasons.ground,
        rule_number=reasons.rule_number,
        law=reasons.law,
        facts=reasons.facts,
        fit=reasons.fit,
        gravity=reasons.gravity,
        language=reasons.language,
        detected_automatically=False,
        decided_automatically=False,
        appeal_until=None if action in FREEING else at + APPEAL,
        batch=batch,
    )
    contribution.move_to(STATE_AFTER[action], at=at)
    item.close(at=at)
    return decision


def _announce(
    decided: Sequence[tuple[Contribution, Decision]], *, by: Actor, at: datetime, verb: str | None = None
) -> None:
    """Note the deeds in the chained log, a row each, and tell the other rooms."""
    deeds = [
        audit.Deed(
            verb or VERBS[Action(decision.action)],
            f"contribution:{contribution.id}",
            contribution.space,
            {
                "decision": decision.id,
                "before": decision.state_before,
                "after": contribution.state,
                "wording": decision.contribution_version,
                "rule": decision.rule_number,
                "law": decision.law,
                "together": len(decided),
            },
        )
        for contribution, decision in decided
    ]
    audit.note_all(deeds, by=by, at=at)
    for contribution, decision in decided:
        contribution_decided.send(contribution.id, contribution=contribution, decision=decision)


def _check_version(item: ReviewItem, version: int) -> None:
    if item.version != version:
        raise Conflict(CHANGED_MEANWHILE)
