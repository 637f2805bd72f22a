"""Makes participants and staff, and lets a browser be theirs."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from participation.accounts.cookies import cookie_name
from participation.accounts.models import Participant, ParticipantKey, RoleGrant, Staff, StaffSession
from participation.accounts.services import hash_key
from participation.core.clock import now
from participation.core.database import db
from participation.core.policy import Actor, Grant, Role, Space
from tests.browser import Browser

_numbers = itertools.count(1)


def make_participant(**facts: Any) -> Participant:
    """Somebody who took part."""
    number = next(_numbers)
    values = {
        "nonce_hash": f"nonce {number}",
        "code_seed": number.to_bytes(16, "big"),
        "return_code_hash": f"return code {number}",
        "created_on": now().date(),
    }
    participant = Participant(**{**values, **facts})
    db.session.add(participant)
    db.session.flush()
    return participant


def make_staff(*roles: Role, space: Space | None = None, **facts: Any) -> Staff:
    """Somebody on the staff with these roles in `space`, or everywhere."""
    number = next(_numbers)
    staff = Staff(**{"email": f"staff{number}@city.example", "name": f"Staff {number}", "created_at": now(), **facts})
    db.session.add(staff)
    db.session.flush()
    for role in roles:
        grant_role(staff, role, space=space)
    return staff


def grant_role(staff: Staff, role: Role, *, space: Space | None = None) -> RoleGrant:
    """One more role."""
    place = {} if space is None else {"space_kind": space.kind, "space_id": space.id}
    grant = RoleGrant(staff_id=staff.id, role=role, granted_at=now(), **place)
    db.session.add(grant)
    db.session.flush()
    return grant


def actor_of(staff: Staff, *grants: Grant) -> Actor:
    """The staff as policies and services see her, for tests without a browser."""
    return Actor(staff_id=staff.id, name=staff.name, grants=frozenset(grants), is_verified=True)


def sign_in(browser: Browser, staff: Staff, **facts: Any) -> Browser:
    """Let `browser` be signed in as `staff`, with password and second factor given."""
    token = f"sign-in {next(_numbers)}"
    values = {
        "token_hash": hash_key(token),
        "staff_id": staff.id,
        "created_at": now(),
        "seen_at": now(),
        "expires_at": now() + timedelta(hours=12),
        "has_password": True,
        "is_verified": True,
    }
    db.session.add(StaffSession(**{**values, **facts}))
    db.session.commit()
    browser.set_cookie(cookie_name("staff"), token)
    return browser


def give_cookie(browser: Browser, participant: Participant, **facts: Any) -> Browser:
    """Let `browser` be a device of `participant`."""
    key = f"device {next(_numbers)}"
    values = {"key_hash": hash_key(key), "participant_id": participant.id, "expires_at": now() + timedelta(days=30)}
    db.session.add(ParticipantKey(**{**values, **facts}))
    db.session.commit()
    browser.set_cookie(cookie_name("key"), key)
    return browser
