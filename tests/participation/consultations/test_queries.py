"""Lists of consultations, their pages, and how many people took part."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.consultations import policy, queries
from participation.consultations.models import Audience, CameBy, Consultation, Publication, StageKind
from participation.core.clock import now
from participation.core.errors import NotFound
from participation.core.policy import NOBODY, Actor
from tests.factories.consultations import make_consultation, make_participation, make_stage, make_step
from tests.factories.opinions import make_statement, make_vote
from tests.fixtures.time import Clock

DAY = timedelta(days=1)


def make_lasting(first: float, last: float | None, **facts: object) -> Consultation:
    consultation = make_consultation(is_open=False, **facts)
    closes_at = None if last is None else now() + last * DAY
    make_stage(consultation, opens_at=now() + first * DAY, closes_at=closes_at)
    return consultation


def slugs(listed: list[queries.Listed]) -> list[str]:
    return [each.consultation.slug for each in listed]


def test_open_ones_are_listed_by_their_last_day(database: SQLAlchemy, clock: Clock) -> None:
    make_lasting(-1, 9, slug="later")
    make_lasting(-1, 2, slug="sooner")
    make_lasting(-1, None, slug="endless")
    make_lasting(1, 2, slug="not-yet")
    make_lasting(-1, 2, slug="draft", publication=Publication.DRAFT)
    make_lasting(-1, 2, slug="archived", publication=Publication.ARCHIVED)

    assert slugs(queries.list_open(now())) == ["sooner", "later", "endless"]
    assert queries.list_open(now())[2].span.closes_at is None
    assert slugs(queries.list_soon(now())) == ["not-yet"]


def test_one_closed_early_is_closed(database: SQLAlchemy, clock: Clock) -> None:
    make_lasting(-3, 9, slug="early", closed_early_at=now() - DAY)

    assert slugs(queries.list_open(now())) == []
    closed, following = queries.list_closed(now())
    assert slugs(closed) == ["early"]
    assert closed[0].span.closes_at == now() - DAY
    assert following is None


def test_one_between_two_answering_stages_counts_as_open_and_the_last_end_is_told(
    database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_lasting(-5, -3)
    make_stage(consultation, position=2, opens_at=now() - DAY, closes_at=now() + DAY)
    make_stage(consultation, StageKind.READING, position=3, opens_at=now() + DAY, closes_at=now() + 9 * DAY)

    assert [each.span.closes_at for each in queries.list_open(now())] == [now() + DAY]


def test_closed_ones_come_page_by_page_without_gap_or_repetition(
    database: SQLAlchemy, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    for number, last in enumerate([-1, -2, -2, -2, -5]):
        make_lasting(-9, last, slug=f"past-{number}")

    seen: list[str] = []
    after: int | None = None
    for _page in range(3):
        closed, after = queries.list_closed(now(), after_id=after)
        seen += slugs(closed)

    assert seen == ["past-0", "past-3", "past-2", "past-1", "past-4"]
    assert after is None


def test_a_page_after_nothing_is_not_there(database: SQLAlchemy, clock: Clock) -> None:
    with pytest.raises(NotFound):
        queries.list_closed(now(), after_id=4711)


def test_a_visit_finds_what_this_person_has_begun_and_nobody_elses(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    mine = make_participation(consultation)
    make_participation(consultation)

    assert queries.find_visit(consultation.slug, mine.participant_id, now()).participation is mine
    assert queries.find_visit(consultation.slug, None, now()).participation is None


def test_a_glance_tells_policies_the_same_as_a_visit(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation(audience=Audience.INVITED)
    mine = make_participation(consultation, sent_at=now())
    outline = queries.find_outline(consultation.slug)
    known, stranger = Actor(participant_id=mine.participant_id), Actor(participant_id=mine.participant_id + 1)

    for actor, is_mine in ((known, True), (stranger, False), (NOBODY, False)):
        glance = queries.glance_at(outline, actor.participant_id, now())
        visit = queries.visit_outline(outline, actor.participant_id, now())
        assert [rule(actor, glance) for rule in (policy.can_answer, policy.has_sent)] == [is_mine, is_mine]
        assert [rule(actor, visit) for rule in (policy.can_answer, policy.has_sent)] == [is_mine, is_mine]


def test_earlier_versions_of_a_step_are_not_asked(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    make_step(consultation, retired_at=now())
    newer = make_step(consultation, version=2)

    assert queries.list_steps(consultation.id) == [newer]


def test_people_are_counted_by_channel_way_and_language_once_they_sent_something(
    database: SQLAlchemy, clock: Clock
) -> None:
    consultation = make_consultation()
    make_participation(consultation, sent_at=now())
    make_participation(consultation, sent_at=now(), language="ar")
    make_participation(consultation, sent_at=now(), channel="paper", came_by=CameBy.ENTERED_BY_STAFF, people_count=12)
    make_participation(consultation)  # began and did not send

    counted = {
        (each.channel, each.came_by, each.language): each.people for each in queries.count_people(consultation.id)
    }

    assert counted == {
        ("web", "open_link", "en"): 1,
        ("web", "open_link", "ar"): 1,
        ("paper", "entered_by_staff", "en"): 12,
    }


def test_who_only_voted_counts_too_and_once(database: SQLAlchemy, clock: Clock) -> None:
    consultation = make_consultation()
    step = make_step(consultation, "statements")
    voter = make_participation(consultation)
    for number in range(2):
        make_vote(make_statement(step, f"Statement {number}"), voter.participant_id, 1)

    assert [each.people for each in queries.count_people(consultation.id)] == [1]
