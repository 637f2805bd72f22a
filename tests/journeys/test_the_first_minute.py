"""What somebody meets in her first minute: the server starts, the doctor is content, a door opens."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from participation.core.settings import ROOT
from tests.fixtures.browsers import StrictTab
from tests.services import served

from .people import Officer, Somebody


def run(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A command of `flask` as an operator types it."""
    program = str(Path(sys.executable).with_name("flask"))
    return subprocess.run(
        [program, *command.split()],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_demo_is_served_and_its_staff_get_in(chromium: Browser, demo_file: Path, tmp_path: Path) -> None:
    environment = {"INSTANCE_PATH": str(tmp_path), "SECRET_KEY": "for tests " + "0123456789" * 4}
    copy_database(demo_file, tmp_path / "baraza.sqlite3")

    with served(environment, command=("serve", "--prepare")) as address:
        doctor = run("doctor", environment)
        accounts = json.loads(run("demo accounts --json", environment).stdout)
        tab = StrictTab(chromium, address)
        stranger = Somebody(tab(locale="ar-EG"), "ar")
        stranger.page.goto("/")
        officer = Officer(tab(), "en")
        officer.enter(urlsplit(next(each["link"] for each in accounts if "officer" in each["role"])).path)
        heading, entered = stranger.heading, officer.path
        tab.close()

    assert doctor.returncode == 0, doctor.stdout
    assert tab.troubles == []
    assert heading
    assert entered == "/staff/"
    assert {"role", "name", "address", "link"} == set(accounts[0])
    assert {"administrator", "moderator"} <= {each["role"].split(", ")[0] for each in accounts}


def copy_database(source: Path, target: Path) -> None:
    """A copy for a process of its own."""
    with sqlite3.connect(source) as original, sqlite3.connect(target) as copy:
        original.backup(copy)
    original.close()
    copy.close()
