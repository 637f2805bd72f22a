"""Rows of votes in Polis's form: for staff with a reason, or once for everybody where people were told beforehand.

A row per person is nearly always unique, so the rows may be handed out as open data only where the consultation said so
before anybody began, after answering has ended, and exactly once: two files with different numbers for the same people
could be laid over each other. The file is therefore kept, without any words: those are put in from the snapshot each
time it is served, so that a word that was withdrawn is gone from here too. Rows stand in the order of fresh random
numbers; times are days (interface rules, 8.1).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from participation.accounts import settings
from participation.consultations import Consultation, Step, is_answering, list_stages
from participation.contributions import GONE, Contribution, Permission, State
from participation.core.audit import note
from participation.core.database import db
from participation.core.disclosure import number_afresh
from participation.core.errors import Conflict
from participation.core.policy import Actor
from participation.opinions import Statement, Vote, iter_votes

from . import queries
from .models import OpenVotes, Release, SavedExport
from .package import ROWS as FOLDER
from .package import ExtraFile
from .pages import ReleaseHere
from .polis_bundle import (
    RenumberedVotes,
    StatementRow,
    VoteRow,
    comments_csv,
    matrix_csv,
    renumbered,
    summary_csv,
    votes_csv,
)

#: Names of the matrix: newer and older tools look for different ones.
MATRIX_NAMES = ("participant-votes.csv", "participants-votes.csv")
_STATEMENTS = "statements.json"
_VOTES = "votes.csv"
_MODERATED = {State.VISIBLE: 1, State.HIDDEN: -1, State.REMOVED: -1, **dict.fromkeys(GONE, -1)}
#: What an author allowed that lets staff read her words outside the house's own pages.
_FOR_STAFF = frozenset({Permission.QUOTE, Permission.PARAPHRASE, Permission.COUNT_ONLY, Permission.STAFF_ONLY})


@dataclass(frozen=True)
class Conversation:
    """Every vote of one consultation under fresh numbers, with its statements; without words."""

    votes: RenumberedVotes
    statements: list[StatementRow]
    #: fresh number → statements she wrote
    written: Mapping[int, int]
    voters: int

    @property
    def statement_ids(self) -> list[int]:
        """Numbers of the statements, in order."""
        return [each.statement_id for each in self.statements]


def staff_files(consultation: Consultation, topic: str) -> Iterator[ExtraFile]:
    """The files of `polis/` for staff, with words as far as their authors let staff read them."""
    rows = _statement_rows(consultation.id)
    conversation = _read_conversation(rows, {statement.id for statement, _words in rows})
    bodies = {
        statement.id: words.body
        for statement, words in rows
        if words.effective_permission in _FOR_STAFF or words.participant_id is None
    }
    yield from _files(conversation, bodies, topic)


def may_hand_out(consultation: Consultation, release: Release, at: datetime) -> bool:
    """Whether these votes may become open data now: promised, over, released, and not done before."""
    return (
        consultation.has_open_votes
        and release.released_at is not None
        and not is_answering(consultation, list_stages(consultation.id), at)
        and find_handed_out(consultation) is None
    )


def hand_out(here: ReleaseHere, *, by: Actor, at: datetime) -> None:
    """Make the one file of open votes and let everybody download it with the summary.

    Raises:
        Conflict: nobody was told before, answering goes on, or it was done before.
    """
    if not may_hand_out(here.consultation, here.release, at):
        raise Conflict(
            _l(
                "These votes cannot become open data: people have to be told before they begin, answering has to be"
                " over, and it can be done only once."
            )
        )
    rows = _statement_rows(here.consultation.id)
    shown = {each["number"] for each in here.release.snapshot["statements"]}
    conversation = _read_conversation(rows, shown)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as kept:
        _keep(kept, _VOTES, votes_csv(conversation.votes))
        _keep(kept, MATRIX_NAMES[0], _matrix(conversation))
        facts = {"statements": [_as_json(each) for each in conversation.statements], "voters": conversation.voters}
        _keep(kept, _STATEMENTS, [json.dumps(facts).encode()])
    db.session.add(OpenVotes(release_id=here.release.id, content=buffer.getvalue()))
    here.release.open_votes_at = at
    save_export(here, "open votes", by=by, at=at)
    db.session.flush()
    note("votes_handed_out", f"release:{here.release.id}", by=by, at=at, space=here.space, voters=conversation.voters)


def find_handed_out(consultation: Consultation) -> Release | None:
    """The release with which the votes became open data."""
    released = (each for each in queries.list_releases(consultation.space) if each.open_votes_at is not None)
    return next(released, None)


def is_there(release: Release) -> bool:
    """Whether open votes go along with this release."""
    return release.open_votes_at is not None


def files_of(here: ReleaseHere) -> Iterator[ExtraFile]:
    """The open votes of this release with the words as the summary shows them now; nothing where there are none."""
    if not is_there(here.release):
        return
    said = {
        each["number"]: each["words"]["text"]
        for each in here.release.snapshot["statements"]
        if each["words"] and not each["words"]["is_blanked"]
    }
    content = db.session.execute(select(OpenVotes.content).where(OpenVotes.release_id == here.release.id)).scalar_one()
    with zipfile.ZipFile(io.BytesIO(content)) as kept:
        facts = json.loads(kept.read(_STATEMENTS))
        statements = [_from_json(each) for each in facts["statements"]]
        yield _summary_file(here.consultation.title.read("en").text, statements, facts["voters"])
        yield ExtraFile(FOLDER + "comments.csv", comments_csv(_with_words(statements, said)))
        yield ExtraFile(FOLDER + _VOTES, _pieces(kept, _VOTES))
        for name in MATRIX_NAMES:
            yield ExtraFile(FOLDER + name, _pieces(kept, MATRIX_NAMES[0]))


def save_export(
    here: ReleaseHere, kind: str, *, by: Actor, at: datetime, reason: str = "", sha256: str = ""
) -> SavedExport:
    """Note that a file left the house."""
    saved = SavedExport(
        release_id=here.release.id,
        space_kind=here.space.kind,
        space_id=here.space.id,
        kind=kind,
        made_by=by.staff_id,
        made_at=at,
        reason=reason,
        sha256=sha256,
    )
    db.session.add(saved)
    db.session.flush()
    return saved


def _statement_rows(consultation_id: int) -> list[tuple[Statement, Contribution]]:
    rows = db.session.execute(
        select(Statement, Contribution)
        .join(Contribution, Contribution.id == Statement.contribution_id)
        .join(Step, Step.id == Statement.step_id)
        .where(Step.consultation_id == consultation_id)
        .order_by(Statement.id)
    )
    return [(statement, words) for statement, words in rows]


def _read_conversation(rows: list[tuple[Statement, Contribution]], wanted: set[int]) -> Conversation:
    kept = [(statement, words) for statement, words in rows if statement.id in wanted]
    step_ids = sorted({statement.step_id for statement, _words in kept})
    voters = set(
        db.session.execute(
            select(Vote.participant_id)
            .join(Statement, Statement.id == Vote.statement_id)
            .where(Statement.step_id.in_(step_ids))
            .distinct()
        ).scalars()
    )
    # 0 stands for the city, and for people who erased themselves: one author for all of them
    authors = {statement.id: words.participant_id or 0 for statement, words in kept}
    numbers = number_afresh([*voters, *authors.values()])
    votes = renumbered(
        (
            VoteRow(person, statement_id, value, on)
            for on, statement_id, person, value, _matters in iter_votes(step_ids)
            if statement_id in wanted
        ),
        numbers,
    )
    counts = Counter((vote.statement_id, vote.value) for vote in votes)
    statements = [
        StatementRow(
            statement.id,
            numbers[authors[statement.id]],
            statement.created_at.date(),
            _MODERATED.get(State(words.state), 0),
            counts[statement.id, 1],
            counts[statement.id, -1],
            "",
        )
        for statement, words in kept
    ]
    written = Counter(numbers[each] for each in authors.values() if each)
    return Conversation(votes, statements, written, len({vote.person for vote in votes}))


def _files(conversation: Conversation, bodies: Mapping[int, str], topic: str) -> Iterator[ExtraFile]:
    yield _summary_file(topic, conversation.statements, conversation.voters)
    yield ExtraFile(FOLDER + "comments.csv", comments_csv(_with_words(conversation.statements, bodies)))
    yield ExtraFile(FOLDER + _VOTES, votes_csv(conversation.votes))
    for name in MATRIX_NAMES:
        yield ExtraFile(FOLDER + name, _matrix(conversation))


def _summary_file(topic: str, statements: list[StatementRow], voters: int) -> ExtraFile:
    facts = {
        "topic": topic,
        "url": settings().base_url,
        "voters": voters,
        "voters-in-conv": voters,
        "commenters": len({each.author for each in statements}),
        "comments": len(statements),
        "groups": 0,
        "conversation-description": "",
    }
    return ExtraFile(FOLDER + "summary.csv", [summary_csv(facts)])


def _with_words(statements: Iterable[StatementRow], bodies: Mapping[int, str]) -> Iterator[StatementRow]:
    return (each._replace(body=bodies.get(each.statement_id, "")) for each in statements)


def _matrix(conversation: Conversation) -> Iterator[bytes]:
    return matrix_csv(conversation.statement_ids, conversation.votes, written=conversation.written)


def _keep(kept: zipfile.ZipFile, name: str, pieces: Iterable[bytes]) -> None:
    with kept.open(name, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)


def _pieces(kept: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with closing(kept.open(name)) as file:
        while piece := file.read(1 << 16):
            yield piece


def _as_json(row: StatementRow) -> dict[str, Any]:
    return {**row._asdict(), "written_on": row.written_on.isoformat()}


def _from_json(kept: Mapping[str, Any]) -> StatementRow:
    return StatementRow(**{**kept, "written_on": date.fromisoformat(kept["written_on"])})
