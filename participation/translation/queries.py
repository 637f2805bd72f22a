"""Reads of translations."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from participation.core.database import db

from .models import Translation


def list_translations(contribution_ids: Collection[int], language: str) -> Sequence[Translation]:
    """The translations of these contributions into `language`."""
    if not contribution_ids:
        return []
    return (
        db.session.execute(
            select(Translation).where(
                Translation.contribution_id.in_(contribution_ids), Translation.language == language
            )
        )
        .scalars()
        .all()
    )


def list_translations_of(contribution_id: int) -> Sequence[Translation]:
    """Every translation of one contribution, by language."""
    return (
        db.session.execute(
            select(Translation).where(Translation.contribution_id == contribution_id).order_by(Translation.language)
        )
        .scalars()
        .all()
    )


def find_translation(contribution_id: int, language: str) -> Translation | None:
    """The translation of one contribution into `language`."""
    return db.session.execute(
        select(Translation).where(Translation.contribution_id == contribution_id, Translation.language == language)
    ).scalar_one_or_none()
