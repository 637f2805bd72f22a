"""The facts of each section of the editor, beside its texts: days, choices and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired

from participation.contributions import Mode, permission_facts
from participation.core.forms import BaseForm, as_choices

from .models import Audience, Consultation
from .staff_forms import PLEASE_CHOOSE, DayField, NumberField
from .staff_labels import audience_labels, mode_labels


class SectionForm(BaseForm):
    """What the forms of all sections share: facts go in and come out under the names of their columns."""

    #: columns this form is about
    facts: tuple[str, ...] = ()

    def offer(self, languages: Sequence[tuple[str, str]]) -> None:
        """Say what can be chosen."""

    def typed_facts(self) -> dict[str, Any]:
        """What was typed, as the columns keep it."""
        return {name: self._fields[name].data for name in self.facts if name in self}

    def leave_out(self, names: Iterable[str]) -> None:
        """Take out what is settled: it is shown, not asked."""
        for name in names:
            if name in self:
                del self[name]

    @classmethod
    def data_of(cls, consultation: Consultation) -> dict[str, Any]:
        """What the columns hold, as the fields show it."""
        return {name: getattr(consultation, name) for name in cls.facts}


class AboutForm(SectionForm):
    """Its name in addresses."""

    facts = ("slug",)

    slug = StringField(
        _l("Its name in addresses"), description=_l("Short, so that it fits on a poster. Stays after publishing.")
    )

    def typed_facts(self) -> dict[str, Any]:
        """Small letters, no spaces around."""
        return {"slug": (self.slug.data or "").strip().lower()} if "slug" in self else {}


class DecidingForm(SectionForm):
    """The day of the reply."""

    facts = ("reply_due_on",)

    reply_due_on = DayField(_l("Day by which the city replies"))


class AudienceForm(SectionForm):
    """Who may take part."""

    facts = ("audience", "age_bands")

    audience = RadioField(_l("Who may take part?"), [InputRequired(PLEASE_CHOOSE)])
    age_bands = TextAreaField(
        _l("Age bands"),
        description=_l("One a line, such as 12-15 or 65+. Leave it empty to ask nobody’s age."),
    )

    def offer(self, languages: Sequence[tuple[str, str]]) -> None:
        """The three audiences."""
        self.audience.choices = as_choices((each.value, label) for each, label in audience_labels.items())

    def typed_facts(self) -> dict[str, Any]:
        """The audience, and its bands as a list."""
        if "audience" not in self:
            return {}
        lines = (self.age_bands.data or "").split("\n")
        bands = [line.strip().replace("–", "-").replace(" ", "") for line in lines if line.strip()]
        return {"audience": Audience(self.audience.data), "age_bands": list(dict.fromkeys(bands))}

    @classmethod
    def data_of(cls, consultation: Consultation) -> dict[str, Any]:
        """The bands one a line."""
        return {"audience": consultation.audience, "age_bands": "\n".join(consultation.age_bands)}


class LanguagesForm(SectionForm):
    """Languages it is held in."""

    facts = ("languages",)

    languages = SelectMultipleField(_l("Languages it is held in"))

    def offer(self, languages: Sequence[tuple[str, str]]) -> None:
        """The languages of the site."""
        self.languages.choices = as_choices(languages)

    def typed_facts(self) -> dict[str, Any]:
        """In the order of the site's list."""
        chosen = set(self.languages.data or [])
        return {"languages": [tag for tag, *_name in self.languages.iter_choices() if tag in chosen]}


class ModerationForm(SectionForm):
    """How words are looked after."""

    facts = ("moderation_mode", "unset_permission", "is_sensitive", "has_open_votes")

    moderation_mode = RadioField(_l("When do others see what somebody typed?"), [InputRequired(PLEASE_CHOOSE)])
    unset_permission = SelectField(
        _l("What it means when somebody does not say what may be done with her words"),
        description=_l("People are told this. “Only counted” is the careful choice."),
    )
    is_sensitive = BooleanField(
        _l("This is a sensitive subject"),
        description=_l("Each page then has a button that leaves for another website at once."),
    )
    has_open_votes = BooleanField(
        _l("Votes without names become open data after it has closed"),
        description=_l("People are told before they begin. It cannot be decided afterwards."),
    )

    def offer(self, languages: Sequence[tuple[str, str]]) -> None:
        """The two modes, and what silence can mean."""
        self.moderation_mode.choices = as_choices((each.value, label) for each, label in mode_labels.items())
        self.unset_permission.choices = as_choices((each.value, label) for each, label in permission_facts.items())

    def typed_facts(self) -> dict[str, Any]:
        """Modes and permissions as they are kept."""
        return {**super().typed_facts(), "moderation_mode": str(Mode(self.moderation_mode.data))}


class WaysForm(SectionForm):
    """How long it takes."""

    facts = ("estimated_minutes",)

    estimated_minutes = NumberField(
        _l("Minutes it takes"), description=_l("People see this before they begin. Try it once and look at the clock.")
    )


#: Section → the form of its facts; sections without facts are not here.
FACTS: dict[str, type[SectionForm]] = {
    "about": AboutForm,
    "deciding": DecidingForm,
    "audience": AudienceForm,
    "languages": LanguagesForm,
    "moderation": ModerationForm,
    "ways": WaysForm,
}
