"""From evidence to a summary that harms nobody: *findings* that cite, a *release* by a second person, exports.

The *evidence* is everything a summary may be made from. A *finding* is one sentence an officer signs, resting on words
and results it *cites*; how many people it stands for is counted from the citations, never typed. A *snapshot* is what
one *release* shows, frozen and hashed. The *ledger* keeps every table that ever left the staff area.
"""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from participation.core import events
from participation.core.policy import is_staff
from participation.core.registry import NavigationEntry, registry

# the views stand on the blueprint once they are imported
from . import commands, evidence_views, export_views, panels, views, writing_views  # noqa: F401
from .answers import AnswerShown, plug_answers
from .blueprint import bp
from .evidence import Evidence
from .forms import LocalizedForm, text_data
from .gathering import gather_evidence
from .listening import follow_words
from .models import Citation, Cover, Finding, FindingKind, Release
from .queries import (
    PublicFinding,
    current_releases,
    find_current_release,
    findings_citing,
    get_finding,
    get_findings,
    list_citations,
    list_findings,
    list_released_findings,
    released_finding_ids,
    released_spaces,
)
from .reading import finding_people
from .releasing import blank_words, prepare_release, release_summary
from .services import (
    Gathered,
    can_be_cited,
    can_be_quoted,
    cite,
    show_words,
    sign_finding,
    write_cover,
    write_finding,
)

__all__ = [
    "AnswerShown",
    "Citation",
    "Cover",
    "Evidence",
    "Finding",
    "FindingKind",
    "Gathered",
    "LocalizedForm",
    "PublicFinding",
    "Release",
    "blank_words",
    "can_be_cited",
    "can_be_quoted",
    "cite",
    "current_releases",
    "find_current_release",
    "finding_people",
    "findings_citing",
    "gather_evidence",
    "get_finding",
    "get_findings",
    "init_app",
    "list_citations",
    "list_findings",
    "list_released_findings",
    "plug_answers",
    "prepare_release",
    "release_summary",
    "released_finding_ids",
    "released_spaces",
    "show_words",
    "sign_finding",
    "text_data",
    "write_cover",
    "write_finding",
]


def init_app(app: Flask) -> None:
    """Open this room: summaries follow what becomes of the words in them."""
    app.register_blueprint(bp)
    app.cli.add_command(commands.export_group)
    places = registry()
    places.staff_navigation.append(
        NavigationEntry(_l("Summaries"), "summaries.list_work", lambda actor: is_staff(actor))
    )
    places.needs.append(panels.needs_of)
    places.space_links.append(panels.links_of)
    places.consultation_panels.append(panels.consultation_panel)
    places.home_panels.append(panels.home_panel)
    places.health_checks.append(panels.check_hashes)
    for event in (
        events.contribution_withdrawn,
        events.contribution_decided,
        events.contribution_mended,
        events.permission_chosen,
    ):
        event.connect(follow_words, weak=False)
