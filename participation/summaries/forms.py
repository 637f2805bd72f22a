"""Forms of the staff who write a summary: shape only. What is ticked beside the fields is read by the views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, cast

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from participation.core.forms import BaseForm, as_choices
from participation.core.languages import language_name
from participation.core.localized import LocalizedText

from .labels import finding_labels

#: Choice that makes a new finding of what was picked.
NEW = "new"
KINDS = as_choices((each.value, label) for each, label in finding_labels.items())
MOST_SENTENCE = 400
MOST_INTRODUCTION = 1200


class LocalizedForm(BaseForm):
    """A form with one field per text and language, such as `sentence-ar`; made by `for_texts`."""

    @classmethod
    def for_texts(
        cls, names: Sequence[tuple[str, object, int]], texts: dict[str, LocalizedText], languages: Sequence[str]
    ) -> type[Self]:
        """This form with fields for `names` (name, label, longest) in `languages`, the source language first."""
        fields: dict[str, Any] = {}
        for name, label, longest in names:
            for tag in languages:
                named = _l("%(text)s, %(language)s", text=label, language=language_name(tag))
                fields[f"{name}-{tag}"] = TextAreaField(named, [Length(max=longest)])
                if tag in texts[name].texts and tag in texts[name].missing_in([tag]):
                    fields[f"{name}-{tag}-fits"] = BooleanField(_l("This translation still fits"))
        return cast("type[Self]", type(cls.__name__, (cls,), fields))

    def read_text(self, name: str, before: LocalizedText, languages: Sequence[str]) -> LocalizedText:
        """The text with what was typed. A translation nobody touched stays as old as it was, unless it still fits."""
        text = before if before else LocalizedText(source=languages[0])
        for tag in languages:
            typed = (self[f"{name}-{tag}"].data or "").strip()
            fits = f"{name}-{tag}-fits" in self and self[f"{name}-{tag}-fits"].data
            if typed != text.text_in(tag) or fits:
                text = text.with_text(tag, typed)
        return text


class CoverForm(LocalizedForm):
    """Headline and introduction in every language."""

    purpose = "summary cover"


class FindingForm(LocalizedForm):
    """One finding's kind and sentence in every language."""

    purpose = "finding"

    kind = SelectField(_l("What kind of finding is it?"), choices=KINDS)


class GatherForm(BaseForm):
    """Where what was ticked goes: a new finding, or one there is."""

    purpose = "gather"

    target = SelectField(_l("Put what you ticked into"), choices=[], validate_choice=False)

    def offer(self, findings: Sequence[tuple[int, str]]) -> Self:
        """Let these findings be chosen, beside a new one."""
        named = ((str(number), label) for number, label in findings)
        self.target.choices = as_choices([(NEW, _l("A new finding")), *named])
        return self


class DeedForm(BaseForm):
    """One button that does one thing; `about` says to what."""

    purpose = "summary deed"


class ReleaseForm(BaseForm):
    """The second person's word that she has looked; bound to the hash of what she saw."""

    purpose = "release"

    has_looked = BooleanField(_l("I have read the whole summary. It harms nobody, and it is what people said."))

    def validate_has_looked(self, field: BooleanField) -> None:
        """She says so."""
        if not field.data:
            raise ValidationError(str(_l("Please read the summary and tick this box first.")))


class ExportForm(BaseForm):
    """Why somebody takes rows per person out of the house."""

    purpose = "staff export"

    reason = StringField(
        _l("What do you need the votes for?"),
        [Length(min=8, max=500, message=_l("Please say in a few words what you need them for."))],
        description=_l("Your name, the day and this reason are kept in the log."),
    )


COVER_TEXTS = (
    ("headline", _l("Headline: the whole summary in one sentence"), 160),
    ("introduction", _l("Introduction: a few sentences"), MOST_INTRODUCTION),
)
FINDING_TEXTS = (("sentence", _l("Sentence"), MOST_SENTENCE),)


def text_data(texts: dict[str, LocalizedText], languages: Sequence[str]) -> dict[str, str]:
    """What a `LocalizedForm` shows on a first visit."""
    return {f"{name}-{tag}": text.text_in(tag) for name, text in texts.items() for tag in languages}
