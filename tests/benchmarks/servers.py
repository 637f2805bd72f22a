"""Starts our program and the bare peers on this machine, with the same server, threads and processes."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from participation.core.settings import ROOT, Settings
from tests.services import free_port, is_open, served, wait_until


@contextlib.contextmanager
def ours(environment: dict[str, str]) -> Iterator[int]:
    """Our program as operators run it; gives its port."""
    with served(environment) as address:
        yield int(address.rpartition(":")[2])


@contextlib.contextmanager
def bare(module: str, environment: dict[str, str]) -> Iterator[int]:
    """One of `tests.benchmarks.bare` under the server arguments of `flask serve`; gives its port."""
    arguments = ["--worker-class", "gthread", "--workers", "1", "--threads", str(Settings.threads)]
    with _gunicorn(module, arguments, environment) as port:
        yield port


@contextlib.contextmanager
def bare_live(redis_url: str, workers: int) -> Iterator[int]:
    """The bare broadcaster on gevent workers; gives its port."""
    arguments = ["--worker-class", "gevent", "--workers", str(workers), "--worker-connections", "10000"]
    arguments += ["--graceful-timeout", "1"]  # its streams never end by themselves
    with _gunicorn("live", arguments, {"REDIS_URL": redis_url}) as port:
        yield port


@contextlib.contextmanager
def _gunicorn(module: str, arguments: list[str], environment: dict[str, str]) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *arguments]
    command += ["--log-level", "warning", "--no-control-socket", f"tests.benchmarks.bare.{module}:app"]
    with tempfile.TemporaryDirectory(prefix="bare-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **environment}, stdout=file, stderr=file, start_new_session=True
            )
        try:
            wait_until(lambda: is_open(port), f"bare {module}", log, process)
            yield port
        finally:
            process.terminate()
            process.wait(30)
