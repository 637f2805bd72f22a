"""What the staff's side of consultations brings to other rooms' pages: its place, and what needs somebody now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from participation.core.policy import Actor, is_staff
from participation.core.registry import NavigationEntry, Need, registry

from . import staff_pages, staff_queries
from .staff_queries import Care


def register() -> None:
    """Plug in."""
    places = registry()
    places.staff_navigation.append(
        NavigationEntry(_l("Consultations"), "consultations.list_for_staff", lambda actor: is_staff(actor))
    )
    places.needs.append(list_needs)
    places.list_spaces["consultation"] = list_space_ids


def list_needs(actor: Actor) -> Iterable[Need]:
    """Texts to write, stages that end, replies that are due; each count is the length of the list it leads to."""
    cares = staff_pages.cares_of(actor)
    for care, label, tone in (
        (Care.OVERDUE, _overdue, "overdue"),
        (Care.REPLY, _reply, "now"),
        (Care.ENDING, _ending, "now"),
        (Care.TEXTS, _texts, "calm"),
    ):
        if count := len(cares[care]):
            yield Need(label(count), count, url_for("consultations.list_for_staff", need=care), tone)


def list_space_ids() -> Sequence[int]:
    """Numbers of all consultations, the newest first."""
    return staff_queries.list_ids()


def _overdue(count: int) -> str:
    return str(ngettext("promised reply is overdue", "promised replies are overdue", count))


def _reply(count: int) -> str:
    return str(ngettext("reply is due within two weeks", "replies are due within two weeks", count))


def _ending(count: int) -> str:
    return str(ngettext("consultation ends within three days", "consultations end within three days", count))


def _texts(count: int) -> str:
    return str(ngettext("consultation has texts missing or old", "consultations have texts missing or old", count))
