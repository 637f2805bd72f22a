"""Makes contributions: what somebody said."""

from __future__ import annotations

import itertools
from typing import Any

from participation.accounts.models import Participant
from participation.contributions.models import Contribution
from participation.core.clock import now
from participation.core.database import db
from participation.core.policy import Space
from tests.factories.accounts import make_participant

_numbers = itertools.count(1)


def make_contribution(
    space: Space, participant: Participant | None = None, *, body: str = "More benches, please.", **facts: Any
) -> Contribution:
    """Something said in `space`, waiting for a person to look at it."""
    participant = participant or make_participant()
    values = {
        "form_key": f"form {next(_numbers)}",
        "subject_kind": "step",
        "subject_id": 0,
        "language": "en",
        "direction": "ltr",
        "sent_at": now(),
        "changed_at": now(),
    }
    contribution = Contribution(
        participant_id=participant.id, space_kind=space.kind, space_id=space.id, body=body, **{**values, **facts}
    )
    db.session.add(contribution)
    db.session.flush()
    return contribution
