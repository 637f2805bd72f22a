"""Our program as operators run it, to be killed in the middle of its work, and people who vote meanwhile."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from itsdangerous import URLSafeTimedSerializer

from participation.core.settings import ROOT, Settings
from tests.benchmarks.city import SECRET, SLUG, City, hash_key
from tests.services import free_port, is_open, wait_until

TOO_OFTEN = 429
#: Seconds a crowd gets to have its votes acknowledged.
PATIENCE = 20.0
FORM = "application/x-www-form-urlencoded"


class Server:
    """One process group that serves `city`; `kill` ends all of it at once."""

    def __init__(self, city: City, folder: Path, *, program: str = "") -> None:
        """`program` is another application than ours under the same server, for proofs that these tests can fail."""
        self.port = free_port()
        self._city = city
        self._folder = folder
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Serve; gives the seconds until it answered."""
        began = time.monotonic()
        log = self._folder / "server.log"
        variables = {"HOST": "127.0.0.1", "PORT": str(self.port), "INSTANCE_PATH": str(self._folder)}
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                self._command(),
                cwd=ROOT,
                env={**os.environ, **variables, **self._city.environment},
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        wait_until(lambda: is_open(self.port), "flask serve", log, self._process)
        ask(self.port, "GET", "/en/privacy")
        return time.monotonic() - began

    def _command(self) -> list[str]:
        if not self._program:
            return [str(Path(sys.executable).with_name("flask")), "serve"]
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread"]
        command += ["--workers", "1", "--threads", str(Settings.threads), "--no-control-socket"]
        return [*command, self._program]

    def kill(self) -> None:
        """Kill -9 every process of it, as a power cut would."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        # its children die a moment later; until then they still take connections, and drop them
        while is_open(self.port):
            time.sleep(0.01)


@dataclass
class Sent:
    """One vote that was answered with "done"."""

    statement_id: int
    #: key in her cookie, or the key of the form of somebody nobody knew yet
    key: str
    is_stranger: bool
    value: int


@dataclass
class Crowd:
    """People who vote one after another on many connections until the server is gone."""

    city: City
    #: votes that were acknowledged
    acknowledged: list[Sent] = field(default_factory=list)
    #: answers that were neither done nor a broken connection: status → how many
    surprises: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._serializer = URLSafeTimedSerializer(SECRET, salt="form")
        self._numbers = iter(range(10**9))
        self._lock = threading.Lock()

    def vote_until_killed(self, server: Server, *, connections: int, votes: int) -> None:
        """Let everybody vote, and kill the server a moment after about so many votes were acknowledged."""
        enough = len(self.acknowledged) + votes
        is_over = threading.Event()
        # every fourth is somebody nobody knows yet: her vote takes the ordinary way, with a participant of her own
        threads = [
            threading.Thread(target=self._vote, args=(server.port, is_over, number % 4 == 0))
            for number in range(connections)
        ]
        for each in threads:
            each.start()
        deadline = time.monotonic() + PATIENCE
        while len(self.acknowledged) < enough and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.05))
        server.kill()
        is_over.set()
        for each in threads:
            each.join()

    def _vote(self, port: int, is_over: threading.Event, is_stranger: bool) -> None:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
            while not is_over.is_set() and self._vote_once(connection, is_stranger=is_stranger):
                pass

    def _vote_once(self, connection: http.client.HTTPConnection, *, is_stranger: bool) -> bool:
        """One vote; whether she goes on."""
        with self._lock:
            number = next(self._numbers)
        sent = self._make(number, is_stranger=is_stranger)
        try:
            status = vote(connection, self.city, self._serializer, sent)
        except (OSError, http.client.HTTPException):
            return False
        if status == 303:
            self.acknowledged.append(sent)
        elif status == TOO_OFTEN:
            return False  # strangers behind one address are counted together
        else:
            self.surprises[status] = self.surprises.get(status, 0) + 1
        return True

    def _make(self, number: int, *, is_stranger: bool) -> Sent:
        people, statements = self.city.keys, self.city.statement_ids
        statement_id = statements[number // len(people) % len(statements)]
        key = f"stranger-{number}" if is_stranger else people[number % len(people)]
        return Sent(statement_id, key, is_stranger, random.choice((1, 0, -1)))


def vote(connection: http.client.HTTPConnection, city: City, serializer: URLSafeTimedSerializer, sent: Sent) -> int:
    """Send one vote; gives the status of the answer."""
    form_key = sent.key if sent.is_stranger else f"vote-{sent.key}"
    owner = "stranger" if sent.is_stranger else f"key:{hash_key(sent.key)[:32]}"
    token = serializer.dumps([form_key, f"vote:{city.step_id}", owner])
    answer = {1: "agree", 0: "pass", -1: "disagree"}[sent.value]
    headers = {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
    if not sent.is_stranger:
        headers["Cookie"] = f"baraza_key={sent.key}"
    path = f"/en/consultations/{SLUG}/statements/2/votes"
    connection.request("POST", path, f"form_token={token}&statement_id={sent.statement_id}&answer={answer}", headers)
    response = connection.getresponse()
    response.read()
    return response.status


def ask(
    port: int, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
) -> http.client.HTTPResponse:
    """One request on a connection of its own, answer read."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body or None, headers or {})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def split(rows: Sequence[Sent]) -> tuple[list[Sent], list[Sent]]:
    """Those of people we knew, and those of strangers."""
    return [each for each in rows if not each.is_stranger], [each for each in rows if each.is_stranger]


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server, started, and killed in the end whatever happens."""
    server.start()
    try:
        yield server
    finally:
        server.kill()
