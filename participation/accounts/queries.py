"""Reads about participants and staff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Row, bindparam, func, select

from participation.core.database import db
from participation.core.errors import NotFound
from participation.core.policy import Role, Space

from .models import OneTimeLink, Participant, ParticipantKey, RecoveryCode, RoleGrant, Staff, StaffSession

# Asked by every page of somebody who took part, so it is made only once.
_KNOWN_DEVICE = (
    select(ParticipantKey.key_hash, ParticipantKey.participant_id, ParticipantKey.is_shared, ParticipantKey.expires_at)
    .join(Participant, Participant.id == ParticipantKey.participant_id)
    .where(
        ParticipantKey.key_hash == bindparam("key_hash"),
        ParticipantKey.expires_at > bindparam("at"),
        Participant.erased_at.is_(None),
    )
)


def find_participant_key(key_hash: str, *, at: datetime) -> Row[str, int, bool, datetime] | None:
    """The device with this key's hash, unless it was forgotten or its participant erased herself."""
    # straight from the connection: plain columns need nothing of the session, and its look at them costs as much again
    return db.session.connection().execute(_KNOWN_DEVICE, {"key_hash": key_hash, "at": at}).one_or_none()


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


def find_device(key_hash: str) -> ParticipantKey | None:
    """The device with this key's hash, whatever became of its time."""
    return db.session.get(ParticipantKey, key_hash)


def list_devices(participant_id: int) -> Sequence[ParticipantKey]:
    """The devices that are known as one participant's."""
    return (
        db.session.execute(select(ParticipantKey).where(ParticipantKey.participant_id == participant_id))
        .scalars()
        .all()
    )


def find_staff_by_email(email: str) -> Staff | None:
    """Who signs in with this address (lower case), active or not."""
    return db.session.execute(select(Staff).where(Staff.email == email)).scalar_one_or_none()


def find_staff(staff_id: int) -> Staff | None:
    """The member of staff with this number, or None."""
    return db.session.get(Staff, staff_id)


def get_staff(staff_id: int) -> Staff:
    """The member of staff with this number.

    Raises:
        NotFound: there is none.
    """
    found = find_staff(staff_id)
    if found is None:
        raise NotFound
    return found


def list_staff() -> Sequence[Staff]:
    """Everybody who works here or did, by name."""
    return db.session.execute(select(Staff).order_by(Staff.is_active.desc(), Staff.name, Staff.id)).scalars().all()


def list_holders(roles: Iterable[Role]) -> set[int]:
    """Members of staff who hold one of `roles` in any place."""
    held = select(RoleGrant.staff_id).where(RoleGrant.role.in_([str(role) for role in roles])).distinct()
    return set(db.session.execute(held).scalars())


def list_grants_of(staff_ids: Sequence[int]) -> dict[int, list[RoleGrant]]:
    """Roles of several members of staff at once."""
    rows = db.session.execute(select(RoleGrant).where(RoleGrant.staff_id.in_(staff_ids)).order_by(RoleGrant.id))
    found: dict[int, list[RoleGrant]] = {each: [] for each in staff_ids}
    for row in rows.scalars():
        found[row.staff_id].append(row)
    return found


def find_grant(staff_id: int, role: Role, space: Space | None) -> RoleGrant | None:
    """The row of one role of one person in one place."""
    kind, number = (space.kind, space.id) if space else ("everywhere", 0)
    return db.session.execute(
        select(RoleGrant).where(
            RoleGrant.staff_id == staff_id,
            RoleGrant.role == role,
            RoleGrant.space_kind == kind,
            RoleGrant.space_id == number,
        )
    ).scalar_one_or_none()


def list_other_administrators(staff_id: int) -> Sequence[int]:
    """Active administrators beside this one, who have a password and so can really come in. Locked until the commit."""
    rows = db.session.execute(
        select(RoleGrant, Staff)
        .join(Staff, Staff.id == RoleGrant.staff_id)
        .where(RoleGrant.role == Role.ADMINISTRATOR, Staff.is_active)
        .order_by(RoleGrant.id)
        .with_for_update()
    ).all()
    return [staff.id for _grant, staff in rows if staff.id != staff_id and (staff.password_hash or staff.is_demo)]


def count_administrators() -> int:
    """Active administrators who can come in."""
    return len(list_other_administrators(0))


def list_sessions(staff_id: int, *, at: datetime) -> Sequence[StaffSession]:
    """Sign-ins of one member of staff that are still good, the newest first."""
    return (
        db.session.execute(
            select(StaffSession)
            .where(StaffSession.staff_id == staff_id, StaffSession.expires_at > at, StaffSession.is_verified)
            .order_by(StaffSession.seen_at.desc())
        )
        .scalars()
        .all()
    )


def list_recovery_codes(staff_id: int) -> Sequence[RecoveryCode]:
    """Recovery codes of one member of staff that were not used yet."""
    return (
        db.session.execute(
            select(RecoveryCode).where(RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None))
        )
        .scalars()
        .all()
    )


def find_link(token_hash: str, *, at: datetime) -> tuple[OneTimeLink, Staff] | None:
    """The one-time link with this hash and whom it is for, unless it was used, is over, or she left."""
    row = db.session.execute(
        select(OneTimeLink, Staff)
        .join(Staff, Staff.id == OneTimeLink.staff_id)
        .where(
            OneTimeLink.token_hash == token_hash,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > at,
            Staff.is_active,
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def count_invited() -> int:
    """Active people who were invited and have no password yet."""
    return db.session.execute(
        select(func.count()).select_from(Staff).where(Staff.is_active, Staff.password_hash == "", ~Staff.is_demo)
    ).scalar_one()
