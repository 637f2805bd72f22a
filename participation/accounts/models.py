"""Tables of who is there: participants without accounts, their devices, and the staff with roles and sign-ins."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base
from participation.core.policy import Grant, Role, Space


class Origin(enum.StrEnum):
    """How somebody came to be in the records."""

    #: took part herself, on a device
    DEVICE = "device"
    #: staff wrote down what she said or put on paper
    STAFF = "staff"
    #: came with an imported conversation
    IMPORT = "import"


class Participant(Base):
    """One person (or one group that spoke with one voice) who took part. No name, no address, no account."""

    __tablename__ = "participant"

    #: internal number; never shown, never exported
    id: Mapped[int] = mapped_column(primary_key=True)
    #: hash of the form key she was made from; unique, so that a double tap makes one person
    nonce_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: random seed from which, with the secret, her return code can be worked out again
    code_seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    #: keyed hash of her return code, to find her by it
    return_code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: how she came to be in the records
    origin: Mapped[Origin] = mapped_column(String(10), default=Origin.DEVICE)
    #: day of her first contribution; no time, we do not need it
    created_on: Mapped[date]
    #: when she erased herself; the row stays empty so that counts stay true until the next release
    erased_at: Mapped[datetime | None]


class ParticipantKey(Base):
    """One device that is known as one participant's: the hash of the key in its cookie."""

    __tablename__ = "participant_key"

    #: SHA-256 of the key in the cookie, hexadecimal
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    #: whether others use this device: forgets after minutes, keeps no drafts
    is_shared: Mapped[bool] = mapped_column(default=False)
    #: moment from which the key is no longer accepted
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Staff(Base):
    """One person who works for the city or a partner."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: lower-case address she signs in with
    email: Mapped[str] = mapped_column(String(200), unique=True)
    #: name colleagues see; residents see roles only
    name: Mapped[str] = mapped_column(String(120))
    #: argon2id hash, or empty until she has chosen a password
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    #: random seed (hexadecimal) from which, with the program's secret, her authenticator's secret is worked out; empty
    #: until it is set up. Whoever steals the database alone cannot make codes.
    totp_secret: Mapped[str] = mapped_column(String(64), default="")
    #: last time step (30 seconds each) that was used, so that a code works once
    totp_last_step: Mapped[int] = mapped_column(default=0)
    #: whether she may sign in at all
    is_active: Mapped[bool] = mapped_column(default=True)
    #: whether this is one of the demo's people, who may sign in by one-time link on loopback
    is_demo: Mapped[bool] = mapped_column(default=False)
    #: whether single-letter keys work for her (WCAG 2.1.4)
    uses_shortcuts: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class RoleGrant(Base):
    """One role of one person in one space, or in all of them."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("staff_id", "role", "space_kind", "space_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    #: what she is entrusted with
    role: Mapped[Role] = mapped_column(String(30))
    #: kind of space, or "everywhere"
    space_kind: Mapped[str] = mapped_column(String(20), default="everywhere")
    #: id of the space; 0 with "everywhere"
    space_id: Mapped[int] = mapped_column(default=0)
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    def as_grant(self) -> Grant:
        """This row as the policies know it."""
        space = None if self.space_kind == "everywhere" else Space(self.space_kind, self.space_id)
        return Grant(Role(self.role), space)


class Door(enum.StrEnum):
    """How somebody began to sign in; it decides what she still has to show."""

    PASSWORD = "password"  # noqa: S105  a word, not a secret
    INVITATION = "invitation"
    RESET = "reset"
    DEMO = "demo"


class StaffSession(Base):
    """One sign-in of one member of staff on one browser; until it is verified it opens nothing but the next step."""

    __tablename__ = "staff_session"

    #: SHA-256 of the opaque value in the cookie
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    #: last click, written once a minute
    seen_at: Mapped[datetime]
    #: end, whatever happens
    expires_at: Mapped[datetime] = mapped_column(index=True)
    #: how she came in
    came_by: Mapped[Door] = mapped_column(String(12), default=Door.PASSWORD)
    #: whether her password was given (or just chosen) in this sign-in
    has_password: Mapped[bool] = mapped_column(default=False)
    #: whether the second factor was given
    is_verified: Mapped[bool] = mapped_column(default=False)
    #: last time she proved again who she is, for the gravest deeds
    stepped_up_at: Mapped[datetime | None]


class LinkPurpose(enum.StrEnum):
    """What a one-time link is for; one of one kind is none of another."""

    INVITATION = "invitation"
    RESET = "reset"
    DEMO = "demo"


class OneTimeLink(Base):
    """One link that lets one member of staff in, once, for one purpose."""

    __tablename__ = "one_time_link"
    __table_args__ = (CheckConstraint("used_at IS NULL OR used_at >= created_at", name="used_after_created"),)

    #: keyed hash of the secret part
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    #: what it lets her do
    purpose: Mapped[LinkPurpose] = mapped_column(String(12))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One code that stands in for a lost authenticator, once."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index(None, "staff_id", "code_hash", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    #: keyed hash of the code
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]
