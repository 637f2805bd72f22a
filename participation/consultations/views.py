"""Residents' pages about consultations: the list, what each is about, short links, and coming in."""

from __future__ import annotations

from flask import Response, g, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from participation.accounts import participant_for, settings
from participation.core.addresses import row_number
from participation.core.clock import now
from participation.core.errors import DomainError
from participation.core.languages import current_language, preferred_language
from participation.core.pages import Caching, go_to, render
from participation.core.policy import PUBLIC, allow, current_actor

from . import pages, queries, services
from .blueprint import bp
from .forms import ANOTHER_AGE, BeginForm
from .models import Audience, CameBy, Consultation, InvitationCode
from .policy import can_begin, can_see, needs_beginning
from .rates import limit_first_forms, limit_wrong_codes
from .timing import Visit


def visit_to(slug: str) -> Visit:
    """This person's visit to the consultation `slug`."""
    return queries.find_visit(slug, current_actor().participant_id, now())


def open_visit_to(slug: str, code: str = "") -> Visit:
    """This person's visit to a consultation that takes answers.

    Raises:
        ConsultationClosed: it takes none now.
    """
    visit = visit_to(slug)
    if can_see(current_actor(), visit) and not can_begin(current_actor(), visit):
        raise services.ConsultationClosed(pages.when(visit))
    return visit


@bp.get("/<lang>/consultations")
@allow(PUBLIC)
def list_consultations() -> Response:
    at, after = now(), request.args.get("after", type=row_number)
    closed, following = pages.closed_cards(at, after)
    is_first = after is None
    return render(
        "participation/consultations/list_consultations.html",
        caching=Caching.PUBLIC,
        open_now=pages.open_cards(at) if is_first else [],
        soon=pages.soon_cards(at) if is_first else [],
        closed=closed,
        is_first=is_first,
        next_url=url_for("consultations.list_consultations", after=following) if following else None,
    )


@bp.get("/<lang>/consultations/<string:slug>")
@allow(can_see, of=visit_to, hidden=True)
def show_consultation(visit: Visit) -> Response:
    return render(
        "participation/consultations/show_consultation.html",
        caching=Caching.PUBLIC,
        **pages.start_context(visit, queries.list_steps(visit.consultation.id)),
    )


@bp.get("/c/<string:slug>")
@allow(can_see, of=visit_to, hidden=True)
def follow_short_link(visit: Visit) -> BaseResponse:
    g.language = preferred_language()
    return _into_her_language("consultations.show_consultation", slug=visit.consultation.slug)


@bp.get("/i/<string:code>")
@allow(PUBLIC)
@limit_wrong_codes
def follow_invitation(code: str) -> BaseResponse:
    g.language = preferred_language()
    _code, consultation = services.find_open_invitation(code, secret=settings().secret_key, at=now())
    return _into_her_language("consultations.begin_consultation", slug=consultation.slug, code=code)


@bp.route("/<lang>/consultations/<string:slug>/begin", methods=["GET", "POST"])
@bp.route("/<lang>/consultations/<string:slug>/begin/<string:code>", methods=["GET", "POST"])
@allow(can_begin, of=open_visit_to, hidden=True)
@limit_wrong_codes
@limit_first_forms
def begin_consultation(visit: Visit) -> Response | BaseResponse:
    consultation = visit.consultation
    if visit.participation is not None or not needs_beginning(visit):
        return go_to("consultations.resume", slug=consultation.slug)
    form = BeginForm.receive(
        about=str(consultation.id),
        needs_code=consultation.audience == Audience.INVITED,
        age_bands=consultation.age_bands,
        data={"code": (request.view_args or {}).get("code", "")},
    )
    if form.is_sent():
        try:
            return _begin(consultation, form)
        except DomainError as trouble:
            form.refuse(trouble)
    return render(
        "participation/consultations/begin_consultation.html",
        status=form.status,
        caching=Caching.NEVER,
        form=form,
        asks_device=current_actor().participant_id is None,
        **pages.frame(consultation),
    )


@bp.get("/<lang>/consultations/<string:slug>/resume")
@allow(can_see, of=visit_to, hidden=True)
def resume(visit: Visit) -> Response | BaseResponse:
    slug = visit.consultation.slug
    if visit.participation is None:
        return render(
            "participation/consultations/resume.html",
            begin_url=pages.begin_url(visit) if can_begin(current_actor(), visit) else None,
            **pages.frame(visit.consultation),
        )
    if visit.participation.sent_at is not None:
        return go_to("consultations.show_sent", slug=slug)
    drafts = queries.find_drafts(visit.participation)
    steps = queries.list_steps(visit.consultation.id)
    first = next((place for place, step in enumerate(steps, 1) if step.id not in drafts), None)
    if first is None:
        return go_to("consultations.check_answers", slug=slug)
    return go_to("consultations.answer_step", slug=slug, position=first)


def _begin(consultation: Consultation, form: BeginForm) -> BaseResponse:
    """Let somebody in: everything is looked at first, so that a refusal leaves no trace of her."""
    at = now()
    band = form.age.data if "age" in form else ""
    if band == ANOTHER_AGE:
        message = _l("This one is only for people of these ages. Thank you for wanting to take part.")
        raise services.NotInvited(message, field="age")
    code = _checked_code(consultation, form)
    participant = participant_for(form, is_shared=form.others_use_this_device.data)
    if code is not None:
        services.use_invitation(code, participant.id, at=at)
    services.join_consultation(
        consultation,
        participant.id,
        came_by=CameBy.OPEN_LINK if code is None else CameBy.INVITED_CODE,
        language=current_language().tag,
        at=at,
        age_band=band,
    )
    return go_to("consultations.answer_step", slug=consultation.slug, position=1)


def _checked_code(consultation: Consultation, form: BeginForm) -> InvitationCode | None:
    if "code" not in form:
        return None
    code, invited_to = services.find_open_invitation(form.code.data or "", secret=settings().secret_key, at=now())
    if invited_to.id != consultation.id:
        raise services.UnknownInvitation(_l("This code is for something else the city asks."), field="code")
    return code


def _into_her_language(endpoint: str, **arguments: object) -> BaseResponse:
    """Redirect a language-neutral link; who asks in another language is led elsewhere, so caches must look."""
    response = go_to(endpoint, lang=g.language.tag, **arguments)
    response.status_code = 302
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = Caching.PRIVATE.value
    return response
