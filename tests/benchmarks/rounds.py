"""Interleaved rounds: everything that is compared is measured in turn, again and again, and medians are compared."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.load import Result, load

#: Load average above which others use the machine too much for a good round; it is waited for, a while.
QUIET = 1.5
PATIENCE_SECONDS = 8.0


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    ours: str
    peer: str
    #: ours compared with the peer; None when it was not measured
    ratio: float | None
    #: what the ratio should be, such as "≥ 0.4"
    aim: str
    note: str = ""

    @property
    def is_reached(self) -> bool | None:
        """Whether the aim is reached; None when nobody knows."""
        if self.ratio is None:
            return None
        sign, _space, number = self.aim.partition(" ")
        return self.ratio >= float(number) if sign == "≥" else self.ratio <= float(number)


def not_measured(what: str, aim: str, why: str) -> Row:
    """A line about something nobody knows."""
    return Row(what, "–", "–", None, aim, why)


@dataclass(frozen=True)
class Side:
    """One server's answer to one kind of request."""

    port: int
    requests: Callable[[int], Iterator[bytes]]
    hoped_for: int = 200


@dataclass(frozen=True)
class Measured:
    """Medians over the rounds of one side."""

    rate: float
    p50: float
    p95: float
    #: milliseconds of processor time the server spent on an answer, whoever else used the machine; NaN where unknown
    cost: float

    def __str__(self) -> str:
        return f"{self.rate:,.0f}/s, p95 {self.p95:.0f} ms, {self.cost:.1f} ms CPU"


def interleave(sides: Mapping[str, Side], *, rounds: int, seconds: float, connections: int) -> dict[str, Measured]:
    """Load each side in turn, `rounds` times after one that only warms up.

    Raises:
        RuntimeError: a side gave another answer than was hoped for.
    """
    results: dict[str, list[Result]] = {name: [] for name in sides}
    costs: dict[str, list[float]] = {name: [] for name in sides}
    servers = {side.port: listening_on(side.port) for side in sides.values()}
    for number in range(rounds + 1):
        wait_until_quiet()
        for name, side in sides.items():
            length = seconds if number else min(seconds, 1.0)
            before = processor_seconds(servers[side.port])
            result = load(side.port, side.requests, connections=connections, seconds=length, hoped_for=side.hoped_for)
            if result.bad or (number and not result.good):
                raise RuntimeError(f"{name} answered {result.bad or 'nothing'} instead of {side.hoped_for}")
            if number:
                results[name].append(result)
                costs[name].append((processor_seconds(servers[side.port]) - before) / result.answered * 1000)
    return {
        name: Measured(
            median(each.rate for each in found),
            median(each.percentile(50) for each in found),
            median(each.percentile(95) for each in found),
            median(costs[name]),
        )
        for name, found in results.items()
    }


def listening_on(port: int) -> list[int]:
    """Processes that serve this loopback port; none where `/proc` does not tell."""
    with suppress(OSError):
        lines = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
        sockets = {f"socket:[{each[9]}]" for each in lines if each[1].endswith(f":{port:04X}") and each[3] == "0A"}
        return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit() and _holds(each, sockets)]
    return []


def _holds(process: Path, sockets: set[str]) -> bool:
    with suppress(OSError):
        return any(str(each.readlink()) in sockets for each in (process / "fd").iterdir())
    return False


def processor_seconds(processes: list[int]) -> float:
    """Processor time these processes have used; NaN where nobody knows."""
    if not processes:
        return float("nan")
    fields = [Path(f"/proc/{each}/stat").read_text("utf-8").rpartition(")")[2].split() for each in processes]
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


def cheaper(ours: Measured, peer: Measured) -> str:
    """The same comparison by processor time, which others on the machine hardly disturb."""
    return f"by processor time {peer.cost / ours.cost:.2f}"


def wait_until_quiet() -> None:
    """Wait until hardly anybody else uses the machine, or until patience ends; ratios bear some company."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while os.getloadavg()[0] > QUIET * (os.cpu_count() or 1) and time.monotonic() < deadline:
        time.sleep(1)


def faster(ours: Measured, peer: Measured) -> float:
    """How many times the peer's rate ours is."""
    return ours.rate / peer.rate


def print_table(rows: list[Row]) -> None:
    """The table as it stands in docs/performance.md."""
    print("| what | ours | peer | ratio | aim | |\n|---|---|---|---|---|---|")
    for row in rows:
        ratio = "not measured" if row.ratio is None else f"{row.ratio:.2f}"
        verdict = {True: "reached", False: "**missed**", None: ""}[row.is_reached]
        note = f"{verdict}; {row.note}" if verdict and row.note else verdict or row.note
        print(f"| {row.what} | {row.ours} | {row.peer} | {ratio} | {row.aim} | {note} |")
