"""Forms of residents who take part: how they come in, whose device it is, and sending what was filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, RadioField, StringField, ValidationError

from participation.core.forms import BaseForm

from .labels import age_band

#: Stands for "none of these ages".
ANOTHER_AGE = "another"


class DeviceForm(Form):
    """Whose device it is. Goes along with the first form a stranger sends, and carries no token of its own."""

    others_use_this_device = BooleanField(
        _l("Others use this device too"),
        description=_l("Then this device forgets you after 15 minutes and keeps nothing you typed."),
    )


class BeginForm(BaseForm):
    """What has to be known before the first question: a code, an age band, or both."""

    purpose = "begin"

    code = StringField(_l("Your code"))
    age = RadioField(_l("How old are you?"), choices=[], validate_choice=False)
    others_use_this_device = BooleanField(
        _l("Others use this device too"),
        description=_l("Then this device forgets you after 15 minutes and keeps nothing you typed."),
    )

    def __init__(self, *args: Any, needs_code: bool, age_bands: Sequence[str], **kwargs: Any) -> None:
        """Fields that are not needed are left out."""
        super().__init__(*args, **kwargs)
        if not needs_code:
            del self.code
        if age_bands:
            named = [(band, str(age_band(band))) for band in age_bands]
            self.age.choices = [*named, (ANOTHER_AGE, gettext("Another age"))]
        else:
            del self.age

    def validate_code(self, field: StringField) -> None:
        """Something was typed."""
        if not (field.data or "").strip():
            raise ValidationError(str(_l("Please type the code that stands in your letter or on your card.")))

    def validate_age(self, field: RadioField) -> None:
        """One of the list was chosen."""
        if field.data not in {value for value, *_rest in field.iter_choices()}:
            raise ValidationError(str(_l("Please choose one.")))


class SendForm(BaseForm):
    """Sends everything that was filled in, once."""

    purpose = "send answers"
