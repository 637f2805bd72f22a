"""Writes about the city: its settings, rules and support resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from participation.core import audit
from participation.core.database import db
from participation.core.errors import Invalid
from participation.core.localized import LocalizedText
from participation.core.policy import Actor

from .colour import palette_of
from .models import City, ParticipationRule, SupportResource
from .queries import find_city, get_city

#: Largest mark that is kept, in bytes.
MAX_MARK_BYTES = 64 * 1024
#: First bytes of the picture formats a mark may have. SVG may carry scripts and is refused.
MARK_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"RIFF": "image/webp"}


def save_city(changes: Mapping[str, Any], *, by: Actor, at: datetime) -> City:
    """Write the city's settings; `changes` names columns.

    Raises:
        Invalid: the colour or the time zone is none.
    """
    city = find_city()
    if city is None:
        city = get_city()
        db.session.add(city)
    _check(changes)
    for name, value in changes.items():
        setattr(city, name, value)
    city.changed_at = at
    db.session.flush()
    audit.note("city_changed", "city:1", by=by, at=at, fields=sorted(changes))
    return city


def set_mark(city: City, picture: bytes, *, by: Actor, at: datetime) -> None:
    """Use `picture` (PNG or WebP) as the city's mark; empty bytes bring the circle of seats back.

    Raises:
        Invalid: it is too large or no such picture.
    """
    media_type = ""
    if picture:
        media_type = next((kind for start, kind in MARK_TYPES.items() if picture.startswith(start)), "")
        if not media_type or len(picture) > MAX_MARK_BYTES:
            raise Invalid(_l("Please choose a PNG or WebP picture of at most 64 kilobytes."), field="mark")
    city.mark = picture or None
    city.mark_type = media_type
    city.changed_at = at
    db.session.flush()
    audit.note("city_mark_changed", "city:1", by=by, at=at)


def save_rule(number: int, title: LocalizedText, text: LocalizedText, *, by: Actor, at: datetime) -> ParticipationRule:
    """Write the rule with this number, new or known."""
    rule = db.session.execute(select(ParticipationRule).where(ParticipationRule.number == number)).scalar_one_or_none()
    if rule is None:
        rule = ParticipationRule(number=number)
        db.session.add(rule)
    rule.title, rule.text = title, text
    db.session.flush()
    audit.note("rule_changed", f"rule:{number}", by=by, at=at)
    return rule


def next_rule_number() -> int:
    """The number a new rule gets: one more than the highest ever used."""
    return (db.session.execute(select(func.max(ParticipationRule.number))).scalar_one() or 0) + 1


def end_rule(rule: ParticipationRule, *, by: Actor, at: datetime) -> None:
    """Take a rule out of force; decisions that cite it keep doing so."""
    rule.ended_on = at.date()
    db.session.flush()
    audit.note("rule_ended", f"rule:{rule.number}", by=by, at=at)


def save_support_resources(resources: Sequence[SupportResource], *, by: Actor, at: datetime) -> None:
    """Replace the list of those who help."""
    db.session.execute(delete(SupportResource))
    db.session.add_all(resources)
    db.session.flush()
    audit.note("support_resources_changed", "city:1", by=by, at=at, count=len(resources))


def _check(changes: Mapping[str, Any]) -> None:
    if "colour" in changes:
        try:
            palette_of(changes["colour"])
        except ValueError:
            raise Invalid(_l("Please write the colour as # and six signs, such as #0A5C57."), field="colour") from None
    if "time_zone" in changes:
        if changes["time_zone"] not in available_timezones():
            raise Invalid(_l("Please choose a time zone such as Europe/Madrid."), field="time_zone")
        ZoneInfo(changes["time_zone"])
