"""Planning: from a template to a session that can be announced; codes; copies; calendars."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from dialogues.sessions import agenda, announcing, gate, join_codes, planning, queries
from dialogues.sessions.beginning import first_agreement, templates
from dialogues.sessions.calendars import calendar_of
from dialogues.sessions.models import DialogueSession
from dialogues.sessions.states import State
from participation.city.models import SupportResource
from participation.core.clock import now
from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.localized import LocalizedText
from participation.core.policy import Actor
from tests.factories.city import words
from tests.factories.sessions import make_item, make_plan, make_session
from tests.fixtures.databases import SECRET

SOMEBODY = Actor(name="somebody")
LANGUAGES = ("en", "es", "ar")
pytestmark = pytest.mark.usefixtures("database")


def begun(template: str = "four_phases", source: str = "en") -> DialogueSession:
    wish = planning.Beginning(
        title="Racism in the city",
        source=source,
        languages=list(LANGUAGES),
        template=templates()[template],
        starts_at=now() + timedelta(days=3),
    )
    return planning.create_session(wish, by=SOMEBODY, at=now())


@pytest.mark.parametrize("template", sorted(templates()))
def test_a_template_brings_rounds_and_agreement_in_every_language(template: str) -> None:
    session = begun(template)

    items, lines = queries.list_items(session.id), queries.list_agreement(session.id)
    texts = [text for each in items for text in (each.title, each.prompt)] + [line.text for line in lines]
    assert len(items) >= 3
    assert len(lines) == len(first_agreement()) == 8
    assert [text for text in texts if text.missing_in(LANGUAGES)] == []
    assert sum(each.minutes for each in items) < (session.ends_at - session.starts_at) / timedelta(minutes=1)


def test_a_session_begun_in_arabic_has_arabic_as_its_source() -> None:
    session = begun(source="ar")

    assert {each.prompt.source for each in queries.list_items(session.id)} == {"ar"}


def test_a_new_draft_says_what_is_missing_and_a_whole_plan_nothing() -> None:
    whole = make_plan()
    draft = begun()

    lacking = {item.key for item in gate.missing(announcing.checklist(draft, now()))}

    assert gate.missing(announcing.checklist(whole, now())) == []
    assert {"purpose", "topics", "heard_by", "facilitators", "safeguarding", "interpreters", "tried"} <= lacking


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({"second_id": None}, "facilitators"),
        ({"safeguarding_phone": ""}, "safeguarding"),
        ({"languages": ["en", "ar"]}, "interpreters"),
        ({"reply_due_on": None}, "reply_due_on"),
        ({"keep_until": None}, "keep_until"),
        ({"meeting": "online"}, "video_url"),
        ({"topics": LocalizedText()}, "topics"),
        ({"age_bands": ["13-15"]}, "vetted"),
        ({"consent_version": ""}, "consent_version"),
    ],
)
def test_each_thing_people_need_blocks_announcing(facts: dict[str, object], key: str) -> None:
    session = make_plan(**facts)

    assert key in {item.key for item in gate.missing(announcing.checklist(session, now()))}


def test_a_helper_nobody_checked_for_half_a_year_blocks_announcing() -> None:
    session = make_plan()
    old = {"name": words("Old line"), "description": words("Was there."), "phone": "1"}
    db.session.add(SupportResource(position=2, reviewed_on=now().date() - timedelta(days=181), **old))
    db.session.flush()

    assert [item.key for item in gate.missing(announcing.checklist(session, now()))] == ["support_reviewed"]


def test_a_code_leads_to_its_session_until_it_is_changed() -> None:
    session, other = make_session(), make_session()
    first = join_codes.open_code(session, secret=SECRET, by=SOMEBODY, at=now())

    assert join_codes.open_code(session, secret=SECRET, by=SOMEBODY, at=now()) == first
    assert len(first) == 6
    assert join_codes.find_by_code(f" {first[:3]}-{first[3:].lower()} ", secret=SECRET) is session
    second = join_codes.change_code(session, secret=SECRET, by=SOMEBODY, at=now())
    join_codes.open_code(other, secret=SECRET, by=SOMEBODY, at=now())
    assert join_codes.find_by_code(first, secret=SECRET) is None
    assert join_codes.find_by_code(second, secret=SECRET) is session


def test_changing_a_code_closes_every_code_that_works() -> None:
    session = make_session()
    first = join_codes.open_code(session, secret=SECRET, by=SOMEBODY, at=now())
    also = join_codes._make(session, secret=SECRET, by=SOMEBODY, at=now())  # by a colleague, at the same moment

    join_codes.change_code(session, secret=SECRET, by=SOMEBODY, at=now())

    assert [join_codes.find_by_code(each, secret=SECRET) for each in (first, also)] == [None, None]
    assert len(queries.list_open_codes(session.id)) == 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "!!!!!!", "x" * 200, "\u202e"])
def test_what_is_no_code_leads_nowhere(typed: str) -> None:
    assert join_codes.find_by_code(typed, secret=SECRET) is None


def test_a_copy_takes_the_plan_along_and_nothing_that_happened() -> None:
    original = make_plan(state=State.CLOSED, version=17)

    copy = planning.copy_session(original, "Once more", now() + timedelta(days=30), by=SOMEBODY, at=now())

    assert copy.state == State.DRAFT
    assert (copy.version, copy.tried_at) == (1, None)
    assert copy.ends_at - copy.starts_at == original.ends_at - original.starts_at
    assert [each.prompt.text_in("en") for each in queries.list_items(copy.id)] == ["What did you see?"]
    assert len(queries.list_agreement(copy.id)) == 1


def test_once_people_are_there_the_plan_stays() -> None:
    session = make_session(state=State.LOBBY)
    item = make_item(session)

    with pytest.raises(Conflict):
        planning.save_facts(session, {"capacity": 9}, by=SOMEBODY, at=now())
    with pytest.raises(Conflict):
        agenda.remove_round(session, item, by=SOMEBODY, at=now())


def test_a_translated_agreement_keeps_line_beside_line() -> None:
    session = begun()
    lines = [line.text.text_in("en") for line in queries.list_agreement(session.id)]

    agenda.save_agreement(session, lines[:2], language="en", by=SOMEBODY, at=now())
    with pytest.raises(Invalid):
        agenda.save_agreement(session, ["uno", "dos", "tres"], language="es", by=SOMEBODY, at=now())
    agenda.save_agreement(session, ["uno", "dos"], language="es", by=SOMEBODY, at=now())

    assert [line.text.text_in("es") for line in queries.list_agreement(session.id)] == ["uno", "dos"]
    assert [line.text.text_in("en") for line in queries.list_agreement(session.id)] == lines[:2]


def test_calendars_follow_changes_and_cancellation() -> None:
    session = make_session()
    planning.save_facts(session, {"starts_at": session.starts_at + timedelta(hours=1)}, by=SOMEBODY, at=now())
    facts: dict[str, Any] = {"language": "en", "zone": "Europe/Madrid", "host": "city.example", "at": now()}
    moved = calendar_of([(session, "https://city.example/a")], **facts)
    session.state = State.CANCELLED
    cancelled = calendar_of([(session, "https://city.example/a")], **facts)

    (event,) = Calendar.from_ical(moved).walk("VEVENT")
    (gone,) = Calendar.from_ical(cancelled).walk("VEVENT")
    assert event["UID"] == gone["UID"]
    assert (event["SEQUENCE"], gone["SEQUENCE"]) == (1, 2)
    assert (event["STATUS"], gone["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert event.decoded("DTSTART") == session.starts_at.replace(microsecond=0)
    assert b"TZID:Europe/Madrid" in moved
