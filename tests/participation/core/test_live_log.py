"""The log of pushed events: numbers without gaps, how far back it reaches, and what is thrown away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.core import live_log
from participation.core.clock import now
from participation.core.jobs import tidy
from participation.core.live_log import Event
from tests.fixtures.time import Clock

HTML = {"en/participant": "<p>words</p>", "ar/participant": "<p>كلمات</p>"}


def append(database: SQLAlchemy, topic: str = "topic", fragments: dict[str, str] | None = None) -> int:
    return live_log.append(database.session.connection(), topic, fragments or HTML, now())


def test_each_topic_counts_for_itself_without_a_gap(database: SQLAlchemy) -> None:
    numbers = [append(database), append(database, "other"), append(database)]
    database.session.rollback()

    again = [append(database), append(database)]

    assert numbers == [1, 1, 2]
    assert again == [1, 2]


def test_one_audience_is_given_its_own_fragments_in_order(database: SQLAlchemy) -> None:
    append(database)
    append(database, fragments={"ar/participant": "<p>only</p>"})
    append(database)

    connection = database.session.connection()
    found = live_log.read_after(connection, "topic", 0, audience="en/participant")
    later = live_log.read_after(connection, "topic", 1)

    assert [each.sequence for each in found] == [1, 3]
    assert later[0] == Event(2, {"ar/participant": "<p>only</p>"})
    assert set(later[1].fragments) == set(HTML)


def test_the_newest_fragment_of_an_audience_is_found(database: SQLAlchemy) -> None:
    append(database)
    append(database, fragments={"ar/participant": "<p>later</p>"})

    found = live_log.read_latest(database.session.connection(), "topic", "en/participant")

    assert found is not None
    assert found.sequence == 1
    assert live_log.read_latest(database.session.connection(), "topic", "es/participant") is None


@pytest.mark.parametrize(
    ("position", "reaches"), [(-1, False), (0, False), (1, False), (2, True), (3, True), (4, False)]
)
def test_the_log_knows_how_far_back_it_reaches(
    database: SQLAlchemy, clock: Clock, position: int, reaches: bool
) -> None:
    append(database)
    append(database)
    clock.advance(hours=25)
    append(database)
    tidy(database.session.connection(), now())

    assert live_log.reaches(database.session.connection(), "topic", position) is reaches


def test_events_live_for_a_day_and_numbers_never_come_twice(database: SQLAlchemy, clock: Clock) -> None:
    append(database)
    clock.advance(hours=23)
    kept = live_log.prune(database.session.connection(), now())
    clock.advance(hours=2)
    thrown = live_log.prune(database.session.connection(), now())

    assert (kept[1], thrown[1]) == (0, len(HTML))
    assert append(database) == 2


def test_a_topic_nobody_spoke_of_for_a_month_is_forgotten(database: SQLAlchemy) -> None:
    append(database)

    live_log.prune(database.session.connection(), now() + timedelta(days=31))

    assert live_log.newest_of(database.session.connection(), "topic") == 0


def test_erasing_takes_every_word_and_counts_as_an_event(database: SQLAlchemy) -> None:
    append(database)
    append(database, fragments={"!participant:1": ""})

    number = live_log.erase(database.session.connection(), "topic", now())

    connection = database.session.connection()
    assert number == 3
    assert live_log.read_latest(connection, "topic", "en/participant") is None
    assert live_log.read_closings(connection, "topic") == {"participant:1": 2}
    assert [live_log.reaches(connection, "topic", each) for each in (2, 3)] == [False, True]


def test_only_what_follows_without_a_gap_is_remembered() -> None:
    events = [Event(number, {}) for number in (1, 2, 5, 6)]

    assert [each.sequence for each in live_log.unbroken(events)] == [5, 6]
