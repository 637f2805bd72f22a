"""A session as calendars know it (RFC 5545): one file a session, and a feed of all that are to come.

A change gives a new SEQUENCE under the same UID, a cancelled session STATUS:CANCELLED, so that calendars which follow
the feed change what they hold. Times are written in the city's time zone, with its rules in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from .models import DialogueSession
from .states import State

PRODUCT = "-//Baraza//Sessions//EN"
#: What begins a new line anywhere: the library escapes CR and LF, and a reader that splits at the others would take the
#: rest of a text for a line of the file.
_LINE_ENDS = re.compile(r"\r\n|\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
#: Characters that a text of a calendar cannot hold (RFC 5545, 3.1).
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def calendar_of(
    sessions: Iterable[tuple[DialogueSession, str]], *, language: str, zone: str, host: str, at: datetime
) -> bytes:
    """The file: pairs of a session and the address of its page, in `language`, with times in `zone`."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    pairs = list(sessions)
    if pairs:
        first = min(session.starts_at for session, _url in pairs)
        last = max(session.ends_at for session, _url in pairs)
        calendar.add_component(Timezone.from_tzid(zone, first_date=first.date(), last_date=last.date()))
    for session, url in pairs:
        calendar.add_component(_event(session, url, language, zone, host, at))
    return bytes(calendar.to_ical())


def _event(session: DialogueSession, url: str, language: str, zone: str, host: str, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"session-{session.id}@{host}")
    event.add("sequence", session.calendar_version + (session.state == State.CANCELLED))
    event.add("dtstamp", at)
    event.add("last-modified", session.changed_at)
    event.add("dtstart", session.starts_at.astimezone(ZoneInfo(zone)))
    event.add("dtend", session.ends_at.astimezone(ZoneInfo(zone)))
    title = session.title.read(language)
    event.add("summary", _plain(title.text), parameters={"LANGUAGE": title.language})
    event.add("description", _plain(str(session.purpose.read(language))))
    event.add("location", _plain(str(session.place.read(language))))
    event.add("url", url)
    event.add("status", "CANCELLED" if session.state == State.CANCELLED else "CONFIRMED")
    return event


def _plain(text: str) -> str:
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
