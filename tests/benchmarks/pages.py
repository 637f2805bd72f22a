"""Pages beside a bare Flask + Jinja + SQLAlchemy ORM page with as many rows; and beside themselves, database full."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event, insert, text

from participation.accounts.models import StaffSession
from participation.contributions.models import Contribution, Surface
from participation.core.clock import now
from participation.core.database import db
from participation.core.policy import Role
from participation.moderation.models import ReviewItem
from participation.opinions.models import Vote
from tests.benchmarks import servers
from tests.benchmarks.city import SLUG, City, add_people, fill, hash_key, insert_all, make_program
from tests.benchmarks.load import get
from tests.benchmarks.rounds import Row, Side, cheaper, faster, interleave
from tests.factories.accounts import make_staff

LIST = "/en/consultations"
#: The same page under an address that nobody asked for before is drawn anew each time.
LIST_ANEW = "/en/consultations?drawn=anew"
QUESTION = f"/en/consultations/{SLUG}/steps/1"
STATEMENT = f"/en/consultations/{SLUG}/statements/2"
QUEUE = "/en/staff/queue/"
MOST_QUERIES = 8
STAFF_KEY = "measured-staff"
VOTES, WORDS = 1_000_000, 100_000


def measure(rounds: int, seconds: float) -> list[Row]:
    """List and question pages, and how many queries they need."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        app = make_program(Path(folder))
        city = fill(app)
        cookie = f"Cookie: baraza_key={city.keys[0]}\r\n"
        queries = {path: count_queries(app, path, city.keys[1]) for path in (LIST_ANEW, QUESTION, STATEMENT)}
        port = stack.enter_context(servers.ours(city.environment))
        bare = stack.enter_context(servers.bare("pages", city.environment))
        sides = {
            "bare hello": Side(bare, get("/hello")),
            "bare list": Side(bare, get("/list")),
            "list": Side(port, get(LIST)),
            "list anew": Side(port, get(LIST_ANEW)),
            "bare question": Side(bare, get(f"/question/{SLUG}")),
            "question": Side(port, get(QUESTION, headers=cookie)),
            "statement": Side(port, get(STATEMENT, headers=cookie)),
        }
        found = interleave(sides, rounds=rounds, seconds=seconds, connections=8)
    lines = [
        ("list page of 20, as readers get it", "list", "bare list", LIST_ANEW),
        ("list page of 20, drawn anew each time", "list anew", "bare list", LIST_ANEW),
        ("question page of somebody who has begun", "question", "bare question", QUESTION),
        ("statement page of somebody who has begun", "statement", "bare question", STATEMENT),
    ]
    rows = [
        Row(
            what,
            str(found[ours]),
            str(found[peer]),
            faster(found[ours], found[peer]),
            "≥ 0.4",
            f"{cheaper(found[ours], found[peer])}; {queries[path]} queries when nothing is remembered",
        )
        for what, ours, peer, path in lines
    ]
    most = max(queries.values())
    rows.append(Row("queries of these pages, at most", str(most), "–", float(most), f"≤ {MOST_QUERIES}"))
    return rows


def measure_growth(rounds: int, seconds: float) -> list[Row]:
    """The same pages with a thousand votes and words in the database, and with a million and a hundred thousand."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        small = _filled(Path(folder) / "small", votes=1000, words=1000)
        large = _filled(Path(folder) / "large", votes=VOTES, words=WORDS)
        ports = {
            "1,000": stack.enter_context(servers.ours(small.environment)),
            "1,000,000": stack.enter_context(servers.ours(large.environment)),
        }
        pages = {"list": LIST_ANEW, "question": QUESTION, "statement": STATEMENT, "moderators’ queue": QUEUE}
        headers = f"Cookie: baraza_key={small.keys[0]}; baraza_staff={STAFF_KEY}\r\n"
        resident = f"Cookie: baraza_key={small.keys[0]}\r\n"
        sides = {
            f"{name} {size}": Side(port, get(path, headers=headers if path == QUEUE else resident))
            for name, path in pages.items()
            for size, port in ports.items()
        }
        found = interleave(sides, rounds=rounds, seconds=seconds, connections=8)
    return [
        Row(
            f"{name} page with {VOTES:,} votes and {WORDS:,} contributions, beside 1,000 and 1,000 (median time)",
            f"{found[f'{name} 1,000,000'].p50:.1f} ms",
            f"{found[f'{name} 1,000'].p50:.1f} ms",
            found[f"{name} 1,000,000"].p50 / found[f"{name} 1,000"].p50,
            "≤ 1.5",
        )
        for name in pages
    ]


def count_queries(app: Flask, path: str, key: str) -> int:
    """How many times the page asks the database when nothing is remembered."""
    asked: list[str] = []

    def note(*facts: object) -> None:
        if not str(facts[2]).startswith("BEGIN"):
            asked.append(str(facts[2]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    headers = {} if path == LIST_ANEW else {"Cookie": f"baraza_key={key}"}
    client = app.test_client()
    client.get(path, headers=headers)  # compiles templates, tidies once
    app.extensions["remembered"].clear()
    asked.clear()
    status = client.get(path, headers=headers).status_code
    event.remove(engine, "before_cursor_execute", note)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return len(asked)


def _filled(folder: Path, *, votes: int, words: int) -> City:
    folder.mkdir()
    app = make_program(folder)
    city = fill(app, people=1)
    with app.app_context():
        add_votes(city, votes)
        _add_words(words)
        _add_moderator()
        db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()
    return city


def add_votes(city: City, count: int) -> None:
    """Votes of new people on every statement, `count` in all."""
    consultation_id = db.session.execute(
        text("SELECT consultation_id FROM consultation_step WHERE id = :id"), {"id": city.step_id}
    ).scalar_one()
    first = (db.session.execute(text("SELECT max(id) FROM participant")).scalar() or 0) + 1
    people = range(first, first + count // len(city.statement_ids))
    add_people(consultation_id, len(people))
    day = now().date()
    rows = (
        {"statement_id": statement, "participant_id": person, "value": (statement + person) % 3 - 1, "voted_on": day}
        for statement in city.statement_ids
        for person in people
    )
    insert_all(Vote, rows)
    db.session.execute(text("UPDATE opinion_statement SET vote_count = :count"), {"count": len(people)})


def _add_words(count: int) -> None:
    """Contributions to read, spread over the consultations; nine of ten were decided on."""
    spaces = db.session.execute(text("SELECT id FROM consultation ORDER BY id")).scalars().all()
    at = now()
    rows = (
        {
            "form_key": f"words-{number}",
            "space_kind": "consultation",
            "space_id": spaces[number % len(spaces)],
            "subject_kind": "step",
            "subject_id": 0,
            "surface": Surface.STAFF,
            "body": f"Words number {number} about the bridge and the benches.",
            "language": "en",
            "direction": "ltr",
            "state": "held" if number % 10 == 0 else "visible",
            "sent_at": at - timedelta(minutes=number),
            "changed_at": at,
        }
        for number in range(count)
    )
    insert_all(Contribution, rows)
    # the queue has an item of each, as if its own listener had heard of it
    said = sa.select(
        Contribution.id,
        Contribution.space_kind,
        Contribution.space_id,
        sa.literal("mode"),
        Contribution.sent_at,
        Contribution.sent_at,
        sa.case((Contribution.state == "held", None), else_=Contribution.changed_at),
        sa.literal(1),
    ).where(Contribution.form_key.like("words-%"))
    columns = ["contribution_id", "space_kind", "space_id", "source", "opened_at", "due_at", "closed_at", "version"]
    db.session.execute(insert(ReviewItem).from_select(columns, said))


def _add_moderator() -> None:
    staff = make_staff(Role.MODERATOR)
    session = {
        "token_hash": hash_key(STAFF_KEY),
        "staff_id": staff.id,
        "created_at": now(),
        "seen_at": now(),
        "expires_at": now() + timedelta(hours=12),
        "has_password": True,
        "is_verified": True,
    }
    db.session.execute(insert(StaffSession), [session])
