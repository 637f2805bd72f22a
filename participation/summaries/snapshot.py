"""The snapshot: everything one public summary shows, in all its languages, as one JSON object that never changes.

It is built from exact `evidence` and holds nothing exact: each figure went through `core.disclosure`. It holds no id of
a person or of anything a person said. Its canonical form (RFC 8785, restricted) has a SHA-256 that anybody can check.

What may be said, beside the rules of `core.disclosure` (numbers of dialogue-and-safety §12):

- one-way tables only; every table there is is made here, and nowhere else (R1);
- a finding that fewer than 10 people's words and no shown result support stands among "other points", without a count
  and without a quote (R13);
- a quote has no descriptor but its language, and the language is named only where at least 10 people took part in it
  (R14);
- channels and ways of coming are coarsened to two groups before they are withheld (R5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from participation.core import disclosure
from participation.core.audit_chain import canonical_json
from participation.core.disclosure import ProtectedTable, Table
from participation.core.localized import LocalizedText

from .evidence import CitedFinding, Evidence, Question, SaidWords, StatementResult, count_by

FORMAT = "participation-summary/1"
#: Key of a coarse group: all other ways together.
OTHER = "other"
#: The one part of each way of taking part that stands by itself when the rest has to be put together.
MAIN_PART = {"channel": "web", "came_by": "open_link"}

Snapshot = dict[str, Any]


@dataclass(frozen=True)
class WordsPlace:
    """Where one person's words stand in a snapshot; nowhere (empty) when they are only counted."""

    contribution_id: int
    finding_id: int | None
    path: str


@dataclass
class Built:
    """A snapshot with what the program keeps beside it, for itself."""

    snapshot: Snapshot
    #: exact tables and what is shown of them, for the ledger
    tables: list[tuple[Table, ProtectedTable]] = field(default_factory=list)
    places: list[WordsPlace] = field(default_factory=list)

    def show(self, table: Table) -> dict[str, Any]:
        """Put one table into the ledger and give what is shown of it."""
        protected = disclosure.protect(table)
        self.tables.append((table, protected))
        return table_as_json(protected)


def build(evidence: Evidence, *, number: int, prepared_on: date) -> Built:
    """The snapshot of release `number` of this evidence. The same evidence gives the same snapshot."""
    built = Built({})
    speakers = count_by(evidence.took_part, "language")
    statements = [_statement(built, each, speakers, evidence, place) for place, each in _shown_statements(evidence)]
    questions = [_question(built, each, evidence.is_sensitive) for each in evidence.questions]
    shown_results = {
        *(("step", each["step"]) for each in questions if each["table"] and not each["table"]["is_withheld"]),
        *(("statement", each["number"]) for each in statements if not each["table"]["is_withheld"]),
    }
    findings = _in_order(evidence.findings, shown_results)
    built.snapshot = {
        "format": FORMAT,
        "number": number,
        "rule_version": disclosure.RULE_VERSION,
        "prepared_on": prepared_on.isoformat(),
        "slug": evidence.slug,
        "languages": list(evidence.languages),
        "title": text_as_json(evidence.title),
        "decided_by": text_as_json(evidence.decided_by),
        "opened_on": _day(evidence.opened_on),
        "closed_on": _day(evidence.closed_on),
        "reply_due_on": _day(evidence.reply_due_on),
        "headline": text_as_json(evidence.headline),
        "introduction": text_as_json(evidence.introduction),
        "people": built.show(_people(evidence)),
        "took_part": [built.show(each) for each in _ways(evidence)],
        "findings": [
            _finding(built, finding, is_other=is_other, place=place, speakers=speakers, evidence=evidence)
            for place, (finding, is_other) in enumerate(findings)
        ],
        "questions": questions,
        "statements": statements,
    }
    return built


def digest(snapshot: Mapping[str, Any]) -> str:
    """SHA-256 of the snapshot's canonical form, 64 hexadecimal digits."""
    return sha256(canonical_json(snapshot)).hexdigest()


def finding_ids(snapshot: Mapping[str, Any]) -> list[int]:
    """Findings in the order in which they stand."""
    return [finding["id"] for finding in snapshot["findings"]]


def blank(snapshot: Snapshot, paths: Iterable[str]) -> bool:
    """Take the words out at these places, in every language; tells whether anything was there."""
    changed = False
    for path in paths:
        *where, last = path.split(".")
        holder: Any = snapshot
        for step in where:
            holder = holder[int(step)] if step.isdigit() else holder[step]
        index: Any = int(last) if last.isdigit() else last
        if not holder[index]["is_blanked"]:
            holder[index] = {
                "is_blanked": True,
                "text": "",
                "language": "und",
                "direction": "auto",
                "names_language": False,
                "translations": {},
            }
            changed = True
    return changed


def text_as_json(text: LocalizedText) -> dict[str, Any]:
    """A staff text with all its languages."""
    texts = {tag: [written, version] for tag, (written, version) in text.texts.items()}
    return {"source": text.source, "version": text.version, "texts": texts}


def text_from_json(kept: Mapping[str, Any]) -> LocalizedText:
    """The staff text again."""
    texts = {tag: (str(written), int(version)) for tag, (written, version) in kept["texts"].items()}
    return LocalizedText(kept["source"], kept["version"], texts)


def table_as_json(table: ProtectedTable) -> dict[str, Any]:
    """What is shown of a table."""
    return {
        "key": table.key,
        "kind": table.kind.value,
        "is_withheld": table.is_withheld,
        "people": table.people,
        "cells": [
            {
                "keys": list(cell.keys),
                "people": cell.people,
                "percent": cell.percent,
                "words": None if cell.words is None else cell.words.value,
            }
            for cell in table.cells
        ],
    }


def counts_as_json(table: Table) -> dict[str, Any]:
    """The exact table, for the ledger only."""
    return {
        "kind": table.kind.value,
        "people": table.people,
        "is_sensitive": table.is_sensitive,
        "cells": [[cell.key, cell.people] for cell in table.cells],
    }


def table_from_json(key: str, kept: Mapping[str, Any]) -> Table:
    """The exact table again."""
    cells = tuple(disclosure.Cell(name, people) for name, people in kept["cells"])
    return Table(key, disclosure.Kind(kept["kind"]), cells, kept["people"], kept["is_sensitive"])


def may_follow(before: Table, after: Table) -> bool:
    """Whether `after` may be shown where `before` was (R11), also when one of them was coarsened and the other not."""
    if {cell.key for cell in before.cells} != {cell.key for cell in after.cells}:
        before, after = _coarse_if_known(before), _coarse_if_known(after)
    return disclosure.may_replace(before, after)


def _coarse_if_known(table: Table) -> Table:
    main = MAIN_PART.get(table.key.removeprefix("people:"))
    return _coarse(table, main) if main else table


def _coarse(table: Table, main: str) -> Table:
    first = sum(cell.people for cell in table.cells if cell.key == main)
    counts = [(main, first), (OTHER, table.people - first)]
    return disclosure.one_way(table.key, counts, is_sensitive=table.is_sensitive)


def _people(evidence: Evidence) -> Table:
    everybody = sum(row.people for row in evidence.took_part)
    return disclosure.one_way("people", [("all", everybody)], is_sensitive=False)


def _ways(evidence: Evidence) -> list[Table]:
    tables = []
    for way in ("channel", "came_by", "language"):
        counts = count_by(evidence.took_part, way)
        if not counts:
            continue
        table = disclosure.one_way(f"people:{way}", counts.items(), is_sensitive=False)
        if way in MAIN_PART and len(counts) > 2 and disclosure.protect(table).is_withheld:
            table = _coarse(table, MAIN_PART[way])
        tables.append(table)
    return tables


def _question(built: Built, question: Question, is_sensitive: bool) -> dict[str, Any]:
    return {
        "step": question.step_id,
        "position": question.position,
        "version": question.version,
        "kind": question.kind,
        "prompt": text_as_json(question.prompt),
        "options": {row.key: text_as_json(row.label) for row in question.rows},
        "answered": built.show(
            disclosure.one_way(f"answered:{question.step_id}", [("all", question.answered)], is_sensitive=False)
        ),
        "table": built.show(question_table(question, is_sensitive)) if question.rows else None,
    }


def question_table(question: Question, is_sensitive: bool) -> Table:
    """The exact table of a question's answers."""
    key = f"step:{question.step_id}"
    counts = [(row.key, row.people) for row in question.rows]
    if question.kind == "several_choices":
        return disclosure.several_choices(key, counts, people=question.answered, is_sensitive=is_sensitive)
    return disclosure.one_way(key, counts, is_sensitive=is_sensitive)


def statement_table(statement: StatementResult, is_sensitive: bool) -> Table:
    """The exact table of the votes on one statement."""
    return disclosure.opinion(
        f"statement:{statement.statement_id}",
        agree=statement.agree,
        disagree=statement.disagree,
        passes=statement.passes,
        is_sensitive=is_sensitive,
    )


def _shown_statements(evidence: Evidence) -> list[tuple[int, StatementResult]]:
    """Statements that people could vote on, in a steady order, each with its place."""
    shown = [each for each in evidence.statements if each.is_open or each.people]
    return list(enumerate(sorted(shown, key=lambda each: each.statement_id)))


def _statement(
    built: Built, statement: StatementResult, speakers: Mapping[str, int], evidence: Evidence, place: int
) -> dict[str, Any]:
    if statement.words is not None:
        built.places.append(WordsPlace(statement.words.contribution_id, None, f"statements.{place}.words"))
    return {
        "number": statement.statement_id,
        "step": statement.step_id,
        "author": statement.author,
        "words": _words(statement.words, speakers),
        "table": built.show(statement_table(statement, evidence.is_sensitive)),
    }


def _in_order(findings: Iterable[CitedFinding], shown: set[tuple[str, int]]) -> list[tuple[CitedFinding, bool]]:
    """Findings in the officer's order, those that too few people support behind the others."""

    def is_other(finding: CitedFinding) -> bool:
        cited = {("step", each) for each in finding.step_ids} | {("statement", each) for each in finding.statement_ids}
        return finding.people < disclosure.SMALLEST_CELL and not cited & shown

    return sorted(((finding, is_other(finding)) for finding in findings), key=lambda pair: pair[1])


def _finding(
    built: Built,
    finding: CitedFinding,
    *,
    is_other: bool,
    place: int,
    speakers: Mapping[str, int],
    evidence: Evidence,
) -> dict[str, Any]:
    quotes = [] if is_other else list(finding.quotes)
    for number, quote in enumerate(quotes):
        built.places.append(WordsPlace(quote.contribution_id, finding.finding_id, f"findings.{place}.quotes.{number}"))
    shown_ids = {quote.contribution_id for quote in quotes}
    every_id = [*(quote.contribution_id for quote in finding.quotes), *finding.counted_ids]
    built.places += [WordsPlace(each, finding.finding_id, "") for each in every_id if each not in shown_ids]
    built.places += [
        WordsPlace(each.contribution_id, finding.finding_id, "")
        for each in evidence.statements
        if each.statement_id in finding.statement_ids and each.author == "resident"
    ]
    people = disclosure.one_way(f"finding:{finding.finding_id}", [("all", finding.people)], is_sensitive=False)
    shown_statements = {each.statement_id for _place, each in _shown_statements(evidence)}
    return {
        "id": finding.finding_id,
        "kind": finding.kind.value,
        "is_other": is_other,
        "sentence": text_as_json(finding.sentence),
        "people": built.show(people) if finding.people else None,
        "quotes": [_words(quote, speakers) for quote in quotes],
        "steps": sorted(finding.step_ids),
        "statements": sorted(set(finding.statement_ids) & shown_statements),
    }


def _words(words: SaidWords | None, speakers: Mapping[str, int]) -> dict[str, Any] | None:
    if words is None:
        return None
    return {
        "is_blanked": False,
        "text": words.text,
        "language": words.language,
        "direction": words.direction,
        "names_language": speakers.get(words.language, 0) >= disclosure.SMALLEST_CELL,
        "translations": {
            tag: {"text": text, "direction": direction, "origin": origin}
            for tag, (text, direction, origin) in words.translations.items()
        },
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
