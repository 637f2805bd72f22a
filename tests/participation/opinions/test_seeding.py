"""Statements of the city's own: tables that can and cannot be read, what is added, and who may."""

from __future__ import annotations

import io

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.consultations.models import Consultation, Step
from participation.contributions.models import Channel, Contribution, State
from participation.core.errors import Invalid
from participation.core.policy import Role
from participation.opinions.models import Author, Statement
from participation.opinions.seeding import MOST_SEEDS, plan_seeds, read_table
from participation.opinions.services import MAX_STATEMENT
from tests.browser import Browser
from tests.factories.city import make_city
from tests.factories.consultations import make_consultation, make_step
from tests.fixtures.time import Clock
from tests.participation.consultations.staff_steps import fields_of, officer_of, send


@pytest.fixture(autouse=True)
def standing_clock(clock: Clock) -> Clock:
    return clock


def make_statements_step() -> tuple[Consultation, Step, str]:
    make_city()
    consultation = make_consultation()
    step = make_step(consultation, "statements")
    return consultation, step, f"/en/staff/consultations/{consultation.slug}/steps/{step.id}/statements"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"comment_text\nMore trees\n", ["More trees"]),
        (b"\xef\xbb\xbfcomment_text\r\nMore trees\r\n\r\n", ["More trees"]),
        (b'Comment_Text,original_id\n"Trees, and shade",7\n', ["Trees, and shade"]),
        (b"original_id;comment_text\n7;=1+1\n8;+cmd\n", ["=1+1", "+cmd"]),
        ('comment_text\n"سطر\nثانٍ"\n'.encode(), ["سطر ثانٍ"]),
        (b"comment_text\n<script>alert(1)</script>\n", ["<script>alert(1)</script>"]),
    ],
)
def test_a_table_gives_its_statements(content: bytes, found: list[str]) -> None:
    assert read_table(content) == found


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"statement\nMore trees\n",
        b"comment_text\n\xff\xfe\x00bad\n",
        "comment_text\nÁrboles\n".encode("latin-1"),
        "comment_text\nTrees\n".encode("utf-16"),
        b'comment_text\n"never closed\n',
        b"PK\x03\x04 a spreadsheet\x00",
        b"comment_text\n" + b"x" * 200_000,
    ],
)
def test_a_table_that_cannot_be_read_is_refused_whole(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        plan_seeds(read_table(content), [])

    assert refused.value.field in {"table", "lines"}


def test_what_is_there_already_or_too_long_is_left_out() -> None:
    seeds = plan_seeds(["Trees", "trees ", "x" * (MAX_STATEMENT + 1), "Shade", "  "], ["SHADE"])

    assert [(seed.text[:5], seed.is_good) for seed in seeds] == [
        ("Trees", True), ("trees", False), ("xxxxx", False), ("Shade", False),
    ]  # fmt: skip


def test_too_many_at_once_are_refused() -> None:
    with pytest.raises(Invalid):
        plan_seeds([f"Statement {number}" for number in range(MOST_SEEDS + 1)], [])


def test_statements_are_shown_before_they_are_added(browser: Browser, database: SQLAlchemy) -> None:
    consultation, _step, address = make_statements_step()
    officer_of(browser, consultation)

    preview = send(browser, address, {"lines": "More trees\nMore trees\nMore shade", "language": "en"})
    assert preview.status_code == 422
    assert "2 statements will be added" in preview.words
    assert database.session.query(Statement).count() == 0

    added = browser.post(address, data={**fields_of(preview), "confirmed": "1"}, queries=80)
    again = browser.post(address, data={**fields_of(preview), "confirmed": "1"}, queries=80)

    assert added.headers["Location"].endswith("added=2")
    assert again.headers["Location"] == added.headers["Location"]
    assert [each.author for each in database.session.query(Statement)] == [Author.CITY, Author.CITY]
    assert all(each.is_open for each in database.session.query(Statement))
    said = database.session.query(Contribution).filter_by(body="More trees").one()
    assert (said.channel, said.state, said.participant_id) == (Channel.CITY, State.VISIBLE, None)


def test_a_table_is_uploaded_and_looked_at_first(browser: Browser, database: SQLAlchemy) -> None:
    consultation, _step, address = make_statements_step()
    officer_of(browser, consultation)
    page = browser.get(address)
    table = (io.BytesIO(b"comment_text\nMore trees\n<b>Shade</b>\n"), "seeds.csv")

    preview = browser.post(
        address,
        data={**fields_of(page), "table": table, "confirmed": "1"},
        content_type="multipart/form-data",
        queries=40,
    )

    assert preview.status_code == 422
    assert "<b>Shade</b>" in preview.words
    assert database.session.query(Statement).count() == 0


def test_a_broken_table_is_one_clear_sentence_and_nothing_is_stored(browser: Browser, database: SQLAlchemy) -> None:
    consultation, _step, address = make_statements_step()
    officer_of(browser, consultation)
    page = browser.get(address)

    refused = browser.post(
        address,
        data={**fields_of(page), "table": (io.BytesIO(b"text\nTrees\n"), "seeds.csv")},
        content_type="multipart/form-data",
        queries=40,
    )

    assert refused.status_code == 422
    assert "comment_text" in refused.words
    assert database.session.query(Statement).count() == 0


def test_a_statement_of_the_citys_can_be_taken_out(browser: Browser, database: SQLAlchemy) -> None:
    consultation, _step, address = make_statements_step()
    officer_of(browser, consultation)
    preview = send(browser, address, {"lines": "More trees", "language": "en"})
    browser.post(address, data={**fields_of(preview), "confirmed": "1"}, queries=80)
    number = database.session.query(Statement).one().id

    send(browser, address, {}, action=f"/{number}/close")

    assert database.session.query(Statement).one().is_open is False


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.FACILITATOR, Role.AUTHORITY_READER, Role.INTERPRETER])
def test_only_those_who_change_a_consultation_seed_it(browser: Browser, role: Role) -> None:
    consultation, _step, address = make_statements_step()
    officer_of(browser, consultation, role)

    assert browser.get(address).status_code == 403
