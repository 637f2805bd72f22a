"""Who may look after whose words: those who moderate that space, and for an appeal somebody else than before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from participation.contributions import Contribution, is_author
from participation.core.errors import NotAllowed
from participation.core.policy import Actor, Role, has_role, has_role_here, is_administrator, predicate
from participation.core.registry import registry

from .models import Appeal, Decision

#: Who decides about words in her spaces.
MODERATING = (Role.MODERATOR,)
#: Who decides about appeals in her spaces, unless she made the decision.
JUDGING = (Role.MODERATOR, Role.OFFICER)


@predicate
def decides_in_this_space(actor: Actor, thing: Any) -> bool:
    """Whether this kind of space lets her decide though she is no moderator: facilitators in their sessions."""
    find = registry().deciders.get(thing.space.kind)
    return find is not None and find(actor, thing.space.id) is not None


can_see_queue = has_role(*MODERATING)
can_moderate = has_role_here(*MODERATING) | decides_in_this_space
can_see_appeals = has_role(*JUDGING)
can_read_appeal = has_role_here(*JUDGING)
can_read_audit = is_administrator
can_see_own_notice = is_author


def role_of(actor: Actor, thing: Any) -> Role:
    """As what she decides here."""
    find = registry().deciders.get(thing.space.kind)
    found = None if find is None or actor.has(*MODERATING, space=thing.space) else find(actor, thing.space.id)
    return found or MODERATING[0]


def did_not_decide(actor: Actor, appeal: Appeal) -> bool:
    """Whether the actor is somebody else than the one whose decision this is about."""
    return actor.staff_id is not None and actor.staff_id != appeal.first_decided_by


@predicate
def is_not_taken_back(actor: Actor, contribution: Contribution) -> bool:
    """Whether there are still words to decide about."""
    return not contribution.is_gone


def is_appealable(decision: Decision | None, at: datetime) -> bool:
    """Whether the author can still ask somebody else to look at this decision."""
    return (
        decision is not None
        and decision.restricts
        and decision.undone_at is None
        and decision.appeal_until is not None
        and at < decision.appeal_until
    )


def require(is_allowed: bool) -> None:
    """Stop who may not.

    Raises:
        NotAllowed: the actor may not do this.
    """
    if not is_allowed:
        raise NotAllowed
