"""The queue as a moderator narrows it: what waits, or what was decided, with the filter in the address."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_

from participation.contributions import Contribution, State
from participation.core.database import db
from participation.core.languages import all_languages
from participation.core.policy import Actor, Space

from .models import ReviewItem, Source
from .policy import MODERATING
from .queries import Row, in_spaces, spaces_of

#: Items on one page.
PAGE = 25
#: Nobody needs to know exactly how many more there are; counting them all would take long.
MOST_COUNTED = 1000
#: Items that came in within this time are new; those whose promise ends within `SOON` are due soon.
NEW = timedelta(hours=24)
SOON = timedelta(hours=6)
WAITING = "waiting"
#: Value of the language filter for words in a language the interface does not speak.
OTHER_LANGUAGES = "other"
Rows = TypeVarTuple("Rows")
#: What can be shown: what waits, or what stands in a state.
SHOWN = (
    WAITING,
    State.VISIBLE.value,
    State.RETURNED.value,
    State.LIMITED.value,
    State.HIDDEN.value,
    State.REMOVED.value,
)
AGES = ("overdue", "soon", "new")
WHOSE = ("mine", "unclaimed", "others")


@dataclass(frozen=True)
class Filter:
    """What of the queue is shown. An empty field narrows nothing; a word we do not know counts as empty."""

    state: str = WAITING
    language: str = ""
    #: key of a space, such as "consultation:3"
    space: str = ""
    source: str = ""
    age: str = ""
    who: str = ""

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> Filter:
        """The filter in an address."""
        known = {
            "state": SHOWN,
            "source": tuple(each.value for each in Source),
            "age": AGES,
            "who": WHOSE,
        }
        values = {each.name: sent.get(each.name, "")[:40] for each in fields(cls)}
        for name, allowed in known.items():
            values[name] = values[name] if values[name] in allowed else ""
        return cls(**{**values, "state": values["state"] or WAITING})

    @property
    def is_waiting(self) -> bool:
        """Whether what waits is shown."""
        return self.state == WAITING

    def address(self, **changes: str) -> dict[str, str]:
        """The parts of the filter that narrow something, for an address."""
        changed = replace(self, **changes)
        values = {each.name: str(getattr(changed, each.name)) for each in fields(changed)}
        return {name: value for name, value in values.items() if value and (name, value) != ("state", WAITING)}


def list_queue(
    chosen: Filter, actor: Actor, *, at: datetime, after_id: int | None = None, limit: int = PAGE
) -> list[Row]:
    """Items of the actor's spaces: what waits by its promise, what was decided newest first; from behind `after_id`."""
    query = _narrowed(select(ReviewItem, Contribution), chosen, actor, at=at).limit(limit)
    if chosen.is_waiting:
        query = query.order_by(ReviewItem.due_at, ReviewItem.id)
        if after_id is not None:
            due = select(ReviewItem.due_at).where(ReviewItem.id == after_id).scalar_subquery()
            query = query.where(tuple_(ReviewItem.due_at, ReviewItem.id) > tuple_(due, after_id))
    else:
        query = query.order_by(Contribution.sent_at.desc(), Contribution.id.desc())
        if after_id is not None:
            query = query.where(tuple_(Contribution.sent_at, Contribution.id) < _place_of(after_id))
    return [Row(*row) for row in db.session.execute(query)]


def count_queue(chosen: Filter, actor: Actor, *, at: datetime) -> int:
    """How many items `list_queue` would give in all; counts to one more than `MOST_COUNTED` at most."""
    query = _narrowed(select(ReviewItem.id), chosen, actor, at=at, needs_words=False)
    found = query.limit(MOST_COUNTED + 1).subquery()
    return db.session.execute(select(func.count()).select_from(found)).scalar_one()


@dataclass(frozen=True)
class Load:
    """How much waits in somebody's spaces."""

    waiting: int
    overdue: int
    mine: int


def count_load(actor: Actor, *, at: datetime) -> Load:
    """How much waits in the actor's spaces, how much of it longer than promised, and how much she has taken."""
    waiting, overdue, mine = db.session.execute(
        select(
            func.count(),
            func.count().filter(ReviewItem.due_at <= at),
            func.count().filter(ReviewItem.claimed_by == actor.staff_id),
        ).where(ReviewItem.closed_at.is_(None), _in_her_spaces(actor))
    ).one()
    return Load(waiting, overdue, mine)


def list_filter_spaces(actor: Actor, known: Mapping[str, Collection[int]]) -> list[Space]:
    """The spaces a moderator can narrow to: those she has, or all that are `known`."""
    held = spaces_of(actor, *MODERATING)
    if held is None:
        return [Space(kind, number) for kind, numbers in known.items() for number in numbers]
    return sorted(held)


def _narrowed(
    query: Select[*Rows], chosen: Filter, actor: Actor, *, at: datetime, needs_words: bool = True
) -> Select[*Rows]:
    """`query` with everything that `chosen` asks for; the words are joined where something asks about them."""
    if needs_words or chosen.language or not chosen.is_waiting:
        query = query.join(Contribution, Contribution.id == ReviewItem.contribution_id)
    return query.where(*_conditions(chosen, actor, at=at))


def _conditions(chosen: Filter, actor: Actor, *, at: datetime) -> Iterator[ColumnElement[bool]]:
    yield _in_her_spaces(actor)
    if chosen.is_waiting:
        yield ReviewItem.closed_at.is_(None)
    else:
        yield ReviewItem.closed_at.is_not(None)
        yield Contribution.state == State(chosen.state)
    if chosen.language == OTHER_LANGUAGES:
        yield Contribution.language.not_in(list(all_languages()))
    elif chosen.language:
        yield Contribution.language == chosen.language
    if chosen.space:
        kind, _colon, number = chosen.space.partition(":")
        yield ReviewItem.space_kind == kind
        yield ReviewItem.space_id == (int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0)
    if chosen.source:
        yield ReviewItem.source == Source(chosen.source)
    if chosen.age:
        yield _age(chosen.age, at)
    if chosen.who:
        yield _claim(chosen.who, actor)


def _age(age: str, at: datetime) -> ColumnElement[bool]:
    if age == "overdue":
        return ReviewItem.due_at <= at
    if age == "soon":
        return ReviewItem.due_at <= at + SOON
    return ReviewItem.opened_at > at - NEW


def _claim(who: str, actor: Actor) -> ColumnElement[bool]:
    if who == "mine":
        return ReviewItem.claimed_by == actor.staff_id
    if who == "unclaimed":
        return ReviewItem.claimed_by.is_(None)
    return and_(ReviewItem.claimed_by.is_not(None), ReviewItem.claimed_by != actor.staff_id)


def _place_of(item_id: int) -> Any:
    """Where an item stands among what was decided: when its words were sent, and their number."""
    row = (
        select(Contribution.id)
        .join(ReviewItem, ReviewItem.contribution_id == Contribution.id)
        .where(ReviewItem.id == item_id)
    )
    return tuple_(
        row.with_only_columns(Contribution.sent_at).scalar_subquery(),
        row.with_only_columns(Contribution.id).scalar_subquery(),
    )


def _in_her_spaces(actor: Actor) -> ColumnElement[bool]:
    return in_spaces(ReviewItem.space_kind, ReviewItem.space_id, spaces_of(actor, *MODERATING))
