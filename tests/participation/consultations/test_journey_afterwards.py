"""After sending: what happens next, the receipt, her own data, and erasing it."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from participation.consultations.models import Participation
from participation.consultations.queries import count_people
from participation.contributions.models import Contribution
from participation.core.clock import now
from participation.surveys.models import Answer
from tests.browser import Browser
from tests.factories.city import words
from tests.fixtures.time import Clock
from tests.participation.consultations.resident_steps import (
    address,
    fill_in,
    make_journey,
)

DAY = timedelta(days=1)


def test_show_sent_elsewhere_tells_what_happens_next_and_nothing_of_hers(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey(reply_due_on=(now() + 60 * DAY).date())
    browser.send(fill_in(browser, consultation))
    participation = database.session.execute(sa.select(Participation)).scalar_one()
    browser.delete_cookie("baraza_key")

    page = browser.get(address(consultation, "/sent"))

    assert page.status_code == 200
    assert "The city answers by 1 August 2026" in page.words
    assert participation.reference not in page.words
    assert "return-code" not in page.get_data(as_text=True)


def test_download_receipt_is_a_text_with_code_and_dates_for_her_alone(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey(title=words("The bridge"))
    sent = browser.send(fill_in(browser, consultation))
    code = sent.soup.select_one(".code").get_text(" ").split()

    receipt = browser.get(address(consultation, "/receipt.txt"))

    assert receipt.mimetype == "text/plain"
    assert "attachment" in receipt.headers["Content-Disposition"]
    text = receipt.get_data(as_text=True)
    assert "-".join(code) in text
    assert "The bridge" in text
    assert receipt.headers["Cache-Control"] == "no-store"
    browser.delete_cookie("baraza_key")
    assert browser.get(address(consultation, "/receipt.txt")).status_code == 404


def test_what_was_typed_is_forgotten_on_the_phone_after_sending(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey()
    key = browser.get(address(consultation, "/steps/1")).soup.textarea["data-draft"]

    sent = browser.send(fill_in(browser, consultation))

    assert sent.soup.find(attrs={"data-draft-sent": key})


def test_what_she_sent_is_in_her_own_data(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()
    browser.send(fill_in(browser, consultation))

    told = browser.get("/en/me/data.json").get_json()

    assert [each["consultation"] for each in told["participations"]] == [consultation.slug]
    assert len(told["survey_answers"]) == 5


def test_who_erases_herself_is_counted_and_no_longer_known(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey()
    browser.send(fill_in(browser, consultation))

    browser.send(browser.get("/en/me/erase"), word="erase", queries=60)

    assert [each.people for each in count_people(consultation.id)] == [1]
    assert set(database.session.execute(sa.select(Answer.participant_id)).scalars()) == {None}
    said = database.session.execute(sa.select(Contribution)).scalar_one()
    assert (said.body, said.participant_id) == ("", None)
    assert database.session.execute(sa.select(Participation.reference)).scalar_one() == ""
    assert "This device does not remember" in browser.get(address(consultation, "/resume")).words


def test_personal_details_that_were_sent_knowingly_are_not_pointed_out_again(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey()
    browser.send(fill_in(browser, consultation, "Write to ana@example.org."))

    assert "Did you mean to write this?" not in browser.get(address(consultation, "/check"), queries=12).words
