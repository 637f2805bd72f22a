"""What staff wrote, in several languages, with the version each translation was made from.

One JSON column holds one text in all its languages: the source language, a version that grows whenever the source
changes, and per language the text and the source version it was made from. A translation of an older version is
*stale*: still shown, and marked. Residents' words are not kept this way (see `participation.contributions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

from .languages import direction_of


@dataclass(frozen=True)
class Words:
    """A text as one reader gets it: in her language, or in the source language and marked."""

    text: str
    language: str
    direction: str
    #: whether it is in the source language
    is_original: bool = True
    #: whether the source changed after this translation was made
    is_stale: bool = False

    def __str__(self) -> str:
        """The text alone."""
        return self.text

    def __bool__(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.text)


@dataclass(frozen=True)
class LocalizedText:
    """One text in several languages. Never changed in place: `with_text` gives a new one."""

    source: str = "en"
    version: int = 1
    #: language → (text, source version it was made from)
    texts: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Mapping[str, str], source: str | None = None) -> LocalizedText:
        """A first version from plain texts by language; empty ones are left out."""
        kept = {language: (text.strip(), 1) for language, text in texts.items() if text.strip()}
        return cls(source or next(iter(kept), "en"), 1, kept)

    def read(self, language: str) -> Words:
        """The text for a reader of `language`, else the source, else whatever there is, else nothing."""
        for tag in (language, self.source, *self.texts):
            if tag in self.texts:
                text, made_from = self.texts[tag]
                is_stale = tag != self.source and made_from < self.version
                return Words(text, tag, direction_of(tag), tag == self.source, is_stale)
        return Words("", language, direction_of(language))

    def text_in(self, language: str) -> str:
        """Exactly the text in `language`, or an empty string; for forms."""
        return self.texts[language][0] if language in self.texts else ""

    def with_text(self, language: str, text: str) -> LocalizedText:
        """This text with `language` rewritten; a changed source makes every translation stale."""
        text = text.strip()
        if text == self.text_in(language) and (language == self.source or self._is_current(language) or not text):
            return self
        version = self.version + 1 if language == self.source and self.text_in(language) else self.version
        texts = {tag: entry for tag, entry in self.texts.items() if tag != language}
        if text:
            texts[language] = (text, version)
        return replace(self, version=version, texts=texts)

    def missing_in(self, languages: Iterable[str]) -> list[str]:
        """The `languages` in which there is no text, or one of an older version."""
        return [tag for tag in languages if not self._is_current(tag)]

    def _is_current(self, language: str) -> bool:
        return language in self.texts and (language == self.source or self.texts[language][1] >= self.version)

    def __bool__(self) -> bool:
        """Whether there is a text in any language."""
        return bool(self.texts)


class LocalizedColumn(TypeDecorator[LocalizedText]):
    """Stores a `LocalizedText` as JSON."""

    impl = JSON
    cache_ok = True

    def __init__(self) -> None:
        """An absent text is NULL, not the JSON word null."""
        super().__init__(none_as_null=True)

    def process_bind_param(self, value: LocalizedText | None, dialect: Dialect) -> dict[str, Any] | None:
        """The JSON object that is stored."""
        if value is None:
            return None
        texts = {tag: [text, version] for tag, (text, version) in value.texts.items()}
        return {"source": value.source, "version": value.version, "texts": texts}

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> LocalizedText | None:
        """The text as it was stored; an empty one for NULL."""
        if value is None:
            return LocalizedText()
        texts = {tag: (str(text), int(version)) for tag, (text, version) in value["texts"].items()}
        return LocalizedText(value["source"], value["version"], texts)
