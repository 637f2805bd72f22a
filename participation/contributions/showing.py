"""What an author sees of her own words: where each stands, in plain words, and what she can still do with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from participation.core.policy import Space
from participation.core.registry import SpaceDescription, collect_notes, describe_spaces, open_spaces, registry

from . import labels, policy, queries
from .models import GONE, Contribution, Permission, State, Surface


@dataclass(frozen=True)
class Own:
    """One contribution as its author sees it."""

    contribution: Contribution
    space: SpaceDescription | None
    state: str
    sentence: str
    tone: str
    #: whether the sentence tells all; else a note below says the same with its reason
    says_enough: bool
    #: what she allows, or what silence means in this space
    permission: str
    has_chosen_permission: bool
    is_public_surface: bool
    #: what other slices tell her about it (a decision, an answer): templates with their contexts
    notes: Sequence[tuple[str, dict[str, Any]]]
    can_edit: bool
    can_withdraw: bool


def show_own(contributions: Sequence[Contribution], language: str) -> list[Own]:
    """Her words with everything a page needs; a handful of questions, however many there are."""
    places = {each.space for each in contributions}
    spaces = describe_spaces(places, language)
    still_open = _still_open(contributions, places)
    notes = collect_notes(registry().author_notes, contributions, language)
    return [
        Own(
            contribution=each,
            space=spaces.get(each.space),
            state=labels.state_labels[State(each.state)],
            sentence=labels.sentence_of(State(each.state), Surface(each.surface)),
            tone=labels.state_tones[State(each.state)],
            says_enough=each.state in {State.HELD, State.VISIBLE, *GONE},
            permission=labels.permission_labels[Permission(each.effective_permission)],
            has_chosen_permission=each.permission is not None,
            is_public_surface=each.surface == Surface.PUBLIC,
            notes=notes[each.id],
            can_edit=policy.is_mendable(each, takes_answers=each.space in still_open),
            can_withdraw=each.state != State.WITHDRAWN,
        )
        for each in contributions
    ]


def my_panel(participant_id: int, language: str) -> tuple[str, dict[str, Any]] | None:
    """What she said, for her own page."""
    own = show_own(queries.list_own(participant_id), language)
    return ("participation/contributions/_my_panel.html", {"own": own}) if own else None


def own_data(participant_id: int) -> tuple[str, list[dict[str, Any]]]:
    """What she said, as she gets it when she asks for her data."""
    contributions = queries.list_own(participant_id)
    rows = [_own_row(each) for each in contributions]
    for wording in queries.list_wordings_of([each.id for each in contributions]):
        rows.append(
            {
                "contribution": wording.contribution_id,
                "wording": wording.version,
                "words": wording.body,
                "language": wording.language,
                "replaced_on": wording.replaced_on.isoformat(),
            }
        )
    return "contributions", rows


def _own_row(contribution: Contribution) -> dict[str, Any]:
    return {
        "contribution": contribution.id,
        "where": str(contribution.space),
        "answers": f"{contribution.subject_kind}:{contribution.subject_id}",
        "wording": contribution.version,
        "words": contribution.body,
        "language": contribution.language,
        "channel": contribution.channel,
        "people": contribution.people_count,
        "permission": contribution.permission or "",
        "permission_when_none_was_chosen": contribution.unset_permission,
        "state": contribution.state,
        "sent_at": contribution.sent_at.isoformat(),
        "withdrawn_at": contribution.withdrawn_at.isoformat() if contribution.withdrawn_at else "",
    }


def _still_open(contributions: Iterable[Contribution], places: Iterable[Space]) -> set[Space]:
    """Spaces that still take answers; asked only where something depends on it."""
    needs = any(each.state == State.VISIBLE and each.surface == Surface.STAFF for each in contributions)
    return open_spaces(places) if needs else set()
