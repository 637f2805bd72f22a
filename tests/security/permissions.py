"""Reads the reviewed table of permissions: what each person is to get at each door."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.security.canaries import Canary
from tests.security.filling_sessions import TALKS
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
#: Who sees a session before residents do; as the sessions' own policy has it.
TALK_INSIDERS = "lead, administrator, officer@here, organiser@here, facilitator@here, interpreter@here, "
TALK_INSIDERS += "safeguarding_lead, safeguarding_deputy, summariser@here, steward@here"
#: Whose task in a consultation brings them before residents' words.
LOOKING_AFTER = "moderator@here, interpreter@here, officer@here, organiser@here, summariser@here, steward@here"


@dataclass(frozen=True)
class Rule:
    """Who gets what, for all stages but those named."""

    usual: str
    by_stage: dict[str, str]

    def _said(self, stage: str) -> str:
        return self.by_stage.get(stage, self.usual)

    def outcome(self, door: Door, stage: str, person: str) -> str:
        """What the person is to get."""
        spelt = re.sub(r"\b(TALK_)?INSIDERS\b", lambda m: TALK_INSIDERS if m[1] else INSIDERS, self._said(stage))
        for pair in filter(str.strip, spelt.split(";")):
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
        assert set(entry) <= {"doors", "who", "invited", *STAGES, *TALKS}, f"{entry['doors']}: unknown key"
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
        kind: [each.strip() for each in _spelt(people).split(",") if each.strip()] for kind, people in entries.items()
    }


def _spelt(people: str) -> str:
    return people.replace("LOOKING_AFTER", LOOKING_AFTER).replace("TALK_INSIDERS", TALK_INSIDERS)


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
