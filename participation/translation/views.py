"""Pages about the languages of residents' words: the original, for whoever read a translation."""

from __future__ import annotations

from flask import Blueprint, Response

from participation.contributions import Contribution, get_contribution
from participation.core.pages import render
from participation.core.policy import allow

from . import policy, queries

blueprint = Blueprint("translation", __name__)


@blueprint.get("/<lang>/words/<int:contribution_id>/")
@allow(policy.can_read_original, of=get_contribution, hidden=True)
def show_original(contribution: Contribution) -> Response:
    return render(
        "participation/translation/show_original.html",
        contribution=contribution,
        translations=queries.list_translations_of(contribution.id),
    )
