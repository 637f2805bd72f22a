"""The process that holds the streams: order, coming back, being killed, slow phones, Redis that dies."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from participation.core import live
from participation.core.clock import now
from participation.core.live_bus import Bus
from tests.fixtures.databases import Backend
from tests.participation.core.listening import ARABIC, ENGLISH, Listener, LiveProcess, Stage, hang_up_all, running, say
from tests.services import Redis


@pytest.fixture(scope="module")
def processes() -> Iterator[dict[str, LiveProcess]]:
    """A live process for each engine, started when a test first needs it."""
    started: dict[str, LiveProcess] = {}
    yield started
    for each in started.values():
        each.kill()
        shutil.rmtree(each.settings.instance_path)


@pytest.fixture
def process(
    database: SQLAlchemy,
    backend: Backend,
    database_engine: str,
    processes: dict[str, LiveProcess],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[LiveProcess]:
    """The live process of this engine; what this test publishes goes there."""
    if database_engine not in processes:
        folder = Path(tempfile.mkdtemp(prefix="live-"))  # a short path, as sockets need it
        processes[database_engine] = LiveProcess(replace(backend.app.extensions["settings"], instance_path=folder))
    found = processes[database_engine]
    if not found.is_running:
        found.start()
    monkeypatch.setitem(backend.app.extensions, "live_bus", Bus(found.settings))
    Stage.begin()
    yield found
    hang_up_all()


@pytest.fixture
def phone(process: LiveProcess) -> Listener:
    listener = Listener(process.settings)
    assert listener.listen()
    listener.wait_until_listening()
    return listener


def test_everybody_hears_everything_in_order_and_in_her_language(phone: Listener, process: LiveProcess) -> None:
    other = Listener(process.settings, audience=ARABIC, member="participant:2")
    other.listen()
    other.wait_until_listening()

    say("one", "two\nlines", "three")

    assert [each.words for each in phone.wait_for(3)] == ["<p>one</p>", "<p>two\nlines</p>", "<p>three</p>"]
    assert [each.words for each in other.wait_for(3)] == ["<p>ar one</p>", "<p>ar two\nlines</p>", "<p>ar three</p>"]
    assert phone.numbers == [1, 2, 3]


def test_a_phone_that_was_away_is_given_the_rest(phone: Listener) -> None:
    say("one")
    phone.wait_for(1)
    phone.hang_up()
    say("two", "three")

    phone.listen()

    assert [each.words for each in phone.wait_for(3)] == ["<p>one</p>", "<p>two</p>", "<p>three</p>"]
    assert phone.numbers == [1, 2, 3]


def test_a_new_page_begins_where_it_was_drawn(process: LiveProcess) -> None:
    say("before", "between")

    phone = Listener(process.settings, position=1)
    phone.listen()

    assert [each.words for each in phone.wait_for(1)] == ["<p>between</p>"]


def test_a_phone_that_was_away_for_too_long_loads_its_page_anew(phone: Listener) -> None:
    say("one")
    phone.wait_for(1)
    phone.hang_up()
    say("two")
    live.erase(Stage.topic, at=now())
    live.db.session.commit()

    phone.listen()

    assert [(each.number, each.kind) for each in phone.wait_for(2)] == [(1, "message"), (3, "reload")]
    say("four")
    assert phone.wait_for(3)[-1].words == "<p>four</p>"


def test_what_is_erased_leaves_the_screens(phone: Listener) -> None:
    say("one")
    phone.wait_for(1)

    live.erase(Stage.topic, at=now())
    live.db.session.commit()

    assert phone.wait_for(2)[-1].kind == "reload"


def test_a_change_that_is_rolled_back_is_never_heard(phone: Listener) -> None:
    live.publish(Stage.topic, {ENGLISH: "<p>never</p>"}, at=now())
    live.db.session.rollback()

    say("after")

    assert [each.words for each in phone.wait_for(2, seconds=2.5)] == ["<p>after</p>"]
    assert phone.numbers == [1]


def test_news_nobody_told_of_is_found_within_seconds(phone: Listener, backend: Backend, tmp_path: Path) -> None:
    backend.app.extensions["live_bus"] = Bus(replace(phone.settings, instance_path=tmp_path))

    say("whispered")

    assert [each.words for each in phone.wait_for(1, seconds=5)] == ["<p>whispered</p>"]


def test_a_word_that_was_lost_leaves_no_gap(phone: Listener, backend: Backend, tmp_path: Path) -> None:
    hears = backend.app.extensions["live_bus"]
    backend.app.extensions["live_bus"] = Bus(replace(phone.settings, instance_path=tmp_path))
    say("lost")
    backend.app.extensions["live_bus"] = hears
    say("heard")

    assert [each.words for each in phone.wait_for(2)] == ["<p>lost</p>", "<p>heard</p>"]


def test_a_kill_while_everybody_talks_loses_nothing_and_repeats_nothing(process: LiveProcess, backend: Backend) -> None:
    phone = Listener(process.settings)
    phone.listen()
    is_over, said = threading.Event(), list[int]()
    talk = threading.Thread(target=_talk_until, args=(backend.app, is_over, said))
    talk.start()

    for kill in range(1, 4):
        _listen_until(phone, len(phone.heard) + 20)
        process.kill()
        process.start()
        _listen_until(phone, 30 * kill)
    is_over.set()
    talk.join()
    _listen_until(phone, len(said))

    assert len(said) >= 90
    assert phone.numbers == said
    assert [each.words for each in phone.heard] == [f"<p>{number}</p>" for number in range(len(said))]


def _listen_until(phone: Listener, count: int) -> None:
    """Come back as often as it takes, with what was seen last."""
    deadline = time.monotonic() + 30
    while len(phone.heard) < count and time.monotonic() < deadline:
        if not phone.read():
            phone.hang_up()
            phone.listen()


def _talk_until(app: Flask, is_over: threading.Event, said: list[int]) -> None:
    with app.app_context():
        while not is_over.wait(0.02):
            said += say(str(len(said)))


def _talk(app: Flask, count: int) -> None:
    with app.app_context():
        for number in range(count):
            say(str(number))
            time.sleep(0.02)


def test_those_who_publish_at_once_are_heard_one_after_the_other(phone: Listener, backend: Backend) -> None:
    threads = [threading.Thread(target=_talk, args=(backend.app, 15)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    phone.wait_for(60)

    assert phone.numbers == list(range(1, 61))


def test_a_phone_that_does_not_read_costs_nothing_and_misses_nothing(process: LiveProcess) -> None:
    slow, quick = Listener(process.settings), Listener(process.settings, member="participant:2")
    for each in (slow, quick):
        each.listen()
        each.wait_until_listening()
    say("warm" * 10_000)
    quick.wait_for(1)
    before = process.resident_bytes

    for number in range(300):
        say(f"{number} " + "much " * 8_000)  # 40 kB, 12 MB in all
        quick.wait_for(number + 2)

    assert quick.numbers == list(range(1, 302))
    assert process.resident_bytes - before < 8_000_000
    assert slow.wait_for(301, seconds=40)
    assert slow.numbers == list(range(1, 302))


def test_whoever_is_shown_out_hears_no_more(phone: Listener, process: LiveProcess) -> None:
    other = Listener(process.settings, member="participant:2")
    other.listen()
    other.wait_until_listening()

    live.close(Stage.topic, "participant:1", at=now())
    live.db.session.commit()
    say("without her")

    assert phone.wait_for_end()
    assert other.wait_for(1)[0].words == "<p>without her</p>"
    phone.listen()
    assert phone.wait_for_end()
    assert phone.status == 403
    assert phone.heard == []


def test_whoever_is_shown_out_stays_out_after_a_restart_until_she_is_let_in_anew(process: LiveProcess) -> None:
    live.close(Stage.topic, "participant:1", at=now())
    live.db.session.commit()
    process.kill()
    process.start()

    old, new = Listener(process.settings), Listener(process.settings, position=1)
    for each in (old, new):
        each.listen()

    assert old.wait_for_end()
    assert old.status == 403
    new.wait_until_listening()
    assert new.status == 200


def test_a_forged_ticket_is_refused_by_the_live_process_too(process: LiveProcess) -> None:
    forged = Listener(replace(process.settings, secret_key="another secret " * 4))
    ticket = forged.ticket
    phone = Listener(process.settings)

    phone.listen(ticket=ticket)

    assert phone.wait_for_end()
    assert phone.status == 403


def test_one_topics_ticket_opens_no_other_topic(phone: Listener) -> None:
    say("elsewhere", topic="session:x:participants")
    say("here")

    assert [each.words for each in phone.wait_for(2, seconds=2)] == ["<p>here</p>"]


def test_one_person_cannot_hold_a_hundred_streams(process: LiveProcess) -> None:
    phones = [Listener(process.settings) for _ in range(15)]
    for each in phones:
        each.listen()
        each.wait_until_listening()

    assert [each.wait_for_end(seconds=5) for each in phones[:3]] == [True] * 3
    say("to the rest")
    assert phones[-1].wait_for(1)


def test_a_process_that_is_stopped_ends_its_streams_and_goes(phone: Listener, process: LiveProcess) -> None:
    assert process.stop() == 0

    assert phone.wait_for_end()
    assert phone.retry is not None
    assert 1000 <= phone.retry <= 60_000


def test_phones_are_asked_to_come_back_at_different_times(process: LiveProcess) -> None:
    phones = [Listener(process.settings, member=f"participant:{number}") for number in range(8)]
    for each in phones:
        each.listen()
        each.wait_until_listening()

    assert len({each.retry for each in phones}) > 4


@pytest.mark.one_engine
def test_a_quiet_stream_shows_signs_of_life(phone: Listener) -> None:
    deadline = time.monotonic() + 24
    while not phone.beats and time.monotonic() < deadline:
        phone.read()

    assert phone.beats


def test_redis_may_die_and_come_back(process: LiveProcess, backend: Backend, tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        redis = Redis()
        stack.callback(redis.stop)
        both = replace(process.settings, redis_url=redis.url, instance_path=Path(tempfile.mkdtemp(prefix="live-")))
        stack.callback(shutil.rmtree, both.instance_path)
        # another machine: its datagrams do not reach this process
        elsewhere = replace(both, instance_path=tmp_path)
        backend.app.extensions["live_bus"] = Bus(elsewhere)
        with running(LiveProcess(both)):
            phone = Listener(both)
            phone.listen()
            phone.wait_until_listening()
            quick = _seconds_until_heard(phone, "with Redis")

            redis.kill()
            slow = _seconds_until_heard(phone, "without Redis")
            redis.start()
            time.sleep(3.5)
            again = min(_seconds_until_heard(phone, "with Redis again") for _ in range(3))

    assert phone.numbers == [1, 2, 3, 4, 5]
    assert quick < 0.9
    assert slow < 4
    assert again < 0.5


def _seconds_until_heard(phone: Listener, words: str) -> float:
    began, before = time.monotonic(), len(phone.heard)
    say(words)
    phone.wait_for(before + 1)
    return time.monotonic() - began
