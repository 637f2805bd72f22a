"""Reads about consultations: which there are, when they are open, what is asked, and who takes part."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from participation.core.database import Moment, db, remembered
from participation.core.errors import NotFound
from participation.core.localized import Words

from .models import (
    Consultation,
    DraftAnswer,
    InvitationBatch,
    InvitationCode,
    Participation,
    Publication,
    Stage,
    StageKind,
    Step,
)
from .steps import kind_of
from .timing import Begun, Glance, Span, Visit

#: Stands for "no end yet" where ends are compared.
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
#: Closed consultations on one page of the list.
PAGE_SIZE = 20
#: Open ones, and ones that open soon, that one list holds at most.
MOST_LISTED = 100


@dataclass(frozen=True)
class Listed:
    """One consultation with the time it is open for answers, over all its answering stages."""

    consultation: Consultation
    span: Span


@dataclass(frozen=True)
class Outline:
    """A consultation with its stages and the steps in use: what is the same for everybody who comes."""

    consultation: Consultation
    stages: Sequence[Stage]
    steps: Sequence[Step]


@dataclass(frozen=True)
class PeopleCount:
    """How many people took part in one way."""

    channel: str
    came_by: str
    language: str
    people: int


def find_consultation(slug: str) -> Consultation | None:
    """The consultation with this name in addresses."""
    return db.session.execute(select(Consultation).where(Consultation.slug == slug)).scalar_one_or_none()


def get_consultation(slug: str) -> Consultation:
    """The consultation with this name in addresses.

    Raises:
        NotFound: there is none.
    """
    found = find_consultation(slug)
    if found is None:
        raise NotFound
    return found


def get_consultation_by_id(consultation_id: int) -> Consultation:
    """The consultation with this number.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(Consultation, consultation_id)
    if found is None:
        raise NotFound
    return found


def list_stages(consultation_id: int) -> Sequence[Stage]:
    """All stages in order."""
    return (
        db.session.execute(select(Stage).where(Stage.consultation_id == consultation_id).order_by(Stage.position))
        .scalars()
        .all()
    )


def list_stages_of(consultation_ids: Collection[int]) -> dict[int, list[Stage]]:
    """Consultation id → its stages in order."""
    found: dict[int, list[Stage]] = {}
    rows = db.session.execute(select(Stage).where(Stage.consultation_id.in_(consultation_ids)).order_by(Stage.position))
    for stage in rows.scalars():
        found.setdefault(stage.consultation_id, []).append(stage)
    return found


def list_steps(consultation_id: int) -> Sequence[Step]:
    """The steps in use, in order; earlier versions are left out."""
    return (
        db.session.execute(
            select(Step)
            .where(Step.consultation_id == consultation_id, Step.retired_at.is_(None))
            .order_by(Step.position, Step.id)
        )
        .scalars()
        .all()
    )


def get_step(step_id: int) -> Step:
    """The step with this number, in whatever version.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(Step, step_id)
    if found is None:
        raise NotFound
    return found


def find_visit(slug: str, participant_id: int | None, at: datetime) -> Visit:
    """The consultation, its stages and what this person has begun there.

    Raises:
        NotFound: there is no such consultation.
    """
    mine = and_(Participation.consultation_id == Consultation.id, Participation.participant_id == (participant_id or 0))
    row = db.session.execute(
        select(Consultation, Participation).outerjoin(Participation, mine).where(Consultation.slug == slug)
    ).one_or_none()
    if row is None:
        raise NotFound
    consultation, participation = row
    return Visit(consultation, list_stages(consultation.id), participation, at)


def find_outline(slug: str) -> Outline:
    """The consultation with its stages and steps, remembered between requests: look at it, and do not change it.

    Raises:
        NotFound: there is no such consultation.
    """
    found = remembered(("outline", slug), lambda session: _load_outline(session, slug))
    if found is None:
        raise NotFound
    return found


def visit_outline(outline: Outline, participant_id: int | None, at: datetime) -> Visit:
    """This person's visit to a consultation whose outline is known."""
    mine = find_participation(outline.consultation.id, participant_id) if participant_id is not None else None
    return Visit(outline.consultation, outline.stages, mine, at)


def glance_at(outline: Outline, participant_id: int | None, at: datetime) -> Glance:
    """The same where nothing is done with her participation: asks for no more of it than policies want to know."""
    row = None
    if participant_id is not None:
        ids = {"consultation_id": outline.consultation.id, "participant_id": participant_id}
        # straight from the connection: plain columns need nothing of the session
        row = db.session.connection().execute(_BEGUN, ids).one_or_none()
    return Glance(outline.consultation, outline.stages, Begun(row.participant_id, row.sent_at) if row else None, at)


def _load_outline(session: Session, slug: str) -> Outline | None:
    consultation = session.execute(select(Consultation).where(Consultation.slug == slug)).scalar_one_or_none()
    if consultation is None:
        return None
    stages = select(Stage).where(Stage.consultation_id == consultation.id).order_by(Stage.position)
    steps = select(Step).where(Step.consultation_id == consultation.id, Step.retired_at.is_(None))
    return Outline(
        consultation,
        session.execute(stages).scalars().all(),
        session.execute(steps.order_by(Step.position, Step.id)).scalars().all(),
    )


_PARTICIPATION, _BEGUN = (
    select(*wanted).where(
        Participation.consultation_id == bindparam("consultation_id"),
        Participation.participant_id == bindparam("participant_id"),
    )
    for wanted in ((Participation,), (Participation.participant_id, Participation.sent_at))
)


def find_participation(consultation_id: int, participant_id: int) -> Participation | None:
    """What this person has begun or sent there."""
    ids = {"consultation_id": consultation_id, "participant_id": participant_id}
    return db.session.execute(_PARTICIPATION, ids).scalar_one_or_none()


def get_participation(participation_id: int) -> Participation:
    """The participation with this number."""
    return db.session.get_one(Participation, participation_id)


def list_participations(participant_id: int) -> Sequence[tuple[Participation, Consultation]]:
    """Everything one person takes part in, newest first."""
    rows = db.session.execute(
        select(Participation, Consultation)
        .join(Consultation, Consultation.id == Participation.consultation_id)
        .where(Participation.participant_id == participant_id)
        .order_by(Participation.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def list_drafts_of(participant_id: int) -> Sequence[DraftAnswer]:
    """Everything this person has filled in and not sent."""
    query = select(DraftAnswer).join(Participation, Participation.id == DraftAnswer.participation_id)
    found = query.where(Participation.participant_id == participant_id).order_by(DraftAnswer.step_id)
    return db.session.execute(found).scalars().all()


_DRAFTS = select(DraftAnswer.step_id, DraftAnswer.data).where(
    DraftAnswer.participation_id == bindparam("participation_id")
)


def find_drafts(participation: Participation | None) -> Mapping[int, dict[str, Any]]:
    """Step id → what is filled in and not sent."""
    if participation is None:
        return {}
    rows = db.session.execute(_DRAFTS, {"participation_id": participation.id})
    return {row.step_id: row.data for row in rows}


# -- Lists -------------------------------------------------------------------------------------------------------------


def list_open(at: datetime) -> list[Listed]:
    """Published consultations that can be answered now; those that close first come first."""
    query, opens, closes = _spans()
    wanted = query.where(opens <= at, closes > at).order_by(closes, Consultation.id).limit(MOST_LISTED)
    return _listed(wanted)


def list_soon(at: datetime) -> list[Listed]:
    """Published consultations that open later; the next one comes first."""
    query, opens, _closes = _spans()
    return _listed(query.where(opens > at).order_by(opens, Consultation.id).limit(MOST_LISTED))


def list_closed(at: datetime, *, after_id: int | None = None) -> tuple[list[Listed], int | None]:
    """One page of published consultations that have closed, the last closed first, and where the next page begins.

    `after_id` is the last consultation of the page before.
    """
    query, _opens, closes = _spans()
    query = query.where(closes <= at)
    if after_id is not None:
        end, last_id = _closing_of(after_id)
        query = query.where(tuple_(closes, Consultation.id) < tuple_(literal(end, Moment()), literal(last_id)))
    found = _listed(query.order_by(closes.desc(), Consultation.id.desc()).limit(PAGE_SIZE + 1))
    listed = found[:PAGE_SIZE]
    return listed, listed[-1].consultation.id if len(found) > PAGE_SIZE else None


def _closing_of(consultation_id: int) -> tuple[datetime, int]:
    query, _opens, _closes = _spans()
    row = db.session.execute(query.where(Consultation.id == consultation_id)).one_or_none()
    if row is None:
        raise NotFound
    return row.closes, row[0].id


@cache
def _spans() -> tuple[Select[Any], ColumnElement[datetime], ColumnElement[datetime]]:
    """Published consultations with first opening and last closing, and these two as columns to filter by.

    Built once: putting the question together costs more than asking it.
    """
    span = (
        select(
            Stage.consultation_id,
            func.min(Stage.opens_at).label("opens"),
            func.max(func.coalesce(Stage.closes_at, literal(_NEVER, Moment()))).label("closes"),
        )
        .where(Stage.kind == StageKind.ANSWERING)
        .group_by(Stage.consultation_id)
        .subquery()
    )
    early = Consultation.closed_early_at
    closes = case((and_(early.is_not(None), early < span.c.closes), early), else_=span.c.closes)
    query = (
        select(Consultation, span.c.opens.label("opens"), closes.label("closes"))
        .join(span, span.c.consultation_id == Consultation.id)
        .where(Consultation.publication == Publication.PUBLISHED)
    )
    return query, span.c.opens, closes


def _listed(query: Select[Any]) -> list[Listed]:
    rows = db.session.execute(query)
    return [Listed(row[0], Span(row.opens, None if row.closes >= _NEVER else row.closes)) for row in rows]


# -- Invitations -------------------------------------------------------------------------------------------------------


def find_invitation(code_hash: str) -> tuple[InvitationCode, InvitationBatch, Consultation] | None:
    """The code with this hash, with its batch and what it invites to."""
    row = db.session.execute(
        select(InvitationCode, InvitationBatch, Consultation)
        .join(InvitationBatch, InvitationBatch.id == InvitationCode.batch_id)
        .join(Consultation, Consultation.id == InvitationBatch.consultation_id)
        .where(InvitationCode.code_hash == code_hash)
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


# -- What others show --------------------------------------------------------------------------------------------------


def list_consultations_by_ids(ids: Collection[int]) -> Sequence[Consultation]:
    """The consultations with these numbers."""
    return db.session.execute(select(Consultation).where(Consultation.id.in_(ids))).scalars().all()


def consultation_label(ids: Collection[int], language: str) -> dict[int, Words]:
    """Titles by number, for a reader of `language`."""
    return {each.id: each.title.read(language) for each in list_consultations_by_ids(ids)}


def count_people(consultation_id: int) -> list[PeopleCount]:
    """How many people took part, by channel, way of coming and language.

    Counted is who sent her answers, and who gave an answer that counts at once, such as a vote.
    """
    took_part = or_(
        Participation.sent_at.is_not(None),
        *(Participation.participant_id.in_(query) for query in _answered_at_once(consultation_id)),
    )
    rows = db.session.execute(
        select(
            Participation.channel,
            Participation.came_by,
            Participation.language,
            func.sum(Participation.people_count).label("people"),
        )
        .where(Participation.consultation_id == consultation_id, took_part)
        .group_by(Participation.channel, Participation.came_by, Participation.language)
        .order_by(Participation.channel, Participation.came_by, Participation.language)
    )
    return [PeopleCount(row.channel, row.came_by, row.language, int(row.people)) for row in rows]


def _answered_at_once(consultation_id: int) -> list[Select[tuple[int | None]]]:
    """For each kind whose answers count at once: who answered, in whatever version of a step."""
    steps = db.session.execute(select(Step).where(Step.consultation_id == consultation_id)).scalars().all()
    found = []
    for name in sorted({step.kind for step in steps if kind_of(step).counts_at_once}):
        of_this_kind = [step for step in steps if step.kind == name]
        query = kind_of(of_this_kind[0]).who_answered([step.id for step in of_this_kind])
        if query is not None:
            found.append(query)
    return found
