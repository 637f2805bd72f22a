"""What planners type: shape only; rules about the world are services'."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from participation.consultations import ClockField, DayField, NumberField, TextPlan, text_field
from participation.core.forms import BaseForm, as_choices

from .labels import age_labels, meeting_labels, round_labels, sensitivity_labels, template_labels
from .models import AgeBand, DialogueSession, RoundKind
from .sections import TITLE

PLEASE_CHOOSE = _l("Please choose one.")
_DAY = _l("Please choose a day.")
_TIME = _l("Please choose a time.")


class ConfirmForm(BaseForm):
    """One button."""

    purpose = "confirm session"


class BeginForm(BaseForm):
    """A new session: what it is called, how it goes, when."""

    purpose = "new session"

    title_text = text_field(TITLE)
    template = RadioField(_l("How will it go?"), [InputRequired(PLEASE_CHOOSE)])
    starts_on = DayField(_l("Day"), [InputRequired(_DAY)])
    starts_at = ClockField(_l("Begins at"), [InputRequired(_TIME)])
    source = RadioField(_l("In which language do you write it first?"), [InputRequired(PLEASE_CHOOSE)])
    languages = SelectMultipleField(_l("Languages it is held in"))

    def offer(self, languages: Sequence[tuple[str, str]]) -> None:
        """Say what can be chosen."""
        self.template.choices = as_choices(template_labels.items())
        self.source.choices = as_choices(languages)
        self.languages.choices = as_choices(languages)


class CopyForm(BaseForm):
    """A copy: its own title and day."""

    purpose = "copy session"

    title_text = text_field(TITLE)
    starts_on = DayField(_l("Day"), [InputRequired(_DAY)])
    starts_at = ClockField(_l("Begins at"), [InputRequired(_TIME)])


class FactsForm(BaseForm):
    """When, where and for whom."""

    purpose = "session facts"
    #: columns that are asked for as they are
    plain = ("video_url", "capacity", "fewest_people", "reply_due_on", "keep_until")

    starts_on = DayField(_l("Day"), [InputRequired(_DAY)])
    starts_at = ClockField(_l("Begins at"), [InputRequired(_TIME)])
    ends_at = ClockField(
        _l("Ends at"), [InputRequired(_TIME)], description=_l("A time before the beginning means the next day.")
    )
    meeting = RadioField(_l("Where are people?"), [InputRequired(PLEASE_CHOOSE)])
    video_url = StringField(
        _l("Address of the city’s own video room"),
        [Optional(), Length(max=300)],
        description=_l("Begins with https://."),
    )
    languages = SelectMultipleField(_l("Languages it is held in"))
    age_bands = SelectMultipleField(
        _l("Whom it is for"), description=_l("Children and adults are never in one session.")
    )
    sensitivity = RadioField(_l("How much may it hurt?"), [InputRequired(PLEASE_CHOOSE)], coerce=int)
    capacity = NumberField(_l("Most people"))
    fewest_people = NumberField(_l("Fewest people"), description=_l("With fewer, it does not begin."))
    reply_due_on = DayField(_l("Day by which the city answers"), [Optional()])
    keep_until = DayField(
        _l("Day on which what people said is deleted"), [Optional()], description=_l("The summary and the answer stay.")
    )

    def offer(self, languages: Sequence[tuple[str, str]]) -> None:
        """Say what can be chosen."""
        self.languages.choices = as_choices(languages)
        self.meeting.choices = as_choices((each.value, label) for each, label in meeting_labels.items())
        self.age_bands.choices = as_choices((each.value, label) for each, label in age_labels.items())
        self.sensitivity.choices = as_choices(sensitivity_labels.items())

    @staticmethod
    def data_of(session: DialogueSession, zone: str) -> dict[str, Any]:
        """What the columns hold, as the fields show it."""
        begins, ends = (each.astimezone(ZoneInfo(zone)) for each in (session.starts_at, session.ends_at))
        names = (*FactsForm.plain, "meeting", "languages", "age_bands", "sensitivity")
        return {
            **{name: getattr(session, name) for name in names},
            "starts_on": begins.date(),
            "starts_at": begins.time(),
            "ends_at": ends.time(),
        }


class PeopleForm(BaseForm):
    """Who leads, who cares, who interprets."""

    purpose = "session people"

    lead_id = SelectField(_l("Lead facilitator"), coerce=int)
    second_id = SelectField(
        _l("Second facilitator"), coerce=int, description=_l("Looks after people while the first one leads.")
    )
    safeguarding_id = SelectField(_l("Safeguarding lead on call"), coerce=int)
    safeguarding_phone = StringField(
        _l("Her number during the session"), [Length(max=40)], description=_l("It has to be answered the whole time.")
    )
    facilitated_in = SelectMultipleField(_l("Languages the facilitators speak themselves"))
    interpreters = TextAreaField(
        _l("Interpreters"), description=_l("One a line: language, colon, name. For example: ar: Layla")
    )

    def offer(self, people: Sequence[tuple[int, str]], carers: Sequence[tuple[int, str]], languages: Any) -> None:
        """Say who and what can be chosen; 0 is nobody yet."""
        nobody = (0, _l("Nobody yet"))
        self.lead_id.choices = as_choices([nobody, *people])
        self.second_id.choices = as_choices([nobody, *people])
        self.safeguarding_id.choices = as_choices([nobody, *carers])
        self.facilitated_in.choices = as_choices(languages)


class AgreementForm(BaseForm):
    """What people agree on, in one language."""

    purpose = "session agreement"

    lines = TextAreaField(_l("Lines"), description=_l("One a line, eight at most. Begin with “I” or “We”."))


class AddRoundForm(BaseForm):
    """The kind of a new round."""

    purpose = "new round"

    kind = RadioField(_l("How does the round go?"), [InputRequired(PLEASE_CHOOSE)])

    def offer(self) -> None:
        """Every kind."""
        self.kind.choices = as_choices((each.value, label) for each, label in round_labels.items())


class RoundsForm(BaseForm):
    """The order of the rounds; each button moves one."""

    purpose = "rounds"


def round_form(plans: Iterable[TextPlan], kind: RoundKind, *, is_source: bool) -> type[BaseForm]:
    """The form of one round in one language; facts only where it is written first."""
    fields: dict[str, Any] = {plan.field: text_field(plan) for plan in plans}
    if kind == RoundKind.POLL:
        fields["options"] = TextAreaField(_l("Answers to choose from"), description=_l("One a line."))
    if is_source:
        fields["minutes"] = NumberField(_l("Minutes"), [InputRequired(_l("Please write a number."))])
        if kind not in {RoundKind.POLL, RoundKind.STATEMENT_VOTE, RoundKind.SILENT_WRITE}:
            fields["turn_seconds"] = NumberField(
                _l("Seconds of one turn"),
                [InputRequired(_l("Please write a number."))],
                description=_l("Between 45 and 300. Afterwards the clock changes its colour; nobody is cut off."),
            )
        fields["is_sensitive"] = BooleanField(_l("Answers to this may hurt when everybody gives the same"))
        fields["is_in_rooms"] = BooleanField(_l("People are in small rooms during it"))
    return type("RoundForm", (BaseForm,), {**fields, "seen": HiddenField(), "purpose": "round"})


def moment_of(day: Any, clock: time | None, zone: str) -> datetime:
    """The moment that a day and a time of day mean in the city's time zone."""
    return datetime.combine(day, clock or time(), ZoneInfo(zone))


def is_mixed_in_age(bands: Sequence[str]) -> bool:
    """Whether adults and minors would be in one session."""
    return AgeBand.ADULT.value in bands and len(bands) > 1
