"""What this slice shows on other rooms' pages, and what it tells, answers and forgets when others ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from participation.core.clock import now
from participation.core.localized import Words
from participation.core.registry import NavigationEntry, SpaceDescription, registry

from . import pages, queries, services
from .models import Consultation, Participation
from .staff_labels import came_by_labels
from .timing import is_answering

#: Open consultations shown on the home page.
MOST_AT_HOME = 6


@dataclass(frozen=True)
class Taken:
    """One consultation somebody takes part in, for her own page."""

    title: Words
    url: str
    reference: str
    state: str
    #: words of the link, and where it leads
    action: str
    action_url: str


def register() -> None:
    """Plug in."""
    places = registry()
    places.home_panels.append(draw_home)
    places.my_panels.append(draw_mine)
    places.resident_navigation.append(NavigationEntry(_l("Consultations"), "consultations.list_consultations"))
    places.describe_spaces["consultation"] = describe
    places.open_spaces["consultation"] = find_open_ids
    places.own_data += [tell_own_participations, tell_own_drafts]
    places.kept_words["took_part_by"] = came_by_labels
    places.erasers.append(services.forget_participations)
    places.tidiers.append(services.tidy_drafts)


def draw_home(language: str) -> tuple[str, dict[str, Any]] | None:
    """What can be answered now, and what comes next."""
    at = now()
    open_now, soon = pages.open_cards(at), pages.soon_cards(at)
    if not open_now and not soon:
        return None
    return "participation/consultations/_home.html", {"open_now": open_now[:MOST_AT_HOME], "soon": soon[:MOST_AT_HOME]}


def draw_mine(participant_id: int, language: str) -> tuple[str, dict[str, Any]] | None:
    """Where she takes part, and how to go on."""
    rows = queries.list_participations(participant_id)
    if not rows:
        return None
    open_ids = find_open_ids([consultation.id for _participation, consultation in rows])
    return "participation/consultations/_mine.html", {
        "taken": [_taken(each, consultation, consultation.id in open_ids, language) for each, consultation in rows]
    }


def describe(ids: Sequence[int], language: str) -> dict[int, SpaceDescription]:
    """Titles and addresses of consultations as spaces."""
    found = {}
    for consultation in queries.list_consultations_by_ids(ids):
        title = consultation.title.read(language)
        url = url_for("consultations.show_consultation", slug=consultation.slug)
        found[consultation.id] = SpaceDescription(consultation.space, title.text, url, title.language, title.direction)
    return found


def find_open_ids(ids: Sequence[int]) -> set[int]:
    """Those that take answers now."""
    at = now()
    stages = queries.list_stages_of(ids)
    return {
        each.id for each in queries.list_consultations_by_ids(ids) if is_answering(each, stages.get(each.id, []), at)
    }


def tell_own_participations(participant_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Where one person took part, for her own data."""
    rows = [
        {
            "consultation": consultation.slug,
            "reference": each.reference,
            "started_on": each.started_on.isoformat(),
            "sent_at": each.sent_at.isoformat() if each.sent_at else None,
            "took_part_by": str(each.came_by),
            "channel": each.channel,
            "language": each.language,
            "age_band": each.age_band,
        }
        for each, consultation in queries.list_participations(participant_id)
    ]
    return "participations", rows


def tell_own_drafts(participant_id: int) -> tuple[str, list[dict[str, Any]]]:
    """What one person filled in and has not sent, for her own data; thrown away after seven days."""
    rows = [
        {"step_id": each.step_id, "saved_at": each.saved_at.isoformat(), "filled_in": each.data}
        for each in queries.list_drafts_of(participant_id)
    ]
    return "drafts", rows


def _taken(participation: Participation, consultation: Consultation, is_open: bool, language: str) -> Taken:
    slug = consultation.slug
    start = url_for("consultations.show_consultation", slug=slug)
    if participation.sent_at is not None:
        state = gettext("Sent")
        action = gettext("What happens next")
        action_url = url_for("consultations.show_sent", slug=slug)
    elif is_open:
        state = gettext("Not sent yet")
        action = gettext("Go on answering")
        action_url = url_for("consultations.resume", slug=slug)
    else:
        state = gettext("Closed before you sent it")
        action = gettext("What this was about")
        action_url = start
    return Taken(consultation.title.read(language), start, participation.reference, state, action, action_url)
