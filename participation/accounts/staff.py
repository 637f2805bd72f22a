"""What administrators do: invite people, give and take roles, lock accounts, help those who lost a proof.

Each deed is an audit row. A change of roles ends the person's sign-ins, so that new rights begin with a new sign-in.
"""

from __future__ import annotations

from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from participation.core.audit import note
from participation.core.database import db
from participation.core.errors import Conflict, Invalid, NotAllowed
from participation.core.policy import Actor, Role, Space

from . import links, policy, queries, signing_in
from .models import LinkPurpose, OneTimeLink, RecoveryCode, RoleGrant, Staff

LONGEST_NAME = 120


def invite(email: str, name: str, *, by: Actor, at: datetime) -> Staff:
    """A new member of staff, without a password yet; whoever is invited again stays the same person.

    Raises:
        Invalid: the address or the name cannot be taken, or somebody who already signed in has the address.
    """
    address = _read_email(email)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(_l("Please type the name that colleagues know, in up to 120 characters."), field="name")
    known = queries.find_staff_by_email(address)
    if known is not None:
        if known.password_hash or known.is_demo or not known.is_active:
            raise Invalid(_l("Somebody with this address is on the list already."), field="email")
        return known
    try:
        with db.session.begin_nested():
            staff = Staff(email=address, name=name, created_at=at)
            db.session.add(staff)
    except IntegrityError:
        raise Invalid(_l("Somebody with this address is on the list already."), field="email") from None
    note("staff_invited", f"staff:{staff.id}", by=by, at=at)
    return staff


def grant_role(staff: Staff, role: Role, space: Space | None, *, by: Actor, at: datetime) -> RoleGrant:
    """Give `role` to `staff` in `space`, or everywhere; a role she has stays as it is.

    Raises:
        NotAllowed: she would give it to herself.
        Invalid: the role cannot be held there, or not beside another one of hers.
    """
    if by.staff_id == staff.id:
        raise NotAllowed(_l("Nobody gives herself a role. Please ask another administrator."))
    known = queries.find_grant(staff.id, role, space)
    if known is not None:
        return known
    grant = _add_grant(staff, role, space, by=by, at=at)
    signing_in.end_sessions(staff.id)
    return grant


def found_space(space: Space, role: Role, *, by: Actor, at: datetime) -> None:
    """Give whoever opened `space` her role there; she had the right to open it, so nobody else is asked."""
    staff = queries.find_staff(by.staff_id) if by.staff_id is not None else None
    if staff is not None and queries.find_grant(staff.id, role, space) is None:
        _add_grant(staff, role, space, by=by, at=at)


def revoke_role(staff: Staff, role: Role, space: Space | None, *, by: Actor, at: datetime) -> None:
    """Take `role` from `staff` in that place.

    Raises:
        Conflict: nobody would be left to administer.
    """
    grant = queries.find_grant(staff.id, role, space)
    if grant is None:
        return
    if role is Role.ADMINISTRATOR:
        _keep_one_administrator(staff)
    db.session.delete(grant)
    note("role_revoked", f"staff:{staff.id}", by=by, at=at, space=space, role=str(role))
    signing_in.end_sessions(staff.id)


def deactivate(staff: Staff, *, by: Actor, at: datetime) -> None:
    """Lock an account: its sign-ins end now and nothing lets it in until it is unlocked.

    Raises:
        NotAllowed: it is her own.
        Conflict: nobody would be left to administer.
    """
    if by.staff_id == staff.id:
        raise NotAllowed(_l("Nobody locks her own account. Please ask another administrator."))
    if any(grant.role == Role.ADMINISTRATOR for grant in queries.list_grants(staff.id)):
        _keep_one_administrator(staff)
    staff.is_active = False
    signing_in.end_sessions(staff.id)
    _forget_links(staff)
    note("staff_deactivated", f"staff:{staff.id}", by=by, at=at)


def reactivate(staff: Staff, *, by: Actor, at: datetime) -> None:
    """Unlock an account; its roles are as they were."""
    staff.is_active = True
    note("staff_reactivated", f"staff:{staff.id}", by=by, at=at)


def reset_password(staff: Staff, *, secret: str, by: Actor, at: datetime, form_key: str = "") -> str:
    """Make the old password worthless; gives the secret part of a link to choose a new one."""
    staff.password_hash = ""
    note("staff_password_reset", f"staff:{staff.id}", by=by, at=at)
    return _start_anew(staff, secret=secret, at=at, form_key=form_key)


def reset_authenticator(staff: Staff, *, secret: str, by: Actor, at: datetime, form_key: str = "") -> str:
    """Make the old authenticator and recovery codes worthless; gives the secret part of a link to set up new ones."""
    staff.totp_secret = ""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
    note("staff_authenticator_reset", f"staff:{staff.id}", by=by, at=at)
    return _start_anew(staff, secret=secret, at=at, form_key=form_key)


def make_invitation(staff: Staff, *, secret: str, at: datetime, form_key: str = "") -> str:
    """The secret part of a new link by which somebody invited comes in for the first time."""
    purpose = LinkPurpose.RESET if staff.password_hash else LinkPurpose.INVITATION
    return links.make_link(staff.id, purpose, secret=secret, at=at, form_key=form_key)


def make_demo_link(staff: Staff, at: datetime, *, secret: str) -> str:
    """The secret part of a new link that lets one of the demo's people straight in (loopback only).

    Raises:
        NotAllowed: she is not one of the demo's people.
    """
    if not staff.is_demo:
        raise NotAllowed(_l("Only the demo’s people come in by a link alone."))
    return links.make_link(staff.id, LinkPurpose.DEMO, secret=secret, at=at)


def sign_out_everywhere(staff: Staff, *, by: Actor, at: datetime, but: str = "") -> int:
    """End every sign-in of `staff` (but one of her own); gives how many."""
    ended = signing_in.end_sessions(staff.id, but=but)
    note("staff_signed_out", f"staff:{staff.id}", by=by, at=at, ended=ended)
    return ended


def use_shortcuts(staff: Staff, *, are_on: bool) -> None:
    """Switch single-letter keys on or off for her (WCAG 2.1.4)."""
    staff.uses_shortcuts = are_on
    db.session.flush()


def _add_grant(staff: Staff, role: Role, space: Space | None, *, by: Actor, at: datetime) -> RoleGrant:
    if not policy.is_place_right(role, space):
        if space is None:
            raise Invalid(_l("This role is given in one place. Please choose where."), field="space")
        raise Invalid(_l("This role is given everywhere, not in one place."), field="space")
    held = [grant for grant in queries.list_grants(staff.id) if grant.as_grant().space == space]
    if any(policy.is_apart(role, Role(grant.role)) for grant in held):
        raise Invalid(_l("Nobody releases a summary that she wrote. Please choose somebody else."), field="role")
    kind, number = (space.kind, space.id) if space else ("everywhere", 0)
    grant = RoleGrant(
        staff_id=staff.id, role=role, space_kind=kind, space_id=number, granted_at=at, granted_by=by.staff_id
    )
    db.session.add(grant)
    db.session.flush()
    note("role_granted", f"staff:{staff.id}", by=by, at=at, space=space, role=str(role))
    return grant


def _keep_one_administrator(staff: Staff) -> None:
    if not queries.list_other_administrators(staff.id):
        raise Conflict(_l("Nobody else could administer this site. Please make somebody else an administrator first."))


def _start_anew(staff: Staff, *, secret: str, at: datetime, form_key: str) -> str:
    signing_in.end_sessions(staff.id)
    db.session.flush()
    return links.make_link(staff.id, LinkPurpose.RESET, secret=secret, at=at, form_key=form_key)


def _forget_links(staff: Staff) -> None:
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.staff_id == staff.id))


def _read_email(email: str) -> str:
    try:
        return validate_email(signing_in.normal_email(email), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Invalid(_l("Please type an e-mail address, such as name@city.example."), field="email") from None
