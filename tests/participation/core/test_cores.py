"""Which processor core the page server runs on."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from flask import Flask

from participation.core.cores import stay_on_one_core
from participation.core.database import db
from tests.services import served

#: macOS has no call that ties a process to a core, so there is nothing to see there; CI runs on Linux.
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems choose the cores themselves")

ALONE = "import os; from participation.core import cores; print(cores.stay_on_one_core(), os.sched_getaffinity(0))"


def _cores_of_the_worker(port: int) -> set[int]:
    """The cores of the youngest process that holds the socket of `port`: gunicorn's worker, a child of its master."""
    listening = f"00000000:{port:04X}", f"0100007F:{port:04X}"
    lines = Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]
    (inode,) = {line.split()[9] for line in lines if line.split()[1] in listening and line.split()[3] == "0A"}
    holders = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(each.readlink()) == f"socket:[{inode}]" for each in (process / "fd").iterdir()):
                holders.append(int(process.name))
        except OSError:
            continue
    return os.sched_getaffinity(max(holders))


@on_linux
def test_the_process_stays_on_the_core_it_runs_on() -> None:
    found = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    core, cores = found.stdout.strip().split(" ", 1)

    assert cores == f"{{{core}}}"
    assert int(core) in os.sched_getaffinity(0)


def test_where_the_system_has_no_such_thing_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_setaffinity", raising=False)

    assert stay_on_one_core() is None


def test_where_the_system_does_not_allow_it_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_process: int, _cores: set[int]) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", refuse, raising=False)

    assert stay_on_one_core() is None


@on_linux
@pytest.mark.parametrize("setting", ["1", "0"])
def test_the_page_server_stays_where_the_settings_say(app: Flask, setting: str) -> None:
    with app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    with served({"DATABASE_URL": url, "ONE_CORE": setting}) as address:
        # whoever answers has loaded the program
        with urllib.request.urlopen(f"{address}/city.css", timeout=30) as sheet:  # noqa: S310  our own address
            assert sheet.status == 200
        cores = _cores_of_the_worker(int(address.rpartition(":")[2]))
    assert len(cores) == (1 if setting == "1" else len(os.sched_getaffinity(0)))
