"""Templates: each compiles, escapes, imports only what it uses, and leaves look and behaviour to their own files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from participation.core.settings import ROOT
from tests.fixtures.databases import make_app, make_settings

TEMPLATES = sorted(path.relative_to(ROOT / "templates") for path in ROOT.glob("templates/**/*.*"))
STYLES = sorted(ROOT.glob("static/css/**/*.css"))
#: What a template may not say, and why.
FORBIDDEN_IN_TEMPLATES = {
    r"\|\s*safe\b": "nothing here is safe by being called safe",
    r"autoescape\s+false": "escaping stays on",
    r"\sstyle\s*=": "looks belong into the stylesheet; the policy blocks them here",
    r"\son[a-z]+\s*=\s*[\"']": "behaviour belongs into static/js",
    r"<style\b|<script\b(?![^>]*\bsrc=)": "no inline style or script",
    r"href=[\"']https?://": "addresses elsewhere come from settings, not from templates",
}
#: The one place that draws from constants of its own file.
DRAWINGS = {"components/icons.html": "{{ drawings[drawing] | safe }}"}
#: Words for left and right in CSS; only logical ones work in both directions.
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)[\w-]*"
    r"|(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The program without a database; compiling needs none."""
    return make_app(make_settings(tmp_path_factory.mktemp("templates")))


def unused_imports(program: Flask, source: str) -> set[str]:
    """Names that a template imports and never uses."""
    tree = program.jinja_env.parse(source)
    imported: set[str] = set()
    for found in tree.find_all(nodes.FromImport):
        imported |= {name[1] if isinstance(name, tuple) else name for name in found.names}
    imported |= {found.target for found in tree.find_all(nodes.Import)}
    used = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "load"}
    return imported - used


def physical_words(style: str) -> list[str]:
    """Where a stylesheet says left or right."""
    return PHYSICAL.findall(re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_each_template_compiles(program: Flask, path: Path) -> None:
    program.jinja_env.get_template(path.as_posix())


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_each_template_uses_what_it_imports(program: Flask, path: Path) -> None:
    assert unused_imports(program, (ROOT / "templates" / path).read_text("utf-8")) == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_template_says_what_it_may_not(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}", "", (ROOT / "templates" / path).read_text("utf-8"), flags=re.DOTALL)
    source = source.replace(DRAWINGS.get(path.as_posix(), "\0"), "", 1)
    said = [why for pattern, why in FORBIDDEN_IN_TEMPLATES.items() if re.search(pattern, source)]

    assert said == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_work_in_both_directions(path: Path) -> None:
    assert physical_words(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    ["{{ words|safe }}", '<p style="color: red">', '<a onclick="go()">', "<script>go()</script>"],
)
def test_a_planted_fault_is_found(source: str) -> None:
    assert any(re.search(pattern, source) for pattern in FORBIDDEN_IN_TEMPLATES)


def test_an_unused_import_is_found(program: Flask) -> None:
    source = '{% from "components/ui.html" import tag, card as box %}{{ box() }}'

    assert unused_imports(program, source) == {"tag"}


@pytest.mark.parametrize(
    "style",
    ["p { margin-left: 1rem }", "p { text-align: right }", ".a{left:0}", "p { border-top-left-radius: 2px }"],
)
def test_a_planted_direction_is_found(style: str) -> None:
    assert physical_words(style)


@pytest.mark.parametrize("style", ["p { margin-inline-start: 1rem }", "p { text-align: start }", "a { --left: 0 }"])
def test_a_logical_direction_passes(style: str) -> None:
    assert not physical_words(style)
