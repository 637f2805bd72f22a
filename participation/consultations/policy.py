"""Who may see a consultation and answer it. Predicates decide about a `Glance`: one person, one place, one moment."""

from __future__ import annotations

from participation.core.policy import Actor, predicate

from .models import Audience, Publication
from .timing import Glance


@predicate
def is_published(actor: Actor, visit: Glance) -> bool:
    """Whether residents can find it; archived ones stay at their address."""
    return visit.consultation.publication != Publication.DRAFT


@predicate
def is_answering_now(actor: Actor, visit: Glance) -> bool:
    """Whether answers are taken at this moment."""
    return visit.consultation.publication == Publication.PUBLISHED and visit.is_answering


@predicate
def is_open_to_all(actor: Actor, visit: Glance) -> bool:
    """Whether anybody can begin without a code or an age band."""
    return not needs_beginning(visit)


@predicate
def has_begun(actor: Actor, visit: Glance) -> bool:
    """Whether this person takes part already."""
    return visit.participation is not None and visit.participation.participant_id == actor.participant_id


@predicate
def has_sent(actor: Actor, visit: Glance) -> bool:
    """Whether this person has sent her answers."""
    return has_begun(actor, visit) and visit.participation is not None and visit.participation.sent_at is not None


can_see = is_published
can_begin = is_published & is_answering_now
can_answer = is_published & is_answering_now & (is_open_to_all | has_begun)
can_send = can_answer & has_begun


def needs_beginning(visit: Glance) -> bool:
    """Whether something has to be asked before the first question: a code, or an age band."""
    return visit.consultation.audience == Audience.INVITED or bool(visit.consultation.age_bands)
