"""Tables of the authority's answers to findings, with their history."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from participation.core.database import Base
from participation.core.localized import LocalizedColumn, LocalizedText


class AnswerKind(enum.StrEnum):
    """What the city says to a finding."""

    WE_WILL = "we_will"
    PARTLY = "partly"
    WE_CANNOT = "we_cannot"
    NOT_OURS = "not_ours"
    STILL_DECIDING = "still_deciding"
    #: somebody has to answer by a day, and has not yet
    NONE_YET = "none_yet"


class Response(Base):
    """One row is one version of the city's answer to one released finding; the newest is the answer."""

    __tablename__ = "response"
    __table_args__ = (
        CheckConstraint("kind <> 'not_ours' OR passed_to IS NOT NULL", name="says_to_whom"),
        CheckConstraint(
            "kind NOT IN ('we_will', 'partly', 'still_deciding', 'none_yet') OR due_on IS NOT NULL", name="says_when"
        ),
        Index("ix_response_finding", "finding_id", "id"),
        Index("ix_response_due", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    #: what the city will do
    kind: Mapped[AnswerKind] = mapped_column(String(15))
    #: what and why, to residents
    text: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: office that answers for it
    owner: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    #: to whom it was passed, where it is not ours; NULL otherwise
    passed_to: Mapped[LocalizedText | None] = mapped_column(LocalizedColumn)
    #: day by which it is done, or decided
    due_on: Mapped[date | None]
    #: day on which it was done; an answer is overdue when this is missing after `due_on`
    done_on: Mapped[date | None]
    published_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime]
