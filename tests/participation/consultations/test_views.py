"""The list, the first page, short links and coming in, as residents use them."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from participation.accounts.models import Participant
from participation.consultations import pages, queries, rates
from participation.consultations.models import (
    Audience,
    CameBy,
    Consultation,
    InvitationCode,
    Participation,
    Publication,
    StageKind,
)
from participation.core.clock import now
from tests.browser import Browser
from tests.factories.accounts import give_cookie
from tests.factories.city import make_city, words
from tests.factories.consultations import make_consultation, make_participation, make_stage
from tests.factories.invitations import make_invitation
from tests.factories.surveys import make_question
from tests.fixtures.databases import Backend
from tests.fixtures.time import Clock

DAY = timedelta(days=1)


def count(database: SQLAlchemy, table: type) -> int:
    return int(database.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def make_invited(**facts: object) -> Consultation:
    consultation = make_consultation(audience=Audience.INVITED, **facts)
    make_question(consultation, "one_choice", "Yes", "No")
    return consultation


# -- The list ----------------------------------------------------------------------------------------------------------


def test_list_consultations_tells_what_is_open_soon_and_over(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    make_consultation(title=words("Open one"))
    for title, first, last in (("Next one", 1, 2), ("Old one", -3, -2)):
        other = make_consultation(is_open=False, title=words(title))
        make_stage(other, opens_at=now() + first * DAY, closes_at=now() + last * DAY)
    make_consultation(title=words("Draft"), publication=Publication.DRAFT)

    page = browser.get("/en/consultations", queries=8)

    assert [each.get_text(strip=True) for each in page.soup.select("main h2, main h3")] == [
        "Open now",
        "Open one",
        "Soon",
        "Next one",
        "Over",
        "Old one",
    ]
    assert "public" in page.headers["Cache-Control"]
    assert "Set-Cookie" not in page.headers


def test_a_list_drawn_while_a_title_changes_shows_the_new_one_afterwards(
    database: SQLAlchemy, backend: Backend, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_city()
    consultation_id = make_consultation(title=words("Old title")).id
    database.session.commit()
    read, changes = pages.list_open, [words("New title")]

    def rename() -> None:
        with backend.app.app_context():
            database.session.get_one(Consultation, consultation_id).title = changes.pop()
            database.session.commit()

    def read_just_before(at: datetime) -> list[queries.Listed]:
        rows = read(at)
        if changes:
            other = threading.Thread(target=rename)
            other.start()
            other.join()
        return rows

    monkeypatch.setattr(pages, "list_open", read_just_before)

    def look() -> str:
        # a plain client: the tests' browser commits before each request, and with that nothing is remembered
        with backend.app.app_context():
            return FlaskClient(backend.app, backend.app.response_class).get("/en/consultations").text

    assert "Old title" in look()
    assert "New title" in look()


def test_list_consultations_goes_on_on_a_second_page(
    browser: Browser, database: SQLAlchemy, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    make_city()
    for number in range(3):
        other = make_consultation(is_open=False, title=words(f"Old {number}"))
        make_stage(other, opens_at=now() - 9 * DAY, closes_at=now() - (number + 1) * DAY)

    first = browser.get("/en/consultations")
    second = browser.go(first, "Next")

    assert "Old 1" in first.words
    assert "Old 2" not in first.words
    assert "Old 2" in second.words
    assert "Open now" not in second.words


def test_a_list_without_anything_says_so(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_city()

    assert "Nothing is open right now" in browser.get("/en/consultations", queries=8).words


# -- The first page ----------------------------------------------------------------------------------------------------


def test_show_consultation_tells_what_is_promised_before_anybody_begins(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    consultation = make_consultation(
        reply_due_on=(now() + 60 * DAY).date(), has_open_votes=True, estimated_minutes=7, can_change=words("A\n\nB")
    )
    make_stage(consultation, StageKind.READING, position=2, opens_at=now() + 27 * DAY, closes_at=now() + 40 * DAY)
    make_question(consultation, "one_choice", "Yes", "No")

    page = browser.get(f"/en/consultations/{consultation.slug}", queries=8)

    for told in (
        "We ask before we build.",
        "That it is built.",
        "The council.",
        "The city promises an answer by 1 August 2026.",
        "About 7 minutes",
        "1 question",
        "A person reads what you write before others can see it.",
        "“Only count it”",
        "Votes without names will be open data",
        "On paper, at the library.",
        "English, Spanish and Arabic",
        "You can answer until 29 June 2026",
    ):
        assert told in page.words
    assert [each.get_text() for each in page.soup.select("main ul")[0].find_all("li")] == ["A", "B"]
    assert page.soup.find("a", string=lambda text: text and "Go on where you stopped" in text)
    assert "public" in page.headers["Cache-Control"]
    assert page.soup.find("form") is None


@pytest.mark.parametrize(("publication", "status"), [("draft", 404), ("published", 200), ("archived", 200)])
def test_a_draft_is_not_there_for_residents(
    browser: Browser, database: SQLAlchemy, clock: Clock, publication: str, status: int
) -> None:
    make_city()
    consultation = make_consultation(publication=Publication(publication))

    assert browser.get(f"/en/consultations/{consultation.slug}").status_code == status


def test_one_closed_early_says_why_and_takes_nothing_more(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_city()
    consultation = make_consultation(closed_early_at=now() - DAY / 2, closed_early_reason=words("The bridge fell."))
    make_question(consultation, "one_choice", "Yes", "No")

    page = browser.get(f"/en/consultations/{consultation.slug}")

    assert "The bridge fell." in page.words
    assert page.soup.find("a", class_="button-primary") is None
    refused = browser.get(f"/en/consultations/{consultation.slug}/steps/1")
    assert refused.status_code == 403
    assert "This closed on 1 June 2026" in refused.words


def test_a_sensitive_one_can_be_left_at_once_by_a_plain_link(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    consultation = make_consultation(is_sensitive=True)
    make_question(consultation, "one_choice", "Yes", "No")

    for end in ("", "/steps/1", "/resume", "/sent"):
        page = browser.get(f"/es/consultations/{consultation.slug}{end}")
        assert page.soup.find("a", href="https://es.wikipedia.org/", rel="noreferrer")


# -- Short links -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "given"), [("ar,en;q=0.5", "ar"), ("es-MX,es", "es"), ("zh", "en"), ("", "en")])
def test_follow_short_link_leads_into_the_readers_language(
    browser: Browser, database: SQLAlchemy, clock: Clock, asked: str, given: str
) -> None:
    consultation = make_consultation()

    answer = browser.get(f"/c/{consultation.slug}", headers={"Accept-Language": asked})

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/{given}/consultations/{consultation.slug}"
    assert "Accept-Language" in answer.headers["Vary"]


def test_follow_short_link_knows_no_drafts(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_city()
    consultation = make_consultation(publication=Publication.DRAFT)

    assert browser.get(f"/c/{consultation.slug}").status_code == 404
    assert browser.get("/c/nothing").status_code == 404


# -- Coming in ---------------------------------------------------------------------------------------------------------


def test_follow_invitation_and_looking_at_its_page_use_nothing_up(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    consultation = make_invited()
    make_invitation(consultation)

    for _time in range(2):
        answer = browser.get("/i/aaaa-bbbb-cccc", headers={"Accept-Language": "ar"})
        page = browser.get(answer.headers["Location"])

    assert answer.headers["Location"] == f"/ar/consultations/{consultation.slug}/begin/aaaa-bbbb-cccc"
    assert page.soup.find("input", {"name": "code"})["value"] == "aaaa-bbbb-cccc"
    assert count(database, Participation) == 0
    assert database.session.execute(sa.select(InvitationCode.used_at)).scalar_one() is None


def test_begin_consultation_uses_the_code_up_and_leads_to_the_first_question(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    consultation = make_invited()
    make_invitation(consultation)

    page = browser.send(browser.get(f"/en/consultations/{consultation.slug}/begin"), code="aaaa bbbb cccc")

    assert page.request.path == f"/en/consultations/{consultation.slug}/steps/1"
    participation = database.session.execute(sa.select(Participation)).scalar_one()
    code = database.session.execute(sa.select(InvitationCode)).scalar_one()
    assert participation.came_by == CameBy.INVITED_CODE
    assert code.used_by == participation.participant_id


def test_begin_consultation_sent_twice_is_one_person_with_one_code(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    consultation = make_invited()
    make_invitation(consultation)
    form = browser.get(f"/en/consultations/{consultation.slug}/begin")

    browser.send(form, code="AAAABBBBCCCC")
    browser.delete_cookie("baraza_key")
    again = browser.send(form, code="AAAABBBBCCCC")

    assert again.request.path == f"/en/consultations/{consultation.slug}/steps/1"
    assert count(database, Participation) == 1
    assert count(database, Participant) == 1


def test_a_used_code_is_told_in_one_sentence_and_lets_nobody_in(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    consultation = make_invited()
    make_invitation(consultation)
    browser.send(browser.get(f"/en/consultations/{consultation.slug}/begin"), code="AAAABBBBCCCC")
    browser.delete_cookie("baraza_key")

    page = browser.send(browser.get(f"/en/consultations/{consultation.slug}/begin"), code="AAAABBBBCCCC")

    assert page.status_code == 422
    assert "This code was used already" in page.words
    assert page.soup.find("input", {"name": "code"})["value"] == "AAAABBBBCCCC"
    assert count(database, Participant) == 1
    followed = browser.get("/i/AAAABBBBCCCC")
    assert followed.status_code == 403
    assert "This code was used already" in followed.words


def test_a_code_for_something_else_is_refused_and_stays_unused(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    consultation = make_invited()
    make_invitation(make_invited())

    page = browser.send(browser.get(f"/en/consultations/{consultation.slug}/begin"), code="AAAABBBBCCCC")

    assert "This code is for something else" in page.words
    assert database.session.execute(sa.select(InvitationCode.used_at)).scalar_one() is None


@pytest.mark.parametrize("end", ["/steps/1", "/check"])
def test_nobody_answers_an_invited_one_without_coming_in_first(
    browser: Browser, database: SQLAlchemy, clock: Clock, end: str
) -> None:
    make_city()
    consultation = make_invited()

    answer = browser.get(f"/en/consultations/{consultation.slug}{end}")
    posted = browser.post(f"/en/consultations/{consultation.slug}{end}", data={"answer": "1"})

    for refused in (answer, posted):
        assert refused.status_code == 303
        assert refused.headers["Location"] == f"/en/consultations/{consultation.slug}/begin"
    assert count(database, Participant) == 0


def test_an_age_band_is_asked_only_where_it_is_needed_and_others_are_told_kindly(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    consultation = make_consultation(age_bands=["12-15", "16-18"])
    make_question(consultation, "one_choice", "Yes", "No")
    form = browser.get(f"/en/consultations/{consultation.slug}/begin")

    refused = browser.send(form, age="another")
    assert refused.status_code == 422
    assert "only for people of these ages" in refused.words
    assert count(database, Participant) == 0

    browser.send(refused, age="16-18")
    assert database.session.execute(sa.select(Participation.age_band)).scalar_one() == "16-18"
    assert form.soup.find("input", {"name": "code"}) is None


def test_a_shared_device_is_known_for_a_quarter_of_an_hour(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    consultation = make_invited()
    make_invitation(consultation)
    form = browser.get(f"/en/consultations/{consultation.slug}/begin")

    answer = browser.send(form, code="AAAABBBBCCCC", others_use_this_device="y", follow=False)

    assert "Max-Age=900" in answer.headers["Set-Cookie"]


def test_wrong_codes_are_limited_for_one_network_and_right_ones_never_count(
    browser: Browser, database: SQLAlchemy, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "WRONG_CODES", "3 per 10 minutes")
    make_city()
    make_invitation(make_invited())

    right = [browser.get("/i/AAAABBBBCCCC").status_code for _time in range(5)]
    wrong = [browser.get("/i/AAAABBBBCCCD").status_code for _time in range(4)]
    neighbour = browser.get("/i/AAAABBBBCCCD", environ_base={"REMOTE_ADDR": "192.0.2.7"})

    assert right == [302] * 5
    assert wrong == [422, 422, 422, 429]
    assert neighbour.status_code == 422


# -- Going on ----------------------------------------------------------------------------------------------------------


def test_resume_asks_strangers_for_their_code(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_city()
    consultation = make_consultation()

    page = browser.get(f"/en/consultations/{consultation.slug}/resume")

    assert "This device does not remember any answers of yours" in page.words
    assert page.soup.find("a", href="/en/come-back")


def test_resume_leads_to_the_first_question_not_seen_yet(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_city()
    consultation = make_consultation()
    for position in (1, 2):
        make_question(consultation, "one_choice", "Yes", "No", position=position)
    page = browser.get(f"/en/consultations/{consultation.slug}/steps/1")
    value = page.soup.find("input", {"name": "answer"})["value"]
    browser.send(page, answer=value, follow=False)

    answer = browser.get(f"/en/consultations/{consultation.slug}/resume")

    assert answer.headers["Location"] == f"/en/consultations/{consultation.slug}/steps/2"


def test_my_page_and_the_home_page_show_where_she_takes_part(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    consultation = make_consultation(title=words("The bridge"))
    sent = make_participation(consultation, sent_at=now(), reference="B-12345")
    other = make_consultation(title=words("The park"))
    make_participation(other, database.session.get(Participant, sent.participant_id))
    give_cookie(browser, database.session.get(Participant, sent.participant_id))

    mine = browser.get("/en/me")
    home = browser.get("/en/")

    assert "The bridge Sent Reference B-12345" in mine.words
    assert "Not sent yet Go on answering" in mine.words
    assert "The city asks you now" in home.words
    assert "The park" in home.words
