"""Forms with which an author looks after her words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import AnyOf, InputRequired

from participation.core.forms import BaseForm, as_choices

from .labels import PERMISSION_CHOICES

_CHOOSE = _l("Please choose one.")


class WordsForm(BaseForm):
    """Her words, to be changed."""

    body = TextAreaField(_l("Change your words"), [InputRequired(_l("Please write something first."))])


class PermissionForm(BaseForm):
    """What may be done with her words."""

    permission = RadioField(
        _l("What may we do with your words?"),
        [InputRequired(_CHOOSE), AnyOf([value for value, _label in PERMISSION_CHOICES], _CHOOSE)],
        choices=as_choices(PERMISSION_CHOICES),
        validate_choice=False,
    )


class WithdrawForm(BaseForm):
    """The button that takes her words back."""
