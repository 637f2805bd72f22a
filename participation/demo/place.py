"""The demo's city and the people who work for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from participation.accounts import Staff, grant_role, invite
from participation.city import SupportResource, save_city, save_rule, save_support_resources
from participation.core.database import db
from participation.core.localized import LocalizedText
from participation.core.policy import SYSTEM, Role, Space

from . import content


def load_city(at: datetime) -> None:
    """Write the city of Norval: name, contact, documents, rules, who helps."""
    city = content.read("city")
    days = content.Days(at, city["time_zone"])
    save_city(
        {
            "name": content.text(city["name"]),
            "welcome_heading": content.text(city["home"]["heading"]),
            "welcome_text": content.text(city["home"]["text"]),
            "colour": city["colour"],
            "time_zone": city["time_zone"],
            "phone_region": city["phone_region"],
            "contact_email": city["email"],
            "contact_phone": city["phone"],
            "contact_address": content.text(city["postal_address"]),
            "contact_hours": content.text(city["office_hours"]),
            "street_words": city["street_words"],
            "privacy_notice": content.headed(city["privacy"]),
            "accessibility_statement": content.headed(city["accessibility"]),
        },
        by=SYSTEM,
        at=at,
    )
    for rule in city["rule"]:
        save_rule(rule["number"], content.text(rule["title"]), content.text(rule["text"]), by=SYSTEM, at=at)
    save_support_resources(
        [
            SupportResource(
                position=place,
                name=content.text(entry["name"]),
                description=_sentences(entry),
                phone=entry.get("phone", ""),
                url="",
                reviewed_on=days.day(entry["checked_in_days"]),
            )
            for place, entry in enumerate(city["support"], 1)
        ],
        by=SYSTEM,
        at=at,
    )


def load_staff(spaces: dict[str, Space], at: datetime) -> dict[str, Staff]:
    """Invite the demo's staff and give them their roles; gives them by key."""
    found = {}
    for entry in content.read("staff")["staff"]:
        staff = invite(entry["email"], entry["name"], by=SYSTEM, at=at)
        staff.is_demo = True
        role = Role(entry["role"])
        if not entry["grants"]:
            grant_role(staff, role, None, by=SYSTEM, at=at)
        for grant in entry["grants"]:
            for each in dict.fromkeys((role, Role(grant["as"]))):
                grant_role(staff, each, spaces[grant["space"]], by=SYSTEM, at=at)
        found[entry["key"]] = staff
    db.session.flush()
    return found


def _sentences(entry: dict[str, Any]) -> LocalizedText:
    """What it does, when, and for whom, as paragraphs."""
    return content.listed([entry[name] for name in ("what_for", "hours") if name in entry], mark="")
