"""The city's answers: written by officers, read by everybody, found by those whose words they rest on."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.accounts.models import Participant
from participation.core.audit import AuditEntry
from participation.core.clock import now
from participation.core.errors import Conflict, Invalid
from participation.core.localized import LocalizedText
from participation.core.policy import Role
from participation.responses.models import AnswerKind, Response
from participation.responses.queries import current_responses, list_history
from participation.responses.services import ResponseDraft, mark_done, publish_response
from tests.browser import Browser
from tests.factories.accounts import give_cookie, make_staff, sign_in
from tests.factories.city import make_city
from tests.factories.responses import make_response
from tests.factories.summaries import everywhere, make_finding, make_release, officer


@pytest.fixture
def answered(finished, database):
    """A released summary whose finding nobody has answered."""
    finished.finding = make_finding(
        finished.consultation, *finished.voices, finished.statement, quoted=True, signed_by=finished.writer
    )
    make_release(finished.consultation, finished.writer)
    database.session.commit()
    return finished


def draft(kind: AnswerKind = AnswerKind.WE_WILL, **facts) -> ResponseDraft:
    values = {
        "text": everywhere("We plant six trees."),
        "owner": everywhere("Parks office"),
        "due_on": now().date() + timedelta(days=30),
        "passed_to": everywhere("Province"),
    }
    return ResponseDraft(kind=kind, **{**values, **facts})


def write_url(answered) -> str:
    return f"{answered.staff}/answers/{answered.finding.id}"


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        (AnswerKind.WE_WILL, {"due_on": None}, "due_on"),
        (AnswerKind.STILL_DECIDING, {"due_on": None}, "due_on"),
        (AnswerKind.NOT_OURS, {"passed_to": None}, "passed_to"),
        (AnswerKind.WE_CANNOT, {"text": LocalizedText()}, "text"),
        (AnswerKind.WE_CANNOT, {"owner": LocalizedText()}, "owner"),
    ],
)
def test_an_answer_without_what_belongs_to_it_is_refused(answered, kind, facts, field):
    with pytest.raises(Invalid) as trouble:
        publish_response(answered.finding, draft(kind, **facts), by=officer(), at=now())

    assert trouble.value.field == field


def test_only_released_findings_are_answered(answered):
    waiting = make_finding(answered.consultation, answered.voices[0], position=2)

    with pytest.raises(Conflict):
        publish_response(waiting, draft(), by=officer(), at=now())


def test_a_new_answer_keeps_the_one_before(answered, clock):
    first = publish_response(answered.finding, draft(AnswerKind.STILL_DECIDING), by=officer(), at=now())
    clock.advance(days=1)
    second = publish_response(answered.finding, draft(), by=officer(), at=now())

    assert current_responses([answered.finding.id]) == {answered.finding.id: second}
    assert list_history(answered.finding.id) == [second, first]


def test_what_was_promised_can_be_done_once(answered):
    promised = publish_response(answered.finding, draft(), by=officer(), at=now())
    today = now().date()

    done = mark_done(promised, on=today, by=officer(), at=now(), finding=answered.finding)

    assert done.done_on == today
    for earlier in (promised, done):
        with pytest.raises(Conflict):
            mark_done(earlier, on=today, by=officer(), at=now(), finding=answered.finding)


def test_an_officer_answers_and_says_when_it_is_done(answered, browser: Browser, database):
    sign_in(browser, make_staff(Role.OFFICER))
    page = browser.get(write_url(answered))
    words = {f"{name}-{tag}": f"{name} {tag}" for name in ("text", "owner") for tag in ("en", "es", "ar")}

    refused = browser.send(page, str(answered.finding.id), kind="we_will", **words, queries=20)
    assert refused.status_code == 422
    assert "Please say until when" in refused.words
    assert "text ar" in refused.get_data(as_text=True)

    page = browser.send(refused, str(answered.finding.id), kind="we_will", due_on="2031-05-01", **words)
    assert "Everybody can read it now" in page.words
    browser.send(page, "done", done_on="2031-04-01")

    rows = database.session.execute(sa.select(Response).order_by(Response.id)).scalars().all()
    assert [(row.kind, row.done_on is not None) for row in rows] == [("we_will", False), ("we_will", True)]
    public = browser.get("/en/you-said-we-did")
    assert "Done" in public.words
    assert "done on 1 April 2031" in public.words
    verbs = database.session.execute(sa.select(AuditEntry.verb)).scalars().all()
    assert {"answer_published", "answer_done"} <= set(verbs)


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.OFFICER])
def test_nobody_else_answers_for_the_city(answered, browser: Browser, role):
    sign_in(browser, make_staff(role))

    assert browser.get(write_url(answered)).status_code == 403


def test_what_is_late_comes_first_and_says_by_how_many_days(answered, browser: Browser, database):
    second = make_finding(
        answered.consultation, *answered.voices, position=2, sentence="Lamps.", signed_by=answered.writer
    )
    make_release(answered.consultation, answered.writer)
    make_response(answered.finding, AnswerKind.WE_CANNOT)
    make_response(second, due_on=now().date() - timedelta(days=12))
    database.session.commit()

    page = browser.get("/en/you-said-we-did")

    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert "Overdue by 12 days" in page.words
    assert page.words.index("Lamps.") < page.words.index("People want benches.")
    assert "1 is late" in page.words


def test_a_finding_nobody_answered_is_said_to_be_late_after_the_promised_day(answered, browser: Browser, database):
    answered.consultation.reply_due_on = now().date() - timedelta(days=3)
    database.session.commit()

    for page in (browser.get("/en/you-said-we-did"), browser.get(answered.public)):
        assert "Overdue by 3 days" in page.words


@pytest.mark.parametrize("kind", list(AnswerKind))
@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_kind_of_answer_stands_beside_its_finding(answered, browser: Browser, database, kind, language):
    make_response(answered.finding, kind)
    database.session.commit()

    page = browser.get(answered.public.replace("/en/", f"/{language}/"))

    assert "We plant six trees." in page.words


def test_staff_see_what_is_owed_and_the_numbers_agree(answered, browser: Browser, database):
    make_response(answered.finding, AnswerKind.NONE_YET, due_on=now().date() - timedelta(days=2))
    database.session.commit()
    sign_in(browser, make_staff(Role.OFFICER))

    home = browser.get("/en/staff/", queries=30)
    overdue = browser.get("/en/staff/answers?show=overdue")
    missing = browser.get("/en/staff/answers?show=missing")

    assert "1 answer is overdue" in home.words
    assert "1 finding has no answer yet" in home.words
    assert [len(page.soup.select("ol.queue > li")) for page in (overdue, missing)] == [1, 1]
    assert "Nothing is owed" not in browser.get("/en/staff/answers").words


def test_an_author_finds_what_became_of_her_words(answered, browser: Browser, database):
    make_response(answered.finding)
    author = database.session.get(Participant, answered.voices[0].participant_id)
    give_cookie(browser, author)

    page = browser.get("/en/me", queries=30)

    assert "Your words are part of 1 finding:" in page.words
    assert "People want benches." in page.words
    assert "You are quoted there" in page.words
    assert "We plant six trees." in page.words


def test_nobody_else_finds_them(answered, browser: Browser, database):
    stranger = database.session.execute(
        sa.select(Participant).where(Participant.id.not_in([each.participant_id for each in answered.voices])).limit(1)
    ).scalar_one()
    give_cookie(browser, stranger)

    assert "People want benches." not in browser.get("/en/me", queries=30).words


def test_an_empty_city_still_looks_finished(browser: Browser, database):
    make_city()
    database.session.commit()

    assert "No answers yet" in browser.get("/en/you-said-we-did").words
