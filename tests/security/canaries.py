"""Canaries: words that stand in one private place each, so that they can be found wherever they leak to."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

#: Every canary looks like this: nothing that escapes, folds or counts letters changes it.
LOOKS = re.compile(rb"zq(?:[0-9]{4})[a-z]{2}zq")
TAGS = re.compile(rb"<[^>]*>")
NOT_WORDS = re.compile(rb"[^0-9A-Za-z]+")
#: Letters at the end that say nothing; they make a canary longer than any number on a page.
END = "kx"


@dataclass(frozen=True)
class Canary:
    """One word in one private place."""

    token: str
    #: what it stands in, as canaries.toml names it
    kind: str
    #: name of the place (consultation) it belongs to, or empty
    place: str = ""
    #: name of the actor whose it is, or empty
    owner: str = ""


@dataclass
class Canaries:
    """All that were planted."""

    by_token: dict[str, Canary] = field(default_factory=dict)
    #: secrets that cannot be chosen, such as return codes; looked for letter by letter
    given: dict[str, Canary] = field(default_factory=dict)
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def plant(self, kind: str, *, place: str = "", owner: str = "") -> str:
        """A new canary; put it where `kind` says."""
        token = f"zq{next(self._numbers):04d}{END}zq"
        self.by_token[token] = Canary(token, kind, place, owner)
        return token

    def note(self, secret: str, kind: str, *, place: str = "", owner: str = "") -> None:
        """Look for a secret that the program made itself."""
        self.given[secret] = Canary(secret, kind, place, owner)

    def found_in(self, data: bytes) -> set[Canary]:
        """Every canary in what was sent."""
        found = {self.by_token[each.decode()] for each in set(LOOKS.findall(data)) if each.decode() in self.by_token}
        if self.given:
            # codes are shown in groups, in other scripts' digits too; letters and digits alone are compared
            joined = NOT_WORDS.sub(b"", data) + b" " + NOT_WORDS.sub(b"", TAGS.sub(b"", data))
            found |= {each for secret, each in self.given.items() if secret.encode() in joined}
        return found
