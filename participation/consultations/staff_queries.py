"""Reads for the staff's pages about consultations: the list, what is missing, who took part."""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, union_all

from participation.core.database import Moment, db
from participation.core.policy import Actor

from .checklist import count_missing_texts
from .models import Consultation, Participation, Publication, Stage, StageKind, Step
from .queries import PeopleCount
from .staff_policy import INSIDERS, WRITERS
from .steps import kind_of
from .timing import answering_spans

#: Consultations on one page of the list.
PAGE_SIZE = 20
#: Consultations of one person that are looked at for what they need.
MOST_LOOKED_AT = 200
#: Days before its end from which a stage needs attention.
SOON_DAYS = 3
#: Days before a promised reply from which it needs attention.
REPLY_SOON_DAYS = 14
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Care(enum.StrEnum):
    """Why a consultation needs somebody now."""

    #: texts are missing or older than their source
    TEXTS = "texts"
    #: people cannot answer much longer
    ENDING = "ending"
    #: the promised day of the reply is near
    REPLY = "reply"
    #: the promised day of the reply is over
    OVERDUE = "overdue"


class State(enum.StrEnum):
    """Where a consultation stands, as the list shows and filters it."""

    DRAFT = "draft"
    SOON = "soon"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Listed:
    """One consultation in the staff's list."""

    consultation: Consultation
    state: State
    stages: Sequence[Stage]
    steps: Sequence[Step]
    #: people who took part so far
    people: int


def state_of(consultation: Consultation, stages: Sequence[Stage], at: datetime) -> State:
    """Where a consultation stands at this moment."""
    if consultation.publication == Publication.DRAFT:
        return State.DRAFT
    if consultation.publication == Publication.ARCHIVED:
        return State.ARCHIVED
    spans = answering_spans(consultation, stages)
    if any(span.contains(at) for span in spans):
        return State.OPEN
    return State.SOON if any(span.opens_at > at for span in spans) else State.CLOSED


def list_for(
    actor: Actor,
    *,
    at: datetime,
    state: State | None = None,
    is_mine: bool = False,
    among: Collection[int] | None = None,
    after_id: int | None = None,
) -> tuple[list[Listed], int | None]:
    """One page of what `actor` may see, newest first, and where the next page begins.

    `among` narrows it to these numbers.
    """
    query = select(Consultation).where(_may_see(actor)).order_by(Consultation.id.desc()).limit(PAGE_SIZE + 1)
    if is_mine:
        query = query.where(_held_by(actor))
    if state is not None:
        query = query.where(_is_in(state, at))
    if among is not None:
        query = query.where(Consultation.id.in_(among))
    if after_id is not None:
        query = query.where(Consultation.id < after_id)
    found = list(db.session.execute(query).scalars())
    shown = found[:PAGE_SIZE]
    ids = [each.id for each in shown]
    stages, versions = stages_of(ids), versions_of(ids)
    people = count_people_of(ids, versions)
    rows = [
        Listed(
            each,
            state_of(each, stages[each.id], at),
            stages[each.id],
            [step for step in versions[each.id] if step.retired_at is None],
            people.get(each.id, 0),
        )
        for each in shown
    ]
    return rows, shown[-1].id if len(found) > PAGE_SIZE else None


def list_ids() -> Sequence[int]:
    """Numbers of all consultations, the newest first."""
    return db.session.execute(select(Consultation.id).order_by(Consultation.id.desc())).scalars().all()


def stages_of(consultation_ids: Sequence[int]) -> dict[int, list[Stage]]:
    """Consultation id → its stages in order."""
    found: dict[int, list[Stage]] = {each: [] for each in consultation_ids}
    query = select(Stage).where(Stage.consultation_id.in_(consultation_ids)).order_by(Stage.position)
    for stage in db.session.execute(query).scalars():
        found[stage.consultation_id].append(stage)
    return found


def versions_of(consultation_ids: Sequence[int]) -> dict[int, list[Step]]:
    """Consultation id → its steps in every version, in order."""
    found: dict[int, list[Step]] = {each: [] for each in consultation_ids}
    query = select(Step).where(Step.consultation_id.in_(consultation_ids)).order_by(Step.position, Step.id)
    for step in db.session.execute(query).scalars():
        found[step.consultation_id].append(step)
    return found


def list_earlier_versions(consultation_id: int) -> Sequence[Step]:
    """Versions of steps that are no longer asked, the latest first."""
    return (
        db.session.execute(
            select(Step)
            .where(Step.consultation_id == consultation_id, Step.retired_at.is_not(None))
            .order_by(Step.lineage, Step.version.desc())
        )
        .scalars()
        .all()
    )


def count_people_of(consultation_ids: Sequence[int], versions: dict[int, list[Step]]) -> dict[int, int]:
    """Consultation id → people who took part, over all of them with one question to the database."""
    counts = [_people_in(each, versions.get(each, [])) for each in consultation_ids]
    if not counts:
        return {}
    return {number: int(people or 0) for number, people in db.session.execute(union_all(*counts))}


def count_people_by(consultation_id: int, versions: Sequence[Step]) -> list[PeopleCount]:
    """How many people took part, by channel, way of coming and language, as `queries.count_people` has it."""
    columns = (Participation.channel, Participation.came_by, Participation.language)
    rows = db.session.execute(
        select(*columns, func.sum(Participation.people_count))
        .where(Participation.consultation_id == consultation_id, _took_part(versions))
        .group_by(*columns)
    )
    return [PeopleCount(*row) for row in rows]


def find_cares(actor: Actor, *, at: datetime, today: date) -> dict[Care, list[int]]:
    """Why which consultations need `actor`, who changes them; numbers of consultations by care."""
    spaces = actor.spaces_as("consultation", *WRITERS)
    query = select(Consultation).where(Consultation.publication != Publication.ARCHIVED)
    if spaces is not None:
        query = query.where(Consultation.id.in_(spaces))
    found = list(db.session.execute(query.order_by(Consultation.id.desc()).limit(MOST_LOOKED_AT)).scalars())
    ids = [each.id for each in found]
    cares: dict[Care, list[int]] = {care: [] for care in Care}
    if not ids:
        return cares
    stages, versions = stages_of(ids), versions_of(ids)
    for each in found:
        steps = [step for step in versions[each.id] if step.retired_at is None]
        if any(count_missing_texts(each, stages[each.id], steps).values()):
            cares[Care.TEXTS].append(each.id)
        if ends_soon(each, stages[each.id], at):
            cares[Care.ENDING].append(each.id)
        tone = reply_tone(each, today)
        if tone is not None:
            cares[Care.OVERDUE if tone == "overdue" else Care.REPLY].append(each.id)
    return cares


def ends_soon(consultation: Consultation, stages: Sequence[Stage], at: datetime) -> datetime | None:
    """When people can answer no more, where that is within `SOON_DAYS` days."""
    ends = [
        span.closes_at
        for span in answering_spans(consultation, stages)
        if span.contains(at) and span.closes_at is not None and span.closes_at - at <= timedelta(days=SOON_DAYS)
    ]
    return min(ends, default=None)


def reply_tone(consultation: Consultation, today: date) -> str | None:
    """The tone of a promised reply: "overdue" when its day is over, "now" when it is near, None before that."""
    due = consultation.reply_due_on
    if due is None or consultation.publication != Publication.PUBLISHED:
        return None
    if due < today:
        return "overdue"
    return "now" if due - today <= timedelta(days=REPLY_SOON_DAYS) else None


def _people_in(consultation_id: int, versions: Sequence[Step]) -> Select[int, int]:
    return select(literal(consultation_id), func.sum(Participation.people_count)).where(
        Participation.consultation_id == consultation_id, _took_part(versions)
    )


def _took_part(versions: Sequence[Step]) -> ColumnElement[bool]:
    """Who sent her answers, and who gave one that counts at once; looked up for each person by her own index."""
    took_part: list[ColumnElement[bool]] = [Participation.sent_at.is_not(None)]
    for name in sorted({step.kind for step in versions if kind_of(step).counts_at_once}):
        of_this_kind = [step for step in versions if step.kind == name]
        query = kind_of(of_this_kind[0]).who_answered([step.id for step in of_this_kind])
        if query is not None:
            hers = query.selected_columns[0] == Participation.participant_id
            took_part.append(query.where(hers).exists())
    return or_(*took_part)


def _may_see(actor: Actor) -> ColumnElement[bool]:
    spaces = actor.spaces_as("consultation", *INSIDERS)
    if spaces is None:
        return literal(True)
    return or_(Consultation.publication != Publication.DRAFT, Consultation.id.in_(spaces))


def _held_by(actor: Actor) -> ColumnElement[bool]:
    spaces = actor.spaces_as("consultation", *INSIDERS)
    return literal(True) if spaces is None else Consultation.id.in_(spaces)


def _is_in(state: State, at: datetime) -> ColumnElement[bool]:
    """Where a consultation stands, as a condition; says the same as `state_of`."""
    publication = {State.DRAFT: Publication.DRAFT, State.ARCHIVED: Publication.ARCHIVED}.get(state)
    if publication is not None:
        return Consultation.publication == publication
    now_ = literal(at, Moment())
    early = Consultation.closed_early_at
    stage_end = func.coalesce(Stage.closes_at, literal(_NEVER, Moment()))
    closes = case((and_(early.is_not(None), early < stage_end), early), else_=stage_end)
    answering = select(Stage.id).where(
        Stage.consultation_id == Consultation.id, Stage.kind == StageKind.ANSWERING, Stage.opens_at < closes
    )
    is_open = answering.where(Stage.opens_at <= now_, closes > now_).exists()
    is_soon = and_(~is_open, answering.where(Stage.opens_at > now_).exists())
    chosen = {State.OPEN: is_open, State.SOON: is_soon}.get(state, and_(~is_open, ~is_soon))
    return and_(Consultation.publication == Publication.PUBLISHED, chosen)
