"""Reads of findings, what they cite, and releases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer

from participation.consultations import Consultation, Publication
from participation.contributions import Contribution, State, Surface, select_contributions
from participation.core.database import db
from participation.core.errors import NotFound
from participation.core.localized import LocalizedText
from participation.core.policy import Space

from .models import (
    Citation,
    Cover,
    Finding,
    Footnote,
    LedgerTable,
    Release,
    ReleasedFinding,
    ReleasedWords,
    SavedExport,
)


@dataclass(frozen=True)
class PublicFinding:
    """A finding as everybody may read it."""

    finding_id: int
    sentence: LocalizedText
    space: Space
    #: whether the words somebody asks about are quoted with it
    is_quoted: bool = False


#: Open answers on one page of the evidence.
PAGE = 30
#: States in which words can still be worked with.
USABLE = (State.HELD, State.VISIBLE, State.RETURNED, State.LIMITED)


def find_cover(space: Space) -> Cover | None:
    """What stands at the head of the next summary."""
    return db.session.get(Cover, (space.kind, space.id))


def list_findings(space: Space) -> Sequence[Finding]:
    """The findings of the next summary, in order."""
    return (
        db.session.execute(
            select(Finding)
            .where(Finding.space_kind == space.kind, Finding.space_id == space.id, Finding.retired_at.is_(None))
            .order_by(Finding.position, Finding.id)
        )
        .scalars()
        .all()
    )


def get_finding(finding_id: int) -> Finding:
    """The finding with this number.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(Finding, finding_id)
    if found is None:
        raise NotFound
    return found


def get_findings(ids: Collection[int]) -> dict[int, Finding]:
    """The findings with these numbers."""
    if not ids:
        return {}
    return {row.id: row for row in db.session.execute(select(Finding).where(Finding.id.in_(ids))).scalars()}


def list_citations(finding_ids: Collection[int]) -> Sequence[tuple[Citation, Contribution | None]]:
    """What these findings cite, oldest first; the contribution where words are cited."""
    if not finding_ids:
        return []
    rows = db.session.execute(
        select(Citation, Contribution)
        .outerjoin(Contribution, Contribution.id == Citation.contribution_id)
        .where(Citation.finding_id.in_(finding_ids))
        .order_by(Citation.id)
    )
    return [(row[0], row[1]) for row in rows]


def select_words(
    space: Space,
    *,
    step_ids: Collection[int] | None = None,
    language: str = "",
    uncited_only: bool = False,
    after_id: int | None = None,
) -> Select[Any]:
    """The question for open answers in `space` that can be worked with, narrowed down."""
    query: Select[Any] = select_contributions(space, states=USABLE).where(
        Contribution.subject_kind == "step", Contribution.surface == Surface.STAFF
    )
    if step_ids is not None:
        query = query.where(Contribution.subject_id.in_(step_ids))
    if language:
        query = query.where(Contribution.language == language)
    if uncited_only:
        cited = select(Citation.id).join(Finding, Finding.id == Citation.finding_id)
        query = query.where(
            ~cited.where(Citation.contribution_id == Contribution.id, Finding.retired_at.is_(None)).exists()
        )
    if after_id is not None:
        query = query.where(Contribution.id > after_id)
    return query


def list_words(query: Select[Any]) -> tuple[list[Contribution], int | None]:
    """One page of open answers, and the last one's number when there are more."""
    rows = list(db.session.execute(query.limit(PAGE + 1)).scalars())
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def count_words(query: Select[Any]) -> int:
    """How many open answers there are."""
    return db.session.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()


def findings_of_words(contribution_ids: Collection[int]) -> dict[int, list[Finding]]:
    """Contribution → findings of the next summary that cite it."""
    found: dict[int, list[Finding]] = {}
    if not contribution_ids:
        return found
    rows = db.session.execute(
        select(Citation.contribution_id, Finding)
        .join(Finding, Finding.id == Citation.finding_id)
        .where(Citation.contribution_id.in_(contribution_ids), Finding.retired_at.is_(None))
        .order_by(Finding.position)
    )
    for contribution_id, finding in rows:
        if contribution_id is not None:
            found.setdefault(contribution_id, []).append(finding)
    return found


# -- Releases ----------------------------------------------------------------------------------------------------------


def find_current_release(space: Space) -> Release | None:
    """The summary everybody sees: the last one that was released."""
    return db.session.execute(
        _releases(space).where(Release.released_at.is_not(None)).order_by(Release.number.desc()).limit(1)
    ).scalar_one_or_none()


def find_release(space: Space, number: int) -> Release | None:
    """A released summary by its number."""
    return db.session.execute(
        _releases(space).where(Release.number == number, Release.released_at.is_not(None))
    ).scalar_one_or_none()


def find_waiting_release(space: Space) -> Release | None:
    """The summary that waits for its second person."""
    return db.session.execute(_releases(space).where(Release.released_at.is_(None))).scalar_one_or_none()


def list_releases(space: Space) -> Sequence[Release]:
    """Every release of one space, newest first, without their snapshots."""
    query = _releases(space).order_by(Release.number.desc()).options(defer(Release.snapshot, raiseload=True))
    return db.session.execute(query).scalars().all()


def current_releases(
    space_kind: str, space_ids: Collection[int] | None = None, *, limit: int | None = None
) -> list[Release]:
    """The current summary of each space, newest first."""
    newest = (
        select(func.max(Release.number))
        .where(Release.space_kind == space_kind, Release.released_at.is_not(None))
        .group_by(Release.space_id)
    )
    inner = newest.add_columns(Release.space_id).subquery()
    query = (
        select(Release)
        .join(inner, (inner.c.space_id == Release.space_id) & (inner.c[0] == Release.number))
        .where(Release.space_kind == space_kind)
        .order_by(Release.released_at.desc(), Release.id.desc())
    )
    if space_ids is not None:
        query = query.where(Release.space_id.in_(space_ids))
    return list(db.session.execute(query.limit(limit)).scalars())


def list_spaces(*, only: Collection[int] | None = None, limit: int = 200) -> Sequence[Consultation]:
    """Consultations that were published, newest first; only these, where they are named."""
    query = select(Consultation).where(Consultation.publication != Publication.DRAFT)
    if only is not None:
        query = query.where(Consultation.id.in_(only))
    return db.session.execute(query.order_by(Consultation.id.desc()).limit(limit)).scalars().all()


def released_on(space_kind: str, space_ids: Collection[int]) -> dict[int, datetime]:
    """Space → when its current summary was released; spaces without one are left out."""
    rows = db.session.execute(
        select(Release.space_id, func.max(Release.released_at))
        .where(Release.space_kind == space_kind, Release.space_id.in_(space_ids), Release.released_at.is_not(None))
        .group_by(Release.space_id)
    )
    return {space_id: moment for space_id, moment in rows if moment is not None}


def released_spaces(space_kind: str, space_ids: Collection[int]) -> set[int]:
    """Which of these spaces have a released summary."""
    rows = db.session.execute(
        select(Release.space_id)
        .where(Release.space_kind == space_kind, Release.space_id.in_(space_ids), Release.released_at.is_not(None))
        .distinct()
    )
    return set(rows.scalars())


def waiting_releases(kind: str, space_ids: Collection[int] | None) -> list[Release]:
    """Summaries of spaces of this `kind` that wait for a second person; of these spaces, or of all when None.

    Without their snapshots.
    """
    is_waiting = Release.released_at.is_(None) & (Release.space_kind == kind)
    query = select(Release).where(is_waiting).order_by(Release.prepared_at)
    query = query.options(defer(Release.snapshot, raiseload=True))
    if space_ids is not None:
        query = query.where(Release.space_id.in_(space_ids))
    return list(db.session.execute(query).scalars())


def list_footnotes(release_id: int) -> Sequence[Footnote]:
    """When words were blanked in this release, oldest first."""
    return (
        db.session.execute(select(Footnote).where(Footnote.release_id == release_id).order_by(Footnote.id))
        .scalars()
        .all()
    )


def list_ledger(space: Space) -> Sequence[LedgerTable]:
    """Every table that ever left the staff area of this space, oldest first."""
    return (
        db.session.execute(
            select(LedgerTable)
            .join(Release, Release.id == LedgerTable.release_id)
            .where(Release.space_kind == space.kind, Release.space_id == space.id, Release.released_at.is_not(None))
            .order_by(LedgerTable.id)
        )
        .scalars()
        .all()
    )


def list_places(contribution_id: int) -> Sequence[ReleasedWords]:
    """Where these words stand in snapshots."""
    return (
        db.session.execute(
            select(ReleasedWords).where(ReleasedWords.contribution_id == contribution_id, ReleasedWords.place != "")
        )
        .scalars()
        .all()
    )


def findings_citing(contribution_ids: Collection[int]) -> dict[int, list[PublicFinding]]:
    """Contribution → findings of released summaries that rest on it, as they were released, for its author."""
    found: dict[int, list[PublicFinding]] = {}
    if not contribution_ids:
        return found
    rows = db.session.execute(
        select(
            ReleasedWords.contribution_id,
            ReleasedWords.place,
            ReleasedFinding.finding_id,
            ReleasedFinding.sentence,
            Release.space_kind,
            Release.space_id,
        )
        .join(Release, Release.id == ReleasedWords.release_id)
        .join(
            ReleasedFinding,
            (ReleasedFinding.release_id == ReleasedWords.release_id)
            & (ReleasedFinding.finding_id == ReleasedWords.finding_id),
        )
        .where(ReleasedWords.contribution_id.in_(contribution_ids), Release.released_at.is_not(None))
        .order_by(Release.number.desc(), ReleasedFinding.place)
    )
    for row in rows:
        known = found.setdefault(row.contribution_id, [])
        if all(row.finding_id != each.finding_id for each in known):
            space = Space(row.space_kind, row.space_id)
            known.append(PublicFinding(row.finding_id, row.sentence, space, is_quoted=bool(row.place)))
    return found


def list_exports(space: Space, *, limit: int = 20) -> Sequence[SavedExport]:
    """Files that left the building, newest first."""
    return (
        db.session.execute(
            select(SavedExport)
            .where(SavedExport.space_kind == space.kind, SavedExport.space_id == space.id)
            .order_by(SavedExport.id.desc())
            .limit(limit)
        )
        .scalars()
        .all()
    )


def released_finding_ids(space: Space) -> list[int]:
    """Findings of the summary everybody reads now in this space, in order."""
    rows = db.session.execute(
        select(ReleasedFinding.finding_id)
        .where(ReleasedFinding.release_id == _current_id(space).scalar_subquery())
        .order_by(ReleasedFinding.place)
    )
    return list(rows.scalars())


def list_released_findings(space_kind: str) -> list[PublicFinding]:
    """Every finding of every current summary, in the words in which it was released; newest summaries first."""
    newest = (
        select(Release.space_id, func.max(Release.number).label("number"))
        .where(Release.space_kind == space_kind, Release.released_at.is_not(None))
        .group_by(Release.space_id)
        .subquery()
    )
    rows = db.session.execute(
        select(ReleasedFinding.finding_id, ReleasedFinding.sentence, Release.space_id)
        .join(Release, Release.id == ReleasedFinding.release_id)
        .join(newest, (newest.c.space_id == Release.space_id) & (newest.c.number == Release.number))
        .where(Release.space_kind == space_kind)
        .order_by(Release.released_at.desc(), ReleasedFinding.place)
    )
    return [PublicFinding(row.finding_id, row.sentence, Space(space_kind, row.space_id)) for row in rows]


def _current_id(space: Space) -> Select[Any]:
    return (
        select(Release.id)
        .where(Release.space_kind == space.kind, Release.space_id == space.id, Release.released_at.is_not(None))
        .order_by(Release.number.desc())
        .limit(1)
    )


def _releases(space: Space) -> Select[Any]:
    return select(Release).where(Release.space_kind == space.kind, Release.space_id == space.id)
