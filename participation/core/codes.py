"""Codes people can read aloud: return codes and invitation codes (12 characters, 60 bits, no look-alikes)."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

#: 32 signs: no I, L, O, U (mistaken for 1, 0, V), so that no two look alike.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_LOOK_ALIKES = {"I": "1", "L": "1", "O": "0"}


def derive(secret: bytes, seed: bytes, purpose: str) -> str:
    """The code that belongs to `seed`: the first 60 bits of HMAC-SHA-256 in the alphabet."""
    digest = hmac.new(secret, purpose.encode() + b":" + seed, hashlib.sha256).digest()
    bits = int.from_bytes(digest[:8], "big") >> 4
    return "".join(ALPHABET[bits >> (5 * place) & 31] for place in reversed(range(LENGTH)))


def parse(typed: str) -> str | None:
    """The code somebody typed, with small letters, spaces, hyphens or any script's digits; None when it is none."""
    signs = []
    for sign in typed[:100].upper():
        if sign.isspace() or unicodedata.category(sign) in {"Pd", "Cf"}:
            continue
        digit = unicodedata.decimal(sign, None)
        signs.append(str(digit) if digit is not None else _LOOK_ALIKES.get(sign, sign))
    code = "".join(signs)
    return code if len(code) == LENGTH and all(sign in ALPHABET for sign in code) else None


def grouped(code: str) -> str:
    """The code as it is shown and read aloud: three groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def lookup_hash(secret: bytes, code: str, purpose: str) -> str:
    """What is stored of a code: a keyed hash, useless without the secret."""
    return hmac.new(secret, b"lookup:" + purpose.encode() + b":" + code.encode(), hashlib.sha256).hexdigest()
