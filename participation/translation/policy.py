"""Who may put words into another language, and who may read the original."""

from __future__ import annotations

from participation.contributions import Contribution, is_author
from participation.core.policy import Actor, Role, has_role, has_role_here, predicate

#: Roles that may type a translation in their spaces.
TRANSLATING = (Role.INTERPRETER, Role.MODERATOR, Role.OFFICER)


@predicate
def is_public(actor: Actor, contribution: Contribution) -> bool:
    """Whether everybody may read it now."""
    return contribution.is_public


@predicate
def has_words(actor: Actor, contribution: Contribution) -> bool:
    """Whether its author did not take it back."""
    return bool(contribution.body)


can_list_untranslated = has_role(*TRANSLATING)
can_translate = has_role_here(*TRANSLATING) & has_words
can_read_original = has_words & (is_public | is_author | has_role_here(*TRANSLATING, Role.ORGANISER, Role.SUMMARISER))
