"""Documents say what there is: every setting, command and room stands where people look for it."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import click
import pytest
from flask import Flask

from participation.core.settings import ROOT, Settings
from tests.fixtures.databases import make_app, make_settings

README = ROOT / "README.md"
PACKAGES = ("participation", "dialogues")
SLICES = sorted(path.parent for package in PACKAGES for path in ROOT.glob(f"{package}/*/__init__.py"))
MODULES = sorted([ROOT / "app.py", *(path for package in PACKAGES for path in ROOT.glob(f"{package}/**/*.py"))])
DECISIONS = sorted(ROOT.glob("docs/decisions/*.md"))
#: Columns whose name says it all: the row's number, another row, who did it and when.
PLAIN_COLUMN = re.compile(r"id|at|space_kind|.*_(id|at|on|by)")
#: Files of a slice whose public functions explain themselves (house 4.10).
EXPLAINED = {"models", "queries", "services", "policy"}
MOST_LINES_OF_A_DECISION = 15
#: Where this checkout lies, and what an address of a package index looks like: neither belongs into a file.
FORBIDDEN = re.compile(re.escape(f"{ROOT}/") + r"|https?://[^\s/]*(regist|pythonhosted|pypi)", re.IGNORECASE)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The program without a database."""
    return make_app(make_settings(tmp_path_factory.mktemp("documents")))


def commands_of(group: click.Group, before: str = "flask") -> set[str]:
    """Every command as it is typed, without those that Flask and Alembic bring."""
    found = set()
    for name, command in group.commands.items():
        if before == "flask" and name in {"db", "run", "shell", "routes"}:
            continue
        typed = f"{before} {name}"
        found |= commands_of(command, typed) if isinstance(command, click.Group) else {typed}
    return found


def unexplained(source: str) -> list[str]:
    """Public functions and classes without a docstring, and columns without a `#:` line."""
    found = []
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                found.append(node.name)
            if isinstance(node, ast.ClassDef):
                found += [f"{node.name}.{name}" for name in _bare_columns(node, lines)]
    return found


def _bare_columns(node: ast.ClassDef, lines: list[str]) -> list[str]:
    return [
        part.target.id
        for part in node.body
        if isinstance(part, ast.AnnAssign)
        and isinstance(part.target, ast.Name)
        and "Mapped" in ast.unparse(part.annotation)
        and not PLAIN_COLUMN.fullmatch(part.target.id)
        and "#:" not in lines[part.lineno - 2] + lines[part.lineno - 1]
    ]


def test_the_readme_lists_every_setting() -> None:
    readme = README.read_text("utf-8")

    assert [each.name.upper() for each in fields(Settings) if f"`{each.name.upper()}`" not in readme] == []


def test_the_readme_lists_every_command(program: Flask) -> None:
    readme = README.read_text("utf-8")

    assert [each for each in sorted(commands_of(program.cli)) if f"`{each}" not in readme] == []


def test_the_readme_has_every_room_on_its_map() -> None:
    readme = README.read_text("utf-8")

    assert [each.name for each in SLICES if f"{each.name}/" not in readme] == []


def test_make_help_lists_every_word_of_the_readme() -> None:
    words = set(re.findall(r"`make ([a-z]+)", README.read_text("utf-8")))
    known = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert words - known == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_module_says_what_it_owns(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize(
    "path", [each for each in MODULES if each.stem in EXPLAINED], ids=lambda path: str(path.relative_to(ROOT))
)
def test_public_functions_and_columns_are_explained(path: Path) -> None:
    assert unexplained(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_a_decision_is_short_and_numbered(path: Path) -> None:
    text = path.read_text("utf-8")

    assert len(text.splitlines()) <= MOST_LINES_OF_A_DECISION
    assert text.startswith(f"# {path.name[:4]} ")


def test_decisions_have_numbers_of_their_own() -> None:
    numbers = [path.name[:4] for path in DECISIONS]

    assert len(numbers) == len(set(numbers))


def test_no_file_names_one_machine_or_one_registry() -> None:
    own = Path(__file__)
    kinds = {".py", ".md", ".toml", ".txt", ".html", ".json", ".sh", ".css", ".js", ".cfg", ".ini"}
    tops = ("participation", "dialogues", "tests", "docs", "templates", "static", "migrations", "translations", ".ci")
    places = [*ROOT.glob("*"), *(path for top in tops for path in (ROOT / top).rglob("*"))]
    named = [
        str(path.relative_to(ROOT))
        for path in places
        if path.is_file() and path != own and path.suffix in kinds and FORBIDDEN.search(path.read_text("utf-8"))
    ]

    assert named == []


@pytest.mark.parametrize(
    "source",
    ["def show(): ...", "class A: ...", 'class A:\n    """A."""\n\n    name: Mapped[str] = mapped_column()'],
)
def test_a_planted_silence_is_found(source: str) -> None:
    assert unexplained(source)


def test_a_column_with_its_line_passes() -> None:
    assert (
        unexplained('class A:\n    """A."""\n    #: what she is called\n    name: Mapped[str] = mapped_column()') == []
    )
