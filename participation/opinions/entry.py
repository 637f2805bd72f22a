"""Votes that staff write down for somebody: every open statement on one page, each with agree, disagree or pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import Optional

from participation.consultations import Step
from participation.contributions import Contribution
from participation.core.forms import BaseForm, as_choices
from participation.core.languages import current_language
from participation.translation import readable

from . import seeding
from .models import VALUES

#: Most statements on one page; more are not read aloud to anybody.
MOST_STATEMENTS = 60
LABELS = {"agree": _l("Agree"), "disagree": _l("Disagree"), "pass": _l("Pass")}
_PREFIX = "statement_"


class EntryForm(BaseForm):
    """What the form of one set of statements adds to a form: each statement's words beside its field."""

    is_once = False
    purpose = "votes written down"
    #: statement id → its words as staff read them
    words: Mapping[int, Any] = {}

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """Words and field of each statement, in order."""
        return [(words, self[f"{_PREFIX}{number}"]) for number, words in self.words.items()]

    @property
    def votes(self) -> dict[int, int]:
        """Statement id → vote, for those that were answered."""
        return {
            number: VALUES[field.data] for number in self.words if (field := self[f"{_PREFIX}{number}"]).data in VALUES
        }


def make_entry_form(step: Step, *, prefix: str) -> EntryForm:
    """The form of all open statements of a step."""
    rows = seeding.list_with_words(step.id, only_open=True)[:MOST_STATEMENTS]
    contributions: list[Contribution] = [contribution for _statement, contribution in rows]
    read = readable(contributions, current_language().tag)
    words = {statement.id: read[contribution.id] for statement, contribution in rows}
    fields: dict[str, Any] = {
        f"{_PREFIX}{number}": RadioField(
            text.text, [Optional()], choices=as_choices(LABELS.items()), validate_choice=False
        )
        for number, text in words.items()
    }
    votes_form: type[EntryForm] = type("VotesForm", (EntryForm,), {**fields, "words": words})
    return votes_form.receive(about=str(step.id), prefix=prefix)
