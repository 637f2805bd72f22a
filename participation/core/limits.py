"""Limits on how often one device or one network may knock (security.md T9).

Nobody's address is kept: networks are keyed by an HMAC of the address with a key that lives in memory only and changes
every day. Residents who are known are counted by their own pass, so that three hundred people behind one school's
address never shut each other out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from limits.storage import MemoryStorage

from .clock import machine_seconds, now
from .policy import current_actor
from .settings import Settings

_daily: dict[str, bytes] = {}
#: Seconds after which this process's memory drops counts that are over.
DROP_EVERY = 30.0


class CalmMemory(MemoryStorage):
    """Counts in this process's memory, and drops what is over every `DROP_EVERY` seconds.

    The library's own storage begins a thread a hundred times a second under load, which walks through all counts; with
    two thousand people voting that cost more than their votes.
    """

    STORAGE_SCHEME = ["calm-memory"]  # noqa: RUF012  the library reads a list
    _drop_at = 0.0

    def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802  takes the place of the library's method
        moment = time.monotonic()
        if moment >= self._drop_at:
            self._drop_at = moment + DROP_EVERY
            self._MemoryStorage__expire_events()  # type: ignore[attr-defined]


def pass_or_network() -> str:
    """Whom to count: the participant, the member of staff, else the network."""
    actor = current_actor()
    if actor.staff_id is not None:
        return f"staff:{actor.staff_id}"
    if actor.participant_id is not None:
        return f"participant:{actor.participant_id}"
    return network()


def network() -> str:
    """Today's pseudonym of the sender's network: an IPv4 address or an IPv6 /64."""
    address = ip_address(request.remote_addr or "127.0.0.1")
    packed = address.packed[:8] if isinstance(address, IPv6Address) else address.packed
    return "network:" + hmac.new(_key_of_today(), packed, hashlib.sha256).hexdigest()[:24]


limiter = Limiter(key_func=pass_or_network, headers_enabled=False)


def seconds_to_wait() -> int:
    """Seconds until whoever was just refused may knock again, at least 1.

    Compared with the machine's own clock, not with `clock.now`: the counting library measures by that one.
    """
    refused = limiter.current_limit
    return 60 if refused is None else max(1, ceil(refused.reset_at - machine_seconds()))


def start_limits(app: Flask, settings: Settings) -> None:
    """Count in this process's memory, or in Redis when there are several processes."""
    options: dict[str, Any] = {
        "RATELIMIT_STORAGE_URI": settings.redis_url or "calm-memory://",
        "RATELIMIT_STRATEGY": "moving-window" if not settings.redis_url else "fixed-window",
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": bool(settings.redis_url),
        "RATELIMIT_KEY_PREFIX": "baraza",
    }
    if settings.redis_url:
        options["RATELIMIT_STORAGE_OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 1}
        _daily["shared"] = hmac.new((settings.secret_key).encode(), b"networks", hashlib.sha256).digest()
    app.config.update(options)
    limiter.init_app(app)
    # it would look at every request for limits of the whole program, which there are none; ours stand at their views
    app.before_request_funcs[None].remove(limiter._check_request_limit)


def _key_of_today() -> bytes:
    """This day's key: random and forgotten; with several processes derived from the secret and the day."""
    day = now().date().isoformat()
    if "shared" in _daily:
        return hmac.new(_daily["shared"], day.encode(), hashlib.sha256).digest()
    if day not in _daily:
        _daily.clear()
        _daily[day] = secrets.token_bytes(32)
    return _daily[day]
