"""Kill -9 in the middle of a crowd that votes: what was acknowledged is still there (security.md T6a).

SQLite loses the whole process group; with PostgreSQL the program is killed and the server goes on. `make test` cuts a
few times, `make long` fifty times; its last output stands in docs/security.md.
"""

from __future__ import annotations

import hashlib
import os
import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from participation.core.database import db
from tests.benchmarks.city import City, fill, hash_key, make_program
from tests.durability.server import Crowd, Sent, Server, split
from tests.services import PostgreSQL

CONNECTIONS = 16
#: Seconds within which it serves again, where nothing else keeps the machine busy.
SERVES_AGAIN_IN = 5.0


@pytest.fixture(scope="module")
def durable_postgresql() -> Iterator[PostgreSQL]:
    started = PostgreSQL(durable=True)
    yield started
    started.stop()


@pytest.fixture
def city(database_engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> City:
    """A filled city on this engine; nobody but the server has it open."""
    url = ""
    if database_engine == "postgresql":
        cluster: PostgreSQL = request.getfixturevalue("durable_postgresql")
        url = cluster.url("t" + hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12])
    app = make_program(tmp_path, url)
    filled = fill(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return filled


def lost(city: City, acknowledged: list[Sent]) -> list[Sent]:
    """Acknowledged votes that are not in the database, or not as they were sent."""
    engine = sa.create_engine(city.url)
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT k.key_hash, p.nonce_hash, v.statement_id, v.value FROM opinion_vote v"
                " JOIN participant p ON p.id = v.participant_id LEFT JOIN participant_key k ON k.participant_id = p.id"
            )
        ).all()
        if city.url.startswith("sqlite"):
            assert connection.execute(sa.text("PRAGMA integrity_check")).scalar_one() == "ok"
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).first() is None
        miscounted = connection.execute(
            sa.text(
                "SELECT s.id FROM opinion_statement s WHERE s.vote_count <>"
                " (SELECT count(*) FROM opinion_vote v WHERE v.statement_id = s.id)"
            )
        ).all()
    engine.dispose()
    assert miscounted == []
    by_key = {(row[0], row[2]): row[3] for row in rows}
    by_nonce = {(row[1], row[2]): row[3] for row in rows}
    known, strangers = split(acknowledged)
    return [
        *(each for each in known if by_key.get((hash_key(each.key), each.statement_id)) != each.value),
        *(each for each in strangers if by_nonce.get((hash_key("nonce:" + each.key), each.statement_id)) != each.value),
    ]


@dataclass
class Cuts:
    """What many kills brought."""

    crowd: Crowd
    missing: list[Sent] = field(default_factory=list)
    #: seconds of each start after a kill, and whether the machine was busy with other things
    starts: list[tuple[float, bool]] = field(default_factory=list)

    @property
    def slowest_start(self) -> float:
        """Seconds of the slowest start on a quiet machine; 0 when it never was quiet."""
        return max((seconds for seconds, was_busy in self.starts if not was_busy), default=0.0)

    def __str__(self) -> str:
        seconds = [each for each, _was_busy in self.starts]
        busy = sum(was_busy for _seconds, was_busy in self.starts)
        return (
            f"{len(self.starts)} kills, {len(self.crowd.acknowledged)} acknowledged, {len(self.missing)} lost, serving "
            f"again after {statistics.median(seconds):.1f} s (median), {max(seconds):.1f} s (longest); "
            f"{busy} of the starts on a machine busy with other things"
        )


def cut(city: City, folder: Path, *, times: int, most: int = 60, program: str = "") -> Cuts:
    """Serve, let a crowd cast up to about `most` votes, kill; again and again."""
    server = Server(city, folder, program=program)
    cuts = Cuts(Crowd(city))
    try:
        server.start()
        for _ in range(times):
            before = len(cuts.crowd.acknowledged)
            cuts.crowd.vote_until_killed(server, connections=CONNECTIONS, votes=random.randint(5, most))
            cuts.missing += lost(city, cuts.crowd.acknowledged[before:])
            was_busy = os.getloadavg()[0] > (os.cpu_count() or 1)
            cuts.starts.append((server.start(), was_busy))
    finally:
        server.kill()
    return cuts


def test_what_was_acknowledged_survives_a_kill(database_engine: str, city: City, tmp_path: Path) -> None:
    cuts = cut(city, tmp_path, times=3)

    assert cuts.missing == []
    assert cuts.crowd.surprises == {}
    assert len(cuts.crowd.acknowledged) > 20, "a crowd that hardly voted proves nothing"


@pytest.mark.long
def test_what_was_acknowledged_survives_fifty_kills(database_engine: str, city: City, tmp_path: Path) -> None:
    cuts = cut(city, tmp_path, times=50, most=200)

    print(f"\n{database_engine}: {cuts}")
    assert cuts.missing == []
    assert lost(city, cuts.crowd.acknowledged) == []
    assert cuts.crowd.surprises == {}
    assert len(cuts.crowd.acknowledged) > 1000
    assert cuts.slowest_start < SERVES_AGAIN_IN


@pytest.mark.one_engine
def test_a_program_that_answers_before_its_commit_is_found_out(
    database_engine: str, city: City, tmp_path: Path
) -> None:
    """The proof that this test can fail."""
    for _attempt in range(5):
        if cut(city, tmp_path, times=1, program="tests.durability.hasty:create_app()").missing:
            return
    pytest.fail("votes were acknowledged before they were written, and nothing was missed")
