"""What a kind of step can do, and where somebody stands on her way through a consultation's steps.

A *kind* (open question, choice, scale, ranking, statements) is registered by the slice that knows it, in
`registry().step_kinds`, under its name. The journey itself – one step a page, check your answers, send – knows no kind:
it hands each step to its kind. Nothing here reads or writes the database.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Select

from participation.core.errors import NotFound
from participation.core.forms import BaseForm
from participation.core.localized import LocalizedText, Words
from participation.core.registry import registry

from .models import Participation, Step


@dataclass(frozen=True)
class OwnWords(Words):
    """What the person herself wrote, as one line of her answer; shown as residents' words are."""


#: What a kind keeps of a filled-in form until it is sent; JSON. An empty one means "left out on purpose".
Data = dict[str, Any]


class StepKind(ABC):
    """One kind of step. Kinds inherit from `FormKind` or `PageKind`; what is written out here fits most of them."""

    #: its name, as in `Step.kind`
    kind: str
    #: what officers call it; lazy
    label: object
    #: template with the step's fields; gets `form`, `step`, `words` (the prompt) and `language`
    template: str = ""
    #: whether an answer counts at once, before the answers are sent together (votes)
    counts_at_once: bool = False
    #: whether officers give it options
    has_options: bool = False
    #: how few options it can do with
    fewest_options: int = 2
    #: whole numbers officers may set, by their name in `Step.settings`: a lazy label and a hint
    number_settings: Mapping[str, tuple[object, object]] = MappingProxyType({})
    #: lists of options' places officers may set, by their name in `Step.settings`: a lazy label and a hint
    place_settings: Mapping[str, tuple[object, object]] = MappingProxyType({})
    #: what officers should know about the options; lazy
    options_hint: object = ""
    #: template in which staff write down an answer that came on paper or aloud; `template` where empty
    entry_template: str = ""
    #: whether its form sends an answer even when nobody touched it, as an order does
    always_sends: bool = False
    #: kinds of one group are asked together for all their steps, to spare the database; empty for a kind by itself
    group: str = ""

    @abstractmethod
    def data_of(self, form: BaseForm) -> Data:
        """What to keep of a form that was filled in well; an empty dict when it was left out."""

    def is_answered(self, step: Step, data: Data | None, participation: Participation | None) -> bool:
        """Whether there is an answer: in `data`, or given already."""
        return bool(data)

    @abstractmethod
    def lines_of(self, step: Step, data: Data, language: str) -> list[Words | str]:
        """The answer for its author to check, one line each; the person's own words as `OwnWords`."""

    def lines_of_stops(self, stops: Sequence[Stop], language: str) -> dict[int, list[Words | str]]:
        """Step id → lines, for all answered steps of the group at once."""
        return {
            stop.step.id: kind_of(stop.step).lines_of(stop.step, stop.data, language)
            for stop in stops
            if stop.data is not None
        }

    def sent_data(self, steps: Sequence[Step], participation: Participation) -> dict[int, Data]:
        """Step id → what was sent before, as `data_of` would give it, for all steps of the group at once.

        Steps without an answer are left out.
        """
        return {}

    @abstractmethod
    def send(self, step: Step, data: Data, participation: Participation, *, form_key: str, at: datetime) -> None:
        """Turn `data` into rows; sent once more with the same key it changes nothing, with another it replaces."""

    def check_settings(self, settings: Mapping[str, Any], option_count: int) -> None:
        """Stop settings that make no sense.

        Raises:
            Invalid: one does not; the field is `setting_<name>`.
        """
        return

    @abstractmethod
    def make_entry_form(self, step: Step, *, prefix: str) -> BaseForm:
        """The form in which staff write down what somebody said at this step on paper or aloud.

        `prefix` stands before the names of its fields, as several steps are on one page.
        """

    def make_entry_forms(self, prefixes: Mapping[Step, str]) -> dict[int, BaseForm]:
        """Step id → that form, for all steps of the group at once; each step comes with its prefix."""
        return {step.id: self.make_entry_form(step, prefix=prefix) for step, prefix in prefixes.items()}

    def send_entry(self, step: Step, data: Data, participation: Participation, *, form_key: str, at: datetime) -> None:
        """Turn what staff wrote down into rows."""
        self.send(step, data, participation, form_key=form_key, at=at)

    def carry_over(self, old: Step, new: Step, *, at: datetime) -> None:
        """Take along to a newer version (or a copy) of a step what belongs to it besides words and options."""
        return

    @abstractmethod
    def has_answers(self, step: Step) -> bool:
        """Whether anybody answered, so that a change makes a new version."""

    def who_answered(self, step_ids: Sequence[int]) -> Select[Any] | None:
        """Ids of participants whose answers count at once; None for kinds whose answers are sent together."""
        return None

    def options_of(self, step: Step) -> list[LocalizedText]:
        """What can be chosen, in order, for officers to edit."""
        return []

    def options_of_steps(self, steps: Sequence[Step]) -> dict[int, list[LocalizedText]]:
        """Step id → what can be chosen, for all steps of the group at once."""
        return {step.id: self.options_of(step) for step in steps}

    def save_options(self, step: Step, options: Mapping[int, LocalizedText]) -> None:
        """Replace what can be chosen: position, from 1 → words. Only while nobody has answered."""
        return

    def who_has_answers(self, steps: Sequence[Step]) -> set[int]:
        """Ids of the steps that somebody answered, for all steps of the group at once."""
        return {step.id for step in steps if self.has_answers(step)}


class FormKind(StepKind):
    """A kind that people answer with a form on the journey's own page."""

    @abstractmethod
    def make_form(self, step: Step, *, draft: Data | None, prefix: str = "") -> BaseForm:
        """The step's form: filled with what was sent on POST, else with `draft`."""

    def make_entry_form(self, step: Step, *, prefix: str) -> BaseForm:
        """The same form, for staff to fill in."""
        return self.make_form(step, draft=None, prefix=prefix)


class PageKind(StepKind):
    """A kind that people answer on a page of another slice; the journey leads there and goes on from there."""

    #: endpoint of that page; it is given `slug` and `position`
    page_endpoint: str


def kind_of(step: Step) -> FormKind | PageKind:
    """The behaviour of a step.

    Raises:
        NotFound: no slice knows this kind.
    """
    found = registry().step_kinds.get(step.kind)
    if found is None:
        raise NotFound
    return cast("FormKind | PageKind", found)


def find_sent(steps: Sequence[Step], participation: Participation | None) -> dict[int, Data]:
    """Step id → what this person sent before, over all kinds."""
    if participation is None:
        return {}
    sent: dict[int, Data] = {}
    for kind, members in _by_group(steps):
        if participation.sent_at is not None or kind.counts_at_once:
            sent |= kind.sent_data(members, participation)
    return sent


def read_lines(stops: Sequence[Stop], language: str) -> dict[int, list[Words | str]]:
    """Step id → the answer's lines for its author to check, over all kinds."""
    lines: dict[int, list[Words | str]] = {}
    by_id = {stop.step.id: stop for stop in stops}
    for kind, members in _by_group([stop.step for stop in stops]):
        lines |= kind.lines_of_stops([by_id[step.id] for step in members], language)
    return lines


def find_options(steps: Sequence[Step]) -> dict[int, list[LocalizedText]]:
    """Step id → what can be chosen, for the kinds that have options."""
    found: dict[int, list[LocalizedText]] = {}
    for kind, members in _by_group([step for step in steps if kind_of(step).has_options]):
        found |= kind.options_of_steps(members)
    return found


def make_entry_forms(prefixes: Mapping[Step, str]) -> dict[int, BaseForm]:
    """Step id → the form in which staff write down an answer, over all kinds."""
    forms: dict[int, BaseForm] = {}
    for kind, members in _by_group(list(prefixes)):
        forms |= kind.make_entry_forms({step: prefixes[step] for step in members})
    return forms


def find_answered(steps: Sequence[Step]) -> set[int]:
    """Ids of the steps that somebody answered, over all kinds."""
    return {step_id for kind, members in _by_group(steps) for step_id in kind.who_has_answers(members)}


def _by_group(steps: Sequence[Step]) -> list[tuple[StepKind, list[Step]]]:
    groups: dict[str, tuple[StepKind, list[Step]]] = {}
    for step in steps:
        kind = kind_of(step)
        groups.setdefault(kind.group or kind.kind, (kind, []))[1].append(step)
    return list(groups.values())


@dataclass(frozen=True)
class Stop:
    """One step as it stands for one person: what she has filled in, and whether that answers it."""

    step: Step
    #: its place among the steps now in use, from 1, without gaps
    position: int
    #: what she filled in or sent; None when she was not here yet
    data: Data | None
    #: whether it was changed or filled in since she last sent
    is_draft: bool = False
    participation: Participation | None = None

    @cached_property
    def is_answered(self) -> bool:
        """Whether there is an answer; looked up only where it matters."""
        return kind_of(self.step).is_answered(self.step, self.data, self.participation)

    @property
    def is_missing(self) -> bool:
        """Whether it has to be answered still before sending."""
        return not (self.step.is_optional or isinstance(kind_of(self.step), PageKind) or self.is_answered)

    @property
    def was_visited(self) -> bool:
        """Whether she answered it or left it out on purpose."""
        return self.data is not None or self.is_answered


@dataclass(frozen=True)
class Journey:
    """All steps of one consultation as they stand for one person."""

    stops: tuple[Stop, ...]

    @classmethod
    def of(
        cls,
        steps: Sequence[Step],
        participation: Participation | None,
        *,
        drafts: Mapping[int, Data],
        sent: Mapping[int, Data],
    ) -> Journey:
        """Put together from the steps in use, in order, what was drafted and what was sent (by step id)."""
        stops = []
        for position, step in enumerate(steps, 1):
            data = drafts.get(step.id, sent.get(step.id))
            stops.append(Stop(step, position, data, step.id in drafts, participation))
        return cls(tuple(stops))

    @property
    def total(self) -> int:
        """How many steps there are."""
        return len(self.stops)

    @property
    def answered(self) -> int:
        """How many are answered."""
        return sum(stop.is_answered for stop in self.stops)

    @property
    def missing(self) -> tuple[Stop, ...]:
        """Those that still have to be answered before sending."""
        return tuple(stop for stop in self.stops if stop.is_missing)

    @property
    def drafts(self) -> tuple[Stop, ...]:
        """Those filled in since she last sent."""
        return tuple(stop for stop in self.stops if stop.is_draft)

    def at(self, position: int) -> Stop:
        """The stop at this place.

        Raises:
            NotFound: there is none.
        """
        if not 1 <= position <= self.total:
            raise NotFound
        return self.stops[position - 1]

    def next_after(self, position: int) -> int | None:
        """The place after this one; None at the end, where answers are checked."""
        return position + 1 if position < self.total else None

    def first_open(self) -> int | None:
        """The first place she was not at yet; None when she has been at all."""
        return next((stop.position for stop in self.stops if not stop.was_visited), None)
