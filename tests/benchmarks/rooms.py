"""Putting people into small rooms: seconds of processor time for a hundred and for a thousand of them.

There is no peer: the library that does the same crashed or left people alone (dialogue-and-safety.md, decision 5), so
the aim is a time that people in a session wait without wondering.
"""

from __future__ import annotations

import time
from statistics import median

from dialogues.groups import check, place, report_on
from tests.benchmarks.rounds import Row
from tests.factories.groups import make_large_session

#: people, seconds they may wait
AIMS = ((100, 2), (1000, 60))


def measure(rounds: int, _seconds: float) -> list[Row]:
    """Sessions with three protected questions, four languages, wishes and minors, each of another seed."""
    return [_measure(people, aim, rounds if people < 1000 else max(2, rounds // 2)) for people, aim in AIMS]


def _measure(count: int, aim: int, rounds: int) -> Row:
    taken, left, never = [], 0, 0
    for seed in range(rounds):
        people, rooms, rules = make_large_session(seed, count)
        before = time.process_time()
        plan = place(people, rooms, rules, seed=seed)
        taken.append(time.process_time() - before)
        left += report_on(plan, people, rules).in_main_room
        never += sum(each.is_never_broken for each in check(plan, people, rules))
    seconds = median(taken)
    what = f"{count:,} people into small rooms, three protected questions: seconds of processor time"
    note = f"longest {max(taken):.2f} s; {never} rules broken that never are; {left / rounds:.1f} people left over"
    return Row(what, f"{seconds:.2f} s", "–", seconds, f"≤ {aim}", note)
