"""Makes invitation codes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from participation.consultations.models import Consultation, InvitationBatch, InvitationCode
from participation.consultations.services import INVITATION_CODE
from participation.core import codes
from participation.core.clock import now
from participation.core.database import db
from tests.factories.accounts import make_staff
from tests.fixtures.databases import SECRET


def make_invitation(consultation: Consultation, code: str = "AAAABBBBCCCC", **facts: Any) -> InvitationCode:
    """One code of a batch of its own. `facts` are the batch's."""
    values = {
        "label": "Letters",
        "made_at": now(),
        "made_by": make_staff().id,
        "size": 1,
        "expires_at": now() + timedelta(days=9),
    }
    batch = InvitationBatch(consultation_id=consultation.id, **{**values, **facts})
    db.session.add(batch)
    db.session.flush()
    invitation = InvitationCode(code_hash=codes.lookup_hash(SECRET.encode(), code, INVITATION_CODE), batch_id=batch.id)
    db.session.add(invitation)
    db.session.flush()
    return invitation
