"""Languages: sentences are translated when they are shown, never earlier, and translations keep what is filled in."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from participation.core.languages import read_languages
from participation.core.settings import ROOT

TRANSLATIONS = ROOT / "translations"
CATALOGUES = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
EAGER = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")
TAG = re.compile(r"</?[a-z][^>]*>")
#: Placeholders that a plural form for one thing may leave out, where the word itself says how many.
COUNTING = {"%(count)s", "%(num)s", "%(number)s", "%(people)s", "%(count)d", "%(num)d"}
PYTHON_FILES = sorted([ROOT / "app.py", *ROOT.glob("participation/**/*.py"), *ROOT.glob("dialogues/**/*.py")])


def eager_calls(source: str) -> list[str]:
    """Translations that run when the file is imported: in the body of the module or of a class, or as a default."""
    found = []

    def look(node: ast.AST) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
                look(default)
            for decorator in getattr(node, "decorator_list", []):
                look(decorator)
            return
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in EAGER:
            found.append(f"line {node.lineno}: {ast.unparse(node)[:80]}")
        for child in ast.iter_child_nodes(node):
            look(child)

    look(ast.parse(source))
    return found


def faults(message: Message) -> list[str]:
    """What a translation lost or invented, by form."""
    if not message.id:
        return []
    originals = message.id if isinstance(message.id, tuple | list) else (message.id,)
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    found = []
    for form in filter(None, forms):
        for pattern in (PLACEHOLDER, TAG):
            said = Counter(pattern.findall(form))
            allowed = [Counter(pattern.findall(original)) for original in originals]
            if len(forms) > 1:
                allowed += [Counter({key: n for key, n in each.items() if key not in COUNTING}) for each in allowed]
            if said not in allowed:
                found.append(f"“{originals[0]}” → “{form}”: {sorted(said)} instead of {sorted(allowed[0])}")
    return found


def read(path: Path) -> Catalog:
    """A catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3].replace("-", "_"))


@pytest.mark.parametrize("path", PYTHON_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_is_translated_at_import(path: Path) -> None:
    assert eager_calls(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_translations_keep_placeholders_and_tags(path: Path) -> None:
    assert [fault for message in read(path) for fault in faults(message)] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_sentence_is_translated(path: Path) -> None:
    missing = [
        str(message.id)
        for message in read(path)
        if message.id and (not message.string or (isinstance(message.string, tuple) and not all(message.string)))
    ]

    assert missing == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_no_translation_is_only_a_guess(path: Path) -> None:
    assert [str(message.id) for message in read(path) if message.id and message.fuzzy] == []


def test_every_language_has_a_catalogue() -> None:
    source, *others = read_languages(TRANSLATIONS)

    assert {path.parts[-3] for path in CATALOGUES} - {source} == set(others)


@pytest.mark.parametrize(
    "source",
    [
        'TITLE = _("Hello")',
        'class Form:\n    label = gettext("Hello")',
        'def f(title=_("Hello")): ...',
        'CHOICES = {"a": [ngettext("one", "many", 1)]}',
    ],
)
def test_a_planted_eager_call_is_found(source: str) -> None:
    assert eager_calls(source)


def test_a_call_inside_a_function_passes() -> None:
    assert eager_calls('def f():\n    return _("Hello")\nTITLE = _l("Hello")') == []


@pytest.mark.parametrize(
    ("original", "translation"),
    [
        ("%(name)s answered", "respondió"),
        ("%(name)s answered", "%(nombre)s respondió"),
        ("<b>Now</b>", "Ahora"),
        (("%(count)s of %(all)s", "%(count)s of %(all)s"), ("uno", "%(count)s de %(all)s")),
    ],
)
def test_a_planted_loss_is_found(original: str, translation: str) -> None:
    assert faults(Message(original, translation))


def test_a_word_for_one_may_stand_in_for_the_number() -> None:
    assert faults(Message(("%(count)s answer", "%(count)s answers"), ("una respuesta", "%(count)s respuestas"))) == []
