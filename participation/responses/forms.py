"""The form in which an officer answers a finding."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField
from wtforms.validators import InputRequired, Optional

from participation.core.forms import BaseForm, as_choices
from participation.summaries import LocalizedForm

from .labels import answer_choices

ANSWER_TEXTS = (
    ("text", _l("The answer: what, and why"), 1500),
    ("owner", _l("Office that answers for it"), 120),
    ("passed_to", _l("Only if it is not ours: to whom you passed it"), 200),
)


class AnswerForm(LocalizedForm):
    """The city's answer in every language, with who and until when."""

    purpose = "answer"

    kind = RadioField(
        _l("What does the city say?"), [InputRequired(_l("Please choose one."))], choices=as_choices(answer_choices)
    )
    due_on = DateField(
        _l("Until when"),
        [Optional()],
        description=_l(
            "For “we will”, “partly”, “still deciding” and “no answer yet”. Everybody sees when it is late."
        ),
    )


class DoneForm(BaseForm):
    """Says that what was promised is done."""

    purpose = "answer done"

    done_on = DateField(_l("Done on"), [InputRequired(_l("Please say on which day."))])
