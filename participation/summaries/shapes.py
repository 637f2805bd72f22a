"""What the tables of a published summary hold, column by column, and their rows from the snapshot.

Nothing is counted or rounded here: a cell of a file is a cell of the snapshot. Column names and descriptions are
English, for they are for machines and for those who build on them; what people said stands in their own language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .answers import AnswerShown
from .snapshot import Snapshot
from .tables import Column, ColumnKind, TableShape

TEXT, NUMBER, TRUTH, DAY = ColumnKind.TEXT, ColumnKind.NUMBER, ColumnKind.TRUTH, ColumnKind.DAY
#: Stands where a table has no rows to name: an open question, or a table that is withheld whole.
NONE = "-"
SHARES = ("few", "some", "about_half", "most")
_PEOPLE = Column("people", NUMBER, "People, rounded to 5; empty where fewer than 30 or withheld")
_PERCENT = Column("percent", NUMBER, "Share in whole percent, reckoned from rounded counts")
_WORDS = Column("share_in_words", TEXT, "Share where fewer than 30 people answered", choices=SHARES)
_WITHHELD = Column("is_withheld", TRUTH, "Whether the figures are withheld because they would tell of few people", True)

Rows = Iterable[Sequence[object]]


def finding_table(snapshot: Snapshot, answers: Mapping[int, AnswerShown]) -> tuple[TableShape, Rows]:
    """Findings with the city's answers."""
    languages = snapshot["languages"]
    columns = (
        Column("finding", NUMBER, "Number of the finding; stays the same in later summaries", True),
        Column("place", NUMBER, "Place in the summary, from 1", True),
        Column("kind", TEXT, "How those who spoke stand to each other", True, ("shared", "disagreement", "minority")),
        Column("is_other_point", TRUTH, "Whether fewer than 10 people made this point", True),
        Column("people", NUMBER, "People whose words it rests on, rounded to 5; empty where fewer than 30 or withheld"),
        Column("people_in_words", TEXT, "The same in words", choices=("10 to 30", "fewer than 10")),
        *(Column(f"sentence_{_tag(tag)}", TEXT, f"The finding, {tag}") for tag in languages),
        Column("statements", TEXT, "Numbers of statements it rests on, with spaces between"),
        Column("questions", TEXT, "Numbers of questions it rests on, with spaces between"),
        Column("quotes", NUMBER, "How many people’s words are quoted", True),
        Column("answer", TEXT, "What the city answers", choices=ANSWERS),
        Column("answer_text", TEXT, "The answer in the city’s words"),
        Column("answer_owner", TEXT, "Office that answers for it"),
        Column("answer_due_on", DAY, "Day by which it is done or decided"),
        Column("answer_done_on", DAY, "Day on which it was done"),
    )
    return TableShape("findings", "Findings and answers", columns, ("finding",)), _finding_rows(snapshot, answers)


ANSWERS = ("we_will", "partly", "we_cannot", "not_ours", "still_deciding", "none_yet")


def _finding_rows(snapshot: Snapshot, answers: Mapping[int, AnswerShown]) -> Iterator[Sequence[object]]:
    for place, finding in enumerate(snapshot["findings"], 1):
        people, answer = finding["people"], answers.get(finding["id"])
        figure = people["cells"][0]["people"] if people and not people["is_withheld"] else None
        yield [
            finding["id"],
            place,
            finding["kind"],
            finding["is_other"],
            figure,
            None if people is None or figure is not None else _few(people),
            *(_text(finding["sentence"], tag) for tag in snapshot["languages"]),
            " ".join(map(str, finding["statements"])) or None,
            " ".join(map(str, finding["steps"])) or None,
            sum(not quote["is_blanked"] for quote in finding["quotes"]),
            *(_answer_cells(answer) if answer else (None, None, None, None, None)),
        ]


def question_table(snapshot: Snapshot) -> tuple[TableShape, Rows]:
    """Questions and how many people gave each answer."""
    columns = (
        Column("question", NUMBER, "Number of the question in this version", True),
        Column("option", TEXT, "The answer, by its key; - where a question has no answers to choose from", True),
        Column("position", NUMBER, "Place of the question, from 1", True),
        Column("version", NUMBER, "Grows when a question was changed after people answered; counted apart", True),
        Column("kind", TEXT, "Kind of question", True, ("open", "one_choice", "several_choices", "scale", "ranking")),
        Column("prompt", TEXT, "The question in its source language", True),
        Column("label", TEXT, "The answer in the source language; of a ranking: what came first"),
        Column("answered", NUMBER, "People who answered the question, rounded to 5"),
        _PEOPLE,
        _PERCENT,
        _WORDS,
        _WITHHELD,
    )
    return TableShape("questions", "Questions", columns, ("question", "option")), _question_rows(snapshot)


def _question_rows(snapshot: Snapshot) -> Iterator[Sequence[object]]:
    for question in snapshot["questions"]:
        answered = question["answered"]
        shared = [question["position"], question["version"], question["kind"], _source(question["prompt"])]
        table = question["table"]
        if table is None or table["is_withheld"]:
            withheld = bool(table) or answered["is_withheld"]
            yield [question["step"], NONE, *shared, None, _figure(answered), None, None, None, withheld]
            continue
        for cell in table["cells"]:
            key = cell["keys"][0]
            label = _source(question["options"][key]) or key
            yield [question["step"], key, *shared, label, _figure(answered), *_cell(cell), False]


def statement_table(snapshot: Snapshot) -> tuple[TableShape, Rows]:
    """Statements and how people voted."""
    sides = ("agree", "pass", "disagree", "agree_or_pass", "disagree_or_pass")
    columns = (
        Column("statement", NUMBER, "Number of the statement", True),
        Column("question", NUMBER, "Number of the set of statements it belongs to", True),
        Column("author", TEXT, "Who put it forward", True, ("city", "resident", "import")),
        Column("language", TEXT, "Language of its words (BCP 47)"),
        Column("words", TEXT, "The statement; empty where its author did not allow it, or took it back"),
        Column("people", NUMBER, "People who voted on it, rounded to 5; empty where fewer than 30 or withheld"),
        *(Column(side, NUMBER, f"People: {side.replace('_', ' ')}, rounded to 5") for side in sides),
        *(Column(f"{side}_percent", NUMBER, f"Share: {side.replace('_', ' ')}") for side in sides),
        *(Column(f"{side}_in_words", TEXT, "Share where fewer than 30 voted", choices=SHARES) for side in sides),
        _WITHHELD,
    )
    return TableShape("statements", "Statements", columns, ("statement",)), _statement_rows(snapshot)


def _statement_rows(snapshot: Snapshot) -> Iterator[Sequence[object]]:
    for statement in snapshot["statements"]:
        table, words = statement["table"], statement["words"]
        shown = bool(words) and not words["is_blanked"]
        sides = (("agree",), ("pass",), ("disagree",), ("agree", "pass"), ("disagree", "pass"))
        cells = {tuple(cell["keys"]): cell for cell in table["cells"]}
        of_side = [cells.get(side) for side in sides]
        yield [
            statement["number"],
            statement["step"],
            statement["author"],
            words["language"] if shown else None,
            words["text"] if shown else None,
            _figure(table),
            *(cell["people"] if cell else None for cell in of_side),
            *(cell["percent"] if cell else None for cell in of_side),
            *(cell["words"] if cell else None for cell in of_side),
            table["is_withheld"],
        ]


def people_table(snapshot: Snapshot) -> tuple[TableShape, Rows]:
    """Who took part, by channel, way of coming and language."""
    columns = (
        Column("way", TEXT, "What people are told apart by", True, ("all", "channel", "came_by", "language")),
        Column("group", TEXT, "The group; - where the whole table is withheld", True),
        _PEOPLE,
        _PERCENT,
        _WORDS,
        _WITHHELD,
    )
    return TableShape("people", "Who took part", columns, ("way", "group")), _people_rows(snapshot)


def _people_rows(snapshot: Snapshot) -> Iterator[Sequence[object]]:
    for table in (snapshot["people"], *snapshot["took_part"]):
        way = table["key"].partition(":")[2] or "all"
        if table["is_withheld"]:
            yield [way, NONE, None, None, None, True]
        for cell in table["cells"]:
            yield [way, cell["keys"][0], *_cell(cell), False]


def _cell(cell: Mapping[str, Any]) -> tuple[object, object, object]:
    return cell["people"], cell["percent"], cell["words"]


def _figure(table: Mapping[str, Any]) -> int | None:
    """The total as a figure, where there are figures at all."""
    if table["is_withheld"] or any(cell["words"] for cell in table["cells"]):
        return None
    people: int | None = table["people"]
    return people


def _few(people: Mapping[str, Any]) -> str:
    return "fewer than 10" if people["is_withheld"] else "10 to 30"


def _answer_cells(answer: AnswerShown) -> tuple[object, ...]:
    return answer.kind, answer.text.text or None, answer.owner.text or None, answer.due_on, answer.done_on


def _text(kept: Mapping[str, Any], tag: str) -> str | None:
    return kept["texts"][tag][0] if tag in kept["texts"] else None


def _source(kept: Mapping[str, Any]) -> str:
    text: str = kept["texts"].get(kept["source"], ("",))[0]
    return text


def _tag(tag: str) -> str:
    return tag.lower().replace("-", "_")
