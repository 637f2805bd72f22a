"""Which style sheet gives which class its looks."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

CSS = Path(__file__).resolve().parents[1] / "static/css"


@cache
def sheets_of_classes() -> dict[str, set[str]]:
    """Class → sheets that style it."""
    found: dict[str, set[str]] = {}
    for sheet, names in tomllib.loads((CSS / "sheets.toml").read_text("utf-8")).items():
        for name in names:
            selectors = re.sub(r"/\*.*?\*/|{[^{}]*}", "{}", (CSS / name).read_text("utf-8"), flags=re.DOTALL)
            for each in re.findall(r"\.([a-z][\w-]*)", selectors):
                found.setdefault(each, set()).add(sheet)
    return found
