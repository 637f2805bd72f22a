"""Collects the sentences to translate: `make strings`, and `--check` for CI.

Writes `messages.pot` from code and templates and brings every `messages.po` up to date, without line numbers and dates,
so that two people collecting on two days write the same bytes. Translations of changed sentences are not guessed.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
#: Functions that mark a sentence, beside Babel's own.
KEYWORDS = ("_l", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2", "pgettext:1c,2", "npgettext:1c,2,3")
#: Header lines that change with the day or the machine, or that nobody fills in.
CHANGING = re.compile(
    rb'^(# (Copyright \(C\)|FIRST AUTHOR) .*|"(POT-Creation-Date|Generated-By|PO-Revision-Date|Report-Msgid-Bugs-To'
    rb'|Last-Translator|Language-Team): .*\\n")\n',
    re.MULTILINE,
)


def main() -> int:
    """Write the catalogues, or with --check say which are not fresh."""
    check = "--check" in sys.argv[1:]
    stale = []
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        template = extract(fresh / "messages.pot")
        for old, new in [(HERE / "messages.pot", template), *update_all(template, fresh)]:
            if old.exists() and old.read_bytes() == new.read_bytes():
                continue
            stale.append(old)
            if not check:
                old.write_bytes(new.read_bytes())
    if check and stale:
        print("Sentences changed; run 'make strings':", *(str(each.relative_to(ROOT)) for each in stale))
        return 1
    return 0


def extract(target: Path) -> Path:
    """All sentences of code and templates, as a template at `target`."""
    words = [each for keyword in KEYWORDS for each in ("--keyword", keyword)]
    options = ["--no-location", "--sort-output", "--add-comments", "Translators:", "--project", "participation"]
    pybabel("extract", "--mapping-file", "pyproject.toml", *words, *options, "--output-file", str(target), ".")
    return without_dates(target)


def update_all(template: Path, fresh: Path) -> list[tuple[Path, Path]]:
    """Pairs of each catalogue and its updated copy under `fresh`."""
    pairs = []
    for old in sorted(HERE.glob("*/LC_MESSAGES/messages.po")):
        tag = old.parts[-3]
        new = fresh / f"{tag}.po"
        new.write_bytes(old.read_bytes())
        options = ["--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", "--no-wrap"]
        pybabel("update", "--input-file", str(template), "--output-file", str(new), "--locale", tag, *options)
        pairs.append((old, without_dates(new)))
    return pairs


def without_dates(path: Path) -> Path:
    """The file without header lines that change by themselves."""
    path.write_bytes(CHANGING.sub(b"", path.read_bytes()))
    return path


def pybabel(*arguments: str) -> None:
    """Run Babel quietly; it says on its own what went wrong."""
    command = [str(Path(sys.executable).with_name("pybabel")), "--quiet", *arguments]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603  our own arguments, no shell


if __name__ == "__main__":
    sys.exit(main())
