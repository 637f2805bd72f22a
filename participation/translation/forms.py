"""The form in which a person types a translation."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired

from participation.core.forms import BaseForm


class TranslationForm(BaseForm):
    """One text in one other language, made from one wording."""

    version = HiddenField()
    text = TextAreaField(_l("Your translation"), [InputRequired(_l("Please write the translation."))])
