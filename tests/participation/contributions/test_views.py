"""An author's own pages, and that nobody else finds them."""

from __future__ import annotations

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.accounts.models import Participant
from participation.contributions.models import Contribution, Permission, State, Surface
from participation.core.database import db
from participation.core.policy import Role
from tests.browser import Browser
from tests.factories.accounts import give_cookie, make_participant, make_staff, sign_in
from tests.factories.city import make_city
from tests.factories.consultations import make_consultation
from tests.factories.contributions import make_contribution
from tests.factories.moderation import make_waiting, words_of
from tests.fixtures.time import Clock

PAGES = ("", "edit", "withdraw", "permission", "appeal")


@pytest.fixture
def author(database: SQLAlchemy, clock: Clock) -> Participant:
    make_city()
    return make_participant()


@pytest.fixture
def resident(browser: Browser, author: Participant) -> Browser:
    return give_cookie(browser, author)


def address(contribution: Contribution, page: str = "") -> str:
    return f"/en/me/contributions/{contribution.id}/{page}"


def test_my_page_tells_what_i_said_and_where_it_stands(resident: Browser, author: Participant) -> None:
    words_of(make_waiting(make_consultation().space, author, body="Held words"))
    make_contribution(make_consultation().space, author, body="Read words", state=State.VISIBLE, surface=Surface.STAFF)
    make_contribution(make_consultation().space, make_participant(), body="Canary of somebody else")

    page = resident.get("/en/me", queries=11)

    assert "Held words" in page.words
    assert "Waiting to be read" in page.words
    assert "Read words" in page.words
    assert "Canary" not in page.get_data(as_text=True)


def test_many_words_take_no_more_queries(resident: Browser, author: Participant) -> None:
    space = make_consultation().space
    for _ in range(30):
        make_waiting(space, author)

    assert resident.get("/en/me", queries=11).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_finds_it(browser: Browser, author: Participant, database: SQLAlchemy, page: str) -> None:
    contribution = make_contribution(make_consultation().space, author, body="Canary")
    stranger = give_cookie(browser, make_participant())
    assert stranger.get(address(contribution, page)).status_code == 404

    staff = sign_in(browser.application.test_client(), make_staff(*Role))  # type: ignore[type-var]
    nobody = browser.application.test_client()
    for other in (staff, nobody):
        answer = other.get(address(contribution, page))
        assert answer.status_code == 404
        assert "Canary" not in answer.get_data(as_text=True)


def test_words_of_an_erased_person_have_no_author(browser: Browser, author: Participant) -> None:
    contribution = make_contribution(make_consultation().space, author)
    contribution.participant_id = None

    assert browser.get(address(contribution)).status_code == 404


def test_changing_words(resident: Browser, author: Participant) -> None:
    contribution = words_of(make_waiting(make_consultation().space, author))

    page = resident.send(resident.get(address(contribution, "edit")), body="  Other words ")

    assert page.request.path == address(contribution)
    assert "Other words" in page.words
    empty = resident.send(resident.get(address(contribution, "edit")), body=" ", queries=14)
    assert empty.status_code == 422
    long = resident.send(resident.get(address(contribution, "edit")), body="x" * 4001, queries=16)
    assert long.status_code == 422
    assert "x" * 4001 in long.get_data(as_text=True)


def test_what_others_answer_stays_as_they_read_it(resident: Browser, author: Participant) -> None:
    contribution = make_contribution(make_consultation().space, author, state=State.VISIBLE, surface=Surface.PUBLIC)

    page = resident.get(address(contribution))
    assert "Change it" not in page.words
    assert resident.get(address(contribution, "edit")).status_code == 409


def test_taking_back_says_that_others_may_have_read_it(resident: Browser, author: Participant) -> None:
    contribution = make_contribution(
        make_consultation().space, author, state=State.VISIBLE, surface=Surface.PUBLIC, body="Canary"
    )
    page = resident.get(address(contribution, "withdraw"))
    assert "Others may already have read this" in page.words

    after = resident.send(page)

    assert "Taken back by you" in after.words
    assert "Canary" not in after.get_data(as_text=True)
    assert db.session.get_one(Contribution, contribution.id).body == ""
    assert resident.get(address(contribution, "withdraw")).status_code == 200


def test_words_for_staff_only_bring_no_such_warning(resident: Browser, author: Participant) -> None:
    contribution = make_contribution(make_consultation().space, author, surface=Surface.STAFF)

    assert "Others may already" not in resident.get(address(contribution, "withdraw")).words


def test_choosing_what_may_be_done(resident: Browser, author: Participant) -> None:
    contribution = make_contribution(make_consultation().space, author)
    page = resident.get(address(contribution, "permission"))
    assert page.soup.select("input[type=radio][checked]") == []
    assert len(page.soup.select("input[type=radio]")) == 5

    refused = resident.send(page, queries=14)
    assert refused.status_code == 422
    resident.send(page, permission="paraphrase")

    assert db.session.get_one(Contribution, contribution.id).permission == Permission.PARAPHRASE
    assert "Say it in your own words" in resident.get(address(contribution)).words


def test_a_form_sent_twice_changes_once(resident: Browser, author: Participant) -> None:
    contribution = words_of(make_waiting(make_consultation().space, author))
    page = resident.get(address(contribution, "edit"))

    resident.send(page, body="Other words")
    again = resident.send(page, body="Other words")

    assert again.request.path == address(contribution)
    assert db.session.get_one(Contribution, contribution.id).version == 2


def test_hostile_words_stay_words(resident: Browser, author: Participant) -> None:
    hostile = "</textarea><script>alert(1)</script>{{ 1331*1331 }}<img src=x onerror=alert(1)>"
    contribution = words_of(make_waiting(make_consultation().space, author, body=hostile))

    for path in ("/en/me", *(address(contribution, page) for page in PAGES[:4])):
        text = resident.get(path, strict=False).get_data(as_text=True)
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "1771561" not in text


def test_her_data_holds_what_she_said_and_what_was_decided(author: Participant, clock: Clock) -> None:
    from participation.core.registry import registry

    words_of(make_waiting(make_consultation().space, author, body="My words"))

    data = dict(give(author.id) for give in registry().own_data)

    assert [row["words"] for row in data["contributions"]] == ["My words"]
    assert data["decisions"] == []


def test_erasing_me_leaves_no_word(resident: Browser, author: Participant, database: SQLAlchemy) -> None:
    from participation.core.registry import registry

    contribution = words_of(make_waiting(make_consultation().space, author, body="Canary"))

    for erase in registry().erasers:
        erase(author.id)

    assert (contribution.body, contribution.participant_id) == ("", None)
