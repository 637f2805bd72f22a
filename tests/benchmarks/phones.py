"""Thousands of phones in one process: raw sockets and epoll, as little work as possible for each event.

Started by `live.py` as a process of its own. Reads requests to send from its input, one a line, says when all listen,
then for each round waits until every phone has the event that carries the round's mark, and writes when each got it.
"""

from __future__ import annotations

import json
import resource
import select
import socket
import string
import sys
import time
from base64 import b64decode

#: Phones that ask for their stream at the same moment while all connect.
AT_ONCE = 64
#: Seconds that all may take to connect, and an event to reach all.
CONNECT_SECONDS = 120.0
ROUND_SECONDS = 15.0
#: What the peer's server may put between two events: the length of a chunk.
CHUNK_ENDS = string.hexdigits.encode() + b"\r"


class Phones:
    """All of them."""

    def __init__(self, port: int, requests: list[bytes]) -> None:
        self._port = port
        self._requests = requests
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._rests: dict[int, bytes] = {}

    def connect(self) -> int:
        """Open every stream, a few at once; gives how many listen."""
        waiting, listening = list(enumerate(self._requests)), 0
        under_way: set[int] = set()
        deadline = time.monotonic() + CONNECT_SECONDS
        while (waiting or under_way) and time.monotonic() < deadline:
            while waiting and len(under_way) < AT_ONCE:
                under_way.add(self._ask(waiting.pop()[1]))
            for number, _events in self._poll.poll(1.0):
                data = self._sockets[number].recv(65536)
                self._rests[number] += data
                if not data:
                    self._forget(number)
                    under_way.discard(number)
                elif number in under_way and b"event: listening" in self._rests[number]:
                    under_way.discard(number)
                    self._rests[number] = b""
                    listening += 1
        return listening

    def _ask(self, request: bytes) -> int:
        connection = socket.create_connection(("127.0.0.1", self._port), timeout=20)
        connection.sendall(request)
        connection.setblocking(False)
        number = connection.fileno()
        self._sockets[number], self._rests[number] = connection, b""
        self._poll.register(number, select.EPOLLIN)
        return number

    def _forget(self, number: int) -> None:
        self._poll.unregister(number)
        self._sockets.pop(number).close()
        self._rests.pop(number)

    def hear(self, mark: bytes) -> list[float]:
        """When each phone had the event with `mark`, on the monotonic clock of the machine, in order."""
        arrivals: list[float] = []
        deadline = time.monotonic() + ROUND_SECONDS
        while len(arrivals) < len(self._sockets) and time.monotonic() < deadline:
            for number, _events in self._poll.poll(0.5, 1024):
                data = self._sockets[number].recv(65536)
                if not data:
                    self._forget(number)
                    continue
                whole = self._rests[number] + data
                if mark in whole and whole.rstrip(CHUNK_ENDS).endswith(b"\n"):
                    arrivals.append(time.monotonic())
                    whole = b""
                self._rests[number] = whole[-4096:]
        return arrivals


def main() -> None:
    """Port and count in the arguments; requests, then marks, on the input."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    port, count = int(sys.argv[1]), int(sys.argv[2])
    phones = Phones(port, [b64decode(sys.stdin.readline()) for _ in range(count)])
    print(json.dumps(phones.connect()), flush=True)
    for line in sys.stdin:
        print("ready", flush=True)
        print(json.dumps(phones.hear(line.strip().encode())), flush=True)


if __name__ == "__main__":
    main()
