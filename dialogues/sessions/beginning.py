"""Templates of sessions: their rounds and first agreement, read once from `templates.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from participation.core.localized import LocalizedText

from .models import AgeBand, RoundKind

_FILE = Path(__file__).with_name("templates.toml")


@dataclass(frozen=True)
class Round:
    """One round of a template."""

    kind: RoundKind
    minutes: int
    turn_seconds: int
    title: Mapping[str, str]
    prompt: Mapping[str, str]
    options: tuple[Mapping[str, str], ...]
    is_sensitive: bool
    is_in_rooms: bool


@dataclass(frozen=True)
class Template:
    """One kind of session to begin from."""

    key: str
    #: minutes it takes from the first word to the last
    minutes: int
    sensitivity: int
    fewest_people: int
    capacity: int
    age_bands: tuple[str, ...]
    rounds: tuple[Round, ...]


@cache
def templates() -> Mapping[str, Template]:
    """Every template by its key."""
    return {each["key"]: _template(each) for each in _read()["template"]}


@cache
def first_agreement() -> tuple[Mapping[str, str], ...]:
    """The lines a session begins with (dialogue-and-safety.md §14), each in every language we keep."""
    return tuple(_read()["agreement"]["lines"])


def text_in(texts: Mapping[str, str], source: str, languages: list[str]) -> LocalizedText:
    """`texts` in those of `languages` it is written in, with `source` as the original where it can be."""
    kept = {tag: text for tag, text in texts.items() if tag in {source, *languages}} or dict(texts)
    return LocalizedText.of(kept, source if source in kept else None)


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def _template(facts: Mapping[str, Any]) -> Template:
    return Template(
        key=facts["key"],
        minutes=facts["minutes"],
        sensitivity=facts["sensitivity"],
        fewest_people=facts["fewest_people"],
        capacity=facts["capacity"],
        age_bands=tuple(facts.get("age_bands", [AgeBand.ADULT.value])),
        rounds=tuple(_round(each) for each in facts["rounds"]),
    )


def _round(facts: Mapping[str, Any]) -> Round:
    return Round(
        kind=RoundKind(facts["kind"]),
        minutes=facts["minutes"],
        turn_seconds=facts.get("turn_seconds", 90),
        title=facts["title"],
        prompt=facts["prompt"],
        options=tuple(facts.get("options", ())),
        is_sensitive=facts.get("is_sensitive", False),
        is_in_rooms=facts.get("is_in_rooms", False),
    )
