"""Residents meet their own words again, and leave when they like."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from participation.accounts import services
from participation.accounts.models import Participant, ParticipantKey
from participation.accounts.services import hash_key
from participation.consultations import save_draft
from participation.contributions import Contribution, Permission, State
from participation.core import events
from participation.core.clock import now
from participation.core.database import db
from participation.core.localized import LocalizedText
from participation.core.policy import Space
from tests.browser import Browser
from tests.factories.accounts import give_cookie, make_participant
from tests.factories.consultations import make_consultation, make_participation, make_step
from tests.factories.contributions import make_contribution
from tests.factories.opinions import make_statement, make_vote
from tests.fixtures.databases import SECRET, everything_in
from tests.fixtures.time import Clock

CANARY = "canary-7f3a heron under the bridge"


def newcomer() -> tuple[Participant, str]:
    """Somebody with a real return code."""
    participant = services.make_participant(services.Origin.DEVICE, secret=SECRET, at=now())
    db.session.commit()
    return participant, services.return_code(participant, secret=SECRET)


def key_of(browser: Browser) -> str:
    found = browser.get_cookie("baraza_key")
    return found.value if found else ""


def test_a_stranger_is_asked_for_her_code(browser: Browser) -> None:
    page = browser.get("/en/me", follow_redirects=True)

    assert page.heading == "Come back"
    assert key_of(browser) == ""


@pytest.mark.parametrize(
    "write",
    [
        lambda code: code,
        lambda code: f" {code[:4]}-{code[4:8]} {code[8:]} ".lower(),
        lambda code: code.translate({ord(str(digit)): 0x660 + digit for digit in range(10)}),
        lambda code: code.translate({ord(str(digit)): 0x6F0 + digit for digit in range(10)}),
        lambda code: code.replace("0", "O").replace("1", "l"),
    ],
    ids=["as shown", "small and grouped", "Arabic digits", "Persian digits", "look-alikes"],
)
def test_a_code_brings_her_back_however_it_is_typed(browser: Browser, write: Any) -> None:
    _participant, code = newcomer()

    page = browser.send(browser.get("/en/come-back"), code=write(code), queries=30)

    assert page.heading == "My page"
    assert code[:4] in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "typed", ["", "1234", "ZZZZ-ZZZZ-ZZZZ", "x" * 500, "'; DROP TABLE participant; --", "\u202e" * 12]
)
def test_a_wrong_code_is_explained(browser: Browser, typed: str) -> None:
    newcomer()

    page = browser.send(browser.get("/en/come-back"), code=typed)

    assert page.status_code == 422
    assert key_of(browser) == ""


def test_unknown_and_unreadable_codes_are_told_the_same(browser: Browser) -> None:
    newcomer()
    page = browser.get("/en/come-back")

    answers = {browser.send(page, code=typed).words for typed in ("1234", "ZZZZZZZZZZZZ", "%%%%%%%%%%%%")}

    assert len(answers) == 1


def test_three_hundred_people_behind_one_address_come_back(browser: Browser) -> None:
    """T9c: a school hall on one evening; one in three mistypes first."""
    codes = [newcomer()[1] for _ in range(300)]
    answers = []
    for number, code in enumerate(codes):
        person = browser.application.test_client()
        page = person.get("/en/come-back", strict=False)
        sent = {"form_token": re.search(r'name="form_token" value="([^"]+)"', page.get_data(as_text=True))[1]}  # type: ignore[index]
        if number % 3 == 0:
            person.post("/en/come-back", data={**sent, "code": "0"}, strict=False)
        answers.append(person.post("/en/come-back", data={**sent, "code": code}, strict=False).status_code)

    assert answers == [303] * 300


def test_a_shared_device_forgets_after_fifteen_minutes(browser: Browser, clock: Clock) -> None:
    _participant, code = newcomer()
    page = browser.send(browser.get("/en/come-back"), code=code, is_shared="y", queries=30)
    assert page.headers["Cache-Control"] == "no-store"
    assert "forgets you after 15 minutes" in page.words

    clock.advance(minutes=14)
    assert browser.get("/en/me", queries=30).status_code == 200
    clock.advance(minutes=1)

    assert browser.get("/en/me").status_code == 302


def test_her_own_device_remembers_her_for_thirty_days(browser: Browser, clock: Clock) -> None:
    _participant, code = newcomer()
    browser.send(browser.get("/en/come-back"), code=code, queries=30)

    clock.advance(days=29)

    page = browser.get("/en/me", queries=30)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("answer", "is_shared", "lasts"), [("yes", True, {"minutes": 15}), ("no", False, {"days": 30})]
)
def test_she_says_who_uses_the_device(
    browser: Browser, clock: Clock, answer: str, is_shared: bool, lasts: dict[str, float]
) -> None:
    give_cookie(browser, make_participant(), is_shared=not is_shared)

    browser.send(browser.get("/en/me/device"), is_shared=answer, follow=False)

    device = db.session.query(ParticipantKey).one()
    assert device.is_shared is is_shared
    assert device.expires_at == clock.now + timedelta(**lasts)


def test_leaving_forgets_her_here_only(browser: Browser) -> None:
    participant, code = newcomer()
    give_cookie(browser, participant)
    old = key_of(browser)

    page = browser.send(browser.get("/en/me/leave"), follow=False)

    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert key_of(browser) == ""
    browser.set_cookie("baraza_key", old)
    assert browser.get("/en/me").status_code == 302
    assert browser.send(browser.get("/en/come-back"), code=code, queries=30).heading == "My page"


def test_everything_of_hers_is_there_to_read_and_to_take_along(browser: Browser, clock: Clock) -> None:
    hers, others = make_participant(), make_participant()
    make_contribution(Space("consultation", 1), hers, body="Shade at the stop, please.")
    make_contribution(Space("consultation", 1), others, body="Nobody else may read this.")
    give_cookie(browser, hers)

    page = browser.get("/ar/me/data", queries=30)
    file = browser.get("/en/me/data.json", queries=30)

    assert "Shade at the stop, please." in page.words
    content = json.loads(file.data)
    assert [row["words"] for row in content["contributions"]] == ["Shade at the stop, please."]
    assert "attachment" in file.headers["Content-Disposition"]
    assert file.headers["Cache-Control"] == "no-store"
    for answer in (page, file):
        assert "Nobody else" not in answer.get_data(as_text=True)


def test_her_votes_and_drafts_are_there_too_and_the_page_says_all_in_her_language(browser: Browser) -> None:
    hers = make_participant()
    place = make_consultation(title=LocalizedText.of({"en": "The quiet square", "es": "La plaza tranquila"}))
    said = make_contribution(place.space, hers, body="Shade at the stop, please.", permission=Permission.QUOTE)
    step = make_step(place, kind="statements")
    statement = make_statement(step, body="The square needs trees.")
    make_vote(statement, hers.id, value=-1, matters=True)
    taking_part = make_participation(place, hers)
    save_draft(taking_part, make_step(place, position=2).id, {"text": "Half a thought"}, at=now())
    db.session.commit()
    give_cookie(browser, hers)

    page = browser.get("/es/me/data", queries=30)
    content = browser.get("/en/me/data.json", queries=30).get_json()

    assert [row["vote"] for row in content["votes"]] == ["disagree"]
    assert content["drafts"][0]["filled_in"] == {"text": "Half a thought"}
    assert content["contributions"][0]["permission"] == said.permission == "quote"
    for told in ("La plaza tranquila", "The square needs trees.", "En desacuerdo", "Half a thought", "inglés"):
        assert told in page.words, told
    for raw in ("consultation:", "disagree", "count_only", "device", " web ", "{"):
        assert raw not in page.words, raw


@pytest.mark.parametrize("state", [State.HIDDEN, State.REMOVED, State.RETURNED, State.HELD])
def test_her_data_holds_no_words_of_others_that_were_taken_from_view(browser: Browser, state: State) -> None:
    hers = make_participant()
    statement = make_statement(make_step(make_consultation(), kind="statements"), body=CANARY)
    make_vote(statement, hers.id, value=1)
    db.session.get_one(Contribution, statement.contribution_id).state = state
    db.session.commit()
    give_cookie(browser, hers)

    page = browser.get("/en/me/data", queries=30)
    file = browser.get("/en/me/data.json", queries=30)

    assert [row["vote"] for row in file.get_json()["votes"]] == ["agree"]
    assert CANARY not in page.words
    assert CANARY not in file.get_data(as_text=True)


@pytest.mark.parametrize("path", ["me/data", "me/data.json", "me/device"])
def test_strangers_have_no_data(browser: Browser, path: str) -> None:
    assert browser.get(f"/en/{path}").status_code == 403


@pytest.mark.parametrize("word", ["", "delete", "eras", "yes"])
def test_erasing_needs_the_word(browser: Browser, word: str) -> None:
    give_cookie(browser, make_participant())

    page = browser.send(browser.get("/en/me/erase"), word=word)

    assert page.status_code == 422
    assert "Nothing was erased" in page.words
    assert db.session.query(Participant.erased_at).scalar() is None


@pytest.mark.parametrize("word", ["erase", " ERASE. ", "“erase”"])
def test_erasing_takes_everything_away(browser: Browser, clock: Clock, word: str) -> None:
    participant, code = newcomer()
    give_cookie(browser, participant)
    give_cookie(browser.application.test_client(), participant)
    heard: list[int] = []

    def listen(sender: int, **_: Any) -> None:
        heard.append(sender)

    with events.participant_erased.connected_to(listen):
        page = browser.send(browser.get("/en/me/erase"), word=word, queries=40)

    assert page.heading == "You are erased here"
    assert heard == [participant.id]
    assert key_of(browser) == ""
    assert db.session.query(ParticipantKey).count() == 0
    assert browser.send(browser.get("/en/come-back"), code=code).status_code == 422


def test_no_trace_of_her_words_stays_in_the_database_file(browser: Browser, clock: Clock, database_engine: str) -> None:
    """T15: neither in live rows, nor in free pages, nor in the write-ahead log (PostgreSQL: in no row)."""
    if database_engine != "sqlite":
        return
    participant, _code = newcomer()
    give_cookie(browser, participant)
    make_contribution(Space("consultation", 1), participant, body=CANARY)
    db.session.commit()
    file = Path(str(db.engine.url.database))
    seed = participant.code_seed
    assert CANARY.encode() in everything_in(file)
    assert seed in everything_in(file)

    page = browser.get("/en/me/erase")
    db.session.rollback()
    browser.send(page, word="erase", follow=False, queries=40)

    kept = everything_in(file)
    assert CANARY.encode() not in kept
    assert seed not in kept


def test_a_form_sent_twice_keeps_the_device_shared(browser: Browser, clock: Clock) -> None:
    """The first form of a stranger on a shared device, resent without its cookie: the device stays a shared one."""
    participant = services.meet_participant(
        "form key", secret=SECRET, at=now(), lasts=timedelta(minutes=15), is_shared=True
    )
    db.session.commit()
    key = services.first_key("form key", secret=SECRET)

    from participation.accounts import identity
    from participation.core.forms import AlreadyDone

    with browser.application.test_request_context("/en/", method="POST"):
        identity._lead_again(AlreadyDone("/en/", "form key"))
        from flask import g

        assert g.new_cookies == {"key": (key, 15 * 60)}
        assert g.actor.is_shared_device
        assert g.actor.participant_id == participant.id


def test_the_key_in_the_cookie_is_nowhere_in_the_database(browser: Browser) -> None:
    _participant, code = newcomer()
    browser.send(browser.get("/en/come-back"), code=code, queries=30)

    assert db.session.query(ParticipantKey.key_hash).scalar() == hash_key(key_of(browser))
