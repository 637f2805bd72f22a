"""Reads the reviewed table of permissions: what each person is to get at each door."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.security.canaries import Canary
from tests.security.walking import Door
from tests.security.world import STAGES

TABLE = Path(__file__).with_name("permissions.toml")
CANARIES = Path(__file__).with_name("canaries.toml")
OUTCOMES = frozenset({"yes", "moved", "no", "hidden", "sign-in", "prove"})
OUTSIDERS = frozenset({"stranger", "own", "other", "shared", "unverified", "deactivated"})
RESIDENTS = frozenset({"own", "other", "shared"})
#: Who sees a consultation before residents do; as the consultations' own policy has it.
INSIDERS = "administrator, officer@here, organiser@here, moderator@here, facilitator@here, interpreter@here, "
INSIDERS += "summariser@here, steward@here"
#: Whose task in a consultation brings them before residents' words.
LOOKING_AFTER = "moderator@here, interpreter@here, officer@here, organiser@here, summariser@here, steward@here"


@dataclass(frozen=True)
class Rule:
    """Who gets what, for all stages but those named."""

    usual: str
    by_stage: dict[str, str]

    def outcome(self, door: Door, stage: str, person: str) -> str:
        """What the person is to get."""
        pairs = self.by_stage.get(stage, self.usual).replace("INSIDERS", INSIDERS).split(";")
        for pair in filter(str.strip, pairs):
            people, _colon, outcome = pair.rpartition(":")
            assert outcome.strip() in OUTCOMES, f"{outcome} is no outcome"
            if any(is_meant(each.strip(), person) for each in people.split(",")):
                return outcome.strip()
        is_staff_page = "/staff/" in door.rule.rule
        return "sign-in" if is_staff_page and person in OUTSIDERS and door.method == "GET" else "no"


def read_rules(table: Path = TABLE) -> dict[str, Rule]:
    """Rules by the name of their door; a door named twice is a mistake."""
    rules: dict[str, Rule] = {}
    for entry in tomllib.loads(table.read_text("utf-8"))["rule"]:
        assert set(entry) <= {"doors", "who", "invited", *STAGES}, f"{entry['doors']}: unknown key"
        rule = Rule(entry["who"], {name: text for name, text in entry.items() if name not in {"doors", "who"}})
        for each in entry["doors"]:
            method, _space, endpoint = each.partition(" ")
            for name in (f"GET {endpoint}", f"POST {endpoint}") if method == "BOTH" else (each,):
                assert name not in rules, f"{name} stands twice in {table.name}"
                rules[name] = rule
    return rules


def rule_for(rules: dict[str, Rule], door: Door) -> Rule:
    """The rule of this door."""
    return rules.get(door.whole_name) or rules[door.name]


def is_meant(pattern: str, person: str) -> bool:
    """Whether `pattern` of the table means this person."""
    if pattern in {person, "everybody"}:
        return True
    if pattern == "residents":
        return person in RESIDENTS
    if pattern == "outsiders":
        return person in OUTSIDERS
    if pattern == "staff":
        return person not in OUTSIDERS
    if pattern == "administrator":
        return person == "stale"
    role, _at, where = pattern.partition("@")
    if where == "any":
        return person.startswith(f"{role}@")
    return where == "here" and person == f"{role}@everywhere"


def read_readers(table: Path = CANARIES) -> dict[str, list[str]]:
    """Kind of canary → patterns of who may be sent it."""
    entries = tomllib.loads(table.read_text("utf-8"))
    return {
        kind: [each.strip() for each in people.replace("LOOKING_AFTER", LOOKING_AFTER).split(",") if each.strip()]
        for kind, people in entries.items()
    }


def may_be_sent(canary: Canary, person: str, readers: dict[str, list[str]]) -> bool:
    """Whether the table lets this person read what stands where the canary was put."""
    for pattern in readers.get(canary.kind, ()):
        if pattern == "author":
            if person == canary.owner:
                return True
        elif is_meant(pattern.replace("@here", "@elsewhere") if canary.place == "elsewhere" else pattern, person) or (
            canary.place == "elsewhere" and person == pattern.replace("@here", "@everywhere")
        ):
            return True
    return False
