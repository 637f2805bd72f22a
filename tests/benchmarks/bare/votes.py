"""The floor for votes: Flask and a driver, the same reads as ours, a unique insert, a commit that reached the disk.

A connection per thread; SQLite in WAL mode with `synchronous=FULL`, or PostgreSQL with `synchronous_commit=on`.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask import Flask, Response, request

URL = os.environ["DATABASE_URL"]
IS_SQLITE = URL.startswith("sqlite")
FIND_PERSON = "SELECT participant_id FROM participant_key WHERE key_hash = {} AND expires_at > {}"
FIND_STATEMENT = "SELECT step_id FROM opinion_statement WHERE id = {} AND is_open"
INSERT = (
    "INSERT INTO opinion_vote (statement_id, participant_id, value, matters, voted_on) "
    "VALUES ({}, {}, {}, false, {}) ON CONFLICT DO NOTHING"
)
COUNT = "UPDATE opinion_statement SET vote_count = vote_count + 1 WHERE id = {}"
MARK = "?" if IS_SQLITE else "%s"

app = Flask(__name__)
own = threading.local()


def connection() -> Any:
    if not hasattr(own, "connection"):
        own.connection = _connect()
    return own.connection


def _connect() -> Any:
    if not IS_SQLITE:
        return psycopg.connect(URL.replace("+psycopg", ""), options="-c synchronous_commit=on")
    made = sqlite3.connect(URL.removeprefix("sqlite:///"), timeout=10, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        made.execute(f"PRAGMA {pragma}")
    return made


@app.post("/vote")
def vote() -> Response:
    database = connection()
    now = datetime.now(UTC).replace(tzinfo=None)
    key_hash = hashlib.sha256(request.cookies["baraza_key"].encode()).hexdigest()
    statement_id, value = int(request.form["statement_id"]), int(request.form["value"])
    if IS_SQLITE:
        database.execute("BEGIN IMMEDIATE")
    moment = str(now) if IS_SQLITE else now
    (person,) = database.execute(FIND_PERSON.format(MARK, MARK), (key_hash, moment)).fetchone()
    database.execute(FIND_STATEMENT.format(MARK), (statement_id,)).fetchone()
    day = now.date().isoformat() if IS_SQLITE else now.date()
    done = database.execute(INSERT.format(MARK, MARK, MARK, MARK), (statement_id, person, value, day))
    if done.rowcount == 1:
        database.execute(COUNT.format(MARK), (statement_id,))
    database.execute("COMMIT") if IS_SQLITE else database.commit()
    return Response(status=303, headers={"Location": "/next"})
