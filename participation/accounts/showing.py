"""People and their roles as administrators see them, with the names of places asked for all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _

from participation.core.languages import current_language
from participation.core.policy import Space
from participation.core.registry import SpaceDescription, describe_spaces, registry

from .labels import role_name
from .models import RoleGrant, Staff


@dataclass(frozen=True)
class Held:
    """A role somebody holds, as the pages show it."""

    id: int
    role: str
    place: str
    place_language: str
    place_direction: str


def list_spaces() -> list[tuple[str, str]]:
    """Every place a role can be given in: its key and its title in the reader's language."""
    spaces = [Space(kind, each) for kind, ask in registry().list_spaces.items() for each in ask()]
    described = describe_spaces(spaces, current_language().tag)
    return sorted(
        ((str(space), about.title) for space, about in described.items()), key=lambda pair: pair[1].casefold()
    )


def held_roles(grants: dict[int, list[RoleGrant]]) -> dict[int, list[Held]]:
    """Roles with the names of their places, asked for all at once."""
    rows = [row for each in grants.values() for row in each]
    places = describe_spaces(_places(rows), current_language().tag)
    return {staff_id: [_one_held(row, places) for row in each] for staff_id, each in grants.items()}


def by_role(held: Sequence[Held]) -> list[tuple[str, str]]:
    """Each role once, with all its places as the reader's language lists them."""
    places: dict[str, list[str]] = {}
    for each in held:
        places.setdefault(each.role, []).append(each.place)
    return [(role, format_list(names, locale=get_locale())) for role, names in places.items()]


def _places(rows: Sequence[RoleGrant]) -> Iterable[Space]:
    return {space for row in rows if (space := row.as_grant().space) is not None}


def _one_held(row: RoleGrant, places: dict[Space, SpaceDescription]) -> Held:
    language = current_language()
    role, space = row.as_grant()
    if space is None:
        return Held(row.id, str(role_name(role)), _("everywhere"), language.tag, language.direction)
    found = places.get(space)
    if found is None:
        return Held(row.id, str(role_name(role)), str(space), "und", "auto")
    return Held(row.id, str(role_name(role)), found.title, found.language, found.direction)


def state_of(person: Staff) -> str:
    """Whether she can come in: locked, demo, ready or waiting for her first sign-in."""
    if not person.is_active:
        return "locked"
    if person.is_demo:
        return "demo"
    return "ready" if person.password_hash and person.totp_secret else "waiting"
