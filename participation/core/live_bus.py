"""How the page process reaches those that hold the streams: a Unix datagram socket each, and Redis between machines.

Two things travel: a nudge ("topic X has news up to N, and here they are"), and a phone's connection itself, which the
page process accepted and hands over. A nudge only saves time: whoever misses it finds the event in the log a second
later. So sending never waits and never fails loudly. Nudges are signed, since others may be able to write to Redis.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import NamedTuple

from itsdangerous import BadSignature, Signer
from redis import Redis, RedisError

from .settings import Settings

log = logging.getLogger(__name__)

#: Longest message in bytes; a nudge that would be longer goes without its fragments.
LONGEST = 100_000
#: Longest path of a socket that every system takes, in bytes.
LONGEST_PATH = 100
#: The channel on Redis.
CHANNEL = "baraza:live"
#: Seconds Redis is left alone after it did not answer.
REDIS_REST = 2.0
#: Seconds a phone's connection waits for a process to take it over.
HAND_OVER_SECONDS = 2.0


class Nudge(NamedTuple):
    """Word that a topic has news."""

    topic: str
    sequence: int
    #: what each audience sees; None when it has to be read from the log
    fragments: Mapping[str, str] | None


class Arrival(NamedTuple):
    """Word that a phone wants to listen; its connection travels with it."""

    #: the ticket as it stood in the address
    ticket: str
    #: number of the last event it has seen; None when it begins where its page was drawn
    last_seen: int | None


def encode(message: Nudge | Arrival, secret: str) -> bytes:
    """The message as it travels."""
    kind = "nudge" if isinstance(message, Nudge) else "arrival"
    return _signer(secret).sign(json.dumps([kind, *message], ensure_ascii=False).encode())


def decode(data: bytes, secret: str) -> Nudge | Arrival | None:
    """The message, or None when it is not one of ours."""
    try:
        kind, *parts = json.loads(_signer(secret).unsign(data))
    except (BadSignature, ValueError):
        return None
    return Nudge(*parts) if kind == "nudge" else Arrival(*parts)


def socket_path(settings: Settings, number: int) -> Path:
    """Where live process `number` listens, counted from 0."""
    return settings.instance_path.resolve() / f"live-{number}.sock"


class Bus:
    """The page process's end."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is opened before the first message, so that a copy of this process opens its own."""
        self._settings = settings
        self._paths = [str(socket_path(settings, number)) for number in range(settings.live_workers)]
        self._turn = count()
        self._lock = threading.Lock()
        self._redis: Redis | None = None
        self._redis_rests_until = 0.0

    def send(self, nudge: Nudge) -> None:
        """Tell every live process, as far as it can be reached at once."""
        data = encode(nudge, self._settings.secret_key)
        if len(data) > LONGEST:
            data = self._bare(nudge)
        for path in self._paths:
            if not self._send_to(path, data):
                self._send_to(path, self._bare(nudge))
        if self._settings.redis_url:
            self._send_to_redis(data)

    def hand_over(self, connection: socket.socket, arrival: Arrival) -> bool:
        """Give a phone's connection to a live process; False when none takes it. The caller closes its own end."""
        data = encode(arrival, self._settings.secret_key)
        first = next(self._turn)
        for step in range(len(self._paths)):
            path = self._paths[(first + step) % len(self._paths)]
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
                    way.settimeout(HAND_OVER_SECONDS)
                    way.connect(path)
                    socket.send_fds(way, [data], [connection.fileno()])
            except OSError as trouble:
                log.debug("no live process at %s: %s", path, trouble)
            else:
                return True
        return False

    def _bare(self, nudge: Nudge) -> bytes:
        return encode(nudge._replace(fragments=None), self._settings.secret_key)

    def _send_to(self, path: str, data: bytes) -> bool:
        """Whether it left, or nobody is there to be told; False when it was too long or too much for now."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
                way.setblocking(False)
                way.sendto(data, path)
        except (FileNotFoundError, ConnectionRefusedError):
            return True
        except OSError:
            return False
        return True

    def _send_to_redis(self, data: bytes) -> None:
        if time.monotonic() < self._redis_rests_until:
            return
        try:
            with self._lock:
                if self._redis is None:
                    waits = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
                    self._redis = Redis.from_url(self._settings.redis_url, **waits)
            self._redis.publish(CHANNEL, data)
        except (RedisError, OSError) as trouble:
            self._redis_rests_until = time.monotonic() + REDIS_REST
            log.warning("Redis cannot be told; other machines read the log instead: %s", type(trouble).__name__)


def _signer(secret: str) -> Signer:
    return Signer(secret, salt="live message")
