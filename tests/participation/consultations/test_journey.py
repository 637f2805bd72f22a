"""One step a page, check, send, and what happens next, as residents use them."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from werkzeug.wrappers import Response

from participation.accounts.models import Participant, ParticipantKey
from participation.consultations import rates
from participation.consultations.models import Consultation, DraftAnswer, Participation, StageKind
from participation.consultations.queries import count_people
from participation.contributions.models import Contribution
from participation.core import forms
from participation.core.clock import now
from participation.surveys.models import Answer, Choice
from tests.browser import Browser, Page, filled_in
from tests.factories.city import make_city, words
from tests.factories.consultations import make_consultation, make_stage, make_step
from tests.factories.surveys import make_question
from tests.fixtures.time import Clock

DAY = timedelta(days=1)


def make_journey(**facts: object) -> Consultation:
    """All five kinds of question, one after the other."""
    make_city(street_words={"en": ["street"]})
    consultation = make_consultation(**facts)
    make_step(consultation, "open", 1)
    make_question(consultation, "one_choice", "Bus", "Foot", position=2)
    make_question(consultation, "several_choices", "Lamps", "Seats", "Nothing", position=3, settings={"most": 2})
    make_question(consultation, "scale", "Not safe", "Very safe", position=4)
    make_question(consultation, "ranking", "First", "Second", "Third", position=5)
    return consultation


def make_one_question(kind: str = "open", *labels: str, **facts: object) -> Consultation:
    make_city()
    consultation = make_consultation()
    make_question(consultation, kind, *labels, **facts)
    return consultation


def address(consultation: Consultation, end: str) -> str:
    return f"/en/consultations/{consultation.slug}{end}"


def value(page: Page, number: int) -> str:
    return str(page.soup.find_all("input", {"name": "answer"})[number]["value"])


def fill_in(browser: Browser, consultation: Consultation, body: str = "More light, please.") -> Page:
    """Answer all five; gives the page that checks them."""
    page = browser.get(address(consultation, "/steps/1"), queries=8)
    page = browser.send(page, answer=body, permission="paraphrase")
    page = browser.send(page, answer=value(page, 1))
    page = browser.send(page, answer=[value(page, 0), value(page, 1)])
    page = browser.send(page, answer="4")
    return browser.send(page, queries=12)


def count(database: SQLAlchemy, table: type) -> int:
    return int(database.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


# -- The whole way -----------------------------------------------------------------------------------------------------


def test_a_resident_answers_every_question_checks_sends_and_keeps_a_receipt(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey(reply_due_on=(now() + 60 * DAY).date())
    make_stage(consultation, StageKind.READING, position=2, opens_at=now() + 27 * DAY, closes_at=now() + 40 * DAY)

    check = fill_in(browser, consultation)

    assert check.heading == "Check your answers"
    for told in (
        "More light, please.",
        "Say it in your own words",
        "Foot",
        "Lamps",
        "Seats",
        "4 on a scale",
        "1. ⁨First⁩",
    ):
        assert told in check.words
    sent = browser.send(check)
    assert sent.heading == "Thank you. Your answers have arrived."
    assert re.search(r"[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4}", sent.words)
    for told in ("until 29 June 2026", "by 12 July 2026", "The city answers by 1 August 2026", "The council."):
        assert told in sent.words
    assert (count(database, Answer), count(database, Choice), count(database, DraftAnswer)) == (5, 6, 0)
    assert count(database, Participant) == 1
    said = database.session.execute(sa.select(Contribution)).scalar_one()
    assert (said.body, said.permission, said.state, said.language) == (
        "More light, please.",
        "paraphrase",
        "held",
        "en",
    )


def test_nobody_gets_a_cookie_before_she_sends_something(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()

    for end in ("", "/steps/1", "/steps/5", "/check", "/resume", "/sent", "/later"):
        assert "Set-Cookie" not in browser.get(address(consultation, end)).headers
    assert count(database, Participant) == 0


def test_the_first_form_sent_twice_meets_one_person(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()
    first = browser.get(address(consultation, "/steps/1"))

    cookies = []
    for _time in range(2):
        answer = browser.send(first, answer="Light", follow=False)
        cookies.append(answer.headers["Set-Cookie"].split(";")[0])
        browser.delete_cookie("baraza_key")

    assert cookies[0] == cookies[1]
    for table in (Participant, ParticipantKey, Participation, DraftAnswer):
        assert count(database, table) == 1


def test_sending_twice_makes_every_answer_once_and_leads_to_the_same_page(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey()
    check = fill_in(browser, consultation)

    first = browser.send(check)
    again = browser.send(check)

    assert again.request.path == first.request.path == address(consultation, "/sent")
    assert (count(database, Answer), count(database, Contribution)) == (5, 1)


def test_going_back_after_sending_shows_that_it_arrived_and_offers_no_second_sending(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey()
    browser.send(fill_in(browser, consultation))

    page = browser.get(address(consultation, "/check"), queries=12)

    assert page.heading == "You have sent your answers"
    assert page.soup.find("form") is None


def test_an_answer_can_be_changed_after_sending_and_only_that_one_changes(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_journey()
    browser.send(fill_in(browser, consultation))

    page = browser.get(address(consultation, "/steps/2"))
    assert "You have sent this answer" in page.words
    check = browser.send(page, answer=value(page, 0), queries=12)
    assert check.heading == "Check your answers"
    assert "Bus" in check.words
    browser.send(check)

    assert count(database, Answer) == 5
    chosen = database.session.execute(sa.select(Choice.option_id).order_by(Choice.answer_id).limit(1)).scalar_one()
    assert chosen == int(value(browser.get(address(consultation, "/steps/2")), 0))


def test_sending_an_unchanged_answer_again_is_no_change(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()
    browser.send(fill_in(browser, consultation))

    check = browser.send(browser.get(address(consultation, "/steps/2")), queries=12)

    assert check.heading == "You have sent your answers"
    assert count(database, DraftAnswer) == 0


# -- One step ----------------------------------------------------------------------------------------------------------


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


# -- Bad input ---------------------------------------------------------------------------------------------------------


def test_an_old_page_loses_no_word(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_one_question()
    page = browser.get(address(consultation, "/steps/1"))
    token = page.soup.find("input", {"name": forms.TOKEN_FIELD})
    token["value"] = str(token["value"])[:-4] + "AAAA"

    again = browser.send(page, answer="My long thought")

    assert again.status_code == 422
    assert "Your words are safe" in again.words
    assert again.soup.textarea.get_text().strip() == "My long thought"
    assert browser.send(again).heading == "Check your answers"


def test_nothing_is_stored_after_the_last_moment(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_one_question()
    page = browser.get(address(consultation, "/steps/1"))
    clock.advance(days=27)

    refused = browser.send(page, answer="Too late")

    assert refused.status_code == 403
    assert "This closed on 29 June 2026" in refused.words
    assert count(database, Participant) == 0


def test_answers_that_were_not_sent_in_time_are_not_sent(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()
    check = fill_in(browser, consultation)
    clock.advance(days=27)

    assert browser.send(check).status_code == 403
    assert count(database, Answer) == 0


@pytest.mark.parametrize(
    ("body", "status"), [("x" * 1_000_000, 413), ("x" * 5000, 422), (" \n\u200b ", 422), ("\u0000", 422)]
)
def test_words_that_cannot_be_taken_are_refused_in_a_sentence(
    browser: Browser, database: SQLAlchemy, clock: Clock, body: str, status: int
) -> None:
    consultation = make_one_question()

    refused = browser.send(browser.get(address(consultation, "/steps/1")), answer=body)

    assert refused.status_code == status
    assert count(database, Participant) == 0


@pytest.mark.parametrize("raw", [b"%ED%A0%80", b"\xed\xa0\x80", b"%FF%FE"])
def test_half_characters_are_refused_and_not_stored(
    browser: Browser, database: SQLAlchemy, clock: Clock, raw: bytes
) -> None:
    consultation = make_one_question()
    page = browser.get(address(consultation, "/steps/1"))
    token = str(page.soup.find("input", {"name": forms.TOKEN_FIELD})["value"]).encode()

    answer = browser.post(
        address(consultation, "/steps/1"),
        data=forms.TOKEN_FIELD.encode() + b"=" + token + b"&language=en&answer=abc" + raw,
        content_type="application/x-www-form-urlencoded",
    )

    assert 400 <= answer.status_code < 500
    assert count(database, Participant) == 0


@pytest.mark.parametrize(
    ("kind", "field", "sent"),
    [
        ("one_choice", "answer", "999999"),
        ("one_choice", "answer", "DROP TABLE"),
        ("several_choices", "answer", "999999"),
        ("scale", "answer", "77"),
        ("open", "permission", "everything"),
        ("open", "language", "xx"),
    ],
)
def test_choices_that_were_never_offered_are_refused(
    browser: Browser, database: SQLAlchemy, clock: Clock, kind: str, field: str, sent: str
) -> None:
    consultation = make_one_question(kind, *(("A", "B", "C") if "choice" in kind else ()))
    page = browser.get(address(consultation, "/steps/1"))

    refused = browser.send(page, **{"answer": "Light", field: sent})

    assert refused.status_code == 422
    assert "Please choose" in refused.words
    assert count(database, Participant) == 0


@pytest.mark.parametrize("path", ["/steps/0", "/steps/9", "/steps/-1", "/steps/x"])
def test_there_are_no_steps_beyond(browser: Browser, database: SQLAlchemy, clock: Clock, path: str) -> None:
    consultation = make_journey()

    assert browser.get(address(consultation, path)).status_code == 404


def test_an_unknown_language_is_not_there(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_journey()

    assert browser.get(f"/xx/consultations/{consultation.slug}/steps/1").status_code == 404


def test_another_website_cannot_send_forms(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_one_question()
    page = browser.get(address(consultation, "/steps/1"))
    token = page.soup.find("input", {"name": forms.TOKEN_FIELD})["value"]

    refused = browser.post(
        address(consultation, "/steps/1"),
        data={forms.TOKEN_FIELD: token, "answer": "x", "language": "en"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert refused.status_code == 403
    assert count(database, Participant) == 0


# -- Afterwards --------------------------------------------------------------------------------------------------------


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


# -- Many at once ------------------------------------------------------------------------------------------------------


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
