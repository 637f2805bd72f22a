"""Gathers the evidence for one consultation's summary through the public faces of the other rooms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from participation.city import get_city
from participation.consultations import (
    Consultation,
    Stage,
    Step,
    answering_spans,
    count_people,
    list_stages,
)
from participation.contributions import Channel, Contribution, get_contributions
from participation.core.clock import day_in
from participation.core.database import db
from participation.core.errors import Conflict, DomainError, Invalid
from participation.core.localized import LocalizedText, Words
from participation.opinions import Statement, statement_results
from participation.surveys import question_results
from participation.translation import Translation

from . import queries
from .evidence import (
    AnswerCount,
    CitedFinding,
    Evidence,
    Question,
    SaidWords,
    StatementResult,
    TookPart,
)
from .evidence import (
    count_people as count_voices,
)
from .models import Citation, Finding, FindingKind
from .services import Gathered, can_be_cited, can_be_quoted

#: Kind of step whose results are votes on statements.
STATEMENTS = "statements"


def gather_evidence(consultation: Consultation) -> Evidence:
    """Everything the next summary of this consultation would be made from."""
    opened_on, closed_on = days_open(consultation, list_stages(consultation.id))
    return replace(
        gather_outline(consultation, queries.list_findings(consultation.space)),
        opened_on=opened_on,
        closed_on=closed_on,
        took_part=gather_took_part(consultation),
        questions=gather_questions(list_all_steps(consultation.id)),
        statements=gather_statements(consultation),
    )


def gather_outline(consultation: Consultation, findings: Sequence[Finding]) -> Evidence:
    """What the staff write of the next summary, without the results it will show beside."""
    cover = queries.find_cover(consultation.space)
    return Evidence(
        slug=consultation.slug,
        title=consultation.title,
        decided_by=consultation.decided_by,
        languages=tuple(consultation.languages),
        opened_on=None,
        closed_on=None,
        reply_due_on=consultation.reply_due_on,
        is_sensitive=consultation.is_sensitive,
        headline=cover.headline if cover else LocalizedText(),
        introduction=cover.introduction if cover else LocalizedText(),
        took_part=(),
        questions=(),
        statements=(),
        findings=gather_findings(findings, consultation.languages),
    )


def gather_took_part(consultation: Consultation) -> tuple[TookPart, ...]:
    """Who took part, how."""
    return tuple(
        TookPart(str(row.channel), str(row.came_by), row.language, row.people) for row in count_people(consultation.id)
    )


def list_all_steps(consultation_id: int) -> Sequence[Step]:
    """Every version of every step, in the order of the questions, the newest version first."""
    return (
        db.session.execute(
            select(Step)
            .where(Step.consultation_id == consultation_id)
            .order_by(Step.position, Step.lineage, Step.version.desc())
        )
        .scalars()
        .all()
    )


def gather_questions(steps: Sequence[Step]) -> tuple[Question, ...]:
    """How each question was answered; earlier versions only where somebody answered them."""
    asked = [step for step in steps if step.kind != STATEMENTS]
    results = question_results(asked) if asked else {}
    questions = []
    for step in asked:
        result = results[step.id]
        if step.retired_at is not None and not result.answered_people:
            continue
        questions.append(
            Question(
                step_id=step.id,
                position=step.position,
                version=step.version,
                kind=step.kind,
                prompt=step.prompt,
                answered=result.answered_people,
                rows=tuple(AnswerCount(str(row.key), row.label, row.people) for row in result.rows),
                by_channel=result.by_channel,
                by_language=result.by_language,
                by_came_by=result.by_came_by,
                is_current=step.retired_at is None,
            )
        )
    return tuple(questions)


def gather_statements(consultation: Consultation) -> tuple[StatementResult, ...]:
    """How people voted on each statement, with its words where they may be repeated."""
    results, words = statements_with_words(consultation.id)
    repeatable = [each for each in words.values() if _may_be_repeated(each)]
    said = gather_words(repeatable, consultation.languages)
    return tuple(replace(each, words=said.get(each.contribution_id)) for each in results)


def statements_with_words(consultation_id: int) -> tuple[list[StatementResult], dict[int, Contribution]]:
    """How people voted on each statement, and the statements' words by contribution, for the staff."""
    rows = db.session.execute(
        select(Statement, Contribution)
        .join(Contribution, Contribution.id == Statement.contribution_id)
        .join(Step, Step.id == Statement.step_id)
        .where(Step.consultation_id == consultation_id)
    ).all()
    statements = {statement.id: statement for statement, _words in rows}
    results = statement_results(sorted({statement.step_id for statement in statements.values()})) if rows else []
    found = [
        StatementResult(
            statement_id=each.statement_id,
            contribution_id=each.contribution_id,
            step_id=each.step_id,
            author=str(statements[each.statement_id].author),
            agree=each.agree,
            disagree=each.disagree,
            passes=each.passed,
            matters=each.matters,
            words=None,
            is_open=statements[each.statement_id].is_open,
        )
        for each in results
    ]
    return found, {words.id: words for _statement, words in rows}


def find_trouble(consultation: Consultation, gathered: Gathered) -> DomainError | None:
    """Why this cannot be cited: nothing was ticked, or a question or statement is of another consultation."""
    if not gathered:
        return Invalid(_l("Please tick at least one thing the finding rests on."))
    own = {step.id for step in list_all_steps(consultation.id)}
    rows = db.session.execute(select(Statement.step_id).where(Statement.id.in_(gathered.statement_ids))).scalars().all()
    words = get_contributions(gathered.contribution_ids).values()
    is_fine = (
        set(gathered.step_ids) <= own
        and len(rows) == len(gathered.statement_ids)
        and set(rows) <= own
        and len(words) == len(gathered.contribution_ids)
        and all(can_be_cited(each) and each.space == consultation.space for each in words)
    )
    if is_fine:
        return None
    return Conflict(_l("The author of some of these words does not allow them to be used. Please look again."))


def gather_findings(findings: Sequence[Finding], languages: Collection[str]) -> tuple[CitedFinding, ...]:
    """Findings with what they cite, counted afresh: words that may not be used any more no longer count."""
    cited: dict[int, list[tuple[Citation, Contribution | None]]] = {finding.id: [] for finding in findings}
    for citation, words in queries.list_citations(list(cited)):
        cited[citation.finding_id].append((citation, words))
    quoted = [words for rows in cited.values() for citation, words in rows if _is_quoted(citation, words)]
    said = gather_words([words for words in quoted if words is not None], languages)
    return tuple(_cited_finding(finding, cited[finding.id], said) for finding in findings)


def cited_basis(finding: Finding, rows: Sequence[tuple[Citation, Contribution | None]]) -> CitedFinding:
    """What one finding rests on, counted; without the words themselves."""
    return _cited_finding(finding, rows, {})


def cited_results(citations: Sequence[Citation], language: str) -> list[tuple[int, str, Words]]:
    """Questions and statements that are cited: the citation's number, which of the two, and its words."""
    step_ids = [each.step_id for each in citations if each.step_id is not None]
    statement_ids = [each.statement_id for each in citations if each.statement_id is not None]
    steps = db.session.execute(select(Step).where(Step.id.in_(step_ids))).scalars() if step_ids else ()
    prompts = {step.id: step.prompt.read(language) for step in steps}
    said: dict[int, Words] = {}
    if statement_ids:
        rows = db.session.execute(
            select(Statement.id, Contribution)
            .join(Contribution, Contribution.id == Statement.contribution_id)
            .where(Statement.id.in_(statement_ids))
        )
        said = {number: Words(words.body, words.language, words.direction) for number, words in rows}
    found = []
    for each in citations:
        if each.step_id is not None:
            found.append((each.id, "question", prompts[each.step_id]))
        elif each.statement_id is not None:
            found.append((each.id, "statement", said[each.statement_id]))
    return found


def _cited_finding(
    finding: Finding, rows: Sequence[tuple[Citation, Contribution | None]], said: Mapping[int, SaidWords]
) -> CitedFinding:
    usable = [(citation, words) for citation, words in rows if words is not None and can_be_cited(words)]
    quotes = [words.id for citation, words in usable if _is_quoted(citation, words)]
    return CitedFinding(
        finding_id=finding.id,
        kind=FindingKind(finding.kind),
        sentence=finding.sentence,
        people=count_voices((words.participant_id, words.people_count) for _citation, words in usable),
        quotes=tuple(said[each] for each in quotes if each in said),
        counted_ids=tuple(words.id for _citation, words in usable if words.id not in quotes),
        step_ids=tuple(citation.step_id for citation, _words in rows if citation.step_id is not None),
        statement_ids=tuple(citation.statement_id for citation, _words in rows if citation.statement_id is not None),
    )


def gather_words(contributions: Sequence[Contribution], languages: Collection[str]) -> dict[int, SaidWords]:
    """Words with their translations into these languages; translations of an older wording are left out."""
    translations: dict[int, dict[str, tuple[str, str, str]]] = {}
    versions = {each.id: each.version for each in contributions}
    if versions:
        rows = db.session.execute(
            select(Translation).where(Translation.contribution_id.in_(versions), Translation.language.in_(languages))
        ).scalars()
        for row in rows:
            if row.source_version >= versions[row.contribution_id]:
                kept = translations.setdefault(row.contribution_id, {})
                kept[row.language] = (row.text, row.direction, str(row.origin))
    return {
        each.id: SaidWords(each.id, each.body, each.language, each.direction, translations.get(each.id, {}))
        for each in contributions
    }


def days_open(consultation: Consultation, stages: Sequence[Stage]) -> tuple[date | None, date | None]:
    """First and last day on which residents could answer, in the city's time zone; None where there is none yet."""
    spans = answering_spans(consultation, stages)
    if not spans:
        return None, None
    zone = get_city().time_zone
    ends = [span.closes_at for span in spans]
    closed = None if any(end is None for end in ends) else max(end for end in ends if end is not None)
    return day_in(zone, min(span.opens_at for span in spans)), None if closed is None else day_in(zone, closed)


def _may_be_repeated(words: Contribution) -> bool:
    """Whether a statement's words may stand in a summary: the city's own, or its author allows quoting."""
    return can_be_quoted(words) or (words.participant_id is None and words.channel == Channel.CITY and bool(words.body))


def _is_quoted(citation: Citation, words: Contribution | None) -> bool:
    return citation.is_quoted and words is not None and can_be_quoted(words)
