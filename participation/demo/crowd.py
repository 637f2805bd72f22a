"""The demo's simulated people: seeded, so that every demo has the same numbers."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from participation.accounts import Origin, Participant, make_participant
from participation.consultations import CameBy, Participation, join_consultation, kind_of
from participation.core.database import db
from participation.opinions import cast_vote

from .asking import Asked
from .content import Days, Entry

#: Channels that staff write down.
WRITTEN_DOWN = frozenset({"paper", "phone", "in_person"})


def load_crowd(crowd: Entry, asked: Asked, days: Days, *, officer_id: int, secret: str) -> None:
    """Let as many people as `crowd` says answer and vote, by its shares."""
    # the same people in every demo; nothing secret depends on these draws
    dice = random.Random(crowd["seed"])  # noqa: S311
    for _person in range(crowd["people"]):
        channel = _draw(crowd["shares"]["channels"], dice)
        language = _draw(crowd["shares"]["languages"], dice)
        came = CameBy.ENTERED_BY_STAFF if channel in WRITTEN_DOWN else CameBy(_draw(crowd["shares"]["came"], dice))
        arrival = Arrival(language, channel, came, _day(asked, dice))
        participation = join(asked, days, arrival, officer_id=officer_id, secret=secret)
        _answer(crowd, asked, participation, dice)
        _vote(crowd, asked, participation, dice)
    db.session.flush()


@dataclass(frozen=True)
class Arrival:
    """How somebody comes to a consultation."""

    language: str
    channel: str
    came: CameBy
    #: day, counted from the loading
    day: int
    #: people who speak with one voice
    people: int = 1


def join(asked: Asked, days: Days, arrival: Arrival, *, officer_id: int, secret: str) -> Participation:
    """A new person (or group) who takes part as `arrival` says, answers sent."""
    at = days.moment(arrival.day)
    channel, language, came, people = arrival.channel, arrival.language, arrival.came, arrival.people
    is_written_down = channel in WRITTEN_DOWN
    person: Participant = make_participant(Origin.STAFF if is_written_down else Origin.DEVICE, secret=secret, at=at)
    participation = join_consultation(asked.consultation, person.id, came_by=came, language=language, at=at)
    participation.channel = channel
    participation.people_count = people
    participation.sent_at = at
    if is_written_down:
        participation.entered_by = officer_id
        participation.consent_spoken = True
    db.session.flush()
    return participation


def _answer(crowd: Entry, asked: Asked, participation: Participation, dice: random.Random) -> None:
    assert participation.sent_at is not None  # noqa: S101  join() has just set it
    for question in crowd.get("question", []):
        if dice.random() > question["answered"]:
            continue
        step = asked.steps[question["key"]]
        data = _data(step.kind, question["shares"], asked, question["key"], dice)
        kind_of(step).send(step, data, participation, form_key="demo", at=participation.sent_at)


def _data(kind: str, shares: Mapping[str, float], asked: Asked, key: str, dice: random.Random) -> Entry:
    """What the form of this kind would have kept."""
    ids = dict(zip(asked.options[key], asked.option_ids[key], strict=True))
    if kind == "one_choice":
        return {"option": ids[_draw(shares, dice)]}
    if kind == "scale":
        return {"value": int(_draw(shares, dice))}
    if kind == "several_choices":
        most = asked.steps[key].settings.get("most", len(ids))
        wanted = [option for option in shares if dice.random() < shares[option]]
        dice.shuffle(wanted)
        return {"options": [ids[option] for option in wanted[:most]] or [ids[_draw(shares, dice)]]}
    order = sorted(shares, key=lambda option: dice.random() ** (1 / max(shares[option], 0.01)), reverse=True)
    return {"order": [ids[option] for option in order]}


def _vote(crowd: Entry, asked: Asked, participation: Participation, dice: random.Random) -> None:
    assert participation.sent_at is not None  # noqa: S101  join() has just set it
    values = {"agree": 1, "disagree": -1, "pass": 0}
    for votes in crowd.get("votes", []):
        statement = asked.statements.get(votes["statement"])
        if statement is None or dice.random() > votes["seen"]:
            continue
        value = values[_draw({name: votes[name] for name in values}, dice)]
        cast_vote(
            statement.id,
            participation.participant_id,
            value,
            matters=dice.random() < votes.get("matters", 0),
            on=participation.sent_at.date(),
        )


def _day(asked: Asked, dice: random.Random) -> int:
    """A day on which it took answers, today at the latest."""
    first = asked.entry["opens_in_days"]
    last = min(asked.entry["closes_in_days"] - 1, 0)
    return dice.randint(first, max(first, last))


def _draw(shares: Mapping[str, float], dice: random.Random) -> str:
    names = list(shares)
    return dice.choices(names, weights=[shares[name] for name in names])[0]
