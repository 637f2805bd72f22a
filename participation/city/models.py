"""Tables of the city itself: what it is called, how to reach it, its rules and who helps."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base
from participation.core.localized import LocalizedColumn, LocalizedText

from .colour import OWN_COLOUR


class City(Base):
    """The one row that is this installation's city."""

    __tablename__ = "city"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    #: always 1
    id: Mapped[int] = mapped_column(primary_key=True)
    #: name as residents say it
    name: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: first words of the home page
    welcome_heading: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: what the home page says below them
    welcome_text: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: colour of the one main action, #rrggbb; corrected where it would fail contrast
    colour: Mapped[str] = mapped_column(String(7), default=OWN_COLOUR)
    #: mark (PNG or WebP, re-encoded size <= 64 KB), or NULL for the circle of seats
    mark: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: media type of the mark
    mark_type: Mapped[str] = mapped_column(String(20), default="")
    #: IANA time zone in which days begin and end
    time_zone: Mapped[str] = mapped_column(String(60), default="UTC")
    #: region (ISO 3166-1) in which phone numbers without a country code are read
    phone_region: Mapped[str] = mapped_column(String(2), default="ES")
    #: where residents write for help
    contact_email: Mapped[str] = mapped_column(String(200), default="")
    #: where residents call
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    #: where residents go
    contact_address: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: when somebody answers there
    contact_hours: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: language → words that stand beside a house number ("street", "calle", "شارع")
    street_words: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    #: what is kept, why, how long, and whom to ask
    privacy_notice: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: how accessible this site is, and what to do where it is not
    accessibility_statement: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: when anything here last changed; part of cached pages' addresses
    changed_at: Mapped[datetime]


class ParticipationRule(Base):
    """One numbered rule of taking part; moderators' decisions cite it by number."""

    __tablename__ = "participation_rule"
    __table_args__ = (UniqueConstraint("number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: the number people see and decisions cite, from 1
    number: Mapped[int]
    #: the rule in a few words
    title: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: the rule in full
    text: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: day from which it is no longer in force; kept, since decisions cite it
    ended_on: Mapped[date | None]


class SupportResource(Base):
    """Somebody who helps people in trouble: a line, a service, a place."""

    __tablename__ = "support_resource"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: order on the page, from 1
    position: Mapped[int]
    #: its name
    name: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: what it does for whom, and when it is open
    description: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: number to call, as dialled
    phone: Mapped[str] = mapped_column(String(40), default="")
    #: its own page
    url: Mapped[str] = mapped_column(String(300), default="")
    #: day on which somebody last checked that it answers
    reviewed_on: Mapped[date]
