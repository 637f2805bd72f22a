"""Answers that came on paper, by phone or in person, written down by staff for one person or a group.

An entry is a participation like any other: with a participant of its own, whose return code is handed over, and counted
under its channel. That the person agreed to be written down is asked each time and kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from participation.accounts import Origin, Participant, make_participant
from participation.contributions import Channel
from participation.core import audit, codes
from participation.core.database import db
from participation.core.errors import Invalid, NotAllowed, NotFound
from participation.core.policy import Actor

from . import queries
from .models import CameBy, Consultation, Participation, Publication, Stage, StageKind, Step
from .steps import Data, kind_of

#: Channels that staff write down.
CHANNELS = (Channel.PAPER, Channel.PHONE, Channel.IN_PERSON)
#: Largest group that speaks with one voice.
MOST_PEOPLE = 500
#: Days after the last day on which paper that came late is still taken.
LATE_DAYS = 14
#: Hours for which whoever wrote an answer down can see its return code.
RECEIPT_HOURS = 2


class EntryClosed(NotAllowed):
    """Nothing can be written down now."""


@dataclass(frozen=True, kw_only=True)
class EntryDraft:
    """What staff are about to write down."""

    channel: Channel
    people_count: int
    language: str
    consent_spoken: bool
    age_band: str = ""
    #: step id → what the step's kind keeps of its form; steps that were left out are missing
    answers: Mapping[int, Data]
    form_key: str


def takes_entries(consultation: Consultation, stages: Sequence[Stage], at: datetime) -> bool:
    """Whether answers can be written down: since the first day, and until paper sent on the last day has arrived."""
    answering = [stage for stage in stages if stage.kind == StageKind.ANSWERING]
    if consultation.publication != Publication.PUBLISHED or not answering:
        return False
    ends = [stage.closes_at for stage in answering]
    last = None if None in ends else max(end for end in ends if end is not None)
    if consultation.closed_early_at is not None:
        last = min(last, consultation.closed_early_at) if last else consultation.closed_early_at
    return min(stage.opens_at for stage in answering) <= at and (last is None or at < last + timedelta(days=LATE_DAYS))


def enter_answers(
    consultation: Consultation, steps: Sequence[Step], draft: EntryDraft, *, secret: str, by: Actor, at: datetime
) -> Participation:
    """Write down what one person, or a group with one voice, answered. The same form sent twice is one entry.

    Raises:
        EntryClosed: it is too early or too late.
        Invalid: consent was not spoken, nothing was answered, or the facts about it cannot be.
    """
    nonce_hash = _nonce_of(draft.form_key)
    known = _find_entry(consultation.id, nonce_hash)
    if known is not None:
        return known
    if not takes_entries(consultation, queries.list_stages(consultation.id), at):
        raise EntryClosed(_l("Answers can be written down from the first day until two weeks after the last."))
    _check(consultation, steps, draft)
    participant = make_participant(Origin.STAFF, nonce_hash=nonce_hash, secret=secret, at=at)
    participation = Participation(
        consultation_id=consultation.id,
        participant_id=participant.id,
        came_by=CameBy.ENTERED_BY_STAFF,
        channel=draft.channel,
        people_count=draft.people_count,
        language=draft.language,
        age_band=draft.age_band,
        reference=f"B-{codes.new_code()[:5]}",
        entered_by=by.staff_id,
        consent_spoken=True,
        started_on=at.date(),
        sent_at=at,
    )
    db.session.add(participation)
    db.session.flush()
    for step in steps:
        if data := draft.answers.get(step.id):
            kind_of(step).send_entry(step, data, participation, form_key=draft.form_key, at=at)
    audit.note(
        "answer_entered",
        f"participation:{participation.id}",
        by=by,
        at=at,
        space=consultation.space,
        channel=str(draft.channel),
        people=draft.people_count,
        language=draft.language,
    )
    return participation


def get_entry(consultation_id: int, participation_id: int) -> Participation:
    """The entry with this number.

    Raises:
        NotFound: there is none in this consultation, or a resident wrote it herself.
    """
    found = db.session.get(Participation, participation_id)
    if found is None or found.consultation_id != consultation_id or found.came_by != CameBy.ENTERED_BY_STAFF:
        raise NotFound
    return found


def shows_code(participation: Participation, at: datetime) -> bool:
    """Whether the return code can still be handed over; later only its holder has it."""
    return participation.sent_at is not None and at < participation.sent_at + timedelta(hours=RECEIPT_HOURS)


def list_entries(consultation_id: int, *, limit: int = 10) -> Sequence[Participation]:
    """What staff wrote down last, newest first."""
    return (
        db.session.execute(
            select(Participation)
            .where(Participation.consultation_id == consultation_id, Participation.came_by == CameBy.ENTERED_BY_STAFF)
            .order_by(Participation.id.desc())
            .limit(limit)
        )
        .scalars()
        .all()
    )


def _check(consultation: Consultation, steps: Sequence[Step], draft: EntryDraft) -> None:
    if not draft.consent_spoken:
        message = _l("Please ask whether you may write this down, and tick that the answer was yes.")
        raise Invalid(message, field="consent_spoken")
    if draft.channel not in CHANNELS:
        raise Invalid(_l("Please choose how the answer came to you."), field="channel")
    if not 1 <= draft.people_count <= MOST_PEOPLE:
        message = _l("Please give the number of people, from 1 to %(most)s.", most=MOST_PEOPLE)
        raise Invalid(message, field="people_count")
    if consultation.age_bands and draft.age_band not in consultation.age_bands:
        raise Invalid(_l("Please choose the age band. Other ages cannot take part here."), field="age_band")
    if not any(draft.answers.get(step.id) for step in steps):
        raise Invalid(_l("Nothing is answered yet. Please fill in one question at least."))


def _nonce_of(form_key: str) -> str:
    """What the participant made from this form is known by."""
    return hashlib.sha256(f"entry:{form_key}".encode()).hexdigest()


def _find_entry(consultation_id: int, nonce_hash: str) -> Participation | None:
    return db.session.execute(
        select(Participation)
        .join(Participant, Participant.id == Participation.participant_id)
        .where(Participant.nonce_hash == nonce_hash, Participation.consultation_id == consultation_id)
    ).scalar_one_or_none()
