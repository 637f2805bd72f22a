"""Keeping people safe, fairly: the queue, decisions with reasons, notices to authors, and appeals.

A *review item* is one contribution that waits for a person. A *decision* is one complete statement of reasons. An
*appeal* asks somebody else to look again.
"""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from participation.core.events import (
    contribution_expired,
    contribution_mended,
    contribution_sent,
    contribution_withdrawn,
)
from participation.core.policy import Predicate
from participation.core.registry import NavigationEntry, Registry

from . import appeal_views, audit_views, author_views, labels, notices, policy, services, tidying, views
from .appeals import make_appeal
from .blueprint import blueprint
from .models import Action, Decision, Ground
from .queries import find_item_of, latest_decisions
from .reasons import Reasons
from .services import decide, read_waiting

__all__ = [
    "Action",
    "Decision",
    "Ground",
    "Reasons",
    "decide",
    "find_item_of",
    "init_app",
    "latest_decisions",
    "make_appeal",
    "read_waiting",
]

#: Modules whose pages hang on the blueprint.
PAGES = (views, author_views, appeal_views, audit_views)
#: Entries of the staff's navigation, and who sees them.
NAVIGATION: tuple[tuple[object, str, Predicate], ...] = (
    (_l("Queue"), "moderation.list_queue", policy.can_see_queue),
    (_l("Second looks"), "moderation.list_appeals", policy.can_see_appeals),
    (_l("Log"), "moderation.list_audit", policy.can_read_audit),
)


def init_app(app: Flask) -> None:
    """Open this room."""
    contribution_sent.connect(services.open_review)
    contribution_mended.connect(services.review_again)
    for words_gone in (contribution_withdrawn, contribution_expired):
        words_gone.connect(services.forget_words)
    app.register_blueprint(blueprint)
    places: Registry = app.extensions["registry"]
    places.author_notes.append(notices.notes_to_authors)
    places.needs.append(notices.needs_of)
    places.space_links.append(notices.links_of)
    places.own_data.append(notices.own_data)
    places.kept_words |= {"decision": labels.action_facts, "appeal_outcome": labels.outcome_labels}
    places.tidiers.append(tidying.forget_removed_words)
    places.staff_navigation += [NavigationEntry(label, endpoint, rule) for label, endpoint, rule in NAVIGATION]
