"""What one person said: a *contribution*, in one language, through one channel, with one permission.

*Permission* is what its author allows to be done with it; *surface* is who reads it by its nature; *state* is where it
stands with the moderators. A *wording* is an earlier form of the words.
"""

from __future__ import annotations

from flask import Flask

from participation.core.clock import now
from participation.core.registry import Registry

from . import services, showing, views
from .labels import (
    PERMISSION_CHOICES,
    channel_labels,
    permission_facts,
    permission_hints,
    permission_labels,
    state_facts,
    state_labels,
)
from .models import GONE, Channel, Contribution, Mode, Permission, State, Surface
from .pointing import Pointed, hints_in
from .policy import can_edit, can_withdraw, is_author
from .queries import (
    find_contribution,
    get_contribution,
    get_contributions,
    list_contributions,
    list_own,
    list_wordings,
    select_contributions,
)
from .services import (
    MOST_CHARACTERS,
    ContributionDraft,
    choose_permission,
    clean_words,
    expire_words_in,
    lock_contribution,
    mend_contribution,
    send_contribution,
    withdraw_contribution,
)

__all__ = [
    "GONE",
    "MOST_CHARACTERS",
    "PERMISSION_CHOICES",
    "Channel",
    "Contribution",
    "ContributionDraft",
    "Mode",
    "Permission",
    "Pointed",
    "State",
    "Surface",
    "can_edit",
    "can_withdraw",
    "channel_labels",
    "choose_permission",
    "clean_words",
    "expire_words_in",
    "find_contribution",
    "get_contribution",
    "get_contributions",
    "hints_in",
    "init_app",
    "is_author",
    "list_contributions",
    "list_own",
    "list_wordings",
    "lock_contribution",
    "mend_contribution",
    "permission_facts",
    "permission_hints",
    "permission_labels",
    "select_contributions",
    "send_contribution",
    "state_facts",
    "withdraw_contribution",
]


def init_app(app: Flask) -> None:
    """Open this room."""
    app.register_blueprint(views.blueprint)
    places: Registry = app.extensions["registry"]
    places.my_panels.append(showing.my_panel)
    places.own_data.append(showing.own_data)
    places.kept_words |= {
        "channel": channel_labels,
        "permission": permission_labels,
        "permission_when_none_was_chosen": permission_labels,
        "state": state_labels,
    }
    places.erasers.append(erase)
    places.tidiers.append(services.forget_wordings)


def erase(participant_id: int) -> None:
    """Empty everything one person said (a place of `registry().erasers`)."""
    services.erase_contributions_of(participant_id, at=now())
