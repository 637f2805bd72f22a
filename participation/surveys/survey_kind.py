"""What the kinds of survey question share: answers read, forms made and lines written for all of them at once.

Each kind by itself is in `kinds`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from participation.consultations import Data, FormKind, Participation, Step, Stop
from participation.contributions import Contribution, get_contributions
from participation.core.forms import BaseForm
from participation.core.localized import LocalizedText, Words
from participation.core.registry import registry

from . import queries
from .models import Answer, Option


class SurveyKind(FormKind):
    """What the five kinds share: they are asked together, so that a page with many questions asks the database once."""

    group = "surveys"

    def lines(self, step: Step, data: Data, language: str, options: Sequence[Option]) -> list[Words | str]:
        """The answer's lines, with the step's options at hand."""
        labels = {option.id: option.label for option in options}
        return [labels[each].read(language) for each in self.chosen(data) if each in labels]

    def chosen(self, data: Data) -> list[int]:
        """Ids of options in the data, in order."""
        return []

    @abstractmethod
    def data_from(self, answer: Answer, chosen: Sequence[int], said: Contribution | None) -> Data:
        """Data as a form would give it, from what was sent."""

    def lines_of(self, step: Step, data: Data, language: str) -> list[Words | str]:
        """The answer for its author to check."""
        return self.lines(step, data, language, queries.list_options([step.id])[step.id])

    def lines_of_stops(self, stops: Sequence[Stop], language: str) -> dict[int, list[Words | str]]:
        """The answers to all survey questions, with one question to the database."""
        filled = [stop for stop in stops if stop.data]
        options = queries.list_options([stop.step.id for stop in filled])
        return {
            stop.step.id: _kind(stop.step).lines(stop.step, stop.data or {}, language, options[stop.step.id])
            for stop in filled
        }

    def sent_data(self, steps: Sequence[Step], participation: Participation) -> dict[int, Data]:
        """What one person sent to all survey questions."""
        by_id = {step.id: step for step in steps}
        answers = queries.list_answers(participation.participant_id, by_id)
        chosen = queries.list_choices([answer.id for answer in answers]) if answers else {}
        said = get_contributions([each.contribution_id for each in answers if each.contribution_id is not None])
        found = {
            answer.step_id: _kind(by_id[answer.step_id]).data_from(
                answer, chosen.get(answer.id, []), said.get(answer.contribution_id or 0)
            )
            for answer in answers
        }
        return {step_id: data for step_id, data in found.items() if data}

    @abstractmethod
    def form_of(self, step: Step, options: Sequence[Option], *, draft: Data | None, prefix: str) -> BaseForm:
        """The step's form, with its options at hand."""

    def make_form(self, step: Step, *, draft: Data | None, prefix: str = "") -> BaseForm:
        """The step's form: filled with what was sent on POST, else with `draft`."""
        options = queries.list_options([step.id])[step.id] if self.has_options else []
        return self.form_of(step, options, draft=draft, prefix=prefix)

    def make_entry_forms(self, prefixes: Mapping[Step, str]) -> dict[int, BaseForm]:
        """The forms of all survey questions on one page, with one question to the database."""
        options = queries.list_options([step.id for step in prefixes])
        return {
            step.id: _kind(step).form_of(step, options[step.id], draft=None, prefix=prefix)
            for step, prefix in prefixes.items()
        }

    def has_answers(self, step: Step) -> bool:
        """Whether anybody answered."""
        return queries.has_answers(step.id)

    def who_has_answers(self, steps: Sequence[Step]) -> set[int]:
        """Which of these questions somebody answered, with one question to the database."""
        return queries.who_has_answers([step.id for step in steps])

    def options_of_steps(self, steps: Sequence[Step]) -> dict[int, list[LocalizedText]]:
        """What can be chosen at these questions, with one question to the database."""
        found = queries.list_options([step.id for step in steps])
        return {step_id: [option.label for option in options] for step_id, options in found.items()}


def _kind(step: Step) -> SurveyKind:
    found = registry().step_kinds[step.kind]
    assert isinstance(found, SurveyKind)  # noqa: S101  only our own kinds are in our group
    return found
