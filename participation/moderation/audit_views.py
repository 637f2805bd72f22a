"""The page of the chained log, for administrators."""

from __future__ import annotations

from flask import Response, request

from participation.city import get_city
from participation.core.languages import current_language
from participation.core.pages import render
from participation.core.policy import allow
from participation.core.registry import describe_spaces

from . import audit_log, policy
from .audit_log import AuditFilter
from .blueprint import blueprint


@blueprint.get("/<lang>/staff/audit/")
@allow(policy.can_read_audit)
def list_audit() -> Response:
    """Entries of the log, newest first."""
    chosen = AuditFilter.read(request.args)
    before = request.args.get("before", "")
    entries = audit_log.list_entries(
        chosen,
        zone=get_city().time_zone,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None,
        limit=audit_log.PAGE + 1,
    )
    page = entries[: audit_log.PAGE]
    people = audit_log.list_people()
    places = [space for each in page if (space := audit_log.space_of(each.space))]
    return render(
        "participation/moderation/list_audit.html",
        chosen=chosen,
        entries=page,
        people=people,
        names=dict(people),
        verbs=audit_log.list_verbs(),
        spaces={str(space): described for space, described in describe_spaces(places, current_language().tag).items()},
        next_before=page[-1].number if len(entries) > audit_log.PAGE else None,
        is_first_page=not before,
    )
