"""The joined stylesheet and scripts: complete, small, and without a word people read."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import brotli
import pytest

from participation.core.settings import ROOT

#: Transferred bytes after compression (interface.md 5.1).
BUDGETS = {
    "baraza.css": 5_000,
    "forms.css": 2_000,
    "summary.css": 3_000,
    "live.css": 3_000,
    "staff.css": 7_000,
    "baraza.js": 7_000,
    "staff.js": 5_000,
    "live.js": 2_000,
}


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("static_build", ROOT / "static" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "static")
        spec.loader.exec_module(module)
    return module


def made(build: ModuleType, name: str) -> str:
    if name.endswith(".css"):
        return str(build.join_styles(build.read_sheets()[name.removesuffix(".css")]))
    return str(build.join_scripts(build.SCRIPTS[name]))


@pytest.mark.parametrize("name", BUDGETS)
def test_files_stay_within_their_budget(build: ModuleType, name: str) -> None:
    assert len(brotli.compress(made(build, name).encode())) <= BUDGETS[name]


def test_every_style_and_script_is_joined(build: ModuleType) -> None:
    listed = {ROOT / "static/css" / name for names in build.read_sheets().values() for name in names}
    joined = {ROOT / "static/js" / name for names in build.SCRIPTS.values() for name in names}

    assert listed == set((ROOT / "static/css").rglob("*.css"))
    assert joined == set((ROOT / "static/js").glob("*.js"))


def test_joining_keeps_what_styles_mean(build: ModuleType) -> None:
    styles = made(build, "forms.css")

    assert styles.count("{") == styles.count("}")
    assert "calc(.75rem + .775em - 12px)" in styles
    assert "/*" not in styles


def test_scripts_say_nothing_themselves(build: ModuleType) -> None:
    """Every sentence comes from the page, where it is translated."""
    sentences = re.findall(
        r"[\"'`][A-Z][a-z]+ [a-z]+ [^\"'`]*[\"'`]", "".join(made(build, name) for name in build.SCRIPTS)
    )

    assert sentences == []


@pytest.mark.parametrize("gadget", ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("])
def test_scripts_never_turn_words_into_markup(build: ModuleType, gadget: str) -> None:
    assert not any(gadget in made(build, name) for name in build.SCRIPTS)


def test_residents_have_no_letter_keys(build: ModuleType) -> None:
    """Single-letter keys are for the staff's queues only, and can be switched off there (WCAG 2.1.4)."""
    assert "keydown" not in made(build, "baraza.js")
    assert "keydown" in made(build, "staff.js")
