"""The demo's consultations: what they promise, when, and what they ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from participation.consultations import Audience, Consultation, Publication, Stage, StageKind, Step, kind_of
from participation.contributions import Channel, ContributionDraft, Mode, Permission, Surface, get_contribution
from participation.core.database import db
from participation.core.policy import SYSTEM
from participation.opinions import Author, Statement, add_statement
from participation.translation import save_translation

from . import content
from .content import Days, Entry


@dataclass
class Asked:
    """One consultation that was loaded, with its parts by the keys of the content files."""

    consultation: Consultation
    entry: Entry
    steps: dict[str, Step] = field(default_factory=dict)
    #: question key → option keys in order
    options: dict[str, list[str]] = field(default_factory=dict)
    #: question key → option ids in order
    option_ids: dict[str, list[int]] = field(default_factory=dict)
    statements: dict[str, Statement] = field(default_factory=dict)


def load_consultations(days: Days) -> dict[str, Asked]:
    """Write every consultation with stages, steps, options and seed statements; gives them by slug."""
    return {entry["slug"]: _load(entry, days) for entry in content.read("consultations")["consultation"]}


def _load(entry: Entry, days: Days) -> Asked:
    source = entry["source_language"]
    is_draft = entry["state"] == "draft"
    opened = days.moment(min(entry.get("opens_in_days", 0), 0))
    consultation = Consultation(
        slug=entry["slug"],
        title=content.text(entry["title"], source),
        purpose=content.text(entry.get("purpose"), source),
        can_change=content.listed(entry.get("can_change", []), source),
        cannot_change=content.listed(entry.get("cannot_change", []), source),
        decided_by=content.text(entry.get("decided_by"), source),
        other_ways=content.listed([way["text"] for way in entry.get("other_way", [])], source),
        reply_due_on=days.day(entry["reply_in_days"]) if "reply_in_days" in entry else None,
        audience=Audience(entry["audience"]),
        age_bands=entry["age_bands"],
        languages=entry["languages"],
        moderation_mode=entry["moderation_mode"],
        unset_permission=entry["unset_permission"],
        estimated_minutes=entry["estimated_minutes"],
        has_open_votes=entry["has_open_votes"],
        is_sensitive=entry["is_sensitive"],
        publication=Publication.DRAFT if is_draft else Publication.PUBLISHED,
        published_at=None if is_draft else opened,
        created_at=opened,
        changed_at=opened,
    )
    db.session.add(consultation)
    db.session.flush()
    asked = Asked(consultation, entry)
    for position, stage in enumerate(entry.get("stage", []), 1):
        db.session.add(
            Stage(
                consultation_id=consultation.id,
                position=position,
                kind=StageKind(stage["kind"]),
                name=content.text(stage["name"], source),
                opens_at=days.midnight(stage["starts_in_days"]),
                closes_at=days.midnight(stage["ends_in_days"]) if "ends_in_days" in stage else None,
            )
        )
    for position, question in enumerate(entry.get("question", []), 1):
        _load_step(asked, position, question, at=opened)
    return asked


def _load_step(asked: Asked, position: int, question: Entry, *, at: datetime) -> None:
    source = asked.entry["source_language"]
    options = question.get("option", [])
    step = Step(
        consultation_id=asked.consultation.id,
        position=position,
        kind=question["kind"],
        lineage=position,
        version=1,
        prompt=content.text(question["prompt"], source),
        help=content.text(question.get("help"), source),
        is_optional=question.get("optional", False),
        settings=_settings(question),
    )
    db.session.add(step)
    db.session.flush()
    asked.steps[question["key"]] = step
    asked.options[question["key"]] = [option["key"] for option in options]
    if options:
        labels = {place: content.text(option["label"], source) for place, option in enumerate(options, 1)}
        kind_of(step).save_options(step, labels)
    for seed in question.get("statement", []):
        asked.statements[seed["key"]] = _load_seed(asked, step, seed, at=at)


def _settings(question: Entry) -> Entry:
    alone = [place for place, option in enumerate(question.get("option", []), 1) if option.get("exclusive")]
    return {name: value for name, value in {"most": question.get("most"), "alone": alone}.items() if value}


def _load_seed(asked: Asked, step: Step, seed: Entry, *, at: datetime) -> Statement:
    source = asked.entry["source_language"]
    draft = ContributionDraft(
        participant_id=None,
        form_key=f"demo:{seed['key']}",
        space=asked.consultation.space,
        subject_kind="statement",
        subject_id=step.id,
        surface=Surface.PUBLIC,
        body=seed["text"][source],
        language=source,
        permission=Permission.QUOTE,
        mode=Mode.VISIBLE,
        channel=Channel.CITY,
    )
    statement = add_statement(draft, author=Author.CITY, by=SYSTEM, at=at)
    words = get_contribution(statement.contribution_id)
    for language, translated in seed["text"].items():
        if language != source:
            save_translation(words, language, translated, by=SYSTEM, at=at)
    return statement
