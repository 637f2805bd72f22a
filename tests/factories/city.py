"""Makes the city and its rules."""

from __future__ import annotations

from datetime import date
from typing import Any

from participation.city.models import City, ParticipationRule
from participation.core.clock import now
from participation.core.database import db
from participation.core.localized import LocalizedText


def words(text: str = "", **others: str) -> LocalizedText:
    """Staff's words in English, and in the languages given by name: `words("Yes", es="Sí")`."""
    return LocalizedText.of({"en": text, **others}, source="en")


def make_city(**facts: Any) -> City:
    """The city. One row; make it once a test."""
    values = {
        "id": 1,
        "name": words("Testingham"),
        "welcome_heading": words("Your city listens"),
        "welcome_text": words("Say what you think."),
        "contact_address": words("1 Market Square"),
        "contact_hours": words("Weekdays 9 to 5"),
        "privacy_notice": words("We keep what you tell us."),
        "accessibility_statement": words("Tell us what does not work."),
        "changed_at": now(),
    }
    city = City(**{**values, **facts})
    db.session.add(city)
    db.session.flush()
    return city


def make_rule(number: int = 1, **facts: Any) -> ParticipationRule:
    """A numbered rule that decisions cite."""
    values = {"title": words("Be kind"), "text": words("Speak about things, not against people."), "ended_on": None}
    rule = ParticipationRule(number=number, **{**values, **facts})
    db.session.add(rule)
    db.session.flush()
    return rule


#: A day for columns that need one and tests that do not care which.
SOME_DAY = date(2026, 6, 2)
