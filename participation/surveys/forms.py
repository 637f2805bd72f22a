"""Forms of the survey questions, one for each kind. What can be chosen is handed in.

An answer in a draft replaces the one before it, so these forms need no exactly-once key of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext, lazy_ngettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import AnyOf, Optional

from participation.contributions import MOST_CHARACTERS, PERMISSION_CHOICES, clean_words
from participation.core.errors import Invalid
from participation.core.forms import BaseForm, as_choices
from participation.core.languages import all_languages, current_language
from participation.core.localized import LocalizedText, Words

#: Stands for a language that is not in the list (BCP 47: undetermined).
ANOTHER_LANGUAGE = "und"
NOTHING_CHOSEN = _l("Please choose one. Any answer is a good answer.")
UNKNOWN_CHOICE = _l("This choice is not on the list any more. Please choose again.")


class QuestionForm(BaseForm):
    """What all question forms share: the prompt is the label, and an optional one may stay empty."""

    is_once = False

    def __init__(self, *args: Any, prompt: Words, is_optional: bool = False, **kwargs: Any) -> None:
        """`prompt` is the question in the reader's language, or marked with its own."""
        super().__init__(*args, **kwargs)
        self.is_optional = is_optional
        self.main_field.label.text = as_label(prompt)

    @property
    def main_field(self) -> Any:
        """The field that answers the question."""
        return self._fields["answer"]


class OpenForm(QuestionForm):
    """Words of one's own."""

    purpose = "open"

    answer = TextAreaField()
    permission = RadioField(
        _l("What may we do with your words?"),
        choices=as_choices(PERMISSION_CHOICES),
        validators=[Optional(), AnyOf([value for value, _label in PERMISSION_CHOICES], message=UNKNOWN_CHOICE)],
        validate_choice=False,
    )
    language = SelectField(_l("I wrote this in"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Written in the page's language, unless somebody says otherwise."""
        super().__init__(*args, **kwargs)
        self.language.choices = [
            *((each.tag, each.name) for each in all_languages().values()),
            (ANOTHER_LANGUAGE, gettext("another language")),
        ]
        if not self.language.data:
            self.language.data = current_language().tag

    def validate_answer(self, field: Field) -> None:
        """Something to read, not too much of it, and whole."""
        if self.is_optional and not (field.data or "").strip():
            field.data = ""
            return
        try:
            field.data = clean_words(field.data or "", field="answer")
        except Invalid as trouble:
            raise ValidationError(str(trouble.message)) from trouble

    def validate_language(self, field: SelectField) -> None:
        """A language of the list."""
        if field.data not in set(_offered(field)):
            raise ValidationError(str(UNKNOWN_CHOICE))

    @property
    def limit(self) -> int:
        """Characters that fit."""
        return MOST_CHARACTERS


class OneChoiceForm(QuestionForm):
    """One of several options, or one point of a scale."""

    purpose = "one choice"

    answer = RadioField(choices=[], validate_choice=False)

    def __init__(self, *args: Any, choices: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        """`choices` are numbers and labels."""
        super().__init__(*args, **kwargs)
        self.answer.choices = [(str(value), label) for value, label in choices]

    def validate_answer(self, field: RadioField) -> None:
        """One of the list."""
        if field.data in {None, "", "None"}:
            field.data = None
            if not self.is_optional:
                raise ValidationError(str(NOTHING_CHOSEN))
        elif field.data not in set(_offered(field)):
            raise ValidationError(str(UNKNOWN_CHOICE))


class ScaleForm(OneChoiceForm):
    """One point between two ends."""

    purpose = "scale"

    def __init__(self, *args: Any, low: Words, high: Words, has_names: bool, **kwargs: Any) -> None:
        """`low` and `high` are the words at the ends; `has_names` says whether every point has a name."""
        super().__init__(*args, **kwargs)
        self.low = low
        self.high = high
        self.has_names = has_names


class SeveralChoicesForm(QuestionForm):
    """Any number of options up to a limit; some stand alone ("none of these")."""

    purpose = "several choices"

    answer = SelectMultipleField(choices=[], validate_choice=False)

    def __init__(
        self,
        *args: Any,
        choices: Sequence[tuple[int, str]],
        most: int | None = None,
        alone: Collection[int] = (),
        **kwargs: Any,
    ) -> None:
        """`most` is how many may be chosen; `alone` are those that cannot be chosen with others."""
        super().__init__(*args, **kwargs)
        self.answer.choices = [(str(value), label) for value, label in choices]
        self.most = most
        self.alone = {str(value) for value in alone}

    def validate_answer(self, field: SelectMultipleField) -> None:
        """As many of the list as may be."""
        field.data = list(dict.fromkeys(field.data or []))
        if not field.data and not self.is_optional:
            raise ValidationError(str(_l("Please choose at least one.")))
        if not set(field.data) <= set(_offered(field)):
            raise ValidationError(str(UNKNOWN_CHOICE))
        if self.alone & set(field.data) and len(field.data) > 1:
            label = next(label for value, label in _offered(field).items() if value in self.alone & set(field.data))
            message = _l("“%(name)s” cannot go together with others. Please untick it, or all others.", name=label)
            raise ValidationError(str(message))
        if self.most is not None and len(field.data) > self.most:
            message = lazy_ngettext(
                "Please choose up to %(num)s. You have chosen %(chosen)s.",
                "Please choose up to %(num)s. You have chosen %(chosen)s.",
                self.most,
                chosen=len(field.data),
            )
            raise ValidationError(str(message))


@dataclass(frozen=True)
class Ranked:
    """One thing in a ranking, and its place from 1."""

    value: str
    label: object
    position: int


class RankingForm(BaseForm):
    """Things in an order: each has a place, and buttons that move it. A button only shows the new order."""

    purpose = "ranking"
    is_once = False

    #: carries the trouble about places; the places themselves are `place-<option>`
    place = StringField()

    def __init__(
        self,
        *args: Any,
        prompt: Words,
        choices: Sequence[tuple[int, str]],
        order: Sequence[int] = (),
        is_optional: bool = False,
        **kwargs: Any,
    ) -> None:
        """`order` is what was kept before; without one the list's own."""
        super().__init__(*args, **kwargs)
        self.legend = as_label(prompt)
        self.is_optional = is_optional
        self.labels = {str(value): label for value, label in choices}
        kept = [str(value) for value in order if str(value) in self.labels]
        self.order = kept + [value for value in self.labels if value not in kept]
        if request.method == "POST":
            self._take_places(request.form.items())

    @property
    def items(self) -> list[Ranked]:
        """What to show, in order."""
        return [Ranked(value, self.labels[value], place) for place, value in enumerate(self.order, 1)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether this order is meant to stay: not when somebody only moved a thing, or two share a place."""
        is_moved = self._move(request.form.get("move", ""))
        return not is_moved and not self.place.errors

    def _take_places(self, sent: Iterable[tuple[str, str]]) -> None:
        """Read the places in the order they were shown in: what was given another place goes there, the rest make room.

        Without this, moving the last to the first place by its list would make two firsts.
        """
        shown = [
            (name.removeprefix(f"{self.place.name}-"), place)
            for name, place in sent
            if name.startswith(f"{self.place.name}-") and name.removeprefix(f"{self.place.name}-") in self.labels
        ]
        if {value for value, _place in shown} != set(self.labels):
            return
        places = {value: int(place) if place.isascii() and place.isdecimal() else 0 for value, place in shown}
        still = [value for number, (value, _place) in enumerate(shown, 1) if places[value] == number]
        moved = sorted((value for value in places if value not in still), key=lambda value: places[value])
        if len({places[value] for value in moved}) < len(moved):
            self.place.errors = [_l("Two of them have the same place. Please give each a place of its own.")]
        self.order = still
        for value in moved:
            self.order.insert(max(places[value] - 1, 0), value)

    def _move(self, pressed: str) -> bool:
        """Do what an arrow button says; whether one was pressed."""
        value, _colon, way = pressed.partition(":")
        if value not in self.order or way not in {"up", "down"}:
            return False
        self.place.errors = []
        place = self.order.index(value)
        self.order.insert(max(place + (1 if way == "down" else -1), 0), self.order.pop(place))
        return True


def _offered(field: SelectField | SelectMultipleField) -> dict[str, object]:
    """What can be chosen: value → label."""
    return {str(value): label for value, label, *_rest in field.iter_choices()}


def as_label(words: Words) -> str | Markup:
    """Words as a label; marked with their language where that is not the page's."""
    if words.language == current_language().tag:
        return words.text
    return Markup('<span lang="{}" dir="{}">{}</span>').format(words.language, words.direction, words.text)


def labels_of(texts: Iterable[tuple[int, LocalizedText]]) -> list[tuple[int, str | Markup]]:
    """Numbers and labels for a list of choices in the reader's language."""
    return [(value, as_label(text.read(current_language().tag))) for value, text in texts]
