"""How rows of the audit log are chained, so that whoever changes one leaves a mark.

Pure arithmetic: the rows themselves, and appending to them, live in `core.audit`. Each row's hash covers the hash of
the row before it, so an edited, deleted, swapped or inserted row breaks the chain at that place. What a chain alone
cannot show is a shortened tail, or a rewriting of everything from some row on by somebody who owns the database:
for that the last hash is kept elsewhere from time to time, as an `Anchor`, and asked for when verifying.

A row's hash is SHA-256 over three lines: ``participation audit 1``, the hash of the row before, and its facts as
canonical JSON (the last without a line end). Canonical JSON is UTF-8 with sorted keys and no spaces, after RFC 8785
(June 2020), restricted to what has one spelling everywhere: text, whole numbers, true, false, null, lists and objects
with text keys. Numbers with a point and lone surrogates are refused; so is anything a database might hand back
differently from how it was given.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

#: The "hash before" of the first row.
GENESIS = "0" * 64
_FORMAT = b"participation audit 1\n"
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


class UnchainableFacts(ValueError):
    """Facts that have no single spelling as JSON, so that their hash would not mean anything later."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What was once read at one place of the chain and kept somewhere the database's owner cannot reach."""

    #: Number of the row, counted from 1.
    number: int
    #: Its hash at that moment.
    hash: str


def canonical_json(facts: Mapping[str, Any]) -> bytes:
    """The one spelling of ``facts`` as JSON, in UTF-8.

    Raises:
        UnchainableFacts: something in it is no text, whole number, truth value, null, list or object.
    """
    _check(facts)
    try:
        return _encode(facts).encode()
    except (UnicodeEncodeError, RecursionError) as trouble:
        raise UnchainableFacts from trouble


def entry_hash(previous_hash: str, facts: Mapping[str, Any]) -> str:
    """64 hexadecimal digits that stand for this row and, through ``previous_hash``, for all rows before it."""
    return sha256(_FORMAT + previous_hash.encode() + b"\n" + canonical_json(facts)).hexdigest()


def first_broken(
    rows: Iterable[tuple[Mapping[str, Any], str, str]],
    *,
    after: Anchor | None = None,
    until: Iterable[Anchor] = (),
) -> int | None:
    """Number of the first row that does not fit, or None when the whole chain holds.

    ``rows`` are (facts, hash of the row before, own hash) in order; facts carry their own place as ``number``. With
    ``after`` the rows begin behind that anchor instead of at row 1. Anchors in ``until`` must be met: a chain that ends
    before one is broken at its first missing row.
    """
    number, previous = (after.number, after.hash) if after else (0, GENESIS)
    anchored = {anchor.number: anchor.hash for anchor in until if anchor.number > number}
    for facts, previous_hash, own_hash in rows:
        number += 1
        if facts.get("number") != number or previous_hash != previous or not _fits(facts, previous_hash, own_hash):
            return number
        if anchored.pop(number, own_hash) != own_hash:
            return number
        previous = own_hash
    return number + 1 if anchored else None


def _fits(facts: Mapping[str, Any], previous_hash: str, own_hash: str) -> bool:
    try:
        return entry_hash(previous_hash, facts) == own_hash
    except UnchainableFacts:
        return False


def _check(value: object) -> None:
    """Refuse what JSON or a database may spell in more than one way. Truth values are whole numbers to Python."""
    if value is None or isinstance(value, (str, int)):
        return
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise UnchainableFacts("a key that is not text")
        for each in value.values():
            _check(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            _check(each)
    else:
        raise UnchainableFacts(type(value).__name__)
