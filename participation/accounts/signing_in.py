"""How staff come in: sign-ins under way and finished, the two proofs, one-time links.

A sign-in is a row from its first step on; what it still needs is worked out from how it began (`next_step`). Every step
forward gives it a new name (rotation), so a value planted or seen before is worth nothing afterwards.
"""

from __future__ import annotations

import enum
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, update

from participation.core import codes
from participation.core.audit import note
from participation.core.database import db
from participation.core.errors import Invalid, NotFound
from participation.core.policy import Actor

from . import authenticator, passwords, queries
from .models import Door, RecoveryCode, Staff, StaffSession
from .services import hash_key

#: How long somebody may take between her password and her code.
PENDING_LASTS = timedelta(minutes=20)
#: How long a proof counts as fresh for the gravest deeds.
FRESH_LASTS = timedelta(minutes=5)


class Step(enum.Enum):
    """What a sign-in under way needs next."""

    CHOOSE_PASSWORD = "choose_password"  # noqa: S105  a word, not a secret
    GIVE_PASSWORD = "give_password"  # noqa: S105
    SET_UP_AUTHENTICATOR = "set_up_authenticator"
    GIVE_CODE = "give_code"
    #: she has to ask an administrator for a new link
    ASK_FOR_LINK = "ask_for_link"


@dataclass(frozen=True)
class Terms:
    """How long sign-ins last, from the settings."""

    idle: timedelta
    longest: timedelta


def next_step(session: StaffSession, staff: Staff) -> Step:
    """What is missing until this sign-in opens the staff's pages."""
    came_by_link = session.came_by in {Door.INVITATION, Door.RESET}
    if not staff.password_hash:
        return Step.CHOOSE_PASSWORD if came_by_link else Step.ASK_FOR_LINK
    if not session.has_password:
        return Step.GIVE_PASSWORD
    if not staff.totp_secret:
        return Step.SET_UP_AUTHENTICATOR if came_by_link else Step.ASK_FOR_LINK
    return Step.GIVE_CODE


# -- Passwords. Hashing takes tens of milliseconds, so it is done while no transaction is open: on SQLite a request
#    that may write holds the one write lock from its first question on.


def check_password(email: str, typed: str) -> int | None:
    """The number of whoever has this address and password, or None; takes the same time for an unknown address."""
    staff = queries.find_staff_by_email(normal_email(email))
    known = (staff.id, staff.password_hash) if staff is not None and staff.is_active else (0, "")
    db.session.rollback()
    if not passwords.is_right(known[1], typed):
        return None
    if passwords.is_outdated(known[1]):
        fresh = passwords.hash_password(typed)
        db.session.execute(update(Staff).where(Staff.id == known[0]).values(password_hash=fresh))
    return known[0]


def is_her_password(staff: Staff, typed: str) -> bool:
    """Whether `typed` is the password of somebody who is already known."""
    kept = staff.password_hash
    db.session.rollback()
    return passwords.is_right(kept, typed)


def choose_password(staff: Staff, password: str, *, about_city: str, by: Actor, at: datetime) -> None:
    """Let `password` be hers from now on.

    Raises:
        Invalid: it is easy to guess.
    """
    staff_id, about_her = staff.id, [staff.name, staff.email, about_city]
    db.session.rollback()
    weakness = passwords.find_weakness(password, about_her)
    if weakness is not None:
        raise Invalid(weakness, field="password")
    kept = passwords.hash_password(password)
    db.session.execute(update(Staff).where(Staff.id == staff_id).values(password_hash=kept))
    note("staff_password_chosen", f"staff:{staff_id}", by=by, at=at)


def normal_email(email: str) -> str:
    """The one spelling of an address."""
    return email.strip().lower()


# -- Sign-ins


def begin(staff_id: int, door: Door, *, at: datetime, has_password: bool = False) -> str:
    """A new sign-in that still has to be verified; gives the value of its cookie."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        StaffSession(
            token_hash=hash_key(token),
            staff_id=staff_id,
            created_at=at,
            seen_at=at,
            expires_at=at + PENDING_LASTS,
            came_by=door,
            has_password=has_password,
        )
    )
    db.session.flush()
    return token


def rotate(session: StaffSession, *, at: datetime) -> str:
    """Give a sign-in a new name and forget the old one; gives the new value of its cookie."""
    token = secrets.token_urlsafe(32)
    renamed = db.session.execute(
        update(StaffSession)
        .where(StaffSession.token_hash == session.token_hash)
        .values(token_hash=hash_key(token), seen_at=at)
        .execution_options(synchronize_session=False)
    )
    if int(renamed.rowcount) != 1:  # type: ignore[attr-defined]
        raise NotFound(_l("This sign-in is over. Please sign in again."))
    db.session.expire_all()
    return token


def finish(session: StaffSession, *, terms: Terms, by: Actor, at: datetime) -> str:
    """Open the staff's pages to a sign-in that gave every proof; gives the new value of its cookie."""
    session.is_verified = True
    session.stepped_up_at = at
    session.expires_at = at + terms.longest
    note("staff_signed_in", f"staff:{session.staff_id}", by=by, at=at, door=str(session.came_by))
    db.session.flush()
    return rotate(session, at=at)


def note_password(session: StaffSession, *, at: datetime) -> str:
    """Note that her password was given or chosen in this sign-in; gives the new value of the cookie."""
    session.has_password = True
    db.session.flush()
    return rotate(session, at=at)


def get_session(token_hash: str) -> StaffSession:
    """The sign-in with this hash."""
    return db.session.get_one(StaffSession, token_hash)


def prove_again(session: StaffSession, *, at: datetime) -> str:
    """Note that she proved once more who she is; gives the new value of the cookie."""
    session.stepped_up_at = at
    db.session.flush()
    return rotate(session, at=at)


def end_session(token_hash: str) -> None:
    """End one sign-in; its cookie opens nothing from the commit on."""
    db.session.execute(delete(StaffSession).where(StaffSession.token_hash == token_hash))


def end_sessions(staff_id: int, *, but: str = "") -> int:
    """End every sign-in of one person, except the one with the hash `but`; gives how many."""
    ended = db.session.execute(
        delete(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.token_hash != but)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def end_named_session(staff_id: int, name: str) -> None:
    """End that sign-in of hers whose hash begins with `name` (as her account page lists them)."""
    db.session.execute(
        delete(StaffSession).where(
            StaffSession.staff_id == staff_id, StaffSession.token_hash.startswith(name, autoescape=True)
        )
    )


# -- The second proof


def take_code(staff: Staff, typed: str, *, secret: str, at: datetime) -> bool:
    """Whether `typed` is her authenticator's code or one of her recovery codes; either is used up by it."""
    digits = authenticator.read_digits(typed)
    if digits is not None:
        return _use_step(staff, staff.totp_secret, digits, secret=secret, at=at)
    try:
        code = codes.parse(typed)
    except codes.UnreadableCode:
        return False
    return _use_recovery_code(staff, code, secret=secret, at=at)


def set_up_authenticator(staff: Staff, seed: str, typed: str, *, secret: str, by: Actor, at: datetime) -> None:
    """Make the authenticator with `seed` hers, when `typed` shows that it works.

    Raises:
        Invalid: the code is another one.
    """
    digits = authenticator.read_digits(typed)
    if digits is None or not _use_step(staff, seed, digits, secret=secret, at=at):
        raise Invalid(
            _l("This is not the code that the app shows now. Please type the six digits you see."), field="code"
        )
    db.session.execute(update(Staff).where(Staff.id == staff.id).values(totp_secret=seed))
    note("staff_authenticator_set_up", f"staff:{staff.id}", by=by, at=at)
    db.session.expire(staff)


def make_recovery_codes(staff_id: int, seed: str, *, secret: str, by: Actor, at: datetime) -> list[str]:
    """Ten new recovery codes, worked out from `seed`; the old ones are worth nothing any more. Shown once."""
    made = authenticator.recovery_codes(seed, secret=secret)
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    rows = [{"staff_id": staff_id, "code_hash": authenticator.recovery_hash(code, secret=secret)} for code in made]
    db.session.execute(insert(RecoveryCode), rows)
    note("staff_recovery_codes_made", f"staff:{staff_id}", by=by, at=at)
    db.session.flush()
    return made


def _use_step(staff: Staff, seed: str, digits: str, *, secret: str, at: datetime) -> bool:
    if not seed:
        return False
    step = authenticator.matching_step(seed, digits, secret=secret, at=at, after_step=staff.totp_last_step)
    if step is None:
        return False
    # of two requests with the same code one gets it
    used = db.session.execute(
        update(Staff).where(Staff.id == staff.id, Staff.totp_last_step < step).values(totp_last_step=step)
    )
    return int(used.rowcount) == 1  # type: ignore[attr-defined]


def _use_recovery_code(staff: Staff, code: str, *, secret: str, at: datetime) -> bool:
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.staff_id == staff.id,
            RecoveryCode.code_hash == authenticator.recovery_hash(code, secret=secret),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
    )
    if int(used.rowcount) != 1:  # type: ignore[attr-defined]
        return False
    note("staff_recovery_code_used", f"staff:{staff.id}", by=Actor(staff_id=staff.id), at=at)
    return True
