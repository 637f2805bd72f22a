"""Many people at once, and one form many times at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from werkzeug.wrappers import Response

from participation.accounts.models import Participant, ParticipantKey
from participation.consultations import rates
from participation.consultations.models import DraftAnswer, Participation
from participation.contributions.models import Contribution
from participation.surveys.models import Answer
from tests.browser import Browser, filled_in
from tests.fixtures.time import Clock
from tests.participation.consultations.resident_steps import (
    address,
    count,
    fill_in,
    make_journey,
    make_one_question,
    value,
)


def test_three_hundred_people_behind_one_address_are_let_in(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_one_question("one_choice", "Yes", "No")
    statuses = set()

    for _person in range(300):
        page = browser.get(address(consultation, "/steps/1"), strict=False)
        answer = browser.send(page, answer=value(page, 0), follow=False)
        statuses.add(answer.status_code)
        browser.delete_cookie("baraza_key")

    assert statuses == {303}
    assert count(database, Participant) == 300


def test_one_persons_forms_are_limited_and_her_neighbours_are_not(
    browser: Browser, database: SQLAlchemy, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "HER_FORMS", "3 per minute")
    consultation = make_one_question("one_choice", "Yes", "No")
    page = browser.get(address(consultation, "/steps/1"))
    browser.send(page, answer=value(page, 0), follow=False)

    hers = [browser.send(page, answer=value(page, 0), follow=False).status_code for _time in range(4)]
    browser.delete_cookie("baraza_key")
    neighbour = browser.get(address(consultation, "/steps/1"))

    assert hers == [303, 303, 303, 429]
    assert browser.send(neighbour, answer=value(neighbour, 0), follow=False).status_code == 303


def test_twenty_identical_first_forms_at_once_make_one_person_and_one_answer(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_one_question("one_choice", "Yes", "No")
    page = browser.get(address(consultation, "/steps/1"))
    sent = {**filled_in(page.form()), "answer": value(page, 0)}
    app, target = browser.application, address(consultation, "/steps/1")
    database.session.commit()

    def send_once(_number: int) -> tuple[int, str]:
        client = FlaskClient(app, Response)
        answer = client.post(target, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
        return answer.status_code, answer.headers["Set-Cookie"].split(";")[0]

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send_once, range(20)))

    assert len(answers) == 1
    assert answers.pop()[0] == 303
    for table in (Participant, ParticipantKey, Participation, DraftAnswer):
        assert count(database, table) == 1


def test_twenty_identical_sendings_at_once_make_every_answer_once(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey()
    check = fill_in(browser, consultation)
    sent = filled_in(check.form())
    cookie = browser.get_cookie("baraza_key")
    app, target = browser.application, address(consultation, "/check")
    database.session.commit()

    def send_once(_number: int) -> tuple[int, str]:
        client = FlaskClient(app, Response)
        client.set_cookie("baraza_key", cookie.value)
        answer = client.post(target, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
        return answer.status_code, answer.headers["Location"]

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send_once, range(20)))

    assert answers == {(303, address(consultation, "/sent"))}
    assert (count(database, Answer), count(database, Contribution)) == (5, 1)
