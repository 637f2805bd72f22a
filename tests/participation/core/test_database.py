"""What is remembered between requests, and who commits when."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from participation.city.queries import get_city
from participation.core.database import reading_only, remembered, writing
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
