"""Who may do what with one person's words: she alone, as long as the words can still change."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from participation.core.errors import Conflict, NotAllowed
from participation.core.policy import Actor, predicate
from participation.core.registry import open_spaces

from .models import Contribution, State, Surface

#: Where a person has yet to decide, or decided that the words can be mended.
BETWEEN = frozenset({State.HELD, State.RETURNED, State.LIMITED, State.HIDDEN})


@predicate
def is_author(actor: Actor, contribution: Contribution) -> bool:
    """Whether the actor said it. What an erased person said has no author any more."""
    return contribution.participant_id is not None and contribution.participant_id == actor.participant_id


@predicate
def is_still_hers(actor: Actor, contribution: Contribution) -> bool:
    """Whether the words were not taken back."""
    return contribution.state != State.WITHDRAWN


@predicate
def is_still_there(actor: Actor, contribution: Contribution) -> bool:
    """Whether there are words yet: neither taken back nor past their time."""
    return not contribution.is_gone


def is_mendable(contribution: Contribution, *, takes_answers: bool) -> bool:
    """Whether the words can still change; `takes_answers` says whether their space does.

    What others already answer stays as they read it. What only staff read can change as long as answers are taken.
    """
    if contribution.state in BETWEEN:
        return True
    return contribution.state == State.VISIBLE and contribution.surface == Surface.STAFF and takes_answers


@predicate
def can_still_change(actor: Actor, contribution: Contribution) -> bool:
    """Whether the words can be mended now."""
    return is_mendable(contribution, takes_answers=False) or is_mendable(
        contribution, takes_answers=contribution.space in open_spaces([contribution.space])
    )


can_read_own = is_author
can_withdraw = is_author & is_still_hers
can_choose_permission = is_author & is_still_there
can_edit = is_author & can_still_change


def require_author(actor: Actor, contribution: Contribution) -> None:
    """Stop anybody but the author.

    Raises:
        NotAllowed: the words are somebody else's.
    """
    if not is_author(actor, contribution):
        raise NotAllowed


def require_mendable(actor: Actor, contribution: Contribution) -> None:
    """Stop who would change words that stand.

    Raises:
        Conflict: the words can no longer be changed.
    """
    if not can_still_change(actor, contribution):
        raise Conflict(_l("These words can no longer be changed. You can still take them back."))


def require_own_voice(participant_id: int | None, entered_by: int | None, actor: Actor) -> None:
    """Stop somebody who speaks in another's name. Staff may write down what they were told, and say so.

    Raises:
        NotAllowed: the actor is a participant, and not the one who is said to speak.
    """
    if entered_by is None and actor.participant_id is not None and participant_id not in {None, actor.participant_id}:
        raise NotAllowed
