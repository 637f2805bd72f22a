"""What the staff see of the evidence: exact numbers for those who look after a space, protected ones for the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import format_decimal, gettext

from participation.contributions import Contribution
from participation.core import disclosure
from participation.core.disclosure import ProtectedTable
from participation.core.languages import language_name, percent_in_words
from participation.core.localized import LocalizedText, Words

from .evidence import Question, StatementResult, TookPart, count_by
from .labels import came_by_labels, channel_labels, opinion_labels, question_labels, share_labels, way_captions
from .reading import Chart, Row
from .snapshot import question_table, statement_table

#: Statements on one page of the evidence.
PAGE = 40
#: Orders that tell no more than the rounded figures do, for those who see only these.
SORTS_FOR_READERS = ("people", "number")


@dataclass(frozen=True)
class QuestionShown:
    """One question on the evidence page."""

    step_id: int
    prompt: Words
    kind: object
    version: int
    is_current: bool
    answered: str
    chart: Chart | None
    #: people by channel, by how they came and by language, each as (name, people)
    ways: list[list[tuple[str, str]]] = field(default_factory=list)


@dataclass(frozen=True)
class StatementShown:
    """One statement on the evidence page."""

    id: int
    contribution_id: int
    author: str
    #: agree, pass, disagree, people and "matters to me", as shown
    figures: list[str]
    is_open: bool


def ways_of(took_part: Sequence[TookPart], *, exact: bool) -> list[Chart]:
    """Who took part, by channel, way of coming and language."""
    charts = []
    for way in ("channel", "came_by", "language"):
        counts = count_by(took_part, way)
        table = disclosure.one_way(f"people:{way}", counts.items() or [("web", 0)], is_sensitive=False)
        name = str(way_captions[way])
        labels: Mapping[str, Words | str] = {key: _way_label(way, key) for key in counts}
        charts.append(_chart(table.key.replace(":", "-"), name, table, labels, exact=exact))
    return charts


def people_of(took_part: Sequence[TookPart], *, exact: bool) -> str:
    """How many people took part."""
    return _people(sum(row.people for row in took_part), exact=exact)


def question_shown(question: Question, language: str, *, is_sensitive: bool, exact: bool) -> QuestionShown:
    """One question with its result."""
    chart = None
    if question.rows:
        labels = {row.key: _label(row.label, row.key, language) for row in question.rows}
        table = question_table(question, is_sensitive)
        chart = _chart(f"step-{question.step_id}", gettext("How people answered"), table, labels, exact=exact)
    ways = [
        [(str(channel_labels.get(key, key)), _number(people)) for key, people in question.by_channel.items()],
        [(str(came_by_labels.get(key, key)), _number(people)) for key, people in question.by_came_by.items()],
        [(language_name(key), _number(people)) for key, people in question.by_language.items()],
    ]
    return QuestionShown(
        step_id=question.step_id,
        prompt=question.prompt.read(language),
        kind=question_labels.get(question.kind, question.kind),
        version=question.version,
        is_current=question.is_current,
        answered=_people(question.answered, exact=exact),
        chart=chart,
        ways=[way for way in ways if way] if exact else [],
    )


def sorted_statements(statements: Sequence[StatementResult], sort: str) -> list[StatementResult]:
    """Statements in the order somebody asked for; ties by number."""

    def share(count: int, statement: StatementResult) -> float:
        return count / statement.people if statement.people else 0.0

    def divided(statement: StatementResult) -> float:
        return min(share(statement.agree, statement), share(statement.disagree, statement))

    orders: Mapping[str, Callable[[StatementResult], float]] = {
        "people": lambda each: -each.people,
        "agree": lambda each: -share(each.agree, each),
        "disagree": lambda each: -share(each.disagree, each),
        "divided": lambda each: -divided(each),
        "matters": lambda each: -each.matters,
        "number": lambda each: 0,
    }
    order = orders.get(sort, orders["people"])
    return sorted(statements, key=lambda each: (order(each), each.statement_id))


def statement_shown(statement: StatementResult, *, is_sensitive: bool, exact: bool) -> StatementShown:
    """One statement with its result."""
    table = statement_table(statement, is_sensitive)
    if exact:
        counts = {"agree": statement.agree, "pass": statement.passes, "disagree": statement.disagree}
        figures = [_with_share(count, statement.people) for count in counts.values()]
        figures += [str(format_decimal(statement.people)), str(format_decimal(statement.matters))]
    else:
        figures = _protected_figures(disclosure.protect(table))
    return StatementShown(
        statement.statement_id, statement.contribution_id, statement.author, figures, statement.is_open
    )


def excerpt(words: Contribution, limit: int = 90) -> str:
    """The beginning of somebody's words, for a list of choices."""
    return words.body if len(words.body) <= limit else words.body[:limit].rstrip() + " …"


def _number(people: int) -> str:
    return str(format_decimal(people))


def _with_share(count: int, people: int) -> str:
    percent = percent_in_words(round(100 * count / people) if people else 0)
    return str(gettext("%(count)s (%(percent)s)", count=format_decimal(count), percent=percent))


def _protected_figures(table: ProtectedTable) -> list[str]:
    if table.is_withheld:
        return [gettext("fewer than 10")] + [""] * 3
    shown = dict.fromkeys(opinion_labels, "")
    for cell in table.cells:
        text = str(share_labels[cell.words]) if cell.words else percent_in_words(cell.percent or 0)
        if len(cell.keys) > 1:
            text = gettext("%(share)s, with pass", share=text)
        shown[cell.keys[0]] = text
    people = str(format_decimal(table.people)) if table.cells[0].words is None else gettext("10 to 30")
    return [shown["agree"], shown["pass"], shown["disagree"], people]


def _people(people: int, *, exact: bool) -> str:
    if exact:
        return str(format_decimal(people))
    if people < disclosure.SMALLEST_CELL:
        return str(gettext("fewer than 10"))
    if people < disclosure.FEWEST_FOR_FIGURES:
        return str(gettext("10 to 30"))
    return str(format_decimal(disclosure.round_to_five(people)))


def _chart(key: str, name: str, table: disclosure.Table, labels: Mapping[str, Words | str], *, exact: bool) -> Chart:
    if exact:
        rows = [
            Row(
                labels.get(cell.key, cell.key),
                round(100 * cell.people / table.people) if table.people else 0,
                _with_share(cell.people, table.people),
            )
            for cell in table.cells
        ]
        return Chart(key, name, name, rows)
    protected = disclosure.protect(table)
    if protected.is_withheld:
        return Chart(key, name, name, [], is_withheld=True)
    rows = []
    for shown in protected.cells:
        label = labels.get(shown.keys[0], shown.keys[0])
        if shown.words:
            rows.append(Row(label, withheld=str(share_labels[shown.words])))
        else:
            rows.append(Row(label, shown.percent or 0, percent_in_words(shown.percent or 0)))
    return Chart(key, name, name, rows)


def _way_label(way: str, key: str) -> str:
    if way == "language":
        return language_name(key)
    return str((channel_labels if way == "channel" else came_by_labels).get(key, key))


def _label(label: LocalizedText, key: str, language: str) -> Words | str:
    return label.read(language) if label else key
