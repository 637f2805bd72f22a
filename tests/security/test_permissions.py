"""Everybody knocks at every door, in every stage, and gets what the reviewed table says: no more, and no less.

Nobody who only looks changes anything, and nobody who is refused does. Whatever is sent back holds none of the words
that were planted where she may not look (`canaries.toml`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask import request as flask_request
from flask_sqlalchemy import SQLAlchemy

from participation.core import policy
from participation.core.database import Base
from participation.core.policy import PUBLIC
from tests.fixtures.databases import Backend
from tests.fixtures.time import Clock
from tests.security.canaries import Canary
from tests.security.city import City
from tests.security.permissions import Rule, is_meant, may_be_sent, read_readers, read_rules, rule_for
from tests.security.walking import NOWHERE, Door, address_of, all_doors, cells, contents_of, knock, outcome_of
from tests.security.world import PEOPLE, Place, Who, World

#: The stages in which everybody knocks; in the others a few stand for all.
MAIN_STAGES = frozenset({NOWHERE, "open", "invited", "announced", "planned"})
FEW = frozenset(
    {
        "stranger",
        "own",
        "other",
        "officer@here",
        "officer@elsewhere",
        "interpreter@here",
        "staff@nothing",
        "administrator",
    }
)
#: Views that refuse by themselves what their policy refuses; taking the policy away changes nothing anybody sees.
REFUSE_TWICE = {
    "opinions.list_my_votes": "a draft's statements are not even loaded",
    "opinions.show_added": "a draft's statements are not even loaded",
    "opinions.show_statement": "a draft's statements are not even loaded",
    **dict.fromkeys(
        (
            f"room.{each}"
            for each in ("agree", "show_left", "show_room", "show_support", "tap", "write", "write_privately")
        ),
        "a seat is looked for by who asks, so nobody else's is ever loaded",
    ),
}
#: Who leaves a sign-in that opens nothing (yet): it is hers, her cookie came along, and it ends.
ENDS_HER_SIGN_IN = {("POST accounts.sign_out", "unverified"), ("POST accounts.sign_out", "deactivated")}

Cell = tuple[Door, str, Place | None]


def known(rules: dict[str, Rule], door: Door) -> bool:
    """Whether the table knows this door; the first test says so when it does not."""
    return door.name in rules or door.whole_name in rules


def cells_of(city: City, person: str, *, everything: bool) -> list[Cell]:
    """The doors this person knocks at on an ordinary run."""
    return [cell for cell in cells(city) if everything or cell[1] in MAIN_STAGES or person in FEW]


def knock_everywhere(
    city: City, person: str, which: Iterable[Cell], rules: dict[str, Rule], *, who: Who | None = None
) -> tuple[list[str], int]:
    """Every trouble that `person` finds behind these doors, and how many answers were looked at."""
    who, readers = who or city.world.people[person], read_readers()
    troubles, looked_at = [], 0
    for door, stage, place in which:
        address = address_of(city, door, place)
        answer = knock(city, address, door.method, who)
        looked_at += 1
        here = f"{door.name} {door.rule.rule} ({stage})"
        outcome, expected = outcome_of(answer, door.method), rule_for(rules, door).outcome(door, stage, person)
        if outcome != expected:
            troubles.append(f"{here}: {outcome}, not {expected}")
        if not city.is_as_before():
            if (door.name, person) not in ENDS_HER_SIGN_IN:
                troubles.append(f"{here}: {outcome}, and something was written")
            city.put_back()
        sent = contents_of(answer) + str(answer.headers).encode()
        for canary in city.world.canaries.found_in(sent):
            if canary.token not in address and not may_be_sent(canary, person, readers):
                troubles.append(f"{here}: {outcome}, and it holds the {canary.kind} of {canary.owner or 'somebody'}")
    return troubles, looked_at


def test_every_door_stands_in_the_table_and_nothing_else_does(city: City) -> None:
    rules, doors = set(read_rules()), all_doors(city.app)
    names = {door.whole_name if door.whole_name in rules else door.name for door in doors}

    assert names == rules
    assert len(doors) > 180


@pytest.mark.parametrize("person", PEOPLE)
def test_both_tables_hold_for(person: str, city: City, request: pytest.FixtureRequest) -> None:
    rules = read_rules()
    which = cells_of(city, person, everything=request.config.getoption("--long"))

    troubles, looked_at = knock_everywhere(city, person, [cell for cell in which if known(rules, cell[0])], rules)

    assert looked_at >= 150
    assert troubles == [], "\n".join(troubles)


@pytest.mark.parametrize("person", ["stranger", "own", "officer@here", "moderator@elsewhere"])
def test_the_table_holds_on_each_database(person: str, database: SQLAlchemy, backend: Backend, clock: Clock) -> None:
    """A small core of the walk, on PostgreSQL too: what each database answers is compared, row counts as well."""
    there = PlainCity(backend.app, World())
    database.session.remove()
    rules, troubles = read_rules(), []
    before = count_rows(database)
    for door, stage, place in cells(there):
        if stage in MAIN_STAGES and known(rules, door):
            answer = knock(there, address_of(there, door, place), door.method, there.world.people[person])
            outcome, expected = outcome_of(answer, door.method), rule_for(rules, door).outcome(door, stage, person)
            if outcome != expected:
                troubles.append(f"{door.name} ({stage}): {outcome}, not {expected}")

    assert troubles == []
    assert count_rows(database) == before


@dataclass
class PlainCity:
    """The filled city on whichever database, as far as a walk needs it."""

    app: Flask
    world: World


def count_rows(database: SQLAlchemy) -> dict[str, int]:
    """How many rows each table has; the hourly tidying aside."""
    database.session.remove()
    counted = {
        table.name: database.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in Base.metadata.sorted_tables
        if table.name != "job"
    }
    database.session.remove()
    return counted


@pytest.mark.parametrize(("one", "other"), [("moderator", "officer"), ("interpreter", "moderator"), ("own", "other")])
def test_two_people_who_changed_places_would_be_found(city: City, one: str, other: str) -> None:
    names = (f"{one}@here", f"{other}@here") if one != "own" else (one, other)
    which = [cell for cell in cells(city) if cell[1] == "open" and cell[0].method == "GET"]

    troubles, _ = knock_everywhere(city, names[0], which, read_rules(), who=city.world.people[names[1]])

    assert [each for each in troubles if "not yes" in each]
    assert [each for each in troubles if "it holds the" in each]


def refused(city: City, endpoint: str, rules: dict[str, Rule]) -> list[tuple[Cell, str]]:
    """Cells of one view, and people, for whom it is to stay closed."""
    found = []
    for cell in cells(city):
        door, stage, _place = cell
        if door.endpoint == endpoint:
            found += [
                (cell, person)
                for person in PEOPLE
                if rule_for(rules, door).outcome(door, stage, person) in {"no", "hidden", "sign-in"}
            ]
    return found


def guarded(city: City) -> list[str]:
    """Every view that is not open to everybody."""
    views, rules = city.app.view_functions, read_rules()
    doors = [door for door in all_doors(city.app) if known(rules, door)]
    return sorted({d.endpoint for d in doors if getattr(views[d.endpoint], "policy", None) is not PUBLIC})


def test_a_view_whose_guard_is_taken_away_is_found(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = read_rules()
    open_now: list[str] = []
    require, may_load = policy._require, policy.rule_may_load

    def require_elsewhere(is_allowed: bool, actor: Any, *, hidden: bool) -> None:
        if flask_request.endpoint not in open_now:
            require(is_allowed, actor, hidden=hidden)

    monkeypatch.setattr(policy, "_require", require_elsewhere)
    monkeypatch.setattr(
        policy, "rule_may_load", lambda rule, actor: flask_request.endpoint in open_now or may_load(rule, actor)
    )
    unnoticed = []
    for endpoint in guarded(city):
        open_now[:] = [endpoint]
        if not any(
            outcome_of(knock(city, address_of(city, door, place), door.method, city.world.people[person]), door.method)
            != rule_for(rules, door).outcome(door, stage, person)
            for (door, stage, place), person in refused(city, endpoint, rules)
        ):
            unnoticed.append(endpoint)
        city.put_back()

    assert len(guarded(city)) > 60
    assert sorted(unnoticed) == sorted(REFUSE_TWICE)


def test_every_kind_of_canary_has_its_readers_and_somebody_meets_it(city: City) -> None:
    readers = read_readers()
    kinds = {each.kind for each in (*city.world.canaries.by_token.values(), *city.world.canaries.given.values())}

    assert kinds == set(readers)
    assert len(kinds) > 20


def test_the_canaries_are_where_they_were_put(city: City) -> None:
    met: set[Canary] = set()
    for person in ("own", "moderator@here", "officer@here", "administrator", "stranger"):
        for door, stage, place in cells(city):
            if stage in MAIN_STAGES and door.method == "GET":
                answer = knock(city, address_of(city, door, place), "GET", city.world.people[person])
                met |= city.world.canaries.found_in(answer.get_data())

    unmet = {kind for kind, people in read_readers().items() if people} - {each.kind for each in met}
    assert not unmet, "nobody is ever shown these, so their absence elsewhere proves nothing"


def test_a_pattern_that_means_nobody_would_be_found() -> None:
    patterns = {pattern for people in read_readers().values() for pattern in people} - {"author"}

    assert all(any(is_meant(pattern, person) for person in PEOPLE) for pattern in patterns)
    assert not is_meant("moderator@here", "officer@here")
