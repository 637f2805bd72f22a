"""Who on the staff may look at a consultation, change it, translate it, or write down answers for others.

Officers and organisers of a consultation change it. Everybody else with a task there reads it as a draft too. Staff
without a grant see what an authority reader sees: what residents see.
"""

from __future__ import annotations

from dataclasses import dataclass

from participation.core.policy import Actor, Role, Space, has_role, has_role_here, is_staff, predicate

from .models import Consultation, InvitationBatch, Participation, Publication, Stage, Step

#: Roles that change a consultation.
WRITERS = (Role.OFFICER, Role.ORGANISER)
#: Roles that see it before residents do, and how many people took part.
INSIDERS = (
    Role.ADMINISTRATOR,
    Role.OFFICER,
    Role.ORGANISER,
    Role.MODERATOR,
    Role.FACILITATOR,
    Role.INTERPRETER,
    Role.SUMMARISER,
    Role.STEWARD,
)


@dataclass(frozen=True)
class Desk:
    """One consultation on the desk of a member of staff; what these policies decide about."""

    consultation: Consultation

    @property
    def space(self) -> Space:
        """The space roles are granted in."""
        return self.consultation.space

    @property
    def slug(self) -> str:
        """The consultation's name in addresses."""
        return self.consultation.slug

    @property
    def source(self) -> str:
        """The language it is written in first."""
        return self.consultation.title.source

    @property
    def languages(self) -> list[str]:
        """Its languages, the source first."""
        return list(dict.fromkeys([self.source, *self.consultation.languages]))


@dataclass(frozen=True)
class SectionDesk(Desk):
    """One section of its texts in one language."""

    section: str
    language: str


@dataclass(frozen=True)
class StageDesk(Desk):
    """One stage in one language; None for a new one."""

    stage: Stage | None
    language: str


@dataclass(frozen=True)
class StepDesk(Desk):
    """One step in one language."""

    step: Step
    language: str


@dataclass(frozen=True)
class BatchDesk(Desk):
    """One batch of invitations."""

    batch: InvitationBatch


@dataclass(frozen=True)
class EntryDesk(Desk):
    """One answer that staff wrote down."""

    participation: Participation


@predicate
def is_public(actor: Actor, desk: Desk) -> bool:
    """Whether residents can see it."""
    return desk.consultation.publication != Publication.DRAFT


@predicate
def is_draft(actor: Actor, desk: Desk) -> bool:
    """Whether it was not published yet."""
    return desk.consultation.publication == Publication.DRAFT


@predicate
def is_translation(actor: Actor, desk: SectionDesk | StageDesk | StepDesk) -> bool:
    """Whether the page is about another language than the source."""
    return desk.language != desk.source


@predicate
def has_entered_it(actor: Actor, desk: EntryDesk) -> bool:
    """Whether she herself wrote the answer down."""
    return actor.staff_id is not None and desk.participation.entered_by == actor.staff_id


is_insider = is_staff & has_role_here(*INSIDERS)
can_create = is_staff & has_role(Role.OFFICER, Role.ADMINISTRATOR)
can_read = is_staff & (is_public | is_insider)
can_write = is_staff & has_role_here(*WRITERS)
can_translate = can_write | (is_staff & has_role_here(Role.INTERPRETER) & is_translation)
can_enter = is_staff & is_public & has_role_here(Role.OFFICER, Role.ORGANISER, Role.FACILITATOR)
can_see_receipt = can_enter & has_entered_it
