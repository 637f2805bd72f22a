"""The process that holds residents' open streams: one event loop, no writing, no page.

It is handed connections by the page process, hears of news by datagram and from Redis, and looks into the log every
second, so that a lost nudge costs a second and nothing else. It can be killed at any moment: phones come back, say what
they saw last, and are given the rest.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import redis.asyncio
from redis import RedisError
from sqlalchemy import Connection, Engine, create_engine, event

from . import live_log
from .clock import machine_seconds
from .live_bus import CHANNEL, Arrival, Nudge, decode, socket_path
from .live_hub import KEPT_EVENTS, Chapter, Hub
from .live_phone import BEAT_SECONDS, Phone, refusal
from .live_tickets import TICKET_SECONDS, TicketRefused, read
from .settings import Settings

log = logging.getLogger(__name__)

#: Seconds between two looks into the log.
LOOK_EVERY = 1.0
#: Seconds that streams get to say their last when the process is stopped.
STOP_SECONDS = 5.0
#: Threads that read the log.
READERS = 4
_LARGEST_DATAGRAM = 256 * 1024
Found = TypeVar("Found")


def run(settings: Settings, number: int) -> None:
    """Hold streams as live process `number` until SIGTERM or SIGINT."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(Server(settings, number).serve())


class LogReader:
    """Reads the log in a few threads, so that the loop goes on."""

    def __init__(self, engine: Engine) -> None:
        """`engine` only reads."""
        self._engine = engine
        self._threads = ThreadPoolExecutor(READERS, "log")

    async def read(self, topic: str, after: int | None, audience: str | None = None) -> Chapter:
        """What came after number `after`; the last events when it is None."""

        def ask(connection: Connection) -> Chapter:
            newest = live_log.newest_of(connection, topic)
            position = max(0, newest - KEPT_EVENTS) if after is None else after
            reaches = after is None or live_log.reaches(connection, topic, after)
            most = KEPT_EVENTS if after is None else 100
            events = live_log.read_after(connection, topic, position, audience=audience, most=most) if reaches else []
            if after is None:
                events = live_log.unbroken(events)
            return Chapter(newest, events, live_log.read_closings(connection, topic), reaches)

        return await self._ask(ask)

    async def newest(self, topics: list[str]) -> dict[str, int]:
        """The number of each topic's newest event."""
        if not topics:
            return {}
        return await self._ask(lambda connection: live_log.newest(connection, topics))

    async def _ask(self, question: Callable[[Connection], Found]) -> Found:
        def ask() -> Found:
            with self._engine.connect() as connection:
                return question(connection)

        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)


class Server:
    """One live process."""

    def __init__(self, settings: Settings, number: int) -> None:
        """`number` tells it from the others on this machine, from 0."""
        self._settings = settings
        self._path = socket_path(settings, number)
        self.hub = Hub(LogReader(reading_engine(settings)))
        self._tasks: set[asyncio.Task[Any]] = set()

    async def serve(self) -> None:
        """Work until a signal says stop."""
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, stop.set)
        with _datagrams(self._path) as inbox:
            loop.add_reader(inbox.fileno(), self._open_mail, inbox)
            duties = [self._keep_looking(), self._keep_beating()]
            if self._settings.redis_url:
                duties.append(self._follow_redis())
            running = [asyncio.create_task(each) for each in duties]
            await stop.wait()
            loop.remove_reader(inbox.fileno())
            for task in running:
                task.cancel()
        await self._say_goodbye()

    def _open_mail(self, inbox: socket.socket) -> None:
        """Read what has come by datagram."""
        for _ in range(64):  # then the loop does something else for a moment
            try:
                data, descriptors, _flags, _address = socket.recv_fds(inbox, _LARGEST_DATAGRAM, 4)
            except (BlockingIOError, InterruptedError):
                return
            connections = [socket.socket(fileno=each) for each in descriptors]
            message = decode(data, self._settings.secret_key)
            if isinstance(message, Arrival) and connections:
                self._start(self._take_in(connections.pop(), message))
            elif isinstance(message, Nudge):
                self.hub.hear(message)
            for each in connections:
                each.close()

    async def _take_in(self, connection: socket.socket, arrival: Arrival) -> None:
        connection.setblocking(False)
        try:
            ticket, made_at = read(self._settings.secret_key, arrival.ticket)
        except TicketRefused:
            with contextlib.suppress(OSError):
                connection.send(refusal())
            connection.close()
            return
        position = ticket.position if arrival.last_seen is None else arrival.last_seen
        phone = Phone(ticket, position, made_at + TICKET_SECONDS)
        await asyncio.get_running_loop().connect_accepted_socket(lambda: phone, connection)
        self.hub.join(phone)

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self.hub.look()
            except Exception as trouble:
                log.warning("the log cannot be read now: %s", type(trouble).__name__)
            await asyncio.sleep(LOOK_EVERY)

    async def _keep_beating(self) -> None:
        loop, second = asyncio.get_running_loop(), 0
        while True:
            await asyncio.sleep(1)
            second = (second + 1) % BEAT_SECONDS
            self.hub.go_round(second, loop_time=loop.time(), seconds=machine_seconds())

    async def _follow_redis(self) -> None:
        while True:
            try:
                async with redis.asyncio.from_url(self._settings.redis_url, socket_connect_timeout=2) as client:
                    await self._listen_to(client)
            except (RedisError, OSError) as trouble:
                log.warning("Redis is away; the log is read every second instead: %s", type(trouble).__name__)
            await asyncio.sleep(1)

    async def _listen_to(self, client: redis.asyncio.Redis) -> None:
        async with client.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(CHANNEL)
            async for message in channel.listen():
                nudge = decode(message["data"], self._settings.secret_key)
                if isinstance(nudge, Nudge):
                    self.hub.hear(nudge)

    async def _say_goodbye(self) -> None:
        for topic in list(self.hub.topics.values()):
            for phone in topic.everybody():
                phone.end()
        ends_at = asyncio.get_running_loop().time() + STOP_SECONDS
        while self.hub.phone_count and asyncio.get_running_loop().time() < ends_at:
            await asyncio.sleep(0.05)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def reading_engine(settings: Settings) -> Engine:
    """An engine whose connections cannot write, and see one state of the database in each transaction."""
    if settings.is_sqlite:
        engine = create_engine(settings.database_url, pool_size=READERS)

        @event.listens_for(engine, "connect")
        def forbid_writing(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            connection.execute("PRAGMA query_only=ON")
            connection.execute("PRAGMA busy_timeout=5000")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN")

        return engine
    options = "-c default_transaction_read_only=on -c statement_timeout=15000 -c timezone=UTC"
    return create_engine(
        settings.database_url,
        pool_size=READERS,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        connect_args={"options": options},
    )


@contextlib.contextmanager
def _datagrams(path: Path) -> Any:
    """The socket at `path`, which only this program's user can write to; it takes the place of a dead process's."""
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as inbox:
        inbox.setblocking(False)
        inbox.bind(str(path))
        path.chmod(0o600)
        own = path.stat().st_ino
        try:
            yield inbox
        finally:
            # another process may have taken the place already
            with contextlib.suppress(OSError):
                if path.stat().st_ino == own:
                    path.unlink()
