"""Coming in by a code, an age band or on a shared device, and going on later."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from participation.accounts.models import Participant
from participation.consultations import rates
from participation.consultations.models import (
    Audience,
    CameBy,
    Consultation,
    InvitationCode,
    Participation,
)
from participation.core.clock import now
from tests.browser import Browser
from tests.factories.accounts import give_cookie
from tests.factories.city import make_city, words
from tests.factories.consultations import make_consultation, make_participation
from tests.factories.invitations import make_invitation
from tests.factories.surveys import make_question
from tests.fixtures.time import Clock
from tests.participation.consultations.resident_steps import count


def make_invited(**facts: object) -> Consultation:
    consultation = make_consultation(audience=Audience.INVITED, **facts)
    make_question(consultation, "one_choice", "Yes", "No")
    return consultation


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
