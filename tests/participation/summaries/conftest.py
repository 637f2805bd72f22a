"""A finished consultation with evidence, for tests of pages and files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.accounts.models import Staff
from participation.consultations.models import Consultation, Step
from participation.contributions.models import Contribution
from participation.core.clock import now
from participation.core.policy import Role
from participation.opinions.models import Statement
from tests.factories.accounts import make_staff
from tests.factories.city import make_city
from tests.factories.consultations import make_consultation, make_participation, make_stage, make_step
from tests.factories.opinions import make_statement
from tests.factories.summaries import everywhere, make_cover, make_voices, make_votes
from tests.factories.surveys import make_answer, make_question


@dataclass
class Finished:
    """What a summary can be made from."""

    consultation: Consultation
    writer: Staff
    open_step: Step
    choice: Step
    statement: Statement
    voices: list[Contribution]

    @property
    def staff(self) -> str:
        """Where the staff's pages of it begin."""
        return f"/en/staff/consultations/{self.consultation.slug}"

    @property
    def public(self) -> str:
        """Where everybody reads its summary."""
        return f"/en/consultations/{self.consultation.slug}/summary"


@pytest.fixture
def finished(database: SQLAlchemy) -> Finished:
    """Twelve people wrote, fifty chose, 75 voted; answering ended yesterday."""
    make_city()
    consultation = make_consultation(is_open=False, title=everywhere("The bridge"), reply_due_on=now().date())
    make_stage(consultation, opens_at=now() - timedelta(days=30), closes_at=now() - timedelta(days=1))
    open_step = make_step(consultation, "open", 1, prompt=everywhere("What is missing?"))
    voices = make_voices(consultation, open_step, 12)
    choice, (bench, lamp) = make_question(
        consultation, "one_choice", "Benches", "Lamps", position=2, prompt=everywhere("What first?")
    )
    for place in range(50):
        make_answer(choice, make_participation(consultation, sent_at=now()), bench if place < 30 else lamp)
    statement = make_statement(make_step(consultation, "statements", 3), "=The bridge needs benches.")
    words = database.session.get(Contribution, statement.contribution_id)
    words.participant_id = None
    make_votes(consultation, statement, agree=40, disagree=20, passes=15)
    writer = make_staff(Role.OFFICER)
    make_cover(consultation, writer)
    database.session.commit()
    return Finished(consultation, writer, open_step, choice, statement, voices)
