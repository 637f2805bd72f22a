"""Residents' words as one reader gets them: in her language where somebody translated them, else as they were written.

One rule everywhere: the reader's language first, the original one tap away, and always marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from participation.contributions import Contribution
from participation.core.languages import language_name

from .queries import list_translations
from .services import same_language


@dataclass(frozen=True)
class Readable:
    """One contribution's words as one reader gets them; drawn by the macro `ui.words`."""

    text: str
    language: str
    direction: str
    #: name of the language it was written in, in the reader's; None for the original itself
    translated_from: str | None = None
    #: "human" or "machine"; None for the original
    origin: str | None = None
    #: where the original stands; None for the original
    original_url: str | None = None
    #: whether the author changed her words after this translation was made
    is_stale: bool = False


def readable(contributions: Iterable[Contribution], language: str) -> dict[int, Readable]:
    """Each contribution's words for a reader of `language`, by number, with at most one question.

    A stale translation still beats words one cannot read; it is marked.
    """
    rows = list(contributions)
    foreign = [row.id for row in rows if not same_language(row.language, language)]
    translations = {each.contribution_id: each for each in list_translations(foreign, language)}
    found = {}
    for row in rows:
        translation = translations.get(row.id)
        if translation is None or not row.body:
            found[row.id] = Readable(row.body, row.language, row.direction)
            continue
        found[row.id] = Readable(
            text=translation.text,
            language=translation.language,
            direction=translation.direction,
            translated_from=language_name(row.language, language),
            origin=translation.origin,
            original_url=url_for("translation.show_original", contribution_id=row.id),
            is_stale=translation.source_version < row.version,
        )
    return found


def notes_to_staff(contributions: Sequence[Contribution], language: str) -> Mapping[int, tuple[str, dict[str, Any]]]:
    """Beside words in another language than the reader's: their translation, or the way to write one."""
    foreign = [row for row in contributions if row.body and not same_language(row.language, language)]
    translations = {each.contribution_id: each for each in list_translations([row.id for row in foreign], language)}
    return {
        row.id: (
            "participation/translation/_beside.html",
            {
                "translation": translations.get(row.id),
                "is_stale": row.id in translations and translations[row.id].source_version < row.version,
                "contribution_id": row.id,
                "language": language,
                "language_name": language_name(language),
            },
        )
        for row in foreign
    }
