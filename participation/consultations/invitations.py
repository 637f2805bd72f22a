"""Batches of single-use invitation codes: made, printed as letters, exported once, handed out, stopped.

A code is worked out from its batch's seed, its number and the program's secret; what is kept is its hash. The seed is
emptied when the codes have left the building: from then on nobody can see them again, not even the program.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, insert, select

from participation.core import audit, codes
from participation.core.database import db
from participation.core.errors import Conflict, Invalid, NotFound
from participation.core.policy import Actor

from .models import Consultation, InvitationBatch, InvitationCode
from .sections import TextPlan
from .services import INVITATION_CODE
from .wording import clean_text

#: Most codes of one batch.
MOST_CODES = 5000
#: Letters of one printing, so that a browser can lay them out.
LETTERS_AT_ONCE = 100
LABEL = TextPlan("label", _l("What you call this batch"), "", 1, 120)


class HandedOut(Conflict):
    """The codes left the building; nobody can see them again."""


@dataclass(frozen=True)
class Code:
    """One code of a batch that was not handed out yet."""

    #: its place in the batch, from 1
    number: int
    #: 12 characters
    code: str


@dataclass(frozen=True)
class BatchCount:
    """How many codes of one batch were used."""

    batch: InvitationBatch
    used: int

    @property
    def unused(self) -> int:
        """How many are still to be used."""
        return self.batch.size - self.used


def make_batch(
    consultation: Consultation, label: str, size: int, *, expires_at: datetime, secret: str, by: Actor, at: datetime
) -> InvitationBatch:
    """A new batch of `size` codes.

    Raises:
        Invalid: it has no name, too few or too many codes, or an end that is over.
    """
    name = clean_text(label, LABEL)
    if not name:
        raise Invalid(_l("Please give the batch a name, such as “Letters to households, May”."), field=LABEL.field)
    if not 1 <= size <= MOST_CODES:
        message = _l("Please choose a number from 1 to %(most)s. You can make several batches.", most=MOST_CODES)
        raise Invalid(message, field="size")
    if expires_at <= at:
        raise Invalid(_l("The last day has to be later than today."), field="last_day")
    batch = InvitationBatch(
        consultation_id=consultation.id,
        label=name,
        made_at=at,
        made_by=by.staff_id,
        seed=secrets.token_hex(32),
        size=size,
        expires_at=expires_at,
    )
    db.session.add(batch)
    db.session.flush()
    rows = [
        {"code_hash": codes.lookup_hash(secret.encode(), each.code, INVITATION_CODE), "batch_id": batch.id}
        for each in list_codes(batch, secret=secret)
    ]
    db.session.execute(insert(InvitationCode), rows)
    _note("invitations_made", consultation, batch, by=by, at=at, size=size)
    return batch


def list_codes(batch: InvitationBatch, *, secret: str, first: int = 1, most: int | None = None) -> list[Code]:
    """The codes from number `first` on, at most `most` of them.

    Raises:
        HandedOut: they left the building.
    """
    if not batch.seed:
        raise HandedOut(
            _l("These codes were handed out, and nobody can see them again. Please make a new batch for more letters.")
        )
    last = batch.size if most is None else min(batch.size, first + most - 1)
    key = secret.encode()
    return [
        Code(number, codes.derive(key, f"{batch.seed}:{number}".encode(), INVITATION_CODE))
        for number in range(max(first, 1), last + 1)
    ]


def print_codes(
    consultation: Consultation, batch: InvitationBatch, *, first: int, secret: str, by: Actor, at: datetime
) -> list[Code]:
    """The codes for one printing of letters; that they were looked at is an audit row.

    Raises:
        HandedOut: they left the building.
    """
    batch = _lock(batch)
    found = list_codes(batch, secret=secret, first=first, most=LETTERS_AT_ONCE)
    _note("invitations_printed", consultation, batch, by=by, at=at, first=first, count=len(found))
    return found


def export_codes(
    consultation: Consultation, batch: InvitationBatch, *, secret: str, by: Actor, at: datetime
) -> list[Code]:
    """All codes, once: after this they are handed out.

    Raises:
        HandedOut: they left the building.
    """
    batch = _lock(batch)
    found = list_codes(batch, secret=secret)
    hand_out(consultation, batch, by=by, at=at)
    return found


def hand_out(consultation: Consultation, batch: InvitationBatch, *, by: Actor, at: datetime) -> None:
    """Forget how the codes are worked out, now that they have left the building. Done twice it changes nothing."""
    if batch.handed_out_at is not None:
        return
    batch.handed_out_at = at
    batch.seed = ""
    db.session.flush()
    _note("invitations_handed_out", consultation, batch, by=by, at=at)


def stop_batch(consultation: Consultation, batch: InvitationBatch, *, by: Actor, at: datetime) -> None:
    """Let the unused codes of a batch work no more; those that were used stay used."""
    if batch.expires_at <= at:
        return
    batch.expires_at = at
    batch.seed = ""
    batch.handed_out_at = batch.handed_out_at or at
    db.session.flush()
    _note("invitations_stopped", consultation, batch, by=by, at=at)


def get_batch(consultation_id: int, batch_id: int) -> InvitationBatch:
    """The batch with this number.

    Raises:
        NotFound: there is none in this consultation.
    """
    batch = db.session.get(InvitationBatch, batch_id)
    if batch is None or batch.consultation_id != consultation_id:
        raise NotFound
    return batch


def list_batches(consultation_id: int) -> Sequence[BatchCount]:
    """All batches of a consultation with how many codes were used, newest first."""
    used = (
        select(InvitationCode.batch_id, func.count().label("used"))
        .where(InvitationCode.used_at.is_not(None))
        .group_by(InvitationCode.batch_id)
        .subquery()
    )
    rows = db.session.execute(
        select(InvitationBatch, func.coalesce(used.c.used, 0))
        .outerjoin(used, used.c.batch_id == InvitationBatch.id)
        .where(InvitationBatch.consultation_id == consultation_id)
        .order_by(InvitationBatch.id.desc())
    )
    return [BatchCount(batch, count) for batch, count in rows]


def _lock(batch: InvitationBatch) -> InvitationBatch:
    """The batch read afresh, so that two exports at once do not both get the codes."""
    return db.session.execute(
        select(InvitationBatch)
        .where(InvitationBatch.id == batch.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _note(
    verb: str, consultation: Consultation, batch: InvitationBatch, *, by: Actor, at: datetime, **details: object
) -> None:
    audit.note(verb, f"invitation_batch:{batch.id}", by=by, at=at, space=consultation.space, **details)
