"""Statements of reasons: what an author is owed whenever something is taken from her, and when it is complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from participation.contributions import clean_words
from participation.core.errors import Invalid

from .models import FREEING, Action, Gravity, Ground


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """Why something is restricted, to its author."""

    ground: Ground | None
    rule_number: int | None = None
    law: str = ""
    facts: str = ""
    fit: str = ""
    #: language in which `facts` and `fit` are written
    language: str = "en"
    gravity: Gravity | None = None

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Reasons:
        """Reasons as a form gave them; a word we do not know counts as nothing."""
        ground, gravity = given["ground"], given["gravity"]
        return cls(
            ground=Ground(ground) if ground in set(Ground) else None,
            rule_number=given["rule_number"],
            law=given["law"],
            facts=given["facts"],
            fit=given["fit"],
            language=given["language"],
            gravity=Gravity(gravity) if gravity in set(Gravity) else None,
        )


NO_REASONS = Reasons(ground=None)


def complete(action: Action, reasons: Reasons) -> Reasons:
    """The reasons as they are kept; none where nothing is restricted.

    Source: Regulation (EU) 2022/2065, Article 17(3).

    Raises:
        Invalid: something is missing; the field is named.
    """
    if action in FREEING:
        return NO_REASONS
    if reasons.ground is None or (reasons.ground == Ground.RULE and reasons.rule_number is None):
        raise Invalid(_l("Say which rule or law this rests on."), field="ground")
    law = reasons.law.strip()
    if reasons.ground == Ground.LAW and not law:
        raise Invalid(_l("Name the law."), field="law")
    if action == Action.REMOVE and reasons.gravity is None:
        raise Invalid(_l("Say why nothing less than removing would do."), field="gravity")
    return Reasons(
        ground=reasons.ground,
        rule_number=reasons.rule_number if reasons.ground == Ground.RULE else None,
        law=law if reasons.ground == Ground.LAW else "",
        facts=_written(reasons.facts, "facts"),
        fit=_written(reasons.fit, "fit"),
        language=reasons.language,
        gravity=reasons.gravity if action == Action.REMOVE else None,
    )


def _written(text: str, field: str) -> str:
    if not text.strip():
        raise Invalid(
            _l("Say which words it is about.") if field == "facts" else _l("Tell the author why the rule fits."),
            field=field,
        )
    return clean_words(text, field=field)
