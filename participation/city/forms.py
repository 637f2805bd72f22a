"""Forms of the city's settings: plain fields, and one field per language for what residents read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FileField, StringField, TextAreaField
from wtforms.validators import Length

from participation.core.forms import BaseForm
from participation.core.localized import LocalizedText

#: Texts of the city residents read, and whether they are long.
CITY_TEXTS = {
    "name": (_l("Name of the city"), False),
    "welcome_heading": (_l("First words of the home page"), False),
    "welcome_text": (_l("What the home page says below them"), True),
    "contact_address": (_l("Address"), False),
    "contact_hours": (_l("When somebody answers"), False),
    "privacy_notice": (_l("Privacy notice"), True),
    "accessibility_statement": (_l("Accessibility statement"), True),
}


class CityForm(BaseForm):
    """What the city is called and how to reach it."""

    colour = StringField(_l("Colour"), [Length(max=7)])
    time_zone = StringField(_l("Time zone"), [Length(max=60)])
    phone_region = StringField(_l("Country of phone numbers, two letters"), [Length(min=2, max=2)])
    contact_email = StringField(_l("E-mail for help"), [Length(max=200)])
    contact_phone = StringField(_l("Phone for help"), [Length(max=40)])
    mark = FileField(_l("Mark"), description=_l("PNG or WebP, at most 64 kilobytes."))


class TextsForm(BaseForm):
    """The city's texts in one language."""

    name = StringField(CITY_TEXTS["name"][0], [Length(max=120)])
    welcome_heading = StringField(CITY_TEXTS["welcome_heading"][0], [Length(max=200)])
    welcome_text = TextAreaField(CITY_TEXTS["welcome_text"][0], [Length(max=2000)])
    contact_address = StringField(CITY_TEXTS["contact_address"][0], [Length(max=300)])
    contact_hours = StringField(CITY_TEXTS["contact_hours"][0], [Length(max=300)])
    privacy_notice = TextAreaField(CITY_TEXTS["privacy_notice"][0], [Length(max=20000)])
    accessibility_statement = TextAreaField(CITY_TEXTS["accessibility_statement"][0], [Length(max=20000)])

    def changed_texts(self, current: Mapping[str, LocalizedText], language: str) -> dict[str, LocalizedText]:
        """The texts with what was typed for `language`."""
        return {name: current[name].with_text(language, self[name].data or "") for name in CITY_TEXTS}


class RuleForm(BaseForm):
    """One rule in one language."""

    title = StringField(_l("The rule in a few words"), [Length(min=1, max=200, message=_l("Please write the rule."))])
    text = TextAreaField(_l("The rule in full"), [Length(min=1, max=2000, message=_l("Please explain the rule."))])


def texts_of(row: Any, names: Iterable[str]) -> dict[str, LocalizedText]:
    """The localized columns of `row` by name."""
    return {name: getattr(row, name) or LocalizedText() for name in names}
