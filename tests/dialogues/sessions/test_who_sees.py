"""What a session shows to which of the staff: nothing by a role elsewhere, and no way in to who is not coming."""

from __future__ import annotations

import pytest
from flask_sqlalchemy import SQLAlchemy

from dialogues.sessions import announcing, queries
from dialogues.sessions.models import DialogueSession
from dialogues.sessions.states import State
from participation.accounts import settings
from participation.core.clock import now
from participation.core.policy import SYSTEM, Role, Space
from tests.browser import Browser
from tests.factories.accounts import make_staff, sign_in
from tests.factories.sessions import make_plan
from tests.fixtures.time import Clock

HERE = "/en/staff/sessions/"


@pytest.fixture(autouse=True)
def standing_clock(clock: Clock) -> Clock:
    return clock


def make_announced(browser: Browser) -> DialogueSession:
    session = make_plan()
    with browser.application.app_context():
        secret = settings().secret_key
    return announcing.announce(session, secret=secret, by=SYSTEM, at=now())


def test_a_role_in_a_consultation_with_the_same_number_shows_no_draft(browser: Browser, database: SQLAlchemy) -> None:
    session = make_plan()
    sign_in(browser, make_staff(Role.OFFICER, space=Space("consultation", session.id)))

    assert session.title.text_in("en") not in browser.get("/en/staff/sessions").words
    assert browser.get(f"{HERE}{session.slug}").status_code == 404


def test_a_session_that_was_cancelled_as_a_draft_is_found_by_its_insiders_only(
    browser: Browser, database: SQLAlchemy
) -> None:
    session = make_plan(state=State.CANCELLED)
    sign_in(browser, make_staff(Role.OFFICER, space=Space("session", 999)))

    assert browser.get(f"{HERE}{session.slug}").status_code == 404
    assert browser.get(f"/en/sessions/{session.slug}").status_code == 404

    sign_in(browser, make_staff(Role.OFFICER, space=session.space))
    assert browser.get(f"{HERE}{session.slug}", queries=30).status_code == 200


@pytest.mark.parametrize(
    ("role", "sees", "may_change"),
    [
        (Role.OFFICER, True, True),
        (Role.ORGANISER, True, True),
        (Role.FACILITATOR, True, True),
        (Role.INTERPRETER, True, False),
        (Role.SAFEGUARDING_LEAD, True, False),
        (Role.SAFEGUARDING_DEPUTY, True, False),
        (Role.SUMMARISER, False, False),
        (Role.STEWARD, False, False),
        (Role.ADMINISTRATOR, False, False),
        (Role.AUTHORITY_READER, False, False),
        (Role.MODERATOR, False, False),
    ],
)
def test_who_sees_the_code_and_who_closes_it(
    browser: Browser, database: SQLAlchemy, role: Role, sees: bool, may_change: bool
) -> None:
    session = make_announced(browser)
    sign_in(browser, make_staff(role, space=session.space))

    page = browser.get(f"{HERE}{session.slug}", queries=30)

    assert (page.soup.select_one("p.code") is not None) is sees
    assert (page.soup.select_one("form[action$='/code']") is not None) is may_change


def test_an_announced_session_is_taken_back_from_the_page_it_was_announced_on(
    browser: Browser, database: SQLAlchemy
) -> None:
    session = make_announced(browser)
    sign_in(browser, make_staff(Role.OFFICER, space=session.space))

    page = browser.send(browser.get(f"{HERE}{session.slug}/announce", queries=30), queries=40)

    assert "Residents cannot find it any more." in page.words
    assert queries.get_session(session.slug).state == State.DRAFT
    assert browser.get(f"/en/sessions/{session.slug}").status_code == 404


def test_events_in_calendars_are_named_after_the_city_and_not_after_what_a_request_claims(
    browser: Browser, database: SQLAlchemy
) -> None:
    session = make_announced(browser)

    answer = browser.get("/en/sessions/calendar.ics", headers={"Host": "evil.example"}, strict=False)

    assert f"UID:session-{session.id}@".encode() in answer.data
    assert b"evil.example" not in answer.data
