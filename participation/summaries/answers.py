"""The place where the city's answers plug in, so that a summary can show them beside its findings.

Answers belong to a room of higher rank; it registers `answer_findings` when it opens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Flask, current_app

from participation.core.localized import Words

_PLACE = "finding_answers"


@dataclass(frozen=True)
class AnswerShown:
    """The city's answer to one finding as a reader gets it."""

    #: machine word: we_will, partly, we_cannot, not_ours, still_deciding, none_yet
    kind: str
    #: "We will", "Overdue by 12 days"
    label: str
    #: colour of its mark: teal, sun, clay or plain
    tone: str
    text: Words
    owner: Words
    #: "by 1 September", "was due on 2 March", "done on 4 May"; may be empty
    dates: str
    is_overdue: bool = False
    due_on: date | None = None
    done_on: date | None = None
    published_on: date | None = None
    #: earlier versions there are
    earlier: int = 0


AnswerFindings = Callable[[Sequence[int], date | None, str], Mapping[int, AnswerShown]]


def plug_answers(app: Flask, answer_findings: AnswerFindings) -> None:
    """Let summaries show what `answer_findings(finding ids, promised day, language)` gives."""
    app.extensions[_PLACE] = answer_findings


def answers_to(finding_ids: Sequence[int], promised_on: date | None, language: str) -> Mapping[int, AnswerShown]:
    """The city's answers to these findings; empty where nobody answers."""
    answer: AnswerFindings | None = current_app.extensions.get(_PLACE)
    return answer(finding_ids, promised_on, language) if answer else {}
