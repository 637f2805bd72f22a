"""`make bench`: measures side by side in one run and prints the table of docs/performance.md."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version

from tests.benchmarks import live, pages, phone, rows, votes
from tests.benchmarks.rounds import Row, not_measured, print_table
from tests.services import postgresql_program

PARTS: dict[str, Callable[[int, float], list[Row]]] = {
    "pages": pages.measure,
    "votes": votes.measure,
    "live": live.measure,
    "phone": phone.measure,
    "import": rows.measure_import,
    "export": rows.measure_export,
    "growth": pages.measure_growth,
}


def main() -> int:
    """Measure what was asked for; exit code 1 when an aim is missed or could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure; all of it when left out")
    parser.add_argument("--rounds", type=int, default=5, help="rounds whose median counts")
    parser.add_argument("--seconds", type=float, default=2.0, help="seconds of load a side and a round")
    wanted = parser.parse_args()
    print(about_this_run(), flush=True)
    table: list[Row] = []
    for name in wanted.parts or PARTS:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        try:
            table += PARTS[name](wanted.rounds, wanted.seconds)
        except Exception as trouble:
            traceback.print_exc()
            table.append(not_measured(name, "–", f"failed: {trouble}".splitlines()[0]))
    print_table(table)
    return 0 if all(row.is_reached for row in table) else 1


def about_this_run() -> str:
    """When, on what, with which versions."""
    names = ("flask", "sqlalchemy", "jinja2", "gunicorn", "psycopg")
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    postgresql = subprocess.run(
        [postgresql_program("postgres"), "--version"], check=True, capture_output=True, text=True
    ).stdout.split()[2]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, {libraries}, SQLite {sqlite3.sqlite_version}, PostgreSQL {postgresql}; "
        f"load average at the beginning {os.getloadavg()[0]:.1f}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
