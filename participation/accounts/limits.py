"""How often one may try to come in or to come back: numbers, and whom each is counted for.

Only failures count, so that an office at nine or a school of three hundred never shuts itself out (security.md T9c).
"""

from __future__ import annotations

import hashlib

from flask import Response, request

from participation.core.limits import network
from participation.core.policy import current_actor

from .cookies import settings
from .signing_in import normal_email
from .staff_identity import pending_sign_in

#: Failed tries. One network may be a whole town hall; one account at one network is one person.
NETWORK_LIMIT = "150 per 15 minutes"
ACCOUNT_HERE_LIMIT = "10 per 15 minutes"
ACCOUNT_LIMIT = "100 per hour"
#: Wrong codes in one person's name: three of a million are right at any moment.
CODE_LIMIT = "8 per 15 minutes;40 per day"
#: Wrong codes from one network. A whole school may mistype; 60 bits need 2^60 tries.
COME_BACK_LIMIT = "200 per 5 minutes;3000 per day"


def failed(response: Response) -> bool:
    """Whether what was tried was wrong; only that is counted."""
    return response.status_code == 422


def account_key() -> str:
    """The account whose address was typed, as a name that means nothing elsewhere."""
    typed = normal_email(request.form.get("email", ""))
    return "account:" + hashlib.sha256(f"{settings().secret_key}:{typed}".encode()).hexdigest()[:24]


def account_here_key() -> str:
    """That account, tried from this network."""
    return f"{account_key()}:{network()}"


def person_key() -> str:
    """Whoever is asked for a code: by her number, however often she starts anew."""
    pending = pending_sign_in()
    staff_id = pending.staff.id if pending else current_actor().staff_id
    return f"person:{staff_id}" if staff_id else network()
