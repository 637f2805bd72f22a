"""What staff do to a consultation as a whole: begin it, write its texts and facts, copy it. Each deed is an audit row.

Its stages are in `scheduling`, its steps in `step_editing`, and when residents see it in `publishing`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from participation.accounts import found_space
from participation.core import audit
from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.localized import LocalizedText
from participation.core.policy import Actor, Role

from .models import Audience, Consultation, Publication
from .sections import SECTIONS, TITLE, all_text_plans
from .step_editing import copy_steps
from .wording import clean_text, current_texts, reworded

#: Facts that stay as they are once residents take part, since they were told so.
SETTLED_BY_PUBLISHING = ("slug", "audience", "age_bands", "has_open_votes", "unset_permission")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG = 60
#: Longest time a consultation may claim to take, in minutes.
MOST_MINUTES = 120
_BAND = re.compile(r"\d{1,2}-\d{1,3}|\d{1,3}\+")


def create_consultation(title: str, *, source: str, languages: Sequence[str], by: Actor, at: datetime) -> Consultation:
    """A new draft; whoever made it is its officer.

    Raises:
        Invalid: it has no title.
    """
    words = clean_text(title, TITLE)
    if not words:
        raise Invalid(_l("Please give it a title. You can change it later."), field=TITLE.field)
    texts = {plan.name: LocalizedText(source=source) for plan in all_text_plans()}
    texts["title"] = LocalizedText.of({source: words}, source)
    return _add(Consultation(**texts, languages=list(languages)), words, by=by, at=at, verb="consultation_created")


def copy_consultation(original: Consultation, title: str, *, by: Actor, at: datetime) -> Consultation:
    """A new draft with the original's texts and settings; without its dates, people, answers and invitations.

    Raises:
        Invalid: it has no title.
    """
    words = clean_text(title, TITLE)
    if not words:
        raise Invalid(_l("Please give the copy a title of its own."), field=TITLE.field)
    texts = current_texts(original, all_text_plans())
    texts["title"] = LocalizedText.of({original.title.source: words}, original.title.source)
    facts = {
        name: getattr(original, name)
        for name in (
            "audience", "age_bands", "languages", "moderation_mode", "unset_permission", "estimated_minutes",
            "has_open_votes", "is_sensitive",
        )
    }  # fmt: skip
    copy = Consultation(**texts, **facts)
    _add(copy, words, by=by, at=at, verb="consultation_copied", original=original.id)
    copy_steps(original, copy, at=at)
    return copy


def save_section(
    consultation: Consultation,
    section: str,
    *,
    typed: Mapping[str, str],
    facts: Mapping[str, Any],
    language: str,
    seen: str,
    by: Actor,
    at: datetime,
) -> list[str]:
    """Write one section's texts in one language, and its facts; gives the names of what changed.

    Raises:
        ChangedMeanwhile: a colleague changed the texts since the form was drawn.
        Invalid: something typed cannot be taken.
        Conflict: a fact was settled by publishing.
    """
    plans = SECTIONS[section].texts
    is_read = consultation.publication != Publication.DRAFT and language in consultation.languages
    must_stay = {plan.name for plan in plans if is_read and plan.is_needed}
    source = consultation.title.source
    if language == source:
        must_stay.add(TITLE.name)
    changes: dict[str, Any] = {}
    if plans:
        current = current_texts(consultation, plans)
        changes |= reworded(current, typed, plans, language=language, source=source, seen=seen, must_stay=must_stay)
    changes |= _changed_facts(consultation, facts)
    if not changes:
        return []
    _apply(consultation, changes)
    consultation.changed_at = at
    db.session.flush()
    names = sorted(changes)
    audit.note(
        "consultation_changed", f"consultation:{consultation.id}", by=by, at=at, space=consultation.space,
        section=section, language=language, fields=names,
    )  # fmt: skip
    return names


def plain_name(wish: str, otherwise: str) -> str:
    """`wish` as a name in addresses: small Latin letters, digits and hyphens; `otherwise` where nothing is left."""
    plain = unicodedata.normalize("NFKD", wish).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].strip("-") or otherwise


def free_slug(wish: str) -> str:
    """The name in addresses nearest to `wish` that nobody uses."""
    stem = plain_name(wish, "consultation")
    taken = set(db.session.execute(select(Consultation.slug).where(Consultation.slug.startswith(stem))).scalars())
    number = 1
    while (slug := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return slug


def _add(row: Consultation, title: str, *, by: Actor, at: datetime, verb: str, **details: Any) -> Consultation:
    row.slug = free_slug(title)
    row.publication = Publication.DRAFT
    row.closed_early_reason = LocalizedText(source=row.title.source)
    row.created_at = row.changed_at = at
    db.session.add(row)
    db.session.flush()
    audit.note(verb, f"consultation:{row.id}", by=by, at=at, space=row.space, **details)
    found_space(row.space, Role.OFFICER, by=by, at=at)
    return row


def _changed_facts(consultation: Consultation, facts: Mapping[str, Any]) -> dict[str, Any]:
    changes = {name: value for name, value in facts.items() if getattr(consultation, name) != value}
    settled = [name for name in SETTLED_BY_PUBLISHING if name in changes]
    if settled and consultation.publication != Publication.DRAFT:
        raise Conflict(
            _l("People take part on these terms already, so this stays as it is. Copy it to ask again on other terms."),
            field=settled[0],
        )
    after = {name: changes.get(name, getattr(consultation, name)) for name in facts}
    _check_facts(consultation, after)
    return changes


def _check_facts(consultation: Consultation, facts: Mapping[str, Any]) -> None:
    if "slug" in facts and (not _SLUG.fullmatch(facts["slug"]) or len(facts["slug"]) > _LONGEST_SLUG):
        message = _l("Please use small letters from a to z, digits and hyphens, such as evenings-on-the-bus.")
        raise Invalid(message, field="slug")
    if "languages" in facts and consultation.title.source not in facts["languages"]:
        raise Invalid(_l("The language it was first written in has to stay."), field="languages")
    if "estimated_minutes" in facts and not 1 <= (facts["estimated_minutes"] or 0) <= MOST_MINUTES:
        message = _l("Please give the minutes as a number from 1 to %(most)s.", most=MOST_MINUTES)
        raise Invalid(message, field="estimated_minutes")
    if "audience" in facts:
        _check_audience(facts["audience"], facts["age_bands"])


def _check_audience(audience: Audience, bands: Sequence[str]) -> None:
    odd = [band for band in bands if not _BAND.fullmatch(band) or not _is_upward(band)]
    if odd:
        message = _l("Please write one age band a line, such as 12-15 or 65+. “%(band)s” cannot be read.", band=odd[0])
        raise Invalid(message, field="age_bands")
    if audience == Audience.AGE_BANDS and not bands:
        raise Invalid(_l("Please write at least one age band, such as 12-15 or 65+."), field="age_bands")


def _is_upward(band: str) -> bool:
    lowest, dash, highest = band.partition("-")
    return not dash or int(lowest) < int(highest)


def _apply(consultation: Consultation, changes: Mapping[str, Any]) -> None:
    try:
        with db.session.begin_nested():
            for name, value in changes.items():
                setattr(consultation, name, value)
            db.session.flush()
    except IntegrityError:
        raise Conflict(_l("Another consultation has this address already."), field="slug") from None
