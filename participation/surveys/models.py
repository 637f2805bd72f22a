"""Tables of survey questions: their options and people's answers. The question itself is a `consultations.Step`."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base
from participation.core.localized import LocalizedColumn, LocalizedText


class Option(Base):
    """One row is one thing that can be chosen or ranked at one step."""

    __tablename__ = "survey_option"
    __table_args__ = (UniqueConstraint("step_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("consultation_step.id", ondelete="CASCADE"))
    #: order, from 1
    position: Mapped[int]
    #: what can be chosen
    label: Mapped[LocalizedText] = mapped_column(LocalizedColumn)


class Answer(Base):
    """One row is one participant's answer at one step."""

    __tablename__ = "survey_answer"
    __table_args__ = (
        UniqueConstraint("step_id", "participant_id"),
        Index("ix_survey_answer_participant", "participant_id"),
        Index("ix_survey_answer_count", "step_id", "channel", "language"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("consultation_step.id", ondelete="CASCADE"))
    #: NULL once she erased herself; the answer then only counts
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    #: how it reached us
    channel: Mapped[str] = mapped_column(String(10), default="web")
    #: people who answered with one voice
    people_count: Mapped[int] = mapped_column(default=1)
    #: language it was given in
    language: Mapped[str] = mapped_column(String(20))
    #: the words of an open answer
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"), unique=True)
    #: the point on a scale
    scale_value: Mapped[int | None]
    #: day it was sent
    sent_on: Mapped[date]


class Choice(Base):
    """One row is one option that one answer chose, with its rank where options are ranked."""

    __tablename__ = "survey_choice"
    __table_args__ = (
        UniqueConstraint("answer_id", "rank", name="one_option_per_rank"),
        Index("ix_survey_choice_option", "option_id", "rank"),
    )

    answer_id: Mapped[int] = mapped_column(ForeignKey("survey_answer.id", ondelete="CASCADE"), primary_key=True)
    option_id: Mapped[int] = mapped_column(ForeignKey("survey_option.id", ondelete="CASCADE"), primary_key=True)
    #: 1 is first; NULL where nothing is ranked
    rank: Mapped[int | None]
