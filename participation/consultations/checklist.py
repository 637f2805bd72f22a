"""What residents need before a consultation can be published: one list, with what is missing and where to mend it.

Pure: everything it looks at is handed in. Publishing refuses as long as anything here is missing (`publishing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import lazy_gettext as _l

from participation.city import City, ParticipationRule, SupportResource
from participation.core.localized import LocalizedText

from .models import Audience, Consultation, Stage, StageKind, Step
from .sections import SECTIONS
from .steps import kind_of


@dataclass(frozen=True)
class Item:
    """One line of the checklist."""

    key: str
    label: object
    #: why residents need it
    why: object
    #: whether anything at all is missing
    is_missing: bool
    #: languages in which a text is missing or older than its source
    languages: tuple[str, ...] = ()
    #: where it is mended: a section of the editor, "stages", "steps", or the city's "city"
    place: str = "city"
    #: step it is about
    step_id: int | None = None


@dataclass(frozen=True)
class Papers:
    """All that is looked at."""

    consultation: Consultation
    stages: Sequence[Stage]
    steps: Sequence[Step]
    #: step id → its options
    options: Mapping[int, Sequence[LocalizedText]]
    city: City
    rules: Sequence[ParticipationRule]
    resources: Sequence[SupportResource]
    at: datetime


def check(papers: Papers) -> list[Item]:
    """Every line of the checklist, in the order officers work."""
    return [
        *_texts(papers.consultation),
        _reply_day(papers),
        *_audience(papers.consultation),
        *_stages(papers),
        *_steps(papers),
        *_city(papers),
    ]


def check_texts(consultation: Consultation, stages: Sequence[Stage], steps: Sequence[Step]) -> list[Item]:
    """The lines about a consultation's own texts, for one that is published already; options are not looked at."""
    languages = consultation.languages
    names = [stage.name for stage in stages if stage.name]
    items = _texts(consultation)
    if names:
        items.append(_stage_names(names, languages))
    for place, step in enumerate(steps, 1):
        label = _l("Question %(number)s", number=place)
        item = _text_item(f"step_{step.id}", label, _WHY_QUESTIONS, _words_of(step), languages, place="steps")
        items.append(replace(item, step_id=step.id))
    return items


def missing(items: Iterable[Item]) -> list[Item]:
    """The lines that still block publishing."""
    return [item for item in items if item.is_missing]


def count_missing_texts(consultation: Consultation, stages: Sequence[Stage], steps: Sequence[Step]) -> dict[str, int]:
    """Language → how many of the consultation's own texts are missing or old; options are not looked at."""
    texts = [text for plan in _needed_plans() if (text := getattr(consultation, plan)) is not None]
    texts += [text for step in steps for text in (step.prompt, step.help) if text or text is step.prompt]
    texts += [stage.name for stage in stages if stage.name]
    return {tag: sum(bool(text.missing_in([tag])) for text in texts) for tag in consultation.languages}


def _needed_plans() -> list[str]:
    return [plan.name for section in SECTIONS.values() for plan in section.texts if plan.is_needed]


_WHY_QUESTIONS = _l("Everybody is asked the same, in each language.")
_WHY_TEXTS = {
    "title": _l("People decide by the title whether this is for them."),
    "purpose": _l("People want to know why you ask before they answer."),
    "can_change": _l("People need to know what their words can still move."),
    "cannot_change": _l("People feel cheated when they learn afterwards that something was settled."),
    "decided_by": _l("People want to know who decides in the end."),
    "other_ways": _l("Some people can only take part on paper, by phone or in person."),
}


def _texts(consultation: Consultation) -> list[Item]:
    return [
        _text_item(
            plan.name, plan.label, _WHY_TEXTS[plan.name], [getattr(consultation, plan.name)], consultation.languages,
            place=section.name,
        )
        for section in SECTIONS.values()
        for plan in section.texts
    ]  # fmt: skip


def _reply_day(papers: Papers) -> Item:
    due = papers.consultation.reply_due_on
    ends = [stage.closes_at for stage in papers.stages if stage.kind == StageKind.ANSWERING and stage.closes_at]
    is_before_the_end = due is not None and bool(ends) and due < max(ends).date()
    label = _l("The reply comes after people have answered") if is_before_the_end else _l("Day of the city’s reply")
    why = _l("A promise with a day is one that people can hold the city to.")
    return Item("reply_due_on", label, why, due is None or is_before_the_end, place="deciding")


def _audience(consultation: Consultation) -> list[Item]:
    why = _l("The site has to know which ages to ask for.")
    is_missing = consultation.audience == Audience.AGE_BANDS and not consultation.age_bands
    items = [Item("languages", _l("Languages"), _l("It needs one language at least."), True, place="languages")]
    return [
        *([] if consultation.languages else items),
        *([Item("age_bands", _l("Age bands"), why, True, place="audience")] if is_missing else []),
    ]


def _stages(papers: Papers) -> list[Item]:
    answering = [stage for stage in papers.stages if stage.kind == StageKind.ANSWERING]
    still_open = [stage for stage in answering if stage.closes_at is None or stage.closes_at > papers.at]
    why = _l("People need to know from when until when they can answer, and what happens after.")
    items = [Item("stages", _l("Days on which people can answer"), why, not still_open, place="stages")]
    named = [stage.name for stage in papers.stages if stage.name]
    if named:
        items.append(_stage_names(named, papers.consultation.languages))
    return items


def _stage_names(names: Sequence[LocalizedText], languages: Sequence[str]) -> Item:
    why = _l("A stage that has a name has one in each language.")
    return _text_item("stage_names", _l("Names of the stages"), why, names, languages, place="stages")


def _steps(papers: Papers) -> list[Item]:
    why = _l("Without a question there is nothing to answer.")
    items = [Item("steps", _l("At least one question"), why, not papers.steps, place="steps")]
    for place, step in enumerate(papers.steps, 1):
        options = papers.options.get(step.id, ())
        kind = kind_of(step)
        texts = [*_words_of(step), *options]
        why = _WHY_QUESTIONS
        label = (
            _l("Question %(number)s with its answers", number=place)
            if options
            else _l("Question %(number)s", number=place)
        )
        item = _text_item(f"step_{step.id}", label, why, texts, papers.consultation.languages, place="steps")
        too_few = kind.has_options and len(options) < kind.fewest_options
        items.append(
            Item(item.key, label, why, item.is_missing or too_few, item.languages, place="steps", step_id=step.id)
        )
    return items


def _words_of(step: Step) -> list[LocalizedText]:
    return [step.prompt, *([step.help] if step.help else [])]


def _city(papers: Papers) -> list[Item]:
    city, languages = papers.city, papers.consultation.languages
    rules = [text for rule in papers.rules for text in (rule.title, rule.text)]
    helpers = [text for each in papers.resources for text in (each.name, each.description)]
    has_contact = bool(city.contact_email or city.contact_phone)
    return [
        _text_item(
            "privacy_notice", _l("Privacy notice"), _l("People have a right to know what is kept about them."),
            [city.privacy_notice], languages,
        ),
        _text_item(
            "rules", _l("Numbered rules of taking part"), _l("Whoever refuses words has to name the rule they break."),
            rules, languages,
        ),
        _text_item(
            "accessibility_statement", _l("Accessibility statement"),
            _l("People who meet a barrier need to know what to do."), [city.accessibility_statement], languages,
        ),
        Item(
            "contact", _l("E-mail or phone for help"), _l("Somebody has to answer when something does not work."),
            not has_contact,
        ),
        _text_item(
            "support_resources", _l("Who helps people in trouble"),
            _l("Some people are shaken by what they read or write here."), helpers, languages,
        ),
    ]  # fmt: skip


def _text_item(
    key: str,
    label: object,
    why: object,
    texts: Sequence[LocalizedText],
    languages: Sequence[str],
    *,
    place: str = "city",
) -> Item:
    lacking = tuple(tag for tag in languages if not texts or any(text.missing_in([tag]) for text in texts))
    return Item(key, label, why, bool(lacking) or not texts, lacking, place)
