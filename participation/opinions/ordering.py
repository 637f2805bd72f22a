"""Which statement somebody sees next: one of the least seen, in an order of her own. Pure.

Every statement should get about as many votes as every other, and no two people should see the same order, so that what
comes first sways nobody in particular (issue: "least seen first, seeded per person").
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

#: Statements seen at most this many times more than the least seen one count as equally little seen.
SLACK = 2


def next_statement(seen: Mapping[int, int], *, seed: str) -> int | None:
    """The statement to show next, of `seen` (statement → votes so far); None when there is none.

    Among those within `SLACK` votes of the least seen, the one whose keyed hash is smallest: the same for the same
    person and the same votes, different between people.
    """
    if not seen:
        return None
    least = min(seen.values())
    little_seen = [number for number, votes in seen.items() if votes <= least + SLACK]
    key = blake2b(seed.encode(), digest_size=32).digest()
    return min(little_seen, key=lambda number: (_place(key, number), number))


def _place(key: bytes, number: int) -> bytes:
    return blake2b(str(number).encode(), key=key, digest_size=8).digest()
