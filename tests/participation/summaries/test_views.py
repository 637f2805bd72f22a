"""Pages of summaries, as the staff and everybody see them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.consultations.models import Stage
from participation.contributions.models import Permission, State
from participation.contributions.services import withdraw_contribution
from participation.core.clock import now
from participation.core.policy import Actor, Role
from participation.summaries import queries
from participation.summaries.models import Finding
from tests.browser import Browser
from tests.factories.accounts import make_staff, sign_in
from tests.factories.summaries import make_finding, make_release, make_voices, officer, prepare

TABS = ("/evidence", "/evidence/questions", "/evidence/statements", "/evidence/words", "/summary")


def released(finished, **facts):
    finding = make_finding(
        finished.consultation,
        *finished.voices,
        finished.choice,
        finished.statement,
        signed_by=finished.writer,
        **{"quoted": True, **facts},
    )
    return make_release(finished.consultation, finished.writer), finding


def test_an_officer_gathers_writes_signs_and_a_second_person_releases(finished, browser: Browser, backend, database):
    sign_in(browser, finished.writer)
    words = browser.get(finished.staff + "/evidence/words")
    ticked = [str(each.id) for each in finished.voices]

    finding = browser.send(words, "gather", words=ticked, target="new")
    written = {f"sentence-{tag}": f"People want benches. {tag}" for tag in ("en", "es", "ar")}
    finding = browser.send(finding, finding.request.path, **written, kind="shared")
    finding = browser.send(finding, "deed", press="deed=quote:" + str(first_citation(database)))
    summary = browser.send(finding, "sign")
    statements = browser.get(finished.staff + "/evidence/statements")
    number = str(database.session.execute(sa.select(Finding.id)).scalar_one())
    finding = browser.send(statements, "gather", statements=[str(finished.statement.id)], target=number)
    summary = browser.send(finding, "sign")
    preview = browser.send(summary, "prepare")
    assert "Somebody else has to release it" in preview.words

    second = backend.app.test_client()
    sign_in(second, make_staff(Role.OFFICER))
    home = second.get("/en/staff/")
    assert "summary waits for a second person" in home.words
    preview = second.get(finished.staff + "/summary/preview")
    untouched = second.send(preview, "release")
    assert untouched.status_code == 422
    public = second.send(untouched, "release", has_looked="y")

    assert public.request.path == finished.public
    assert public.heading == "People want to sit."
    assert "Between 10 and 30 people said this in their own words." in public.words
    assert "About 135 people took part" in public.words
    assert finished.voices[0].body in public.words
    assert "53% agree, 20% pass, 27% disagree" in public.words


def first_citation(database) -> int:
    finding = database.session.execute(sa.select(Finding)).scalar_one()
    return queries.list_citations([finding.id])[0][0].id


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_those_who_look_after_it_see_every_part(finished, browser: Browser, tab, language):
    released(finished)
    sign_in(browser, make_staff(Role.SUMMARISER, space=finished.consultation.space))

    page = browser.get(finished.staff.replace("/en/", f"/{language}/") + tab)

    assert page.status_code == 200


def test_exact_numbers_are_for_those_who_look_after_it(finished, browser: Browser):
    sign_in(browser, finished.writer)

    assert "40 (53%)" in browser.get(finished.staff + "/evidence/statements").words
    assert "137 people took part" in browser.get(finished.staff + "/evidence").words
    questions = browser.get(finished.staff + "/evidence/questions").words
    assert "30 (60%)" in questions
    assert "By the open link: 50" in questions
    assert "Online: 50" in questions
    assert "English: 50" in questions


def test_a_reader_sees_rounded_numbers_and_nobody_s_words(finished, browser: Browser):
    sign_in(browser, make_staff(Role.AUTHORITY_READER))

    statements = browser.get(finished.staff + "/evidence/statements").words
    people = browser.get(finished.staff + "/evidence").words

    assert "53%" in statements
    assert "40 (" not in statements
    assert "135 people took part" in people
    assert browser.get(finished.staff + "/evidence/words").status_code == 403
    assert browser.get(finished.staff + "/summary").status_code == 403


def test_a_reader_sees_no_number_while_answers_come_in(finished, browser: Browser, database):
    stage = database.session.execute(sa.select(Stage)).scalar_one()
    stage.closes_at = now() + timedelta(days=1)
    sign_in(browser, make_staff(Role.AUTHORITY_READER))

    for tab in TABS[:3]:
        assert "Numbers come when answering has ended" in browser.get(finished.staff + tab).words


def test_words_are_narrowed_by_the_address_and_show_what_is_allowed(finished, browser: Browser):
    make_voices(finished.consultation, finished.open_step, 1, permission=Permission.STAFF_ONLY, body="For you only.")
    make_voices(finished.consultation, finished.open_step, 1, language="es", direction="ltr", body="Una farola.")
    make_voices(finished.consultation, finished.open_step, 1, state=State.HIDDEN, body="Hidden away.")
    make_finding(finished.consultation, *finished.voices)
    sign_in(browser, finished.writer)

    everything = browser.get(finished.staff + "/evidence/words")
    spanish = browser.get(finished.staff + "/evidence/words?language=es")
    uncited = browser.get(finished.staff + "/evidence/words?uncited=1")

    assert "Staff only" in everything.words
    assert "Hidden away" not in everything.words
    assert len(everything.soup.find_all("input", attrs={"name": "words"})) == 13
    assert "Una farola" in spanish.words
    assert finished.voices[0].body not in spanish.words
    assert finished.voices[0].body not in uncited.words
    assert "For you only" in uncited.words


def test_a_long_list_goes_on_behind_the_last_one(finished, browser: Browser):
    make_voices(finished.consultation, finished.open_step, 25, body="One of many.")
    sign_in(browser, finished.writer)

    first = browser.get(finished.staff + "/evidence/words")
    second = browser.go(first, "Next")

    count = [len(page.soup.find_all("input", attrs={"name": "words"})) for page in (first, second)]
    assert count == [30, 7]


def test_ticking_nothing_is_said_in_a_sentence(finished, browser: Browser, database):
    sign_in(browser, finished.writer)

    page = browser.send(browser.get(finished.staff + "/evidence/words"), "gather", target="new")

    assert page.status_code == 422
    assert "tick at least one thing" in page.words
    assert database.session.execute(sa.select(Finding)).all() == []


def test_statements_are_sorted_by_the_address(finished, browser: Browser):
    sign_in(browser, finished.writer)

    for sort in ("people", "agree", "disagree", "divided", "matters", "number", "nonsense"):
        assert browser.get(finished.staff + f"/evidence/statements?sort={sort}").status_code == 200


def test_a_second_release_that_would_tell_of_few_is_refused_in_a_sentence(finished, browser: Browser):
    released(finished)
    make_voices(finished.consultation, finished.open_step, 3)
    sign_in(browser, finished.writer)

    page = browser.send(browser.get(finished.staff + "/summary"), "prepare", queries=60)

    assert page.status_code == 409
    assert "changed by fewer than 10 people" in page.words
    assert queries.find_waiting_release(finished.consultation.space) is None


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_public_summary_is_the_same_for_all_in_each_language(finished, browser: Browser, language):
    released(finished)

    page = browser.get(finished.public.replace("/en/", f"/{language}/"))

    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in page.headers
    assert page.heading == "People want to sit." + {"en": "", "es": " (es)", "ar": " (ar)"}[language]
    assert page.soup.find_all("form") == []
    assert len(page.soup.select("figure[data-chart]")) >= 3


def test_each_chart_has_words_a_table_and_a_file(finished, browser: Browser):
    released(finished)

    for figure in browser.get(finished.public).soup.select("figure[data-chart]"):
        assert figure.find("figcaption").get_text(strip=True)
        assert figure.find("table")
        assert any("/tables/" in link["href"] for link in figure.find_all("a"))


def test_there_is_no_summary_before_it_is_released(finished, browser: Browser):
    make_finding(finished.consultation, *finished.voices, signed_by=finished.writer)
    prepare(finished.consultation, officer(finished.writer))

    assert browser.get(finished.public).status_code == 404
    assert browser.get(finished.public + "/files.zip").status_code == 404
    assert browser.get(finished.staff + "/summary/preview").status_code == 303


def test_blanked_words_leave_their_place_a_date_and_a_new_fingerprint(finished, browser: Browser, database):
    release, _finding = released(finished)
    first = release.sha256
    author = Actor(participant_id=finished.voices[0].participant_id)
    withdraw_contribution(finished.voices[0], by=author, at=release.released_at)
    database.session.commit()

    page = browser.get(finished.public)
    assert "Here stood somebody’s words" in page.words
    assert re.search(r"On \d+ \w+ \d+ words were taken out", page.words)
    assert first not in page.get_data(as_text=True)
    assert release.sha256 in page.words


def test_an_earlier_summary_stays_where_it_was(finished, browser: Browser):
    released(finished)
    make_release(finished.consultation, finished.writer)

    newest, first = browser.get(finished.public), browser.get(finished.public + "/1")

    assert "Summary number 2" in newest.words
    assert "Number 1, released on" in newest.words
    assert "This is an earlier summary" in first.words


def test_all_statements_stand_on_their_own_page(finished, browser: Browser):
    released(finished)

    assert "=The bridge needs benches." in browser.get(finished.public + "/statements").words


def test_a_consultation_and_the_home_page_lead_to_the_summary(finished, browser: Browser):
    released(finished)

    home = browser.get("/en/")
    start = browser.get(f"/en/consultations/{finished.consultation.slug}")

    for page in (home, start):
        assert finished.public in [link["href"] for link in page.soup.find_all("a")]
