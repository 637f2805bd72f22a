"""Two kinds of processes under one command: pages (gunicorn, the only writer on SQLite) and open streams.

The parent only watches: whoever of its children is killed is started again, Ctrl+C and SIGTERM stop all. A phone that
wants to listen knocks at the page server like everybody; its connection is handed to a live process by the operating
system, so that browsers see one origin, proxies need no further rule, and no thread of the page server waits with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from . import live_server
from .cores import stay_on_one_core
from .live_bus import LONGEST_PATH, Arrival, Bus, socket_path
from .live_tickets import TicketRefused, read
from .settings import Settings, SettingsProblem

log = logging.getLogger(__name__)

#: Seconds before a process that was killed is started again.
RESTART_SECONDS = 0.2
#: Seconds that processes get to stop by themselves.
STOP_SECONDS = 15.0
#: The name of the process that serves pages; when it ends by itself all end.
PAGES = "pages"
_STREAM = re.compile(r"/live/([A-Za-z0-9._-]+)(?:\?after=([0-9]{1,9}))?")
_NUMBER = re.compile(r"[0-9]{1,9}")


def serve(app: Flask, settings: Settings) -> int:
    """Serve until stopped; gives the exit code.

    Raises:
        SettingsProblem: the path of INSTANCE_PATH is too long for a socket in it.
    """
    if len(os.fsencode(socket_path(settings, settings.live_workers))) > LONGEST_PATH:
        raise SettingsProblem("The path of INSTANCE_PATH is too long for a socket in it; choose a shorter one.")
    jobs: dict[str, Callable[[], None]] = {PAGES: lambda: PageServer(app, settings).run()}
    for number in range(settings.live_workers):
        jobs[f"live {number}"] = _live_job(settings, number)
    return Watch(jobs).run()


def _live_job(settings: Settings, number: int) -> Callable[[], None]:
    return lambda: live_server.run(settings, number)


class PageServer(BaseApplication):
    """Gunicorn around the program that is loaded already: starting it anew would double the wait."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        """`app` is copied into the worker, `settings` say where to listen and with how many threads."""
        self._app = app
        self._settings = settings
        self._bus = Bus(settings)
        super().__init__()

    def load_config(self) -> None:
        """One process with many threads: SQLite has one writer."""
        options = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "worker_class": PageWorker,
            "workers": 1,
            "threads": self._settings.threads,
            "loglevel": "warning",
            # seconds an answer under way may still take after Ctrl+C
            "graceful_timeout": 10,
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The program. All that it is made of lives as long as it does, so nobody looks for rubbish there again."""
        gc.collect()
        gc.freeze()
        if self._settings.one_core:
            stay_on_one_core()
        return self._app

    def hand_over(self, request: Any, connection: socket.socket) -> bool:
        """Give the connection of a phone that wants to listen to a live process; False when a page must answer."""
        arrival = arrival_of(request.method, request.uri, dict(request.headers), self._settings.secret_key)
        return arrival is not None and self._bus.hand_over(connection, arrival)


class PageWorker(ThreadWorker):
    """Gunicorn's worker, which hands over the connections of phones that want to listen."""

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Answer a request; False when the connection is not ours any more or shall be closed."""
        if not self.app.hand_over(req, conn.sock):
            return bool(super().handle_request(req, conn))
        # closed before gunicorn ends the connection in a friendly way, which the new owner would feel, too
        conn.sock.close()
        return False


def arrival_of(method: str, uri: str, headers: Mapping[str, str], secret: str) -> Arrival | None:
    """What a phone asks for that knocks for a stream; None when this is anything else, or its ticket is refused."""
    found = _STREAM.fullmatch(uri)
    if found is None or method != "GET" or "text/event-stream" not in headers.get("ACCEPT", ""):
        return None
    if headers.get("SEC-FETCH-SITE", "same-origin") != "same-origin":
        return None
    try:
        read(secret, found[1])
    except TicketRefused:
        return None
    # htmx says in the header what it saw last; after a new ticket our script says it in the address
    last = headers.get("LAST-EVENT-ID", "")
    seen = last if _NUMBER.fullmatch(last) else found[2]
    return Arrival(found[1], None if seen is None else int(seen))


class Watch:
    """Starts one process for each job and looks after them."""

    def __init__(self, jobs: Mapping[str, Callable[[], None]]) -> None:
        """`jobs` are what each process does, by name."""
        self._jobs = jobs
        self._running: dict[int, str] = {}
        self._is_stopping = False
        self._exit_code = 0

    def run(self) -> int:
        """Watch until all have ended; gives the exit code."""
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, self._stop)
        for name in self._jobs:
            self._start(name)
        while self._running:
            with contextlib.suppress(ChildProcessError):
                process, status = os.wait()
                self._note_end(process, os.waitstatus_to_exitcode(status))
        return self._exit_code

    def _start(self, name: str) -> None:
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child:
            self._running[child] = name
            return
        code = 1
        try:
            for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
                signal.signal(each, signal.SIG_DFL)
            _die_with(parent)
            self._jobs[name]()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except KeyboardInterrupt:
            code = 0
        except BaseException:
            log.exception("the process for %s failed", name)
        finally:
            os._exit(code)

    def _note_end(self, process: int, code: int) -> None:
        name = self._running.pop(process, None)
        if name is None or self._is_stopping:
            return
        if name == PAGES and code >= 0:
            # it ended by itself, since its port is taken, say: whoever started us has to know
            self._exit_code = code
            self._stop()
            return
        log.warning("the process for %s ended (%s) and is started again", name, code)
        time.sleep(RESTART_SECONDS)
        if not self._is_stopping:
            self._start(name)

    def _stop(self, *_signal: object) -> None:
        """Ask all to stop; the second time, or when they take too long, make them."""
        how = signal.SIGKILL if self._is_stopping else signal.SIGTERM
        self._is_stopping = True
        for process in list(self._running):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, how)
        signal.signal(signal.SIGALRM, self._stop)
        signal.setitimer(signal.ITIMER_REAL, STOP_SECONDS)


def _die_with(parent: int) -> None:
    """On Linux, stop when the parent was killed; elsewhere whoever kills it has to stop its children, too."""
    if sys.platform == "linux":
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)
        if os.getppid() != parent:
            raise SystemExit(1)
