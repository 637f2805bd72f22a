"""Takes in a conversation that was held on Polis: all of it or nothing that counts, in short slices.

The files are read through once before anything is written, so that a damaged file stores nothing. Then people,
statements and votes are written in slices of a few hundredths of a second; the caller commits each, so that nobody is
locked out for long, and an interrupted import goes on where it stopped. The same files again are the same import.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any, cast

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from participation.accounts import Origin, Participant, new_participant_row
from participation.consultations import CameBy, Consultation, Participation, Publication, Stage, StageKind, Step
from participation.contributions import (
    Channel,
    Contribution,
    Mode,
    Permission,
    State,
    Surface,
    clean_words,
    get_contributions,
)
from participation.core import audit
from participation.core.database import db
from participation.core.events import contribution_sent
from participation.core.languages import direction_of
from participation.core.localized import LocalizedText
from participation.core.policy import SYSTEM

from . import polis_files
from .models import Author, ImportedPerson, PolisImport, Statement, Vote
from .polis_files import PolisFolder

#: Rows written between two commits: about 50 ms each on two slow cores.
PEOPLE_SLICE = 400
STATEMENT_SLICE = 100
VOTE_SLICE = 4000
#: What Polis's moderation means here; what nobody looked at waits for a person.
STATES = {1: State.VISIBLE, 0: State.HELD, -1: State.HIDDEN}


@dataclass(frozen=True)
class Wish:
    """What the importer declares about a conversation."""

    slug: str
    #: BCP 47 tag of its statements
    language: str
    #: value that means agreement in the files
    agree: int
    #: what authors allowed; None where nobody asked them
    permission: Permission | None = None
    #: whether people were told that votes without names would be open data
    has_open_votes: bool = False
    keep_xid: bool = False


@dataclass(frozen=True)
class Progress:
    """How far an import is."""

    what: str
    done: int
    total: int


def import_conversation(folder: PolisFolder, wish: Wish, *, secret: str, at: datetime) -> Iterator[Progress]:
    """Write the conversation; commit after each progress that comes out.

    Raises:
        MalformedPolisFile: before anything is written.
    """
    statements = list(folder.statements())
    votes = list(folder.votes())
    people = list(_everybody(folder, statements, votes))
    job = _find_or_start(folder, wish, statements, votes, at=at)
    yield Progress("consultation", 1, 1)
    if job.finished_at is not None:
        return
    yield from _write_people(job, wish, people, secret=secret, at=at)
    persons = _persons_of(job)
    yield from _write_statements(job, wish, statements, persons)
    yield from _write_votes(job, votes, persons)
    _finish(job, at=at)
    yield Progress("finished", 1, 1)


def fingerprint(folder: PolisFolder, wish: Wish) -> str:
    """The same for the same files, sign and place: SHA-256 over all of them."""
    digest = hashlib.sha256(f"{wish.agree}:{wish.slug}".encode())
    for path in folder.files:
        digest.update(path.name.encode() + b"\0")
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _everybody(
    folder: PolisFolder, statements: Sequence[polis_files.Statement], votes: Sequence[polis_files.Vote]
) -> Iterator[polis_files.Person]:
    """Everybody in the files, once: those of the matrix, voters without a row there, authors who never voted."""
    seen: set[int] = set()
    for person in folder.people():
        seen.add(person.participant_id)
        yield person
    others = [vote.participant_id for vote in votes] + [
        each.author_id for each in statements if each.author_id is not None
    ]
    for number in dict.fromkeys(others):
        if number not in seen:
            yield polis_files.Person(number, xid=None)


def _find_or_start(
    folder: PolisFolder,
    wish: Wish,
    statements: Sequence[polis_files.Statement],
    votes: Sequence[polis_files.Vote],
    *,
    at: datetime,
) -> PolisImport:
    mark = fingerprint(folder, wish)
    known = db.session.execute(select(PolisImport).where(PolisImport.fingerprint == mark)).scalar_one_or_none()
    if known is not None:
        return known
    consultation = _make_consultation(folder.summary(), wish, _span(statements, votes, at), at=at)
    step = Step(
        consultation_id=consultation.id,
        position=1,
        kind="statements",
        lineage=1,
        version=1,
        prompt=consultation.title,
        help=LocalizedText(source=wish.language),
        is_optional=False,
        settings={},
    )
    db.session.add(step)
    db.session.flush()
    job = PolisImport(fingerprint=mark, step_id=step.id, agree_sign=wish.agree, started_at=at)
    db.session.add(job)
    db.session.flush()
    audit.note("conversation_import_started", f"consultation:{consultation.id}", by=SYSTEM, at=at, fingerprint=mark)
    return job


def _make_consultation(
    facts: dict[str, str], wish: Wish, span: tuple[datetime, datetime], *, at: datetime
) -> Consultation:
    def words(text: str) -> LocalizedText:
        return LocalizedText.of({wish.language: text}, wish.language)

    consultation = Consultation(
        slug=wish.slug,
        title=words(facts.get("topic", wish.slug)),
        purpose=words(facts.get("conversation-description", "")),
        can_change=words(""),
        cannot_change=words(""),
        decided_by=words(""),
        other_ways=words(""),
        closed_early_reason=words(""),
        languages=[wish.language],
        unset_permission=Permission.COUNT_ONLY,
        has_open_votes=wish.has_open_votes,
        # archived: at its address, in no list, and nobody can vote in it any more
        publication=Publication.ARCHIVED,
        published_at=span[0],
        created_at=at,
        changed_at=at,
    )
    db.session.add(consultation)
    db.session.flush()
    stage = Stage(
        consultation_id=consultation.id,
        position=1,
        kind=StageKind.ANSWERING,
        name=words(facts.get("topic", wish.slug)),
        opens_at=span[0],
        closes_at=span[1],
    )
    db.session.add(stage)
    return consultation


def _span(
    statements: Sequence[polis_files.Statement], votes: Sequence[polis_files.Vote], at: datetime
) -> tuple[datetime, datetime]:
    """From the first to just after the last thing somebody did."""
    stamps = [each.timestamp for each in statements] + [each.timestamp for each in votes if each.timestamp is not None]
    if not stamps:
        return at - timedelta(days=1), at
    first, last = (datetime.fromtimestamp(stamp / 1000, UTC) for stamp in (min(stamps), max(stamps)))
    return first, last + timedelta(seconds=1)


def _write_people(
    job: PolisImport, wish: Wish, people: Sequence[polis_files.Person], *, secret: str, at: datetime
) -> Iterator[Progress]:
    step = db.session.get_one(Step, job.step_id)
    known = set(db.session.execute(select(ImportedPerson.number).where(ImportedPerson.import_id == job.id)).scalars())
    waiting = [person for person in people if person.participant_id not in known]
    done = len(people) - len(waiting)
    for start in range(0, len(waiting), PEOPLE_SLICE):
        part = waiting[start : start + PEOPLE_SLICE]
        rows = [new_participant_row(Origin.IMPORT, secret=secret, at=at) for _person in part]
        made = insert(Participant).returning(Participant.id, sort_by_parameter_order=True)
        ids = db.session.execute(made, rows).scalars().all()
        db.session.execute(
            insert(Participation),
            [
                {
                    "consultation_id": step.consultation_id,
                    "participant_id": participant_id,
                    "came_by": CameBy.IMPORTED,
                    "channel": Channel.IMPORT,
                    "language": wish.language,
                    "started_on": at.date(),
                }
                for participant_id in ids
            ],
        )
        db.session.execute(
            insert(ImportedPerson),
            [
                {
                    "import_id": job.id,
                    "number": person.participant_id,
                    "participant_id": number,
                    "xid": person.xid or "",
                }
                for person, number in zip(part, ids, strict=True)
            ],
        )
        done += len(part)
        yield Progress("people", done, len(people))


def _persons_of(job: PolisImport) -> dict[int, int]:
    """Number in the files → participant."""
    rows = db.session.execute(
        select(ImportedPerson.number, ImportedPerson.participant_id).where(ImportedPerson.import_id == job.id)
    )
    return {row[0]: row[1] for row in rows}


def _write_statements(
    job: PolisImport, wish: Wish, statements: Sequence[polis_files.Statement], persons: dict[int, int]
) -> Iterator[Progress]:
    step = db.session.get_one(Step, job.step_id)
    while job.statements_done < len(statements):
        part = statements[job.statements_done : job.statements_done + STATEMENT_SLICE]
        made = insert(Contribution).returning(Contribution.id, sort_by_parameter_order=True)
        ids = db.session.execute(made, [_words_row(each, step, wish, persons) for each in part]).scalars().all()
        db.session.execute(
            insert(Statement),
            [
                {
                    "step_id": step.id,
                    "contribution_id": number,
                    "author": Author.IMPORT,
                    "imported_id": each.statement_id,
                    "is_open": each.moderated == 1,
                    "vote_count": 0,
                    "created_at": each.written_at,
                }
                for each, number in zip(part, ids, strict=True)
            ],
        )
        held = [number for each, number in zip(part, ids, strict=True) if each.moderated == 0]
        for contribution in get_contributions(held).values():
            contribution_sent.send(contribution.id, contribution=contribution)
        job.statements_done += len(part)
        db.session.flush()
        yield Progress("statements", job.statements_done, len(statements))


def _words_row(statement: polis_files.Statement, step: Step, wish: Wish, persons: dict[int, int]) -> dict[str, Any]:
    author = None if statement.author_id is None else persons[statement.author_id]
    return {
        "participant_id": author,
        "form_key": f"polis:{step.id}:{statement.statement_id}",
        "space_kind": "consultation",
        "space_id": step.consultation_id,
        "subject_kind": "statement",
        "subject_id": step.id,
        "surface": Surface.PUBLIC,
        "body": clean_words(statement.body),
        "language": wish.language,
        "direction": direction_of(wish.language),
        "channel": Channel.IMPORT,
        "permission": wish.permission,
        "unset_permission": Permission.COUNT_ONLY,
        "mode": Mode.HOLD,
        "state": STATES[statement.moderated],
        "sent_at": statement.written_at,
        "changed_at": statement.written_at,
    }


def _write_votes(job: PolisImport, votes: Sequence[polis_files.Vote], persons: dict[int, int]) -> Iterator[Progress]:
    numbers = _statements_of(job)
    undated = _last_day(job)
    put = (postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert)(
        cast("Table", Vote.__table__)
    )
    while job.votes_done < len(votes):
        part = islice(votes, job.votes_done, job.votes_done + VOTE_SLICE)
        rows = [
            {
                "statement_id": numbers[vote.statement_id],
                "participant_id": persons[vote.participant_id],
                "value": vote.value,
                "matters": False,
                "voted_on": undated
                if vote.timestamp is None
                else datetime.fromtimestamp(vote.timestamp // 1000, UTC).date(),
            }
            for vote in part
        ]
        db.session.execute(put.on_conflict_do_nothing(), rows)
        job.votes_done += len(rows)
        db.session.flush()
        yield Progress("votes", job.votes_done, len(votes))


def _statements_of(job: PolisImport) -> dict[int, int]:
    """Number in the files → statement."""
    rows = db.session.execute(select(Statement.imported_id, Statement.id).where(Statement.step_id == job.step_id))
    return {row[0]: row[1] for row in rows if row[0] is not None}


def _last_day(job: PolisImport) -> date:
    """The day of the newest statement, for votes whose file has no times."""
    newest = select(func.max(Statement.created_at)).where(Statement.step_id == job.step_id)
    found: datetime | None = db.session.execute(newest).scalar_one()
    return (found or job.started_at).date()


def _finish(job: PolisImport, *, at: datetime) -> None:
    counted = select(func.count()).where(Vote.statement_id == Statement.id).scalar_subquery()
    changed = update(Statement).where(Statement.step_id == job.step_id).values(vote_count=counted)
    db.session.execute(changed.execution_options(synchronize_session=False))
    job.finished_at = at
    step = db.session.get_one(Step, job.step_id)
    audit.note(
        "conversation_imported",
        f"consultation:{step.consultation_id}",
        by=SYSTEM,
        at=at,
        statements=job.statements_done,
        votes=job.votes_done,
    )
