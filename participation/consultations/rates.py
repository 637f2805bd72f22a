"""How often one person, and one network, may knock on the pages of answering (security.md T9).

Residents who are known are counted by themselves. Strangers are counted by their network, so generously that three
hundred people behind one school's address are let in within minutes.
"""

from __future__ import annotations

from flask import Response

from participation.core.limits import limiter, network, pass_or_network
from participation.core.policy import current_actor

#: Codes that were wrong, from one network. A hall full of people may mistype; nobody can guess 60 bits at this pace.
WRONG_CODES = "1200 per 10 minutes"
#: First forms of strangers from one network.
FIRST_FORMS = "2000 per 10 minutes"
#: Forms of one person: more than anybody fills in, less than a program would send.
HER_FORMS = "120 per minute"


def _is_known() -> bool:
    return current_actor().participant_id is not None


def _is_stranger() -> bool:
    return not _is_known()


def _was_wrong(response: Response) -> bool:
    return response.status_code in {403, 422}


#: for views that try a code; right ones never count
limit_wrong_codes = limiter.limit(lambda: WRONG_CODES, key_func=network, deduct_when=_was_wrong)
#: for views that take a stranger's first form
limit_first_forms = limiter.limit(lambda: FIRST_FORMS, methods=["POST"], key_func=network, exempt_when=_is_known)
#: for views that take a known person's forms
limit_her_forms = limiter.limit(lambda: HER_FORMS, methods=["POST"], key_func=pass_or_network, exempt_when=_is_stranger)
