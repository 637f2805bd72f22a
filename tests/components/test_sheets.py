"""Every page loads the sheet that styles what stands on it."""

from __future__ import annotations

import re
from functools import cache

import pytest

from participation.core.settings import ROOT
from tests.sheets import sheets_of_classes

TEMPLATES = ROOT / "templates"
PAGES = sorted(
    str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html") if "{% extends" in path.read_text("utf-8")
)


@cache
def text_of(template: str) -> str:
    return (TEMPLATES / template).read_text("utf-8")


def layers_of(template: str) -> list[str]:
    """The page, the skeletons it extends, and the parts all of them include."""
    found: list[str] = []
    waiting = [template]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.append(name)
            waiting += re.findall(r'{%-? (?:extends|include|from|import) "([^"]+)"', text_of(name))
    return found


def classes_on(template: str) -> set[str]:
    attributes = (each for layer in layers_of(template) for each in re.findall(r'class="([^"]*)"', text_of(layer)))
    return {name for each in attributes for name in re.findall(r"[a-z][\w-]*", re.sub(r"{[{%].*?[%}]}", " ", each))}


def without_style(template: str) -> set[str]:
    sheets = {sheet for layer in layers_of(template) for sheet in re.findall(r"built/(\w+)\.css", text_of(layer))}
    styled = sheets_of_classes()
    return {each for each in classes_on(template) if each in styled and not styled[each] & sheets}


@pytest.mark.parametrize("template", PAGES)
def test_what_stands_on_a_page_is_styled_by_its_sheets(template: str) -> None:
    assert without_style(template) == set()


def test_a_page_that_forgets_its_sheet_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    summary = "participation/summaries/show_summary.html"
    plain = text_of(summary).replace("built/summary.css", "built/baraza.css")
    monkeypatch.setitem(globals(), "text_of", lambda name: plain if name == summary else (TEMPLATES / name).read_text())

    assert {"pair", "summary-head"} <= without_style(summary)
