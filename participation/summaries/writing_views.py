"""Pages on which staff write findings, prepare a summary, and on which a second person releases it."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from participation.consultations import Consultation, get_consultation
from participation.contributions import hints_in, permission_facts
from participation.core.addresses import number_or_zero
from participation.core.clock import now
from participation.core.errors import Conflict, DomainError
from participation.core.languages import all_languages, current_language, language_name
from participation.core.localized import LocalizedText
from participation.core.pages import Caching, go_to, render
from participation.core.policy import Actor, Role, allow, current_actor, is_staff
from participation.translation import readable

from . import gathering, policy, queries, releasing, services
from .blueprint import bp
from .evidence import CitedFinding
from .forms import COVER_TEXTS, FINDING_TEXTS, CoverForm, DeedForm, ExportForm, FindingForm, ReleaseForm, text_data
from .labels import finding_labels, finding_tones, lack_labels
from .models import Finding, FindingKind
from .pages import FindingHere, ReleaseHere, day_text, finding_here, frame, summary_context, waiting_here

BASE = "/<lang>/staff/consultations/<string:slug>"
#: Citations listed on a finding's page; all of them count.
MOST_LISTED = 200


@bp.get("/<lang>/staff/summaries")
@allow(is_staff)
def list_work() -> Response:
    """Every consultation with how far its summary is; `waiting` shows those that wait for this person."""
    actor, language = current_actor(), current_language().tag
    waiting = {each.space_id: each for each in queries.waiting_releases("consultation", None)}
    mine = {
        each.space_id
        for each in waiting.values()
        if each.prepared_by != actor.staff_id and actor.has(Role.OFFICER, Role.STEWARD, space=each.space)
    }
    only_waiting = bool(request.args.get("waiting"))
    consultations = queries.list_spaces(only=mine if only_waiting else None)
    released = queries.released_on("consultation", [each.id for each in consultations])
    return render(
        "participation/summaries/list_work.html",
        caching=Caching.NEVER,
        only_waiting=only_waiting,
        rows=[
            {
                "title": each.title.read(language),
                "url": url_for(_first_page(actor, each), slug=each.slug),
                "released_on": day_text(released.get(each.id)),
                "is_waiting": each.id in waiting,
                "waits_for_me": each.id in mine,
                "preview_url": url_for("summaries.preview_summary", slug=each.slug),
            }
            for each in consultations
        ],
    )


@bp.get(BASE + "/summary")
@allow(policy.can_preview, of=get_consultation)
def edit_summary(consultation: Consultation) -> Response:
    """Everything that becomes the next summary, and what is still missing."""
    return _draw_summary(consultation)


def _draw_summary(consultation: Consultation, *, cover: CoverForm | None = None, trouble: Any = None) -> Response:
    space, language, actor = consultation.space, current_language().tag, current_actor()
    findings = queries.list_findings(space)
    outline = gathering.gather_outline(consultation, findings)
    cited = {each.finding_id: each for each in outline.findings}
    releases = queries.list_releases(space)
    cover = cover or _cover_form(consultation, {"headline": outline.headline, "introduction": outline.introduction})
    missing = releasing.list_missing(outline, findings)
    places = {finding.id: finding.position for finding in findings}
    waiting = next((each for each in releases if each.released_at is None), None)
    return render(
        "participation/summaries/edit_summary.html",
        status=max(cover.status, trouble.status if trouble else 200),
        caching=Caching.NEVER,
        **frame(consultation, "summary"),
        form=cover,
        trouble=trouble,
        languages_here=_languages(consultation),
        findings=[_finding_row(each, cited[each.id], language, len(findings)) for each in findings],
        missing=[
            (lack_labels[each.lack], places.get(each.finding_id or 0), each.finding_id, _name(each.language))
            for each in missing
        ],
        deed=DeedForm.receive(about=consultation.slug),
        waiting=waiting,
        is_second=waiting is not None
        and policy.may_be_second(actor, consultation)
        and waiting.prepared_by != actor.staff_id,
        waiting_since=day_text(waiting.prepared_at) if waiting else "",
        releases=[(each.number, day_text(each.released_at)) for each in releases if each.released_at],
        exports=[(day_text(each.made_at), each.kind, each.reason) for each in queries.list_exports(space)],
        export=ExportForm.receive(about=consultation.slug),
        can_export_rows=policy.can_export_rows(actor, consultation),
        has_open_votes=consultation.has_open_votes,
    )


@bp.post(BASE + "/summary/cover")
@allow(policy.can_write, of=get_consultation)
def write_cover(consultation: Consultation) -> Response:
    """Keep headline and introduction."""
    before = queries.find_cover(consultation.space)
    texts = {
        "headline": before.headline if before else LocalizedText(),
        "introduction": before.introduction if before else LocalizedText(),
    }
    form = _cover_form(consultation, texts)
    if not form.is_sent():
        return _draw_summary(consultation, cover=form)
    after = {name: form.read_text(name, text, consultation.languages) for name, text in texts.items()}
    services.write_cover(consultation.space, after["headline"], after["introduction"], by=current_actor(), at=now())
    return go_to("summaries.edit_summary", slug=consultation.slug, _anchor="findings")


@bp.route(BASE + "/findings/<int:finding_id>", methods=["GET", "POST"])
@allow(policy.can_write, of=finding_here)
def edit_finding(here: FindingHere) -> Response:
    """One finding: its sentence in every language, and what it rests on."""
    finding, languages = here.finding, here.consultation.languages
    texts = {"sentence": finding.sentence}
    made = FindingForm.for_texts(FINDING_TEXTS, texts, languages)
    form = made.receive(about=str(finding.id), data={**text_data(texts, languages), "kind": finding.kind})
    if form.is_sent():
        services.reword_finding(
            finding,
            form.read_text("sentence", finding.sentence, languages),
            FindingKind(form["kind"].data),
            by=current_actor(),
            at=now(),
        )
        return go_to("summaries.edit_finding", slug=here.consultation.slug, finding_id=finding.id, _anchor="evidence")
    return _draw_finding(here, form)


def _draw_finding(here: FindingHere, form: FindingForm, trouble: DomainError | None = None) -> Response:
    finding, language = here.finding, current_language().tag
    rows = queries.list_citations([finding.id])
    basis = gathering.cited_basis(finding, rows)
    words = [(citation, each) for citation, each in rows if each is not None]
    said = readable([each for _citation, each in words[:MOST_LISTED]], language)
    return render(
        "participation/summaries/edit_finding.html",
        status=max(form.status, trouble.status if trouble else 200),
        caching=Caching.NEVER,
        **frame(here.consultation, "summary"),
        form=form,
        trouble=trouble,
        finding=finding,
        languages_here=_languages(here.consultation),
        sources={tag: finding.sentence.read(finding.sentence.source) for tag in here.consultation.languages},
        people=basis.people,
        is_thin=bool(basis.people) and basis.people < 10,
        citations=[
            {
                "id": citation.id,
                "said": said[each.id],
                "permission": permission_facts[each.effective_permission],
                "counts": services.can_be_cited(each),
                "can_be_quoted": services.can_be_quoted(each),
                "is_quoted": citation.is_quoted,
                "hints": hints_in(each.body) if services.can_be_quoted(each) else [],
            }
            for citation, each in words[:MOST_LISTED]
        ],
        more=max(len(words) - MOST_LISTED, 0),
        results=gathering.cited_results([citation for citation, each in rows if each is None], language),
        has_figure=any(
            text and any(sign.isdigit() for sign in text) for text, _made in finding.sentence.texts.values()
        ),
        only_counted=bool(words) and not any(services.can_be_told(each) for _citation, each in words),
        deed=DeedForm.receive(about=f"finding {finding.id}"),
        can_sign=policy.can_sign(current_actor(), here),
        signed_on=day_text(finding.signed_at),
    )


@bp.post(BASE + "/findings/<int:finding_id>/deed")
@allow(policy.can_write, of=finding_here)
def change_finding(here: FindingHere) -> Response:
    """Quote or drop one citation, move the finding, or take it out: whichever button was pressed."""
    finding, actor, at = here.finding, current_actor(), now()
    deed, _colon, number = request.form.get("deed", "").partition(":")
    form = DeedForm.receive(about=f"finding {finding.id}")
    if not form.is_sent():
        return _draw_finding(here, _unsent_finding_form(here))
    citation_id = number_or_zero(number)
    if deed in {"quote", "stop"}:
        services.show_words(finding, citation_id, shown=deed == "quote", by=actor, at=at)
    elif deed == "drop":
        services.take_out_citation(finding, citation_id, by=actor, at=at)
    elif deed in {"up", "down"}:
        services.move_finding(finding, by_places=-1 if deed == "up" else 1)
    elif deed == "out":
        services.retire_finding(finding, by=actor, at=at)
    if deed in {"up", "down", "out"}:
        return go_to("summaries.edit_summary", slug=here.consultation.slug, _anchor="findings")
    return go_to("summaries.edit_finding", slug=here.consultation.slug, finding_id=finding.id, _anchor="evidence")


@bp.post(BASE + "/findings/<int:finding_id>/sign")
@allow(policy.can_sign, of=finding_here)
def sign_finding(here: FindingHere) -> Response:
    """Stand by the finding as it is."""
    form = DeedForm.receive(about=f"finding {here.finding.id}")
    if not form.is_sent():
        return _draw_finding(here, _unsent_finding_form(here))
    services.sign_finding(here.finding, by=current_actor(), at=now())
    return go_to("summaries.edit_summary", slug=here.consultation.slug, _anchor="findings")


@bp.post(BASE + "/summary/prepare")
@allow(policy.can_prepare, of=get_consultation)
def prepare_summary(consultation: Consultation) -> Response:
    """Freeze the next summary and let it wait for a second person."""
    form = DeedForm.receive(about=consultation.slug)
    if not form.is_sent():
        return _draw_summary(consultation, trouble=Conflict(form.troubles[0]))
    try:
        evidence = gathering.gather_evidence(consultation)
        releasing.prepare_release(consultation.space, evidence, by=current_actor(), at=now())
    except releasing.TooFewChanged as trouble:
        form.refuse(trouble)
        return _draw_summary(get_consultation(consultation.slug), trouble=trouble)
    return go_to("summaries.preview_summary", slug=consultation.slug)


@bp.get(BASE + "/summary/preview")
@allow(policy.can_preview, of=waiting_here)
def preview_summary(here: ReleaseHere) -> Response:
    """Exactly what would be released, for the second person to look at."""
    return _draw_preview(here, ReleaseForm.receive(about=here.release.sha256))


@bp.post(BASE + "/summary/release")
@allow(policy.can_release, of=waiting_here)
def release_summary(here: ReleaseHere) -> Response:
    """Let everybody see what the second person has looked at."""
    form = ReleaseForm.receive(about=here.release.sha256)
    if not form.is_sent():
        return _draw_preview(here, form)
    try:
        releasing.release_summary(here.release, here.release.sha256, by=current_actor(), at=now())
    except DomainError as trouble:
        form.refuse(trouble)
        return _draw_preview(waiting_here(here.consultation.slug), form)
    return go_to("summaries.show_summary", slug=here.consultation.slug)


@bp.post(BASE + "/summary/send-back")
@allow(policy.can_preview, of=waiting_here)
def send_back_summary(here: ReleaseHere) -> Response:
    """Do not release it as it is; the findings stay and can be changed."""
    form = DeedForm.receive(about=here.release.sha256)
    if not form.is_sent():
        again = ReleaseForm(about=here.release.sha256)
        again.troubles += form.troubles
        return _draw_preview(here, again)
    releasing.throw_away_waiting(here.space, by=current_actor(), at=now())
    return go_to("summaries.edit_summary", slug=here.consultation.slug)


def _draw_preview(here: ReleaseHere, form: ReleaseForm) -> Response:
    actor = current_actor()
    return render(
        "participation/summaries/preview_summary.html",
        status=form.status,
        caching=Caching.NEVER,
        **{**frame(here.consultation, "summary"), **summary_context(here)},
        form=form,
        deed=DeedForm.receive(about=here.release.sha256),
        may_release=policy.can_release(actor, here) and actor.staff_id not in releasing.authors_of(here.release),
        footnotes=(),
        prepared_on=day_text(here.release.prepared_at),
        other_languages=[
            (all_languages()[tag], url_for("summaries.preview_summary", lang=tag, slug=here.consultation.slug))
            for tag in here.consultation.languages
            if tag in all_languages() and tag != current_language().tag
        ],
    )


def _first_page(actor: Actor, consultation: Consultation) -> str:
    return "summaries.edit_summary" if policy.can_preview(actor, consultation) else "summaries.show_evidence"


def _cover_form(consultation: Consultation, texts: dict[str, LocalizedText]) -> CoverForm:
    made = CoverForm.for_texts(COVER_TEXTS, texts, consultation.languages)
    return made.receive(about=consultation.slug, data=text_data(texts, consultation.languages))


def _unsent_finding_form(here: FindingHere) -> FindingForm:
    texts = {"sentence": here.finding.sentence}
    made = FindingForm.for_texts(FINDING_TEXTS, texts, here.consultation.languages)
    data = {**text_data(texts, here.consultation.languages), "kind": here.finding.kind}
    form = made(None, about=str(here.finding.id), data=data)
    form.troubles.append(_("This page was open for a long time. Please press the button once more."))
    return form


def _finding_row(finding: Finding, basis: CitedFinding, language: str, total: int) -> dict[str, Any]:
    return {
        "id": finding.id,
        "position": finding.position,
        "kind": finding_labels[finding.kind],
        "tone": finding_tones[finding.kind],
        "sentence": finding.sentence.read(language),
        "people": basis.people,
        "results": len(basis.step_ids) + len(basis.statement_ids),
        "quotes": len(basis.quotes),
        "is_signed": finding.is_signed,
        "is_first": finding.position == 1,
        "is_last": finding.position == total,
        "deed": DeedForm.receive(about=f"finding {finding.id}"),
    }


def _languages(consultation: Consultation) -> list[tuple[str, str]]:
    return [(tag, language_name(tag)) for tag in consultation.languages]


def _name(tag: str) -> str:
    return language_name(tag) if tag else ""
