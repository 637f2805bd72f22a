"""Where an author looks after what she said: reads how it stands, changes it, takes it back. Nobody else comes here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from werkzeug.wrappers import Response as BaseResponse

from participation.core.clock import now
from participation.core.errors import Conflict, Invalid
from participation.core.languages import current_language
from participation.core.pages import go_to, render
from participation.core.policy import allow, current_actor

from . import labels, policy, queries, services, showing
from .forms import PermissionForm, WithdrawForm, WordsForm
from .models import Contribution, Permission

blueprint = Blueprint("contributions", __name__)


@blueprint.get("/<lang>/me/contributions/<int:contribution_id>/")
@allow(policy.can_read_own, of=queries.get_contribution, hidden=True)
def show_contribution(contribution: Contribution) -> Response:
    language = current_language().tag
    return render(
        "participation/contributions/show_contribution.html",
        one=showing.show_own([contribution], language)[0],
        earlier=queries.list_wordings(contribution.id) if contribution.version > 1 else [],
    )


@blueprint.route("/<lang>/me/contributions/<int:contribution_id>/edit", methods=["GET", "POST"])
@allow(policy.is_author, of=queries.get_contribution, hidden=True)
def edit_contribution(contribution: Contribution) -> Response | BaseResponse:
    policy.require_mendable(current_actor(), contribution)
    form = WordsForm.receive(about=str(contribution.id), data={"body": contribution.body})
    if form.is_sent():
        try:
            services.mend_contribution(contribution, form.body.data or "", by=current_actor(), at=now())
            return _back_to(contribution)
        except (Conflict, Invalid) as trouble:
            form.refuse(trouble)
    return _show("edit_contribution", contribution, form, limit=services.MOST_CHARACTERS)


@blueprint.route("/<lang>/me/contributions/<int:contribution_id>/withdraw", methods=["GET", "POST"])
@allow(policy.is_author, of=queries.get_contribution, hidden=True)
def withdraw_contribution(contribution: Contribution) -> Response | BaseResponse:
    form = WithdrawForm.receive(about=str(contribution.id))
    if form.is_sent():
        services.withdraw_contribution(contribution, by=current_actor(), at=now())
        return _back_to(contribution)
    return _show("withdraw_contribution", contribution, form)


@blueprint.route("/<lang>/me/contributions/<int:contribution_id>/permission", methods=["GET", "POST"])
@allow(policy.can_choose_permission, of=queries.get_contribution, hidden=True)
def choose_permission(contribution: Contribution) -> Response | BaseResponse:
    form = PermissionForm.receive(about=str(contribution.id), data={"permission": contribution.permission})
    if form.is_sent():
        permission = Permission(form.permission.data)
        services.choose_permission(contribution, permission, by=current_actor(), at=now())
        return _back_to(contribution)
    return _show("choose_permission", contribution, form, hints=labels.permission_hints)


def _show(page: str, contribution: Contribution, form: Any, **context: Any) -> Response:
    one = showing.show_own([contribution], current_language().tag)[0]
    template = f"participation/contributions/{page}.html"
    return render(template, status=form.status, form=form, contribution=contribution, one=one, **context)


def _back_to(contribution: Contribution) -> BaseResponse:
    return go_to("contributions.show_contribution", contribution_id=contribution.id)
