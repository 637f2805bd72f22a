"""Words for the city's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l

from .models import AnswerKind

answer_labels: Mapping[AnswerKind, object] = {
    AnswerKind.WE_WILL: _l("We will"),
    AnswerKind.PARTLY: _l("Partly"),
    AnswerKind.WE_CANNOT: _l("We cannot"),
    AnswerKind.NOT_OURS: _l("Not ours, passed on"),
    AnswerKind.STILL_DECIDING: _l("Still deciding"),
    AnswerKind.NONE_YET: _l("No answer yet"),
}
#: The same, to the officer who chooses.
answer_choices: Sequence[tuple[str, object]] = [
    (AnswerKind.WE_WILL.value, _l("We will")),
    (AnswerKind.PARTLY.value, _l("Partly")),
    (AnswerKind.WE_CANNOT.value, _l("We cannot, and why")),
    (AnswerKind.NOT_OURS.value, _l("It is not ours; we passed it on")),
    (AnswerKind.STILL_DECIDING.value, _l("We are still deciding, until a day")),
    (AnswerKind.NONE_YET.value, _l("No answer yet; an office has to answer by a day")),
]
answer_tones: Mapping[AnswerKind, str] = {
    AnswerKind.WE_WILL: "teal",
    AnswerKind.PARTLY: "teal",
    AnswerKind.WE_CANNOT: "plain",
    AnswerKind.NOT_OURS: "plain",
    AnswerKind.STILL_DECIDING: "sun",
    AnswerKind.NONE_YET: "sun",
}
