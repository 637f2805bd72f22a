"""The queue of appeals, decided by somebody who did not decide before."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from participation.core.clock import now
from participation.core.errors import Conflict, Invalid
from participation.core.languages import all_languages, current_language
from participation.core.pages import go_to, render
from participation.core.policy import allow, current_actor

from . import appeals, labels, policy, queries, showing
from .blueprint import blueprint
from .forms import AppealDecisionForm
from .models import Action, Outcome
from .queries import Case, Row

#: Appeals on one page.
PAGE = 25


@blueprint.get("/<lang>/staff/appeals/")
@allow(policy.can_see_appeals)
def list_appeals() -> Response:
    """Appeals of the actor's spaces, the oldest promise first; or those that were decided."""
    actor, at, language = current_actor(), now(), current_language().tag
    is_open = request.args.get("state") != "decided"
    spaces = queries.spaces_of(actor, *policy.JUDGING)
    cases = queries.list_cases(spaces, is_open=is_open, after_id=_after(), limit=PAGE + 1)
    page = cases[:PAGE]
    rows = [Row(case.item, case.contribution) for case in page]
    return render(
        "participation/moderation/list_appeals.html",
        is_open=is_open,
        shown=list(zip(page, showing.show_rows(rows, reader=language, staff_id=actor.staff_id, at=at), strict=True)),
        facts=labels.action_facts,
        outcomes=labels.outcome_labels,
        may_decide={case.appeal.id for case in page if policy.did_not_decide(actor, case.appeal)},
        due={case.appeal.id: showing.time_until(case.appeal.due_at, at) for case in page},
        at=at,
        next_after=page[-1].appeal.id if len(cases) > PAGE else None,
    )


@blueprint.route("/<lang>/staff/appeals/<int:appeal_id>/", methods=["GET", "POST"])
@allow(policy.can_read_appeal, of=queries.get_case, hidden=True)
def decide_appeal(case: Case) -> Response | BaseResponse:
    """One appeal with everything it is about."""
    form = _offer(AppealDecisionForm.receive(about=str(case.appeal.id)), case)
    if form.is_sent():
        try:
            appeals.decide_appeal(
                case,
                Outcome(form.outcome.data),
                form.explanation.data or "",
                form.language.data or "",
                by=current_actor(),
                at=now(),
                action=Action(form.action.data) if form.action.data in set(Action) else None,
            )
            return go_to("moderation.list_appeals")
        except (Conflict, Invalid) as trouble:
            form.refuse(trouble)
            return _show_case(queries.get_case(case.appeal.id), form, status=trouble.status)
    return _show_case(case, form, status=form.status)


def _show_case(case: Case, form: AppealDecisionForm, *, status: int) -> Response:
    actor, at, language = current_actor(), now(), current_language().tag
    decisions = queries.list_decisions(case.contribution.id)
    history = showing.show_decisions(decisions, reader=language, at=at)
    return render(
        "participation/moderation/decide_appeal.html",
        status=status,
        form=form,
        case=case,
        one=showing.show_rows([Row(case.item, case.contribution)], reader=language, staff_id=None, at=at)[0],
        notice=next(each for each in history if each.decision.id == case.decision.id),
        history=history,
        facts=labels.action_facts,
        may_decide=policy.did_not_decide(actor, case.appeal),
        is_changed_since=case.contribution.version != case.decision.contribution_version,
        due=showing.time_until(case.appeal.due_at, at),
        outcome=labels.outcome_labels[Outcome(case.appeal.outcome)] if case.appeal.outcome else "",
    )


def _offer(form: AppealDecisionForm, case: Case) -> AppealDecisionForm:
    milder = [(each.value, labels.action_labels[each]) for each in appeals.LESS[Action(case.decision.action)]]
    form.offer(milder, [(each.tag, each.name) for each in all_languages().values()], current_language().tag)
    return form


def _after() -> int | None:
    text = request.args.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
