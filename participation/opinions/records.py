"""What one person is told of her own votes when she asks for her data."""

from __future__ import annotations

from typing import Any

from . import queries
from .models import NAMES


def tell_own_votes(participant_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Where she stands on each statement; its words, somebody else's, only while others read them too."""
    rows = [
        {
            "statement": each.Vote.statement_id,
            "words_it_is_about": each.body,
            "vote": NAMES[each.Vote.value],
            "matters": each.Vote.matters,
            "voted_on": each.Vote.voted_on.isoformat(),
        }
        for each in queries.list_all_votes_of(participant_id)
    ]
    return "votes", rows
