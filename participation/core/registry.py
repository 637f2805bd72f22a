"""Places where slices plug in, so that a lower one never imports a higher one.

Each place is a list that `init_app` functions fill; whoever draws a page, sends a journey or erases a person walks it.
Nothing registers itself on import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from flask import Flask, current_app
from sqlalchemy import Connection

from .policy import Actor, Role, Space


@dataclass(frozen=True)
class SpaceDescription:
    """How a space calls itself to a reader: title, where it is shown, and what its moderators need to know."""

    space: Space
    title: str
    url: str
    language: str
    direction: str


@dataclass(frozen=True)
class NavigationEntry:
    """One entry of the residents' or the staff's navigation; `label` is lazy."""

    label: object
    endpoint: str
    may_see: Callable[[Actor], bool] = lambda actor: True


@dataclass(frozen=True)
class Need:
    """One line of "what needs me now": how many, of what, and the list that shows exactly those."""

    label: str
    count: int
    url: str
    #: "calm", "now" or "overdue"
    tone: str = "calm"


@dataclass(frozen=True)
class SpaceLink:
    """One way from a space's page for staff to something of it that another slice keeps."""

    label: str
    url: str
    #: how many wait there; None where nothing is counted
    count: int | None = None
    #: "calm", "now" or "overdue"
    tone: str = "calm"


class StepKind(Protocol):
    """A kind of step in a consultation's journey (an open question, a choice, statements); see `consultations`."""

    kind: str


#: Draws notes under contributions (`Registry.author_notes`). Rows come as they are, so that nobody asks for them twice.
DrawNotes = Callable[[Sequence[Any], str], Mapping[int, tuple[str, dict[str, Any]]]]


@dataclass
class Registry:
    """All places to plug in."""

    resident_navigation: list[NavigationEntry] = field(default_factory=list)
    staff_navigation: list[NavigationEntry] = field(default_factory=list)
    #: what needs a member of staff now: called with the actor, gives needs
    needs: list[Callable[[Actor], Iterable[Need]]] = field(default_factory=list)
    #: blocks of the home page: called with the reader's language, give a template and its context
    home_panels: list[Callable[[str], tuple[str, dict[str, Any]] | None]] = field(default_factory=list)
    #: blocks of a consultation's first page (its summary, its answers): called with its id and the reader's language,
    #: give a template and its context
    consultation_panels: list[Callable[[int, str], tuple[str, dict[str, Any]] | None]] = field(default_factory=list)
    #: blocks of my page: called with the participant's id and language, give a template and its context
    my_panels: list[Callable[[int, str], tuple[str, dict[str, Any]] | None]] = field(default_factory=list)
    #: notes to an author under her own words (a decision, an answer): called with contributions and her language, give
    #: the contribution's id → a template and its context (named `note` there)
    author_notes: list[DrawNotes] = field(default_factory=list)
    #: notes to the staff beside somebody's words (a translation): called with contributions and the reader's language
    staff_notes: list[DrawNotes] = field(default_factory=list)
    #: space kind → those of the given ids that still take answers now
    open_spaces: dict[str, Callable[[Sequence[int]], set[int]]] = field(default_factory=dict)
    #: space kind → its descriptions: called with ids and language
    describe_spaces: dict[str, Callable[[Sequence[int], str], dict[int, SpaceDescription]]] = field(
        default_factory=dict
    )
    #: space kind → who decides about words there besides moderators: called with the actor and the space's number,
    #: gives the role as which she does, or None
    deciders: dict[str, Callable[[Actor, int], Role | None]] = field(default_factory=dict)
    #: space kind → ids of all its spaces, for staff who choose where somebody gets a role
    list_spaces: dict[str, Callable[[], Sequence[int]]] = field(default_factory=dict)
    #: step kind → its behaviour
    step_kinds: dict[str, StepKind] = field(default_factory=dict)
    #: links from a step's page for its editors to what another slice keeps of it (its statements, say): called with a
    #: step, give a label and an address
    step_editor_links: list[Callable[[Any], tuple[str, str] | None]] = field(default_factory=list)
    #: links from a space's page for staff to what other slices keep of it (queue, evidence, answers); with how many
    #: wait there, where that can be said
    space_links: list[Callable[[Space, Actor], Iterable[SpaceLink]]] = field(default_factory=list)
    #: called with a participant's id when she asks for her data: give a name and rows
    own_data: list[Callable[[int], tuple[str, list[dict[str, Any]]]]] = field(default_factory=list)
    #: what her data's page says in place of a stored word: name in the rows → stored word → words; the file for
    #: machines keeps the stored one
    kept_words: dict[str, Mapping[Any, object]] = field(default_factory=dict)
    #: called with a participant's id, in this order, when she erases herself
    erasers: list[Callable[[int], None]] = field(default_factory=list)
    #: what is thrown away when its time is over (drafts, old keys): called with a connection and the present moment,
    #: give what it was and how many rows; run by `core.jobs`
    tidiers: list[Callable[[Connection, datetime], tuple[str, int]]] = field(default_factory=list)
    #: what is due by itself and needs more than a DELETE (a promise to forget, a meeting nobody closed): called with
    #: the present moment, give what it was and how often; each in a transaction of its own; run by `core.jobs`
    due_work: list[Callable[[datetime], tuple[str, int]]] = field(default_factory=list)
    #: plain-language checks of `flask doctor`: (is fine, sentence)
    health_checks: list[Callable[[], tuple[bool, str]]] = field(default_factory=list)


def start_registry(app: Flask) -> None:
    """Give `app` its empty places."""
    app.extensions["registry"] = Registry()


def registry() -> Registry:
    """The running app's places."""
    found: Registry = current_app.extensions["registry"]
    return found


def describe_space(space: Space, language: str) -> SpaceDescription | None:
    """How `space` calls itself in `language`; None when it is gone."""
    describe = registry().describe_spaces.get(space.kind)
    return describe([space.id], language).get(space.id) if describe else None


def describe_spaces(spaces: Iterable[Space], language: str) -> dict[Space, SpaceDescription]:
    """Descriptions of many spaces with one question per kind of space."""
    by_kind: dict[str, list[int]] = {}
    for space in set(spaces):
        by_kind.setdefault(space.kind, []).append(space.id)
    found = {}
    for kind, ids in by_kind.items():
        describe = registry().describe_spaces.get(kind)
        for each in describe(ids, language).values() if describe else ():
            found[each.space] = each
    return found


def open_spaces(spaces: Iterable[Space]) -> set[Space]:
    """Those of `spaces` in which people can still answer now; one question per kind of space."""
    by_kind: dict[str, list[int]] = {}
    for space in set(spaces):
        by_kind.setdefault(space.kind, []).append(space.id)
    found: set[Space] = set()
    for kind, ids in by_kind.items():
        ask = registry().open_spaces.get(kind)
        found |= {Space(kind, number) for number in ask(ids)} if ask else set()
    return found


def collect_notes(
    places: Iterable[DrawNotes], contributions: Sequence[Any], language: str
) -> Mapping[int, list[tuple[str, dict[str, Any]]]]:
    """What every slice has to say under each of these contributions: templates with their contexts, in order."""
    notes: dict[int, list[tuple[str, dict[str, Any]]]] = {each.id: [] for each in contributions}
    for draw in places if contributions else ():
        for number, note in draw(contributions, language).items():
            notes[number].append(note)
    return notes
