"""What every test has: two engines, a clock, a strict browser, and no network beyond this machine."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings as hypothesis_settings

ENGINES = ("sqlite", "postgresql")
pytest_plugins = [f"tests.fixtures.{name}" for name in ("databases", "time", "browsers", "pseudo", "demo", "crashes")]

# The same examples on every run, so that a red test stays red; `make long` looks further.
hypothesis_settings.register_profile("ordinary", deadline=None, derandomize=True, database=None)
hypothesis_settings.register_profile("long", deadline=None, max_examples=2000, database=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which engines, and whether the tests that take minutes."""
    parser.addoption("--database", choices=[*ENGINES, "both"], default="both", help="engine of database tests")
    parser.addoption("--write", action="store_true", help="write golden files anew, to be read as a diff")
    parser.addoption("--long", action="store_true", help="only the tests that take minutes")


def pytest_configure(config: pytest.Config) -> None:
    """Look further in long runs."""
    hypothesis_settings.load_profile("long" if config.getoption("--long") else "ordinary")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each database test once per engine."""
    if "database_engine" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        engines = ENGINES if chosen == "both" else (chosen,)
        if metafunc.definition.get_closest_marker("one_engine"):
            engines = engines[:1]
        metafunc.parametrize("database_engine", engines)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out long tests (or all others), and those on real conversations where there are none."""
    wants_long = bool(config.getoption("--long"))
    has_data = bool(os.environ.get("REAL_DATA"))
    left_out = [
        item
        for item in items
        if (item.get_closest_marker("long") is not None) != wants_long
        or (item.get_closest_marker("realdata") is not None and not has_data)
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say when real conversations were not there to test with."""
    if not os.environ.get("REAL_DATA"):
        terminalreporter.write_line("Tests on real conversations were left out: REAL_DATA names no folder.")
