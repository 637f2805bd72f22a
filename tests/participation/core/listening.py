"""Phones that listen over raw sockets, and the process that holds their streams, to be killed in the middle."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from participation.core.clock import now
from participation.core.database import db
from participation.core.live import Audience, publish
from participation.core.live_bus import Arrival, Bus, socket_path
from participation.core.live_tickets import Ticket, sign
from participation.core.settings import ROOT, Settings
from tests.services import wait_until

ENGLISH = Audience("en", "participant")
ARABIC = Audience("ar", "participant")
#: Seconds a phone waits for what it is owed.
PATIENCE = 15.0
#: Connections of this test's phones, closed by `hang_up_all`.
_open: list[socket.socket] = []
_START = "from participation.core import live_server, settings; live_server.run(settings.read_settings(), 0)"


class Stage:
    """The topic this test is about: one of its own, since live processes are shared."""

    topic = "session:0:participants"
    _numbers = count(1)

    @classmethod
    def begin(cls) -> None:
        """Begin a new one."""
        cls.topic = f"session:{next(cls._numbers)}:participants"


def say(*texts: str, topic: str = "") -> list[int]:
    """Publish each text in a transaction of its own; needs an app context. Gives the events' numbers."""
    numbers = []
    for text in texts:
        numbers.append(
            publish(topic or Stage.topic, {ENGLISH: f"<p>{text}</p>", ARABIC: f"<p>ar {text}</p>"}, at=now())
        )
        db.session.commit()
    return numbers


def hang_up_all() -> None:
    """Close the connections of all phones."""
    while _open:
        _open.pop().close()


class LiveProcess:
    """A live process of the test's own, without a page server beside it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._log = settings.instance_path / "live.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, again after a `kill`."""
        names = ("database_url", "redis_url", "secret_key", "instance_path")
        variables = {name.upper(): str(getattr(self.settings, name)) for name in names}
        path = socket_path(self.settings, 0)
        path.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START], cwd=ROOT, env={**os.environ, **variables}, stdout=log, stderr=log
            )
        wait_until(path.exists, "the live process", self._log, self._process)

    def kill(self) -> None:
        """Kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Ask it to stop; gives its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(20)

    @property
    def resident_bytes(self) -> int:
        """How much memory it uses."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def running(process: LiveProcess) -> Iterator[LiveProcess]:
    """The process, started, and gone in the end."""
    process.start()
    try:
        yield process
    finally:
        process.kill()


@dataclass
class Heard:
    """One event as it arrived."""

    number: int
    words: str
    kind: str = "message"


@dataclass
class Listener:
    """A phone. It remembers what it saw last, as htmx does, and comes back with that."""

    settings: Settings
    audience: Audience = ENGLISH
    member: str = "participant:1"
    topic: str = field(default_factory=lambda: Stage.topic)
    position: int = 0
    #: all messages, in the order of their arrival
    heard: list[Heard] = field(default_factory=list)
    last_seen: int | None = None
    retry: int | None = None
    status: int | None = None
    beats: int = 0
    connection: socket.socket | None = None
    _rest: bytes = b""

    @property
    def ticket(self) -> str:
        """Its ticket, made now."""
        return sign(self.settings.secret_key, Ticket(self.topic, self.audience, self.member, self.position))

    def listen(self, *, ticket: str | None = None) -> bool:
        """Ask for the stream, as the page process does on a phone's behalf; whether anybody took it."""
        own, other = socket.socketpair()
        self.take(own)
        taken = Bus(self.settings).hand_over(other, Arrival(ticket or self.ticket, self.last_seen))
        other.close()
        return taken

    def take(self, connection: socket.socket) -> None:
        """Listen on a connection on which the stream was asked for already."""
        connection.settimeout(0.2)
        _open.append(connection)
        self.connection, self._rest, self.status = connection, b"", None

    def read(self) -> bool:
        """Read what is there; False when the stream has ended."""
        assert self.connection is not None
        try:
            data = self.connection.recv(65536)
        except TimeoutError:
            return True
        except OSError:
            return False
        self._rest += data
        if self.status is None and b"\r\n\r\n" in self._rest:
            head, _, self._rest = self._rest.partition(b"\r\n\r\n")
            self.status = int(head.split()[1])
        if self.status is not None:
            *blocks, self._rest = self._rest.split(b"\n\n")
            for block in blocks:
                self._take_block(block.decode())
        return bool(data)

    def _take_block(self, block: str) -> None:
        fields = [line.partition(": ")[::2] for line in block.split("\n")]
        if block.startswith(":"):
            self.beats += 1
            return
        facts = dict(fields)
        words = "\n".join(value for name, value in fields if name == "data")
        if "retry" in facts:
            self.retry = int(facts["retry"])
        if "id" in facts:
            self.last_seen = int(facts["id"])
        if facts.get("event") != "listening":
            self.heard.append(Heard(int(facts["id"]), words, facts.get("event", "message")))

    def wait_for(self, count: int, *, seconds: float = PATIENCE) -> list[Heard]:
        """Read until so many messages are here; gives them all."""
        deadline = time.monotonic() + seconds
        while len(self.heard) < count and time.monotonic() < deadline:
            if not self.read():
                break
        return self.heard

    def wait_until_listening(self) -> None:
        """Read until the answer has begun."""
        deadline = time.monotonic() + PATIENCE
        while self.retry is None and self.status in {None, 200} and time.monotonic() < deadline and self.read():
            pass

    def wait_for_end(self, *, seconds: float = PATIENCE) -> bool:
        """Read until the stream ends; whether it did."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.read():
                return True
        return False

    @property
    def numbers(self) -> list[int]:
        """The numbers of what it heard, in order."""
        return [each.number for each in self.heard]

    def hang_up(self) -> None:
        """Walk out of reach."""
        if self.connection is not None:
            self.connection.close()
