"""What is remembered between requests, and who commits when."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, date, datetime

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from participation.city.queries import get_city
from participation.core.database import STREAM_ROWS, Moment, reading_only, remembered, stream_rows, writing
from tests.factories.city import make_city, words
from tests.fixtures.databases import Backend


def test_what_is_the_same_for_all_is_read_once_until_somebody_commits(database: SQLAlchemy) -> None:
    make_city()
    database.session.commit()
    reads: list[str] = []

    def load(session: object) -> int:
        reads.append("read")
        return len(reads)

    with reading_only():
        assert [remembered("x", load), remembered("x", load)] == [1, 1]
        database.session.commit()
        assert remembered("x", load) == 2


def test_who_may_write_sees_what_she_wrote(database: SQLAlchemy) -> None:
    city = make_city()
    database.session.commit()
    with reading_only():
        assert str(get_city().name.read("en")) == "Testingham"

    with writing():
        database.session.merge(city).name = words("Newtown")
        database.session.flush()
        assert str(get_city().name.read("en")) == "Newtown"
        database.session.rollback()


def test_a_change_of_another_process_is_seen_within_a_second(database: SQLAlchemy, backend: Backend) -> None:
    make_city()
    database.session.commit()
    with reading_only():
        get_city()
        elsewhere = sa.create_engine(database.engine.url)
        with elsewhere.begin() as connection:
            connection.execute(sa.text("UPDATE city SET time_zone = 'Africa/Nairobi'"))
        elsewhere.dispose()
        age(backend.app, seconds=2)

        assert get_city().time_zone == "Africa/Nairobi"


def age(app: Flask, *, seconds: float) -> None:
    """Let everything remembered be older by `seconds`."""
    kept = app.extensions["remembered"]
    app.extensions["remembered"] = {key: (since - seconds, value) for key, (since, value) in kept.items()}


def test_nothing_remembered_belongs_to_a_session(database: SQLAlchemy) -> None:
    make_city()
    database.session.commit()

    with reading_only():
        assert sa.inspect(get_city()).detached


def many_rows(count: int) -> sa.Select[int, date, date | None, bool, datetime, str]:
    """A query for `count` rows of every type that is stored in one way and read in another."""
    first = sa.select(sa.literal(1).label("number")).cte("numbers", recursive=True)
    numbers = first.union_all(sa.select(first.c.number + 1).where(first.c.number < count))
    return sa.select(
        numbers.c.number,
        sa.literal(date(2026, 5, 1)),
        sa.null().cast(sa.Date),
        numbers.c.number % 2 == 0,
        sa.literal(datetime(2026, 5, 1, 12, 30, tzinfo=UTC), Moment),
        sa.literal("نص"),
    )


def test_streamed_rows_have_the_values_that_other_reads_give(database: SQLAlchemy) -> None:
    query = many_rows(STREAM_ROWS * 2 + 1)

    streamed = list(stream_rows(query))

    assert streamed[0] == (1, date(2026, 5, 1), None, False, datetime(2026, 5, 1, 12, 30, tzinfo=UTC), "نص")
    assert streamed == [tuple(row) for row in database.session.execute(query)]


def test_streamed_rows_need_little_memory_however_many_they_are(database: SQLAlchemy) -> None:
    query = many_rows(60_000)
    next(rows := stream_rows(query))

    tracemalloc.start()
    count = sum(1 for _row in rows)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 59_999
    assert most < 2_000_000


def test_streaming_can_end_early(database: SQLAlchemy) -> None:
    rows = stream_rows(many_rows(STREAM_ROWS * 3))
    next(rows)
    rows.close()

    assert len(list(stream_rows(many_rows(2)))) == 2
