"""A snapshot as one reader gets it: in her language, with the sentences that say its numbers.

Only what stands in the snapshot is read here, so that the page, the stand-alone file and the second person's preview
show the same. Nothing is counted, rounded or decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from babel.lists import format_list
from flask_babel import format_decimal, get_locale, gettext, ngettext

from participation.core.languages import day_in_words, direction_of, language_name
from participation.core.localized import Words

from .labels import (
    came_by_labels,
    channel_labels,
    channel_phrases,
    finding_labels,
    finding_tones,
    opinion_labels,
    share_labels,
    way_captions,
)
from .models import FindingKind
from .snapshot import Snapshot, text_from_json

#: Statements drawn on the page itself; all others are one tap away.
MOST_DRAWN = 12


@dataclass(frozen=True)
class ShownWords:
    """A person's words for one reader; drawn by `ui.words`."""

    text: str
    language: str
    direction: str
    translated_from: str | None = None
    origin: str | None = None
    original_url: str | None = None
    #: whether they were taken back after the release
    is_blanked: bool = False


@dataclass(frozen=True)
class StatementRow:
    """One statement in a chart of agree, pass, disagree; drawn by `ui.bar_chart`."""

    number: int
    label: ShownWords
    agree: int = 0
    passed: int = 0
    disagree: int = 0
    answers: str = ""
    #: why there are no figures, or False
    withheld: str | bool = False
    #: side with which pass is counted together: "agree", "disagree" or ""
    merged: str = ""


@dataclass(frozen=True)
class Row:
    """One answer in a chart of shares; drawn by `ui.simple_bars`."""

    label: Words | str
    percent: int = 0
    shown: str = ""
    withheld: str | bool = False


@dataclass(frozen=True)
class Chart:
    """One question or one way of taking part, as a chart with its sentence."""

    key: str
    name: Words | str
    caption: str
    rows: list[Row]
    is_withheld: bool = False
    #: "1,120 people answered"
    answered: str = ""


@dataclass(frozen=True)
class ShownFinding:
    """One finding as a reader gets it."""

    id: int
    number: int
    kind: str
    kind_label: object
    tone: str
    sentence: Words
    people: str
    is_other: bool
    quotes: list[ShownWords] = field(default_factory=list)
    statements: list[StatementRow] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)


@dataclass(frozen=True)
class ShownSummary:
    """One whole summary as a reader gets it."""

    number: int
    title: Words
    headline: Words
    introduction: Words
    decided_by: Words
    #: "About 1,240 people took part: online, on paper and by phone."
    took_part: str
    dates: str
    findings: list[ShownFinding]
    others: list[ShownFinding]
    questions: list[Chart]
    statements: list[StatementRow]
    ways: list[Chart]
    #: names of tables that are not shown at all
    withheld: list[Words | ShownWords | str]
    rule_version: str
    #: whether the last day for answers had passed when it was prepared
    has_ended: bool = True

    @property
    def drawn(self) -> list[StatementRow]:
        """Statements drawn on the page: those with most answers, in their order."""
        return self.statements[:MOST_DRAWN]


def _(sentence: str, /, **facts: object) -> str:
    return str(gettext(sentence, **facts))


def _people(one: str, many: str, people: int) -> str:
    """A sentence with a number of people, in the form its language needs for this number."""
    return str(ngettext(one, many, people, number=format_decimal(people)))


def read_summary(snapshot: Snapshot, language: str) -> ShownSummary:
    """The snapshot for a reader of `language`."""
    rows = {each["number"]: _statement(each, language) for each in snapshot["statements"]}
    charts = {each["step"]: _question(each, language) for each in snapshot["questions"]}
    findings = [_finding(each, number, rows, charts, language) for number, each in enumerate(snapshot["findings"], 1)]
    answered = {each["number"]: each["table"]["people"] or 0 for each in snapshot["statements"]}
    return ShownSummary(
        number=snapshot["number"],
        title=text_from_json(snapshot["title"]).read(language),
        headline=text_from_json(snapshot["headline"]).read(language),
        introduction=text_from_json(snapshot["introduction"]).read(language),
        decided_by=text_from_json(snapshot["decided_by"]).read(language),
        took_part=read_took_part(snapshot),
        dates=_dates(snapshot),
        findings=[each for each in findings if not each.is_other],
        others=[each for each in findings if each.is_other],
        questions=list(charts.values()),
        statements=sorted(rows.values(), key=lambda row: (-answered[row.number], row.number)),
        ways=[_way(table) for table in snapshot["took_part"]],
        withheld=_withheld(snapshot, language),
        rule_version=snapshot["rule_version"],
        has_ended=bool(snapshot["closed_on"]) and snapshot["closed_on"] <= snapshot["prepared_on"],
    )


def people_sentence(table: Mapping[str, Any] | None) -> str:
    """How many people said something, as precisely as it may be told; empty where nobody's words are cited."""
    if table is None:
        return ""
    if table["is_withheld"]:
        return _("Fewer than 10 people said this in their own words.")
    if table["cells"][0]["people"] is None:
        return _("Between 10 and 30 people said this in their own words.")
    return _people(
        "About %(number)s person said this in their own words.",
        "About %(number)s people said this in their own words.",
        table["people"],
    )


def people_figure(table: Mapping[str, Any]) -> str:
    """How many people answered, beside a bar."""
    if table["is_withheld"]:
        return ""
    if table["cells"][0]["people"] is None:
        return _("10 to 30")
    return str(format_decimal(table["people"]))


def finding_people(snapshot: Snapshot) -> dict[int, str]:
    """Finding → sentence with its count."""
    return {each["id"]: people_sentence(each["people"]) for each in snapshot["findings"]}


def read_took_part(snapshot: Snapshot) -> str:
    """How many people took part, and in which ways."""
    people = snapshot["people"]
    if people["is_withheld"]:
        return _("Fewer than 10 people took part.")
    is_small = people["cells"][0]["people"] is None
    ways = [str(channel_phrases.get(each, each)) for each in _present(snapshot, "channel")]
    if not ways:
        if is_small:
            return _("Between 10 and 30 people took part.")
        return _people("About %(number)s person took part.", "About %(number)s people took part.", people["people"])
    listed = format_list(ways, locale=get_locale())
    if is_small:
        return _("Between 10 and 30 people took part: %(ways)s.", ways=listed)
    return str(
        ngettext(
            "About %(number)s person took part: %(ways)s.",
            "About %(number)s people took part: %(ways)s.",
            people["people"],
            number=format_decimal(people["people"]),
            ways=listed,
        )
    )


def _present(snapshot: Snapshot, way: str) -> list[str]:
    """Ways in which people took part, where that may be told."""
    for table in snapshot["took_part"]:
        if table["key"] == f"people:{way}" and not table["is_withheld"]:
            return [cell["keys"][0] for cell in table["cells"] if cell["people"] or cell["words"] not in {None, "few"}]
    return []


def _dates(snapshot: Snapshot) -> str:
    opened, closed = _date(snapshot["opened_on"]), _date(snapshot["closed_on"])
    if opened and closed:
        return _("Answers came from %(first)s to %(last)s.", first=opened, last=closed)
    return _("Answers came from %(first)s on.", first=opened) if opened else ""


def _date(day: str | None) -> str:
    return day_in_words(date.fromisoformat(day)) if day else ""


def _statement(statement: Mapping[str, Any], language: str) -> StatementRow:
    table = statement["table"]
    number = statement["number"]
    label = read_words(statement["words"], language) or ShownWords(
        _("Statement %(number)s. Its author did not allow the words to be repeated.", number=number),
        str(get_locale()),
        direction_of(str(get_locale())),
    )
    if label.is_blanked:
        label = ShownWords(
            _("Statement %(number)s. Its author took the words back.", number=number),
            str(get_locale()),
            direction_of(str(get_locale())),
            is_blanked=True,
        )
    if table["is_withheld"]:
        return StatementRow(number, label, withheld=_("Not shown: too few people."))
    cells = {tuple(cell["keys"]): cell for cell in table["cells"]}
    if any(cell["words"] for cell in table["cells"]):
        return StatementRow(number, label, answers=people_figure(table), withheld=_in_words(table["cells"]))
    merged = next((key[0] for key in cells if len(key) > 1), "")
    rest = cells[merged, "pass"]["percent"] if merged else 0
    return StatementRow(
        number,
        label,
        agree=0 if merged == "agree" else cells["agree",]["percent"],
        passed=rest if merged else cells["pass",]["percent"],
        disagree=0 if merged == "disagree" else cells["disagree",]["percent"],
        answers=people_figure(table),
        merged=merged,
    )


def _in_words(cells: Sequence[Mapping[str, Any]]) -> str:
    parts = []
    for cell in cells:
        names = " + ".join(str(opinion_labels[key]) for key in cell["keys"])
        parts.append(_("%(answer)s: %(share)s", answer=names, share=str(share_labels[cell["words"]])))
    return " · ".join(parts)


def _question(question: Mapping[str, Any], language: str) -> Chart:
    prompt = text_from_json(question["prompt"]).read(language)
    key = f"step-{question['step']}"
    answered, table = question["answered"], question["table"]
    sentence = _answered(answered)
    if table is None or table["is_withheld"]:
        return Chart(key, prompt, sentence, [], table is not None, sentence)
    options = {key: text_from_json(text).read(language) for key, text in question["options"].items()}
    rows = [_row(cell, options[cell["keys"][0]] or cell["keys"][0]) for cell in table["cells"]]
    how = {
        "ranking": _("This is what people put first."),
        "several_choices": _("People could choose several."),
    }
    # a call of its own: sentences inside another call are not collected for translation
    otherwise = _("This is how they chose.")
    caption = _("%(sentence)s %(more)s", sentence=sentence, more=how.get(question["kind"], otherwise))
    return Chart(key, prompt, caption, rows, answered=sentence)


def _answered(table: Mapping[str, Any]) -> str:
    if table["is_withheld"]:
        return _("Fewer than 10 people answered.")
    if table["cells"][0]["people"] is None:
        return _("Between 10 and 30 people answered.")
    return _people("About %(number)s person answered.", "About %(number)s people answered.", table["people"])


def _row(cell: Mapping[str, Any], label: Words | str) -> Row:
    if cell["words"]:
        return Row(label, withheld=str(share_labels[cell["words"]]))
    shown = _("%(percent)s%% · %(people)s", percent=cell["percent"], people=format_decimal(cell["people"]))
    return Row(label, percent=cell["percent"], shown=shown)


def _way(table: Mapping[str, Any]) -> Chart:
    way = table["key"].removeprefix("people:")
    name = str(way_captions[way])
    if table["is_withheld"]:
        return Chart(f"people-{way}", name, name, [], is_withheld=True)
    rows = [_row(cell, _way_label(way, cell["keys"][0])) for cell in table["cells"]]
    return Chart(f"people-{way}", name, name, rows)


def _way_label(way: str, key: str) -> str:
    if way == "language":
        return language_name(key)
    labels = channel_labels if way == "channel" else came_by_labels
    return str(labels.get(key, key))


def _withheld(snapshot: Snapshot, language: str) -> list[Words | ShownWords | str]:
    names: list[Words | ShownWords | str] = []
    for table in snapshot["took_part"]:
        if table["is_withheld"]:
            names.append(str(way_captions[table["key"].removeprefix("people:")]))
    for question in snapshot["questions"]:
        if question["table"] and question["table"]["is_withheld"]:
            names.append(text_from_json(question["prompt"]).read(language))
    names += [_statement(each, language).label for each in snapshot["statements"] if each["table"]["is_withheld"]]
    return names


def _finding(
    finding: Mapping[str, Any],
    number: int,
    rows: Mapping[int, StatementRow],
    charts: Mapping[int, Chart],
    language: str,
) -> ShownFinding:
    quotes = [read_words(each, language) for each in finding["quotes"]]
    return ShownFinding(
        id=finding["id"],
        number=number,
        kind=finding["kind"],
        kind_label=finding_labels[FindingKind(finding["kind"])],
        tone=finding_tones[finding["kind"]],
        sentence=text_from_json(finding["sentence"]).read(language),
        people=people_sentence(finding["people"]),
        is_other=finding["is_other"],
        quotes=[each for each in quotes if each is not None],
        statements=[rows[each] for each in finding["statements"] if each in rows],
        charts=[charts[each] for each in finding["steps"] if each in charts],
    )


def read_words(words: Mapping[str, Any] | None, language: str) -> ShownWords | None:
    """A person's words for a reader: translated where somebody translated them, and marked; None where not shown."""
    if words is None:
        return None
    if words["is_blanked"]:
        return ShownWords("", "und", "auto", is_blanked=True)
    translation = words["translations"].get(language)
    if translation is None or words["language"] == language:
        return ShownWords(words["text"], words["language"], words["direction"])
    source = language_name(words["language"]) if words["names_language"] else _("another language")
    return ShownWords(
        translation["text"], language, translation["direction"], translated_from=source, origin=translation["origin"]
    )
