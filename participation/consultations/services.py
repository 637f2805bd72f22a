"""Writes of residents who take part: begin, keep what is filled in, send it, use an invitation, be forgotten.

Whatever is written here is one person's own; what staff change about a consultation is written elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from participation.core import codes
from participation.core.database import db
from participation.core.errors import Invalid, NotAllowed

from . import queries
from .models import CameBy, Consultation, DraftAnswer, InvitationCode, Participation
from .steps import Data, Stop, kind_of

#: What invitation codes are hashed and derived for.
INVITATION_CODE = "invitation-code"
#: Days after which what was filled in and never sent is thrown away.
DRAFT_DAYS = 7
#: Signs of a reference on the confirmation.
_REFERENCE_LENGTH = 5


class ConsultationClosed(NotAllowed):
    """Nobody can answer now: it is not open yet, or not any more."""


class AnswersMissing(Invalid):
    """Something that has to be answered was not."""


class UnknownInvitation(Invalid):
    """The code is no invitation to anything, or it came too late."""


class NotInvited(Invalid):
    """This consultation asks other people."""


class InvitationUsed(NotAllowed):
    """Somebody has taken part with this code before."""


def join_consultation(
    consultation: Consultation,
    participant_id: int,
    *,
    came_by: CameBy = CameBy.OPEN_LINK,
    language: str,
    at: datetime,
    age_band: str = "",
) -> Participation:
    """The person's participation: a new one the first time, the same one ever after."""
    known = queries.find_participation(consultation.id, participant_id)
    if known is not None:
        return known
    participation = Participation(
        consultation_id=consultation.id,
        participant_id=participant_id,
        came_by=came_by,
        language=language,
        age_band=age_band,
        reference=f"B-{codes.new_code()[:_REFERENCE_LENGTH]}",
        people_count=1,
        channel="web",
        started_on=at.date(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(participation)
            db.session.flush()
    except IntegrityError:
        known = queries.find_participation(consultation.id, participant_id)
        if known is None:
            raise
        return known
    return participation


def save_draft(participation: Participation, step_id: int, data: Data, *, at: datetime) -> None:
    """Keep what was filled in at one step until it is sent; an empty `data` means it was left out on purpose."""
    kept = db.session.get(DraftAnswer, (participation.id, step_id))
    if kept is None:
        try:
            with db.session.begin_nested():
                db.session.add(DraftAnswer(participation_id=participation.id, step_id=step_id, data=data, saved_at=at))
                db.session.flush()
        except IntegrityError:
            kept = db.session.get_one(DraftAnswer, (participation.id, step_id))
        else:
            return
    kept.data = data
    kept.saved_at = at
    db.session.flush()


def drop_draft(participation: Participation, step_id: int) -> None:
    """Forget what was filled in at one step and not sent."""
    db.session.execute(
        delete(DraftAnswer).where(DraftAnswer.participation_id == participation.id, DraftAnswer.step_id == step_id)
    )


def send_answers(
    participation: Participation, stops: Sequence[Stop], *, language: str, form_key: str, at: datetime
) -> Participation:
    """Turn everything filled in into answers, all or nothing. Sent once more it changes nothing.

    Raises:
        AnswersMissing: a step that is not optional has no answer.
    """
    if any(stop.is_missing for stop in stops):
        raise AnswersMissing(_l("Some questions still need an answer. They are marked below."))
    db.session.execute(select(Participation.id).where(Participation.id == participation.id).with_for_update())
    waiting = queries.find_drafts(participation)
    for stop in stops:
        if stop.step.id in waiting:
            kind_of(stop.step).send(stop.step, waiting[stop.step.id], participation, form_key=form_key, at=at)
    if participation.sent_at is None:
        participation.sent_at = at
        participation.language = language
    db.session.execute(delete(DraftAnswer).where(DraftAnswer.participation_id == participation.id))
    db.session.flush()
    return participation


def find_open_invitation(typed: str, *, secret: str, at: datetime) -> tuple[InvitationCode, Consultation]:
    """The unused invitation somebody typed, and what it invites to. Looking uses nothing up.

    Raises:
        UnknownInvitation: it is no code of ours, or its time is over.
        InvitationUsed: it was used before.
    """
    try:
        code_hash = codes.lookup_hash(secret.encode(), codes.parse(typed), INVITATION_CODE)
    except codes.UnreadableCode:
        code_hash = ""
    found = queries.find_invitation(code_hash)
    if found is None:
        message = _l("We do not know this code. Please compare it with your letter or card, sign by sign.")
        raise UnknownInvitation(message, field="code")
    code, batch, consultation = found
    if code.used_at is not None:
        raise InvitationUsed(
            _l(
                "This code was used already, and each code works once. Was it you? "
                "Then your return code brings you back to your answers."
            ),
            field="code",
        )
    if batch.expires_at <= at:
        raise UnknownInvitation(_l("This code was for an earlier time and works no more."), field="code")
    return code, consultation


def use_invitation(code: InvitationCode, participant_id: int, *, at: datetime) -> None:
    """Use the code up, once and for all.

    Raises:
        InvitationUsed: somebody else was faster.
    """
    changed = db.session.execute(
        update(InvitationCode)
        .where(InvitationCode.code_hash == code.code_hash, InvitationCode.used_at.is_(None))
        .values(used_by=participant_id, used_at=at)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE always has it
        raise InvitationUsed(_l("This code was used a moment ago. Each code works once."), field="code")


def tidy_drafts(connection: Connection, at: datetime) -> tuple[str, int]:
    """Throw away what was filled in and not sent within `DRAFT_DAYS` days."""
    too_old = at - timedelta(days=DRAFT_DAYS)
    return "unsent answers", connection.execute(delete(DraftAnswer).where(DraftAnswer.saved_at < too_old)).rowcount


def forget_drafts_at(step_id: int) -> None:
    """Delete what people have filled in at one step, since it asks for something else now."""
    db.session.execute(
        delete(DraftAnswer).where(DraftAnswer.step_id == step_id).execution_options(synchronize_session=False)
    )


def forget_participations(participant_id: int) -> None:
    """Take out what tells of one person where she took part; that somebody did stays counted."""
    mine = select(Participation.id).where(Participation.participant_id == participant_id)
    plainly = {"synchronize_session": False}
    db.session.execute(delete(DraftAnswer).where(DraftAnswer.participation_id.in_(mine)).execution_options(**plainly))
    db.session.execute(
        update(InvitationCode)
        .where(InvitationCode.used_by == participant_id)
        .values(used_by=None)
        .execution_options(**plainly)
    )
    db.session.execute(
        update(Participation)
        .where(Participation.participant_id == participant_id)
        .values(reference="", age_band="")
        .execution_options(**plainly)
    )
