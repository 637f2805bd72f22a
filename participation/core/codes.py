"""Codes people read aloud, type and copy from paper: return codes and invitation codes.

This module makes, prints, reads and looks up codes; whose code it is, and whether it was used, is known elsewhere.

A code is 12 characters of an alphabet of 32: 60 bits. The alphabet is Douglas Crockford's base 32 (2002): the ten
digits and the letters without I, L, O (read as 1, 1 and 0) and U (so that no vowel but A and E is left to spell
with). Reading forgives what people do to codes: lower case, spaces, hyphens and dots anywhere, digits of any script
(Arabic, Persian, Bengali, full width and so on), the letters left out, and Cyrillic and Greek letters that look like
Latin ones. It never guesses between two readings: each sign stands for one character of the alphabet or for none.

Codes are kept as keyed hashes only. A thief of the database without the secret cannot try codes, and with it needs
2^60 tries for one; guessing at the door is for the rate limit to stop.
"""

import hmac
import secrets
import unicodedata
from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
#: Characters of a code that is called out in a room: 30 bits, so it works for one session and guessing is limited.
SHORT_LENGTH = 6
BITS = 5 * LENGTH
_GROUP = 4
#: Longest text that is looked at: a code with a separator before each character and some words' worth of spaces.
_LONGEST_TYPED = 100
_SHORTEST_SECRET = 16

#: What is read as another sign, after NFKC and upper case. Greek and Cyrillic letters only where the capital looks the
#: same as the Latin one, for whoever copies a code with her own keyboard.
# ruff: noqa: RUF001 - letters that look alike are what this table is about
_LOOKS_LIKE = str.maketrans(
    "OILАВЕЅКМНОРСТУХІЈЗΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "011ABESKMH0PCTYX1J3ABEZH1KMN0PTYX",
)


class UnreadableCode(ValueError):
    """What was typed is no code: too long, too short, or with a sign that stands for nothing."""


def new_code() -> str:
    """Random code of 12 characters, without separators."""
    return _spell(secrets.randbits(BITS))


def derive(secret: bytes, seed: bytes, purpose: str) -> str:
    """The code that belongs to ``seed``: always the same for one secret and purpose, unrelated for any other.

    The first 60 bits of HMAC-SHA-256 (RFC 2104). So whoever sends the same thing twice is shown one code.
    """
    return _spell(int.from_bytes(_keyed(secret, "code", purpose, seed)) >> (256 - BITS))


def lookup_hash(secret: bytes, code: str, purpose: str) -> str:
    """64 hexadecimal digits under which a code, as `parse` returns it, is kept and found."""
    return _keyed(secret, "lookup", purpose, code.encode()).hex()


def format_code(code: str) -> str:
    """The code as it is shown: groups of four with hyphens between."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def parse(typed: str, length: int = LENGTH) -> str:
    """The code of `length` characters somebody meant, in the one spelling that is hashed.

    Raises:
        UnreadableCode: it is no code.
    """
    if len(typed) > _LONGEST_TYPED:
        raise UnreadableCode
    signs = (_sign(character) for character in unicodedata.normalize("NFKC", typed).upper().translate(_LOOKS_LIKE))
    code = "".join(sign for sign in signs if sign)
    if len(code) != length:
        raise UnreadableCode
    return code


def _sign(character: str) -> str:
    """Character of the alphabet that was meant; nothing for a separator."""
    if character in ALPHABET:
        return character
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    # Dashes, spaces, marks of direction that come along when copying, line ends and tabs.
    if unicodedata.category(character) in {"Pd", "Zs", "Cf"} or character in "\t\r\n._·•−\N{ARABIC FULL STOP}":
        return ""
    raise UnreadableCode


def _spell(number: int) -> str:
    return "".join(ALPHABET[number >> shift & 31] for shift in range(BITS - 5, -1, -5))


def _keyed(secret: bytes, use: str, purpose: str, message: bytes) -> bytes:
    """Each use and purpose has a key of its own, so that no text can pass for another purpose's."""
    if len(secret) < _SHORTEST_SECRET:
        raise ValueError("the secret is too short")
    key = hmac.digest(secret, f"participation {use} {purpose}".encode(), sha256)
    return hmac.digest(key, message, sha256)
