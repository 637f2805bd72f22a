"""Who may read the evidence, write findings, sign them, and release what somebody else prepared.

Every thing these predicates decide about has a `space`: a consultation, a finding or a release.
"""

from __future__ import annotations

from participation.consultations import Consultation, Publication
from participation.core.policy import Actor, Role, has_role_here, is_staff, predicate

from .models import Release

#: Who looks after a space and therefore sees exact numbers.
LOOKS_AFTER = (Role.OFFICER, Role.ORGANISER, Role.SUMMARISER, Role.STEWARD)
#: Who has another task there, and knows of it before residents do.
HELPS = (Role.ADMINISTRATOR, Role.MODERATOR, Role.FACILITATOR, Role.INTERPRETER)


@predicate
def has_not_summarised(actor: Actor, thing: object) -> bool:
    """Whether the actor is not the summariser of this very space: nobody stewards what she summarised."""
    space = getattr(thing, "space", None)
    return not any(grant.role == Role.SUMMARISER and grant.space == space for grant in actor.grants)


@predicate
def did_not_prepare(actor: Actor, release: Release) -> bool:
    """Whether somebody else prepared it."""
    return release.prepared_by != actor.staff_id


@predicate
def is_out(actor: Actor, consultation: Consultation) -> bool:
    """Whether residents know of it; a draft is nobody's business but of those with a task there."""
    return consultation.publication != Publication.DRAFT


#: Counts, as far as they may be shown; exact ones only where `sees_exact_numbers`.
can_read_evidence = is_staff & (is_out | has_role_here(*LOOKS_AFTER, *HELPS))
sees_exact_numbers = has_role_here(*LOOKS_AFTER)
can_read_words = has_role_here(*LOOKS_AFTER)
can_write = has_role_here(Role.OFFICER, Role.SUMMARISER)
can_sign = has_role_here(Role.OFFICER)
can_prepare = has_role_here(Role.OFFICER, Role.SUMMARISER)
can_preview = has_role_here(Role.OFFICER, Role.SUMMARISER, Role.STEWARD)
may_be_second = has_role_here(Role.OFFICER, Role.STEWARD) & has_not_summarised
can_release = may_be_second & did_not_prepare
can_export_rows = has_role_here(Role.OFFICER)
