"""What summaries put on other rooms' pages: what waits for a second person, and where a summary can be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select

from participation.consultations import get_consultation_by_id
from participation.core.database import db
from participation.core.policy import Actor, Role, Space
from participation.core.registry import Need, SpaceLink

from . import policy, queries, snapshot
from .models import Release
from .reading import read_took_part

#: Summaries on the home page.
MOST_ON_HOME = 3


def needs_of(actor: Actor) -> Iterable[Need]:
    """Summaries somebody else prepared that wait for this person."""
    if not actor.has_anywhere(Role.OFFICER, Role.STEWARD):
        return
    held = actor.spaces_as("consultation", Role.OFFICER, Role.STEWARD)
    waiting = [each for each in queries.waiting_releases("consultation", held) if each.prepared_by != actor.staff_id]
    if waiting:
        label = ngettext("summary waits for a second person", "summaries wait for a second person", len(waiting))
        yield Need(str(label), len(waiting), url_for("summaries.list_work", waiting=1), "now")


def links_of(space: Space, actor: Actor) -> Iterable[SpaceLink]:
    """On a consultation's own page for staff: its evidence, and its summary for those who work on it."""
    consultation = get_consultation_by_id(space.id)
    if policy.can_read_evidence(actor, consultation):
        yield SpaceLink(gettext("Evidence"), url_for("summaries.show_evidence", slug=consultation.slug))
    if policy.can_preview(actor, consultation):
        yield SpaceLink(gettext("Summary"), url_for("summaries.edit_summary", slug=consultation.slug))


def consultation_panel(consultation_id: int, language: str) -> tuple[str, dict[str, Any]] | None:
    """On a consultation's first page: its summary, once there is one."""
    release = queries.find_current_release(Space("consultation", consultation_id))
    if release is None:
        return None
    return "participation/summaries/_panel.html", _panel(release, language)


def home_panel(language: str) -> tuple[str, dict[str, Any]] | None:
    """On the home page: the newest summaries."""
    releases = queries.current_releases("consultation", limit=MOST_ON_HOME)
    if not releases:
        return None
    return "participation/summaries/_home_panel.html", {"summaries": [_panel(each, language) for each in releases]}


def check_hashes() -> tuple[bool, str]:
    """Whether every released snapshot still has the hash it is published with."""
    rows = db.session.execute(select(Release).where(Release.released_at.is_not(None)).execution_options(yield_per=10))
    broken = [row.id for row in rows.scalars() if snapshot.digest(row.snapshot) != row.sha256]
    if broken:
        return False, f"Released summaries were changed in the database: {', '.join(map(str, broken))}."
    return True, "Released summaries are as they were released."


def _panel(release: Release, language: str) -> dict[str, Any]:
    kept = release.snapshot
    return {
        "headline": snapshot.text_from_json(kept["headline"]).read(language),
        "title": snapshot.text_from_json(kept["title"]).read(language),
        "took_part": read_took_part(kept),
        "findings": len(kept["findings"]),
        "url": url_for("summaries.show_summary", slug=kept["slug"]),
    }
