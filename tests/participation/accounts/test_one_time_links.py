"""One-time links: each lets one person in, once, for one purpose (security.md T5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from participation.accounts import authenticator, links, services, signing_in, staff
from participation.accounts.models import LinkPurpose, OneTimeLink, RecoveryCode, Staff, StaffSession
from participation.core.clock import now
from participation.core.database import db
from participation.core.policy import SYSTEM, Role
from tests.browser import Browser, Page
from tests.factories.accounts import give_cookie, make_participant, make_staff
from tests.fixtures.databases import SECRET
from tests.fixtures.time import Clock
from tests.participation.accounts.conftest import PASSWORD, Colleague, code_at, make_colleague

NEW_PASSWORD = "four grey stones under water"


def link_for(person: Staff, purpose: LinkPurpose = LinkPurpose.INVITATION) -> str:
    token = links.make_link(person.id, purpose, secret=SECRET, at=now())
    db.session.commit()
    return f"/en/enter/{token}"


def is_unused() -> bool:
    return db.session.query(OneTimeLink.used_at).scalar() is None


def set_up(browser: Browser, page: Page, clock: Clock) -> Page:
    """Type the first code of the authenticator that this page offers."""
    session = db.session.query(StaffSession).filter_by(is_verified=False).one()
    return browser.send(page, code=code_at(clock, authenticator.seed_from(session.token_hash)), queries=20)


def test_an_invited_person_sets_up_everything_and_is_in(browser: Browser, clock: Clock) -> None:
    person = make_staff(Role.OFFICER)
    page = browser.send(browser.get(link_for(person)))
    assert page.heading == "Choose a password"

    page = browser.send(page, password=NEW_PASSWORD, again=NEW_PASSWORD)
    assert page.heading == "Set up your authenticator app"
    page = set_up(browser, page, clock)

    assert page.heading == "Your recovery codes"
    assert len(page.soup.select(".code-list li")) == 10
    assert browser.go(page, "I have kept them").heading == "What needs you now"


def test_a_recovery_code_stands_in_for_the_phone_once(browser: Browser, colleague: Colleague) -> None:
    made = signing_in.make_recovery_codes(colleague.staff.id, "seed", secret=SECRET, by=SYSTEM, at=now())
    page = browser.send(browser.get("/en/sign-in"), email=colleague.staff.email, password=PASSWORD)
    page = browser.send(page, code=f"{made[3][:4]} {made[3][4:8].lower()}-{made[3][8:]}")
    assert page.heading == "What needs you now"

    other = browser.application.test_client()
    page = other.send(other.get("/en/sign-in"), email=colleague.staff.email, password=PASSWORD)

    assert other.send(page, code=made[3]).status_code == 422
    assert db.session.query(RecoveryCode).filter(RecoveryCode.used_at.is_not(None)).count() == 1


def test_looking_at_a_link_uses_nothing_up(browser: Browser, clock: Clock) -> None:
    link = link_for(make_staff())

    for _ in range(3):
        assert browser.get(link).status_code == 200

    assert is_unused()


def test_a_link_works_once(browser: Browser, clock: Clock) -> None:
    link = link_for(make_staff())
    browser.send(browser.get(link))

    page = browser.application.test_client().get(link)

    assert page.status_code == 404
    assert "used already, or its time is over" in page.words


def test_pressing_twice_leads_on(browser: Browser, clock: Clock) -> None:
    page = browser.get(link_for(make_staff()))
    browser.send(page)

    assert browser.send(page).heading == "Choose a password"


@pytest.mark.parametrize(("days", "status"), [(6, 200), (7, 404)])
def test_an_invitation_lasts_seven_days(browser: Browser, clock: Clock, days: int, status: int) -> None:
    link = link_for(make_staff())

    clock.advance(days=days)

    assert browser.get(link).status_code == status


def test_a_newer_link_makes_the_older_worthless(browser: Browser, clock: Clock) -> None:
    person = make_staff()
    old = link_for(person)

    link_for(person, LinkPurpose.RESET)

    assert browser.get(old).status_code == 404


def test_a_locked_person_has_no_way_in(browser: Browser, clock: Clock) -> None:
    assert browser.get(link_for(make_staff(is_active=False))).status_code == 404


def test_who_forgot_her_password_still_needs_her_app(browser: Browser, colleague: Colleague) -> None:
    token = staff.reset_password(colleague.staff, secret=SECRET, by=SYSTEM, at=now())
    db.session.commit()

    page = browser.send(browser.get(f"/en/enter/{token}"))
    page = browser.send(page, password=NEW_PASSWORD, again=NEW_PASSWORD)

    assert page.heading == "Your code"
    assert browser.get("/en/staff/").status_code == 303
    assert browser.send(page, code=colleague.code).heading == "What needs you now"


def test_who_lost_her_phone_still_needs_her_password(browser: Browser, colleague: Colleague) -> None:
    token = staff.reset_authenticator(colleague.staff, secret=SECRET, by=SYSTEM, at=now())
    db.session.commit()

    page = browser.send(browser.get(f"/en/enter/{token}"))

    assert page.heading == "Your password"
    assert browser.get("/en/sign-in/authenticator").status_code == 303
    assert browser.send(page, password=NEW_PASSWORD).status_code == 422
    page = browser.send(page, password=PASSWORD)
    assert page.heading == "Set up your authenticator app"


def test_an_invitation_is_no_way_round_the_code(browser: Browser, colleague: Colleague) -> None:
    """Decidim CVE-2023-48220: one kind of link was good for another."""
    page = browser.send(browser.get(link_for(colleague.staff, LinkPurpose.INVITATION)))

    assert page.heading == "Your password"
    assert browser.send(page, password=PASSWORD).heading == "Your code"


@pytest.mark.parametrize("purpose", [LinkPurpose.INVITATION, LinkPurpose.RESET])
def test_only_a_demo_link_leads_straight_in(browser: Browser, clock: Clock, purpose: LinkPurpose) -> None:
    browser.send(browser.get(link_for(make_staff(is_demo=True), purpose)))

    assert browser.get("/en/staff/").status_code == 303


def test_the_demos_people_come_straight_in(browser: Browser, clock: Clock) -> None:
    person = make_staff(Role.OFFICER, is_demo=True)
    token = staff.make_demo_link(person, now(), secret=SECRET)
    db.session.commit()

    page = browser.send(browser.get(f"/en/enter/{token}"))

    assert page.request.path == "/en/staff/"
    assert db.session.query(StaffSession.is_verified).scalar()


def test_a_demo_link_of_somebody_real_is_none(browser: Browser, clock: Clock) -> None:
    link = link_for(make_staff(), LinkPurpose.DEMO)

    assert browser.get(link).status_code == 403


def test_a_demo_link_works_on_this_machine_only(browser: Browser, clock: Clock) -> None:
    link = link_for(make_staff(is_demo=True), LinkPurpose.DEMO)

    assert browser.get(link, environ_base={"REMOTE_ADDR": "203.0.113.7"}).status_code == 403


@pytest.mark.parametrize(
    "changes", [{"demo": False}, {"public_url": "https://talk.city.example"}, {"host": "198.51.100.7"}]
)
def test_a_demo_link_is_worth_nothing_where_others_can_come(
    browser: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    link = link_for(make_staff(is_demo=True), LinkPurpose.DEMO)
    extensions = browser.application.extensions
    monkeypatch.setitem(extensions, "settings", replace(extensions["settings"], **changes))

    assert browser.get(link).status_code == 403


def test_no_secret_passes_for_another_kind(browser: Browser, clock: Clock) -> None:
    """Every pair: return code, device key, sign-in, link, recovery code."""
    person = make_colleague(clock, Role.OFFICER).staff
    participant = services.make_participant(services.Origin.DEVICE, secret=SECRET, at=now())
    code = services.return_code(participant, secret=SECRET)
    recovery = signing_in.make_recovery_codes(person.id, "x", secret=SECRET, by=SYSTEM, at=now())[0]
    link = link_for(person).rpartition("/")[2]
    session = signing_in.begin(person.id, signing_in.Door.PASSWORD, at=now(), has_password=True)
    give_cookie(browser, make_participant())
    key = browser.get_cookie("baraza_key")
    assert key is not None
    db.session.commit()
    browser.delete_cookie("baraza_key")
    secrets = {"code": code, "recovery": recovery, "link": link, "session": session, "key": key.value}

    for name in secrets.keys() - {"link"}:
        assert browser.get(f"/en/enter/{secrets[name]}").status_code == 404, name
    for name in secrets.keys() - {"code"}:
        page = browser.send(browser.get("/en/come-back"), code=secrets[name])
        assert page.status_code == 422, name
    for name in secrets.keys() - {"key"}:
        browser.set_cookie("baraza_key", secrets[name])
        assert browser.get("/en/me").status_code == 302, name
    browser.delete_cookie("baraza_key")
    page = browser.send(browser.get("/en/sign-in"), email=person.email, password=PASSWORD)
    for name in secrets.keys() - {"recovery"}:
        assert browser.send(page, code=secrets[name]).status_code == 422, name


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("short", "short", "15 to 128"),
        ("a" * 129, "a" * 129, "15 to 128"),
        ("passwordpassword1", "passwordpassword1", "easy to guess"),
        ("qwertyuiopasdfghjkl", "qwertyuiopasdfghjkl", "easy to guess"),
        ("Wilhelmina-Okonkwo", "Wilhelmina-Okonkwo", "name or an address"),
        (NEW_PASSWORD, NEW_PASSWORD + "!", "not the same"),
    ],
)
def test_a_weak_password_is_explained(browser: Browser, clock: Clock, password: str, again: str, says: str) -> None:
    page = browser.send(browser.get(link_for(make_staff(name="Wilhelmina Okonkwo"))))

    page = browser.send(page, password=password, again=again)

    assert page.status_code == 422
    assert says in page.words
    assert db.session.query(Staff.password_hash).scalar() == ""


def test_recovery_codes_are_the_same_when_the_last_form_is_sent_twice(browser: Browser, clock: Clock) -> None:
    assert authenticator.recovery_codes("k", secret=SECRET) == authenticator.recovery_codes("k", secret=SECRET)
    assert len(set(authenticator.recovery_codes("k", secret=SECRET))) == 10
