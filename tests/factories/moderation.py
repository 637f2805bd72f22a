"""Makes what waits for a person, and decisions about it."""

from __future__ import annotations

from typing import Any

from participation.accounts.models import Participant, Staff
from participation.contributions.models import Contribution, Surface
from participation.core.clock import now
from participation.core.database import db
from participation.core.policy import Grant, Role, Space
from participation.moderation import queries, services
from participation.moderation.models import Action, Decision, Ground, ReviewItem
from participation.moderation.reasons import Reasons
from participation.moderation.services import Waiting
from tests.factories.accounts import actor_of
from tests.factories.contributions import make_contribution

#: Complete reasons; rule 1 comes from `make_rule`.
REASONS = Reasons(
    ground=Ground.RULE, rule_number=1, facts="“idiots”", fit="This calls people names. Say what bothers you."
)


def make_waiting(
    space: Space, participant: Participant | None = None, *, body: str = "More benches, please.", **facts: Any
) -> ReviewItem:
    """Something said in `space` that waits in the queue."""
    contribution = make_contribution(space, participant, body=body, **{"surface": Surface.PUBLIC, **facts})
    services.open_review(None, contribution=contribution)
    item = queries.find_item_of(contribution.id)
    assert item is not None
    return item


def words_of(item: ReviewItem) -> Contribution:
    """The contribution an item is about."""
    return db.session.get_one(Contribution, item.contribution_id)


def waiting(item: ReviewItem) -> Waiting:
    """The item as somebody reads it now."""
    return Waiting(item, words_of(item), item.version)


def moderator_actor(staff: Staff) -> Any:
    """The staff as a moderator of everything."""
    return actor_of(staff, Grant(Role.MODERATOR, None))


def decide(item: ReviewItem, staff: Staff, action: Action = Action.RELEASE, reasons: Reasons = REASONS) -> Decision:
    """A decision, made now."""
    return services.decide(waiting(item), action, reasons, by=moderator_actor(staff), at=now())
