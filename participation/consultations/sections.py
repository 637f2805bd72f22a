"""What officers write about a consultation, section by section: one section a page, its texts in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class TextPlan:
    """One text that residents read."""

    #: column it is kept in
    name: str
    #: lazy
    label: Any
    #: lazy
    hint: Any
    #: lines its field shows; 1 for a single line
    rows: int
    #: most characters
    limit: int
    #: whether residents need it, so that nothing is published without
    is_needed: bool = True

    @property
    def field(self) -> str:
        """Name of its field in forms, which services name when they refuse it."""
        return f"{self.name}_text"


@dataclass(frozen=True)
class Section:
    """One page of the editor."""

    name: str
    #: lazy
    label: Any
    #: lazy
    lead: Any
    texts: tuple[TextPlan, ...] = ()


TITLE = TextPlan("title", _l("Title"), _l("A few words that people say when they talk about it."), 1, 120)

SECTIONS: Mapping[str, Section] = {
    each.name: each
    for each in (
        Section(
            "about",
            _l("What it is about"),
            _l("People decide in a few seconds whether this is for them. Plain, short words help everybody."),
            (
                TITLE,
                TextPlan(
                    "purpose",
                    _l("Why the city asks"),
                    _l("What happens in the city, and why you ask now. An empty line begins a new paragraph."),
                    8,
                    3000,
                ),
            ),
        ),
        Section(
            "change",
            _l("What can and cannot change"),
            _l("Say honestly what is open and what is settled. Nothing disappoints people more than asking too late."),
            (
                TextPlan("can_change", _l("What can still change"), _l("One thing a line."), 6, 3000),
                TextPlan(
                    "cannot_change",
                    _l("What is settled already"),
                    _l("One thing a line, each with its reason. Write “Nothing is settled yet.” if that is so."),
                    6,
                    3000,
                ),
            ),
        ),
        Section(
            "deciding",
            _l("Who decides, and when the city replies"),
            _l("The day you promise here is shown to everybody, and so it is when it has passed without an answer."),
            (
                TextPlan(
                    "decided_by",
                    _l("Who decides in the end"),
                    _l("Which committee or person, and how people can follow it."),
                    4,
                    1500,
                ),
            ),
        ),
        Section(
            "audience",
            _l("Who may take part"),
            _l(
                "After publishing this stays as it is, so that the counts mean the same from the first day to the last."
            ),
        ),
        Section(
            "languages",
            _l("Languages"),
            _l("Every language you choose has to be complete before you can publish."),
        ),
        Section(
            "moderation",
            _l("Reading before others do"),
            _l("Nothing a resident typed is shown to others before a person released it, unless you say otherwise."),
        ),
        Section(
            "ways",
            _l("Other ways to take part"),
            _l("Not everybody has a phone that works for this, or wants to use one."),
            (
                TextPlan(
                    "other_ways",
                    _l("On paper, by phone, in person"),
                    _l("One way a line: where, when, and which languages people speak there."),
                    6,
                    3000,
                ),
            ),
        ),
    )
}

#: Texts of a stage and of a step.
STAGE_TEXTS = (
    TextPlan(
        "name",
        _l("Its name for residents"),
        _l("Left empty, it is called after what happens in it."),
        1,
        80,
        is_needed=False,
    ),
)
STEP_TEXTS = (
    TextPlan("prompt", _l("The question"), _l("One question, one thought. It is the heading of its page."), 3, 300),
    TextPlan(
        "help",
        _l("A sentence that helps to answer"),
        _l("What to think of, or what to leave out."),
        3,
        600,
        is_needed=False,
    ),
)
CLOSING_REASON = TextPlan(
    "reason", _l("Why it closes early"), _l("Everybody can read this, from now on and for good."), 4, 1500
)
#: Most characters of one option.
OPTION_LIMIT = 160


def all_text_plans() -> list[TextPlan]:
    """Every text of the consultation itself, section by section."""
    return [plan for section in SECTIONS.values() for plan in section.texts]
