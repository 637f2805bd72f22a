"""Writes about participants: meeting somebody for the first time, knowing her again, forgetting her.

The key of a participant's first device is derived from the key of the first form she sent, so that the same form sent
twice meets the same person, with the same cookie (rule P4).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, update
from sqlalchemy.exc import IntegrityError

from participation.core import codes
from participation.core.database import db
from participation.core.events import participant_erased

from .models import OneTimeLink, Origin, Participant, ParticipantKey, StaffSession
from .queries import find_participant_by_code, find_participant_by_nonce

RETURN_CODE = "return-code"


def hash_key(key: str) -> str:
    """What is stored of a secret with 256 bits of its own: its SHA-256, hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def first_key(form_key: str, *, secret: str) -> str:
    """The device key that belongs to the first form somebody sent."""
    return hmac.new(secret.encode(), b"participant-key:" + form_key.encode(), hashlib.sha256).hexdigest()


def meet_participant(form_key: str, *, secret: str, at: datetime, lasts: timedelta, is_shared: bool) -> Participant:
    """The participant made from this form: a new one the first time, the same one every time after."""
    nonce_hash = hash_key("nonce:" + form_key)
    known = find_participant_by_nonce(nonce_hash)
    if known is not None:
        return known
    try:
        with db.session.begin_nested():
            participant = make_participant(Origin.DEVICE, nonce_hash=nonce_hash, secret=secret, at=at)
            key_hash = hash_key(first_key(form_key, secret=secret))
            db.session.add(
                ParticipantKey(
                    key_hash=key_hash, participant_id=participant.id, is_shared=is_shared, expires_at=at + lasts
                )
            )
            db.session.flush()
    except IntegrityError:
        known = find_participant_by_nonce(nonce_hash)
        if known is None:
            raise
        return known
    return participant


def make_participant(origin: Origin, *, nonce_hash: str | None = None, secret: str, at: datetime) -> Participant:
    """A new participant with a return code of her own; without a device yet."""
    participant = Participant(**new_participant_row(origin, nonce_hash=nonce_hash, secret=secret, at=at))
    db.session.add(participant)
    db.session.flush()
    return participant


def new_participant_row(origin: Origin, *, nonce_hash: str | None = None, secret: str, at: datetime) -> dict[str, Any]:
    """The columns of a new participant, for one row or for many at once."""
    seed = secrets.token_bytes(16)
    code = codes.derive(secret.encode(), seed, RETURN_CODE)
    return {
        "nonce_hash": nonce_hash or secrets.token_hex(32),
        "code_seed": seed,
        "return_code_hash": codes.lookup_hash(secret.encode(), code, RETURN_CODE),
        "origin": origin,
        "created_on": at.date(),
    }


def return_code(participant: Participant, *, secret: str) -> str:
    """Her return code, 12 characters; worked out again from the seed, never stored."""
    return codes.derive(secret.encode(), participant.code_seed, RETURN_CODE)


def come_back(
    typed: str, *, secret: str, at: datetime, lasts: timedelta, is_shared: bool
) -> tuple[Participant, str] | None:
    """The participant with this return code and a new key for this device, or None.

    `typed` may have spaces, hyphens, small letters and digits of any script.
    """
    try:
        code = codes.parse(typed)
    except codes.UnreadableCode:
        return None
    participant = find_participant_by_code(codes.lookup_hash(secret.encode(), code, RETURN_CODE))
    if participant is None:
        return None
    key = secrets.token_urlsafe(32)
    db.session.add(
        ParticipantKey(
            key_hash=hash_key(key), participant_id=participant.id, is_shared=is_shared, expires_at=at + lasts
        )
    )
    db.session.flush()
    return participant, key


def forget_device(key_hash: str) -> None:
    """This device is nobody's any more."""
    db.session.execute(delete(ParticipantKey).where(ParticipantKey.key_hash == key_hash))


def keep_device(key_hash: str, *, until: datetime) -> None:
    """Remember this device until `until`."""
    db.session.execute(update(ParticipantKey).where(ParticipantKey.key_hash == key_hash).values(expires_at=until))


def share_device(key_hash: str, *, is_shared: bool, until: datetime) -> None:
    """Note whether others use this device, and until when it is remembered."""
    db.session.execute(
        update(ParticipantKey).where(ParticipantKey.key_hash == key_hash).values(is_shared=is_shared, expires_at=until)
    )


def erase_participant(participant: Participant, erasers: Iterable[Callable[[int], None]], *, at: datetime) -> None:
    """Take everything of hers away: first what each room keeps (`erasers`), then who she is."""
    participant_id = participant.id
    for erase in erasers:
        erase(participant_id)
    forget_participant(participant, at=at)
    participant_erased.send(participant_id)


def tidy_accounts(connection: Connection, at: datetime) -> tuple[str, int]:
    """Throw away devices, sign-ins and links whose time is over."""
    idle = at - timedelta(days=1)
    old = (
        delete(ParticipantKey).where(ParticipantKey.expires_at <= at),
        delete(StaffSession).where(or_(StaffSession.expires_at <= at, StaffSession.seen_at < idle)),
        delete(OneTimeLink).where(or_(OneTimeLink.expires_at <= at, OneTimeLink.used_at < idle)),
    )
    return "sign-ins, devices and links", sum(connection.execute(each).rowcount for each in old)


def describe_self(participant: Participant, devices: Iterable[ParticipantKey]) -> list[dict[str, object]]:
    """What is kept about who she is, for her own copy."""
    return [
        {"took_part_first_on": participant.created_on.isoformat(), "came_by": str(participant.origin)},
        *(
            {"device_remembered_until": each.expires_at.isoformat(), "shared_device": each.is_shared}
            for each in devices
        ),
    ]


def forget_participant(participant: Participant, *, at: datetime) -> None:
    """Empty the participant's row and forget her devices; slices empty their own rows before (registry.erasers)."""
    db.session.execute(delete(ParticipantKey).where(ParticipantKey.participant_id == participant.id))
    participant.erased_at = at
    participant.code_seed = bytes(16)
    participant.return_code_hash = secrets.token_hex(32)
    participant.nonce_hash = secrets.token_hex(32)
    db.session.flush()
