"""The form in which staff put statements of the city's forward."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField, TextAreaField

from participation.core.forms import BaseForm


class SeedForm(BaseForm):
    """Statements, one a line or in a table, and their language."""

    purpose = "seed statements"

    lines = TextAreaField(
        _l("Statements, one a line"),
        description=_l("One thought each, that people can agree or disagree with. Cover all sides of the question."),
    )
    table = FileField(
        _l("Or a table (CSV)"),
        description=_l("With a column named comment_text. Nothing is added before you have looked at it."),
    )
    language = SelectField(_l("Language they are written in"))


class CloseForm(BaseForm):
    """Take one statement out."""

    purpose = "close statement"
