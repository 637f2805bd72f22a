"""Asking for a second look, and giving one."""

from __future__ import annotations

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.accounts.models import Staff
from participation.contributions.models import State
from participation.core.policy import Role
from participation.moderation.models import Action, ReviewItem
from tests.browser import Browser
from tests.factories.accounts import give_cookie, make_participant, make_staff, sign_in
from tests.factories.city import make_city, make_rule
from tests.factories.consultations import make_consultation
from tests.factories.moderation import decide, make_waiting, words_of
from tests.fixtures.time import Clock

APPEALS = "/en/staff/appeals/"


class Affair:
    """Hidden words, their author's browser, and who hid them."""

    def __init__(self, browser: Browser, item: ReviewItem, author: Browser, decider: Staff) -> None:
        self.browser = browser
        self.item = item
        self.author = author
        self.decider = decider
        self.page = f"/en/me/contributions/{item.contribution_id}/"

    def somebody(self, *roles: Role) -> Browser:
        return sign_in(self.browser.application.test_client(), make_staff(*roles))  # type: ignore[type-var]


@pytest.fixture
def affair(browser: Browser, database: SQLAlchemy, clock: Clock) -> Affair:
    make_city()
    make_rule(1)
    decider, author = make_staff(Role.MODERATOR), make_participant()
    item = make_waiting(make_consultation().space, author, body="Keep the market")
    decide(item, decider, Action.HIDE)
    return Affair(browser, item, give_cookie(browser, author), decider)


def appeal(affair: Affair) -> None:
    page = affair.author.get(f"{affair.page}appeal")
    page = affair.author.send(page, text="The bus stops at the market.")
    assert "You asked somebody else to look again" in page.words


def test_an_author_asks_and_somebody_else_reverses(affair: Affair) -> None:
    appeal(affair)
    judge = affair.somebody(Role.OFFICER)

    page = judge.go(judge.get(APPEALS), _link(judge))
    assert "The bus stops at the market." in page.words
    done = judge.send(page, outcome="reversed", explanation="You are right: it is about the bus.")

    assert done.heading == "Second looks"
    assert words_of(affair.item).state == State.VISIBLE
    told = affair.author.get(affair.page)
    assert "Somebody looked again and put your words back." in told.words
    assert "You are right: it is about the bus." in told.words
    assert "The words are put back" in judge.get(APPEALS + "?state=decided").words


def _link(judge: Browser) -> str:
    page = judge.get(APPEALS)
    return next(
        " ".join(each.get_text(" ").split()) for each in page.soup.find_all("a") if "Read it" in each.get_text()
    )


def test_an_answer_without_a_word_why_is_refused(affair: Affair) -> None:
    appeal(affair)
    judge = affair.somebody(Role.MODERATOR)
    page = judge.go(judge.get(APPEALS), _link(judge))

    assert judge.send(page, outcome="upheld", queries=16).status_code == 422
    assert judge.send(page, outcome="changed", explanation="Milder.", queries=16).status_code == 422
    judge.send(page, outcome="changed", action="limit", explanation="Milder.")

    assert words_of(affair.item).state == State.LIMITED
    told = affair.author.get(affair.page)
    assert "Only few people can read this" in told.words


def test_upheld_is_told_with_its_reason(affair: Affair) -> None:
    appeal(affair)
    judge = affair.somebody(Role.MODERATOR)
    judge.send(judge.go(judge.get(APPEALS), _link(judge)), outcome="upheld", explanation="It is about the square.")

    told = affair.author.get(affair.page)

    assert "The decision stays." in told.words
    assert "It is about the square." in told.words
    assert affair.author.get(f"{affair.page}appeal").status_code == 409


def test_whoever_decided_reads_it_but_has_no_form(affair: Affair) -> None:
    appeal(affair)
    decider = sign_in(affair.browser.application.test_client(), affair.decider)  # type: ignore[type-var]

    page = decider.go(decider.get(APPEALS), _link(decider))

    assert "You made this decision, so somebody else has to answer." in page.words
    assert page.soup.find("input", {"name": "outcome"}) is None


def test_appeals_of_other_spaces_are_not_there(affair: Affair) -> None:
    appeal(affair)
    elsewhere = sign_in(
        affair.browser.application.test_client(),  # type: ignore[type-var]
        make_staff(Role.OFFICER, space=make_consultation().space),
    )
    page = elsewhere.get(APPEALS)

    assert "The bus stops" not in page.words
    assert elsewhere.get(f"{APPEALS}1/").status_code == 404
    assert affair.somebody(Role.INTERPRETER).get(APPEALS).status_code == 403


def test_an_empty_appeal_is_refused(affair: Affair) -> None:
    page = affair.author.get(f"{affair.page}appeal")

    assert affair.author.send(page, text="", queries=14).status_code == 422


def test_nobody_appeals_what_was_accepted(affair: Affair) -> None:
    decide(affair.item, affair.decider)

    assert affair.author.get(f"{affair.page}appeal").status_code == 409
