"""Who sends this request: reads the cookies, tells the policies, and sets the participant's cookie.

A participant's cookie exists only once she took part. Staff have a cookie of their own, opaque, whose session lives in
the database and can be revoked there. `__Host-` names need https; on plain-http localhost the names are plain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, current_app, g, redirect, request, url_for
from flask.sessions import NullSession, SessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin
from sqlalchemy import Connection, update
from werkzeug.wrappers import Response as BaseResponse

from participation.core.clock import now
from participation.core.database import UNSAFE, db, start_writing
from participation.core.errors import NotAllowed
from participation.core.forms import AlreadyDone, BaseForm
from participation.core.jobs import after_response
from participation.core.policy import NOBODY, Actor, current_actor, set_actor_loader
from participation.core.settings import Settings

from . import queries, services, signing_in
from .models import Participant, Staff, StaffSession

login = LoginManager()
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


class NoSession(SessionInterface):
    """Flask's own session is not used: nothing of anybody's is kept in a readable cookie, and pages stay cacheable."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """An empty session that refuses to be written to."""
        return NullSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """There is nothing to keep."""


class StaffUser(UserMixin):
    """A signed-in member of staff as Flask-Login knows her."""

    def __init__(self, staff: Staff, actor: Actor, token_hash: str) -> None:
        """`actor` is what policies see; `token_hash` identifies the sign-in."""
        self.id = staff.id
        self.staff = staff
        self.actor = actor
        self.token_hash = token_hash


def start_identity(app: Flask, settings: Settings) -> None:
    """Read who comes, and set cookies when the answer leaves."""
    app.extensions["settings"] = settings
    app.session_interface = NoSession()
    # not init_app: it would touch Flask's session on every answer, which we do not have
    app.login_manager = login  # type: ignore[attr-defined]
    login.request_loader(_load_staff)
    set_actor_loader(app, _load_actor)
    app.after_request(_set_cookies)
    app.register_error_handler(AlreadyDone, _lead_again)
    app.register_error_handler(ProofNeeded, _lead_to_proof)


def settings() -> Settings:
    """The running app's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def cookie_name(kind: str) -> str:
    """The name of our cookie `kind`: `__Host-…` wherever the connection is encrypted."""
    return f"__Host-baraza_{kind}" if settings().is_https else f"baraza_{kind}"


def participant_for(form: BaseForm, *, is_shared: bool = False) -> Participant:
    """Whoever sends `form`: the participant of the cookie, else the one made from this form; sets her cookie."""
    actor = current_actor()
    if actor.participant_id is not None:
        return queries.get_participant(actor.participant_id)
    return _meet(form.key, is_shared=is_shared)


def know_this_device(participant: Participant, key: str, *, is_shared: bool) -> None:
    """Let this browser be `participant`'s from now on (after a return code was typed)."""
    g.participant_cookie = (key, is_shared)
    g.actor = Actor(participant_id=participant.id, is_shared_device=is_shared)


def forget_this_device() -> None:
    """Let this browser be nobody's: deletes key and cookie."""
    key = request.cookies.get(cookie_name("key"))
    if key:
        services.forget_device(services.hash_key(key))
    g.forget_cookies = (*g.get("forget_cookies", ()), "key")
    g.pop("participant_cookie", None)
    g.actor = replace(current_actor(), participant_id=None, is_shared_device=False)


def device_key() -> str:
    """The hash of the key this browser carries, or an empty text."""
    key = request.cookies.get(cookie_name("key"))
    return services.hash_key(key) if key else ""


def share_this_device(*, is_shared: bool) -> None:
    """Note whether others use this device, and how long it is remembered from now on."""
    services.share_device(device_key(), is_shared=is_shared, until=now() + device_lasts(is_shared=is_shared))
    g.participant_cookie = (request.cookies[cookie_name("key")], is_shared)


def device_lasts(*, is_shared: bool) -> timedelta:
    """How long a device is remembered after its last visit."""
    if is_shared:
        return timedelta(minutes=settings().shared_device_minutes)
    return timedelta(days=settings().participant_days)


def _meet(form_key: str, *, is_shared: bool) -> Participant:
    secret = settings().secret_key
    participant = services.meet_participant(
        form_key, secret=secret, at=now(), lasts=device_lasts(is_shared=is_shared), is_shared=is_shared
    )
    know_this_device(participant, services.first_key(form_key, secret=secret), is_shared=is_shared)
    return participant


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
        signing_in.end_session(services.hash_key(old))
    g.staff_cookie = token


def forget_staff() -> None:
    """End this browser's sign-in, here and in the database."""
    token = request.cookies.get(cookie_name("staff"))
    if token:
        signing_in.end_session(services.hash_key(token))
    g.forget_cookies = (*g.get("forget_cookies", ()), "staff")
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


def _load_actor() -> Actor:
    staff = login._load_user_from_request(request) if request.cookies.get(cookie_name("staff")) else None
    participant = _load_participant()
    if "pending" in g:
        g.token_owner = f"pending:{g.pending.session.token_hash[:32]}"
    if staff is None:
        return participant
    g.staff_user = staff
    g.token_owner = f"staff:{staff.token_hash[:32]}"
    actor: Actor = staff.actor
    return replace(actor, participant_id=participant.participant_id, is_shared_device=participant.is_shared_device)


def _load_participant() -> Actor:
    key = request.cookies.get(cookie_name("key"))
    if not key:
        return NOBODY
    key_hash = services.hash_key(key)
    device = queries.find_participant_key(key_hash, at=now())
    if device is None:
        g.forget_cookies = (*g.get("forget_cookies", ()), "key")
        return NOBODY
    g.token_owner = f"key:{key_hash[:32]}"
    if request.method in UNSAFE:
        _remember_longer(device.key_hash, device.is_shared, device.expires_at)
    return Actor(participant_id=device.participant_id, is_shared_device=device.is_shared)


def _remember_longer(key_hash: str, is_shared: bool, expires_at: Any) -> None:
    """Move the end on with each visit that writes; a day's (shared: a minute's) slack saves most of the writes."""
    until = now() + device_lasts(is_shared=is_shared)
    slack = timedelta(minutes=1) if is_shared else timedelta(days=1)
    if until - expires_at > slack:
        start_writing()
        services.keep_device(key_hash, until=until)
        g.participant_cookie = (request.cookies[cookie_name("key")], is_shared)


def _load_staff(_request: object) -> StaffUser | None:
    token = request.cookies.get(cookie_name("staff"))
    if not token:
        return None
    token_hash = services.hash_key(token)
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


def _set_cookies(response: Response) -> Response:
    if response.cache_control.public:
        return response  # a page that others may keep neither sets nor deletes anybody's cookie
    for kind in g.get("forget_cookies", ()):
        response.delete_cookie(
            cookie_name(kind), path="/", secure=settings().is_https, httponly=True, samesite=_same_site(kind)
        )
    if response.status_code >= 400:
        return response
    if cookie := g.get("participant_cookie"):
        key, is_shared = cookie
        _set_cookie(response, "key", key, int(device_lasts(is_shared=is_shared).total_seconds()))
    if token := g.get("staff_cookie"):
        _set_cookie(response, "staff", token, None)
    return response


def _set_cookie(response: Response, kind: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        cookie_name(kind),
        value,
        max_age=seconds,
        path="/",
        secure=settings().is_https,
        httponly=True,
        samesite=_same_site(kind),
    )


def _same_site(kind: str) -> str:
    """Staff's cookie comes along from our own pages only; a resident's also by a link in a letter or a message."""
    return "Strict" if kind == "staff" else "Lax"


def _lead_to_proof(error: ProofNeeded) -> BaseResponse:
    db.session.rollback()
    return redirect(url_for("accounts.prove", next=error.back), 303)


def _lead_again(error: AlreadyDone) -> BaseResponse:
    """A form that was sent before: the same person, the same cookie, the same page."""
    db.session.rollback()
    actor = current_actor()
    if actor.participant_id is None and actor.staff_id is None:
        participant = queries.find_participant_by_nonce(services.hash_key("nonce:" + error.key))
        if participant is not None:
            key = services.first_key(error.key, secret=settings().secret_key)
            device = queries.find_device(services.hash_key(key))
            if device is not None and device.expires_at > now():
                know_this_device(participant, key, is_shared=device.is_shared)
    return redirect(error.location or request.path, 303)


def uses_shortcuts() -> bool:
    """Whether single-letter keys work for whoever is signed in (WCAG 2.1.4); never for residents."""
    current_actor()
    user: StaffUser | None = g.get("staff_user")
    return user is not None and user.staff.uses_shortcuts
