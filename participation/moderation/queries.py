"""Reads of the queue, of decisions and of appeals. Whoever asks gets only what happened in her own spaces."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from participation.contributions import Contribution
from participation.core.database import db
from participation.core.errors import NotFound
from participation.core.policy import Actor, Role, Space

from .models import Appeal, Decision, ReviewItem


class Row(NamedTuple):
    """One item of the queue with its contribution."""

    item: ReviewItem
    contribution: Contribution

    @property
    def space(self) -> Space:
        """Where it was said."""
        return self.item.space


class Case(NamedTuple):
    """One appeal with the decision it is about, the words, and where they were said."""

    appeal: Appeal
    decision: Decision
    contribution: Contribution
    item: ReviewItem

    @property
    def space(self) -> Space:
        """Where it was said."""
        return self.contribution.space


def spaces_of(actor: Actor, *roles: Role) -> set[Space] | None:
    """The spaces in which the actor holds one of `roles`; None means all."""
    held = {grant.space for grant in actor.grants if grant.role in roles}
    return None if None in held else {space for space in held if space is not None}


def in_spaces(
    kind: InstrumentedAttribute[str], number: InstrumentedAttribute[int], spaces: Collection[Space] | None
) -> ColumnElement[bool]:
    """The condition that something happened in one of `spaces`; None means anywhere, empty means nowhere."""
    if spaces is None:
        return true()
    by_kind: dict[str, list[int]] = {}
    for space in sorted(spaces):
        by_kind.setdefault(space.kind, []).append(space.id)
    if not by_kind:
        return false()
    return or_(*(and_(kind == name, number.in_(ids)) for name, ids in by_kind.items()))


def get_row(item_id: int) -> Row:
    """The item with this number and its contribution.

    Raises:
        NotFound: there is none.
    """
    found = db.session.execute(
        select(ReviewItem, Contribution)
        .join(Contribution, Contribution.id == ReviewItem.contribution_id)
        .where(ReviewItem.id == item_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return Row(*found)


def list_rows(item_ids: Collection[int]) -> list[Row]:
    """These items with their contributions, in the queue's order."""
    rows = db.session.execute(
        select(ReviewItem, Contribution)
        .join(Contribution, Contribution.id == ReviewItem.contribution_id)
        .where(ReviewItem.id.in_(item_ids))
        .order_by(ReviewItem.due_at, ReviewItem.id)
    )
    return [Row(*row) for row in rows]


def lock_rows(item_ids: Collection[int]) -> list[Row]:
    """These items with their contributions, read afresh and locked until the commit; in the queue's order."""
    rows = db.session.execute(
        select(ReviewItem, Contribution)
        .join(Contribution, Contribution.id == ReviewItem.contribution_id)
        .where(ReviewItem.id.in_(item_ids))
        .order_by(ReviewItem.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [Row(*row) for row in rows]


def find_item_of(contribution_id: int) -> ReviewItem | None:
    """The item of one contribution."""
    return db.session.execute(
        select(ReviewItem).where(ReviewItem.contribution_id == contribution_id)
    ).scalar_one_or_none()


class Standing(NamedTuple):
    """Where one contribution stands with the moderators: its item, the decision in force, an appeal against that."""

    item: ReviewItem
    decision: Decision | None
    appeal: Appeal | None


def list_standings(contribution_ids: Collection[int]) -> dict[int, Standing]:
    """Where these contributions stand, by the contribution's number, with one question."""
    if not contribution_ids:
        return {}
    rows = db.session.execute(
        select(ReviewItem, Decision, Appeal)
        .outerjoin(
            Decision,
            and_(Decision.contribution_id == ReviewItem.contribution_id, Decision.id.in_(_latest(contribution_ids))),
        )
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .where(ReviewItem.contribution_id.in_(contribution_ids))
    )
    return {row[0].contribution_id: Standing(*row) for row in rows}


def _latest(contribution_ids: Collection[int]) -> Select[int]:
    """Numbers of the decisions in force."""
    return (
        select(func.max(Decision.id))
        .where(Decision.contribution_id.in_(contribution_ids), Decision.undone_at.is_(None))
        .group_by(Decision.contribution_id)
    )


def list_decisions(contribution_id: int, *, with_undone: bool = False) -> Sequence[Decision]:
    """Every decision about one contribution, newest first."""
    query = select(Decision).where(Decision.contribution_id == contribution_id).order_by(Decision.id.desc())
    if not with_undone:
        query = query.where(Decision.undone_at.is_(None))
    return db.session.execute(query).scalars().all()


def list_history(contribution_id: int) -> tuple[Sequence[Decision], dict[int, Appeal]]:
    """Every decision in force or past about one contribution, newest first, and the appeals against them by number."""
    rows = db.session.execute(
        select(Decision, Appeal)
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .where(Decision.contribution_id == contribution_id, Decision.undone_at.is_(None))
        .order_by(Decision.id.desc())
    ).all()
    return [row.Decision for row in rows], {row.Decision.id: row.Appeal for row in rows if row.Appeal is not None}


def latest_decisions(contribution_ids: Collection[int]) -> dict[int, Decision]:
    """The decision in force about each of these contributions, by the contribution's number."""
    if not contribution_ids:
        return {}
    rows = db.session.execute(select(Decision).where(Decision.id.in_(_latest(contribution_ids)))).scalars()
    return {row.contribution_id: row for row in rows}


def list_batch(batch: str, *, staff_id: int | None) -> Sequence[Decision]:
    """What one member of staff decided together and did not undo."""
    if not batch or staff_id is None:
        return []
    return (
        db.session.execute(
            select(Decision)
            .where(Decision.batch == batch, Decision.decided_by == staff_id, Decision.undone_at.is_(None))
            .order_by(Decision.id)
        )
        .scalars()
        .all()
    )


def with_items(decisions: Sequence[Decision]) -> list[tuple[Row, Decision]]:
    """Each decision with its item and contribution, locked until the commit."""
    rows = db.session.execute(
        select(ReviewItem, Contribution)
        .join(Contribution, Contribution.id == ReviewItem.contribution_id)
        .where(Contribution.id.in_([each.contribution_id for each in decisions]))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    by_contribution = {row[1].id: Row(*row) for row in rows}
    return [(by_contribution[each.contribution_id], each) for each in decisions]


def list_appeals_of(contribution_id: int) -> Sequence[Appeal]:
    """Every appeal about one contribution."""
    return (
        db.session.execute(
            select(Appeal)
            .join(Decision, Decision.id == Appeal.decision_id)
            .where(Decision.contribution_id == contribution_id)
            .order_by(Appeal.id)
        )
        .scalars()
        .all()
    )


def find_appeals(decision_ids: Collection[int]) -> dict[int, Appeal]:
    """The appeals against these decisions, by the decision's number."""
    if not decision_ids:
        return {}
    rows = db.session.execute(select(Appeal).where(Appeal.decision_id.in_(decision_ids))).scalars()
    return {row.decision_id: row for row in rows}


def find_appeals_by_outcome(decision_ids: Collection[int]) -> dict[int, Appeal]:
    """The appeals that led to these decisions, by the decision's number."""
    if not decision_ids:
        return {}
    rows = db.session.execute(select(Appeal).where(Appeal.new_decision_id.in_(decision_ids))).scalars()
    return {row.new_decision_id: row for row in rows if row.new_decision_id is not None}


def get_case(appeal_id: int) -> Case:
    """One appeal with all it is about.

    Raises:
        NotFound: there is none.
    """
    found = db.session.execute(_cases().where(Appeal.id == appeal_id)).one_or_none()
    if found is None:
        raise NotFound
    return Case(*found)


def list_cases(
    spaces: Collection[Space] | None, *, is_open: bool, after_id: int | None = None, limit: int = 50
) -> list[Case]:
    """Appeals in these spaces: open ones by their promise, decided ones newest first."""
    where = in_spaces(Contribution.space_kind, Contribution.space_id, spaces)
    query = _cases().where(where).limit(limit)
    if is_open:
        query = query.where(Appeal.decided_at.is_(None)).order_by(Appeal.due_at, Appeal.id)
        if after_id is not None:
            due = select(Appeal.due_at).where(Appeal.id == after_id).scalar_subquery()
            query = query.where(tuple_(Appeal.due_at, Appeal.id) > tuple_(due, after_id))
    else:
        query = query.where(Appeal.decided_at.is_not(None)).order_by(Appeal.id.desc())
        if after_id is not None:
            query = query.where(Appeal.id < after_id)
    return [Case(*row) for row in db.session.execute(query)]


def count_open_appeals(spaces: Collection[Space] | None, *, at: datetime) -> tuple[int, int]:
    """How many appeals wait in these spaces, and how many of them are overdue."""
    total, overdue = db.session.execute(
        select(func.count(), func.count().filter(Appeal.due_at <= at))
        .select_from(Appeal)
        .join(Decision, Decision.id == Appeal.decision_id)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(Appeal.decided_at.is_(None), in_spaces(Contribution.space_kind, Contribution.space_id, spaces))
    ).one()
    return total, overdue


def _cases() -> Select[Appeal, Decision, Contribution, ReviewItem]:
    return (
        select(Appeal, Decision, Contribution, ReviewItem)
        .join(Decision, Decision.id == Appeal.decision_id)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .join(ReviewItem, ReviewItem.contribution_id == Contribution.id)
    )
