"""One phone that listens: its connection, what it has seen, and how it is spared when it is slow.

Nothing is queued for a phone. What its connection does not take at once stays in the kernel's buffer, which is small,
and at most the rest of one event in ours; from then on the phone is *behind*, gets nothing more until it has read that,
and is then given what it missed from the log. So a phone that hangs costs the same however much is said meanwhile.
"""

from __future__ import annotations

import asyncio
import random
import re
import socket
from collections.abc import Callable, Iterable
from typing import Any

from .live_tickets import Ticket
from .pages import HEADERS

#: Bytes the kernel keeps for a phone that does not read; it doubles the number for its own needs.
KERNEL_BYTES = 32 * 1024
#: Seconds after which a phone that takes nothing is let go; it comes back by itself.
PATIENCE = 60.0
#: Seconds between two signs of life on a stream on which nothing is said.
BEAT_SECONDS = 20
#: Bytes of requests that a phone may still send on its stream before it is let go.
MOST_CHATTER = 4096
_LINE_END = re.compile(r"\r\n|\r|\n")
_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Connection": "close",
}
BEAT = b": still here\n\n"


def event_bytes(sequence: int, html: str) -> bytes:
    """A fragment as it travels; htmx puts its words in place."""
    lines = "".join(f"data: {line}\n" for line in _LINE_END.split(html))
    return f"id: {sequence}\n{lines}\n".encode()


def reload_bytes(sequence: int) -> bytes:
    """Word that the page must be loaded anew: the log does not reach back far enough."""
    return f"event: reload\nid: {sequence}\ndata: reload\n\n".encode()


def greeting(sequence: int, phones: int) -> bytes:
    """The head of the answer, and after how long to come back when the stream ends.

    The more phones there are the longer they are spread: at most about 500 come back in a second.
    """
    head = {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no", **_HEADERS}
    wait = random.randint(1000, 3000 + 2 * phones)  # noqa: S311  spreads phones, hides nothing
    # htmx heeds `retry` only on a message that says something
    return _head("200 OK", head) + f"retry: {wait}\nevent: listening\nid: {sequence}\ndata: {phones}\n\n".encode()


def refusal() -> bytes:
    """The whole answer to a ticket that opens nothing any more."""
    return _head("403 Forbidden", {**_HEADERS, "Content-Length": "0"})


def _head(status: str, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("ascii")


class Phone(asyncio.Protocol):
    """A connection that was handed over, from its first byte of answer to its end."""

    def __init__(self, ticket: Ticket, position: int, ends_at: float) -> None:
        """`position` is the last event it has seen, `ends_at` when its ticket ends (seconds since 1970)."""
        self.ticket = ticket
        self.audience = str(ticket.audience)
        self.position = position
        self.ends_at = ends_at
        #: the second of every `BEAT_SECONDS` in which it is told that we live, so that not all are told at once
        self.beat_at = random.randrange(BEAT_SECONDS)  # noqa: S311  spreads work, hides nothing
        #: whether there is something it has not been given yet
        self.is_behind = True
        #: whether the answer has begun; before that nothing else may be sent
        self.is_greeted = False
        #: whether somebody is just reading the log for it
        self.is_read_for = False
        #: since when it has taken nothing, on the loop's clock; None while it reads well
        self.stuck_since: float | None = None
        self.transport: asyncio.Transport | None = None
        #: called when it can be given more, and when it is gone
        self.on_ready: Callable[[Phone], None] = lambda _phone: None
        self.on_gone: Callable[[Phone], None] = lambda _phone: None
        self._chatter = 0

    def connection_made(self, transport: Any) -> None:
        """Keep the buffers small."""
        self.transport = transport
        transport.set_write_buffer_limits(high=0)
        connection: socket.socket = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)

    def data_received(self, data: bytes) -> None:
        """Nothing is expected here; whoever talks on and on is let go."""
        self._chatter += len(data)
        if self._chatter > MOST_CHATTER:
            self.let_go()

    def pause_writing(self) -> None:
        """The connection takes no more for now."""
        self.stuck_since = asyncio.get_running_loop().time()

    def resume_writing(self) -> None:
        """It has taken everything."""
        self.stuck_since = None
        if self.is_behind:
            self.on_ready(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """She closed the page, walked out of reach, or was let go."""
        self.transport = None
        self.on_gone(self)

    def greet(self, phones: int) -> None:
        """Begin the answer; `phones` is how many listen to this process."""
        self.is_greeted = True
        self.say(greeting(self.position, phones))

    def say(self, data: bytes) -> None:
        """Send something that is no event; nothing before the answer has begun."""
        if self.is_greeted and self.transport is not None and self.stuck_since is None:
            self.transport.write(data)

    def offer(self, sequence: int, data: bytes | None) -> None:
        """Send event `sequence` if the phone keeps up; `data` is None where its audience sees nothing of it."""
        if self.is_behind or self.stuck_since is not None:
            self.is_behind = True
            return
        if data is not None and self.transport is not None:
            self.transport.write(data)
        self.position = sequence

    def catch_up(self, missed: Iterable[tuple[int, bytes | None]]) -> None:
        """Send what it missed, in order, until the connection takes no more."""
        self.is_behind = False
        for sequence, data in missed:
            self.offer(sequence, data)

    def end(self, last_words: bytes = b"") -> None:
        """Close the stream once what was said has left."""
        if self.transport is not None:
            if last_words and self.stuck_since is None:
                self.transport.write(last_words)
            self.transport.close()

    def let_go(self) -> None:
        """Close the stream at once."""
        if self.transport is not None:
            self.transport.abort()
