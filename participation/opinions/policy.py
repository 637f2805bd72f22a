"""Who may see and answer statements: whoever may answer the consultation they belong to."""

from __future__ import annotations

from dataclasses import dataclass

from participation.consultations import Glance, Step, can_answer, can_see
from participation.core.policy import Actor, Space, predicate


@dataclass(frozen=True)
class Occasion:
    """One person before one set of statements at one moment."""

    visit: Glance
    step: Step
    #: the step's place in the journey, from 1
    position: int
    #: how many steps the journey has
    total: int

    @property
    def space(self) -> Space:
        """The space roles are granted in."""
        return self.visit.consultation.space

    @property
    def slug(self) -> str:
        """The consultation's name in addresses."""
        return self.visit.consultation.slug


@predicate
def may_read(actor: Actor, occasion: Occasion) -> bool:
    """Whether she may know of these statements at all."""
    return can_see(actor, occasion.visit)


@predicate
def may_vote(actor: Actor, occasion: Occasion) -> bool:
    """Whether her votes and statements are taken now."""
    return can_answer(actor, occasion.visit)
