"""Who on the staff sends this request: her sign-in, the one under way, and the proof that grave deeds ask for.

Staff have an opaque cookie of their own; its session lives in the database and can be revoked there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import g, redirect, request, url_for
from flask_login import UserMixin
from sqlalchemy import Connection, update
from werkzeug.wrappers import Response as BaseResponse

from participation.core.clock import now
from participation.core.database import db
from participation.core.errors import NotAllowed
from participation.core.jobs import after_response
from participation.core.policy import NOBODY, Actor, current_actor

from . import queries, signing_in
from .cookies import cookie_name, forget_cookie, give_cookie, settings
from .models import Staff, StaffSession
from .services import hash_key

#: How often it is noted that somebody on the staff is still there.
SEEN_EVERY = timedelta(minutes=1)


class ProofNeeded(NotAllowed):
    """She has to show once more who she is before this; `back` is where she goes on afterwards."""

    def __init__(self, back: str) -> None:
        """`back` is an address of ours."""
        super().__init__()
        self.back = back


@dataclass(frozen=True)
class Pending:
    """A sign-in under way: its row and whose it is."""

    session: StaffSession
    staff: Staff

    @property
    def step(self) -> signing_in.Step:
        """What it needs next."""
        return signing_in.next_step(self.session, self.staff)

    @property
    def actor(self) -> Actor:
        """Whom the audit log names; no rights yet."""
        return Actor(staff_id=self.staff.id, name=self.staff.name)


class StaffUser(UserMixin):
    """A signed-in member of staff as Flask-Login knows her."""

    def __init__(self, staff: Staff, actor: Actor, token_hash: str) -> None:
        """`actor` is what policies see; `token_hash` identifies the sign-in."""
        self.id = staff.id
        self.staff = staff
        self.actor = actor
        self.token_hash = token_hash


def pending_sign_in() -> Pending | None:
    """The sign-in under way on this browser, when there is one."""
    current_actor()
    found: Pending | None = g.get("pending")
    return found


def staff_session() -> StaffSession:
    """The sign-in of this request.

    Raises:
        NotAllowed: nobody on the staff sends it.
    """
    current_actor()
    found: StaffSession | None = g.get("staff_session")
    if found is None:
        raise NotAllowed
    return found


def staff_terms() -> signing_in.Terms:
    """How long sign-ins last."""
    return signing_in.Terms(
        idle=timedelta(minutes=settings().staff_idle_minutes), longest=timedelta(hours=settings().staff_session_hours)
    )


def know_staff(token: str) -> None:
    """Let this browser carry the sign-in `token` from now on; one it carried before is over."""
    old = request.cookies.get(cookie_name("staff"))
    if old and old != token:
        signing_in.end_session(hash_key(old))
    give_cookie("staff", token, None)


def forget_staff() -> None:
    """End this browser's sign-in, here and in the database."""
    token = request.cookies.get(cookie_name("staff"))
    if token:
        signing_in.end_session(hash_key(token))
    forget_cookie("staff")
    g.actor = NOBODY


def link_address(token: str, language: str) -> str:
    """The whole address of a one-time link, to hand over or print."""
    return f"{settings().base_url}/{language}/enter/{token}"


def require_proof(back: str = "") -> None:
    """Go on only when she proved within the last minutes who she is; else she is led to do so and comes back.

    `back` is the page of a form that is sent elsewhere; else she comes back to this very address.

    Raises:
        ProofNeeded: it is longer ago.
    """
    if not current_actor().is_fresh:
        here = request.full_path.rstrip("?") if request.method == "GET" else request.path
        raise ProofNeeded(back or here)


def is_on_this_machine() -> bool:
    """Whether the request comes from this very machine and nobody else can reach the server."""
    return settings().is_loopback and request.remote_addr in {"127.0.0.1", "::1"}


def uses_shortcuts() -> bool:
    """Whether single-letter keys work for whoever is signed in (WCAG 2.1.4); never for residents."""
    current_actor()
    user: StaffUser | None = g.get("staff_user")
    return user is not None and user.staff.uses_shortcuts


def load_staff(_request: object) -> StaffUser | None:
    """Who is signed in by the cookie of this request; a sign-in under way is noted and is nobody yet."""
    token = request.cookies.get(cookie_name("staff"))
    if not token:
        return None
    token_hash = hash_key(token)
    idle = timedelta(minutes=settings().staff_idle_minutes)
    found = queries.find_staff_session(token_hash, at=now(), idle_since=now() - idle)
    if found is None:
        return None
    session, staff = found
    if not session.is_verified:
        # no page of the staff's opens to somebody who has not given both proofs
        g.pending = Pending(session, staff)
        return None
    grants = frozenset(row.as_grant() for row in queries.list_grants(staff.id))
    g.staff_session = session
    _note_seen(session)
    actor = Actor(
        staff_id=staff.id, name=staff.name, grants=grants, is_verified=True, is_fresh=_is_fresh(session, now())
    )
    return StaffUser(staff, actor, token_hash)


def _is_fresh(session: StaffSession, at: datetime) -> bool:
    return session.stepped_up_at is not None and session.stepped_up_at > at - signing_in.FRESH_LASTS


def _note_seen(session: StaffSession) -> None:
    moment, token_hash = now(), session.token_hash
    if moment - session.seen_at < SEEN_EVERY:
        return

    def write(connection: Connection) -> None:
        row = update(StaffSession).where(StaffSession.token_hash == token_hash, StaffSession.seen_at < moment)
        connection.execute(row.values(seen_at=moment))

    after_response(write)


def lead_to_proof(error: ProofNeeded) -> BaseResponse:
    """To the page that asks for a fresh code, and back."""
    db.session.rollback()
    return redirect(url_for("accounts.prove", next=error.back), 303)
