"""Which file may import which, where a package linter cannot see: rules 4 to 6 of the house, and who may do what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: file of a slice → files of the same slice it may lean on; files not named here may use all but views.
WITHIN_A_SLICE = {
    "models": set[str](),
    "queries": {"models"},
    "policy": {"models"},
    "services": {"models", "queries", "policy"},
    # forms and views name rows and choices by their types; what they may not do is touch the database (below)
    "forms": {"labels", "models"},
    "labels": {"models"},
    "views": {"forms", "labels", "mails", "models", "policy", "queries", "services"},
}
#: files that leave the database to queries and services
WITHOUT_A_DATABASE = {"views", "forms", "policy", "labels"}
#: what tables may know of the core
CORE_FOR_MODELS = {"clock", "codes", "database", "errors", "localized", "policy"}
#: files that know neither request nor session
WITHOUT_A_REQUEST = {"models", "queries", "services", "policy"}
REQUEST_LIBRARIES = {"flask", "flask_login", "wtforms", "werkzeug"}
#: files that may commit by themselves: no request does it for them
COMMITTING = {"commands", "jobs"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "base"}
PACKAGES = ("participation", "dialogues")
PYTHON_FILES = sorted(path for package in PACKAGES for path in ROOT.glob(f"{package}/**/*.py"))


class Import:
    """One name that a file imports: the absolute module, and the name taken from it (empty for the module itself)."""

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name
        self.parts = module.split(".")

    @property
    def reaches(self) -> list[str]:
        """The path of what is reached, with the name when it may be a module."""
        return [*self.parts, self.name] if self.name else self.parts


def imports(tree: ast.AST, package: list[str]) -> Iterator[Import]:
    """Every import of a file in `package`, relative ones made absolute, those inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, "")
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield Import(module, alias.name)


def troubles(source: str, path: str, faces: dict[str, set[str]]) -> list[str]:
    """What is wrong with the file at `path` (such as `participation/surveys/views.py`)."""
    parts = path.removesuffix(".py").split("/")
    tree = ast.parse(source)
    found = [*_own_hands(tree, parts)]
    if len(parts) < 3 or parts[1] == "core":
        return found
    package, slice_name, file = parts[:3]
    for each in imports(tree, parts[:-1]):
        reached = [*each.reaches, "", ""]
        if file in WITHOUT_A_REQUEST and reached[0] in REQUEST_LIBRARIES:
            found.append(f"{file} knows no request, so it does not import {each.module}")
        elif package == "participation" and reached[0] == "dialogues":
            found.append("participation never imports dialogues; it offers a signal or a registry instead")
        elif reached[:2] == ["participation", "core"]:
            if file in WITHOUT_A_DATABASE and reached[2:4] == ["database", "db"]:
                found.append(f"{file} leaves the database to queries and services")
            if file == "models" and reached[2] and reached[2] not in CORE_FOR_MODELS:
                found.append(f"models do not lean on core.{reached[2]}")
        elif reached[:2] == [package, slice_name]:
            found += _within(file, reached[2])
        elif reached[0] in PACKAGES and reached[1]:
            found += _across(each, f"{reached[0]}.{reached[1]}", faces)
    return found


def _within(file: str, other: str) -> list[str]:
    if other == "views" and file != "__init__":
        return ["only the room's own door opens its views"]
    if file in WITHIN_A_SLICE and other in WITHIN_A_SLICE and other not in WITHIN_A_SLICE[file]:
        return [f"{file} does not lean on {other} (only {sorted(WITHIN_A_SLICE[file])})"]
    return []


def _across(each: Import, other: str, faces: dict[str, set[str]]) -> list[str]:
    if len(each.parts) > 2:
        return [f"reaches into {each.module}; use what {other} offers"]
    if len(each.parts) == 2 and each.name and each.name not in faces.get(other, set()):
        return [f"{other} does not offer {each.name} (see its __all__)"]
    return []


def _own_hands(tree: ast.AST, parts: list[str]) -> Iterator[str]:
    """Who reads the time and who commits."""
    file = parts[-1]
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        called = ast.unparse(node.func)
        if called in {"datetime.now", "datetime.utcnow", "date.today", "time.time"} and parts[1:] != ["core", "clock"]:
            yield f"{called}() in line {node.lineno}: only core.clock reads the time"
        if called.endswith("session.commit") and parts[1:] != ["core", "database"] and file not in COMMITTING:
            yield f"{called}() in line {node.lineno}: core.database commits, after the view"


def faces() -> dict[str, set[str]]:
    """What each slice offers to others: the names in its `__all__`."""
    offered: dict[str, set[str]] = {}
    for door in (path for package in PACKAGES for path in ROOT.glob(f"{package}/*/__init__.py")):
        names: set[str] = set()
        for node in ast.parse(door.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and any(ast.unparse(target) == "__all__" for target in node.targets):
                names = set(ast.literal_eval(node.value))
        offered[f"{door.parent.parent.name}.{door.parent.name}"] = names
    return offered


@pytest.mark.parametrize("path", PYTHON_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_file_keeps_to_its_room(path: Path) -> None:
    name = str(path.relative_to(ROOT))

    assert troubles(path.read_text("utf-8"), name, faces()) == []


@pytest.mark.parametrize("path", PYTHON_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_an_attic(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES


@pytest.mark.parametrize(
    ("path", "source", "trouble"),
    [
        ("surveys/views.py", "from participation.city.models import City", "reaches into"),
        ("surveys/views.py", "from ..city.models import City", "reaches into"),
        ("surveys/views.py", "from participation.city import secret", "does not offer"),
        ("surveys/services.py", "from flask import request", "knows no request"),
        ("surveys/services.py", "def f():\n    import werkzeug.datastructures", "knows no request"),
        ("surveys/queries.py", "from .services import write", "does not lean on services"),
        ("surveys/models.py", "from participation.core.pages import render", "do not lean on core.pages"),
        ("surveys/models.py", "from . import queries", "does not lean on queries"),
        ("surveys/views.py", "from participation.core.database import db", "leaves the database"),
        ("surveys/steps.py", "from .views import show", "only the room's own door"),
        ("surveys/services.py", "from dialogues.groups import place", "never imports dialogues"),
        ("dialogues/groups/placing.py", "from participation.city.models import City", "reaches into"),
        ("dialogues/groups/placing.py", "from participation.city import secret", "does not offer"),
        ("dialogues/groups/placing.py", "from dialogues.room.models import Turn", "reaches into"),
        ("dialogues/groups/placing.py", "from ..room import turn", "does not offer"),
        ("dialogues/groups/services.py", "from flask import request", "knows no request"),
        ("dialogues/groups/queries.py", "from .services import write", "does not lean on services"),
        ("surveys/services.py", "db.session.commit()", "commits"),
        ("surveys/services.py", "at = datetime.now(UTC)", "reads the time"),
    ],
)
def test_a_planted_fault_is_found(path: str, source: str, trouble: str) -> None:
    name = path if path.startswith("dialogues/") else f"participation/{path}"

    found = troubles(source, name, {"participation.city": {"find_city"}})

    assert len(found) == 1
    assert trouble in found[0]


def test_good_manners_pass() -> None:
    source = "from flask import request\nfrom participation.city import find_city\nfrom . import services, queries"

    assert troubles(source, "participation/surveys/views.py", {"participation.city": {"find_city"}}) == []
