"""Tables of a consultation: what is asked of whom, its stages and steps, and who took part how."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base
from participation.core.localized import LocalizedColumn, LocalizedText
from participation.core.policy import Space


class Publication(enum.StrEnum):
    """Whether residents can find it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Audience(enum.StrEnum):
    """Who may take part."""

    ALL = "all"
    AGE_BANDS = "age_bands"
    INVITED = "invited"


class Consultation(Base):
    """One row is one question the city puts to residents, with what it promises them."""

    __tablename__ = "consultation"
    __table_args__ = (Index("ix_consultation_publication", "publication", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: its name in addresses, kebab-case
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    #: its name, as short as on a poster
    title: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: why the city asks
    purpose: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: what residents' words can still change
    can_change: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: what is already settled
    cannot_change: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: who decides in the end
    decided_by: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: paper, phone, in person: how else to take part
    other_ways: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: day by which the city answers
    reply_due_on: Mapped[date | None]
    #: who may take part
    audience: Mapped[Audience] = mapped_column(String(10), default=Audience.ALL)
    #: age bands asked for and admitted, such as ["12-15", "16-18"]; empty when age is not asked
    age_bands: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: languages it is held in, tags
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: how words are moderated, see `contributions.Mode`
    moderation_mode: Mapped[str] = mapped_column(String(10), default="hold")
    #: what a missing permission means here, see `contributions.Permission`
    unset_permission: Mapped[str] = mapped_column(String(12), default="count_only")
    #: minutes it takes, as told on the first page
    estimated_minutes: Mapped[int] = mapped_column(default=5)
    #: whether people are told, before they begin, that votes without names become open data
    has_open_votes: Mapped[bool] = mapped_column(default=False)
    #: whether the topic is sensitive: quick exit on each page
    is_sensitive: Mapped[bool] = mapped_column(default=False)
    #: whether residents can find it
    publication: Mapped[Publication] = mapped_column(String(10), default=Publication.DRAFT)
    published_at: Mapped[datetime | None]
    #: when it was closed before its time
    closed_early_at: Mapped[datetime | None]
    #: why, for everybody to read
    closed_early_reason: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=lambda: LocalizedText())
    created_at: Mapped[datetime]
    #: when anything residents see last changed
    changed_at: Mapped[datetime]

    @property
    def space(self) -> Space:
        """This consultation as a space that roles and contributions belong to."""
        return Space("consultation", self.id)


class StageKind(enum.StrEnum):
    """What is open during a stage."""

    #: residents answer
    ANSWERING = "answering"
    #: the city reads and writes its summary
    READING = "reading"
    #: the city answers and acts
    ACTING = "acting"


class Stage(Base):
    """One row is one span of days of a consultation: start included, end excluded."""

    __tablename__ = "consultation_stage"
    __table_args__ = (
        UniqueConstraint("consultation_id", "position"),
        CheckConstraint("closes_at > opens_at", name="ends_after_it_begins"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    #: order, from 1
    position: Mapped[int]
    #: what is open during it
    kind: Mapped[StageKind] = mapped_column(String(10))
    #: what residents call it
    name: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: first moment
    opens_at: Mapped[datetime]
    #: first moment after it; NULL while its end is open
    closes_at: Mapped[datetime | None]


class Step(Base):
    """One row is one version of one step of the journey: a question, or a set of statements."""

    __tablename__ = "consultation_step"
    __table_args__ = (
        UniqueConstraint("consultation_id", "lineage", "version"),
        Index("ix_consultation_step_order", "consultation_id", "retired_at", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    #: order, from 1
    position: Mapped[int]
    #: kind registered by a slice: open, one_choice, several_choices, scale, ranking, statements
    kind: Mapped[str] = mapped_column(String(20))
    #: the same for all versions of one step
    lineage: Mapped[int]
    #: grows when a step that has answers is changed; versions are counted apart
    version: Mapped[int] = mapped_column(default=1)
    #: the question itself
    prompt: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: what helps to answer it; may be empty
    help: Mapped[LocalizedText] = mapped_column(LocalizedColumn, default=lambda: LocalizedText())
    #: whether it can be passed over
    is_optional: Mapped[bool] = mapped_column(default=False)
    #: settings of the kind, such as {"lowest": 1, "highest": 5} or {"most": 3}
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: when a newer version took its place, or it was taken out
    retired_at: Mapped[datetime | None]


class CameBy(enum.StrEnum):
    """How somebody came to a consultation; said with every count."""

    OPEN_LINK = "open_link"
    INVITED_CODE = "invited_code"
    ENTERED_BY_STAFF = "entered_by_staff"
    IMPORTED = "imported"


class Participation(Base):
    """One row is one participant in one consultation."""

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("consultation_id", "participant_id"),
        CheckConstraint("people_count >= 1", name="somebody_took_part"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    came_by: Mapped[CameBy] = mapped_column(String(20))
    #: how the answers reached us, see `contributions.Channel`
    channel: Mapped[str] = mapped_column(String(10), default="web")
    #: people who answered with one voice
    people_count: Mapped[int] = mapped_column(default=1)
    #: language the answers were given in
    language: Mapped[str] = mapped_column(String(20))
    #: age band, where the consultation asks for it
    age_band: Mapped[str] = mapped_column(String(10), default="")
    #: short reference on the confirmation, such as B-7K3Q; no secret
    reference: Mapped[str] = mapped_column(String(12), default="")
    #: member of staff who entered it
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    #: whether the person said aloud that she agrees to be written down (other channels)
    consent_spoken: Mapped[bool] = mapped_column(default=False)
    started_on: Mapped[date]
    #: when the answers were sent; NULL while they are a draft
    sent_at: Mapped[datetime | None]


class DraftAnswer(Base):
    """One row is what one participant has filled in at one step but not sent yet. Thrown away after seven days."""

    __tablename__ = "draft_answer"

    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id", ondelete="CASCADE"), primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("consultation_step.id", ondelete="CASCADE"), primary_key=True)
    #: what the step's kind needs to fill its form again
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(index=True)


class InvitationBatch(Base):
    """One row is one batch of single-use codes that was made, printed and sent."""

    __tablename__ = "invitation_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"), index=True)
    #: what staff call it: "Letters to households, May"
    label: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    #: when the codes left the building; they can be exported or printed once
    handed_out_at: Mapped[datetime | None]
    #: seed from which, with the secret, the codes can be worked out until they are handed out; emptied then
    seed: Mapped[str] = mapped_column(String(64), default="")
    #: how many codes
    size: Mapped[int]
    #: last moment they work
    expires_at: Mapped[datetime]


class InvitationCode(Base):
    """One row is one code that lets one person in, once."""

    __tablename__ = "invitation_code"

    #: keyed hash of the code
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("invitation_batch.id", ondelete="CASCADE"), index=True)
    #: participant who used it; unknown again when she erases herself
    used_by: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    used_at: Mapped[datetime | None]
