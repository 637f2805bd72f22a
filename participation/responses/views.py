"""Pages of the city's answers: for everybody, and for the officers who write them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from participation.consultations import Consultation, get_consultation
from participation.core.clock import now
from participation.core.errors import DomainError, NotFound
from participation.core.languages import current_language, language_name
from participation.core.localized import LocalizedText
from participation.core.pages import Caching, go_to, render
from participation.core.policy import PUBLIC, Space, allow, current_actor, is_staff
from participation.summaries import Finding, get_finding, released_finding_ids, text_data

from . import policy, queries, services
from .due import standing_of
from .forms import ANSWER_TEXTS, AnswerForm, DoneForm
from .models import AnswerKind
from .showing import list_answered, shown_answer, today

bp = Blueprint("responses", __name__)


@dataclass(frozen=True)
class Asked:
    """A released finding with the consultation its address names."""

    consultation: Consultation
    finding: Finding

    @property
    def space(self) -> Space:
        """Where roles are granted."""
        return self.consultation.space


def asked(slug: str, finding_id: int) -> Asked:
    """The released finding with this number, in this consultation.

    Raises:
        NotFound: it is somewhere else, or in no summary everybody can read.
    """
    consultation, finding = get_consultation(slug), get_finding(finding_id)
    if finding.space != consultation.space or finding.id not in released_finding_ids(consultation.space):
        raise NotFound
    return Asked(consultation, finding)


@bp.get("/<lang>/you-said-we-did")
@allow(PUBLIC)
def list_answers() -> Response:
    listed = list_answered(current_language().tag)
    return render(
        "participation/responses/list_answers.html",
        caching=Caching.PUBLIC,
        answers=listed,
        late=sum(each.standing.is_overdue for each in listed),
        done=sum(each.standing.is_done for each in listed),
        total=len(listed),
    )


@bp.get("/<lang>/staff/answers")
@allow(is_staff)
def list_owed() -> Response:
    shows = request.args.get("show", "")
    actor = current_actor()
    listed = list_answered(current_language().tag)
    if shows == "overdue":
        listed = [each for each in listed if each.standing.is_overdue]
    elif shows == "missing":
        listed = [each for each in listed if not each.standing.is_answered]
    return render(
        "participation/responses/list_owed.html",
        caching=Caching.NEVER,
        answers=listed,
        shows=shows,
        may_answer={each.finding_id for each in listed if policy.can_answer(actor, each)},
        filters=[
            (_("All"), url_for("responses.list_owed"), not shows),
            (_("Overdue"), url_for("responses.list_owed", show="overdue"), shows == "overdue"),
            (_("Without an answer"), url_for("responses.list_owed", show="missing"), shows == "missing"),
        ],
    )


@bp.route("/<lang>/staff/consultations/<string:slug>/answers/<int:finding_id>", methods=["GET", "POST"])
@allow(policy.can_answer, of=asked)
def write_answer(here: Asked) -> Response:
    history = queries.list_history(here.finding.id)
    newest = history[0] if history else None
    languages = here.consultation.languages
    texts = {
        "text": newest.text if newest else LocalizedText(),
        "owner": newest.owner if newest else LocalizedText(),
        "passed_to": (newest.passed_to if newest else None) or LocalizedText(),
    }
    made = AnswerForm.for_texts(ANSWER_TEXTS, texts, languages)
    first = {"kind": newest.kind if newest else None, "due_on": newest.due_on if newest else None}
    form = made.receive(about=str(here.finding.id), data={**text_data(texts, languages), **first})
    if form.is_sent():
        try:
            services.publish_response(here.finding, _draft(form, texts, languages), by=current_actor(), at=now())
            return go_to("responses.write_answer", slug=here.consultation.slug, finding_id=here.finding.id, saved=1)
        except DomainError as trouble:
            trouble.field = f"{trouble.field}-{languages[0]}" if trouble.field in texts else trouble.field
            form.refuse(trouble)
            here = asked(here.consultation.slug, here.finding.id)
    return _draw(here, form, DoneForm.receive(about=str(here.finding.id), data={"done_on": today()}))


@bp.post("/<lang>/staff/consultations/<string:slug>/answers/<int:finding_id>/done")
@allow(policy.can_answer, of=asked)
def mark_done(here: Asked) -> Response:
    form = DoneForm.receive(about=str(here.finding.id))
    current = queries.current_responses([here.finding.id]).get(here.finding.id)
    if current is None:
        raise NotFound
    if form.is_sent() and form.done_on.data:
        services.mark_done(current, on=form.done_on.data, by=current_actor(), at=now(), finding=here.finding)
    return go_to("responses.write_answer", slug=here.consultation.slug, finding_id=here.finding.id, saved=1)


def _draw(here: Asked, form: AnswerForm, done: DoneForm) -> Response:
    language = current_language().tag
    history = queries.list_history(here.finding.id)
    promised = here.consultation.reply_due_on
    versions = [
        shown
        for each in history
        if (shown := shown_answer(standing_of(here.finding.id, each, promised, today()), language))
    ]
    newest = history[0] if history else None
    return render(
        "participation/responses/write_answer.html",
        status=form.status,
        caching=Caching.NEVER,
        form=form,
        done=done,
        can_be_done=newest is not None
        and newest.kind in {AnswerKind.WE_WILL, AnswerKind.PARTLY}
        and newest.done_on is None,
        sentence=here.finding.sentence.read(language),
        title=here.consultation.title.read(language),
        slug=here.consultation.slug,
        finding_id=here.finding.id,
        languages_here=[(tag, language_name(tag)) for tag in here.consultation.languages],
        versions=versions,
        was_saved="saved" in request.args,
    )


def _draft(form: AnswerForm, texts: dict[str, LocalizedText], languages: list[str]) -> services.ResponseDraft:
    read = {name: form.read_text(name, before, languages) for name, before in texts.items()}
    return services.ResponseDraft(
        kind=AnswerKind(form["kind"].data),
        due_on=form["due_on"].data,
        text=read["text"],
        owner=read["owner"],
        passed_to=read["passed_to"],
    )
