"""Changing staff's texts in one language without overwriting what a colleague wrote meanwhile.

Works on any row whose columns hold a `LocalizedText`: a consultation, a stage, a step.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from participation.contributions import clean_words
from participation.core.errors import Conflict, Invalid
from participation.core.localized import LocalizedText

from .sections import TextPlan


class ChangedMeanwhile(Conflict):
    """A colleague changed the same texts while this form stood open."""

    status = 409


def fingerprint(texts: Iterable[LocalizedText], language: str) -> str:
    """16 hexadecimal digits that change when one of the texts changes in `language` or in its source."""
    state = [[text.version, text.text_in(language), text.text_in(text.source)] for text in texts]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]


def check_unchanged(seen: str, now: str) -> None:
    """Stop when the texts are not those the form showed.

    Raises:
        ChangedMeanwhile: a colleague was faster.
    """
    if seen != now:
        raise ChangedMeanwhile(
            _l(
                "A colleague changed this while you were writing. Your words are here, and hers stand below each "
                "field. Save again to keep yours."
            )
        )


def current_texts(row: Any, plans: Iterable[TextPlan]) -> dict[str, LocalizedText]:
    """The texts of `row` by name."""
    return {plan.name: getattr(row, plan.name) or LocalizedText() for plan in plans}


def reworded(
    current: Mapping[str, LocalizedText],
    typed: Mapping[str, str],
    plans: Iterable[TextPlan],
    *,
    language: str,
    source: str,
    seen: str,
    must_stay: Collection[str] = (),
) -> dict[str, LocalizedText]:
    """What changes in `current` when `typed` stands in `language`; names of unchanged texts are left out.

    `must_stay` names texts that residents may read already: where there are words, they cannot become empty.

    Raises:
        ChangedMeanwhile: `seen` is not the fingerprint of what stands there now.
        Invalid: a text is too long, damaged, or needed and empty.
    """
    check_unchanged(seen, fingerprint(current.values(), language))
    changes = {}
    for plan in plans:
        text = clean_text(typed.get(plan.name, ""), plan)
        before = current[plan.name] if current[plan.name] else LocalizedText(source=source)
        if not text and plan.name in must_stay and before.text_in(language):
            raise Invalid(_l("Residents read this already, so it cannot be empty."), field=plan.field)
        after = before.with_text(language, text)
        if after != before:
            changes[plan.name] = after
    return changes


def clean_text(typed: str, plan: TextPlan) -> str:
    """What was typed as it is kept; empty when there is nothing to read."""
    typed = typed.replace("\r\n", "\n")
    return clean_words(typed, most_characters=plan.limit, field=plan.field) if typed.strip() else ""
