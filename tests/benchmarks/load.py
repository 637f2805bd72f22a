"""A load generator that costs little: raw sockets kept alive in one process, requests prepared beforehand.

It shares the machine with the server it measures, so it does no more than send bytes, find the end of each answer and
look at its status.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from statistics import quantiles

#: Seconds after which an unanswered request is a failure.
PATIENCE = 20.0


@dataclass
class Result:
    """What one round of load brought."""

    #: seconds it lasted
    seconds: float
    #: answers with the status that was hoped for
    good: int = 0
    #: all good answers, also those that came after the time was over and do not count
    answered: int = 0
    #: status → answers with another one; 0 stands for a broken connection
    bad: dict[int, int] = field(default_factory=dict)
    #: seconds each good answer took
    latencies: list[float] = field(default_factory=list)
    #: bytes of the last good body
    body_bytes: int = 0

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.good / self.seconds

    def percentile(self, percent: int) -> float:
        """Milliseconds within which this share of the good answers came."""
        return quantiles(self.latencies, n=100)[percent - 1] * 1000 if len(self.latencies) > 1 else float("nan")


class _Connection:
    """One client: sends its next request as soon as the last was answered."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.port = port
        self.requests = requests
        self.socket: socket.socket | None = None
        self.sent_at = 0.0
        self.received = bytearray()
        self.end = -1

    def open(self, selector: selectors.BaseSelector) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(self.socket, selectors.EVENT_READ, self)

    def close(self, selector: selectors.BaseSelector) -> None:
        if self.socket is not None:
            selector.unregister(self.socket)
            self.socket.close()
            self.socket = None

    def send(self) -> bool:
        """Send the next request; False when there is none left."""
        request = next(self.requests, None)
        if request is None or self.socket is None:
            return False
        self.received.clear()
        self.end = -1
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)
        return True

    def is_answered(self) -> bool:
        """Whether the whole answer is here."""
        if self.end < 0:
            head = self.received.find(b"\r\n\r\n")
            if head < 0:
                return False
            headers = bytes(self.received[:head]).lower()
            place = headers.find(b"content-length:")
            if place < 0:
                return self.received.endswith(b"0\r\n\r\n")
            self.end = head + 4 + int(headers[place + 15 :].split(b"\r\n", 1)[0])
        return len(self.received) >= self.end

    @property
    def status(self) -> int:
        return int(self.received[9:12])


def load(
    port: int,
    requests: Callable[[int], Iterator[bytes]],
    *,
    connections: int,
    seconds: float,
    hoped_for: int = 200,
    on_answer: Callable[[bytes], None] | None = None,
) -> Result:
    """Keep `connections` clients busy for `seconds`; `requests(number)` gives each client what it sends.

    Connections that the server closes are opened again. Requests that have no answer at the end are waited for, so that
    none is left over for the next round, but do not count.
    """
    selector = selectors.DefaultSelector()
    clients = [_Connection(port, requests(number)) for number in range(connections)]
    for each in clients:
        each.open(selector)
    started = time.perf_counter()
    result = Result(seconds)
    busy = sum(each.send() for each in clients)
    while busy and time.perf_counter() < started + seconds + PATIENCE:
        for key, _events in selector.select(1.0):
            client: _Connection = key.data
            piece = _receive(client)
            if piece:
                client.received += piece
                if not client.is_answered():
                    continue
                _note(result, client, started, hoped_for, on_answer)
                closes = b"connection: close" in bytes(client.received[:1000]).lower()
            else:
                result.bad[0] = result.bad.get(0, 0) + 1
                closes = True
            busy -= 1
            if time.perf_counter() >= started + seconds:
                continue
            if closes:
                client.close(selector)
                client.open(selector)
            busy += client.send()
    if not busy and time.perf_counter() < started + seconds:
        result.seconds = time.perf_counter() - started  # the prepared requests ran out
    for each in clients:
        each.close(selector)
    selector.close()
    return result


def _receive(client: _Connection) -> bytes:
    assert client.socket is not None
    try:
        return client.socket.recv(262144)
    except OSError:
        return b""


def _note(
    result: Result,
    client: _Connection,
    started: float,
    hoped_for: int,
    on_answer: Callable[[bytes], None] | None,
) -> None:
    ended = time.perf_counter()
    result.answered += client.status == hoped_for
    if ended > started + result.seconds:
        return
    if client.status != hoped_for:
        result.bad[client.status] = result.bad.get(client.status, 0) + 1
        return
    result.good += 1
    result.latencies.append(ended - client.sent_at)
    result.body_bytes = len(client.received) - client.received.find(b"\r\n\r\n") - 4
    if on_answer is not None:
        on_answer(bytes(client.received))


def get(path: str, *, headers: str = "") -> Callable[[int], Iterator[bytes]]:
    """The same GET over and over, for every client."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n{headers}\r\n".encode()
    return lambda _number: cycle([request])


def post(path: str, body: str, *, headers: str = "") -> bytes:
    """One form that is sent, as bytes."""
    data = body.encode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n{headers}"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(data)}\r\n\r\n"
    ).encode() + data
