"""Staff's pages about consultations, as an officer meets them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.city.models import SupportResource
from participation.consultations.models import Consultation, Participation, Publication, Step
from participation.core.policy import Role, Space
from tests.browser import Browser
from tests.factories.accounts import grant_role, make_staff, sign_in
from tests.factories.city import SOME_DAY, make_city, make_rule, words
from tests.factories.consultations import make_consultation, make_participation, make_stage, make_step
from tests.fixtures.time import Clock
from tests.participation.consultations.staff_steps import fields_of, officer_of, send


@pytest.fixture(autouse=True)
def standing_clock(clock: Clock) -> Clock:
    return clock


def test_the_list_shows_drafts_only_to_those_with_a_task_there(browser: Browser) -> None:
    make_city()
    draft = make_consultation(publication=Publication.DRAFT, title=words("Secret plan"))
    make_consultation(title=words("Open square"))
    sign_in(browser, make_staff(Role.AUTHORITY_READER))

    page = browser.get("/en/staff/consultations")

    assert "Open square" in page.words
    assert "Secret plan" not in page.words
    assert browser.get(f"/en/staff/consultations/{draft.slug}").status_code == 404


def test_the_list_shows_an_officer_her_drafts_and_narrows_by_state(browser: Browser) -> None:
    make_city()
    draft = make_consultation(publication=Publication.DRAFT, title=words("Quiet streets"))
    make_consultation(title=words("Open square"))
    officer_of(browser, draft)

    assert "Quiet streets" in browser.get("/en/staff/consultations").words
    page = browser.get("/en/staff/consultations?state=open")
    assert "Open square" in page.words
    assert "Quiet streets" not in page.words


def test_an_officer_creates_a_draft_and_is_its_officer(browser: Browser, database: SQLAlchemy) -> None:
    make_city()
    sign_in(browser, make_staff(Role.OFFICER, space=Space("consultation", 999)))

    sent = send(browser, "/en/staff/new-consultation", {"title_text": "Evenings on the bus", "source": "en"})

    assert sent.status_code == 303
    assert "/sections/about/en" in sent.headers["Location"]
    assert browser.get(sent.headers["Location"]).status_code == 200
    made = database.session.query(Consultation).one()
    assert made.slug == "evenings-on-the-bus"
    assert made.publication == Publication.DRAFT


def test_a_moderator_cannot_create(browser: Browser) -> None:
    make_city()
    sign_in(browser, make_staff(Role.MODERATOR))

    assert browser.get("/en/staff/new-consultation").status_code == 403


@pytest.mark.parametrize("key", ["about", "change", "deciding", "audience", "languages", "moderation", "ways"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_section_opens_and_saves_unchanged(browser: Browser, key: str, language: str) -> None:
    make_city()
    consultation = make_consultation(publication=Publication.DRAFT)
    make_step(consultation)
    officer_of(browser, consultation)
    address = f"/{language}/staff/consultations/{consultation.slug}/sections/{key}/en"

    assert browser.get(address).status_code == 200
    assert "done=unchanged" in send(browser, address, {}).headers["Location"]


def test_the_overview_shows_what_is_missing_and_who_took_part(browser: Browser, clock: Clock) -> None:
    make_city()
    consultation = make_consultation()
    make_step(consultation)
    make_participation(consultation, sent_at=clock.now, people_count=3)
    officer_of(browser, consultation)

    page = browser.get(f"/en/staff/consultations/{consultation.slug}")

    assert "3 people" in page.words
    assert "By the open link" in page.words
    assert "What can still change" in page.words


def test_the_overview_of_a_draft_shows_the_whole_checklist_and_no_counts(browser: Browser) -> None:
    make_city()
    consultation = make_consultation(publication=Publication.DRAFT)
    make_step(consultation, "one_choice")
    officer_of(browser, consultation)

    page = browser.get(f"/en/staff/consultations/{consultation.slug}")

    assert "Numbered rules of taking part" in page.words
    assert "Who took part so far" not in page.words


def test_publishing_is_refused_until_nothing_is_missing(browser: Browser, database: SQLAlchemy) -> None:
    make_city(contact_email="help@city.example")
    consultation = make_consultation(publication=Publication.DRAFT, languages=["en"])
    officer_of(browser, consultation)
    address = f"/en/staff/consultations/{consultation.slug}/publish"

    page = browser.get(address)
    assert "Missing" in page.words
    assert page.soup.find("form", {"action": address}) is None

    make_rule()
    make_step(consultation)
    consultation = database.session.get(Consultation, consultation.id)
    consultation.reply_due_on = SOME_DAY.replace(year=2027)
    database.session.add(
        SupportResource(position=1, name=words("Help line"), description=words("Listens."), reviewed_on=SOME_DAY)
    )
    database.session.commit()
    sent = send(browser, address, {})

    assert sent.status_code == 303
    database.session.expire_all()
    assert database.session.get(Consultation, consultation.id).publication == Publication.PUBLISHED


def test_a_question_with_answers_changes_only_as_a_new_version(browser: Browser, database: SQLAlchemy) -> None:
    from participation.surveys.models import Answer, Option

    make_city()
    consultation = make_consultation()
    step = make_step(consultation, "one_choice", prompt=words("Bus or tram?"))
    options = [Option(step_id=step.id, position=place, label=words(name)) for place, name in ((1, "Bus"), (2, "Tram"))]
    database.session.add_all(options)
    participation = make_participation(consultation)
    database.session.add(
        Answer(step_id=step.id, participant_id=participation.participant_id, language="en", sent_on=SOME_DAY)
    )
    officer_of(browser, consultation)
    address = f"/en/staff/consultations/{consultation.slug}/steps/{step.id}/en"

    page = browser.get(address)
    assert "People have answered this question" in page.words
    refused = send(browser, address, {"prompt_text": "Bus or train?"})
    assert refused.status_code == 422
    assert "Bus or train?" in refused.get_data(as_text=True)

    sent = send(browser, address, {"prompt_text": "Bus or train?", "makes_version": "y"})

    assert "done=version" in sent.headers["Location"]
    old, new = database.session.query(Step).order_by(Step.version).all()
    assert (old.version, new.version, old.lineage == new.lineage) == (1, 2, True)
    assert old.retired_at is not None
    assert old.prompt.text_in("en") == "Bus or tram?"
    assert database.session.query(Option).filter_by(step_id=new.id).count() == 2


def test_a_missing_translation_of_an_answered_question_makes_no_new_version(
    browser: Browser, database: SQLAlchemy
) -> None:
    from participation.surveys.models import Answer

    make_city()
    consultation = make_consultation()
    step = make_step(consultation, prompt=words("Why?"))
    participation = make_participation(consultation)
    database.session.add(
        Answer(step_id=step.id, participant_id=participation.participant_id, language="en", sent_on=SOME_DAY)
    )
    officer_of(browser, consultation)

    sent = send(
        browser, f"/en/staff/consultations/{consultation.slug}/steps/{step.id}/es", {"prompt_text": "¿Por qué?"}
    )

    assert "done=saved" in sent.headers["Location"]
    assert database.session.query(Step).count() == 1


def test_pages_of_the_editor_open(browser: Browser) -> None:
    make_city()
    consultation = make_consultation(publication=Publication.DRAFT)
    for place, kind in enumerate(("open", "one_choice", "several_choices", "scale", "ranking", "statements"), 1):
        make_step(consultation, kind, place)
    officer_of(browser, consultation)
    here = f"/ar/staff/consultations/{consultation.slug}"

    for path in (
        "/stages",
        "/new-stage",
        "/steps",
        "/new-step",
        "/publish",
        "/copy",
        "/invitations",
        "/new-invitations",
    ):
        assert browser.get(here + path).status_code == 200, path
    assert browser.get(here + "/preview").status_code == 200
    for place in range(1, 7):
        assert browser.get(f"{here}/preview/{place}").status_code == 200


def test_after_publishing_who_may_take_part_is_shown_and_not_asked(browser: Browser, database: SQLAlchemy) -> None:
    make_city()
    consultation = make_consultation()
    officer_of(browser, consultation)
    here = f"/en/staff/consultations/{consultation.slug}/sections"

    page = browser.get(f"{here}/audience/en")

    assert "Settled by publishing" in page.words
    assert page.soup.find("form", {"method": "post"}) is None
    sent = send(browser, f"{here}/about/en", {"slug": "elsewhere", "title_text": "New title"})
    assert "done=saved" in sent.headers["Location"]
    database.session.expire_all()
    saved = database.session.get(Consultation, consultation.id)
    assert (saved.slug, saved.title.text_in("en")) == (consultation.slug, "New title")


def test_a_colleagues_words_stand_beside_mine_until_i_save_again(browser: Browser, database: SQLAlchemy) -> None:
    make_city()
    consultation = make_consultation(title=words("First"))
    officer_of(browser, consultation)
    address = f"/en/staff/consultations/{consultation.slug}/sections/about/en"
    mine = fields_of(browser.get(address))
    send(browser, address, {"title_text": "Hers"})

    refused = browser.post(address, data={**mine, "title_text": "Mine"}, queries=30)

    assert refused.status_code == 422
    assert "What a colleague saved meanwhile" in refused.words
    assert "Hers" in refused.words
    again = browser.post(address, data=fields_of(refused), queries=30)
    assert "done=saved" in again.headers["Location"]
    database.session.expire_all()
    assert database.session.get(Consultation, consultation.id).title.text_in("en") == "Mine"


def test_needs_count_what_their_lists_show(browser: Browser, clock: Clock) -> None:
    make_city()
    consultations = [
        make_consultation(publication=Publication.DRAFT),
        make_consultation(languages=["en"], reply_due_on=SOME_DAY.replace(month=5)),
        make_consultation(languages=["en"], is_open=False),
    ]
    make_stage(consultations[2], closes_at=clock.now + timedelta(days=2))
    staff = make_staff()
    for each in consultations:
        grant_role(staff, Role.OFFICER, space=each.space)
    sign_in(browser, staff)

    home = browser.get("/en/staff/", queries=20)

    links = [link for link in home.soup.select("a.need") if "need=" in link["href"]]
    assert len(links) == 3
    for link in links:
        rows = browser.get(link["href"], queries=15).soup.select(".grid > li")
        assert len(rows) == int(link.select_one(".need-count").get_text())


def test_the_preview_stores_nothing_and_takes_no_form(browser: Browser, database: SQLAlchemy) -> None:
    make_city()
    consultation = make_consultation(publication=Publication.DRAFT)
    make_step(consultation)
    officer_of(browser, consultation, Role.INTERPRETER)
    here = f"/en/staff/consultations/{consultation.slug}/preview"

    page = browser.get(f"{here}/1")

    assert page.soup.find("form", {"method": "post"}) is None
    assert browser.post(f"{here}/1", data={"answer": "x"}, strict=False).status_code == 405
    assert database.session.query(Participation).count() == 0


@pytest.mark.parametrize("path", ["", "/preview", "/publish", "/steps", "/invitations", "/new-entry", "/copy"])
def test_strangers_are_led_to_sign_in_whether_it_exists_or_not(browser: Browser, path: str) -> None:
    make_city()
    consultation = make_consultation(publication=Publication.DRAFT)

    answers = [
        browser.get(f"/en/staff/consultations/{slug}{path}", strict=False) for slug in (consultation.slug, "nothing")
    ]

    assert [each.status_code for each in answers] == [303, 303]
    assert all("sign-in" in each.headers["Location"] for each in answers)


def test_extending_is_shown_to_residents_at_once(browser: Browser) -> None:
    make_city()
    consultation = make_consultation()
    make_step(consultation)
    officer_of(browser, consultation)
    address = f"/en/staff/consultations/{consultation.slug}/extend"

    sent = send(browser, address, {"last_day": "2026-08-15", "last_time": "18:00", "reply_due_on": "2026-09-30"})

    assert "done=extended" in sent.headers["Location"]
    assert "15 August 2026" in browser.get(f"/en/consultations/{consultation.slug}").words


def test_closing_early_is_told_to_residents_with_its_reason(browser: Browser) -> None:
    make_city()
    consultation = make_consultation(languages=["en"])
    officer_of(browser, consultation)
    address = f"/en/staff/consultations/{consultation.slug}/close"

    refused = send(browser, address, {"reason_en": " "})
    sent = send(browser, address, {"reason_en": "The bridge is closed for repair."})

    assert refused.status_code == 422
    assert sent.status_code == 303
    assert "The bridge is closed for repair." in browser.get(f"/en/consultations/{consultation.slug}").words


@pytest.mark.parametrize("value", ["2026-13-40", "soon", "٢٠٢٦-٠٨-١٥"])
def test_days_are_read_in_every_script_and_refused_in_words(browser: Browser, value: str) -> None:
    make_city()
    consultation = make_consultation(publication=Publication.DRAFT, is_open=False)
    officer_of(browser, consultation)

    sent = send(
        browser, f"/en/staff/consultations/{consultation.slug}/new-stage", {"kind": "answering", "first_day": value}
    )

    assert sent.status_code == (303 if value.startswith("٢") else 422)
    if sent.status_code == 422:
        assert "Please write the day as year-month-day" in sent.words


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("several_choices", {"options": "A\nB", "setting_most": "3"}, "setting_most"),
        ("several_choices", {"options": "A\nB", "setting_alone": "3"}, "setting_alone"),
        ("several_choices", {"options": "A\nB", "setting_alone": "last"}, "setting_alone"),
        ("scale", {"setting_lowest": "1", "setting_highest": "1"}, "setting_highest"),
        ("scale", {"setting_lowest": "0", "setting_highest": "50"}, "setting_highest"),
        ("scale", {"options": "Low\nMiddle\nHigh", "setting_highest": "5"}, "options"),
    ],
)
def test_settings_that_make_no_sense_are_refused_at_their_field(
    browser: Browser, kind: str, changes: dict[str, str], field: str
) -> None:
    make_city()
    consultation = make_consultation(publication=Publication.DRAFT)
    step = make_step(consultation, kind)
    officer_of(browser, consultation)

    refused = send(browser, f"/en/staff/consultations/{consultation.slug}/steps/{step.id}/en", changes)

    assert refused.status_code == 422
    assert refused.soup.find(id=f"{field}-error") is not None


def test_settings_are_kept_in_digits_of_every_script(browser: Browser, database: SQLAlchemy) -> None:
    make_city()
    consultation = make_consultation(publication=Publication.DRAFT)
    step = make_step(consultation, "several_choices")
    officer_of(browser, consultation)
    changes = {"options": "A\nB\nNone of these", "setting_most": "٢", "setting_alone": "٣"}

    send(browser, f"/en/staff/consultations/{consultation.slug}/steps/{step.id}/en", changes)

    database.session.expire_all()
    assert database.session.get(Step, step.id).settings == {"most": 2, "alone": [3]}


def test_an_interpreter_is_led_to_the_missing_translation_and_writes_it(browser: Browser, database: SQLAlchemy) -> None:
    make_city()
    consultation = make_consultation(publication=Publication.DRAFT, languages=["en", "ar"])
    officer_of(browser, consultation, Role.INTERPRETER)

    page = browser.get(f"/en/staff/consultations/{consultation.slug}")
    link = next(each for each in page.soup.select(".check a") if each.get_text() == "Why the city asks")
    sent = send(browser, link["href"], {"purpose_text": "نسأل قبل أن نبني."})

    assert sent.status_code == 303
    database.session.expire_all()
    assert database.session.get(Consultation, consultation.id).purpose.text_in("ar") == "نسأل قبل أن نبني."
    assert browser.get(link["href"].replace("/ar", "/en")).status_code == 403
