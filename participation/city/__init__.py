"""The city itself: its name, colour, mark, contact, documents, numbered rules of taking part and support resources.

A *rule* has a number that decisions cite; a *support resource* is somebody who helps people in trouble.
"""

from __future__ import annotations

from .models import City, ParticipationRule, SupportResource
from .queries import find_city, get_city, list_rules, list_support_resources
from .services import save_city, save_rule, save_support_resources
from .views import init_app

__all__ = [
    "City",
    "ParticipationRule",
    "SupportResource",
    "find_city",
    "get_city",
    "init_app",
    "list_rules",
    "list_support_resources",
    "save_city",
    "save_rule",
    "save_support_resources",
]
