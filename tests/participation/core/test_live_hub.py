"""What phones are told while the log is still being read for them."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from participation.core.live_hub import Chapter, Hub
from participation.core.live_phone import BEAT_SECONDS, Phone
from participation.core.live_tickets import Audience, Ticket


class SlowLog:
    """A log on a busy disk."""

    def __init__(self) -> None:
        self.answers = asyncio.Event()

    async def read(self, topic: str, after: int | None, audience: str | None = None) -> Chapter:
        await self.answers.wait()
        return Chapter(newest=0, events=[], closings={})

    async def newest(self, topics: list[str]) -> dict[str, int]:
        return {}


def test_a_sign_of_life_never_comes_before_the_head_of_the_answer() -> None:
    assert _what_a_phone_reads().startswith(b"HTTP/1.1 200 OK\r\n")


def test_signs_of_life_follow_once_the_answer_has_begun() -> None:
    assert _what_a_phone_reads().endswith(b": still here\n\n")


def _what_a_phone_reads() -> bytes:
    # in a thread of its own: where a browser was started before, this one has a loop already
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_join_while_the_log_is_read())).result()


async def _join_while_the_log_is_read() -> bytes:
    own, other = socket.socketpair()
    with own:
        own.setblocking(False)
        loop, log = asyncio.get_running_loop(), SlowLog()
        ticket = Ticket("session:1", Audience("en", "participant"), "participant:1", 0)
        hub, phone = Hub(log), Phone(ticket, 0, ends_at=100.0)
        await loop.connect_accepted_socket(lambda: phone, other)
        hub.join(phone)
        _go_round(hub)
        log.answers.set()
        while not phone.is_greeted:
            await asyncio.sleep(0)
        _go_round(hub)
        phone.end()
        read = b""
        while data := await loop.sock_recv(own, 65536):
            read += data
        return read


def _go_round(hub: Hub) -> None:
    for second in range(BEAT_SECONDS):
        hub.go_round(second, loop_time=0.0, seconds=1.0)
