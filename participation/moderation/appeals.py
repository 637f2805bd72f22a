"""Appeals: an author asks somebody else to look again, and somebody else does."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from participation.contributions import Contribution, clean_words, is_author
from participation.core import audit
from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.languages import direction_of
from participation.core.policy import Actor, Role

from . import policy, queries
from .models import Action, Appeal, Decision, Ground, Outcome
from .reasons import Reasons
from .services import Waiting, record_freely

#: What we promise an author who appeals.
PROMISE = timedelta(days=7)
NOTHING_TO_APPEAL = _l("There is no decision here that somebody else could look at any more.")
#: What each restriction can be changed into: something less restrictive.
LESS = {
    Action.REMOVE: (Action.HIDE, Action.LIMIT, Action.RETURN),
    Action.HIDE: (Action.LIMIT, Action.RETURN),
    Action.LIMIT: (Action.RETURN,),
    Action.RETURN: (),
}


def make_appeal(
    contribution: Contribution, decision: Decision | None, text: str, language: str, *, by: Actor, at: datetime
) -> Appeal:
    """Ask somebody else to look at `decision`; the appeal from before when there is one.

    Raises:
        Conflict: there is nothing to appeal, or the six months are over.
        Invalid: there is nothing to read in it, or too much.
        NotAllowed: the words are somebody else's.
    """
    policy.require(is_author(by, contribution))
    if decision is None or not policy.is_appealable(decision, at):
        raise Conflict(NOTHING_TO_APPEAL)
    known = queries.find_appeals([decision.id]).get(decision.id)
    if known is not None:
        return known
    appeal = Appeal(
        decision_id=decision.id,
        first_decided_by=decision.decided_by,
        text=clean_words(text, field="text"),
        language=language,
        direction=direction_of(language),
        made_at=at,
        due_at=at + PROMISE,
    )
    db.session.add(appeal)
    db.session.flush()
    return appeal


def decide_appeal(
    case: queries.Case,
    outcome: Outcome,
    explanation: str,
    language: str,
    *,
    by: Actor,
    at: datetime,
    action: Action | None = None,
) -> Appeal:
    """Answer an appeal. `action` is the milder restriction of a changed decision.

    When the author sent a new wording meanwhile, that one waits in the queue and is not touched.

    Raises:
        Conflict: it was decided before.
        Invalid: the explanation or the milder restriction is missing; the field is named.
        NotAllowed: the actor made the decision herself, or has no say here.
    """
    appeal, decision = case.appeal, case.decision
    policy.require(policy.can_read_appeal(by, case) and policy.did_not_decide(by, appeal))
    if appeal.outcome is not None:
        raise Conflict(_l("This appeal was decided before."))
    if outcome == Outcome.CHANGED and action not in LESS[Action(decision.action)]:
        raise Invalid(_l("Choose what shall stand instead; it must be less than before."), field="action")
    appeal.explanation = clean_words(explanation, field="explanation")
    appeal.explanation_language = language
    appeal.outcome = outcome
    appeal.decided_by = by.staff_id
    appeal.decided_at = at
    db.session.flush()
    audit.note(
        f"appeal_{outcome}",
        f"appeal:{appeal.id}",
        by=by,
        at=at,
        space=case.space,
        decision=decision.id,
        contribution=case.contribution.id,
    )
    if outcome != Outcome.UPHELD and case.contribution.version == decision.contribution_version:
        new = record_freely(
            Waiting(case.item, case.contribution, case.item.version),
            Action.RELEASE if outcome == Outcome.REVERSED else action or Action.RETURN,
            Reasons(
                ground=Ground(decision.ground) if decision.ground else None,
                rule_number=decision.rule_number,
                law=decision.law,
                facts=decision.facts,
                fit=appeal.explanation,
                language=language,
            ),
            by=by,
            at=at,
            role=_role_of(by, case),
        )
        appeal.new_decision_id = new.id
        db.session.flush()
    return appeal


def _role_of(by: Actor, case: queries.Case) -> Role:
    """Under which of her roles she decides here."""
    return next(role for role in policy.JUDGING if by.has(role, space=case.space))
