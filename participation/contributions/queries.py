"""Reads of what people said."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select

from participation.core.database import db
from participation.core.errors import NotFound
from participation.core.policy import Space

from .models import GONE, Contribution, State, Wording

#: Rows of one page of a list.
PAGE = 50


def find_contribution(contribution_id: int) -> Contribution | None:
    """The contribution with this number."""
    return db.session.get(Contribution, contribution_id)


def get_contribution(contribution_id: int) -> Contribution:
    """The contribution with this number.

    Raises:
        NotFound: there is none.
    """
    found = find_contribution(contribution_id)
    if found is None:
        raise NotFound
    return found


def get_contributions(ids: Collection[int]) -> dict[int, Contribution]:
    """The contributions with these numbers, by number, with one question; unknown ones are left out."""
    if not ids:
        return {}
    rows = db.session.execute(select(Contribution).where(Contribution.id.in_(ids))).scalars()
    return {row.id: row for row in rows}


def find_by_form(participant_id: int | None, form_key: str) -> Contribution | None:
    """What this person sent with this form before."""
    return db.session.execute(
        select(Contribution).where(
            Contribution.participant_id == participant_id
            if participant_id is not None
            else Contribution.participant_id.is_(None),
            Contribution.form_key == form_key,
        )
    ).scalar_one_or_none()


def select_contributions(
    space: Space, *, states: Collection[State] | None = None, subject: tuple[str, int] | None = None
) -> Select[Contribution]:
    """The question for what was said in `space`, oldest first; others narrow it further."""
    query = (
        select(Contribution)
        .where(Contribution.space_kind == space.kind, Contribution.space_id == space.id)
        .order_by(Contribution.id)
    )
    if states is not None:
        query = query.where(Contribution.state.in_(states))
    if subject is not None:
        query = query.where(Contribution.subject_kind == subject[0], Contribution.subject_id == subject[1])
    return query


def list_contributions(
    space: Space,
    *,
    states: Collection[State] | None = None,
    subject: tuple[str, int] | None = None,
    after_id: int | None = None,
    limit: int = PAGE,
) -> Sequence[Contribution]:
    """What was said in `space`, oldest first, from behind `after_id` on. `subject` is its kind and number."""
    query = select_contributions(space, states=states, subject=subject).limit(limit)
    if after_id is not None:
        query = query.where(Contribution.id > after_id)
    return db.session.execute(query).scalars().all()


def list_own(participant_id: int) -> Sequence[Contribution]:
    """Everything one person said, newest first, with where each stands."""
    return (
        db.session.execute(
            select(Contribution).where(Contribution.participant_id == participant_id).order_by(Contribution.id.desc())
        )
        .scalars()
        .all()
    )


def list_all_in(space: Space) -> Sequence[Contribution]:
    """Everything somebody once said in a space and did not take back."""
    query = select(Contribution).where(
        Contribution.space_kind == space.kind, Contribution.space_id == space.id, Contribution.state.not_in(GONE)
    )
    return db.session.execute(query.order_by(Contribution.id)).scalars().all()


def list_wordings(contribution_id: int) -> Sequence[Wording]:
    """The earlier wordings of one contribution, newest first."""
    return (
        db.session.execute(
            select(Wording).where(Wording.contribution_id == contribution_id).order_by(Wording.version.desc())
        )
        .scalars()
        .all()
    )


def list_wordings_of(contribution_ids: Collection[int]) -> Sequence[Wording]:
    """The earlier wordings of these contributions."""
    if not contribution_ids:
        return []
    query = select(Wording).where(Wording.contribution_id.in_(contribution_ids))
    return db.session.execute(query.order_by(Wording.contribution_id, Wording.version)).scalars().all()
