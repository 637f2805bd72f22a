"""What an author sees of this room: asking somebody else to look at a decision about her words."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from participation.contributions import MOST_CHARACTERS, Contribution, get_contribution
from participation.core.clock import now
from participation.core.errors import Conflict, Invalid
from participation.core.languages import current_language
from participation.core.pages import go_to, render
from participation.core.policy import allow, current_actor

from . import appeals, policy, queries, showing
from .blueprint import blueprint
from .forms import AppealForm


@blueprint.route("/<lang>/me/contributions/<int:contribution_id>/appeal", methods=["GET", "POST"])
@allow(policy.can_see_own_notice, of=get_contribution, hidden=True)
def make_appeal(contribution: Contribution) -> Response | BaseResponse:
    """Ask somebody else to look again."""
    decision = queries.latest_decisions([contribution.id]).get(contribution.id)
    form = AppealForm.receive(about=str(decision.id if decision else 0))
    if form.is_sent():
        try:
            appeals.make_appeal(
                contribution, decision, form.text.data or "", current_language().tag, by=current_actor(), at=now()
            )
            return go_to("contributions.show_contribution", contribution_id=contribution.id)
        except (Conflict, Invalid) as trouble:
            form.refuse(trouble)
            decision = queries.latest_decisions([contribution.id]).get(contribution.id)
    notices = showing.show_decisions([decision] if decision else [], reader=current_language().tag, at=now())
    if not notices or not notices[0].is_appealable:
        raise Conflict(appeals.NOTHING_TO_APPEAL)
    return render(
        "participation/moderation/make_appeal.html",
        status=form.status,
        form=form,
        contribution=contribution,
        notice=notices[0],
        most_characters=MOST_CHARACTERS,
    )
