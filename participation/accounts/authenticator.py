"""The second proof: codes of an authenticator app (RFC 6238), each accepted once, and ten recovery codes.

The authenticator's secret is worked out from a random seed and the program's secret, so that a stolen database makes no
codes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from datetime import datetime

import pyotp

from participation.core import codes

#: Seconds a code lasts; the one before and the one after are accepted too (clocks differ).
STEP_SECONDS = 30
DIGITS = 6
RECOVERY_CODES = 10
RECOVERY = "recovery"


def secret_of(seed: str, *, secret: str) -> str:
    """The authenticator's secret, base32, 160 bits."""
    return base64.b32encode(hmac.digest(secret.encode(), b"authenticator:" + seed.encode(), "sha256")[:20]).decode()


def address_of(seed: str, *, secret: str, email: str, issuer: str) -> str:
    """The `otpauth:` address that an authenticator app reads from the picture."""
    return pyotp.TOTP(secret_of(seed, secret=secret)).provisioning_uri(name=email, issuer_name=issuer)


def matching_step(seed: str, code: str, *, secret: str, at: datetime, after_step: int) -> int | None:
    """The time step of which `code` is the code, later than `after_step` and at most one away from now; or None."""
    current = int(at.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret_of(seed, secret=secret))
    found = None
    for step in (current - 1, current, current + 1):
        # every step is compared, so that the time it takes tells nothing
        if hmac.compare_digest(totp.at(step * STEP_SECONDS), code) and step > after_step:
            found = step
    return found


def read_digits(typed: str) -> str | None:
    """The six digits that were meant, in any script and with spaces or hyphens, or None."""
    digits = []
    for character in unicodedata.normalize("NFKC", typed):
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            digits.append(str(digit))
        elif unicodedata.category(character) not in {"Zs", "Cf", "Pd"}:
            return None
    return "".join(digits) if len(digits) == DIGITS else None


def recovery_codes(seed: str, *, secret: str) -> list[str]:
    """Ten codes that always belong to `seed`, so that a form sent twice shows the same ones."""
    return [codes.derive(secret.encode(), f"{seed}:{number}".encode(), RECOVERY) for number in range(RECOVERY_CODES)]


def recovery_hash(code: str, *, secret: str) -> str:
    """What is kept of a recovery code."""
    return codes.lookup_hash(secret.encode(), code, RECOVERY)


def seed_from(token_hash: str) -> str:
    """The seed that a sign-in under way offers: the same each time its page is drawn."""
    return hashlib.sha256(b"authenticator:" + token_hash.encode()).hexdigest()[:40]
