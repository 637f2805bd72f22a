"""Staff's pages about sessions, as an officer and a facilitator meet them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy

from dialogues.sessions import queries
from dialogues.sessions.models import DialogueSession, RoundKind
from dialogues.sessions.states import State
from participation.accounts.models import Staff
from participation.core.clock import now
from participation.core.policy import Role, Space
from tests.browser import Browser
from tests.factories.accounts import grant_role, make_staff, sign_in
from tests.factories.city import make_city, words
from tests.factories.sessions import make_item, make_line, make_plan, make_session
from tests.fixtures.time import Clock

HERE = "/en/staff/sessions/"


@pytest.fixture(autouse=True)
def standing_clock(clock: Clock) -> Clock:
    return clock


def officer_of(browser: Browser, session: DialogueSession) -> Staff:
    staff = make_staff(Role.OFFICER, space=session.space)
    sign_in(browser, staff)
    return staff


def test_an_officer_begins_a_session_from_a_template(browser: Browser, database: SQLAlchemy) -> None:
    make_city()
    sign_in(browser, make_staff(Role.OFFICER, space=Space("consultation", 999)))
    day = (now() + timedelta(days=9)).date().isoformat()

    page = browser.send(
        browser.get("/en/staff/new-session"),
        title_text="School ways", template="story_circle", starts_on=day, starts_at="18:30", source="en",
        languages=["en", "ar"], queries=40,
    )  # fmt: skip

    made = database.session.query(DialogueSession).one()
    assert page.heading == "School ways"
    assert (made.slug, made.template, made.languages) == ("school-ways", "story_circle", ["en", "ar"])
    assert len(queries.list_items(made.id)) == 3
    assert "Two facilitators" in page.words


def test_a_day_that_is_over_is_refused_with_every_word_kept(browser: Browser, database: SQLAlchemy) -> None:
    make_city()
    sign_in(browser, make_staff(Role.OFFICER, space=Space("consultation", 999)))

    page = browser.send(
        browser.get("/en/staff/new-session"),
        title_text="Too late", template="story_circle", starts_on="2020-01-01", starts_at="18:30", source="en",
    )  # fmt: skip

    assert page.status_code == 422
    assert "This moment is over." in page.words
    assert page.soup.select_one("[name=title_text]")["value"] == "Too late"  # type: ignore[index]
    assert database.session.query(DialogueSession).count() == 0


def test_a_whole_plan_is_announced_and_found_by_residents(browser: Browser, database: SQLAlchemy) -> None:
    session = make_plan(title=words("School ways"))
    officer_of(browser, session)
    assert browser.get(f"/en/sessions/{session.slug}").status_code == 404

    page = browser.send(browser.get(f"{HERE}{session.slug}/announce", queries=30), queries=40)

    assert "The session is announced." in page.words
    assert session.state == State.READY
    shown = browser.get(f"/en/sessions/{session.slug}")
    assert shown.heading == "School ways"
    assert "We will tell you first if we can." in shown.words
    assert "School ways" in browser.get("/en/sessions").words
    calendar = browser.get(f"/en/sessions/{session.slug}/calendar.ics")
    assert f"{session.slug}.ics" in calendar.headers["Content-Disposition"]


def test_a_plan_that_lacks_something_is_not_announced(browser: Browser) -> None:
    session = make_plan(second_id=None)
    officer_of(browser, session)

    page = browser.get(f"{HERE}{session.slug}/announce", queries=30)

    assert page.soup.select_one("main form") is None
    assert "1 thing is missing before people can come." in page.words


def test_facts_and_people_are_saved_and_read_back(browser: Browser) -> None:
    session = make_plan()
    officer_of(browser, session)
    third = make_staff(Role.FACILITATOR, name="Third Person")

    facts = browser.send(
        browser.get(f"{HERE}{session.slug}/facts", queries=30), capacity="12", starts_at="23:00", ends_at="00:30",
        queries=40,
    )  # fmt: skip
    people = browser.send(
        browser.get(f"{HERE}{session.slug}/people", queries=30), second_id=str(third.id), interpreters="en: Layla",
        queries=40,
    )  # fmt: skip

    assert "Saved." in facts.words
    assert "Saved." in people.words
    assert session.capacity == 12
    assert session.ends_at - session.starts_at == timedelta(hours=1, minutes=30)
    assert session.second_id == third.id
    assert [(each.language, each.name) for each in queries.list_interpreters(session.id)] == [("en", "Layla")]


@pytest.mark.parametrize(
    ("page", "fields", "sentence"),
    [
        ("facts", {"age_bands": ["13-15", "18+"]}, "Children and adults are never in one session."),
        ("facts", {"capacity": "1", "fewest_people": "9"}, "At least two people, and no more than fit."),
        ("facts", {"meeting": "online", "video_url": "http://room.example"}, "begins with https://"),
        ("people", {"interpreters": "xx: Nobody"}, "cannot be read"),
        ("people", {"interpreters": f"en: {'x' * 80}"}, "Each line has 80 characters at most."),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_changes(
    browser: Browser, page: str, fields: dict[str, object], sentence: str
) -> None:
    session = make_plan()
    officer_of(browser, session)
    before = session.changed_at

    answer = browser.send(browser.get(f"{HERE}{session.slug}/{page}", queries=30), queries=40, **fields)

    assert answer.status_code == 422
    assert sentence in answer.words
    assert session.changed_at == before


def test_rounds_are_added_written_moved_and_taken_out(browser: Browser) -> None:
    session = make_session()
    make_city()
    first, second = make_item(session, title=words("First")), make_item(session, position=2, title=words("Second"))
    officer_of(browser, session)

    browser.send(browser.get(f"{HERE}{session.slug}/rounds", queries=30), press=f"move={second.id}:up", queries=40)
    assert [each.id for each in queries.list_items(session.id)] == [second.id, first.id]
    page = browser.send(browser.get(f"{HERE}{session.slug}/new-round", queries=30), kind="poll", queries=40)
    third = queries.list_items(session.id)[2]
    words_of = f"{HERE}{session.slug}/rounds/{third.id}/en"
    typed = {"title_text": "A choice", "prompt_text": "What first?", "options": "Light\nBuses", "minutes": "5"}
    page = browser.send(page, words_of, **typed, queries=40)
    assert "Saved." in page.words
    assert len(third.options) == 2
    browser.send(page, f"{HERE}{session.slug}/rounds/{third.id}/remove", queries=40)

    assert [each.position for each in queries.list_items(session.id)] == [1, 2]


def test_an_answer_that_is_too_long_is_refused_and_not_cut(browser: Browser) -> None:
    session = make_session()
    make_city()
    item = make_item(session, RoundKind.POLL)
    officer_of(browser, session)
    page = browser.get(f"{HERE}{session.slug}/rounds/{item.id}/en", queries=30)
    words_of = f"{HERE}{session.slug}/rounds/{item.id}/en"

    answer = browser.send(page, words_of, options=f"Light\n{'x' * 121}", queries=40)

    assert answer.status_code == 422
    assert "Each line has 120 characters at most." in answer.words
    assert item.options == []


def test_an_interpreter_translates_and_changes_nothing_else(browser: Browser) -> None:
    session = make_session(languages=["en", "ar"])
    make_city()
    make_line(session)
    sign_in(browser, make_staff(Role.INTERPRETER, space=session.space))

    page = browser.send(
        browser.get(f"{HERE}{session.slug}/agreement/ar", queries=30), lines="أستمع حتى النهاية.", queries=40
    )

    assert "Saved." in page.words
    assert queries.list_agreement(session.id)[0].text.text_in("ar") == "أستمع حتى النهاية."
    assert browser.get(f"{HERE}{session.slug}/agreement/en").status_code == 403
    assert browser.get(f"{HERE}{session.slug}/facts").status_code == 403


def test_only_its_two_facilitators_and_insiders_see_a_draft(browser: Browser) -> None:
    session = make_plan()
    stranger = make_staff(Role.AUTHORITY_READER)
    grant_role(stranger, Role.FACILITATOR, space=Space("session", 999))
    sign_in(browser, stranger)

    assert browser.get(f"{HERE}{session.slug}").status_code == 404
    assert session.title.text_in("en") not in browser.get("/en/staff/sessions").words


def test_a_leaked_code_is_changed_with_one_tap(browser: Browser) -> None:
    session = make_plan()
    officer_of(browser, session)
    browser.send(browser.get(f"{HERE}{session.slug}/announce", queries=30), queries=40)
    page = browser.get(f"{HERE}{session.slug}", queries=30)
    first = page.soup.select_one("p.code")

    page = browser.send(page, f"{HERE}{session.slug}/code", queries=40)

    second = page.soup.select_one("p.code")
    assert first is not None
    assert second is not None
    assert first.text != second.text
    assert "The old one leads nowhere." in page.words


def test_a_cancelled_session_says_so_to_everybody(browser: Browser) -> None:
    session = make_plan()
    officer_of(browser, session)
    browser.send(browser.get(f"{HERE}{session.slug}/announce", queries=30), queries=40)

    browser.send(browser.get(f"{HERE}{session.slug}/cancel", queries=30), queries=40)

    assert session.state == State.CANCELLED
    assert "will not take place" in browser.get(f"/en/sessions/{session.slug}").words
