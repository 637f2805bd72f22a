"""Writes of translations: a person types one, a newer one replaces it, a withdrawal deletes it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from participation.contributions import MOST_CHARACTERS, Contribution, clean_words
from participation.core import audit
from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.languages import direction_of
from participation.core.policy import Actor

from .models import Translation, TranslationOrigin
from .queries import find_translation

#: A translation may be longer than what it was made from.
MOST_TRANSLATED_CHARACTERS = 2 * MOST_CHARACTERS


def save_translation(
    contribution: Contribution, language: str, text: str, *, by: Actor, at: datetime, version: int | None = None
) -> Translation:
    """The contribution's words in `language`, typed by a person from wording `version` (default: the present one).

    Raises:
        Conflict: the words are gone, or changed since `version`.
        Invalid: there is nothing to read, too much, or it is the language the words are already in.
    """
    if contribution.is_gone:
        raise Conflict(_l("These words are not there any more, so there is nothing left to translate."))
    if version is not None and version != contribution.version:
        raise Conflict(_l("The author changed these words while you were translating. Please compare once more."))
    if same_language(language, contribution.language):
        raise Invalid(_l("This is already the language of the original."), field="language")
    cleaned = clean_words(text, most_characters=MOST_TRANSLATED_CHARACTERS, field="text")
    row = find_translation(contribution.id, language)
    if row is None:
        row = Translation(contribution_id=contribution.id, language=language)
        db.session.add(row)
    row.text = cleaned
    row.direction = direction_of(language)
    row.origin = TranslationOrigin.HUMAN
    row.source_version = contribution.version
    row.translated_by = by.staff_id
    row.translated_at = at
    contribution.changed_at = at
    db.session.flush()
    audit.note(
        "translation_saved",
        f"contribution:{contribution.id}",
        by=by,
        at=at,
        space=contribution.space,
        language=language,
        wording=contribution.version,
    )
    return row


def forget_translations(_sender: object, *, contribution: Contribution) -> None:
    """Delete the translations of words that are gone (hears `contribution_withdrawn` and `_expired`)."""
    db.session.execute(delete(Translation).where(Translation.contribution_id == contribution.id))


def same_language(one: str, other: str) -> bool:
    """Whether two tags are one language; regions and scripts aside."""
    return one.split("-")[0] == other.split("-")[0]
