"""Calendars leave the house as well: whatever planners typed, a file holds our own lines, and every word of theirs.

The lines are read here by the letter of RFC 5545 (3.1 folding, 3.3.11 text), not by the library that wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from dialogues.sessions import calendars
from dialogues.sessions.models import DialogueSession
from dialogues.sessions.states import State
from participation.core.database import db
from tests.security.city import City
from tests.security.hostile import hostile_strings
from tests.security.walking import knock

FEED = "/en/sessions/calendar.ics"
ONE = "/en/sessions/talk-announced/calendar.ics"
#: Everything a calendar of ours may say.
NAMES = frozenset(
    {
        *("BEGIN", "END", "PRODID", "VERSION", "METHOD", "UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DTSTART"),
        *("DTEND", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "STATUS", "TZID", "TZNAME", "TZOFFSETFROM"),
        *("TZOFFSETTO", "RDATE", "RRULE", "COMMENT"),
    }
)
#: Words that would be lines of their own if nobody escaped them.
PLANTED = (
    "End\r\nATTACH:https://evil.example/a",
    "End\nEND:VEVENT\nBEGIN:VALARM\nACTION:AUDIO",
    "End\rORGANIZER:mailto:evil@evil.example",
    "End\u2028ATTACH:https://evil.example/b",
    "End\x85ATTACH:https://evil.example/c",
    "End\x0bATTACH:https://evil.example/d",
    "a;b,c\\d\\nATTACH:x",
    "Z" * 74 + "é" * 40 + "🙂" * 40,
    'X";ALTREP="https://evil.example":y',
)


def unfolded(data: bytes) -> list[str]:
    """The lines of content, and that each of them is one: CRLF at its end, 75 bytes at most, whole characters."""
    assert data.endswith(b"\r\n")
    lines = data.removesuffix(b"\r\n").split(b"\r\n")
    for line in lines:
        assert b"\r" not in line, line
        assert b"\n" not in line, line
        assert len(line) <= 75, line
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line), line
        assert len(line.decode().splitlines()) <= 1, line  # and no character is torn apart
    return data.decode().removesuffix("\r\n").replace("\r\n ", "").replace("\r\n\t", "").split("\r\n")


def troubles_of(data: bytes) -> list[str]:
    """Lines that are none of ours."""
    lines = unfolded(data)
    named = [re.split("[;:]", line, maxsplit=1)[0] for line in lines]
    return [line[:80] for line, name in zip(lines, named, strict=True) if name not in NAMES] + [
        line for line in lines if line.startswith(("BEGIN:", "END:")) and not line.endswith(_OURS)
    ]


_OURS = (":VCALENDAR", ":VEVENT", ":VTIMEZONE", ":STANDARD", ":DAYLIGHT")


def texts_in(data: bytes, name: str) -> list[str]:
    """What stands in the lines of this name, read as text."""
    found = [re.fullmatch(rf"{name}(?:;[A-Z]+=[\w-]+)*:(.*)", line, re.DOTALL) for line in unfolded(data)]
    return [_read(each[1]) for each in found if each]


def _read(value: str) -> str:
    return re.sub(r"\\(.)", lambda mark: "\n" if mark[1] in "nN" else mark[1], value, flags=re.DOTALL)


def spoil(city: City, said: str) -> None:
    """Let the announced session say this everywhere."""
    with city.app.app_context():
        session = db.session.execute(
            sa.select(DialogueSession).where(DialogueSession.slug == "talk-announced")
        ).scalar_one()
        for name in ("title", "purpose", "place"):
            setattr(session, name, getattr(session, name).with_text("en", said))
        db.session.commit()


def calendars_of(city: City) -> Iterator[bytes]:
    """Both files, as a stranger gets them."""
    for address in (ONE, FEED):
        answer = knock(city, address, "GET", city.world.people["stranger"])
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        yield answer.get_data()


@pytest.mark.parametrize("said", PLANTED, ids=range(len(PLANTED)))
def test_no_words_become_lines_of_a_calendar(city: City, said: str) -> None:
    spoil(city, said)

    for data in calendars_of(city):
        assert troubles_of(data) == []
        assert data.count(b"BEGIN:VEVENT") == data.count(b"\r\nUID:")
        for name in ("SUMMARY", "DESCRIPTION", "LOCATION"):
            assert _seen(said) in [_seen(each) for each in texts_in(data, name)], name


def _seen(text: str) -> str:
    """Letters and signs alone: what separates lines may be written in another way."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).split())


def test_the_long_list_in_calendars(city: City) -> None:
    strings = [each for each in hostile_strings() if "\ud83d" not in each and "\x00" not in each]
    for start in range(0, len(strings), 25):
        spoil(city, "x " + " | ".join(each[:400] for each in strings[start : start + 25]))
        for data in calendars_of(city):
            assert troubles_of(data) == []

    assert len(strings) >= 400


def test_words_that_are_not_escaped_would_be_found(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(city, PLANTED[0])
    write = calendars.calendar_of
    monkeypatch.setattr(
        "dialogues.sessions.views.calendar_of",
        lambda *args, **facts: write(*args, **facts).replace(b"\\nATTACH", b"\r\nATTACH"),
    )

    assert all(troubles_of(data) for data in calendars_of(city))


def test_calendars_hold_what_was_announced_and_nothing_else(city: City) -> None:
    one, feed = calendars_of(city)
    with city.app.app_context():
        known = {
            session.id: session.state
            for session in db.session.execute(sa.select(DialogueSession)).scalars()
            if session.announced_at is not None and session.state != State.CLOSED
        }

    shown = [int(number) for number in re.findall(rb"UID:session-(\d+)@", feed)]
    assert sorted(shown) == sorted(known)
    assert len(known) == 3
    assert feed.count(b"STATUS:CANCELLED") == 1
    assert one.count(b"BEGIN:VEVENT") == 1
    assert city.world.canaries.found_in(one + feed) == set()
