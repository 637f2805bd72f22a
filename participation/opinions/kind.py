"""Statements as a kind of step in a consultation's journey: a page of its own, where each vote counts at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select, select

from participation.consultations import Data, PageKind, Participation, Step, get_consultation_by_id
from participation.core.forms import BaseForm
from participation.core.localized import Words

from . import entry, queries, seeding, services
from .models import Statement, Vote


class Statements(PageKind):
    """People agree, disagree or pass on short statements, and may add their own."""

    kind = "statements"
    label = _l("Statements to agree or disagree with")
    page_endpoint = "opinions.show_statement"
    counts_at_once = True
    entry_template = "participation/opinions/_entry.html"

    def is_answered(self, step: Step, data: Data | None, participation: Participation | None) -> bool:
        """Whether she voted on any statement."""
        return participation is not None and queries.has_voted(participation.participant_id, step.id)

    def lines_of(self, step: Step, data: Data, language: str) -> list[Words | str]:
        """How many statements she answered; the votes themselves are on their own page."""
        count = int(data.get("votes", 0))
        return [ngettext("%(num)s statement answered", "%(num)s statements answered", count)] if count else []

    def sent_data(self, steps: Sequence[Step], participation: Participation) -> dict[int, Data]:
        """Step id → number of her votes."""
        counts = queries.count_own_votes(participation.participant_id, [step.id for step in steps])
        return {step_id: {"votes": count} for step_id, count in counts.items()}

    def send(self, step: Step, data: Data, participation: Participation, *, form_key: str, at: datetime) -> None:
        """Nothing is left to do: votes count at once."""

    def make_entry_form(self, step: Step, *, prefix: str) -> BaseForm:
        """All open statements, for staff who write down what somebody said about them."""
        return entry.make_entry_form(step, prefix=prefix)

    def data_of(self, form: BaseForm) -> Data:
        """The votes that staff wrote down."""
        votes = form.votes if isinstance(form, entry.EntryForm) else {}
        return {"cast": votes} if votes else {}

    def send_entry(self, step: Step, data: Data, participation: Participation, *, form_key: str, at: datetime) -> None:
        """Cast the votes that staff wrote down."""
        for statement_id, value in data["cast"].items():
            services.cast_vote(statement_id, participation.participant_id, value, matters=False, on=at.date())

    def carry_over(self, old: Step, new: Step, *, at: datetime) -> None:
        """The city's own statements go along; what residents wrote stays where it was answered."""
        seeding.carry_over_seeds(old, new, get_consultation_by_id(new.consultation_id), at=at)

    def has_answers(self, step: Step) -> bool:
        """Whether anybody voted."""
        return bool(seeding.steps_with_votes([step.id]))

    def who_has_answers(self, steps: Sequence[Step]) -> set[int]:
        """In which of these steps anybody voted."""
        return seeding.steps_with_votes([step.id for step in steps])

    def who_answered(self, step_ids: Sequence[int]) -> Select[Any]:
        """Everybody who voted in these steps."""
        return (
            select(Vote.participant_id)
            .join(Statement, Statement.id == Vote.statement_id)
            .where(Statement.step_id.in_(step_ids))
        )
