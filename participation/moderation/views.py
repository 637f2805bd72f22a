"""The moderators' queue: the list, one item beside it, decisions one by one and many at once, undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from flask import Response, request
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from participation.accounts import uses_shortcuts
from participation.city import ParticipationRule, list_rules
from participation.contributions import list_wordings
from participation.core.clock import now
from participation.core.errors import Conflict, Invalid
from participation.core.languages import all_languages, current_language
from participation.core.pages import go_to, render
from participation.core.policy import allow, current_actor
from participation.core.registry import describe_spaces, registry

from . import labels, policy, queries, queue, services, showing
from .blueprint import blueprint
from .forms import BulkForm, DecisionForm, PressForm, QueueForm, ReasonsForm, ToBulkForm
from .models import Action
from .queries import Row
from .queue import Filter
from .reasons import Reasons
from .services import Waiting

F = TypeVar("F", bound=ReasonsForm)
#: What can be done with many at once.
BULK = (Action.RELEASE, Action.HIDE)


@blueprint.route("/<lang>/staff/queue/", methods=["GET", "POST"])
@allow(policy.can_see_queue)
def list_queue() -> Response | BaseResponse:
    chosen = Filter.read(request.args)
    form = (ToBulkForm if "bulk" in request.form else QueueForm).receive()
    status = 200
    if form.is_sent():
        if "bulk" in request.form:
            return _lead_to_bulk(chosen)
        try:
            decisions = _release(request.form.get("release", ""))
            return _go_on(request.form.get("next", ""), chosen, decisions[0].batch)
        except (Conflict, Invalid) as trouble:
            form.refuse(trouble)
            status = trouble.status
    return _show_queue(form, chosen, status=form.status if status == 200 else status)


@blueprint.route("/<lang>/staff/queue/<int:item_id>/", methods=["GET", "POST"])
@allow(policy.can_moderate, of=queries.get_row, hidden=True)
def review_item(row: Row) -> Response | BaseResponse:
    chosen = Filter.read(request.args)
    rules = list_rules(with_ended=True)
    form = _offer(DecisionForm.receive(about=str(row.item.id), data={"version": row.item.version}), rules)
    following = request.form.get("next", "")
    if form.is_sent():
        try:
            locked = queries.lock_rows([row.item.id])[0]
            waiting = Waiting(*locked, _number(form.version.data))
            decision = services.decide(
                waiting, Action(form.action.data), Reasons.read(form.given()), by=current_actor(), at=now()
            )
            return _go_on(following, chosen, decision.batch)
        except (Conflict, Invalid) as trouble:
            form.refuse(trouble)
            return _show_item(queries.get_row(row.item.id), form, chosen, rules=rules, status=trouble.status)
    return _show_item(row, form, chosen, rules=rules, status=form.status)


@blueprint.post("/<lang>/staff/queue/<int:item_id>/claim")
@allow(policy.can_moderate, of=queries.get_row, hidden=True)
def claim_item(row: Row) -> BaseResponse:
    form = PressForm.receive(about=f"claim {row.item.id}")
    if not form.is_sent():
        raise Conflict(services.CHANGED_MEANWHILE)
    act = request.form.get("do", "")
    if act == "give_back":
        services.give_back(row.item, by=current_actor(), at=now())
    else:
        services.claim_item(
            row.item,
            by=current_actor(),
            at=now(),
            version=_number(request.form.get("version")),
            take_over=act == "take_over",
        )
    return go_to("moderation.review_item", item_id=row.item.id, **Filter.read(request.args).address())


@blueprint.route("/<lang>/staff/queue/bulk", methods=["GET", "POST"])
@allow(policy.can_see_queue)
def decide_many() -> Response | BaseResponse:
    """What a decision about many would do, before it is done; exactly what was shown is decided."""
    chosen = Filter.read(request.args)
    action = Action(request.args["do"]) if request.args.get("do") in set(BULK) else Action.RELEASE
    form = _offer(BulkForm.receive(about=f"bulk {action}"), list_rules())
    if form.is_sent():
        try:
            waiting = _waiting(form.items.data or "")
            decisions = services.decide_many(waiting, action, Reasons.read(form.given()), by=current_actor(), at=now())
            return go_to("moderation.list_queue", **chosen.address(), done=decisions[0].batch)
        except (Conflict, Invalid) as trouble:
            form.refuse(trouble)
    return _show_bulk(form, chosen, action)


@blueprint.post("/<lang>/staff/queue/undo")
@allow(policy.can_see_queue)
def undo() -> BaseResponse:
    form = PressForm.receive(about="undo")
    if not form.is_sent():
        raise Conflict
    undone = services.undo(request.form.get("batch", "")[:32], by=current_actor(), at=now())
    return go_to("moderation.list_queue", **Filter.read(request.args).address(), undone=len(undone))


def _show_queue(form: QueueForm, chosen: Filter, *, status: int) -> Response:
    actor, at, language = current_actor(), now(), current_language().tag
    after = _number(request.args.get("after")) or None
    rows = queue.list_queue(chosen, actor, at=at, after_id=after, limit=queue.PAGE + 1)
    page = rows[: queue.PAGE]
    return render(
        "participation/moderation/list_queue.html",
        status=status,
        form=form,
        undo_form=PressForm(about="undo"),
        chosen=chosen,
        total=queue.count_queue(chosen, actor, at=at),
        most_counted=queue.MOST_COUNTED,
        most_at_once=services.MOST_AT_ONCE,
        shown=showing.show_rows(page, reader=language, staff_id=actor.staff_id, at=at),
        next_after=page[-1].item.id if len(rows) > queue.PAGE else None,
        is_first_page=after is None,
        uses_keys=uses_shortcuts(),
        done=_done(),
        undone=_number(request.args.get("undone")),
        **_choices(chosen),
    )


def _show_item(
    row: Row, form: DecisionForm, chosen: Filter, *, rules: Sequence[ParticipationRule], status: int
) -> Response:
    actor, at, language = current_actor(), now(), current_language().tag
    form.version.data = str(row.item.version)
    neighbours = queue.list_queue(chosen, actor, at=at)
    place = next((place for place, each in enumerate(neighbours) if each.item.id == row.item.id), None)
    behind = neighbours[place + 1 : place + 2] if place is not None else neighbours[:1]
    before = neighbours[place - 1 : place] if place else []
    decisions, appeals = queries.list_history(row.contribution.id)
    shown = showing.show_rows([*neighbours, row], reader=language, staff_id=actor.staff_id, at=at)
    return render(
        "participation/moderation/review_item.html",
        status=status,
        form=form,
        press_form=PressForm(about=f"claim {row.item.id}"),
        release_form=QueueForm(),
        undo_form=PressForm(about="undo"),
        done=_done(),
        undone=0,
        chosen=chosen,
        one=shown[-1],
        neighbours=shown[:-1],
        next_id=behind[0].item.id if behind else None,
        previous_id=before[0].item.id if before else None,
        history=showing.show_decisions(decisions, reader=language, at=at, rules=rules, appeals=appeals),
        earlier=list_wordings(row.contribution.id) if row.contribution.version > 1 else [],
        facts=labels.action_facts,
        hints=labels.action_hints,
        uses_keys=uses_shortcuts(),
    )


def _show_bulk(form: BulkForm, chosen: Filter, action: Action) -> Response:
    actor, at, language = current_actor(), now(), current_language().tag
    if form.items.data:
        rows = _own_rows(form.items.data)
    elif request.args.get("all"):
        rows = queue.list_queue(chosen, actor, at=at, limit=services.MOST_AT_ONCE)
    else:
        rows = _own_rows(request.args.get("items", ""))
    shown = showing.show_rows(rows, reader=language, staff_id=actor.staff_id, at=at)
    form.items.data = ",".join(each.key for each in shown)
    return render(
        "participation/moderation/decide_many.html",
        status=form.status,
        form=form,
        chosen=chosen,
        action=action,
        shown=shown,
        total=len(shown),
    )


def _lead_to_bulk(chosen: Filter) -> BaseResponse:
    """To the preview: of the ticked items, or of all that match."""
    action = request.form["bulk"] if request.form["bulk"] in set(BULK) else Action.RELEASE
    if request.form.get("all"):
        return go_to("moderation.decide_many", **chosen.address(), do=action, all=1)
    items = ",".join(request.form.getlist("item"))
    if not items:
        return go_to("moderation.list_queue", **chosen.address())
    return go_to("moderation.decide_many", **chosen.address(), do=action, items=items)


def _release(key: str) -> list[Any]:
    waiting = _waiting(key)
    if not waiting:
        raise Conflict(services.CHANGED_MEANWHILE)
    return services.decide_many(waiting, Action.RELEASE, by=current_actor(), at=now())


def _waiting(keys: str) -> list[Waiting]:
    """The items named by `keys` ("12.3,13.1": number and version as they were shown), locked."""
    versions = _versions(keys)
    return [Waiting(row.item, row.contribution, versions[row.item.id]) for row in queries.lock_rows(list(versions))]


def _own_rows(keys: str) -> list[Row]:
    """The items named by `keys` that the actor may see."""
    return [row for row in queries.list_rows(list(_versions(keys))) if policy.can_moderate(current_actor(), row.item)]


def _versions(keys: str) -> dict[int, int]:
    pairs = [key.partition(".") for key in keys.split(",")[: services.MOST_AT_ONCE + 1]]
    return {_number(item): _number(version) for item, _dot, version in pairs if _number(item)}


def _offer(form: F, rules: Sequence[ParticipationRule]) -> F:
    """The form with the rules in force and the languages to write in."""
    language = current_language().tag
    choices = [(each.number, f"{each.number} – {each.title.read(language)}") for each in rules if not each.ended_on]
    form.offer(choices, [(each.tag, each.name) for each in all_languages().values()], language)
    return form


def _go_on(following: str, chosen: Filter, batch: str) -> BaseResponse:
    """On to the next item, or back to the list."""
    if _number(following):
        return go_to("moderation.review_item", item_id=_number(following), **chosen.address(), done=batch)
    return go_to("moderation.list_queue", **chosen.address(), done=batch)


def _done() -> dict[str, Any] | None:
    """What was just decided and can still be undone."""
    batch = request.args.get("done", "")[:32]
    decisions = queries.list_batch(batch, staff_id=current_actor().staff_id)
    if not decisions or now() > decisions[0].decided_at + services.UNDO:
        return None
    sentences = {
        Action.RELEASE: ngettext("%(num)s released.", "%(num)s released.", len(decisions)),
        Action.RESTORE: ngettext("%(num)s put back.", "%(num)s put back.", len(decisions)),
        Action.RETURN: ngettext("%(num)s returned.", "%(num)s returned.", len(decisions)),
        Action.LIMIT: ngettext("%(num)s limited.", "%(num)s limited.", len(decisions)),
        Action.HIDE: ngettext("%(num)s hidden.", "%(num)s hidden.", len(decisions)),
        Action.REMOVE: ngettext("%(num)s removed.", "%(num)s removed.", len(decisions)),
    }
    return {"batch": batch, "sentence": sentences[Action(decisions[0].action)]}


def _choices(chosen: Filter) -> dict[str, Any]:
    """What the filters offer."""
    language = current_language().tag
    known = {kind: give() for kind, give in registry().list_spaces.items()}
    spaces = describe_spaces(queue.list_filter_spaces(current_actor(), known), language)
    return {
        "states": labels.STATE_CHOICES,
        "sources": labels.SOURCE_CHOICES,
        "ages": labels.AGE_CHOICES,
        "people": labels.WHO_CHOICES,
        "spaces": [(str(space), described) for space, described in sorted(spaces.items())],
        "other_languages": queue.OTHER_LANGUAGES,
    }


def _number(text: str | None) -> int:
    """The number that was sent; 0 for anything else, or for one no row has."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
