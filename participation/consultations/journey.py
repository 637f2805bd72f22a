"""Residents' pages of answering: one step a page, check your answers, send them, and what happens next.

What is filled in is kept at once as a draft, so that nobody loses a word; only sending makes answers of it. The page
that checks answers is also the way back: after sending, a change is a new draft that has to be sent again.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort, make_response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from participation.accounts import get_participant, participant_for, return_code, settings
from participation.core import codes
from participation.core.clock import now
from participation.core.errors import DomainError
from participation.core.forms import BaseForm
from participation.core.languages import current_language
from participation.core.pages import Caching, go_to, render
from participation.core.policy import allow, current_actor

from . import pages, queries, services
from .blueprint import bp
from .forms import DeviceForm, SendForm
from .models import Participation
from .policy import can_answer, can_begin, can_see, can_send, has_sent
from .rates import limit_first_forms, limit_her_forms
from .steps import Data, Journey, PageKind, Stop, find_sent, kind_of
from .timing import Visit


@dataclass(frozen=True)
class Walk(Visit):
    """A visit with the steps as they stand for this person."""

    journey: Journey
    #: step id → what she sent before
    sent: dict[int, Data]
    #: the step this page is about, from 1; 0 for pages about all of them
    position: int

    @property
    def slug(self) -> str:
        """Name in addresses."""
        return self.consultation.slug

    @property
    def stop(self) -> Stop:
        """The step this page is about."""
        return self.journey.at(self.position)


def visit_to(slug: str) -> Visit:
    """This person's visit to the consultation `slug`."""
    return queries.find_visit(slug, current_actor().participant_id, now())


def walk_to(slug: str, position: int = 0) -> Walk:
    """This person's way through a consultation that takes answers; who has to come in first is led there.

    Raises:
        ConsultationClosed: it takes none now.
    """
    actor = current_actor()
    outline = queries.find_outline(slug)
    visit = queries.visit_outline(outline, actor.participant_id, now())
    if can_see(actor, visit) and not can_begin(actor, visit):
        raise services.ConsultationClosed(pages.when(visit))
    if can_see(actor, visit) and not can_answer(actor, visit):
        abort(go_to("consultations.begin_consultation", slug=slug))
    steps = outline.steps
    # a page about one step asks for that step's answer only
    sent = find_sent(steps[position - 1 : position] if position else steps, visit.participation)
    journey = Journey.of(steps, visit.participation, drafts=queries.find_drafts(visit.participation), sent=sent)
    if position:
        journey.at(position)
    return Walk(visit.consultation, visit.stages, visit.participation, visit.at, journey, sent, position)


@bp.route("/<lang>/consultations/<string:slug>/steps/<int:position>", methods=["GET", "POST"])
@allow(can_answer, of=walk_to, hidden=True)
@limit_first_forms
@limit_her_forms
def answer_step(walk: Walk) -> Response | BaseResponse:
    """One question. Sending it keeps a draft and goes on."""
    kind = kind_of(walk.stop.step)
    if isinstance(kind, PageKind):
        return go_to(kind.page_endpoint, slug=walk.slug, position=walk.position)
    form = kind.make_form(walk.stop.step, draft=walk.stop.data)
    device = DeviceForm(request.form)
    if form.is_sent():
        is_left_out = walk.stop.step.is_optional and "skip" in request.form
        _keep(walk, form, {} if is_left_out else kind.data_of(form), is_shared=device.others_use_this_device.data)
        return _onward(walk)
    then = request.args.get("then", "")
    return render(
        "participation/consultations/answer_step.html",
        status=form.status,
        device=device if current_actor().participant_id is None else None,
        action=url_for("consultations.answer_step", slug=walk.slug, position=walk.position, then=then or None),
        **pages.step_context(walk, walk.journey, walk.stop, form),
    )


@bp.route("/<lang>/consultations/<string:slug>/check", methods=["GET", "POST"])
@allow(can_answer, of=walk_to, hidden=True)
@limit_her_forms
def check_answers(walk: Walk) -> Response | BaseResponse:
    """Everything that was filled in, to check and to send."""
    if not can_send(current_actor(), walk) or walk.participation is None:
        return go_to("consultations.resume", slug=walk.slug)
    form = SendForm.receive(about=str(walk.consultation.id))
    if form.is_sent():
        try:
            _send(walk, walk.participation, form)
            return go_to("consultations.show_sent", slug=walk.slug)
        except DomainError as trouble:
            form.refuse(trouble)
            walk = walk_to(walk.slug)  # what was read is gone with the refused transaction
    return render(
        "participation/consultations/check_answers.html",
        status=form.status,
        form=form,
        rows=pages.check_rows(walk.slug, walk.journey, current_language().tag),
        missing=len(walk.journey.missing),
        answered=walk.journey.answered,
        total=walk.journey.total,
        was_sent=walk.participation is not None and walk.participation.sent_at is not None,
        has_changes=bool(walk.journey.drafts),
        back_url=pages.previous_url(walk.slug, walk.journey.total + 1),
        **pages.frame(walk.consultation),
    )


@bp.get("/<lang>/consultations/<string:slug>/sent")
@allow(can_see, of=visit_to, hidden=True)
def show_sent(visit: Visit) -> Response:
    """The receipt, and what happens next; for others only the latter."""
    mine = visit.participation if has_sent(current_actor(), visit) else None
    return render(
        "participation/consultations/show_sent.html",
        caching=Caching.NEVER,
        reference=mine.reference if mine else "",
        code=_code_of(mine) if mine else "",
        can_change=can_begin(current_actor(), visit),
        sent_drafts=[f"{visit.consultation.slug}-{step.id}" for step in queries.list_steps(visit.consultation.id)],
        **pages.sent_context(visit),
    )


@bp.get("/<lang>/consultations/<string:slug>/later")
@allow(can_see, of=visit_to, hidden=True)
def show_saved(visit: Visit) -> Response | BaseResponse:
    """How to come back later."""
    if visit.participation is None:
        return go_to("consultations.resume", slug=visit.consultation.slug)
    return render(
        "participation/consultations/show_saved.html",
        caching=Caching.NEVER,
        code=_code_of(visit.participation),
        days=services.DRAFT_DAYS,
        when=pages.when(visit),
        resume_url=url_for("consultations.resume", slug=visit.consultation.slug),
        **pages.frame(visit.consultation),
    )


@bp.get("/<lang>/consultations/<string:slug>/receipt.txt")
@allow(has_sent, of=visit_to, hidden=True)
def download_receipt(visit: Visit) -> Response:
    """The receipt as a text to keep."""
    assert visit.participation is not None  # noqa: S101  the policy says so
    context = pages.sent_context(visit)
    lines = [
        _("You took part in “%(title)s”.", title=f"\u2068{context['title']}\u2069"),
        _("Reference: %(reference)s", reference=f"\u2068{visit.participation.reference}\u2069"),
        _("Return code: %(code)s", code=f"\u2068{codes.format_code(_code_of(visit.participation))}\u2069"),
        _("With this code you come back to your answers on any device. Whoever has it can read them."),
        "",
        *context["next_sentences"],
        "",
        url_for("consultations.show_consultation", slug=visit.consultation.slug, _external=True),
    ]
    response = make_response("\n".join(str(line) for line in lines) + "\n")
    response.content_type = "text/plain; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{visit.consultation.slug}-receipt.txt"'
    return response


def _keep(walk: Walk, form: BaseForm, data: Data, *, is_shared: bool) -> None:
    """Keep what was filled in; what equals what she sent before is no change."""
    at = now()
    participant = participant_for(form, is_shared=is_shared)
    participation = walk.participation or services.join_consultation(
        walk.consultation, participant.id, language=current_language().tag, at=at
    )
    step_id = walk.stop.step.id
    if step_id in walk.sent and walk.sent[step_id] == data:
        services.drop_draft(participation, step_id)
    else:
        services.save_draft(participation, step_id, data, at=at)


def _onward(walk: Walk) -> BaseResponse:
    """The next page: where she asked to go, else the next question."""
    if "later" in request.form:
        return go_to("consultations.show_saved", slug=walk.slug)
    was_sent = walk.participation is not None and walk.participation.sent_at is not None
    if request.args.get("then") == "check" or was_sent or walk.journey.next_after(walk.position) is None:
        return go_to("consultations.check_answers", slug=walk.slug)
    return go_to("consultations.answer_step", slug=walk.slug, position=walk.position + 1)


def _send(walk: Walk, participation: Participation, form: SendForm) -> None:
    services.send_answers(
        participation, walk.journey.stops, language=current_language().tag, form_key=form.key, at=now()
    )


def _code_of(participation: Participation) -> str:
    return return_code(get_participant(participation.participant_id), secret=settings().secret_key)
