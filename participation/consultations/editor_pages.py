"""Finished values for the pages of the editor: its parts, its languages, and each text beside its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext, ngettext

from participation.contributions import Permission, permission_facts
from participation.core.languages import direction_of
from participation.core.localized import LocalizedText, Words
from participation.core.policy import current_actor

from . import labels, queries
from .models import Consultation, Publication, Stage, Step
from .sections import SECTIONS, TextPlan
from .staff_labels import audience_labels, done_sentences
from .staff_pages import desk_context, language_names
from .staff_policy import Desk, SectionDesk, StageDesk, StepDesk, can_write, is_insider
from .wording import current_texts


@dataclass(frozen=True)
class Tab:
    """One language of a page of texts."""

    name: str
    language: str
    direction: str
    url: str
    is_current: bool
    #: what is still to do in it, in words; empty when it is complete
    lacking: str


@dataclass(frozen=True)
class Place:
    """One page of the editor in its list."""

    label: object
    url: str
    is_current: bool
    lacking: int


@dataclass(frozen=True)
class TextShown:
    """One text on its page: its field, and what stands beside it."""

    plan: TextPlan
    field: Any
    #: the text in the language it was first written in; None on that language's own page
    source: Words | None
    #: "missing", "stale" or "done"
    state: str
    #: what a colleague saved meanwhile; None unless she did
    saved: Words | None


def texts_shown(
    form: Any,
    plans: Iterable[TextPlan],
    current: Mapping[str, LocalizedText],
    desk: SectionDesk | StageDesk | StepDesk,
    *,
    seen_now: str,
) -> list[TextShown]:
    """Each text of a page with its field and its source; a colleague's words where hers came in between.

    The form then counts as having seen them, so that sending it again keeps one's own.
    """
    language, source = desk.language, desk.source
    was_changed = form.seen.data != seen_now
    form.seen.data = seen_now
    shown = []
    for plan in plans:
        text = current[plan.name]
        typed = form[plan.field].data or ""
        saved = text.text_in(language)
        shown.append(
            TextShown(
                plan=plan,
                field=form[plan.field],
                source=text.read(text.source) if language != source and text.text_in(text.source) else None,
                state=text_state(text, language),
                saved=Words(saved, language, direction_of(language)) if was_changed and saved != typed else None,
            )
        )
    return shown


def text_state(text: LocalizedText, language: str) -> str:
    """Whether a text is there in this language, and as new as its source."""
    if not text.text_in(language):
        return "missing"
    return "stale" if text.missing_in([language]) else "done"


def tabs(desk: Desk, texts: Iterable[LocalizedText], current: str, endpoint: str, **arguments: Any) -> list[Tab]:
    """A page's languages, each with what is still to do in it."""
    written = list(texts)
    shown = []
    for tag, name in language_names(desk.languages):
        count = sum(bool(text.missing_in([tag])) for text in written)
        shown.append(
            Tab(
                name=name,
                language=tag,
                direction=direction_of(tag),
                url=url_for(endpoint, slug=desk.slug, tag=tag, **arguments),
                is_current=tag == current,
                lacking=ngettext("%(num)s to write", "%(num)s to write", count) if count else "",
            )
        )
    return shown


def editor_places(desk: Desk, stages: Sequence[Stage], steps: Sequence[Step], current: str) -> list[Place]:
    """Every page of the editor, with how much is missing on each."""
    consultation = desk.consultation
    tags = consultation.languages

    def lacking(texts: Iterable[LocalizedText]) -> int:
        return sum(bool(text.missing_in([tag])) for text in texts for tag in tags)

    places = [
        Place(
            section.label,
            url_for("consultations.edit_section", slug=desk.slug, key=section.name, tag=desk.source),
            section.name == current,
            lacking(current_texts(consultation, section.texts).values())
            + int(section.name == "deciding" and consultation.reply_due_on is None),
        )
        for section in SECTIONS.values()
    ]
    step_texts = [text for step in steps for text in (step.prompt, step.help) if text]
    return [
        *places,
        Place(
            gettext("Stages and days"),
            url_for("consultations.list_stages", slug=desk.slug),
            current == "stages",
            lacking([stage.name for stage in stages if stage.name]) + int(not stages),
        ),
        Place(
            gettext("Questions"),
            url_for("consultations.list_steps", slug=desk.slug),
            current == "steps",
            lacking(step_texts) + int(not steps),
        ),
    ]


def settled_facts(consultation: Consultation, section: str) -> list[tuple[str, str]]:
    """What publishing settled in a section of the editor, to be shown there: what it is, and how it is."""
    if consultation.publication == Publication.DRAFT:
        return []
    bands = [str(labels.age_band(band)) for band in consultation.age_bands]
    silence = str(permission_facts[Permission(consultation.unset_permission)])
    facts = {
        "about": [(gettext("Its name in addresses"), consultation.slug)],
        "audience": [
            (gettext("Who may take part?"), str(audience_labels[consultation.audience])),
            *([(gettext("Age bands"), "; ".join(bands))] if bands else []),
        ],
        "moderation": [
            (gettext("What it means when somebody does not say what may be done with her words"), silence),
            (
                gettext("Votes without names become open data after it has closed"),
                gettext("Yes") if consultation.has_open_votes else gettext("No"),
            ),
        ],
    }
    return facts.get(section, [])


def editor_context(desk: Desk, current: str, *, steps: Any = None) -> dict[str, Any]:
    """What every page of the editor needs: the list of its pages, and the sentence after something was done."""
    number = desk.consultation.id
    stages = queries.list_stages(number)
    steps = queries.list_steps(number) if steps is None else steps
    return {
        **desk_context(desk),
        "places": editor_places(desk, stages, steps, current) if can_write(current_actor(), desk) else [],
        "done": done_sentences.get(request.args.get("done", "")),
        "preview_url": url_for("consultations.preview_consultation", slug=desk.slug)
        if is_insider(current_actor(), desk)
        else None,
    }
