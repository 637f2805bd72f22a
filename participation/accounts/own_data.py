"""Her own copy of what is kept about her, as she reads it; the file for machines has the same rows as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from participation.core.languages import current_language, day_in_words, language_name, moment_in_words
from participation.core.policy import Space
from participation.core.registry import SpaceDescription, describe_spaces, registry

from .labels import kept_name

#: How rows write moments, days and places.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\S+")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
PLACE = re.compile(r"([a-z]+):(\d+)")
#: A name and what stands beside it.
Pair = tuple[object, str]


def readable(parts: Iterable[tuple[str, Sequence[Mapping[str, Any]]]]) -> list[tuple[object, list[list[Pair]]]]:
    """Each part with its rows as pairs of a name and words in the reader's language; what is empty is left out."""
    parts = list(parts)
    wanted = {place for _name, rows in parts for row in rows if (place := _place_in(row.get("where")))}
    places = describe_spaces(wanted, current_language().tag)
    return [(kept_name(name), [_pairs(row, places) for row in rows]) for name, rows in parts]


def _pairs(row: Mapping[str, Any], places: Mapping[Space, SpaceDescription]) -> list[Pair]:
    return [
        (kept_name(name), _spoken(name, value, places)) for name, value in row.items() if value not in (None, "", [])
    ]


def _spoken(name: str, value: Any, places: Mapping[Space, SpaceDescription]) -> str:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return ", ".join(_spoken(name, each, places) for each in value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if not isinstance(value, str):
        return str(value)
    place = _place_in(value) if name == "where" else None
    if place is not None and place in places:
        return places[place].title
    if name == "language":
        return language_name(value)
    if value in (words := registry().kept_words.get(name, {})):
        return str(words[value])
    if MOMENT.fullmatch(value):
        return moment_in_words(datetime.fromisoformat(value))
    if DAY.fullmatch(value):
        return day_in_words(date.fromisoformat(value))
    return value


def _place_in(value: object) -> Space | None:
    found = PLACE.fullmatch(value) if isinstance(value, str) else None
    return Space(found[1], int(found[2])) if found else None
