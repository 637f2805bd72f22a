"""Who is there: participants without accounts, and staff.

A *participant* is one person who took part, known by a key in a cookie or by her *return code*. *Staff* sign in with a
password and a second proof; a *role* is granted to them in one space or everywhere. A *sign-in* is one browser of one
member of staff. A *one-time link* lets one of them in, once, for one purpose.
"""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from participation.core.policy import is_administrator, is_staff
from participation.core.registry import NavigationEntry, registry

# the views stand on the blueprint once they are imported
from . import account_views, commands, queries, services, sign_in_views, staff_views, views  # noqa: F401
from .blueprint import bp
from .cookies import settings
from .identity import participant_for, start_identity
from .labels import ORIGINS, role_name
from .models import Origin, Participant, Staff
from .policy import is_fresh
from .queries import (
    count_administrators,
    find_staff,
    find_staff_by_email,
    get_participant,
    list_grants,
    list_holders,
    list_staff,
)
from .services import make_participant, new_participant_row, return_code
from .staff import found_space, grant_role, invite, make_demo_link
from .staff_identity import link_address, require_proof, uses_shortcuts

__all__ = [
    "Origin",
    "Participant",
    "Staff",
    "find_staff",
    "find_staff_by_email",
    "found_space",
    "get_participant",
    "grant_role",
    "init_app",
    "invite",
    "is_fresh",
    "link_address",
    "list_grants",
    "list_holders",
    "list_staff",
    "make_demo_link",
    "make_participant",
    "new_participant_row",
    "participant_for",
    "require_proof",
    "return_code",
    "role_name",
    "settings",
    "start_identity",
    "uses_shortcuts",
]


def init_app(app: Flask) -> None:
    """Open this room."""
    app.register_blueprint(bp)
    app.cli.add_command(commands.staff_group)
    places = registry()
    places.resident_navigation.append(NavigationEntry(_l("My page"), "accounts.show_my_page"))
    places.staff_navigation.insert(
        0, NavigationEntry(_l("Now"), "accounts.show_staff_home", lambda actor: is_staff(actor))
    )
    places.staff_navigation += [
        NavigationEntry(_l("People"), "accounts.list_people", lambda actor: is_administrator(actor)),
    ]
    places.needs.append(account_views.needs_of)
    places.own_data.append(_own_data)
    places.kept_words["came_by"] = ORIGINS
    places.tidiers.append(services.tidy_accounts)
    places.health_checks.append(_check_administrator)


def _own_data(participant_id: int) -> tuple[str, list[dict[str, object]]]:
    participant = queries.get_participant(participant_id)
    return "about_me", services.describe_self(participant, queries.list_devices(participant_id))


def _check_administrator() -> tuple[bool, str]:
    if count_administrators():
        return True, "Somebody can administer this site."
    return False, "Nobody can administer this site yet: run `flask staff invite ADDRESS NAME --role administrator`."
