"""Words that lack a current translation, for those who may write one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select

from participation.contributions import GONE, Contribution, State, Surface
from participation.core.database import db
from participation.core.policy import Actor, Space

from .models import Translation
from .policy import TRANSLATING

#: Texts on one page.
PAGE = 25
#: Nobody needs to know exactly how many more there are; counting them all would take long.
MOST_COUNTED = 1000
#: What nobody needs in another language.
PAST = (*GONE, State.REMOVED)


@dataclass(frozen=True)
class Missing:
    """Which words are looked for: those without a current translation into `language`."""

    language: str
    space: Space | None = None
    #: only what everybody reads
    is_public_only: bool = False


def list_missing(
    wanted: Missing, actor: Actor, *, before_id: int | None = None, limit: int = PAGE
) -> list[Contribution]:
    """Words of the actor's spaces that lack a current translation, newest first."""
    query = select(Contribution).where(*_missing(wanted, actor)).order_by(Contribution.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(Contribution.id < before_id)
    return list(db.session.execute(query).scalars())


def count_missing(wanted: Missing, actor: Actor) -> int:
    """How many `list_missing` would give in all; counts to one more than `MOST_COUNTED` at most."""
    found = select(Contribution.id).where(*_missing(wanted, actor)).limit(MOST_COUNTED + 1).subquery()
    return db.session.execute(select(func.count()).select_from(found)).scalar_one()


def spaces_of(actor: Actor) -> set[Space] | None:
    """The spaces whose words the actor may translate; None means all."""
    held = {grant.space for grant in actor.grants if grant.role in TRANSLATING}
    return None if None in held else {space for space in held if space is not None}


def _missing(wanted: Missing, actor: Actor) -> Iterator[ColumnElement[bool]]:
    spaces = spaces_of(actor)
    if wanted.space is not None:
        spaces = {wanted.space} if spaces is None or wanted.space in spaces else set()
    if spaces is not None:
        yield or_(
            *(
                and_(Contribution.space_kind == space.kind, Contribution.space_id == space.id)
                for space in sorted(spaces)
            ),
            Contribution.id < 0,
        )
    yield Contribution.state.not_in(PAST)
    yield Contribution.language != wanted.language
    if wanted.is_public_only:
        yield Contribution.surface == Surface.PUBLIC
    yield ~(
        select(Translation.id)
        .where(
            Translation.contribution_id == Contribution.id,
            Translation.language == wanted.language,
            Translation.source_version == Contribution.version,
        )
        .exists()
    )
