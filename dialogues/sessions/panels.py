"""What sessions bring to other rooms' pages: a place in the navigation, what needs somebody, what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from participation.core.clock import now
from participation.core.policy import Actor, Role, is_staff
from participation.core.registry import NavigationEntry, Need, SpaceDescription, registry

from . import ending, pages, queries
from .states import JOINABLE, State

#: Sessions shown on the home page.
MOST_AT_HOME = 3


def register() -> None:
    """Plug in."""
    places = registry()
    places.resident_navigation.append(NavigationEntry(_l("Conversations"), "sessions.list_sessions"))
    entry = NavigationEntry(_l("Conversations"), "sessions.list_for_staff", lambda actor: is_staff(actor))
    places.staff_navigation.append(entry)
    places.home_panels.append(draw_home)
    places.needs.append(list_needs)
    places.describe_spaces["session"] = describe
    places.open_spaces["session"] = find_open_ids
    places.list_spaces["session"] = queries.list_session_ids
    places.due_work += [ending.close_overdue, ending.archive_due]
    places.health_checks.append(ending.check_promises)


def draw_home(_language: str) -> tuple[str, dict[str, Any]] | None:
    """The next conversations."""
    sessions = queries.list_coming(now())[:MOST_AT_HOME]
    if not sessions:
        return None
    cards = [pages.card(each, url_for("sessions.show_session", slug=each.slug)) for each in sessions]
    return "dialogues/sessions/_home.html", {"cards": cards}


def list_needs(actor: Actor) -> Iterable[Need]:
    """Sessions this person leads that come within a day."""
    if actor.staff_id is None or not actor.has_anywhere(Role.FACILITATOR):
        return
    soon = queries.list_led_soon(actor.staff_id, now())
    if soon:
        label = ngettext("conversation you lead is near", "conversations you lead are near", len(soon))
        yield Need(str(label), len(soon), url_for("sessions.show_overview", slug=soon[0].slug), "now")


def describe(ids: Sequence[int], language: str) -> dict[int, SpaceDescription]:
    """Sessions as other rooms name them."""
    found = {}
    for session in queries.list_sessions_by_ids(ids):
        title = session.title.read(language)
        url = url_for("sessions.show_overview", slug=session.slug)
        found[session.id] = SpaceDescription(session.space, title.text, url, title.language, title.direction)
    return found


def find_open_ids(ids: Sequence[int]) -> set[int]:
    """Those in which people can still say something."""
    return {each.id for each in queries.list_sessions_by_ids(ids) if State(each.state) in JOINABLE}
