"""Pages of the statements: one at a time, one's own answers, and a statement of one's own."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from participation.accounts import get_participant, participant_for, return_code, settings
from participation.city import get_city
from participation.consultations import (
    can_see,
    exit_url,
    find_outline,
    glance_at,
    join_consultation,
    limit_first_forms,
)
from participation.contributions import (
    Channel,
    ContributionDraft,
    Mode,
    Permission,
    Surface,
    hints_in,
)
from participation.core.addresses import row_number
from participation.core.clock import day_in, now
from participation.core.database import reads_first, start_writing
from participation.core.errors import DomainError, NotFound
from participation.core.forms import as_choices
from participation.core.languages import all_languages, current_language, moment_in_words
from participation.core.limits import limiter
from participation.core.pages import go_to, render
from participation.core.policy import allow, current_actor
from participation.translation import readable

from . import queries, services
from .blueprint import bp
from .forms import StatementForm, VoteForm
from .models import MAX_STATEMENT, NAMES, VALUES, Author
from .ordering import next_statement
from .policy import Occasion, may_read, may_vote

BASE = "/<lang>/consultations/<string:slug>/statements/<int:position>"


def _is_stranger() -> bool:
    """Whether nobody knows her yet: her first form is counted with her network's, which may be a whole school's."""
    return current_actor().participant_id is None


def load_occasion(slug: str, position: int) -> Occasion:
    """The statements at this place of the consultation's journey.

    Raises:
        NotFound: there is no such consultation, or something else at this place.
    """
    outline = find_outline(slug)
    if not 1 <= position <= len(outline.steps) or outline.steps[position - 1].kind != "statements":
        raise NotFound
    visit = glance_at(outline, current_actor().participant_id, now())
    if not can_see(current_actor(), visit):
        raise NotFound  # a draft: nobody learns that there is one
    return Occasion(visit, outline.steps[position - 1], position, len(outline.steps))


@bp.get(BASE)
@allow(may_read, of=load_occasion)
def show_statement(occasion: Occasion) -> Response | BaseResponse:
    """The next statement, or the one to change."""
    if not may_vote(current_actor(), occasion):
        return redirect(url_for("consultations.show_consultation", slug=occasion.slug), 303)
    return _draw_statement(occasion, VoteForm.receive(about=str(occasion.step.id)))


@bp.post(BASE + "/votes")
@reads_first
@allow(may_vote, of=load_occasion)
@limit_first_forms
@limiter.limit("300 per minute", exempt_when=_is_stranger)
def cast_vote(occasion: Occasion) -> Response | BaseResponse:
    """Take a vote: it counts at once, and the next statement follows."""
    form = VoteForm.receive(about=str(occasion.step.id))
    if not form.is_sent():
        return _draw_statement(occasion, form)
    statement_id = int(form.statement_id.data or 0)
    if not queries.is_open_statement(occasion.step.id, statement_id) or not _cast(occasion, form, statement_id):
        form.troubles.append(_("This statement was taken back. Here is the next one."))
        return _draw_statement(occasion, form)
    return go_to("opinions.show_statement", slug=occasion.slug, position=occasion.position, after=statement_id)


@bp.get(BASE + "/mine")
@allow(may_read, of=load_occasion)
def list_my_votes(occasion: Occasion) -> Response | BaseResponse:
    """All her answers here, to be changed while the consultation takes answers."""
    actor = current_actor()
    votes = queries.list_votes_of(actor.participant_id, occasion.step.id) if actor.participant_id else []
    # whoever voted keeps the vote, but not the words of others that were taken from view
    words = readable([each for _vote, each in votes if each.is_public], current_language().tag)
    is_open = may_vote(actor, occasion)
    return render(
        "participation/opinions/list_my_votes.html",
        votes=[
            {
                "words": words.get(contribution.id),
                "label": _vote_label(vote.value),
                "icon": NAMES[vote.value],
                "matters": vote.matters,
                "change_url": _here(occasion, change=vote.statement_id) if is_open and contribution.is_public else None,
            }
            for vote, contribution in votes
        ],
        back_url=_here(occasion) if is_open else url_for("consultations.show_consultation", slug=occasion.slug),
    )


@bp.route(BASE + "/new", methods=["GET", "POST"])
@allow(may_vote, of=load_occasion)
@limit_first_forms
@limiter.limit("20 per hour", methods=["POST"], exempt_when=_is_stranger)
def add_statement(occasion: Occasion) -> Response | BaseResponse:
    """A statement of one's own; moderators read it first."""
    form = StatementForm.receive(about=str(occasion.step.id), data={"language": current_language().tag})
    form.language.choices = as_choices(_languages(occasion))
    hints: list[Any] = []
    if form.is_sent():
        hints = hints_in(form.body.data or "") if "seen_hints" not in request.form else []
        if not hints:
            try:
                statement = _add(occasion, form)
                return go_to("opinions.show_added", slug=occasion.slug, position=occasion.position, number=statement.id)
            except DomainError as trouble:
                form.refuse(trouble)
        else:
            form.keep()
    return render(
        "participation/opinions/add_statement.html",
        status=422 if hints else form.status,
        form=form,
        hints=hints,
        limit=MAX_STATEMENT,
        step_id=occasion.step.id,
        exit_url=exit_url(occasion.visit.consultation),
        add_url=url_for("opinions.add_statement", slug=occasion.slug, position=occasion.position),
        back_url=_here(occasion),
    )


@bp.get(BASE + "/new/<int:number>")
@allow(may_read, of=lambda slug, position, number: (load_occasion(slug, position), number)[0])
def show_added(occasion: Occasion) -> Response | BaseResponse:
    """What happens next with a statement of her own."""
    actor = current_actor()
    number = int((request.view_args or {})["number"])
    found = queries.find_own_statement(number, actor.participant_id) if actor.participant_id else None
    if found is None or actor.participant_id is None:
        return redirect(_here(occasion), 303)
    due = found.sent_at + services.READ_WITHIN
    return render(
        "participation/opinions/show_added.html",
        due=moment_in_words(due),
        code=return_code(get_participant(actor.participant_id), secret=settings().secret_key),
        back_url=_here(occasion),
    )


def _cast(occasion: Occasion, form: VoteForm, statement_id: int) -> bool:
    """Note her vote; whether it still counted. The vote of somebody who has begun is written with other people's."""
    facts: dict[str, Any] = {
        "value": VALUES[str(form.answer.data)],
        "matters": bool(form.matters.data),
        "on": day_in(get_city().time_zone, now()),
    }
    if occasion.visit.participation is not None:
        return services.cast_vote_with_others(statement_id, occasion.visit.participation.participant_id, **facts)
    start_writing()
    if not queries.is_open_statement(occasion.step.id, statement_id):
        return False
    services.cast_vote(statement_id, _join(occasion, form), **facts)
    return True


def _draw_statement(occasion: Occasion, form: VoteForm) -> Response:
    actor = current_actor()
    chosen = ""
    wanted = request.args.get("change", type=row_number) or form.statement_id.data
    progress = queries.progress_of(occasion.step.id, actor.participant_id)
    found = queries.find_with_words(wanted) if wanted is not None else None
    if found is not None and found[0].step_id == occasion.step.id and actor.participant_id is not None:
        vote = queries.find_vote(found[0].id, actor.participant_id)
        chosen = NAMES[vote.value] if vote is not None else ""
        form.matters.data = vote.matters if vote is not None else False
    else:
        found = _next(occasion, progress)
    last = request.args.get("after", type=row_number)
    words = readable([found[1]], current_language().tag)[found[1].id] if found else None
    return render(
        "participation/opinions/show_statement.html",
        regions=("statement",),
        status=form.status,
        form=form,
        words=words,
        statement_id=found[0].id if found else 0,
        chosen=chosen,
        progress=progress,
        progress_words=_progress_words(progress),
        last_words=_("Saved. Here is the next statement.") if last else "",
        asks_about_device=actor.participant_id is None,
        vote_url=url_for("opinions.cast_vote", slug=occasion.slug, position=occasion.position),
        change_url=_here(occasion, change=last) if last else None,
        add_url=url_for("opinions.add_statement", slug=occasion.slug, position=occasion.position),
        mine_url=url_for("opinions.list_my_votes", slug=occasion.slug, position=occasion.position),
        back_url=_before(occasion),
        exit_url=exit_url(occasion.visit.consultation),
        next_url=_after(occasion),
    )


def _next(occasion: Occasion, progress: queries.Progress) -> tuple[Any, Any] | None:
    """The statement that needs votes most, in an order of this person's own."""
    # strangers get the order of this minute: nothing about them is used
    seed = f"{occasion.step.id}:{current_actor().participant_id or now().replace(second=0, microsecond=0)}"
    left = dict(progress.left)
    while (chosen := next_statement(left, seed=seed)) is not None:
        found = queries.find_with_words(chosen)
        if found is not None:
            return found
        del left[chosen]  # taken back since the open ones were read
    return None


def _join(occasion: Occasion, form: VoteForm | StatementForm) -> int:
    """The participant's number, once she takes part."""
    if occasion.visit.participation is not None:
        return occasion.visit.participation.participant_id
    is_shared = bool(form.data.get("others_use_this_device"))
    participant = participant_for(form, is_shared=is_shared)
    join_consultation(occasion.visit.consultation, participant.id, language=current_language().tag, at=now())
    return participant.id


def _add(occasion: Occasion, form: StatementForm) -> Any:
    participant_id = _join(occasion, form)
    consultation = occasion.visit.consultation
    draft = ContributionDraft(
        participant_id=participant_id,
        form_key=form.key,
        space=consultation.space,
        subject_kind="statement",
        subject_id=occasion.step.id,
        surface=Surface.PUBLIC,
        body=form.body.data or "",
        language=form.language.data,
        permission=Permission(form.permission.data) if form.permission.data else None,
        unset_permission=Permission(consultation.unset_permission),
        mode=Mode(consultation.moderation_mode),
        channel=Channel.WEB,
    )
    return services.add_statement(draft, author=Author.RESIDENT, by=current_actor(), at=now())


def _languages(occasion: Occasion) -> list[tuple[str, str]]:
    """The page's languages first, then the consultation's other ones, by their own names."""
    names = {tag: language.name for tag, language in all_languages().items()}
    return [(tag, names.get(tag, tag)) for tag in dict.fromkeys([*names, *occasion.visit.consultation.languages])]


def _vote_label(value: int) -> str:
    labels: dict[int, str] = {1: _("I agree"), -1: _("I disagree"), 0: _("I pass")}
    return labels[value]


def _progress_words(progress: queries.Progress) -> str:
    words: str = ngettext(
        "%(answered)s of %(num)s answered",
        "%(answered)s of %(num)s answered",
        progress.total,
        answered=progress.answered,
    )
    return words


def _here(occasion: Occasion, **arguments: Any) -> str:
    return url_for("opinions.show_statement", slug=occasion.slug, position=occasion.position, **arguments)


def _before(occasion: Occasion) -> str:
    if occasion.position > 1:
        return url_for("consultations.answer_step", slug=occasion.slug, position=occasion.position - 1)
    return url_for("consultations.show_consultation", slug=occasion.slug)


def _after(occasion: Occasion) -> str:
    if occasion.position < occasion.total:
        return url_for("consultations.answer_step", slug=occasion.slug, position=occasion.position + 1)
    return url_for("consultations.check_answers", slug=occasion.slug)
