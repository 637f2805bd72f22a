"""Loads the whole demo, once: the city, its staff, four consultations, and everything people said."""

from __future__ import annotations

from datetime import datetime

from participation.accounts import Staff, list_grants
from participation.city import find_city, get_city
from participation.core.database import db
from participation.core.policy import Actor
from participation.surveys import list_options

from . import content
from .asking import load_consultations
from .content import Days
from .crowd import load_crowd
from .place import load_city, load_staff
from .speaking import Voices
from .summing_up import sum_up


def is_loaded() -> bool:
    """Whether a city is there already, the demo's or a real one."""
    return find_city() is not None


def load_demo(at: datetime, *, secret: str) -> None:
    """Write the demo into an empty database; the caller commits."""
    load_city(at)
    days = Days(at, get_city().time_zone)
    asked = load_consultations(days)
    staff = load_staff({slug: each.consultation.space for slug, each in asked.items()}, at)
    actors = {key: _as_actor(person) for key, person in staff.items()}
    for each in asked.values():
        by_step = list_options([step.id for step in each.steps.values()])
        each.option_ids = {key: [option.id for option in by_step[step.id]] for key, step in each.steps.items()}
    voices = Voices(asked, actors, staff, days, secret)
    voices.load()
    for crowd in content.read("voices")["crowd"]:
        load_crowd(crowd, asked[crowd["consultation"]], days, officer_id=staff["officer"].id, secret=secret)
    for each in asked.values():
        if "finding" in each.entry:
            sum_up(each, voices.said, actors, days)
    db.session.flush()


def _as_actor(staff: Staff) -> Actor:
    grants = frozenset(row.as_grant() for row in list_grants(staff.id))
    return Actor(staff_id=staff.id, name=staff.name, grants=grants, is_verified=True)
