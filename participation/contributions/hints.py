"""Places in a text that look as if they told who somebody is, or where she lives, pointed out before it is sent.

A hint is a question to the writer ("others will read this – did you mean to give it?"), never a decision: this module
changes nothing, keeps nothing and refuses nothing. It looks for e-mail addresses, phone numbers, and house numbers
beside a street word of the city's own list. What it misses, and what it points out wrongly, stands in
`docs/personal-details-hints.md`; whoever changes a rule here changes that page.

The work is bounded: only the first `MOST_CHARACTERS` characters are looked at, and each rule goes over them once.
"""

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberMatcher

MOST_CHARACTERS = 20_000
#: Hints of one kind; after so many the writer has understood.
_MOST_OF_A_KIND = 50
#: Words that may stand between a street word and its number, not counting "de" and "la".
_MOST_WORDS_BETWEEN = 3
#: A street word this long may be the end of a longer word: "Hauptstraße". In Chinese and Japanese any may.
_SHORTEST_ENDING = 4
_LONGEST_HOUSE_NUMBER = 5
#: Numbers before a street word that are sooner a year.
_YEARS = range(1900, 2100)

#: Words written before the number itself, and words that join the parts of a street's name.
_NUMBER_WORDS = frozenset({"no", "nº", "n°", "nr", "núm", "num", "number", "número", "numéro", "رقم", "№", "#"})
_JOINING_WORDS = frozenset(
    {"de", "del", "la", "las", "los", "el", "y", "da", "do", "dos", "das", "du", "des", "di", "della", "van", "von"}
)
#: What Arabic writes together with the word after it: and, then, in or by, for, like.
_ARABIC_PREFIXES = "وفبلك"

_LOCAL_PART = re.compile(r"[\w.!#$%&'*+/=?^`{|}~\-\u0300-\u036f]")
_DOMAIN = re.compile(r"[\w.\-\u00b7\u0300-\u036f\u093c-\u094f]*")


class HintKind(StrEnum):
    """What a place in the text looks like."""

    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Hint:
    """One place in the text, as `text[start:end]`, in characters (code points)."""

    kind: HintKind
    start: int
    end: int


def find_hints(text: str, *, region: str, street_words: Collection[str]) -> list[Hint]:
    """Places that look like personal details, in order, none within another.

    ``region`` is the city's country (ISO 3166, such as "ES"), for phone numbers written without one. ``street_words``
    are the city's own ("street", "calle", "شارع"), in any case.
    """
    looked_at = text[:MOST_CHARACTERS]
    rules = (_emails(looked_at), _phone_numbers(looked_at, region), _addresses(looked_at, street_words))
    kept: list[Hint] = []
    for hint in itertools.chain.from_iterable(itertools.islice(rule, _MOST_OF_A_KIND) for rule in rules):
        if not any(hint.start < other.end and other.start < hint.end for other in kept):
            kept.append(hint)
    return sorted(kept, key=lambda hint: hint.start)


def _emails(text: str) -> Iterator[Hint]:
    for sign in re.finditer("[@\N{FULLWIDTH COMMERCIAL AT}]", text):
        start = at = sign.start()
        while start > 0 and _LOCAL_PART.match(text[start - 1]):
            start -= 1
        domain = _DOMAIN.match(text, at + 1)
        end = domain.end() if domain else at + 1
        while start < at and text[start] in ".'*/=-":
            start += 1
        while end > at + 1 and text[end - 1] in ".-_·":
            end -= 1
        if _is_email(f"{text[start:at]}@{text[at + 1 : end]}"):
            yield Hint(HintKind.EMAIL, start, end)


def _is_email(candidate: str) -> bool:
    try:
        validate_email(candidate, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def _phone_numbers(text: str, region: str) -> Iterator[Hint]:
    for match in PhoneNumberMatcher(text, region):
        yield Hint(HintKind.PHONE, match.start, match.end)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, a number, or one other sign that is not a space."""

    text: str
    start: int
    end: int
    kind: str

    @property
    def is_year(self) -> bool:
        return len(self.text) == 4 and int(self.text) in _YEARS


def _addresses(text: str, street_words: Collection[str]) -> Iterator[Hint]:
    words = frozenset(word.casefold() for word in street_words)
    if not words or not any(character.isdecimal() for character in text):
        return
    endings = tuple(word for word in words if _may_end_a_word(word))
    tokens = list(_tokens(text))
    for place, token in enumerate(tokens):
        if token.kind != "word":
            continue
        if _is_street_word(token.text.casefold(), words, endings):
            number = _number_after(tokens, place) or _number_before(tokens, place)
            if number:
                yield Hint(HintKind.ADDRESS, min(token.start, number.start), max(token.end, number.end))


def _is_street_word(word: str, words: frozenset[str], endings: tuple[str, ...]) -> bool:
    return word in words or (word[0] in _ARABIC_PREFIXES and word[1:] in words) or word.endswith(endings)


def _number_after(tokens: list[_Token], place: int) -> _Token | None:
    """House number of "Calle Mayor 12" and "Mill Street, no. 12", where that is what the number seems to be."""
    between: list[_Token] = []
    for index in range(place + 1, min(place + 12, len(tokens))):
        token = tokens[index]
        if token.kind == "number":
            named = all(_belongs_to_a_name(word) for word in between)
            is_one = _is_house_number(tokens, index) and not (between and token.is_year)
            return _with_letter(tokens, index) if is_one and (named or _ends_there(tokens, index)) else None
        if token.kind == "word" and token.text.casefold() not in _NUMBER_WORDS:
            between.append(token)
        elif token.kind == "line end" or (token.kind == "sign" and not _leads_to_a_number(tokens, index)):
            return None
        if sum(word.text.casefold() not in _JOINING_WORDS for word in between) > _MOST_WORDS_BETWEEN:
            return None
    return None


def _number_before(tokens: list[_Token], place: int) -> _Token | None:
    """House number of "12 Mill Street" and "12, rue Haute": at most two words and a comma before the street word."""
    for index in range(place - 1, max(place - 5, -1), -1):
        token = tokens[index]
        if token.kind == "number":
            return token if _is_house_number(tokens, index) and not token.is_year else None
        words = sum(each.kind == "word" and not _is_number_letter(tokens, at)
                    for at, each in enumerate(tokens[index:place], index))  # fmt: skip
        if words > 2 or (token.kind == "sign" and token.text != ","):
            return None
    return None


def _is_house_number(tokens: list[_Token], index: int) -> bool:
    """Tell whether the number is short, and not the 50 of "A50" (in a script that writes words apart)."""
    number = tokens[index]
    is_glued = index > 0 and tokens[index - 1].kind == "word" and tokens[index - 1].end == number.start
    return len(number.text) <= _LONGEST_HOUSE_NUMBER and not (is_glued and tokens[index - 1].text[-1] < "\u3040")


def _belongs_to_a_name(token: _Token) -> bool:
    first = token.text[0]
    return not first.islower() or token.text.casefold() in _JOINING_WORDS


def _leads_to_a_number(tokens: list[_Token], index: int) -> bool:
    """Tell whether a sign may stand between a street and its number: a comma, or the point of "no."."""
    return tokens[index].text in ",،#°" or (
        tokens[index].text == "." and tokens[index - 1].text.casefold() in _NUMBER_WORDS
    )


def _ends_there(tokens: list[_Token], index: int) -> bool:
    """Tell whether the number closes a phrase: "lives in calle mayor 12." and not "the street has 3 holes"."""
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    return following is None or following.kind == "line end" or unicodedata.category(following.text[0])[0] == "P"


def _is_number_letter(tokens: list[_Token], index: int) -> bool:
    """Tell whether this is the b of "12b"."""
    token, before = tokens[index], tokens[index - 1] if index else None
    is_glued = before is not None and before.kind == "number" and before.end == token.start
    return is_glued and token.kind == "word" and len(token.text) == 1


def _with_letter(tokens: list[_Token], index: int) -> _Token:
    following = index + 1
    return tokens[following] if following < len(tokens) and _is_number_letter(tokens, following) else tokens[index]


def _tokens(text: str) -> Iterator[_Token]:
    """Words with the marks upon their letters, numbers in any script's digits, line ends, other signs."""
    for kind, run in itertools.groupby(enumerate(text), key=lambda pair: _kind(pair[1])):
        pairs = list(run)
        if kind in {"word", "number"}:
            yield _Token("".join(character for _, character in pairs), pairs[0][0], pairs[-1][0] + 1, kind)
        elif kind:
            yield from (_Token(character, at, at + 1, kind) for at, character in pairs)


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return "number"
    if category[0] in "LM" or character in "'’\u200c\u200d":
        return "word"
    if character == "\n":
        return "line end"
    return "" if character.isspace() or category == "Cf" else "sign"


def _may_end_a_word(word: str) -> bool:
    """Tell whether the word may close a longer one: where words are compounded, or written without spaces."""
    is_without_spaces = any("\u3040" <= character <= "\u9fff" for character in word)
    return is_without_spaces or (len(word) >= _SHORTEST_ENDING and word.upper() != word)


def as_spans(text: str, hints: Iterable[Hint]) -> list[tuple[str, Hint | None]]:
    """The whole text in pieces, each with the hint it belongs to, for a page that marks them."""
    pieces: list[tuple[str, Hint | None]] = []
    done = 0
    for hint in hints:
        pieces += [(text[done : hint.start], None), (text[hint.start : hint.end], hint)]
        done = hint.end
    pieces.append((text[done:], None))
    return [piece for piece in pieces if piece[0]]
