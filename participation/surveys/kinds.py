"""The five kinds of survey question, as steps of a consultation's journey.

What is kept of a form until it is sent: open `{body, permission, language}`, one choice `{option}`, several choices
`{options}`, scale `{value}`, ranking `{order}`; options by their ids. Settings of a step: several choices `most` (how
many at most) and `alone` (positions that stand alone); scale `lowest` and `highest`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from participation.consultations import Data, OwnWords, Participation, Step
from participation.contributions import Contribution, Permission, State, permission_labels
from participation.core.errors import Invalid
from participation.core.forms import BaseForm
from participation.core.languages import current_language, direction_of
from participation.core.localized import LocalizedText, Words

from . import queries, services
from .forms import OneChoiceForm, OpenForm, RankingForm, ScaleForm, SeveralChoicesForm, labels_of
from .models import Answer, Option
from .survey_kind import SurveyKind

#: Most points of a scale.
MOST_POINTS = 11
#: States from which an author's words come back into her form.
_KEPT = (State.HELD, State.VISIBLE, State.RETURNED, State.LIMITED, State.HIDDEN)


class OpenQuestion(SurveyKind):
    """An answer in one's own words."""

    kind = "open"
    label = _l("Answer in your own words")
    template = "participation/surveys/_open.html"

    def form_of(self, step: Step, options: Sequence[Option], *, draft: Data | None, prefix: str) -> BaseForm:
        """A text, what may be done with it, and its language."""
        kept = draft or {}
        return OpenForm.receive(
            about=str(step.id),
            prefix=prefix,
            prompt=_prompt(step),
            is_optional=step.is_optional,
            data={"answer": kept.get("body"), "permission": kept.get("permission"), "language": kept.get("language")},
        )

    def data_of(self, form: BaseForm) -> Data:
        """Words, permission, language; nothing when no words were given."""
        if not form.data["answer"]:
            return {}
        return {
            "body": form.data["answer"],
            "permission": form.data["permission"] or None,
            "language": form.data["language"],
        }

    def lines(self, step: Step, data: Data, language: str, options: Sequence[Option]) -> list[Words | str]:
        """The words, and what may be done with them."""
        permission = data.get("permission")
        allowed = str(permission_labels[Permission(permission)]) if permission else gettext("You chose nothing here.")
        said = OwnWords(data["body"], data["language"], direction_of(data["language"]))
        return [said, gettext("What we may do with your words: %(choice)s", choice=allowed)]

    def data_from(self, answer: Answer, chosen: Sequence[int], said: Contribution | None) -> Data:
        """Her words as they stand now; words that were taken back are no answer."""
        if said is None or said.state not in _KEPT:
            return {}
        return {"body": said.body, "permission": said.permission, "language": said.language}

    def send(self, step: Step, data: Data, participation: Participation, *, form_key: str, at: datetime) -> None:
        """The words become a contribution."""
        if not data:
            services.leave_out(step, participation, at=at)
            return
        permission = data.get("permission")
        services.say_in_words(
            step,
            participation,
            body=data["body"],
            language=data["language"],
            permission=Permission(permission) if permission else None,
            form_key=form_key,
            at=at,
        )


class ChoosingKind(SurveyKind):
    """What the kinds with options share."""

    has_options = True
    is_ranked = False

    def options_of(self, step: Step) -> list[LocalizedText]:
        """What can be chosen, in order."""
        return [option.label for option in queries.list_options([step.id])[step.id]]

    def save_options(self, step: Step, options: Mapping[int, LocalizedText]) -> None:
        """Replace what can be chosen."""
        services.save_options(step, options)

    def send(self, step: Step, data: Data, participation: Participation, *, form_key: str, at: datetime) -> None:
        """The choice becomes rows."""
        if not data:
            services.leave_out(step, participation, at=at)
            return
        services.choose_options(step, participation, self.chosen(data), is_ranked=self.is_ranked, at=at)


class OneChoice(ChoosingKind):
    """One of several options."""

    kind = "one_choice"
    label = _l("Choose one")
    template = "participation/surveys/_one_choice.html"

    def form_of(self, step: Step, options: Sequence[Option], *, draft: Data | None, prefix: str) -> BaseForm:
        """Radio buttons."""
        return OneChoiceForm.receive(
            about=str(step.id),
            prefix=prefix,
            prompt=_prompt(step),
            is_optional=step.is_optional,
            choices=_choices(options),
            data={"answer": str((draft or {}).get("option", "")) or None},
        )

    def data_of(self, form: BaseForm) -> Data:
        """The option's id."""
        return {"option": int(form.data["answer"])} if form.data["answer"] else {}

    def chosen(self, data: Data) -> list[int]:
        """The one option."""
        return [data["option"]]

    def data_from(self, answer: Answer, chosen: Sequence[int], said: Contribution | None) -> Data:
        """The option that was chosen."""
        return {"option": chosen[0]} if chosen else {}


class SeveralChoices(ChoosingKind):
    """Several of several options."""

    kind = "several_choices"
    label = _l("Choose several")
    number_settings = MappingProxyType(
        {"most": (_l("How many people may choose"), _l("Leave it empty when there is no limit."))}
    )
    place_settings = MappingProxyType(
        {
            "alone": (
                _l("Answers that stand alone"),
                _l("Such as “None of these”: their numbers in the list above. Nobody can choose them with others."),
            )
        }
    )
    template = "participation/surveys/_several_choices.html"

    def check_settings(self, settings: Mapping[str, Any], option_count: int) -> None:
        """As many as there are can be chosen, and only what is there stands alone."""
        most, alone = settings.get("most"), settings.get("alone", ())
        if most is not None and not 1 <= most <= option_count:
            message = _l("Please give a number from 1 to %(most)s, or leave it empty.", most=option_count)
            raise Invalid(message, field="setting_most")
        if any(not 1 <= place <= option_count for place in alone):
            raise Invalid(_l("There is no answer with this number in the list."), field="setting_alone")

    def form_of(self, step: Step, options: Sequence[Option], *, draft: Data | None, prefix: str) -> BaseForm:
        """Tick boxes."""
        alone = set(step.settings.get("alone", ()))
        return SeveralChoicesForm.receive(
            about=str(step.id),
            prefix=prefix,
            prompt=_prompt(step),
            is_optional=step.is_optional,
            choices=labels_of([(option.id, option.label) for option in options]),
            most=step.settings.get("most"),
            alone=[option.id for option in options if option.position in alone],
            data={"answer": [str(each) for each in (draft or {}).get("options", ())]},
        )

    def data_of(self, form: BaseForm) -> Data:
        """The options' ids."""
        return {"options": [int(each) for each in form.data["answer"]]} if form.data["answer"] else {}

    def chosen(self, data: Data) -> list[int]:
        """All options ticked."""
        return list(data["options"])

    def data_from(self, answer: Answer, chosen: Sequence[int], said: Contribution | None) -> Data:
        """The options that were ticked."""
        return {"options": list(chosen)} if chosen else {}


class Ranking(ChoosingKind):
    """All options, in an order."""

    kind = "ranking"
    label = _l("Put in order")
    template = "participation/surveys/_ranking.html"
    always_sends = True
    is_ranked = True

    def form_of(self, step: Step, options: Sequence[Option], *, draft: Data | None, prefix: str) -> BaseForm:
        """Places and arrow buttons."""
        return RankingForm.receive(
            about=str(step.id),
            prefix=prefix,
            prompt=_prompt(step),
            is_optional=step.is_optional,
            choices=_choices(options),
            order=(draft or {}).get("order", ()),
        )

    def data_of(self, form: BaseForm) -> Data:
        """The options' ids in order."""
        assert isinstance(form, RankingForm)  # noqa: S101  each kind is given its own form back
        return {"order": [int(value) for value in form.order]}

    def chosen(self, data: Data) -> list[int]:
        """All options, the first place first."""
        return list(data["order"])

    def lines(self, step: Step, data: Data, language: str, options: Sequence[Option]) -> list[Words | str]:
        """Each with its place."""
        labels = super().lines(step, data, language, options)
        return [
            gettext("%(place)s. %(name)s", place=place, name=f"\u2068{label}\u2069")
            for place, label in enumerate(labels, 1)
        ]

    def data_from(self, answer: Answer, chosen: Sequence[int], said: Contribution | None) -> Data:
        """The order that was given."""
        return {"order": list(chosen)} if chosen else {}


class Scale(ChoosingKind):
    """A point between two ends. Options are the names of all points, or of the two ends, or none."""

    kind = "scale"
    label = _l("Point on a scale")
    fewest_options = 0
    options_hint = _l("One a line: a name for each number, or for the two ends only. Leave it empty for bare numbers.")
    number_settings = MappingProxyType(
        {
            "lowest": (_l("Lowest number"), _l("Leave it empty to begin with 1.")),
            "highest": (_l("Highest number"), _l("Leave it empty for one number for each name, or 5.")),
        }
    )
    template = "participation/surveys/_scale.html"

    def check_settings(self, settings: Mapping[str, Any], option_count: int) -> None:
        """From two to eleven points, and a name for each of them, for the two ends, or for none."""
        lowest = int(settings.get("lowest", 1))
        highest = settings.get("highest")
        if highest is not None and not 1 <= highest - lowest < MOST_POINTS:
            message = _l("Please choose from 2 to %(most)s numbers.", most=MOST_POINTS)
            raise Invalid(message, field="setting_highest")
        points = highest - lowest + 1 if highest is not None else option_count
        if option_count not in {0, 2} and not (option_count == points and option_count <= MOST_POINTS):
            raise Invalid(
                _l("Please name every number, the two ends only, or none. You named %(count)s.", count=option_count),
                field="options",
            )

    def form_of(self, step: Step, options: Sequence[Option], *, draft: Data | None, prefix: str) -> BaseForm:
        """Numbered radio buttons; with a name at each point where every point has one."""
        lowest, highest = queries.scale_range(step, len(options))
        names = {value: queries.point_label(step, options, value) for value in range(lowest, highest + 1)}
        has_names = all(names.values())
        return ScaleForm.receive(
            about=str(step.id),
            prefix=prefix,
            prompt=_prompt(step),
            is_optional=step.is_optional,
            choices=labels_of(names.items()) if has_names else [(value, str(value)) for value in names],
            low=names[lowest].read(current_language().tag),
            high=names[highest].read(current_language().tag),
            has_names=has_names,
            data={"answer": str((draft or {}).get("value", "")) or None},
        )

    def data_of(self, form: BaseForm) -> Data:
        """The point."""
        return {"value": int(form.data["answer"])} if form.data["answer"] else {}

    def lines(self, step: Step, data: Data, language: str, options: Sequence[Option]) -> list[Words | str]:
        """The point's name, or its number between the ends."""
        value = int(data["value"])
        lowest, highest = queries.scale_range(step, len(options))
        name = queries.point_label(step, options, value).read(language)
        if len(options) == highest - lowest + 1 and name:
            return [name]
        number = gettext(
            "%(value)s on a scale from %(lowest)s to %(highest)s", value=value, lowest=lowest, highest=highest
        )
        return [number, name] if name else [number]

    def data_from(self, answer: Answer, chosen: Sequence[int], said: Contribution | None) -> Data:
        """The point that was chosen."""
        return {} if answer.scale_value is None else {"value": answer.scale_value}

    def send(self, step: Step, data: Data, participation: Participation, *, form_key: str, at: datetime) -> None:
        """The point becomes a row."""
        if not data:
            services.leave_out(step, participation, at=at)
            return
        services.choose_point(step, participation, int(data["value"]), at=at)


KINDS: tuple[type[SurveyKind], ...] = (OpenQuestion, OneChoice, SeveralChoices, Scale, Ranking)


def _prompt(step: Step) -> Words:
    return step.prompt.read(current_language().tag)


def _choices(options: Sequence[Option]) -> list[tuple[int, object]]:
    return list(labels_of([(option.id, option.label) for option in options]))
