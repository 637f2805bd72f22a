"""What is kept of a text somebody typed: all of it, in one form.

This module takes away only what nobody typed on purpose and what breaks the machinery downstream; it never corrects,
shortens or hides words. Bodies keep everything a script needs, marks of direction included: they are shown isolated.
Names are stricter, because they stand beside other people's words. Which way a language runs is known to
`core.languages`.

Source: security rules, section 5, "Text". The form is Unicode's NFC (UAX #15): the same letters are then the same text,
whether a phone typed "é" as one sign or as two.
"""

import re
import unicodedata

#: Marks that may stand upon one letter in a name. More hide the lines around it; some scripts need more in a text.
MOST_MARKS_IN_NAMES = 4
#: A text this many times longer than allowed is refused unread: no normalising makes it short enough, barring nonsense.
_HOPELESS = 8

#: C0 and C1 but tab and line feed; among them NUL, which PostgreSQL cannot keep.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile(r"\r\n?")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
#: Embeddings, overrides and isolates: they could turn the direction of what stands beside a name.
_DIRECTION_IN_NAMES = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


class UnreadableText(ValueError):
    """The text holds half characters: it was damaged on its way, and cannot be kept or shown as it is."""


class TextTooLong(ValueError):
    """The text has more characters than there is room for."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"{length} characters where {limit} fit")
        #: How many there were, after cleaning where that could still have helped.
        self.length = length
        self.limit = limit


def clean(text: str, *, most_characters: int) -> str:
    """The text as it is kept: NFC, line feeds as line ends, no control characters but tab and line feed.

    Empty lines and spaces at both ends are kept too; whether there is anything to read is for the caller. Cleaning
    twice is cleaning once. Length counts Unicode characters (code points), as the database does.

    Raises:
        UnreadableText: there are lone surrogates in it.
        TextTooLong: it has more than ``most_characters``.
    """
    if len(text) > _HOPELESS * most_characters:
        raise TextTooLong(len(text), most_characters)
    if _SURROGATES.search(text):
        raise UnreadableText
    cleaned = unicodedata.normalize("NFC", _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)))
    if len(cleaned) > most_characters:
        raise TextTooLong(len(cleaned), most_characters)
    return cleaned


def clean_name(name: str, *, most_characters: int) -> str:
    """A name as it is kept: one line, single spaces, nothing that changes direction, at most 4 marks upon a letter.

    Raises:
        UnreadableText: there are lone surrogates in it.
        TextTooLong: it has more than ``most_characters``.
    """
    without_direction = _DIRECTION_IN_NAMES.sub("", clean(name, most_characters=_HOPELESS * most_characters))
    kept: list[str] = []
    marks = 0
    for character in " ".join(without_direction.split()):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS_IN_NAMES:
            kept.append(character)
    return clean("".join(kept), most_characters=most_characters)


def is_blank(text: str) -> bool:
    """Tell whether there is nothing to read: only spaces, line ends and invisible signs."""
    return all(character.isspace() or unicodedata.category(character) in {"Cf", "Cc"} for character in text)
