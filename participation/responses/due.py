"""When an answer is due and when it is overdue. Pure: asks neither the database nor the clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .models import AnswerKind, Response

#: Answers by which the city still owes something.
OPEN_KINDS = frozenset({AnswerKind.WE_WILL, AnswerKind.PARTLY, AnswerKind.STILL_DECIDING, AnswerKind.NONE_YET})


@dataclass(frozen=True)
class Standing:
    """Where one finding stands with the city: its answer, and what is owed until when."""

    finding_id: int
    #: the newest answer; None while nobody has answered
    response: Response | None
    #: day by which something is owed; None when nothing is
    due_on: date | None
    #: full days since that day; 0 while there is time
    days_overdue: int = 0

    @property
    def is_overdue(self) -> bool:
        """Whether the city is late."""
        return self.days_overdue > 0

    @property
    def is_answered(self) -> bool:
        """Whether the city has said anything but "we are late"."""
        return self.response is not None and self.response.kind != AnswerKind.NONE_YET

    @property
    def is_done(self) -> bool:
        """Whether what was promised is done."""
        return self.response is not None and self.response.done_on is not None


def is_overdue(response: Response, today: date) -> bool:
    """Whether the day promised in this answer has gone by and it is not done."""
    return standing_of(response.finding_id, response, None, today).is_overdue


def standing_of(finding_id: int, response: Response | None, promised_on: date | None, today: date) -> Standing:
    """Where a finding stands. `promised_on` is the day by which its consultation promised an answer."""
    due = promised_on
    if response is not None:
        owes = response.kind in OPEN_KINDS and response.done_on is None
        due = response.due_on if owes else None
    return Standing(finding_id, response, due, max((today - due).days, 0) if due else 0)


def most_overdue_first(standings: Iterable[Standing]) -> list[Standing]:
    """Those the city owes most first: overdue by days, then what has no answer, then by the day they are due."""

    def urgency(standing: Standing) -> tuple[int, bool, bool, date]:
        return -standing.days_overdue, standing.is_answered, standing.is_done, standing.due_on or date.max

    return sorted(standings, key=urgency)
