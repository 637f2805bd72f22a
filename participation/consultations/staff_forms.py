"""Forms of the staff's pages about consultations. Shape only: rules stand in the services, which name a field."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import TextInput

from participation.core.forms import BaseForm, as_choices
from participation.core.localized import LocalizedText

from .entries import MOST_PEOPLE
from .labels import age_band
from .models import Stage, StageKind
from .scheduling import Dates
from .sections import STAGE_TEXTS, STEP_TEXTS, TITLE, TextPlan
from .staff_labels import entry_channel_labels, stage_kind_labels
from .steps import StepKind

#: Digits of the longest number anybody means.
LONGEST_NUMBER = 9
PLEASE_CHOOSE = _l("Please choose one.")


class DayField(DateField):
    """A day; digits of every script are welcome."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it, or say how to write it."""
        typed = _plain_digits(" ".join(valuelist)).strip()
        self.data = None
        if typed:
            try:
                self.data = date.fromisoformat(typed)
            except ValueError:
                raise ValueError(_l("Please write the day as year-month-day, such as 2027-05-31.")) from None


class ClockField(TimeField):
    """A time of day; digits of every script are welcome."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it, or say how to write it."""
        typed = _plain_digits(" ".join(valuelist)).strip()
        self.data = None
        if typed:
            try:
                self.data = time.fromisoformat(typed).replace(second=0, microsecond=0, tzinfo=None)
            except ValueError:
                raise ValueError(_l("Please write the time as hours and minutes, such as 18:00.")) from None


class NumberField(IntegerField):
    """A whole number; digits of every script are welcome."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it, or say that it is none."""
        typed = " ".join(valuelist).strip()
        self.data = None
        if typed:
            try:
                self.data = int(typed) if len(typed) <= LONGEST_NUMBER else None
            except ValueError:
                self.data = None
            if self.data is None:
                raise ValueError(_l("Please write a whole number, such as 5."))


class PlacesField(Field):
    """Places in a list, from 1, with commas between; digits of every script are welcome."""

    widget = TextInput()

    def _value(self) -> str:
        """As it stands in its field."""
        return ", ".join(str(place) for place in self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read them, or say how to write them."""
        typed = _plain_digits(" ".join(valuelist)).replace("،", ",")
        parts = [part.strip() for part in typed.split(",") if part.strip()]
        self.data = []
        if not all(part.isascii() and part.isdecimal() for part in parts):
            raise ValueError(_l("Please write the numbers of the answers, with commas between."))
        self.data = sorted({int(part) for part in parts})


class ConfirmForm(BaseForm):
    """A button that does one thing, once."""

    purpose = "confirm"


class CreateForm(BaseForm):
    """A new consultation: its title, the language it is written in, and those it is held in."""

    purpose = "create consultation"

    title_text = StringField(TITLE.label, description=TITLE.hint)
    source = RadioField(_l("Language you write it in first"), [InputRequired(PLEASE_CHOOSE)])
    languages = SelectMultipleField(
        _l("Languages it is held in"), description=_l("The one you write first is always among them.")
    )

    def offer(self, languages: Sequence[tuple[str, str]]) -> None:
        """Say which languages there are."""
        self.source.choices = as_choices(languages)
        self.languages.choices = as_choices(languages)


class CopyForm(BaseForm):
    """A copy with a title of its own."""

    purpose = "copy consultation"

    title_text = StringField(_l("Title of the copy"))


class ExtendForm(BaseForm):
    """A later last day, and the reply that goes with it."""

    purpose = "extend consultation"

    last_day = DayField(_l("New last day"))
    last_time = ClockField(_l("Until what time"), description=_l("Leave it empty for the end of the day."))
    reply_due_on = DayField(_l("Day by which the city replies"))

    def dates(self, first: Dates) -> Dates:
        """The dates with the new end."""
        return Dates(first.first_day, first.first_time, self.last_day.data, self.last_time.data)


class StageForm(BaseForm):
    """One stage: what happens in it, and when."""

    purpose = "stage"

    kind = RadioField(_l("What happens in it"), [InputRequired(PLEASE_CHOOSE)])
    first_day = DayField(_l("First day"), [InputRequired(_l("Please choose the first day."))])
    first_time = ClockField(_l("From what time"), description=_l("Leave it empty for the beginning of the day."))
    last_day = DayField(_l("Last day"), description=_l("Leave it empty while nobody knows."))
    last_time = ClockField(_l("Until what time"), description=_l("Leave it empty for the end of the day."))
    name_text = StringField(STAGE_TEXTS[0].label, description=STAGE_TEXTS[0].hint)

    @classmethod
    def for_stage(cls, stage: Stage | None, *, zone: str, source: str) -> StageForm:
        """The form of one stage, in the city's own days and hours."""
        data: dict[str, Any] = {}
        if stage is not None:
            dates = Dates.of(stage, zone)
            data = {
                "kind": stage.kind,
                "first_day": dates.first_day,
                "first_time": None if dates.first_time == time(0) else dates.first_time,
                "last_day": dates.last_day,
                "last_time": dates.last_time,
                "name_text": stage.name.text_in(source),
            }
        form = cls.receive(about=str(stage.id if stage else "new"), data=data)
        form.kind.choices = as_choices((kind.value, stage_kind_labels[kind]) for kind in StageKind)
        return form

    def dates(self) -> Dates:
        """The dates that were typed."""
        assert self.first_day.data is not None  # noqa: S101  asked for only after validation
        return Dates(self.first_day.data, self.first_time.data or time(0), self.last_day.data, self.last_time.data)


class BatchForm(BaseForm):
    """A new batch of invitation codes."""

    purpose = "invitation batch"

    label_text = StringField(_l("What you call this batch"), description=_l("Such as “Letters to households, May”."))
    size = NumberField(_l("How many codes"), [InputRequired(_l("Please write how many."))])
    last_day = DayField(_l("Last day on which they work"), [InputRequired(_l("Please choose the last day."))])


class PrintForm(BaseForm):
    """A button that shows codes; pressing it again shows them again."""

    purpose = "print codes"
    is_once = False

    first = NumberField()


class AddStepForm(BaseForm):
    """A new step: its kind and its question."""

    purpose = "add step"

    kind = RadioField(_l("Kind of question"), [InputRequired(PLEASE_CHOOSE)])
    prompt_text = TextAreaField(STEP_TEXTS[0].label, description=STEP_TEXTS[0].hint)


class EntryForm(BaseForm):
    """How an answer came, from whom, and that it may be written down."""

    purpose = "entry"

    channel = RadioField(
        _l("How did the answer come?"), validators=[InputRequired(_l("Please choose how the answer came to you."))]
    )
    people_count = NumberField(
        _l("How many people say this with one voice?"),
        [
            InputRequired(_l("Please write how many people.")),
            NumberRange(1, MOST_PEOPLE, _l("Please give the number of people, from 1 to %(most)s.", most=MOST_PEOPLE)),
        ],
        default=1,
        description=_l("1 for one person; more for a group that agreed on its answers."),
    )
    language = SelectField(_l("Language they used"))
    age_band = RadioField(_l("Age band"), validate_choice=False)
    consent_spoken = BooleanField(
        _l("I asked whether I may write this down for the city, and the answer was yes"),
        [InputRequired(_l("Please ask whether you may write this down, and tick that the answer was yes."))],
        description=_l("Say what is kept and that a code comes with it. Without a yes, nothing is written down."),
    )

    def offer(self, languages: Sequence[tuple[str, str]], age_bands: Sequence[str]) -> None:
        """Say what can be chosen here."""
        self.channel.choices = as_choices((each.value, label) for each, label in entry_channel_labels.items())
        self.language.choices = as_choices(languages)
        self.age_band.choices = as_choices((band, age_band(band)) for band in age_bands)
        if not age_bands:
            del self.age_band


def texts_form(plans: Iterable[TextPlan], base: type[BaseForm] = BaseForm) -> type[BaseForm]:
    """A form with one field for each text, and the fingerprint of the texts as they were shown."""
    fields: dict[str, Any] = {plan.field: text_field(plan) for plan in plans}
    return type("TextsForm", (base,), {**fields, "seen": HiddenField(), "purpose": "texts"})


def reasons_form(plan: TextPlan, languages: Mapping[str, str]) -> type[BaseForm]:
    """A form with one text in each language: tag → its name."""
    fields = {
        f"{plan.name}_{tag}": TextAreaField(_l("%(label)s, in %(language)s", label=plan.label, language=name))
        for tag, name in languages.items()
    }
    return type("ReasonsForm", (BaseForm,), {**fields, "purpose": f"reasons {plan.name}"})


def step_form(kind: StepKind, options: Sequence[LocalizedText], *, is_source: bool) -> type[BaseForm]:
    """The form of one step in one language; settings only where it is written first."""
    fields: dict[str, Any] = {plan.field: text_field(plan) for plan in STEP_TEXTS}
    options_hint: Any = kind.options_hint
    if kind.has_options and is_source:
        fields["options"] = TextAreaField(
            _l("Answers to choose from"),
            description=options_hint or _l("One a line, in the order people see them."),
        )
    elif kind.has_options:
        for place, _text in enumerate(options, 1):
            fields[f"option_{place}"] = StringField(_l("Answer %(number)s", number=place))
    if is_source:
        label: Any
        hint: Any
        for name, (label, hint) in kind.number_settings.items():
            fields[f"setting_{name}"] = NumberField(label, [Optional()], description=hint)
        for name, (label, hint) in kind.place_settings.items():
            fields[f"setting_{name}"] = PlacesField(label, description=hint)
        fields["is_optional"] = BooleanField(_l("People may leave this question out"))
    fields["makes_version"] = BooleanField(_l("Make a new version, counted apart"))
    return type("StepForm", (BaseForm,), {**fields, "seen": HiddenField(), "purpose": "step"})


def text_field(plan: TextPlan) -> Any:
    """The field of one text."""
    kind = StringField if plan.rows == 1 else TextAreaField
    return kind(plan.label, description=plan.hint)


def option_lines(options: Sequence[LocalizedText], language: str) -> str:
    """Options as they stand in their field, one a line."""
    return "\n".join(text.text_in(language) for text in options)


def _plain_digits(typed: str) -> str:
    return "".join(
        str(unicodedata.decimal(sign)) if unicodedata.decimal(sign, None) is not None else sign for sign in typed[:40]
    )
