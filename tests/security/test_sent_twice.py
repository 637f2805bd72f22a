"""A form that arrives twice, or many times at once, does what it does once (T7)."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from participation.core import forms
from participation.core.database import Base
from tests.fixtures.databases import Backend
from tests.fixtures.time import Clock
from tests.security.city import City
from tests.security.sending import Found, fill, forms_on, send
from tests.security.walking import knock
from tests.security.world import World

#: How often the same form arrives at the same moment.
COPIES = 6
#: Views in which a second sending is a second deed, since the person is shown what she did meanwhile.
DO_IT_AGAIN: dict[str, str] = {
    "POST accounts.sign_in": "two sign-ins, of which the browser keeps one",
    "POST consultations.print_letters": "each printing of codes is an entry in the log",
}


def everything(city: City) -> list[Any]:
    """Every row of the database, but for what only notes that a form arrived."""
    rows: list[Any] = []
    with sqlite3.connect(city.file) as connection:
        for (table,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall():
            if table != "form_receipt":
                rows += [(table, *row) for row in connection.execute(f'SELECT * FROM "{table}"')]  # noqa: S608
    connection.close()
    return sorted(rows, key=repr)


def repeated(city: City, found: Found) -> list[str]:
    """Doors at which the same form, sent a second time, changed something once more."""
    changed = []
    for name, (sending, values) in sorted(found.taken.items()):
        first = send(city, sending, values)
        once = everything(city)
        second = send(city, sending, values)
        if everything(city) != once:
            changed.append(name)
        if first.status_code == 303 and second.status_code >= 500:
            changed.append(f"{name} ({second.status_code})")
        city.put_back()
    return changed


def test_every_form_sent_twice_is_done_once(city: City, found_forms: Found) -> None:
    assert len(found_forms.taken) >= 65

    assert set(repeated(city, found_forms)) == set(DO_IT_AGAIN)


def test_without_the_keys_of_forms_much_would_be_done_twice(
    city: City, found_forms: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "_claim", lambda key: None)

    twice = repeated(city, found_forms)

    assert "POST consultations.create_consultation" in twice
    assert len(twice) >= 10


@dataclass
class Plain:
    """A filled city on whichever database; for tests that need no comparing."""

    app: Flask
    world: World
    clock: Clock = field(default_factory=Clock)


#: Who sends what, from which page, and how many rows it makes.
SENT: dict[str, tuple[str, str, str, dict[str, Any], dict[str, int]]] = {
    "answers": ("own", "/en/consultations/place-open/check", "/check", {}, {"contribution_wording": 1}),
    "a statement": (
        "own",
        "/en/consultations/place-open/statements/6/new",
        "/new",
        {"body": "Trams should run at night."},
        {"contribution": 1, "opinion_statement": 1, "review_item": 1},
    ),
    "a vote": ("own", "/en/consultations/place-open/statements/6", "/votes", {"answer": "agree"}, {"opinion_vote": 1}),
    "an appeal": (
        "own",
        "/en/me/contributions/{limited_id}/appeal",
        "/appeal",
        {"text": "Please look."},
        {"appeal": 1},
    ),
    "a decision": (
        "moderator@here",
        "/en/staff/queue/{item_id}/",
        "/{item_id}/",
        {},
        {"decision": 1, "audit_entry": 1},
    ),
    "a session": (
        "officer@here",
        "/en/staff/new-session",
        "/new-session",
        {"title_text": "Ways to school", "template": "story_circle", "starts_on": "2026-07-20"},
        {"dialogue_session": 1, "dialogue_agenda_item": 3, "audit_entry": 2},
    ),
    "a round": (
        "officer@here",
        "/en/staff/sessions/talk-planned/new-round",
        "/new-round",
        {"kind": "story"},
        {"dialogue_agenda_item": 1, "audit_entry": 1},
    ),
    "an announcement": (
        "officer@here",
        "/en/staff/sessions/talk-planned/announce",
        "/announce",
        {},
        {"dialogue_event": 1, "dialogue_join_code": 1, "audit_entry": 2},
    ),
    "a code": (
        "lead",
        "/en/staff/sessions/talk-announced",
        "/code",
        {},
        {"dialogue_join_code": 1, "audit_entry": 1},
    ),
}
COUNTED = sorted({table for *_rest, rows in SENT.values() for table in rows})


@pytest.mark.parametrize("what", SENT)
def test_many_copies_at_once_are_one(what: str, database: SQLAlchemy, backend: Backend, clock: Clock) -> None:
    city = Plain(backend.app, World())
    person, page, at, fields, expected = SENT[what]
    ids = city.world.places["open"].ids
    who = city.world.people[person]
    database.session.remove()
    form = next(
        each
        for each in forms_on(knock(city, page.format(**ids), "GET", who))
        if str(each["action"]).split("?")[0].endswith(at.format(**ids))
    )
    data: dict[str, list[Any]] = {}
    for name, value in fill(form, fields):
        data.setdefault(name, []).append(value)
    before, gate, answers = count(database), threading.Barrier(COPIES), []

    def arrive() -> None:
        gate.wait()
        answers.append(knock(city, str(form["action"]), "POST", who, data=data))

    threads = [threading.Thread(target=arrive) for _ in range(COPIES)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    made = {table: number - before[table] for table, number in count(database).items() if number != before[table]}

    assert made == expected
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"].split("?")[0] for answer in answers}) == 1


def count(database: SQLAlchemy) -> dict[str, int]:
    """Rows of the tables that are looked at."""
    database.session.remove()
    tables = Base.metadata.tables
    counted = {
        name: database.session.execute(sa.select(sa.func.count()).select_from(tables[name])).scalar_one()
        for name in COUNTED
    }
    database.session.remove()  # on SQLite it would hold the write lock
    return counted
