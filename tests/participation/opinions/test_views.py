"""The statement page as people use it, with and without htmx."""

from __future__ import annotations

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from participation.accounts.models import ParticipantKey
from participation.consultations.models import Consultation, Step
from participation.contributions.models import Contribution, State
from participation.opinions.models import Statement, Vote
from tests.browser import Browser
from tests.factories.consultations import make_consultation, make_step
from tests.factories.opinions import make_statement
from tests.fixtures.time import Clock


def make_statements(count: int = 3) -> tuple[Consultation, Step, list[Statement]]:
    consultation = make_consultation()
    step = make_step(consultation, "statements")
    return consultation, step, [make_statement(step, f"Benches, number {number}") for number in range(count)]


def address(consultation: Consultation, end: str = "") -> str:
    return f"/en/consultations/{consultation.slug}/statements/1{end}"


def test_a_stranger_votes_through_all_statements_and_is_one_person(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation, _step, statements = make_statements()

    page = browser.get(address(consultation))
    for answer in ("agree", "disagree", "pass"):
        page = browser.send(page, press=f"answer={answer}")

    assert page.heading == "You have been through all statements"
    assert database.session.execute(sa.select(sa.func.count()).select_from(ParticipantKey)).scalar_one() == 1
    votes = database.session.execute(sa.select(Vote)).scalars().all()
    assert sorted(vote.value for vote in votes) == [-1, 0, 1]
    assert {vote.statement_id for vote in votes} == {statement.id for statement in statements}


def test_the_same_first_vote_sent_twice_without_the_cookie_meets_the_same_person(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation, _step, _statements = make_statements()
    page = browser.get(address(consultation))

    browser.send(page, press="answer=agree")
    browser.delete_cookie("baraza_key")
    browser.send(page, press="answer=agree")

    assert database.session.execute(sa.select(sa.func.count()).select_from(ParticipantKey)).scalar_one() == 1
    assert database.session.execute(sa.select(sa.func.count()).select_from(Vote)).scalar_one() == 1


def test_reading_a_statement_leaves_no_cookie(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation, _step, _statements = make_statements()

    page = browser.get(address(consultation))

    assert "Set-Cookie" not in page.headers


def test_the_last_answer_can_be_changed(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation, _step, _statements = make_statements(2)
    page = browser.send(browser.get(address(consultation)), press="answer=agree")

    page = browser.go(page, "Change my last answer")
    browser.send(page, press="answer=disagree")

    assert database.session.execute(sa.select(Vote.value)).scalars().all() == [-1]


def test_an_answer_stays_but_words_that_were_taken_from_view_do_not(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation, _step, statements = make_statements(1)
    browser.send(browser.get(address(consultation)), press="answer=agree")
    database.session.get_one(Contribution, statements[0].contribution_id).state = State.HIDDEN
    statements[0].is_open = False
    database.session.commit()

    page = browser.get(address(consultation, "/mine"))

    assert "I agree" in page.words
    assert "no longer shown" in page.words
    assert "Benches, number 0" not in page.words
    assert "Change" not in page.words


def test_a_vote_from_another_site_is_refused(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation, _step, statements = make_statements(1)
    page = browser.get(address(consultation))
    token = page.form()("input", {"name": "form_token"})[0]["value"]

    answer = browser.post(
        address(consultation, "/votes"),
        data={"form_token": token, "statement_id": statements[0].id, "answer": "agree"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert database.session.execute(sa.select(sa.func.count()).select_from(Vote)).scalar_one() == 0


def test_a_statement_of_ones_own_waits_for_a_person(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation, _step, _statements = make_statements(1)

    page = browser.get(address(consultation, "/new"))
    page = browser.send(page, body="More lamps near the school.", permission="quote")

    assert page.heading == "Your statement is on its way"
    words = database.session.execute(
        sa.select(Contribution).where(Contribution.body == "More lamps near the school.")
    ).scalar_one()
    statement = database.session.execute(sa.select(Statement).where(Statement.contribution_id == words.id)).scalar_one()
    assert (words.state, statement.is_open) == (State.HELD, False)


def test_a_phone_number_is_pointed_out_once_and_can_be_sent_as_it_is(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation, _step, _statements = make_statements(1)
    page = browser.get(address(consultation, "/new"))

    page = browser.send(page, body="Call me at +34 912 345 678 about the lamps.")
    pointed_out = "Is this meant to be seen?" in page.words
    page = browser.send(page)

    assert pointed_out
    assert page.heading == "Your statement is on its way"


def test_after_the_end_the_page_leads_to_the_start_page(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation, _step, _statements = make_statements(1)
    clock.advance(days=60)

    answer = browser.get(address(consultation))

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/consultations/{consultation.slug}")


def test_a_page_region_alone_is_what_htmx_gets(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation, _step, _statements = make_statements()

    part = browser.get(
        address(consultation),
        headers={"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#statement"},
    )

    assert part.get_data(as_text=True).lstrip().startswith('<div id="statement"')
