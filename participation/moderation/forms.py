"""Forms of moderators and of authors who appeal. Whether reasons are complete is the services' rule, not theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length

from participation.core.forms import BaseForm, as_choices

from .labels import ACTION_CHOICES, CHANGED, GRAVITY_CHOICES, OUTCOME_CHOICES

#: Value of the ground "a law"; rules are "rule:" and their number.
LAW = "law"
_CHOOSE_ACTION = _l("Choose what to do.")


class QueueForm(BaseForm):
    """The list itself: which items are ticked, which one's button was pressed."""

    purpose = "queue"


class ToBulkForm(QueueForm):
    """The same list when it leads to a preview: changes nothing, so it may be sent again."""

    is_once = False


class PressForm(BaseForm):
    """A single button: take, give back, undo, turn the keys on or off."""

    purpose = "press"


class ReasonsForm(BaseForm):
    """A statement of reasons; complete or it is refused."""

    ground = SelectField(_l("What does it rest on?"), validate_choice=False)
    law = StringField(
        _l("Which law?"), [Length(max=200)], description=_l("Only when it rests on a law. Name it and the article.")
    )
    facts = TextAreaField(
        _l("Which words is it about?"),
        [Length(max=4000)],
        description=_l("Quote them, or say what they were. The author reads this."),
    )
    fit = TextAreaField(
        _l("Why does the rule fit them?"),
        [Length(max=4000)],
        description=_l("Write to the author: short, kind, exact. Say what could be changed."),
    )
    language = SelectField(_l("You are writing in"), validate_choice=False)
    gravity = SelectField(_l("Why is nothing less enough?"), choices=as_choices(GRAVITY_CHOICES), validate_choice=False)

    def offer(self, rules: Sequence[tuple[int, str]], languages: Sequence[tuple[str, str]], chosen: str) -> None:
        """Hand in the rules and languages there are."""
        self.numbers = {f"rule:{number}": number for number, _title in rules}
        grounds = [(f"rule:{number}", title) for number, title in rules]
        self.ground.choices = as_choices([("", _l("Choose a rule or a law")), *grounds, (LAW, _l("A law"))])
        self.language.choices = as_choices(languages)
        if self.language.data not in {tag for tag, _name in languages}:
            self.language.data = chosen

    def given(self) -> dict[str, Any]:
        """What was written, for the service to judge; the ground is "rule", "law" or nothing."""
        number = self.numbers.get(self.ground.data or "")
        return {
            "ground": "law" if self.ground.data == LAW else "rule" if number is not None else "",
            "rule_number": number,
            "law": self.law.data or "",
            "facts": self.facts.data or "",
            "fit": self.fit.data or "",
            "language": self.language.data or "en",
            "gravity": self.gravity.data or "",
        }


class DecisionForm(ReasonsForm):
    """What a moderator decides about one contribution."""

    version = HiddenField()
    action = RadioField(
        _l("What do you decide?"),
        [InputRequired(_CHOOSE_ACTION), AnyOf([value for value, _label in ACTION_CHOICES], _CHOOSE_ACTION)],
        choices=as_choices(ACTION_CHOICES),
        validate_choice=False,
    )


class BulkForm(ReasonsForm):
    """The same decision about several; carries exactly the items and versions that were shown."""

    items = HiddenField()


class AppealForm(BaseForm):
    """Why an author thinks that a decision is wrong."""

    text = TextAreaField(
        _l("Why should somebody else look again?"),
        [InputRequired(_l("Please tell us why, in a sentence or two."))],
        description=_l("Write in your own language."),
    )


class AppealDecisionForm(BaseForm):
    """What somebody else decides about an appeal, and why."""

    outcome = RadioField(
        _l("What do you decide?"),
        [InputRequired(_CHOOSE_ACTION), AnyOf([value for value, _label in OUTCOME_CHOICES], _CHOOSE_ACTION)],
        choices=as_choices(OUTCOME_CHOICES),
        validate_choice=False,
    )
    action = SelectField(_l("What takes its place?"), validate_choice=False)
    explanation = TextAreaField(
        _l("Why?"),
        [InputRequired(_l("Tell the author why."))],
        description=_l("Write to the author. She reads exactly this."),
    )
    language = SelectField(_l("You are writing in"), validate_choice=False)

    def offer(self, milder: Sequence[tuple[str, str]], languages: Sequence[tuple[str, str]], chosen: str) -> None:
        """Hand in what would be milder, and the languages there are. Where nothing is milder, that is no choice."""
        self.action.choices = as_choices([("", _l("Choose something milder")), *milder])
        if not milder:
            self.outcome.choices = as_choices(each for each in OUTCOME_CHOICES if each[0] != CHANGED)
        self.language.choices = as_choices(languages)
        if self.language.data not in {tag for tag, _name in languages}:
            self.language.data = chosen
