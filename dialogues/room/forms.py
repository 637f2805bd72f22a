"""Forms of the room: the code, coming in, agreeing, one tap, words, notes; and the console's."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from participation.core.forms import BaseForm, as_choices

from .labels import level_labels, note_labels
from .models import MAX_NAME

#: What one tap of a participant can mean.
TAPS = ("hand", "lower", "pass", "done", "slower", "more_time", "step_out", "come_back", "leave")


class CodeForm(BaseForm):
    """The six signs on the wall."""

    purpose = "session code"

    code = StringField(_l("Code"), [InputRequired(message=_l("Please type the code of six signs."))])


class JoinForm(BaseForm):
    """Coming in: a name of one's own choice and a language."""

    purpose = "join a session"

    name = StringField(_l("What may the others call you?"), [Length(max=MAX_NAME * 4)])
    language = RadioField(_l("Your language"))
    others_use_this_device = BooleanField(_l("Others use this device too"))


class AgreeForm(BaseForm):
    """The agreement, accepted in the version that was read."""

    purpose = "agree"

    version = IntegerField(validators=[InputRequired()])
    may_pool = BooleanField(_l("The facilitators may use my ideas, not my words"))


class TapForm(BaseForm):
    """One tap."""

    purpose = "tap"

    tap = HiddenField(validators=[AnyOf(TAPS)])


class WordsForm(BaseForm):
    """What somebody writes instead of speaking."""

    purpose = "words in a session"

    body = TextAreaField(_l("Your words"), [InputRequired(message=_l("Please write something first."))])


class NoteForm(BaseForm):
    """A message to the facilitators."""

    purpose = "private note"

    kind = RadioField(
        _l("What is it about?"),
        choices=as_choices([(each.value, label) for each, label in note_labels.items()]),
        validators=[InputRequired(message=_l("Please choose one."))],
    )
    body = TextAreaField(_l("Anything you want to add"), [Optional()])


class LeadForm(BaseForm):
    """A step of a facilitator; `step` is a state, with an agenda item behind a colon where it is a round."""

    purpose = "lead a session"

    seen = IntegerField(validators=[InputRequired()])
    step = HiddenField(validators=[InputRequired()])


class OverlayForm(BaseForm):
    """A pause, a cool-down or a safety hold, or its end."""

    purpose = "overlay"

    seen = IntegerField(validators=[InputRequired()])
    over = HiddenField(validators=[InputRequired()])


class EndHoldForm(BaseForm):
    """The end of a safety hold: why it can go on, and how grave it was."""

    purpose = "end a hold"

    seen = IntegerField(validators=[InputRequired()])
    note = TextAreaField(_l("Why it can go on"), [Optional()])
    level = SelectField(
        _l("How grave was it?"), choices=as_choices([(str(level), label) for level, label in level_labels.items()])
    )


class TurnForm(BaseForm):
    """Whose turn it is; nobody's where the number is 0."""

    purpose = "turn"

    attendee = IntegerField(validators=[InputRequired()])


class ShowForm(BaseForm):
    """Showing what was written in silence."""

    purpose = "show a round"


class ReleaseForm(BaseForm):
    """Letting the group read a text that waited."""

    purpose = "release words"

    contribution = IntegerField(validators=[InputRequired()])


class AnswerForm(BaseForm):
    """A facilitator's answer to a private note."""

    purpose = "answer a note"

    answer = TextAreaField(_l("Your answer"), [Optional()])
