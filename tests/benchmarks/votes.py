"""Durable votes over HTTP beside a bare handler that makes the same reads, the same insert and the same commit."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

from participation.core.database import db
from tests.benchmarks import servers
from tests.benchmarks.city import fill, make_program
from tests.benchmarks.rounds import Row, Side, cheaper, faster, interleave
from tests.services import PostgreSQL

CONNECTIONS = 32


def measure(rounds: int, seconds: float) -> list[Row]:
    """SQLite with `synchronous=FULL`, and PostgreSQL with `fsync` and `synchronous_commit`."""
    rows = [_measure("SQLite", "", rounds, seconds)]
    cluster = PostgreSQL(durable=True)
    try:
        rows.append(_measure("PostgreSQL", cluster.url("votes"), rounds, seconds))
    finally:
        cluster.stop()
    return rows


def _measure(name: str, url: str, rounds: int, seconds: float) -> Row:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        app = make_program(Path(folder), url)
        city = fill(app)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        port = stack.enter_context(servers.ours(city.environment))
        peer = stack.enter_context(servers.bare("votes", city.environment))
        # each vote is somebody's first on a statement: ours begins with the first statement, the peer with the last
        ours, theirs = city.votes(), iter(list(city.votes(bare=True))[::-1])
        sides = {
            "ours": Side(port, lambda _number: ours, 303),
            "bare": Side(peer, lambda _number: theirs, 303),
        }
        found = interleave(sides, rounds=rounds, seconds=seconds, connections=CONNECTIONS)
    what = f"votes over HTTP, {name}, {CONNECTIONS} connections, each answered after its commit"
    ours_found, peer_found = found["ours"], found["bare"]
    ratio = faster(ours_found, peer_found)
    return Row(what, str(ours_found), str(peer_found), ratio, "≥ 0.4", cheaper(ours_found, peer_found))
