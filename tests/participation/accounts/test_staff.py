"""Rules about staff hold however a deed arrives: page, command, or another room."""

from __future__ import annotations

from typing import Any

import pytest

from participation.accounts import signing_in, staff
from participation.accounts.models import RoleGrant, StaffSession
from participation.core.audit import AuditEntry, find_first_broken_entry
from participation.core.clock import now
from participation.core.database import db
from participation.core.errors import Conflict, Invalid, NotAllowed
from participation.core.policy import SYSTEM, Role, Space
from tests.browser import Browser
from tests.factories.accounts import actor_of, make_staff, sign_in

BUS = Space("consultation", 3)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MODERATOR, Role.ADMINISTRATOR])
def test_nobody_gives_herself_a_role(database: Any, role: Role) -> None:
    person = make_staff(Role.ADMINISTRATOR)

    with pytest.raises(NotAllowed):
        staff.grant_role(person, role, None, by=actor_of(person), at=now())


def test_whoever_opens_a_space_has_her_role_there_and_stays_signed_in(browser: Browser) -> None:
    person = make_staff(Role.OFFICER)
    sign_in(browser, person)

    for _ in range(2):
        staff.found_space(BUS, Role.ORGANISER, by=actor_of(person), at=now())

    assert db.session.query(RoleGrant).filter_by(space_kind="consultation", space_id=3).count() == 1
    assert db.session.query(StaffSession).count() == 1


def test_the_program_itself_needs_no_role(database: Any) -> None:
    staff.found_space(BUS, Role.ORGANISER, by=SYSTEM, at=now())

    assert db.session.query(RoleGrant).count() == 0


def test_a_role_given_twice_is_held_once(database: Any) -> None:
    person = make_staff()

    for _ in range(2):
        staff.grant_role(person, Role.MODERATOR, BUS, by=SYSTEM, at=now())

    assert db.session.query(RoleGrant).count() == 1
    assert db.session.query(AuditEntry).count() == 1


@pytest.mark.parametrize(("first", "second"), [(Role.SUMMARISER, Role.STEWARD), (Role.STEWARD, Role.SUMMARISER)])
def test_nobody_stewards_what_she_summarised(database: Any, first: Role, second: Role) -> None:
    person = make_staff(first, space=BUS)

    with pytest.raises(Invalid):
        staff.grant_role(person, second, BUS, by=SYSTEM, at=now())
    staff.grant_role(person, second, Space("consultation", 4), by=SYSTEM, at=now())


def test_the_last_administrator_stays_whoever_asks(database: Any) -> None:
    person = make_staff(Role.ADMINISTRATOR, password_hash="x")
    make_staff(Role.ADMINISTRATOR, password_hash="x", is_active=False)

    with pytest.raises(Conflict):
        staff.revoke_role(person, Role.ADMINISTRATOR, None, by=SYSTEM, at=now())
    with pytest.raises(Conflict):
        staff.deactivate(person, by=SYSTEM, at=now())


def test_nobody_ends_somebody_elses_sign_in(browser: Browser) -> None:
    mine, other = make_staff(), make_staff()
    sign_in(browser, other)
    name = db.session.query(StaffSession.token_hash).scalar()[:16]

    signing_in.end_named_session(mine.id, name)
    assert db.session.query(StaffSession).count() == 1
    signing_in.end_named_session(other.id, "%")
    assert db.session.query(StaffSession).count() == 1
    signing_in.end_named_session(other.id, name)
    assert db.session.query(StaffSession).count() == 0


def test_inviting_somebody_again_is_the_same_person(database: Any) -> None:
    first = staff.invite("Nova@City.Example", "Nova", by=SYSTEM, at=now())
    second = staff.invite(" nova@city.example ", "Nova W.", by=SYSTEM, at=now())

    assert first.id == second.id


@pytest.mark.parametrize("facts", [{"password_hash": "x"}, {"is_active": False}, {"is_demo": True}])
def test_an_invitation_opens_no_existing_account(database: Any, facts: dict[str, Any]) -> None:
    make_staff(email="nova@city.example", **facts)

    with pytest.raises(Invalid):
        staff.invite("nova@city.example", "Nova", by=SYSTEM, at=now())


def test_only_the_demos_people_get_demo_links(database: Any) -> None:
    with pytest.raises(NotAllowed):
        staff.make_demo_link(make_staff(), now(), secret="s" * 40)


def test_every_deed_is_in_the_log_without_names_or_addresses(database: Any) -> None:
    person = staff.invite("nova@city.example", "Nova Wren", by=SYSTEM, at=now())
    staff.grant_role(person, Role.OFFICER, None, by=SYSTEM, at=now())
    staff.revoke_role(person, Role.OFFICER, None, by=SYSTEM, at=now())
    staff.reset_password(person, secret="s" * 40, by=SYSTEM, at=now())
    staff.reset_authenticator(person, secret="s" * 40, by=SYSTEM, at=now())
    staff.sign_out_everywhere(person, by=SYSTEM, at=now())
    staff.deactivate(person, by=SYSTEM, at=now())
    staff.reactivate(person, by=SYSTEM, at=now())

    entries = db.session.query(AuditEntry).order_by(AuditEntry.number).all()
    assert len(entries) == 8
    assert find_first_broken_entry() is None
    for entry in entries:
        assert "ova" not in f"{entry.subject}{entry.details}{entry.space}"
