"""Passwords: how they are kept, how they are compared, and which are too easy to guess.

Argon2id as OWASP's Password Storage Cheat Sheet asks for (19 MiB, two passes, one lane). Only a few are hashed at once,
so that a flood of sign-ins can exhaust neither memory nor the threads that serve residents. The check against common
passwords (zxcvbn) needs no network.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l

from participation.core.errors import DomainError

SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 128
#: How many are hashed at once (19 MiB each), and how many seconds others wait for their turn.
SEATS = 4
WAIT_SECONDS = 3.0
#: Lowest score of zxcvbn (0–4) that is taken: "safely unguessable", more than 10^8 tries.
LOWEST_SCORE = 3
#: zxcvbn's time grows fast with length; what is strong in its first characters is strong.
LOOKED_AT = 72

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_seats = threading.BoundedSemaphore(SEATS)


class TooManyAtOnce(DomainError):
    """All seats for hashing are taken."""

    status = 429


def hash_password(password: str) -> str:
    """What is kept of a password."""
    with _seat():
        return _hasher.hash(_same_spelling(password))


def is_right(kept: str, typed: str) -> bool:
    """Whether `typed` is the password of which `kept` is kept. Takes as long when nothing is kept."""
    stand_in = _stand_in()
    with _seat():
        try:
            _hasher.verify(kept or stand_in, _same_spelling(typed))
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def is_outdated(kept: str) -> bool:
    """Whether what is kept was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(kept)


def find_weakness(password: str, about_her: Iterable[str]) -> object:
    """A sentence that says why `password` is too easy to guess, or None; `about_her` are words others would try."""
    words = [part for text in about_her for part in text.replace("@", " ").replace(".", " ").split()]
    rest = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word.casefold(), "") if len(word) > 2 else rest
    if sum(character.isalnum() for character in rest) < SHORTEST_PASSWORD // 2:
        return _l("This is mostly a name or an address that others know. Please choose other words.")
    from zxcvbn import zxcvbn  # its lists take a while to load, and few requests choose a password

    found = zxcvbn(_same_spelling(password)[:LOOKED_AT], user_inputs=words)
    if found["score"] < LOWEST_SCORE:
        return _l("This password is easy to guess. Four or five words that do not belong together are hard to guess.")
    return None


@contextmanager
def _seat() -> Iterator[None]:
    if not _seats.acquire(timeout=WAIT_SECONDS):
        raise TooManyAtOnce(_l("Many people are signing in at this moment. Please try again in a minute."))
    try:
        yield
    finally:
        _seats.release()


@lru_cache(maxsize=1)
def _stand_in() -> str:
    """A hash of nobody's password, compared with what is typed for an address nobody has."""
    return _hasher.hash(secrets.token_hex(16))


def _same_spelling(password: str) -> str:
    """The same characters however a keyboard makes them (NIST SP 800-63B, 2017: NFKC)."""
    return unicodedata.normalize("NFKC", password)
