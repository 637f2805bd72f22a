"""Administrators look after accounts; nobody can lock everybody out or help herself."""

from __future__ import annotations

from typing import Any

import pytest

from participation.accounts.models import OneTimeLink, RoleGrant, Staff, StaffSession
from participation.core.audit import AuditEntry
from participation.core.database import db
from participation.core.policy import Role, Space
from participation.core.registry import Registry, SpaceDescription
from tests.browser import Browser
from tests.factories.accounts import make_staff, sign_in
from tests.fixtures.time import Clock
from tests.participation.accounts.conftest import PASSWORD, SEED, make_colleague

BUS = Space("consultation", 3)


@pytest.fixture
def places(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """One consultation to give roles in."""

    def describe(ids: Any, language: str) -> dict[int, SpaceDescription]:
        known = {3: SpaceDescription(BUS, "Evenings on the bus", "/en/c/bus", "en", "ltr")}
        return {each: known[each] for each in ids if each in known}

    registry: Registry = browser.application.extensions["registry"]
    monkeypatch.setitem(registry.list_spaces, "consultation", lambda: [3])
    monkeypatch.setitem(registry.describe_spaces, "consultation", describe)


@pytest.fixture
def administrator(browser: Browser, clock: Clock) -> Staff:
    """An administrator signed in a moment ago."""
    person = make_staff(Role.ADMINISTRATOR, name="Ada", password_hash="x", totp_secret=SEED)
    sign_in(browser, person, stepped_up_at=clock.now)
    return person


def verbs() -> list[str]:
    return [verb for (verb,) in db.session.query(AuditEntry.verb).order_by(AuditEntry.number)]


def roles_of(person: Staff) -> set[str]:
    return {str(row.as_grant().role) for row in db.session.query(RoleGrant).filter_by(staff_id=person.id)}


def test_the_list_shows_everybody_with_roles(browser: Browser, administrator: Staff, places: None) -> None:
    make_staff(Role.MODERATOR, space=BUS, name="Bo")
    make_staff(name="Cy", is_active=False)

    page = browser.get("/en/staff/people")

    assert "Moderator Evenings on the bus" in page.words
    assert "Locked" in page.words


def test_an_invitation_is_shown_once_and_works(browser: Browser, administrator: Staff, places: None) -> None:
    page = browser.get("/en/staff/people/invite")

    page = browser.send(
        page, name="Nova Wren", email=" Nova@City.Example ", role="moderator", space="consultation:3", queries=20
    )

    link = page.soup.select_one(".link-to-copy").get_text(strip=True)  # type: ignore[union-attr]
    assert "127.0.0.1:8000/en/enter/" in link
    assert browser.application.test_client().get(link.partition(":8000")[2]).heading == "Welcome"
    nova = db.session.query(Staff).filter_by(email="nova@city.example").one()
    assert roles_of(nova) == {"moderator"}
    assert verbs() == ["staff_invited", "role_granted"]


def test_pressing_twice_invites_once_and_shows_the_same_link(browser: Browser, administrator: Staff) -> None:
    page = browser.get("/en/staff/people/invite")
    facts = {"name": "Nova", "email": "nova@city.example", "role": "officer", "queries": 20}

    first, second = browser.send(page, **facts), browser.send(page, **facts)

    assert first.soup.select_one(".link-to-copy") == second.soup.select_one(".link-to-copy")
    assert db.session.query(Staff).count() == 2
    assert db.session.query(OneTimeLink).count() == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"email": "no address"}, "e-mail address, such as"),
        ({"email": "taken@city.example"}, "on the list already"),
        ({"name": "  "}, "name that colleagues know"),
        ({"role": ""}, "choose a role"),
        ({"role": "steward"}, "given in one place"),
        ({"role": "administrator", "space": "consultation:3"}, "given everywhere"),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_kept(
    browser: Browser, administrator: Staff, places: None, changes: dict[str, str], says: str
) -> None:
    make_staff(email="taken@city.example", password_hash="x")
    facts = {"name": "Nova", "email": "nova@city.example", "role": "officer", "space": "everywhere", **changes}

    page = browser.send(browser.get("/en/staff/people/invite"), **facts, queries=20)

    assert page.status_code == 422
    assert says in page.words
    assert db.session.query(Staff).count() == 2


def test_a_new_role_ends_sign_ins(browser: Browser, administrator: Staff, clock: Clock, places: None) -> None:
    person = make_staff(Role.OFFICER)
    other = sign_in(browser.application.test_client(), person)

    page = browser.send(
        browser.get(f"/en/staff/people/{person.id}"), "/roles", role="moderator", space="consultation:3", queries=20
    )

    assert "The role is given" in page.words
    assert roles_of(person) == {"officer", "moderator"}
    assert other.get("/en/staff/").status_code == 303


def test_taking_a_role_back_ends_sign_ins(browser: Browser, administrator: Staff) -> None:
    person = make_staff(Role.OFFICER)
    other = sign_in(browser.application.test_client(), person)

    browser.send(browser.get(f"/en/staff/people/{person.id}"), "/revoke", queries=20)

    assert roles_of(person) == set()
    assert other.get("/en/staff/").status_code == 303
    assert verbs() == ["role_revoked"]


def test_her_own_page_offers_no_role(browser: Browser, administrator: Staff) -> None:
    assert "Give a role" not in browser.get(f"/en/staff/people/{administrator.id}").words


def test_the_last_administrator_stays(browser: Browser, administrator: Staff) -> None:
    page = browser.get(f"/en/staff/people/{administrator.id}")

    answer = browser.send(page, "/revoke", queries=20)

    assert answer.status_code == 409
    assert roles_of(administrator) == {"administrator"}


def test_an_administrator_who_never_came_does_not_count(browser: Browser, administrator: Staff) -> None:
    make_staff(Role.ADMINISTRATOR)

    assert browser.send(browser.get(f"/en/staff/people/{administrator.id}"), "/revoke", queries=20).status_code == 409


def test_one_of_two_administrators_can_be_locked(browser: Browser, administrator: Staff) -> None:
    other = make_staff(Role.ADMINISTRATOR, password_hash="x", totp_secret=SEED)
    signed_in = sign_in(browser.application.test_client(), other)

    page = browser.send(browser.get(f"/en/staff/people/{other.id}/lock"), queries=20)

    assert "locked" in page.words
    assert signed_in.get("/en/staff/").status_code == 303
    assert browser.send(browser.get(f"/en/staff/people/{other.id}/unlock"), queries=20).status_code == 200


def test_nobody_locks_herself(browser: Browser, administrator: Staff) -> None:
    make_staff(Role.ADMINISTRATOR, password_hash="x", totp_secret=SEED)

    page = browser.send(browser.get(f"/en/staff/people/{administrator.id}/lock"))

    assert page.status_code == 422
    assert "Nobody locks her own account" in page.words


@pytest.mark.parametrize("deed", ["new-password", "new-authenticator"])
def test_a_reset_ends_sign_ins_and_shows_a_link(
    browser: Browser, administrator: Staff, clock: Clock, deed: str
) -> None:
    person = make_colleague(clock, Role.OFFICER).staff
    other = sign_in(browser.application.test_client(), person)

    page = browser.send(browser.get(f"/en/staff/people/{person.id}/{deed}"), queries=20)

    assert page.heading == "The link is ready"
    assert other.get("/en/staff/").status_code == 303
    page = other.send(other.get("/en/sign-in"), email=person.email, password=PASSWORD)
    assert page.heading in {"Sign in", "Something is still missing"}


def test_grave_deeds_ask_for_a_fresh_proof_and_come_back(browser: Browser, clock: Clock) -> None:
    admin = make_colleague(clock, Role.ADMINISTRATOR)
    admin.sign_in(browser)
    clock.advance(minutes=6)
    before = browser.get_cookie("baraza_staff")

    page = browser.get("/en/staff/people/invite", follow_redirects=True)
    assert page.heading == "Your code"
    page = browser.send(page, code=admin.code)

    assert page.heading == "Invite somebody"
    after = browser.get_cookie("baraza_staff")
    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_a_stale_form_does_nothing(browser: Browser, administrator: Staff, clock: Clock) -> None:
    page = browser.get("/en/staff/people/invite")
    clock.advance(minutes=6)

    page = browser.send(page, name="Nova", email="nova@city.example", role="officer")

    assert page.heading == "Your code"
    assert db.session.query(Staff).count() == 1


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.ADMINISTRATOR])
def test_only_administrators_look_after_people(browser: Browser, clock: Clock, role: Role) -> None:
    person = make_staff(role)
    sign_in(browser, person, stepped_up_at=clock.now)

    for path in ("people", "people/invite", f"people/{person.id}", f"people/{person.id}/lock"):
        assert browser.get(f"/en/staff/{path}").status_code == 403
    assert browser.post(f"/en/staff/people/{person.id}/roles").status_code == 403
    assert browser.post(f"/en/staff/people/{person.id}/roles/1/revoke").status_code == 403


def test_nobody_stewards_what_she_summarised(browser: Browser, administrator: Staff, places: None) -> None:
    person = make_staff(Role.SUMMARISER, space=BUS)

    page = browser.get(f"/en/staff/people/{person.id}")
    page = browser.send(page, "/roles", role="steward", space="consultation:3", queries=20)

    assert page.status_code == 422
    assert "Nobody releases a summary that she wrote" in page.words


def test_her_own_account_lists_and_ends_her_sign_ins(browser: Browser, administrator: Staff) -> None:
    other = sign_in(browser.application.test_client(), administrator)
    page = browser.get("/en/staff/account")

    browser.send(page, "/end")

    assert db.session.query(StaffSession).count() == 1
    assert other.get("/en/staff/").status_code == 303
    assert browser.get("/en/staff/").status_code == 200


def test_shortcuts_can_be_switched_off(browser: Browser, administrator: Staff) -> None:
    page = browser.send(browser.get("/en/staff/account"), "/shortcuts", press="shortcuts=off")

    assert "Single letters do nothing" in page.words
    assert db.session.query(Staff.uses_shortcuts).scalar() is False


def test_a_new_password_ends_all_other_sign_ins(browser: Browser, clock: Clock) -> None:
    person = make_colleague(clock, Role.OFFICER)
    person.sign_in(browser)
    other = sign_in(browser.application.test_client(), person.staff)
    page = browser.get("/en/staff/account/password")

    wrong = browser.send(
        page, current="something else", password="four grey stones under water", again="four grey stones under water"
    )
    assert wrong.status_code == 422
    page = browser.send(
        wrong,
        current=PASSWORD,
        password="four grey stones under water",
        again="four grey stones under water",
        queries=20,
    )

    assert "Your password is changed" in page.words
    assert other.get("/en/staff/").status_code == 303


def test_new_recovery_codes_are_shown_once(browser: Browser, clock: Clock) -> None:
    person = make_colleague(clock, Role.OFFICER)
    person.sign_in(browser)

    page = browser.send(browser.get("/en/staff/account/recovery-codes"), queries=20)

    assert page.heading == "Your recovery codes"
    assert "10 left" in browser.go(page, "I have kept them").words


def test_what_needs_her_comes_first_and_is_a_link(browser: Browser, administrator: Staff) -> None:
    make_staff()

    page = browser.get("/en/staff/")

    link = page.soup.select_one("a.need")
    assert link is not None
    assert link["href"] == "/en/staff/people"
    assert " ".join(link.get_text(" ").split()) == "1 person was invited and has not come yet"
