"""The same form sent many times at once, over real connections to the real server: one row, one receipt (T7)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from itsdangerous import URLSafeTimedSerializer

from participation.core.database import db
from tests.benchmarks.city import SECRET, SLUG, City, fill, hash_key, make_program
from tests.durability.server import FORM, Server, ask, running
from tests.services import PostgreSQL

#: Forms that people sent, and how often each arrived at the same moment.
PEOPLE, COPIES = 12, 8
SAME_ORIGIN = {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}


class Answer(NamedTuple):
    """What one sending of a form brought."""

    status: int
    location: str
    cookie: str


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgreSQL]:
    started = PostgreSQL()
    yield started
    started.stop()


@pytest.fixture
def city(database_engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> City:
    """A filled city on this engine."""
    url = ""
    if database_engine == "postgresql":
        url = request.getfixturevalue("cluster").url(f"double{abs(hash(tmp_path))}")
    app = make_program(tmp_path, url)
    filled = fill(app, people=PEOPLE)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return filled


def send_at_once(port: int, path: str, forms: list[tuple[str, dict[str, str]]]) -> list[list[Answer]]:
    """Send each form `COPIES` times, all of them together; gives what each form's sendings brought."""
    gate = threading.Barrier(len(forms) * COPIES)
    answers: list[list[Answer]] = [[] for _ in forms]

    def send(place: int) -> None:
        body, headers = forms[place]
        gate.wait()
        response = ask(port, "POST", path, body, {**SAME_ORIGIN, **headers})
        cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
        answers[place].append(Answer(response.status, response.getheader("Location") or "", cookie))

    threads = [threading.Thread(target=send, args=(place,)) for place in range(len(forms)) for _ in range(COPIES)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return answers


def count(city: City, query: str) -> int:
    engine = sa.create_engine(city.url)
    with engine.connect() as connection:
        found: int = connection.execute(sa.text(query)).scalar_one()
    engine.dispose()
    return found


def statement_forms(city: City, *, run: int = 0) -> list[tuple[str, dict[str, str]]]:
    """A statement of each person's own, as the form she sends."""
    serializer = URLSafeTimedSerializer(SECRET, salt="form")
    return [
        (
            "form_token={}&body=More+benches+{}&language=en".format(
                serializer.dumps([f"own-{run}-{key}", f"statement:{city.step_id}", f"key:{hash_key(key)[:32]}"]), number
            ),
            {"Cookie": f"baraza_key={key}"},
        )
        for number, key in enumerate(city.keys)
    ]


def test_a_statement_sent_many_times_is_one_statement_with_one_receipt(
    database_engine: str, city: City, tmp_path: Path
) -> None:
    with running(Server(city, tmp_path)) as server:
        answers = send_at_once(server.port, f"/en/consultations/{SLUG}/statements/2/new", statement_forms(city))

    assert Counter(each.status for one in answers for each in one) == {303: PEOPLE * COPIES}
    assert [len({each.location for each in one}) for one in answers] == [1] * PEOPLE
    assert len({one[0].location for one in answers}) == PEOPLE
    assert count(city, "SELECT count(*) FROM contribution WHERE body LIKE 'More benches%'") == PEOPLE


def test_a_strangers_first_vote_sent_many_times_makes_one_person_with_one_vote(
    database_engine: str, city: City, tmp_path: Path
) -> None:
    serializer = URLSafeTimedSerializer(SECRET, salt="form")
    before = count(city, "SELECT count(*) FROM participant")
    forms: list[tuple[str, dict[str, str]]] = [
        (
            "form_token={}&statement_id={}&answer=agree".format(
                serializer.dumps([f"first-{number}", f"vote:{city.step_id}", "stranger"]), city.statement_ids[0]
            ),
            {},
        )
        for number in range(PEOPLE)
    ]

    with running(Server(city, tmp_path)) as server:
        answers = send_at_once(server.port, f"/en/consultations/{SLUG}/statements/2/votes", forms)

    assert Counter(each.status for one in answers for each in one) == {303: PEOPLE * COPIES}
    assert [len({each.cookie for each in one}) for one in answers] == [1] * PEOPLE
    assert len({one[0].cookie for one in answers}) == PEOPLE
    assert count(city, "SELECT count(*) FROM participant") == before + PEOPLE
    assert count(city, "SELECT count(*) FROM opinion_vote") == PEOPLE
    assert count(city, "SELECT sum(vote_count) FROM opinion_statement") == PEOPLE


def test_without_unique_keys_the_same_form_makes_several_rows(cluster: PostgreSQL, tmp_path: Path) -> None:
    """The proof that this test can fail: a program that only looks before it writes."""
    app = make_program(tmp_path, cluster.url("unguarded"))
    city = fill(app, people=PEOPLE)
    with app.app_context():
        for table, constraint in (
            ("form_receipt", "pk_form_receipt"),
            ("contribution", "uq_contribution_participant_id_form_key"),
        ):
            db.session.execute(sa.text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()

    with running(Server(city, tmp_path)) as server:
        for attempt in range(1, 6):
            forms = statement_forms(city, run=attempt)
            send_at_once(server.port, f"/en/consultations/{SLUG}/statements/2/new", forms)
            if count(city, "SELECT count(*) - count(DISTINCT key) FROM form_receipt") > 0:
                return
    pytest.fail("nothing kept the same form from being done twice, and it never was")
