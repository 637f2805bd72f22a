"""What staff do to the steps of a consultation: add, word, order, version and take them out.

What somebody answered stays the answer to what she was asked: a step that has answers changes only as a new version of
the same lineage, which is counted apart. A text in a language in which there was none yet is no change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from participation.core import audit
from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.localized import LocalizedText
from participation.core.policy import Actor
from participation.core.registry import registry

from . import queries
from .models import Consultation, Publication, Step
from .sections import OPTION_LIMIT, STEP_TEXTS, TextPlan
from .steps import kind_of
from .wording import check_unchanged, clean_text, current_texts, fingerprint, reworded

#: Most steps a journey can have; nobody answers more on a phone.
MOST_STEPS = 40
#: Most options of one step.
MOST_OPTIONS = 30
OPTION = TextPlan("option", _l("Answers to choose from"), "", 1, OPTION_LIMIT)


class NewVersionNeeded(Conflict):
    """People answered this step, so a change makes a new version of it; whoever changes it has to say so."""


@dataclass(frozen=True, kw_only=True)
class StepChange:
    """What an officer typed on a step's page, in one language."""

    language: str
    #: prompt and help
    typed: Mapping[str, str]
    #: options by position, from 1, as typed; None where the kind has none
    options: Mapping[int, str] | None = None
    #: the kind's settings by name, None for one that is not set; None altogether on pages of translations
    settings: Mapping[str, int | list[int] | None] | None = None
    is_optional: bool | None = None
    #: fingerprint of the texts as the form showed them
    seen: str = ""
    #: whether she said that this becomes a new version
    makes_version: bool = False


@dataclass
class _Outcome:
    """What a change comes to."""

    texts: dict[str, LocalizedText] = field(default_factory=dict)
    options: dict[int, LocalizedText] | None = None
    settings: dict[str, Any] | None = None
    #: whether anything that somebody answered to is different afterwards
    is_felt: bool = False
    names: list[str] = field(default_factory=list)


def seen_of(step: Step, options: Sequence[LocalizedText], language: str) -> str:
    """The fingerprint of a step's texts in one language."""
    return fingerprint([*current_texts(step, STEP_TEXTS).values(), *options], language)


def add_step(consultation: Consultation, kind: str, prompt: str, *, by: Actor, at: datetime) -> Step:
    """A new step at the end, asked in the consultation's source language.

    Raises:
        Invalid: nobody knows this kind, the prompt is missing, or there are too many steps.
    """
    if kind not in registry().step_kinds:
        raise Invalid(_l("Please choose a kind of question."), field="kind")
    words = clean_text(prompt, STEP_TEXTS[0])
    if not words:
        raise Invalid(_l("Please write the question."), field=STEP_TEXTS[0].field)
    steps = queries.list_steps(consultation.id)
    if len(steps) >= MOST_STEPS:
        raise Invalid(_l("There are %(most)s steps already. Nobody answers more on a phone.", most=MOST_STEPS))
    source = consultation.title.source
    step = _new_row(consultation, kind, position=1 + max((each.position for each in steps), default=0))
    step.prompt, step.help = LocalizedText.of({source: words}, source), LocalizedText(source=source)
    db.session.add(step)
    _note(consultation, "step_added", step, by=by, at=at, kind=kind)
    return step


def save_step(consultation: Consultation, step: Step, change: StepChange, *, by: Actor, at: datetime) -> Step:
    """Write a step in one language; the step itself, or its new version where people answered already.

    Raises:
        ChangedMeanwhile: a colleague changed the texts since the form was drawn.
        NewVersionNeeded: people answered it, and `change.makes_version` does not say yes.
        Invalid: something typed cannot be taken.
        Conflict: it was replaced meanwhile.
    """
    if step.retired_at is not None:
        raise Conflict(_l("A newer version has taken the place of this question. Please change that one."))
    outcome = _outcome_of(consultation, step, change)
    if not outcome.names:
        return step
    kind = kind_of(step)
    target = step
    if outcome.is_felt and kind.has_answers(step):
        if not change.makes_version:
            message = _l("People have answered this question already. Please tick that the change makes a new version.")
            raise NewVersionNeeded(message, field="makes_version")
        target = _next_version(step, at=at)
    for name, text in outcome.texts.items():
        setattr(target, name, text)
    if outcome.settings is not None:
        target.settings = outcome.settings
    if change.is_optional is not None:
        target.is_optional = change.is_optional
    db.session.flush()
    if outcome.options is not None:
        kind.save_options(target, outcome.options)
    verb = "step_changed" if target is step else "step_version_made"
    _note(consultation, verb, target, by=by, at=at, fields=sorted(outcome.names), language=change.language)
    return target


def move_step(consultation: Consultation, step: Step, *, by_places: int, by: Actor, at: datetime) -> None:
    """Move a step up (-1) or down (1) among those in use; at the end nothing happens."""
    steps = list(queries.list_steps(consultation.id))
    here = next((place for place, each in enumerate(steps) if each.id == step.id), None)
    if here is None:
        return
    there = min(max(here + by_places, 0), len(steps) - 1)
    if there == here:
        return
    steps.insert(there, steps.pop(here))
    for place, each in enumerate(steps, 1):
        each.position = place
    _note(consultation, "step_moved", step, by=by, at=at, to=there + 1)


def take_out_step(consultation: Consultation, step: Step, *, by: Actor, at: datetime) -> None:
    """Take a step out of the journey; what people answered stays and is counted.

    Raises:
        Conflict: residents see the consultation and it is the last step.
    """
    steps = [each for each in queries.list_steps(consultation.id) if each.id != step.id]
    if not steps and consultation.publication != Publication.DRAFT:
        raise Conflict(_l("This is the only question residents see, so it stays."))
    step.retired_at = at
    for place, each in enumerate(steps, 1):
        each.position = place
    _note(consultation, "step_taken_out", step, by=by, at=at)


def copy_steps(original: Consultation, copy: Consultation, *, at: datetime) -> None:
    """The original's steps in use, with their options, as first versions in the copy."""
    for place, step in enumerate(queries.list_steps(original.id), 1):
        twin = _new_row(copy, step.kind, position=place)
        twin.prompt, twin.help = step.prompt, step.help
        twin.is_optional, twin.settings = step.is_optional, dict(step.settings)
        db.session.add(twin)
        db.session.flush()
        _take_along(step, twin, at=at)


def _outcome_of(consultation: Consultation, step: Step, change: StepChange) -> _Outcome:
    kind = kind_of(step)
    options = kind.options_of(step) if kind.has_options else []
    source = consultation.title.source
    check_unchanged(change.seen, seen_of(step, options, change.language))
    must_stay = ("prompt",) if change.language == source or consultation.publication != Publication.DRAFT else ()
    current = current_texts(step, STEP_TEXTS)
    outcome = _Outcome()
    outcome.texts = reworded(
        current,
        change.typed,
        STEP_TEXTS,
        language=change.language,
        source=source,
        seen=fingerprint(current.values(), change.language),
        must_stay=must_stay,
    )
    outcome.names = list(outcome.texts)
    outcome.is_felt = any(_is_felt(current[name], text, change.language) for name, text in outcome.texts.items())
    if change.options is not None:
        after = _new_options(options, change.options, language=change.language, source=source)
        if list(after.values()) != list(options):
            outcome.options = after
            outcome.names.append("options")
            outcome.is_felt |= _are_felt(options, list(after.values()), change.language)
    settings = _new_settings(step, change.settings, options, outcome.options, source)
    kind.check_settings(settings, len(options if outcome.options is None else outcome.options))
    if settings != step.settings:
        outcome.settings = settings
        outcome.names.append("settings")
        outcome.is_felt = True
    if change.is_optional not in {None, step.is_optional}:
        outcome.names.append("is_optional")
    return outcome


def _new_options(
    before: Sequence[LocalizedText], typed: Mapping[int, str], *, language: str, source: str
) -> dict[int, LocalizedText]:
    """Options by position: in the source language as many as were typed, in others as many as there are."""
    lines = {position: clean_text(text, OPTION) for position, text in typed.items()}
    if language != source:
        return {place: text.with_text(language, lines.get(place, "")) for place, text in enumerate(before, 1)}
    words = [text for _position, text in sorted(lines.items()) if text]
    if len(words) > MOST_OPTIONS:
        raise Invalid(_l("Please keep it to %(most)s answers at most.", most=MOST_OPTIONS), field="options")
    if len(set(words)) < len(words):
        raise Invalid(_l("Two of these answers are the same. Please change one."), field="options")
    known = {text.text_in(source): text for text in before}
    unmoved = dict(enumerate(before, 1))
    after = {}
    for place, text in enumerate(words, 1):
        # an option that was moved keeps its translations; one that was reworded in place keeps them as old ones
        kept = known.get(text) or (unmoved.get(place) if _is_reworded(unmoved.get(place), words, source) else None)
        after[place] = (kept or LocalizedText(source=source)).with_text(source, text)
    return after


def _new_settings(
    step: Step,
    chosen: Mapping[str, int | list[int] | None] | None,
    before: Sequence[LocalizedText],
    after: Mapping[int, LocalizedText] | None,
    source: str,
) -> dict[str, Any]:
    """The step's settings with new numbers; options that stand alone keep doing so wherever they moved."""
    settings = {**step.settings, **(chosen or {})}
    stays = settings.get("alone") == step.settings.get("alone")
    if after is not None and settings.get("alone") and stays:
        alone = {before[place - 1].text_in(source) for place in settings["alone"] if place <= len(before)}
        settings["alone"] = [place for place, text in after.items() if text.text_in(source) in alone]
    return {name: value for name, value in settings.items() if value is not None}


def _is_reworded(text: LocalizedText | None, words: Sequence[str], source: str) -> bool:
    return text is not None and text.text_in(source) not in words


def _is_felt(before: LocalizedText, after: LocalizedText, language: str) -> bool:
    """Whether somebody read something else before: a text that was not there yet changes nothing for anybody."""
    return bool(before.text_in(language)) and before.text_in(language) != after.text_in(language)


def _are_felt(before: Sequence[LocalizedText], after: Sequence[LocalizedText], language: str) -> bool:
    if len(before) != len(after):
        return True
    return any(_is_felt(one, other, language) for one, other in zip(before, after, strict=True))


def _next_version(step: Step, *, at: datetime) -> Step:
    """The step's next version in its place, with all that belongs to it."""
    newest = db.session.execute(
        select(func.max(Step.version)).where(Step.consultation_id == step.consultation_id, Step.lineage == step.lineage)
    ).scalar_one()
    newer = Step(
        consultation_id=step.consultation_id,
        position=step.position,
        kind=step.kind,
        lineage=step.lineage,
        version=newest + 1,
        prompt=step.prompt,
        help=step.help,
        is_optional=step.is_optional,
        settings=dict(step.settings),
    )
    step.retired_at = at
    db.session.add(newer)
    db.session.flush()
    _take_along(step, newer, at=at)
    return newer


def _take_along(step: Step, newer: Step, *, at: datetime) -> None:
    kind = kind_of(step)
    if kind.has_options:
        kind.save_options(newer, dict(enumerate(kind.options_of(step), 1)))
    kind.carry_over(step, newer, at=at)


def _new_row(consultation: Consultation, kind: str, *, position: int) -> Step:
    lineage = db.session.execute(
        select(func.max(Step.lineage)).where(Step.consultation_id == consultation.id)
    ).scalar_one()
    return Step(
        consultation_id=consultation.id,
        kind=kind,
        position=position,
        lineage=(lineage or 0) + 1,
        version=1,
        settings={},
    )


def _note(consultation: Consultation, verb: str, step: Step, *, by: Actor, at: datetime, **details: object) -> None:
    consultation.changed_at = at
    db.session.flush()
    audit.note(verb, f"step:{step.id}", by=by, at=at, space=consultation.space, **details)
