"""Residents' words in other languages: reading, writing, growing stale."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import current_app
from flask.ctx import RequestContext
from flask_sqlalchemy import SQLAlchemy

from participation.contributions import mend_contribution, withdraw_contribution
from participation.contributions.models import Contribution, State, Surface
from participation.core.audit import AuditEntry
from participation.core.clock import now
from participation.core.errors import Conflict, Invalid
from participation.core.policy import Actor, Role, Space
from participation.translation import Translation, readable, save_translation
from tests.browser import Browser, Statements
from tests.factories.accounts import actor_of, give_cookie, make_participant, make_staff, sign_in
from tests.factories.city import make_city
from tests.factories.consultations import make_consultation
from tests.factories.contributions import make_contribution
from tests.fixtures.time import Clock

SPACE = Space("consultation", 3)


@pytest.fixture
def interpreter(database: SQLAlchemy, clock: Clock) -> Actor:
    make_city()
    return actor_of(make_staff())


def arabic(space: Space = SPACE, **facts: object) -> Contribution:
    values = {"body": "مقاعد أكثر", "language": "ar", "direction": "rtl", "surface": Surface.PUBLIC, **facts}
    return make_contribution(space, **values)  # type: ignore[arg-type]


def in_english() -> RequestContext:
    """As if an English page was being made, so that links can be written."""
    return current_app.test_request_context("/en/")


def test_a_reader_gets_her_language_marked_else_the_original(interpreter: Actor, database: SQLAlchemy) -> None:
    words, other, english = arabic(), arabic(), make_contribution(SPACE, body="Benches")
    save_translation(words, "en", " More benches ", by=interpreter, at=now())

    database.session.flush()
    with in_english(), Statements() as statements:
        found = readable([words, other, english], "en")

    assert len(statements.asked) == 1
    assert (found[words.id].text, found[words.id].translated_from, found[words.id].origin) == (
        "More benches",
        "Arabic",
        "human",
    )
    assert (found[words.id].language, found[words.id].direction) == ("en", "ltr")
    assert found[words.id].original_url == f"/en/words/{words.id}/"
    assert (found[other.id].text, found[other.id].translated_from) == ("مقاعد أكثر", None)
    assert found[english.id].text == "Benches"


def test_a_changed_original_makes_it_stale_and_a_new_one_cures_it(interpreter: Actor) -> None:
    author = make_participant()
    words = arabic(participant=author)
    save_translation(words, "en", "More benches", by=interpreter, at=now())

    mend_contribution(words, "أشجار", by=Actor(participant_id=author.id), at=now())
    with in_english():
        assert readable([words], "en")[words.id].is_stale

    save_translation(words, "en", "Trees", by=interpreter, at=now())
    with in_english():
        shown = readable([words], "en")[words.id]
    assert (shown.text, shown.is_stale) == ("Trees", False)


def test_what_was_taken_back_is_gone_in_every_language(interpreter: Actor, database: SQLAlchemy) -> None:
    author = make_participant()
    words = arabic(participant=author)
    save_translation(words, "en", "Canary", by=interpreter, at=now())

    withdraw_contribution(words, by=Actor(participant_id=author.id), at=now())

    assert database.session.execute(sa.select(sa.func.count()).select_from(Translation)).scalar_one() == 0
    with in_english():
        assert readable([words], "en")[words.id].text == ""
    with pytest.raises(Conflict):
        save_translation(words, "en", "Canary", by=interpreter, at=now())


def test_the_log_says_who_translated_but_no_word(interpreter: Actor, database: SQLAlchemy) -> None:
    save_translation(arabic(), "en", "Canary", by=interpreter, at=now())

    entry = database.session.execute(sa.select(AuditEntry)).scalar_one()

    assert entry.verb == "translation_saved"
    assert "Canary" not in str(entry.facts())


def test_the_original_language_is_no_translation(interpreter: Actor) -> None:
    with pytest.raises(Invalid):
        save_translation(arabic(), "ar", "مقاعد", by=interpreter, at=now())


def test_an_interpreter_works_through_her_list(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_city()
    mine, other = make_consultation(), make_consultation()
    words, elsewhere = arabic(mine.space), arabic(other.space, body="كناري")
    arabic(mine.space, state=State.WITHDRAWN, body="")
    sign_in(browser, make_staff(Role.INTERPRETER, space=mine.space))

    page = browser.get("/en/staff/translations/?to=en")
    assert "1 text" in page.words
    assert "كناري" not in page.words
    assert browser.get(f"/en/staff/words/{elsewhere.id}/en").status_code == 404

    form = browser.get(f"/en/staff/words/{words.id}/en")
    assert "مقاعد أكثر" in form.words
    saved = browser.send(form, text="More benches")

    assert "Your translation is saved." in saved.words
    assert "0 texts" in saved.words


def test_a_translation_of_words_that_changed_meanwhile_is_not_saved_and_not_lost(
    browser: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    make_city()
    author = make_participant()
    words = arabic(make_consultation().space, participant=author)
    sign_in(browser, make_staff(Role.INTERPRETER))
    form = browser.get(f"/en/staff/words/{words.id}/en")
    mend_contribution(words, "أشجار", by=Actor(participant_id=author.id), at=now())

    answer = browser.send(form, text="More benches", queries=14)

    assert answer.status_code == 409
    assert "More benches" in answer.get_data(as_text=True)
    assert "أشجار" in answer.words


@pytest.mark.parametrize(
    ("state", "surface", "status"),
    [
        (State.VISIBLE, Surface.PUBLIC, 200),
        (State.VISIBLE, Surface.STAFF, 404),
        (State.HELD, Surface.PUBLIC, 404),
        (State.RETURNED, Surface.PUBLIC, 404),
        (State.LIMITED, Surface.PUBLIC, 404),
        (State.HIDDEN, Surface.PUBLIC, 404),
        (State.REMOVED, Surface.PUBLIC, 404),
    ],
)
def test_who_may_read_the_original(
    browser: Browser, database: SQLAlchemy, clock: Clock, state: State, surface: Surface, status: int
) -> None:
    make_city()
    author = make_participant()
    words = arabic(make_consultation().space, participant=author, state=state, surface=surface)

    assert browser.get(f"/en/words/{words.id}/").status_code == status
    assert give_cookie(browser, author).get(f"/en/words/{words.id}/").status_code == 200


def test_a_language_we_do_not_speak_is_no_page(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    words = arabic(make_consultation().space)
    sign_in(browser, make_staff(Role.INTERPRETER))

    assert browser.get(f"/en/staff/words/{words.id}/xx").status_code == 404
    assert browser.get("/en/staff/translations/?to=xx&space=a:99999999999&before=9999999999999").status_code == 200
