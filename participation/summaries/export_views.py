"""Files for the staff: the package with rows of votes, for a reason; and making votes open data, once."""

from __future__ import annotations

import tempfile

from flask import url_for
from werkzeug.wrappers import Response

from participation.accounts import require_proof
from participation.core.clock import now
from participation.core.pages import Caching, go_to, render
from participation.core.policy import allow, current_actor

from . import exporting, open_votes, policy
from .blueprint import bp
from .forms import DeedForm, ExportForm
from .pages import ReleaseHere, current_here, frame
from .sending import send_zip

BASE = "/<lang>/staff/consultations/<string:slug>/summary"


@bp.route(BASE + "/export", methods=["GET", "POST"])
@allow(policy.can_export_rows, of=current_here)
def export_rows(here: ReleaseHere) -> Response:
    """Everything the public gets, and the votes row by row."""
    require_proof()
    form = ExportForm.receive(about=here.consultation.slug)
    if form.is_sent():
        target = tempfile.TemporaryFile()  # noqa: SIM115  closed when the last piece is sent
        exporting.export_for_staff(target, here, form.reason.data or "", by=current_actor(), at=now())
        return send_zip(target, f"{here.consultation.slug}-staff-{here.release.number}", Caching.NEVER)
    return render(
        "participation/summaries/export_rows.html",
        status=form.status,
        caching=Caching.NEVER,
        **frame(here.consultation, "summary"),
        form=form,
        deed=DeedForm.receive(about=f"open votes {here.consultation.slug}"),
        may_hand_out=open_votes.may_hand_out(here.consultation, here.release, now()),
        was_handed_out=open_votes.find_handed_out(here.consultation) is not None,
    )


@bp.post(BASE + "/open-votes")
@allow(policy.can_export_rows, of=current_here)
def hand_out_votes(here: ReleaseHere) -> Response:
    """Make the votes open data."""
    require_proof(url_for("summaries.export_rows", slug=here.consultation.slug))
    form = DeedForm.receive(about=f"open votes {here.consultation.slug}")
    if form.is_sent():
        open_votes.hand_out(here, by=current_actor(), at=now())
    return go_to("summaries.export_rows", slug=here.consultation.slug)
