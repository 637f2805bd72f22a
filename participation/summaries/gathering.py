"""Gathers the evidence for one consultation's summary through the public faces of the other rooms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

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
from participation.contributions import Channel, Contribution
from participation.core.clock import day_in
from participation.core.database import db
from participation.core.localized import LocalizedText
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
from .models import Citation, Finding
from .services import can_be_cited, can_be_quoted

#: Kind of step whose results are votes on statements.
STATEMENTS = "statements"


def gather_evidence(consultation: Consultation) -> Evidence:
    """Everything the next summary of this consultation would be made from."""
    steps = list_all_steps(consultation.id)
    cover = queries.find_cover(consultation.space)
    opened_on, closed_on = days_open(consultation, list_stages(consultation.id))
    statements = gather_statements(consultation, steps)
    return Evidence(
        slug=consultation.slug,
        title=consultation.title,
        decided_by=consultation.decided_by,
        languages=tuple(consultation.languages),
        opened_on=opened_on,
        closed_on=closed_on,
        reply_due_on=consultation.reply_due_on,
        is_sensitive=consultation.is_sensitive,
        headline=cover.headline if cover else LocalizedText(),
        introduction=cover.introduction if cover else LocalizedText(),
        took_part=gather_took_part(consultation),
        questions=gather_questions(steps),
        statements=statements,
        findings=gather_findings(queries.list_findings(consultation.space), consultation.languages),
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
                is_current=step.retired_at is None,
            )
        )
    return tuple(questions)


def gather_statements(consultation: Consultation, steps: Sequence[Step]) -> tuple[StatementResult, ...]:
    """How people voted on each statement, with its words where they may be repeated."""
    step_ids = [step.id for step in steps if step.kind == STATEMENTS]
    if not step_ids:
        return ()
    rows = db.session.execute(
        select(Statement, Contribution)
        .join(Contribution, Contribution.id == Statement.contribution_id)
        .where(Statement.step_id.in_(step_ids))
    ).all()
    known = {statement.id: (statement, words) for statement, words in rows}
    said = gather_words([words for _statement, words in rows if _may_be_repeated(words)], consultation.languages)
    found = []
    for result in statement_results(step_ids):
        statement, words = known[result.statement_id]
        found.append(
            StatementResult(
                statement_id=statement.id,
                contribution_id=words.id,
                step_id=statement.step_id,
                author=str(statement.author),
                agree=result.agree,
                disagree=result.disagree,
                passes=result.passed,
                matters=result.matters,
                words=said.get(words.id),
                is_open=statement.is_open,
            )
        )
    return tuple(found)


def gather_findings(findings: Sequence[Finding], languages: Collection[str]) -> tuple[CitedFinding, ...]:
    """Findings with what they cite, counted afresh: words that may not be used any more no longer count."""
    cited: dict[int, list[tuple[Citation, Contribution | None]]] = {finding.id: [] for finding in findings}
    for citation, words in queries.list_citations(list(cited)):
        cited[citation.finding_id].append((citation, words))
    quoted = [words for rows in cited.values() for citation, words in rows if _is_quoted(citation, words)]
    said = gather_words([words for words in quoted if words is not None], languages)
    return tuple(_cited_finding(finding, cited[finding.id], said) for finding in findings)


def _cited_finding(
    finding: Finding, rows: Sequence[tuple[Citation, Contribution | None]], said: Mapping[int, SaidWords]
) -> CitedFinding:
    usable = [(citation, words) for citation, words in rows if words is not None and can_be_cited(words)]
    quotes = [words.id for citation, words in usable if _is_quoted(citation, words)]
    return CitedFinding(
        finding_id=finding.id,
        kind=finding.kind,
        sentence=finding.sentence,
        people=count_voices((words.participant_id, words.people_count) for _citation, words in usable),
        quotes=tuple(said[each] for each in quotes),
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
