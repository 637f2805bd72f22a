"""Joins the committed styles and scripts into the few files browsers fetch, under `static/built/` (ignored by git).

Run by `make` whenever one of them changes: `.venv/bin/python static/build.py`. No bundler: the list of styles stands in
`css/sheets.toml`; scripts are ES modules without imports, each of which becomes a block of its own.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from fingerprints import publish

HERE = Path(__file__).resolve().parent
BUILT = HERE / "built"
#: What residents' pages load, and what staff pages load besides.
SCRIPTS = {
    "baraza.js": ("forms.js", "drafts.js", "ranking.js"),
    "staff.js": ("queue.js",),
    # after htmx with its part for streams, see `main`
    "live.js": ("live.js", "room.js"),
}
#: htmx and the extension that obeys only what carries this answer's nonce, as one file.
HTMX = HERE.parent / "node_modules" / "htmx.org" / "dist"


def read_sheets() -> dict[str, list[str]]:
    """The styles of each sheet, in their order."""
    return tomllib.loads((HERE / "css" / "sheets.toml").read_text("utf-8"))


def join_styles(names: list[str]) -> str:
    """Styles in their order, without comments and spare white space."""
    text = "\n".join((HERE / "css" / name).read_text("utf-8") for name in names)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    # a space before ":" or around "+" and "-" can mean something; those beside braces, semicolons and commas cannot
    return re.sub(r"\s*([{};,])\s*|(?<=:)\s+(?=[^;{}]*[;}])", r"\1", text).replace(";}", "}").strip() + "\n"


def join_scripts(names: tuple[str, ...]) -> str:
    """The modules one after another, each in a block so that their names stay apart; without whole-line comments."""
    blocks = []
    for name in names:
        lines = (HERE / "js" / name).read_text("utf-8").splitlines()
        kept = [line.strip() for line in lines if line.strip() and not line.strip().startswith(("//", "/*", "*"))]
        blocks.append("{\n" + "\n".join(kept) + "\n}\n")
    return '"use strict";\n' + "".join(blocks)


def join_htmx(*names: str) -> str | None:
    """Files of htmx one after another, without the addresses of source maps; nothing before npm has fetched them."""
    files = [HTMX / name for name in names]
    if not all(file.is_file() for file in files):
        return None
    return "\n".join(re.sub(r"//# sourceMappingURL=.*", "", file.read_text("utf-8")).strip() for file in files) + "\n"


def main() -> None:
    """Write the files that changed."""
    BUILT.mkdir(exist_ok=True)
    made = {f"{sheet}.css": join_styles(names) for sheet, names in read_sheets().items()}
    made |= {name: join_scripts(parts) for name, parts in SCRIPTS.items()}
    htmx, streams = join_htmx("htmx.min.js", "ext/hx-csp.min.js"), join_htmx("ext/hx-sse.min.js")
    if htmx is not None and streams is not None:
        # one file: htmx begins right after its own script, and would not know a part that comes in another one
        made |= {"htmx.js": htmx, "live.js": htmx + streams + made["live.js"]}
    for name, text in made.items():
        target = BUILT / name
        if not target.is_file() or target.read_text("utf-8") != text:
            target.write_text(text, "utf-8")
    publish(BUILT)


if __name__ == "__main__":
    main()
