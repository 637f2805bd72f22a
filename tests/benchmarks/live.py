"""Live pages: from publishing to the last phone, beside a bare gevent and Redis broadcaster of the same bytes.

Both sides have all their phones attached; rounds alternate, one event a second, about a kilobyte in each of three
languages. Ours is timed from before the event is written: log, commit, word and hand-out; the peer from before it is
given to Redis. Meanwhile a page is asked for, and its 95th percentile compared with that of the idle program.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import count, repeat
from pathlib import Path
from statistics import median, quantiles

from flask import Flask
from redis import Redis as RedisClient

from participation.core.clock import now
from participation.core.database import db
from participation.core.live import Audience, publish
from participation.core.live_bus import Bus
from participation.core.live_phone import event_bytes
from participation.core.live_tickets import Ticket, sign
from participation.core.settings import ROOT, Settings
from tests.benchmarks import servers
from tests.benchmarks.city import SECRET, fill, make_program
from tests.benchmarks.load import load
from tests.benchmarks.rounds import Row, wait_until_quiet
from tests.services import Redis

LANGUAGES = ("en", "es", "ar")
TOPIC = "measured"
#: Events that are pushed on each side in a round of the others' measure.
EVENTS_A_ROUND = 4
PAGE = b"GET /en/help HTTP/1.1\r\nHost: localhost\r\nCookie: known=1\r\n\r\n"
_marks = count(1)


@dataclass(frozen=True)
class Crowd:
    """The phones of one side, in a process of their own."""

    process: subprocess.Popen[str]
    phones: int

    def hear(self, say: Callable[[str], None]) -> list[float]:
        """Seconds after which each phone heard what `say` is given, in order."""
        mark = f"round-{next(_marks)}-"
        self._write(mark)
        assert self.process.stdout is not None
        self.process.stdout.readline()
        began = time.monotonic()
        say(mark)
        arrivals = json.loads(self.process.stdout.readline())
        if len(arrivals) < self.phones:
            raise RuntimeError(f"{self.phones - len(arrivals)} of {self.phones} phones heard nothing")
        return [each - began for each in arrivals]

    def _write(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()


def measure(rounds: int, seconds: float) -> list[Row]:
    """2,000 phones on the embedded default; 10,000 on two workers with Redis."""
    return [
        *_measure("2,000 phones, embedded default", 2_000, 1, rounds, seconds, with_redis=False),
        *_measure("10,000 phones, two workers and Redis", 10_000, 2, rounds, seconds, with_redis=True),
    ]


def _measure(what: str, phones: int, workers: int, rounds: int, seconds: float, *, with_redis: bool) -> list[Row]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="live-")))
        redis = Redis()
        stack.callback(redis.stop)
        app = make_program(folder)
        city = fill(app, people=1)
        settings = replace(app.extensions["settings"], redis_url=redis.url if with_redis else "", live_workers=workers)
        app.extensions["live_bus"] = Bus(settings)
        port = stack.enter_context(servers.ours({**city.environment, **_environment(settings)}))
        peer = stack.enter_context(servers.bare_live(redis.url, workers))
        ours = stack.enter_context(_crowd(port, [_our_request(number) for number in range(phones)]))
        theirs = stack.enter_context(_crowd(peer, [_bare_request(number) for number in range(phones)]))
        client = RedisClient.from_url(redis.url)
        stack.callback(client.close)
        sides: dict[str, tuple[Crowd, Callable[[str], None]]] = {
            "ours": (ours, lambda mark: _publish(app, mark)),
            "bare": (theirs, lambda mark: _broadcast(client, mark)),
        }
        found = _alternate(sides, rounds)
        idle, busy = _pages(port, rounds, seconds, ours, app)
    return _rows(what, found, idle, busy)


def _environment(settings: Settings) -> dict[str, str]:
    names = ("redis_url", "live_workers", "instance_path")
    return {name.upper(): str(getattr(settings, name)) for name in names}


def _alternate(sides: dict[str, tuple[Crowd, Callable[[str], None]]], rounds: int) -> dict[str, list[list[float]]]:
    """Arrivals of each event on each side, after one round that only warms up."""
    found: dict[str, list[list[float]]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        wait_until_quiet()
        for name, (crowd, say) in sides.items():
            for _ in range(EVENTS_A_ROUND):
                arrivals = crowd.hear(say)
                if number:
                    found[name].append(arrivals)
                time.sleep(max(0.0, 1 - arrivals[-1]))
    return found


def _page_p95(port: int, seconds: float) -> float:
    return load(port, lambda _number: repeat(PAGE), connections=8, seconds=seconds).percentile(95)


def _pages(port: int, rounds: int, seconds: float, crowd: Crowd, app: Flask) -> tuple[float, float]:
    """Medians of the page's p95 while nothing is said and while one event a second is pushed, measured in turn."""
    quiet, busy = [], []
    for number in range(rounds + 1):
        found = _page_p95(port, seconds), _page_p95_meanwhile(port, seconds, crowd, app)
        if number:
            quiet.append(found[0])
            busy.append(found[1])
    return median(quiet), median(busy)


def _page_p95_meanwhile(port: int, seconds: float, crowd: Crowd, app: Flask) -> float:
    is_over = threading.Event()

    def talk() -> None:
        while not is_over.is_set():
            crowd.hear(lambda mark: _publish(app, mark))
            is_over.wait(1)

    talking = threading.Thread(target=talk)
    talking.start()
    try:
        return _page_p95(port, seconds)
    finally:
        is_over.set()
        talking.join()


def _rows(what: str, found: dict[str, list[list[float]]], idle: float, busy: float) -> list[Row]:
    last = {name: [each[-1] * 1000 for each in events] for name, events in found.items()}
    middle = {name: median(each) for name, each in last.items()}
    worst = {name: quantiles(each, n=100)[98] for name, each in last.items()}
    events = len(last["ours"])
    return [
        Row(
            f"{what}: last phone, median of {events} events",
            f"{middle['ours']:.0f} ms",
            f"{middle['bare']:.0f} ms",
            middle["ours"] / middle["bare"],
            "≤ 2",
        ),
        Row(
            f"{what}: last phone, p99, in ms",
            f"{worst['ours']:.0f} ms",
            f"{worst['bare']:.0f} ms",
            worst["ours"],
            "≤ 500",
            f"{worst['ours'] / worst['bare']:.2f} of the peer's",
        ),
        Row(f"{what}: p95 of a page meanwhile", f"{busy:.0f} ms", f"{idle:.0f} ms idle", busy / idle, "≤ 1.5"),
    ]


@contextmanager
def _crowd(port: int, requests: list[bytes]) -> Iterator[Crowd]:
    command = [sys.executable, "-m", "tests.benchmarks.phones", str(port), str(len(requests))]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.writelines(f"{b64encode(each).decode()}\n" for each in requests)
        process.stdin.flush()
        listening = int(process.stdout.readline())
        if listening < len(requests):
            raise RuntimeError(f"only {listening} of {len(requests)} phones could listen")
        yield Crowd(process, listening)
    finally:
        process.kill()
        process.wait()


def _our_request(number: int) -> bytes:
    audience = Audience(LANGUAGES[number % 3], "participant")
    ticket = sign(SECRET, Ticket(TOPIC, audience, f"participant:{number}", 0))
    return f"GET /live/{ticket} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode()


def _bare_request(number: int) -> bytes:
    return f"GET /{LANGUAGES[number % 3]} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode()


def _fragment(language: str, mark: str) -> str:
    return f"<section lang='{language}'><p>{mark}</p>{'<p>Words of the bridge</p>' * 36}</section>"


def _publish(app: Flask, mark: str) -> None:
    with app.app_context():
        publish(TOPIC, {Audience(each, "participant"): _fragment(each, mark) for each in LANGUAGES}, at=now())
        db.session.commit()


def _broadcast(client: RedisClient, mark: str) -> None:
    client.publish("bare", json.dumps({each: event_bytes(1, _fragment(each, mark)).decode() for each in LANGUAGES}))
