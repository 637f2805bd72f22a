"""Pages and streams under one command: on one port, started again when killed, and stopped together."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Page, expect

from participation.core import clock, live
from participation.core.clock import now
from participation.core.live_bus import Bus, socket_path
from participation.core.serving import Watch
from participation.core.settings import ROOT, Settings
from tests.fixtures.browsers import StrictTab
from tests.fixtures.databases import Backend
from tests.participation.core import live_page
from tests.participation.core.listening import Listener, hang_up_all
from tests.services import free_port, is_open, wait_until

pytestmark = pytest.mark.one_engine


class Served:
    """The program with its live page, as `flask serve` starts it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        variables = {
            name.upper(): str(getattr(settings, name)) for name in ("host", "port", "database_url", "secret_key")
        }
        log = settings.instance_path / "log"
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.participation.core.live_page"],
                cwd=ROOT,
                env={**os.environ, **variables, "INSTANCE_PATH": str(settings.instance_path), "DEMO": "0"},
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        wait_until(lambda: is_open(settings.port), "the program", log, self.process)
        wait_until(socket_path(settings, 0).exists, "the live process", log, self.process)

    def children(self) -> dict[str, int]:
        """The process of the pages (which has a worker of its own) and that of the streams."""
        found = {}
        for child in _children(self.process.pid):
            found["pages" if _children(child) else "live"] = child
        return found

    def wait_until_others_than(self, before: dict[str, int]) -> None:
        """Until another process serves pages and another one holds streams."""

        def are_others() -> bool:
            now_there = self.children()
            return len(now_there) == 2 and all(now_there[name] != before[name] for name in before)

        wait_until(are_others, "both again", self.settings.instance_path / "log", self.process)
        wait_until(lambda: is_open(self.settings.port), "pages", self.settings.instance_path / "log", self.process)

    def stop(self) -> int:
        """Ctrl+C."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)

    def knock(self, listener: Listener) -> None:
        """Ask for the stream as a browser does, over the page's port."""
        connection = socket.create_connection(("127.0.0.1", self.settings.port), timeout=10)
        last = f"Last-Event-ID: {listener.last_seen}\r\n" if listener.last_seen is not None else ""
        head = f"GET /live/{listener.ticket} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n{last}\r\n"
        connection.sendall(head.encode())
        listener.take(connection)


def _children(parent: int) -> list[int]:
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii")
    return [int(each) for each in text.split()]


@pytest.fixture
def served(database: SQLAlchemy, backend: Backend, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    # the program tidies by the machine's clock: what is said by one that stands behind is thrown away at once
    monkeypatch.setattr(clock, "source", lambda: datetime.now(UTC))
    folder = Path(tempfile.mkdtemp(prefix="served-"))
    settings = replace(backend.app.extensions["settings"], instance_path=folder, port=free_port())
    monkeypatch.setitem(backend.app.extensions, "live_bus", Bus(settings))
    started = Served(settings)
    yield started
    hang_up_all()
    started.stop()
    shutil.rmtree(folder)


def listen_until_heard(served: Served, phone: Listener, count: int) -> None:
    """Come back again and again, as htmx does."""
    deadline = time.monotonic() + 40
    while len(phone.heard) < count and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if phone.connection is None or not phone.read():
                phone.hang_up()
                time.sleep(0.1)
                served.knock(phone)


def test_streams_and_pages_share_a_port_and_survive_each_others_death(served: Served) -> None:
    phone = Listener(served.settings, topic=live_page.TOPIC)
    live_page.say("one")
    listen_until_heard(served, phone, 1)
    before = served.children()

    os.kill(before["live"], signal.SIGKILL)
    live_page.say("two")
    listen_until_heard(served, phone, 2)
    os.kill(before["pages"], signal.SIGKILL)
    live_page.say("three")
    listen_until_heard(served, phone, 3)
    served.wait_until_others_than(before)

    assert phone.numbers == [1, 2, 3]


def test_a_stream_holds_no_thread_and_no_connection_of_the_page_server(served: Served) -> None:
    phones = [Listener(served.settings, member=f"participant:{number}") for number in range(60)]
    for each in phones:
        served.knock(each)
        each.wait_until_listening()

    connection = http.client.HTTPConnection("127.0.0.1", served.settings.port, timeout=10)
    connection.request("GET", "/en/help")
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert answer.status == 200
    assert {each.status for each in phones} == {200}
    worker = _children(served.children()["pages"])[0]
    assert len(list(Path(f"/proc/{worker}/fd").iterdir())) < 40
    assert len(list(Path(f"/proc/{served.children()['live']}/fd").iterdir())) > 60


def test_ctrl_c_stops_everything_and_says_goodbye(served: Served) -> None:
    phone = Listener(served.settings)
    served.knock(phone)
    phone.wait_until_listening()
    processes = list(served.children().values())

    assert served.stop() == 0

    assert phone.wait_for_end()
    assert [each for each in processes if Path(f"/proc/{each}").exists()] == []


def test_a_taken_port_ends_the_command(tmp_path: Path) -> None:
    jobs = {"pages": lambda: sys.exit(3), "live 0": lambda: time.sleep(30)}

    assert _watched(jobs) == 3


def _watched(jobs: dict[str, object]) -> int:
    """The exit code of `Watch` in a process of its own, since it takes over signals."""
    child = os.fork()
    if not child:
        code = 99
        try:
            code = Watch(jobs).run()  # type: ignore[arg-type]
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.fixture
def page(served: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    tab = StrictTab(request.getfixturevalue("chromium"), f"http://127.0.0.1:{served.settings.port}")
    opened = tab()
    opened.goto("/en/live-page")
    yield opened
    opened.context.close()
    # the browser and htmx write to the console when a stream is cut or refused, which is what happens here
    expected = ("ERR_", "Failed to load resource", "htmx: htmx:error", "htmx: htmx:sse:error")
    assert [each for each in tab.troubles if not any(words in each for words in expected)] == []


@pytest.mark.browser
def test_chromium_shows_what_is_pushed_and_comes_back_after_a_kill(served: Served, page: Page) -> None:
    news = page.locator("#news")
    expect(news).to_have_text("drawn")

    _say_until_shown(page, "one")
    os.kill(served.children()["live"], signal.SIGKILL)
    live_page.say("two")

    expect(news).to_have_text("two", timeout=20_000)


@pytest.mark.browser
def test_chromium_fetches_the_news_where_streams_are_blocked(served: Served, page: Page) -> None:
    news = page.locator("#news")
    page.route("**/live/*", lambda route: route.abort())
    page.reload()
    expect(news).to_have_text("drawn")

    live_page.say("fetched")

    expect(news).to_have_text("fetched", timeout=30_000)
    live_page.say("fetched again")
    expect(news).to_have_text("fetched again", timeout=20_000)


@pytest.mark.browser
def test_chromium_gets_a_new_ticket_when_the_old_one_opens_nothing(served: Served, page: Page) -> None:
    news = page.locator("#news")
    _say_until_shown(page, "one")

    live.close(live_page.TOPIC, "participant:1", at=now())
    live.db.session.commit()
    live_page.say("with a new ticket")

    expect(news).to_have_text("with a new ticket", timeout=30_000)


@pytest.mark.browser
def test_chromium_loads_the_page_anew_when_told_to(served: Served, page: Page) -> None:
    news = page.locator("#news")
    _say_until_shown(page, "one")

    live.erase(live_page.TOPIC, at=now())
    live.db.session.commit()

    expect(news).to_have_text("drawn", timeout=20_000)


def _say_until_shown(page: Page, words: str) -> None:
    live_page.say(words)
    expect(page.locator("#news")).to_have_text(words, timeout=20_000)
