"""`make run` on a bare checkout, as a newcomer types it, and how soon it serves the second time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from participation.core.settings import ROOT
from tests.services import free_port

#: Seconds from nothing to the first page, with warm package caches, on two cores; and the next time.
FIRST_SECONDS = 90
NEXT_SECONDS = 3

pytestmark = pytest.mark.long


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone of what is committed."""
    target = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(target)], check=True)
    return target


def answers(address: str) -> bool:
    """Whether the page is there."""
    try:
        with urllib.request.urlopen(address, timeout=5) as page:  # noqa: S310  our own address
            return bool(page.status == 200)
    except OSError:
        return False


def seconds_until_served(checkout: Path) -> float:
    """Type `make run`, wait for the first page, stop it again."""
    port = free_port()
    environment = {**os.environ, "PORT": str(port)}
    for name in ("MAKEFLAGS", "MAKELEVEL", "VIRTUAL_ENV", "INSTANCE_PATH", "DATABASE_URL"):
        environment.pop(name, None)
    started = time.monotonic()
    make = shutil.which("make")
    assert make
    process = subprocess.Popen(
        [make, "run"], cwd=checkout, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        while not answers(f"http://127.0.0.1:{port}/en/help"):
            assert process.poll() is None, process.stdout.read() if process.stdout else ""
            assert time.monotonic() - started < 3 * FIRST_SECONDS
            time.sleep(0.05)
        return time.monotonic() - started
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=60)


def test_make_run_serves_soon(checkout: Path) -> None:
    first = seconds_until_served(checkout)
    again = seconds_until_served(checkout)

    print(f"first {first:.1f} s, again {again:.1f} s")
    assert first < FIRST_SECONDS
    assert again < NEXT_SECONDS
