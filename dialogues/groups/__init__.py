"""Putting people into small rooms for one round of a dialogue (dialogue-and-safety.md §10).

Words: a *person* is somebody in the session by what she said of herself; *staff* lead rooms and take no seat; a *host*
takes part and leads; a *room* is a small room, the *main room* is where everybody is together; a *plan* says who is
where; a *background* is a protected answer; a *hard rule* is kept where it can be, and some are never broken; a *soft
aim* is weighed. This slice reckons only: it knows no table, no request and no words for people. `place` makes a plan,
`place_by_affinity` and `mixed_round` the two rounds of an affinity dialogue, `report_on` says how good a plan is
without saying who, `check` finds what a facilitator's own change breaks, `find_room` and `suggest_merge` follow people
who come late or leave.
"""

from .affinity import affinity_rules, mixed_round, place_by_affinity
from .joining import Merge, find_room, seat, suggest_merge, without
from .people import AgeGroup, Person, Plan, Room, Rules, SeatedRoom, Sizes, Weights
from .placing import place
from .report import ConstraintReport, InterpreterNeed, report_on
from .rules import NEVER_BROKEN, Rule, Violation, check

__all__ = [
    "NEVER_BROKEN",
    "AgeGroup",
    "ConstraintReport",
    "InterpreterNeed",
    "Merge",
    "Person",
    "Plan",
    "Room",
    "Rule",
    "Rules",
    "SeatedRoom",
    "Sizes",
    "Violation",
    "Weights",
    "affinity_rules",
    "check",
    "find_room",
    "mixed_round",
    "place",
    "place_by_affinity",
    "report_on",
    "seat",
    "suggest_merge",
    "without",
]
