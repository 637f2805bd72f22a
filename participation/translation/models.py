"""Table of residents' words in other languages."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base


class TranslationOrigin(enum.StrEnum):
    """Who or what made a translation."""

    HUMAN = "human"
    MACHINE = "machine"


class Translation(Base):
    """One row is one contribution in one other language, made from one wording of it."""

    __tablename__ = "translation"
    __table_args__ = (UniqueConstraint("contribution_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    #: BCP 47 tag it was put into
    language: Mapped[str] = mapped_column(String(20))
    #: "ltr", "rtl" or "auto"
    direction: Mapped[str] = mapped_column(String(4))
    #: the words in that language
    text: Mapped[str] = mapped_column(Text)
    #: who or what made it
    origin: Mapped[TranslationOrigin] = mapped_column(String(10), default=TranslationOrigin.HUMAN)
    #: wording it was made from; older than the contribution's version means stale
    source_version: Mapped[int]
    translated_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    translated_at: Mapped[datetime]
