"""Reads about the city."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select

from participation.core.database import db, remembered
from participation.core.localized import LocalizedText

from .colour import OWN_COLOUR
from .models import City, ParticipationRule, SupportResource


def get_city() -> City:
    """The city, to look at; an unsaved one with plain values before anybody has written its settings."""
    return remembered("city", lambda session: session.get(City, 1)) or City(
        id=1,
        name=LocalizedText.of({"en": "Our city", "es": "Nuestra ciudad", "ar": "مدينتنا"}),
        welcome_heading=LocalizedText(),
        welcome_text=LocalizedText(),
        colour=OWN_COLOUR,
        mark_type="",
        time_zone="UTC",
        phone_region="ES",
        contact_email="",
        contact_phone="",
        contact_address=LocalizedText(),
        contact_hours=LocalizedText(),
        street_words={},
        privacy_notice=LocalizedText(),
        accessibility_statement=LocalizedText(),
        changed_at=datetime(2000, 1, 1, tzinfo=UTC),
    )


def find_city() -> City | None:
    """The city's row, to change it, once it is written."""
    return db.session.get(City, 1)


def list_rules(*, with_ended: bool = False) -> Sequence[ParticipationRule]:
    """The numbered rules in force, in order; decisions may cite ended ones too."""
    query = select(ParticipationRule).order_by(ParticipationRule.number)
    if not with_ended:
        query = query.where(ParticipationRule.ended_on.is_(None))
    return db.session.execute(query).scalars().all()


def list_support_resources() -> Sequence[SupportResource]:
    """Who helps, in the city's order."""
    return db.session.execute(select(SupportResource).order_by(SupportResource.position)).scalars().all()
