"""Reads about participants and staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from participation.core.database import db

from .models import Participant, ParticipantKey, RoleGrant, Staff, StaffSession


def find_participant_key(key_hash: str, *, at: datetime) -> ParticipantKey | None:
    """The device with this key's hash, unless it was forgotten or its participant erased herself."""
    return db.session.execute(
        select(ParticipantKey)
        .join(Participant, Participant.id == ParticipantKey.participant_id)
        .where(ParticipantKey.key_hash == key_hash, ParticipantKey.expires_at > at, Participant.erased_at.is_(None))
    ).scalar_one_or_none()


def find_participant_by_nonce(nonce_hash: str) -> Participant | None:
    """Who was made from the form with this key's hash."""
    return db.session.execute(select(Participant).where(Participant.nonce_hash == nonce_hash)).scalar_one_or_none()


def find_participant_by_code(code_hash: str) -> Participant | None:
    """Whose return code has this hash, unless she erased herself."""
    return db.session.execute(
        select(Participant).where(Participant.return_code_hash == code_hash, Participant.erased_at.is_(None))
    ).scalar_one_or_none()


def get_participant(participant_id: int) -> Participant:
    """The participant with this number."""
    return db.session.get_one(Participant, participant_id)


def find_staff_session(token_hash: str, *, at: datetime, idle_since: datetime) -> tuple[StaffSession, Staff] | None:
    """The live sign-in with this hash and its person: not expired, clicked since `idle_since`, still active."""
    row = db.session.execute(
        select(StaffSession, Staff)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(
            StaffSession.token_hash == token_hash,
            StaffSession.expires_at > at,
            StaffSession.seen_at > idle_since,
            Staff.is_active,
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def list_grants(staff_id: int) -> Sequence[RoleGrant]:
    """Every role of one member of staff."""
    return db.session.execute(select(RoleGrant).where(RoleGrant.staff_id == staff_id)).scalars().all()
