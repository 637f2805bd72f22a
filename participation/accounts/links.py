"""One-time links: each lets one member of staff in, once, for one purpose; only hashes of their secrets are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, update

from participation.core.database import db
from participation.core.errors import NotFound

from . import queries
from .models import Door, LinkPurpose, OneTimeLink, Staff
from .signing_in import begin

LINK_LASTS = {
    LinkPurpose.INVITATION: timedelta(days=7),
    LinkPurpose.RESET: timedelta(days=1),
    LinkPurpose.DEMO: timedelta(days=1),
}


def make_link(staff_id: int, purpose: LinkPurpose, *, secret: str, at: datetime, form_key: str = "") -> str:
    """The secret part of a new one-time link; with `form_key` the same one for the same form sent twice.

    A newer invitation or reset makes the older ones worthless.
    """
    token = _link_from(form_key, secret=secret) if form_key else secrets.token_urlsafe(32)
    if purpose is not LinkPurpose.DEMO:
        db.session.execute(
            delete(OneTimeLink).where(OneTimeLink.staff_id == staff_id, OneTimeLink.purpose != LinkPurpose.DEMO)
        )
    db.session.add(
        OneTimeLink(
            token_hash=link_hash(token, secret=secret),
            staff_id=staff_id,
            purpose=purpose,
            created_at=at,
            expires_at=at + LINK_LASTS[purpose],
        )
    )
    db.session.flush()
    return token


def link_of_form(form_key: str, *, secret: str, at: datetime) -> tuple[str, Staff, LinkPurpose] | None:
    """The link that this form made when it was sent first, while it can still be used."""
    token = _link_from(form_key, secret=secret)
    found = queries.find_link(link_hash(token, secret=secret), at=at)
    return None if found is None else (token, found[1], found[0].purpose)


def find_link(token: str, *, secret: str, at: datetime) -> tuple[OneTimeLink, Staff]:
    """The link with this secret part and whom it is for.

    Raises:
        NotFound: there is none, it was used, or its time is over; which of them is not said.
    """
    found = queries.find_link(link_hash(token, secret=secret), at=at)
    if found is None:
        raise NotFound(_l("This link was used already, or its time is over. Please ask for a new one."))
    return found


def redeem(link: OneTimeLink, *, at: datetime) -> str:
    """Use a link up and begin the sign-in it is for; gives the value of the cookie.

    Raises:
        NotFound: somebody was faster.
    """
    used = db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.token_hash == link.token_hash, OneTimeLink.used_at.is_(None))
        .values(used_at=at)
    )
    if int(used.rowcount) != 1:  # type: ignore[attr-defined]
        raise NotFound(_l("This link was used already, or its time is over. Please ask for a new one."))
    return begin(link.staff_id, Door(str(link.purpose)), at=at)


def link_hash(token: str, *, secret: str) -> str:
    """What is kept of a link's secret part."""
    return hmac.digest(secret.encode(), b"one-time-link:" + token.encode(), hashlib.sha256).hex()


def _link_from(form_key: str, *, secret: str) -> str:
    return hmac.digest(secret.encode(), b"link-of-form:" + form_key.encode(), hashlib.sha256).hex()
