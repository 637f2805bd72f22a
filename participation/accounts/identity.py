"""Who sends this request: reads the cookies, tells the policies, and knows or forgets this device.

A participant's cookie exists only once she took part. Staff are in `staff_identity`, the cookies as such in `cookies`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask, g, redirect, request
from flask_login import LoginManager
from werkzeug.wrappers import Response as BaseResponse

from participation.core.clock import now
from participation.core.database import UNSAFE, db, start_writing
from participation.core.forms import AlreadyDone, BaseForm
from participation.core.policy import NOBODY, Actor, current_actor, set_actor_loader
from participation.core.settings import Settings

from . import queries, services
from .cookies import NoSession, cookie_name, forget_cookie, give_cookie, set_cookies, settings
from .models import Participant
from .staff_identity import ProofNeeded, lead_to_proof, load_staff

login = LoginManager()


def start_identity(app: Flask, settings: Settings) -> None:
    """Read who comes, and set cookies when the answer leaves."""
    app.extensions["settings"] = settings
    app.session_interface = NoSession()
    # not init_app: it would touch Flask's session on every answer, which we do not have
    app.login_manager = login  # type: ignore[attr-defined]
    login.request_loader(load_staff)
    set_actor_loader(app, _load_actor)
    app.after_request(set_cookies)
    app.register_error_handler(AlreadyDone, _lead_again)
    app.register_error_handler(ProofNeeded, lead_to_proof)


def participant_for(form: BaseForm, *, is_shared: bool = False) -> Participant:
    """Whoever sends `form`: the participant of the cookie, else the one made from this form; sets her cookie."""
    actor = current_actor()
    if actor.participant_id is not None:
        return queries.get_participant(actor.participant_id)
    return _meet(form.key, is_shared=is_shared)


def know_this_device(participant: Participant, key: str, *, is_shared: bool) -> None:
    """Let this browser be `participant`'s from now on (after a return code was typed)."""
    _give_key(key, is_shared=is_shared)
    g.actor = Actor(participant_id=participant.id, is_shared_device=is_shared)


def forget_this_device() -> None:
    """Let this browser be nobody's: deletes key and cookie."""
    key = request.cookies.get(cookie_name("key"))
    if key:
        services.forget_device(services.hash_key(key))
    forget_cookie("key")
    g.actor = replace(current_actor(), participant_id=None, is_shared_device=False)


def device_key() -> str:
    """The hash of the key this browser carries, or an empty text."""
    key = request.cookies.get(cookie_name("key"))
    return services.hash_key(key) if key else ""


def share_this_device(*, is_shared: bool) -> None:
    """Note whether others use this device, and how long it is remembered from now on."""
    services.share_device(device_key(), is_shared=is_shared, until=now() + device_lasts(is_shared=is_shared))
    _give_key(request.cookies[cookie_name("key")], is_shared=is_shared)


def device_lasts(*, is_shared: bool) -> timedelta:
    """How long a device is remembered after its last visit."""
    if is_shared:
        return timedelta(minutes=settings().shared_device_minutes)
    return timedelta(days=settings().participant_days)


def _give_key(key: str, *, is_shared: bool) -> None:
    give_cookie("key", key, int(device_lasts(is_shared=is_shared).total_seconds()))


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
        forget_cookie("key")
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
        _give_key(request.cookies[cookie_name("key")], is_shared=is_shared)


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
