"""A whole session as two residents and their facilitators go through it, page by page, without JavaScript."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from dialogues.room.models import Attendee, Presence, PrivateNote
from dialogues.sessions import join_codes, queries
from dialogues.sessions.models import DialogueSession
from dialogues.sessions.states import State
from participation.accounts import settings
from participation.accounts.models import Staff
from participation.contributions.models import Contribution
from participation.core.clock import now
from tests.browser import Browser, Page
from tests.factories.accounts import actor_of, sign_in
from tests.factories.sessions import make_item, make_plan
from tests.fixtures.time import Clock

MOST = 40


@pytest.fixture(autouse=True)
def standing_clock(clock: Clock) -> Clock:
    return clock


@pytest.fixture
def session(database: SQLAlchemy) -> DialogueSession:
    made = make_plan(state=State.READY, announced_at=now(), starts_at=now(), fewest_people=2)
    make_item(made, position=2)
    database.session.commit()
    return made


@pytest.fixture
def code(session: DialogueSession, database: SQLAlchemy) -> str:
    lead = database.session.get_one(Staff, session.lead_id)
    found = join_codes.open_code(session, secret=settings().secret_key, by=actor_of(lead), at=now())
    database.session.commit()
    return found


def other_browser(app: Flask) -> Browser:
    return Browser(app, Page)


def come_in(browser: Browser, code: str, name: str) -> Page:
    page = browser.send(browser.get("/en/join"), code=code)
    return browser.send(page, name=name, language="en", queries=MOST)


def console(browser: Browser, session: DialogueSession) -> str:
    return f"/en/staff/sessions/{session.slug}/console"


def lead(browser: Browser, session: DialogueSession, step: str) -> Page:
    page = browser.get(console(browser, session), queries=MOST)
    return browser.send(page, f"{console(browser, session)}/lead", press=f"step={step}", queries=MOST)


def tap(browser: Browser, page: Page, name: str) -> Page:
    """Press the button of this name; each stands in a form of its own."""
    forms = [each for each in page.soup.find_all("form") if each.find("button", {"name": "tap", "value": name})]
    token = forms[0].find("input", {"name": "form_token"})["value"]
    data = {"form_token": token, "tap": name}
    answer: Page = browser.post(forms[0]["action"], data=data, follow_redirects=True, queries=MOST)
    return answer


def room(session: DialogueSession, end: str = "") -> str:
    return f"/en/sessions/{session.slug}/room{end}"


def test_an_evening(  # noqa: PLR0915  one evening, told in one go
    app: Flask, session: DialogueSession, code: str, database: SQLAlchemy
) -> None:
    maryam, olena, helper = other_browser(app), other_browser(app), other_browser(app)
    sign_in(helper, database.session.get_one(Staff, session.lead_id))
    here = room(session)

    page = come_in(maryam, code, "Maryam")
    assert "Maryam" in page.words
    assert come_in(olena, code, "Olena").status_code == 200
    assert "Guest" not in page.words

    lead(helper, session, "lobby")
    lead(helper, session, "agreement")
    page = maryam.get(here, queries=MOST)
    assert "I listen to the end." in page.words
    maryam.send(page, room(session, "/agree"), queries=MOST)
    page = lead(helper, session, "check_in")
    assert "have not agreed yet" in page.words
    olena.send(olena.get(here, queries=MOST), room(session, "/agree"), queries=MOST)
    lead(helper, session, "check_in")

    first = database.session.query(Attendee).filter_by(name="Maryam").one()
    page = lead(helper, session, f"round:{session_item(database, session, 1)}")
    assert "What did you see?" in page.words
    page = helper.send(page, f"{console(helper, session)}/turn", press=f"attendee={first.id}", queries=MOST)
    assert "Speaking now: Maryam" in page.words
    assert "Speaking now: Maryam" in olena.get(here, queries=MOST).words
    page = tap(maryam, maryam.get(here, queries=MOST), "done")
    assert "You had your turn" in page.words

    page = olena.get(room(session, "/write"), queries=MOST)
    olena.send(page, room(session, "/write"), body="The bus stop is dark.", queries=MOST)
    assert "The bus stop is dark." in maryam.get(here, queries=MOST).words
    assert "Olena" not in maryam.get(here, queries=MOST).words

    page = olena.get(room(session, "/private"), queries=MOST)
    page = olena.send(page, room(session, "/private"), kind="break", body="I feel dizzy", queries=MOST)
    assert "Your message has arrived." in page.words
    assert "I feel dizzy" in helper.get(console(helper, session), queries=MOST).words
    assert "I feel dizzy" not in maryam.get(here, queries=MOST).words

    page = helper.get(console(helper, session), queries=MOST)
    helper.send(page, f"{console(helper, session)}/overlay", press="over=safety_hold", queries=MOST)
    assert "We have stopped for a moment" in olena.get(here, queries=MOST).words
    page = olena.get(room(session, "/write"), queries=MOST)
    answer = olena.send(page, room(session, "/write"), body="And now?", queries=MOST)
    assert answer.status_code in {409, 422}
    assert "And now?" in answer.get_data(as_text=True)
    page = helper.get(f"{console(helper, session)}/end-hold", queries=MOST)
    page = helper.send(page, f"{console(helper, session)}/end-hold", note="", queries=MOST)
    assert "Write down why it can go on" in page.words
    helper.send(page, f"{console(helper, session)}/end-hold", note="She is fine.", level="1", queries=MOST)

    lead(helper, session, "harvest")
    page = olena.get(here, queries=MOST)
    assert "The bus stop is dark." in page.words
    assert "Nothing chosen yet" in page.words
    lead(helper, session, "check_out")
    page = olena.get(here, queries=MOST)
    assert "return code" in page.words
    page = tap(olena, page, "leave")
    assert page.heading == "You have left"
    lead(helper, session, "closed")
    assert "This conversation is over" in maryam.get(here, queries=MOST).words
    assert database.session.query(PrivateNote).count() == 1
    assert database.session.query(Contribution).count() == 1


def test_whoever_left_sees_nothing_of_what_goes_on(
    app: Flask, session: DialogueSession, code: str, database: SQLAlchemy
) -> None:
    maryam = other_browser(app)
    come_in(maryam, code, "Maryam")
    there = database.session.query(Attendee).one()
    there.agreed_version, there.presence = 1, Presence.THERE
    session.state, session.item_id = State.ROUND, session_item(database, session, 1)
    database.session.commit()
    page = maryam.get(room(session), queries=MOST)
    assert "What did you see?" in page.words

    tap(maryam, tap(maryam, page, "step_out"), "leave")

    assert "What did you see?" not in maryam.get(room(session), queries=MOST).words


def session_item(database: SQLAlchemy, session: DialogueSession, position: int) -> int:
    return queries.list_items(session.id)[position - 1].id
