"""Forms of the statement page: the vote, and a statement of one's own."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from participation.contributions import PERMISSION_CHOICES
from participation.core.forms import BaseForm, as_choices

from .models import MAX_STATEMENT, VALUES


class VoteForm(BaseForm):
    """Where somebody stands on one statement. A vote has a natural key, so a resend needs no other."""

    purpose = "vote"
    is_once = False

    statement_id = IntegerField(validators=[InputRequired()])
    answer = HiddenField(validators=[AnyOf(VALUES, message=_l("Please choose agree, disagree or pass."))])
    matters = BooleanField(_l("This matters to me"))
    others_use_this_device = BooleanField(_l("Others use this device too"))


class StatementForm(BaseForm):
    """A statement of one's own; moderators read it before others vote on it."""

    purpose = "statement"

    body = TextAreaField(
        _l("What should others say yes or no to?"),
        [Length(min=1, max=MAX_STATEMENT * 4, message=_l("Please write your statement."))],
    )
    language = SelectField(_l("Language you wrote it in"))
    permission = RadioField(
        _l("What may we do with these words elsewhere?"),
        choices=as_choices(PERMISSION_CHOICES),
        validators=[Optional()],
    )
