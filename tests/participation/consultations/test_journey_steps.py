"""One step of the journey: left out, kept for later, changed from the check, with personal details in it."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from participation.accounts.models import Participant
from participation.consultations.models import DraftAnswer
from participation.contributions.models import Contribution
from participation.core import forms
from participation.surveys.models import Answer
from tests.browser import Browser
from tests.fixtures.time import Clock
from tests.participation.consultations.resident_steps import (
    address,
    count,
    fill_in,
    make_journey,
    make_one_question,
    value,
)


@pytest.mark.parametrize("position", [1, 2, 3, 4])
def test_answer_step_left_empty_says_what_to_do_and_keeps_nothing(
    browser: Browser, database: SQLAlchemy, clock: Clock, position: int
) -> None:
    consultation = make_journey()

    page = browser.send(browser.get(address(consultation, f"/steps/{position}")))

    assert page.status_code == 422
    assert page.soup.title.get_text().startswith("Error: ")
    link = page.soup.select_one("[role=alert] a")
    assert link is not None
    assert page.soup.find(id=str(link["href"]).removeprefix("#")) is not None
    assert (count(database, Participant), count(database, DraftAnswer)) == (0, 0)


def test_an_optional_question_can_be_skipped_and_is_shown_as_not_given(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_one_question("one_choice", "Yes", "No", is_optional=True)

    check = browser.send(browser.get(address(consultation, "/steps/1")), press="skip")
    sent = browser.send(check)

    assert "Not provided" in check.words
    assert sent.heading.startswith("Thank you")
    assert count(database, Answer) == 0


def test_a_required_question_cannot_be_skipped_by_a_made_up_button(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_one_question("one_choice", "Yes", "No")
    page = browser.get(address(consultation, "/steps/1"))
    token = page.soup.find("input", {"name": forms.TOKEN_FIELD})["value"]

    answer = browser.post(address(consultation, "/steps/1"), data={forms.TOKEN_FIELD: token, "skip": "1"})

    assert answer.status_code == 422


def test_nothing_is_sent_while_a_question_is_unanswered(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()
    browser.send(browser.get(address(consultation, "/steps/2")), answer="1", follow=False)
    page = browser.get(address(consultation, "/steps/2"))
    browser.send(page, answer=value(page, 0), follow=False)

    check = browser.send(browser.get(address(consultation, "/check"), queries=12), queries=20)

    assert check.status_code == 422
    assert "Some questions still need an answer" in check.words
    assert count(database, Answer) == 0


def test_change_leads_straight_back_to_the_check(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()
    check = fill_in(browser, consultation)
    links = check.soup.select(".summary-change a")
    assert len({link.get_text() for link in links}) == len(links)

    page = browser.get(str(links[1]["href"]))
    back = browser.send(page, answer=value(page, 0), queries=12)

    assert back.request.path == address(consultation, "/check")


def test_the_arrows_of_a_ranking_show_the_new_order_and_keep_nothing_yet(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_one_question("ranking", "First", "Second", "Third")
    page = browser.get(address(consultation, "/steps/1"))
    third = page.soup.select("li.ranking-item")[2]["data-value"]

    moved = browser.send(page, press=f"move={third}:up")

    assert [each.get_text() for each in moved.soup.select(".ranking-label")] == ["First", "Third", "Second"]
    assert moved.status_code == 200
    assert count(database, Participant) == 0
    check = browser.send(moved, queries=12)
    assert re.search("1. ⁨First⁩ 2. ⁨Third⁩ 3. ⁨Second⁩", check.words)


def test_personal_details_are_pointed_out_and_never_stop_anybody(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey()

    check = fill_in(browser, consultation, "Write to ana@example.org about 12 Mill Street.")

    assert "Did you mean to write this?" in check.words
    assert "An e-mail address: ana@example.org" in check.words
    browser.send(check)
    said = database.session.execute(sa.select(Contribution.body)).scalar_one()
    assert said == "Write to ana@example.org about 12 Mill Street."


def test_what_is_kept_for_later_comes_back(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()

    later = browser.send(browser.get(address(consultation, "/steps/1")), answer="Half a thought", press="later")

    assert later.heading == "Kept for later"
    assert browser.get(address(consultation, "/steps/1")).soup.textarea.get_text().strip() == "Half a thought"


def test_words_keep_the_language_they_were_written_in(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_one_question()

    check = browser.send(browser.get(address(consultation, "/steps/1")), answer="المزيد من الضوء", language="ar")

    block = check.soup.select_one(".words")
    assert (block["lang"], block["dir"]) == ("ar", "rtl")
    browser.send(check)
    said = database.session.execute(sa.select(Contribution)).scalar_one()
    assert (said.language, said.direction) == ("ar", "rtl")
