"""The checklist: each thing residents need is missed when it is not there, and found when it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from participation.city.models import City, ParticipationRule, SupportResource
from participation.consultations.checklist import Papers, check, count_missing_texts, missing
from participation.consultations.models import Audience, Consultation, Stage, StageKind, Step
from participation.core.localized import LocalizedText

NOW = datetime(2026, 6, 2, 9, tzinfo=UTC)
BOTH = LocalizedText.of({"en": "Words", "ar": "كلمات"}, "en")
ENGLISH = LocalizedText.of({"en": "Words"}, "en")
STALE = BOTH.with_text("en", "Other words")
NOTHING = LocalizedText()


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Any:
    with app.app_context():
        yield


def make_papers() -> Papers:
    """A consultation in two languages with everything there."""
    consultation = Consultation(
        title=BOTH,
        purpose=BOTH,
        can_change=BOTH,
        cannot_change=BOTH,
        decided_by=BOTH,
        other_ways=BOTH,
        languages=["en", "ar"],
        audience=Audience.ALL,
        age_bands=[],
        reply_due_on=date(2026, 9, 1),
    )
    stage = Stage(kind=StageKind.ANSWERING, name=BOTH, opens_at=NOW, closes_at=NOW + timedelta(days=20))
    steps = [Step(id=1, kind="open", prompt=BOTH, help=NOTHING), Step(id=2, kind="one_choice", prompt=BOTH, help=BOTH)]
    city = City(privacy_notice=BOTH, accessibility_statement=BOTH, contact_email="help@city.example", contact_phone="")
    return Papers(
        consultation=consultation,
        stages=[stage],
        steps=steps,
        options={2: [BOTH, BOTH]},
        city=city,
        rules=[ParticipationRule(number=1, title=BOTH, text=BOTH)],
        resources=[SupportResource(position=1, name=BOTH, description=BOTH)],
        at=NOW,
    )


def lacking(papers: Papers) -> dict[str, tuple[str, ...]]:
    return {item.key: item.languages for item in missing(check(papers))}


def test_nothing_is_missing_when_everything_is_there() -> None:
    assert lacking(make_papers()) == {}


def _set(what: str, name: str, value: object) -> Callable[[Papers], None]:
    def change(papers: Papers) -> None:
        thing = getattr(papers, what)
        setattr(thing[0] if isinstance(thing, list) else thing, name, value)

    return change


def _clear(what: str) -> Callable[[Papers], None]:
    return lambda papers: getattr(papers, what).clear()


TEXTS = ("title", "purpose", "can_change", "cannot_change", "decided_by", "other_ways")


@pytest.mark.parametrize(
    ("key", "change", "languages"),
    [
        *((name, _set("consultation", name, NOTHING), ("en", "ar")) for name in TEXTS),
        *((name, _set("consultation", name, ENGLISH), ("ar",)) for name in TEXTS),
        *((name, _set("consultation", name, STALE), ("ar",)) for name in TEXTS),
        ("reply_due_on", _set("consultation", "reply_due_on", None), ()),
        ("reply_due_on", _set("consultation", "reply_due_on", date(2026, 6, 3)), ()),
        ("age_bands", _set("consultation", "audience", Audience.AGE_BANDS), ()),
        ("stages", _set("stages", "closes_at", NOW), ()),
        ("stages", _set("stages", "kind", StageKind.READING), ()),
        ("stages", _clear("stages"), ()),
        ("stage_names", _set("stages", "name", ENGLISH), ("ar",)),
        ("steps", _clear("steps"), ()),
        ("step_1", _set("steps", "prompt", ENGLISH), ("ar",)),
        ("step_1", _set("steps", "help", ENGLISH), ("ar",)),
        ("step_2", lambda papers: papers.options[2].pop(), ()),
        ("step_2", lambda papers: papers.options[2].append(ENGLISH), ("ar",)),
        ("privacy_notice", _set("city", "privacy_notice", ENGLISH), ("ar",)),
        ("accessibility_statement", _set("city", "accessibility_statement", NOTHING), ("en", "ar")),
        ("contact", _set("city", "contact_email", ""), ()),
        ("rules", _clear("rules"), ("en", "ar")),
        ("rules", _set("rules", "text", ENGLISH), ("ar",)),
        ("support_resources", _clear("resources"), ("en", "ar")),
        ("support_resources", _set("resources", "description", ENGLISH), ("ar",)),
    ],
)
def test_each_missing_thing_is_found(key: str, change: Callable[[Papers], None], languages: tuple[str, ...]) -> None:
    papers = make_papers()

    change(papers)

    assert lacking(papers) == {key: languages}


def test_a_consultation_without_languages_is_not_ready() -> None:
    papers = make_papers()
    papers.consultation.languages = []

    assert "languages" in lacking(papers)


def test_every_line_says_why_it_matters() -> None:
    assert all(str(item.label) and str(item.why) for item in check(make_papers()))


def test_missing_texts_are_counted_by_language() -> None:
    papers = make_papers()
    papers.consultation.purpose = ENGLISH
    papers.steps[0].prompt = STALE

    assert count_missing_texts(papers.consultation, papers.stages, papers.steps) == {"en": 0, "ar": 2}
