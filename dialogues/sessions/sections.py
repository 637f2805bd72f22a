"""What planners write about a session, page by page, each text in every language of the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from participation.consultations import TextPlan


@dataclass(frozen=True)
class Section:
    """One page of texts."""

    name: str
    #: lazy
    label: Any
    #: lazy
    lead: Any
    texts: tuple[TextPlan, ...]


TITLE = TextPlan("title", _l("Title"), _l("A few words that people say when they talk about it."), 1, 120)

SECTIONS: Mapping[str, Section] = {
    each.name: each
    for each in (
        Section(
            "about",
            _l("What people come to"),
            _l("People decide in a few seconds whether they feel invited. Plain, short words help everybody."),
            (
                TITLE,
                TextPlan("purpose", _l("Why people meet"), _l("What it is for, in two or three sentences."), 5, 2000),
                TextPlan(
                    "topics",
                    _l("What will be spoken about"),
                    _l("Name what may hurt. Say that everybody can leave out any part."),
                    5,
                    2000,
                ),
                TextPlan(
                    "place",
                    _l("Where, and how to get in"),
                    _l("Address, floor, bus stop, lift, toilets, a quiet corner. For online: how to come in."),
                    4,
                    1500,
                ),
            ),
        ),
        Section(
            "promise",
            _l("Who hears it, and the answer"),
            _l("Say honestly who will read what was said, and what can still change."),
            (
                TextPlan(
                    "heard_by",
                    _l("Who will hear it and what they can change"),
                    _l("One thing a line. Say also what is settled already."),
                    5,
                    2000,
                ),
                TextPlan("authority", _l("Who answers"), _l("The office or committee, as people know it."), 1, 160),
            ),
        ),
    )
}

#: Texts of one round.
ROUND_TEXTS = (
    TextPlan("title", _l("Its name on the agenda"), _l("Two or three words."), 1, 80),
    TextPlan(
        "prompt",
        _l("What people are asked"),
        _l("One question about people’s own experience. It is read aloud and stands on every phone."),
        3,
        400,
    ),
)
#: Most lines of an agreement, so that it fits on a phone (dialogue-and-safety.md §7).
MOST_LINES = 8
LINE_LIMIT = 200
#: Most answers of a poll, and characters of one.
MOST_OPTIONS = 8
OPTION_LIMIT = 120


def all_text_plans() -> list[TextPlan]:
    """Every text of the session itself."""
    return [plan for section in SECTIONS.values() for plan in section.texts]
