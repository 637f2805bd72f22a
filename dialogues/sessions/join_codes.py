"""The code of six characters that leads to a session: made, shown, found, changed when it leaked.

It is worked out from a seed and the program's secret, so that it can be printed and shown on the wall; what is looked
up is its hash. 30 bits are few, so it works for one session only, guesses are limited by network, and it opens nothing
but the waiting room.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from participation.core import audit, codes
from participation.core.database import db
from participation.core.policy import Actor

from . import queries
from .models import DialogueSession, JoinCode

#: What these codes are hashed and derived for.
JOIN_CODE = "join-code"


def open_code(session: DialogueSession, *, secret: str, by: Actor, at: datetime) -> str:
    """The code that works now; the first one is made here."""
    found = queries.find_open_code(session.id)
    return _spell(found.seed, secret) if found is not None else _make(session, secret=secret, by=by, at=at)


def shown_code(session: DialogueSession, *, secret: str) -> str:
    """The code that works now, or an empty text; only looks."""
    found = queries.find_open_code(session.id)
    return _spell(found.seed, secret) if found is not None else ""


def change_code(session: DialogueSession, *, secret: str, by: Actor, at: datetime) -> str:
    """A new code in place of all that work, of which one leaked; who is in stays in."""
    queries.lock_session(session.id)  # two who change it at once leave one that works
    for each in queries.list_open_codes(session.id):
        each.closed_at = at
    return _make(session, secret=secret, by=by, at=at)


def find_by_code(typed: str, *, secret: str) -> DialogueSession | None:
    """The session somebody means by what she typed; None where no working code reads like that."""
    try:
        code = codes.parse(typed, codes.SHORT_LENGTH)
    except codes.UnreadableCode:
        return None
    return queries.find_by_code(codes.lookup_hash(secret.encode(), code, JOIN_CODE))


def _make(session: DialogueSession, *, secret: str, by: Actor, at: datetime) -> str:
    """A code no other session has or had."""
    while True:
        seed = secrets.token_hex(16)
        code = _spell(seed, secret)
        code_hash = codes.lookup_hash(secret.encode(), code, JOIN_CODE)
        if not queries.is_code_taken(code_hash):
            break
    db.session.add(JoinCode(session_id=session.id, code_hash=code_hash, seed=seed, made_at=at))
    db.session.flush()
    audit.note("join_code_made", f"session:{session.id}", by=by, at=at, space=session.space)
    return code


def _spell(seed: str, secret: str) -> str:
    return codes.derive(secret.encode(), bytes.fromhex(seed), JOIN_CODE)[: codes.SHORT_LENGTH]
