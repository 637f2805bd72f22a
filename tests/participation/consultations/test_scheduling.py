"""What staff do to the days of a consultation."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from participation.consultations import scheduling
from participation.consultations.models import Consultation, Publication, Stage, StageKind
from participation.consultations.scheduling import Dates
from participation.core.errors import Conflict, Invalid
from participation.core.localized import LocalizedText
from participation.core.policy import Actor
from tests.factories.consultations import make_consultation, make_stage
from tests.fixtures.time import Clock

PARIS = "Europe/Paris"


@pytest.fixture(autouse=True)
def standing_clock(clock: Clock) -> Clock:
    return clock


def dates(first: date, last: date | None, *, at: time = time(0), until: time | None = None) -> Dates:
    return Dates(first, at, last, until)


def save_stage(consultation: Consultation, by: Actor, clock: Clock, when: Dates, stage: Stage | None = None) -> Stage:
    return scheduling.save_stage(
        consultation, stage, kind=StageKind.ANSWERING if stage is None else stage.kind, dates=when,
        name=LocalizedText(), zone=PARIS, by=by, at=clock.now,
    )  # fmt: skip


def test_the_last_day_is_included_in_the_citys_own_time(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(is_open=False, publication=Publication.DRAFT)

    stage = save_stage(consultation, officer, clock, dates(date(2026, 7, 1), date(2026, 7, 31)))

    assert stage.opens_at.isoformat() == "2026-07-01T00:00:00+02:00"
    assert stage.closes_at.isoformat() == "2026-08-01T00:00:00+02:00"
    assert Dates.of(stage, PARIS) == dates(date(2026, 7, 1), date(2026, 7, 31))


def test_stages_stand_in_the_order_of_their_days(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(is_open=False, publication=Publication.DRAFT)
    later = save_stage(consultation, officer, clock, dates(date(2026, 8, 1), None))

    sooner = save_stage(consultation, officer, clock, dates(date(2026, 7, 1), date(2026, 7, 31)))

    assert (sooner.position, later.position) == (1, 2)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 7, 10), date(2026, 7, 9), "last_day"),
        (date(2026, 7, 20), date(2026, 8, 10), "first_day"),
        (date(2026, 6, 20), None, "last_day"),
        (date(2026, 9, 20), None, "first_day"),
    ],
)
def test_stages_do_not_meet(officer: Actor, clock: Clock, first: date, last: date | None, field: str) -> None:
    consultation = make_consultation(is_open=False, publication=Publication.DRAFT)
    save_stage(consultation, officer, clock, dates(date(2026, 7, 1), date(2026, 7, 31)))
    save_stage(consultation, officer, clock, dates(date(2026, 9, 1), None))

    with pytest.raises(Invalid) as refused:
        save_stage(consultation, officer, clock, dates(first, last))

    assert refused.value.field == field


def test_a_last_day_people_count_on_moves_only_by_extending(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(is_open=False)
    stage = make_stage(consultation)
    known = Dates.of(stage, PARIS)

    with pytest.raises(Conflict):
        save_stage(
            consultation,
            officer,
            clock,
            dates(known.first_day, known.first_day + timedelta(days=3), at=known.first_time),
            stage,
        )


def test_extending_moves_what_comes_after(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(is_open=False)
    answering = make_stage(consultation)
    reading = make_stage(
        consultation, StageKind.READING, position=2, opens_at=answering.closes_at,
        closes_at=answering.closes_at + timedelta(days=7),
    )  # fmt: skip
    before = answering.closes_at
    longer = Dates.of(answering, "UTC")
    longer = Dates(longer.first_day, longer.first_time, longer.last_day + timedelta(days=5), longer.last_time)

    scheduling.extend(consultation, longer, reply_due_on=None, zone="UTC", by=officer, at=clock.now)

    assert answering.closes_at - before == timedelta(days=5)
    assert reading.opens_at - before == timedelta(days=5)


def test_a_shorter_time_is_no_extension(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(is_open=False)
    known = Dates.of(make_stage(consultation), "UTC")

    with pytest.raises(Invalid):
        scheduling.extend(consultation, known, reply_due_on=None, zone="UTC", by=officer, at=clock.now)


def test_closing_early_needs_a_reason_in_each_language(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(languages=["en", "es"])

    with pytest.raises(Invalid) as refused:
        scheduling.close_early(consultation, {"en": "Flood."}, source="en", by=officer, at=clock.now)
    assert refused.value.field == "reason_es"

    scheduling.close_early(consultation, {"en": "Flood.", "es": "Inundación."}, source="en", by=officer, at=clock.now)
    assert consultation.closed_early_reason.read("es").text == "Inundación."
    with pytest.raises(Conflict):
        scheduling.close_early(consultation, {"en": "No", "es": "No"}, source="en", by=officer, at=clock.now)
