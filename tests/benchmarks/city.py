"""The city that is measured: twenty consultations, one with fifty statements and people who can vote on them."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert, text

from app import create_app
from participation.accounts.models import Participant, ParticipantKey
from participation.consultations.models import CameBy, Participation
from participation.core.clock import now
from participation.core.database import db
from participation.core.settings import Settings
from participation.surveys.models import Option
from tests.benchmarks.load import post
from tests.factories.city import make_city, words
from tests.factories.consultations import make_consultation, make_step
from tests.factories.opinions import make_statement

SECRET = "measured " + "0123456789abcdef" * 4
PEOPLE = 2000
STATEMENTS = 50
#: Rows written at a time.
SLICE = 20_000
#: The consultation that is opened and answered.
SLUG = "measured"


@dataclass(frozen=True)
class City:
    """A filled database and what is needed to vote in it."""

    url: str
    #: id of the step with statements
    step_id: int
    statement_ids: list[int]
    #: keys as they stand in participants' cookies
    keys: list[str]

    @property
    def environment(self) -> dict[str, str]:
        """What `flask serve` needs to serve it."""
        return {"DATABASE_URL": self.url, "SECRET_KEY": SECRET}

    def votes(self, *, bare: bool = False) -> Iterator[bytes]:
        """Votes that are each somebody's first on a statement, as forms ready to send; enough for a long run."""
        serializer = URLSafeTimedSerializer(SECRET, salt="form")
        path = "/vote" if bare else f"/en/consultations/{SLUG}/statements/2/votes"
        for statement_id in self.statement_ids:
            for number, key in enumerate(self.keys):
                owner = f"key:{hash_key(key)[:32]}"
                token = "" if bare else serializer.dumps([f"vote{number}", f"vote:{self.step_id}", owner])
                yield post(
                    path,
                    f"form_token={token}&statement_id={statement_id}&answer=agree&value=1",
                    headers=f"Cookie: baraza_key={key}\r\nSec-Fetch-Site: same-origin\r\n",
                )


def hash_key(key: str) -> str:
    """As the program stores keys."""
    return hashlib.sha256(key.encode()).hexdigest()


def make_program(folder: Path, url: str = "") -> Flask:
    """The program on a database that the migrations made; SQLite in `folder` when no `url` is given."""
    settings = Settings(
        instance_path=folder, secret_key=SECRET, database_url=url or f"sqlite:///{folder / 'measured.sqlite3'}"
    )
    app = create_app(settings)
    with app.app_context():
        upgrade()
    return app


def fill(app: Flask, *, people: int = PEOPLE, statements: int = STATEMENTS) -> City:
    """Twenty consultations, the first with a question and with statements, and people who have begun it."""
    with app.app_context():
        make_city()
        first = make_consultation(slug=SLUG)
        for number in range(19):
            make_consultation(slug=f"other-{number}")
        question = make_step(first, "one_choice")
        for position in range(1, 7):
            db.session.add(Option(step_id=question.id, position=position, label=words(f"Choice {position}")))
        step = make_step(first, "statements", 2)
        ids = [make_statement(step, f"Statement {number} about the bridge").id for number in range(statements)]
        keys = add_people(first.id, people)
        db.session.commit()
        return City(app.config["SQLALCHEMY_DATABASE_URI"], step.id, ids, keys)


def add_people(consultation_id: int, count: int) -> list[str]:
    """Participants who have begun, each with a device; gives the keys of the devices."""
    first = (db.session.execute(text("SELECT max(id) FROM participant")).scalar() or 0) + 1
    numbers = range(first, first + count)
    keys = [f"device-{number}" for number in numbers]
    day, later = now().date(), now() + timedelta(days=30)
    rows: list[tuple[Any, Iterator[dict[str, Any]]]] = [
        (
            Participant,
            (
                {
                    "id": number,
                    "nonce_hash": f"measured {number}",
                    "code_seed": number.to_bytes(16, "big"),
                    "return_code_hash": f"measured {number}",
                    "created_on": day,
                }
                for number in numbers
            ),
        ),
        (
            ParticipantKey,
            (
                {"key_hash": hash_key(key), "participant_id": number, "expires_at": later}
                for number, key in zip(numbers, keys, strict=True)
            ),
        ),
        (
            Participation,
            (
                {
                    "consultation_id": consultation_id,
                    "participant_id": number,
                    "came_by": CameBy.OPEN_LINK,
                    "language": "en",
                    "started_on": day,
                }
                for number in numbers
            ),
        ),
    ]
    for table, each in rows:
        insert_all(table, each)
    if db.engine.dialect.name == "postgresql":  # numbers were given by hand; the next ones come after them
        last = numbers.stop - 1
        db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('participant', 'id'), {last})"))
    return keys


def insert_all(table: Any, rows: Iterator[dict[str, Any]]) -> None:
    """Many rows, a slice at a time."""
    while part := list(itertools.islice(rows, SLICE)):
        db.session.execute(insert(table), part)
