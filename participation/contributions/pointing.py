"""Points out, before sending, what in somebody's words may show who or where she is, by this city's street words too.

Nothing is ever changed or refused: she decides (docs/personal-details-hints.md says what is missed).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from participation.city import get_city

from .hints import HintKind, find_hints

_LABELS = {
    HintKind.EMAIL: _l("An e-mail address"),
    HintKind.PHONE: _l("A phone number"),
    HintKind.ADDRESS: _l("A street and a house number"),
}


@dataclass(frozen=True)
class Pointed:
    """One place in the words: what it looks like, and the place itself."""

    label: object
    text: str


def hints_in(text: str) -> list[Pointed]:
    """What in `text` looks like a personal detail, in the order of the text; each only once."""
    city = get_city()
    words = [word for every in (city.street_words or {}).values() for word in every]
    found = find_hints(text, region=city.phone_region, street_words=words)
    return list(dict.fromkeys(Pointed(_LABELS[hint.kind], text[hint.start : hint.end]) for hint in found))
