"""Who plans a session, who leads it, and who may see it. Predicates decide about a `Desk` or a `Visit`."""

from __future__ import annotations

from dataclasses import dataclass

from participation.core.policy import Actor, Role, Space, has_role, has_role_here, is_staff, predicate

from .models import AgendaItem, DialogueSession
from .states import Doer, State

#: Roles that plan a session.
PLANNERS = (Role.OFFICER, Role.ORGANISER)
#: Roles that see it before residents do.
INSIDERS = (
    Role.ADMINISTRATOR,
    Role.OFFICER,
    Role.ORGANISER,
    Role.FACILITATOR,
    Role.INTERPRETER,
    Role.SAFEGUARDING_LEAD,
    Role.SAFEGUARDING_DEPUTY,
    Role.SUMMARISER,
    Role.STEWARD,
)
#: Roles that are there while people talk, and therefore see the code that people come in by.
COMING_IN = (*PLANNERS, Role.FACILITATOR, Role.INTERPRETER, Role.SAFEGUARDING_LEAD, Role.SAFEGUARDING_DEPUTY)


@dataclass(frozen=True)
class Desk:
    """One session on the desk of a member of staff."""

    session: DialogueSession

    @property
    def space(self) -> Space:
        """The space roles are granted in."""
        return self.session.space

    @property
    def slug(self) -> str:
        """The session's name in addresses."""
        return self.session.slug

    @property
    def source(self) -> str:
        """The language it is written in first."""
        return self.session.title.source

    @property
    def languages(self) -> list[str]:
        """Its languages, the source first."""
        return list(dict.fromkeys([self.source, *self.session.languages]))


@dataclass(frozen=True)
class TextDesk(Desk):
    """Its texts in one language: a section, a round, or the agreement."""

    language: str
    section: str = ""
    item: AgendaItem | None = None


@predicate
def is_planned(actor: Actor, desk: Desk) -> bool:
    """Whether it can still be planned differently."""
    return desk.session.state in {State.DRAFT, State.READY}


@predicate
def is_announced(actor: Actor, desk: Desk) -> bool:
    """Whether residents can find it: from READY on, and not once it was cancelled as a draft."""
    return desk.session.state != State.DRAFT and desk.session.announced_at is not None


@predicate
def is_translation(actor: Actor, desk: TextDesk) -> bool:
    """Whether the page is about another language than the source."""
    return desk.language != desk.source


@predicate
def leads_it(actor: Actor, desk: Desk) -> bool:
    """Whether she is one of its two facilitators: only they lead, whoever else may see it."""
    return actor.staff_id is not None and actor.staff_id in {desk.session.lead_id, desk.session.second_id}


is_insider = is_staff & (leads_it | has_role_here(*INSIDERS))
can_create = is_staff & has_role(Role.OFFICER, Role.ADMINISTRATOR)
can_read = is_staff & (is_announced | is_insider)
can_plan = is_staff & has_role_here(*PLANNERS)
can_translate = can_plan | (is_staff & has_role_here(Role.INTERPRETER) & is_translation)
can_lead = is_staff & leads_it
#: See the code: whoever writes the summary or looks after accounts has no way in.
can_see_code = is_staff & (leads_it | has_role_here(*COMING_IN))
#: Note that joining was tried out, which announcing waits for, and close a code that hangs on posters.
can_prepare = is_staff & (leads_it | has_role_here(*PLANNERS, Role.FACILITATOR))


def doer_of(actor: Actor, session: DialogueSession, after: State) -> Doer | None:
    """As whom `actor` may lead `session` to `after`; None when she may not."""
    desk = Desk(session)
    if leads_it(actor, desk) and after not in {State.READY, State.DRAFT}:
        return Doer.FACILITATOR
    return Doer.ORGANISER if can_plan(actor, desk) else None
