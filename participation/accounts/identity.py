"""Who sends this request: reads the cookies, tells the policies, and sets the participant's cookie.

A participant's cookie exists only once she took part. Staff have a cookie of their own, opaque, whose session lives in the
database and can be revoked there. `__Host-` names need https; on plain-http localhost the names are plain.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, g, redirect, request
from flask_login import LoginManager, UserMixin
from werkzeug.wrappers import Response as BaseResponse

from participation.core.clock import now
from participation.core.database import UNSAFE, db
from participation.core.forms import AlreadyDone, BaseForm
from participation.core.policy import NOBODY, Actor, current_actor, set_actor_loader
from participation.core.settings import Settings

from . import queries, services
from .models import Participant, Staff

login = LoginManager()


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
    login.session_protection = None
    login.init_app(app)
    login.request_loader(_load_staff)
    set_actor_loader(app, _load_actor)
    app.after_request(_set_cookies)
    app.register_error_handler(AlreadyDone, _lead_again)


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
    """Let this browser be nobody's: deletes key and cookie, and tells the browser to clear what it kept."""
    key = request.cookies.get(cookie_name("key"))
    if key:
        services.forget_device(services.hash_key(key))
    g.forget_cookies = ("key",)
    g.actor = NOBODY


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


def _load_actor() -> Actor:
    staff = login._load_user_from_request(request) if request.cookies.get(cookie_name("staff")) else None
    participant = _load_participant()
    if staff is None:
        return participant
    g.staff_user = staff
    actor: Actor = staff.actor
    g.token_owner = f"staff:{staff.token_hash[:32]}"
    if participant.participant_id is None:
        return actor
    return Actor(
        participant_id=participant.participant_id,
        staff_id=actor.staff_id,
        name=actor.name,
        grants=actor.grants,
        is_verified=actor.is_verified,
        is_shared_device=participant.is_shared_device,
    )


def _load_participant() -> Actor:
    key = request.cookies.get(cookie_name("key"))
    if not key:
        return NOBODY
    key_hash = services.hash_key(key)
    device = queries.find_participant_key(key_hash, at=now())
    if device is None:
        g.forget_cookies = ("key",)
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
    grants = frozenset(row.as_grant() for row in queries.list_grants(staff.id))
    g.staff_session = session
    actor = Actor(staff_id=staff.id, name=staff.name, grants=grants, is_verified=session.is_verified)
    return StaffUser(staff, actor, token_hash)


def _set_cookies(response: Response) -> Response:
    for kind in g.get("forget_cookies", ()):
        response.delete_cookie(cookie_name(kind), path="/", secure=settings().is_https, httponly=True, samesite="Lax")
    if response.status_code < 400 and (cookie := g.get("participant_cookie")):
        key, is_shared = cookie
        response.set_cookie(
            cookie_name("key"),
            key,
            max_age=int(device_lasts(is_shared=is_shared).total_seconds()),
            path="/",
            secure=settings().is_https,
            httponly=True,
            samesite="Lax",
        )
    return response


def _lead_again(error: AlreadyDone) -> BaseResponse:
    """A form that was sent before: the same person, the same cookie, the same page."""
    db.session.rollback()
    if current_actor().participant_id is None and current_actor().staff_id is None:
        key_hash = services.hash_key("nonce:" + error.key)
        participant = queries.find_participant_by_nonce(key_hash)
        if participant is not None:
            know_this_device(
                participant, services.first_key(error.key, secret=settings().secret_key), is_shared=False
            )
    return redirect(error.location or request.path, 303)
