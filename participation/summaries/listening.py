"""What summaries do when something happens to words they show."""

from __future__ import annotations

from participation.contributions import Contribution
from participation.core.clock import now

from .releasing import blank_unless_allowed


def follow_words(_sender: object, *, contribution: Contribution, **_facts: object) -> None:
    """Words that were taken back, refused, put otherwise or are no longer to be quoted disappear from every summary."""
    blank_unless_allowed(contribution, at=now())
