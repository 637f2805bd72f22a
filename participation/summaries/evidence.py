"""What a summary rests on, as plain values: who took part, how each question and statement was answered, which words.

Nothing here reads a database or decides what may be shown. `gathering` fills these from the other rooms, `snapshot`
turns them into what is published. All counts are of people, exact, and stay with the staff.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from participation.core.localized import LocalizedText

from .models import FindingKind


@dataclass(frozen=True)
class TookPart:
    """How many people took part in one way: by this channel, having come so, in this language."""

    channel: str
    came_by: str
    language: str
    people: int


@dataclass(frozen=True)
class AnswerCount:
    """How many people gave one answer."""

    key: str
    label: LocalizedText
    people: int


@dataclass(frozen=True)
class Question:
    """One version of one question with its result."""

    step_id: int
    position: int
    version: int
    #: open, one_choice, several_choices, scale, ranking or statements
    kind: str
    prompt: LocalizedText
    #: people who answered it
    answered: int
    #: answers in the order of the question; for a ranking, how often each came first; empty for open questions
    rows: tuple[AnswerCount, ...] = ()
    by_channel: Mapping[str, int] = field(default_factory=dict)
    by_language: Mapping[str, int] = field(default_factory=dict)
    by_came_by: Mapping[str, int] = field(default_factory=dict)
    #: whether it is asked now, or an older version
    is_current: bool = True


@dataclass(frozen=True)
class SaidWords:
    """Words as they may be printed: the author's own, and in other languages."""

    contribution_id: int
    text: str
    language: str
    direction: str
    #: language → (text, direction, origin: "human" or "machine")
    translations: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class StatementResult:
    """One statement with people's votes."""

    statement_id: int
    contribution_id: int
    step_id: int
    #: who put it forward: "city", "resident" or "import"
    author: str
    agree: int
    disagree: int
    passes: int
    matters: int
    #: None where its author did not allow it to be repeated, or it was withdrawn or hidden
    words: SaidWords | None
    #: whether it was ever released for voting
    is_open: bool = True

    @property
    def people(self) -> int:
        """Everybody who voted on it."""
        return self.agree + self.disagree + self.passes


@dataclass(frozen=True)
class CitedFinding:
    """One finding as it would stand in the next summary."""

    finding_id: int
    kind: FindingKind
    sentence: LocalizedText
    #: people whose words it cites, each once
    people: int
    quotes: tuple[SaidWords, ...] = ()
    #: contributions cited without showing their words
    counted_ids: tuple[int, ...] = ()
    step_ids: tuple[int, ...] = ()
    statement_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """Everything one summary is made from."""

    slug: str
    title: LocalizedText
    decided_by: LocalizedText
    languages: tuple[str, ...]
    opened_on: date | None
    closed_on: date | None
    reply_due_on: date | None
    is_sensitive: bool
    headline: LocalizedText
    introduction: LocalizedText
    took_part: tuple[TookPart, ...]
    questions: tuple[Question, ...]
    statements: tuple[StatementResult, ...]
    findings: tuple[CitedFinding, ...]


def count_by(took_part: Iterable[TookPart], what: Literal["channel", "came_by", "language"]) -> dict[str, int]:
    """People by one of the ways in which they took part, most people first."""
    counted: Counter[str] = Counter()
    for row in took_part:
        counted[getattr(row, what)] += row.people
    return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def count_people(voices: Iterable[tuple[int | None, int]]) -> int:
    """How many people stand behind cited words, each once.

    `voices` are (participant's number or None, people she spoke for). One participant may be cited often: she counts
    once, with the largest group she spoke for. Words without an author (erased, or the city's) count as they come.
    """
    known: dict[int, int] = {}
    nameless = 0
    for participant_id, people in voices:
        if participant_id is None:
            nameless += people
        else:
            known[participant_id] = max(known.get(participant_id, 0), people)
    return nameless + sum(known.values())
