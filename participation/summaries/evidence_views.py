"""Pages of the evidence: who took part, how each question and statement was answered, what people wrote."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from participation.consultations import Consultation, get_consultation, is_answering, list_stages
from participation.contributions import State, channel_labels, permission_facts
from participation.core.addresses import number_or_zero, row_number
from participation.core.clock import now
from participation.core.languages import current_language, language_name
from participation.core.localized import LocalizedText
from participation.core.pages import Caching, go_to, render
from participation.core.policy import allow, current_actor
from participation.translation import readable

from . import gathering, overview, policy, queries, services
from .blueprint import bp
from .forms import NEW, GatherForm
from .models import FindingKind
from .pages import date_text, frame

BASE = "/<lang>/staff/consultations/<string:slug>/evidence"


@bp.get(BASE)
@allow(policy.can_read_evidence, of=get_consultation)
def show_evidence(consultation: Consultation) -> Response:
    """Who took part, how."""
    exact, may_see = _sight(consultation)
    took_part = gathering.gather_took_part(consultation) if may_see else ()
    opened, closed = gathering.days_open(consultation, list_stages(consultation.id))
    return render(
        "participation/summaries/show_evidence.html",
        caching=Caching.NEVER,
        **frame(consultation, "people"),
        exact=exact,
        may_see=may_see,
        people=overview.people_of(took_part, exact=exact),
        ways=overview.ways_of(took_part, exact=exact) if took_part else [],
        opened=date_text(opened),
        closed=date_text(closed),
    )


@bp.get(BASE + "/questions")
@allow(policy.can_read_evidence, of=get_consultation)
def list_questions(consultation: Consultation) -> Response:
    """How each question was answered."""
    exact, may_see = _sight(consultation)
    language = current_language().tag
    questions = gathering.gather_questions(gathering.list_all_steps(consultation.id)) if may_see else ()
    return render(
        "participation/summaries/list_questions.html",
        caching=Caching.NEVER,
        **frame(consultation, "questions"),
        exact=exact,
        may_see=may_see,
        questions=[
            overview.question_shown(each, language, is_sensitive=consultation.is_sensitive, exact=exact)
            for each in questions
        ],
        form=_gather_form(consultation),
    )


@bp.get(BASE + "/statements")
@allow(policy.can_read_evidence, of=get_consultation)
def list_statements(consultation: Consultation) -> Response:
    """How people voted on each statement; the order stands in the address."""
    exact, may_see = _sight(consultation)
    sort = request.args.get("sort", "people")
    if not exact and sort not in overview.SORTS_FOR_READERS:
        sort = "people"
    page = max(request.args.get("page", 1, type=row_number), 1)
    results, words = gathering.statements_with_words(consultation.id) if may_see else ([], {})
    # words that were refused or wait for a moderator are not for everybody on the staff
    readable_states = queries.USABLE if exact else (State.VISIBLE,)
    results = [each for each in results if words[each.contribution_id].state in readable_states]
    ordered = overview.sorted_statements(results, sort)
    here = ordered[(page - 1) * overview.PAGE : page * overview.PAGE]
    said = readable([words[each.contribution_id] for each in here], current_language().tag)
    return render(
        "participation/summaries/list_statements.html",
        caching=Caching.NEVER,
        **frame(consultation, "statements"),
        exact=exact,
        may_see=may_see,
        statements=[
            (
                overview.statement_shown(each, is_sensitive=consultation.is_sensitive, exact=exact),
                said[each.contribution_id],
            )
            for each in here
        ],
        total=len(ordered),
        sort=sort,
        sorts=_sorts(consultation.slug, sort, exact=exact),
        next_url=_page_url(consultation.slug, sort, page + 1) if len(ordered) > page * overview.PAGE else None,
        previous_url=_page_url(consultation.slug, sort, page - 1) if page > 1 else None,
        form=_gather_form(consultation),
    )


@bp.get(BASE + "/words")
@allow(policy.can_read_words, of=get_consultation)
def list_words(consultation: Consultation) -> Response:
    """What people wrote, to be put together into findings."""
    steps = {step.id: step for step in gathering.list_all_steps(consultation.id) if step.kind == "open"}
    chosen = {name: request.args.get(name, "") for name in ("question", "language", "uncited")}
    step_id = number_or_zero(chosen["question"]) or None
    query = queries.select_words(
        consultation.space,
        step_ids=[step_id] if step_id in steps else list(steps),
        language=chosen["language"],
        uncited_only=bool(chosen["uncited"]),
        after_id=request.args.get("after", type=row_number),
    )
    rows, last = queries.list_words(query)
    cited = queries.findings_of_words([each.id for each in rows])
    language = current_language().tag
    said = readable(rows, language)
    return render(
        "participation/summaries/list_words.html",
        caching=Caching.NEVER,
        **frame(consultation, "words"),
        words=[
            {
                "id": each.id,
                "said": said[each.id],
                "permission": permission_facts[each.effective_permission],
                "can_be_cited": services.can_be_cited(each),
                "can_be_quoted": services.can_be_quoted(each),
                "is_waiting": each.state != "visible",
                "people": each.people_count,
                "channel": channel_labels[each.channel],
                "question": steps[each.subject_id].prompt.read(language) if each.subject_id in steps else "",
                "findings": [
                    (finding.position, url_for("summaries.edit_finding", slug=consultation.slug, finding_id=finding.id))
                    for finding in cited.get(each.id, [])
                ],
            }
            for each in rows
        ],
        chosen=chosen,
        question_choices=[(str(step.id), step.prompt.read(language)) for step in steps.values()],
        language_choices=[(tag, language_name(tag)) for tag in consultation.languages],
        next_url=_next_words(consultation.slug, chosen, last),
        form=_gather_form(consultation),
    )


@bp.post(BASE + "/gather")
@allow(policy.can_write, of=get_consultation)
def gather_words(consultation: Consultation) -> Response:
    """Put what was ticked into a finding: a new one, or one there is."""
    form = _gather_form(consultation)
    gathered = services.Gathered(
        *(
            tuple(dict.fromkeys(request.form.getlist(name, type=row_number)))
            for name in ("words", "steps", "statements")
        )
    )
    if form.is_sent():
        trouble = gathering.find_trouble(consultation, gathered)
        if trouble is None:
            return _put(consultation, form.target.data or NEW, gathered)
        form.refuse(trouble)
    return render(
        "participation/summaries/gather_words.html",
        status=form.status,
        caching=Caching.NEVER,
        **frame(consultation, "words"),
        form=form,
        gathered=gathered,
        back_url=url_for("summaries.list_words", slug=consultation.slug),
    )


def _put(consultation: Consultation, target: str, gathered: services.Gathered) -> Response:
    actor, at = current_actor(), now()
    known = {str(each.id): each for each in queries.list_findings(consultation.space)}
    finding = known.get(target) or services.write_finding(
        consultation.space, LocalizedText(source=consultation.languages[0]), FindingKind.SHARED, by=actor, at=at
    )
    services.cite(finding, gathered, by=actor, at=at)
    return go_to("summaries.edit_finding", slug=consultation.slug, finding_id=finding.id)


def _gather_form(consultation: Consultation) -> GatherForm:
    form = GatherForm.receive(about=consultation.slug)
    language = current_language().tag
    if not policy.can_write(current_actor(), consultation):
        return form.offer([])
    findings = queries.list_findings(consultation.space)
    named = [(each.id, each.position, each.sentence.read(language).text) for each in findings]
    return form.offer(
        [
            (
                finding_id,
                _("%(number)s: %(sentence)s", number=position, sentence=text[:70])
                if text
                else _("%(number)s: not written yet", number=position),
            )
            for finding_id, position, text in named
        ]
    )


def _sight(consultation: Consultation) -> tuple[bool, bool]:
    """Whether exact numbers are shown, and whether any are: readers see protected ones once answering has ended."""
    exact = policy.sees_exact_numbers(current_actor(), consultation)
    return exact, exact or not is_answering(consultation, list_stages(consultation.id), now())


def _sorts(slug: str, sort: str, *, exact: bool) -> list[dict[str, Any]]:
    names = {
        "people": _("Most answers"),
        "agree": _("Most agreed"),
        "disagree": _("Most disagreed"),
        "divided": _("Most divided"),
        "matters": _("Matters most"),
        "number": _("In order"),
    }
    offered = names if exact else overview.SORTS_FOR_READERS
    return [{"label": names[each], "url": _page_url(slug, each, 1), "is_current": each == sort} for each in offered]


def _page_url(slug: str, sort: str, page: int) -> str:
    more = {"page": page} if page > 1 else {}
    return url_for("summaries.list_statements", slug=slug, sort=sort, **more)  # type: ignore[arg-type]


def _next_words(slug: str, chosen: dict[str, str], last: int | None) -> str | None:
    kept = {name: value for name, value in chosen.items() if value}
    return url_for("summaries.list_words", slug=slug, after=last, **kept) if last else None  # type: ignore[arg-type]
