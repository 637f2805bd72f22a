"""Who may do what with accounts: pure questions about an actor."""

from __future__ import annotations

from participation.core.policy import Predicate, Role, Space

#: proved again within the last minutes who she is; views that ask for it lead her to do so
is_fresh = Predicate("is_fresh", lambda actor, thing: actor.staff_id is not None and actor.is_fresh)

#: Roles that make no sense in one space only.
EVERYWHERE_ONLY = frozenset({Role.ADMINISTRATOR, Role.SAFEGUARDING_LEAD, Role.SAFEGUARDING_DEPUTY})
#: Roles that are held in one space only.
ONE_SPACE_ONLY = frozenset({Role.ORGANISER, Role.SUMMARISER, Role.STEWARD})
#: Roles that one person may not hold in the same space: nobody stewards what she summarised.
APART = (frozenset({Role.SUMMARISER, Role.STEWARD}),)


def is_place_right(role: Role, space: Space | None) -> bool:
    """Whether `role` can be held there."""
    return not (role in EVERYWHERE_ONLY and space is not None) and not (role in ONE_SPACE_ONLY and space is None)


def is_apart(role: Role, held: Role) -> bool:
    """Whether two roles must not be held by one person in one space."""
    return role is not held and any({role, held} <= pair for pair in APART)
