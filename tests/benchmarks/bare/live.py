"""The floor for live pages: gevent and Redis, one bounded queue a phone, the same bytes; no log, no ticket, no resume.

Run by gunicorn with gevent workers. A message on the channel `bare` is a JSON object: language → bytes of the event.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import gevent
from gevent.queue import Full, Queue
from redis import Redis

_phones: dict[str, set[Queue]] = {}
_listener: gevent.Greenlet | None = None


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
    """A stream in the language that the address names."""
    global _listener
    if _listener is None:
        _listener = gevent.spawn(_listen)
    start_response("200 OK", [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")])
    return _stream(environ["PATH_INFO"].strip("/"))


def _stream(language: str) -> Iterator[bytes]:
    queue: Queue = Queue(100)
    _phones.setdefault(language, set()).add(queue)
    try:
        yield b"event: listening\ndata: 1\n\n"
        while True:
            yield queue.get()
    finally:
        _phones[language].discard(queue)


def _listen() -> None:
    channel = Redis.from_url(os.environ["REDIS_URL"]).pubsub(ignore_subscribe_messages=True)
    channel.subscribe("bare")
    for message in channel.listen():
        for language, event in json.loads(message["data"]).items():
            data = event.encode()
            for queue in list(_phones.get(language, ())):
                try:
                    queue.put_nowait(data)
                except Full:
                    _phones[language].discard(queue)
