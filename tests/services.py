"""Real PostgreSQL, real Redis and Chromium for tests and benchmarks: started on free loopback ports, stopped again.

A missing program is a failure with a sentence, never a skipped test.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg

#: Seconds a service may take to answer for the first time.
START_SECONDS = 30
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class ServiceMissing(RuntimeError):
    """A program that tests need is not on this machine."""

    def __init__(self, program: str) -> None:
        super().__init__(f"{program} was not found; `make test` installs it on Debian, elsewhere see its message.")


class PostgreSQL:
    """A cluster of its own in a temporary folder; `url(name)` makes or names a database in it."""

    def __init__(self, *, durable: bool = False) -> None:
        """With `durable` every commit reaches the disk, for tests that kill it."""
        self.durable = durable
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._create()
        self.start()

    def _create(self) -> None:
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]
        if owner := _postgres_user():
            shutil.chown(self.folder, owner["user"], owner["group"])
        command = [postgresql_program("initdb"), *options, f"--pgdata={self.folder / 'data'}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **_postgres_user())

    def start(self) -> None:
        """Start it (again) and wait until it answers."""
        disk = [] if self.durable else ["fsync=off", "full_page_writes=off"]
        options = [
            *disk,
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self.folder}",
            "max_connections=200",
            "shared_buffers=64MB",
        ]
        command = [postgresql_program("postgres"), "-D", str(self.folder / "data")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *(word for option in options for word in ("-c", option))],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                preexec_fn=_die_with_parent,
                **_postgres_user(),
            )
        wait_until(self._answers, "PostgreSQL", self.folder / "log", self._process)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._conninfo("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _conninfo(self, name: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={name}"

    def url(self, name: str) -> str:
        """The SQLAlchemy address of the database `name`, which is made when it is not there."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def kill(self) -> None:
        """Kill -9 the server and all its processes, as a power cut of the program would."""
        assert self._process is not None
        children = subprocess.run(
            ["pgrep", "-P", str(self._process.pid)], check=False, capture_output=True, text=True
        ).stdout.split()
        for pid in [self._process.pid, *map(int, children)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Stop it and remove every trace."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(START_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis:
    """A Redis of its own that keeps nothing on disk."""

    def __init__(self) -> None:
        self._program = shutil.which("redis-server") or _missing("Redis")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.folder = Path(tempfile.mkdtemp(prefix="redis-"))
        self.start()

    def start(self) -> None:
        """Start it (again), empty, and wait until it answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, *options], stdout=log, stderr=log, cwd=self.folder, preexec_fn=_die_with_parent
            )
        wait_until(lambda: is_open(self.port), "Redis", self.folder / "log", self._process)

    def kill(self) -> None:
        """Kill -9."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Stop it and remove every trace."""
        self._process.terminate()
        self._process.wait(START_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)


def chromium_program() -> str:
    """Path of Chromium or Chrome: `CHROMIUM` in the environment, else where systems put it.

    Raises:
        ServiceMissing: there is none.
    """
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    places = (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    )
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return found or next((place for place in places if Path(place).exists()), None) or _missing("Chromium")


@contextlib.contextmanager
def served(environment: dict[str, str], *, command: Sequence[str] = ("serve",)) -> Iterator[str]:
    """Our program as operators run it (`flask serve`), on a free port; gives its address."""
    port = free_port()
    root = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory(prefix="serve-") as folder:
        log = Path(folder) / "log"
        variables = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "INSTANCE_PATH": folder, **environment}
        program = str(Path(sys.executable).with_name("flask"))
        with log.open("wb") as file:
            process = subprocess.Popen(
                [program, *command],
                cwd=root,
                env=variables,
                stdout=file,
                stderr=file,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        try:
            wait_until(lambda: is_open(port), "flask serve", log, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_open(port: int) -> bool:
    """Whether somebody listens on the loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(is_ready: Any, name: str, log: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait for a service, or fail with what it wrote."""
    deadline = time.monotonic() + START_SECONDS
    while not is_ready():
        if time.monotonic() > deadline or process.poll() is not None:
            raise RuntimeError(f"{name} did not start:\n{log.read_text('utf-8', 'replace')[-3000:]}")
        time.sleep(0.05)


def postgresql_program(name: str) -> str:
    """Path of a PostgreSQL program: on the PATH, else the newest that Debian installed.

    Raises:
        ServiceMissing: there is none.
    """
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return shutil.which(name) or (str(versions[-1]) if versions else _missing("PostgreSQL"))


def _postgres_user() -> dict[str, Any]:
    """Whom to run PostgreSQL as: it refuses to run as root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _die_with_parent() -> None:
    """On Linux, stop a service even when its tests were killed."""
    if sys.platform == "linux":
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)


def _missing(program: str) -> Any:
    raise ServiceMissing(program)
