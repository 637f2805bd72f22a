"""Which languages there are, which one this reader gets, and which way each runs.

The list lives in `translations/languages.toml`. The reader's language stands in the address (`/ar/…`) and nowhere else:
no cookie, no redirect of a page into another language. Only language-neutral short links choose for the reader.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from flask import Flask, abort, current_app, g, has_request_context, request, url_for
from flask_babel import Babel, format_date, format_percent, format_time, get_locale, get_translations, gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept

from .settings import Settings

babel = Babel()
#: Addresses remembered at most; then all are forgotten.
MOST_ADDRESSES = 5000
#: Scripts that run from right to left (ISO 15924), as CLDR's layout data has them.
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi", "prs", "nqo"})


@dataclass(frozen=True)
class Language:
    """A language the interface speaks."""

    #: BCP 47 tag, as in the address
    tag: str
    #: its own name for itself
    name: str
    #: "ltr" or "rtl"
    direction: str
    #: CLDR locale for dates, numbers and plurals
    locale: str
    #: whether a native speaker has read the whole catalogue
    is_reviewed: bool


def direction_of(tag: str) -> str:
    """Say which way a BCP 47 tag runs: rtl, ltr, or auto where nobody knows (rule I2); a script subtag wins."""
    primary, *subtags = tag.split("-")
    if any(each.lower() in {"arab", "hebr", "syrc", "thaa", "nkoo", "adlm"} for each in subtags):
        return "rtl"
    if primary in {"und", "mul", "zxx", ""}:
        return "auto"
    return "rtl" if primary in RIGHT_TO_LEFT or tag == "ar-XB" else "ltr"


def read_languages(folder: Path) -> dict[str, Language]:
    """The languages of `folder/languages.toml` by tag, in its order.

    Raises:
        ValueError: an entry lacks a field or has a direction that is none.
    """
    entries = tomllib.loads((folder / "languages.toml").read_text("utf-8"))["language"]
    found = {}
    for each in entries:
        if each["direction"] not in {"ltr", "rtl"}:
            raise ValueError(f"{each['tag']}: direction must be ltr or rtl")
        found[each["tag"]] = Language(
            each["tag"], each["name"], each["direction"], each["locale"], each["state"] == "reviewed"
        )
    return found


def start_languages(app: Flask, settings: Settings) -> None:
    """Read the list, and let the address decide each page's language."""
    app.extensions["languages"] = read_languages(settings.translations_path)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(settings.translations_path)
    babel.init_app(app, locale_selector=lambda: current_language().locale)
    app.jinja_env.filters["moment_in_words"] = moment_in_words
    app.jinja_env.globals.update(gettext=_translated, ngettext=_translated_plural, _=_translated)
    _remember_addresses(app)
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_put_language)


def all_languages() -> Mapping[str, Language]:
    """The enabled languages by tag."""
    languages: Mapping[str, Language] = current_app.extensions["languages"]
    return languages


def source_language() -> Language:
    """The first of the list: the language the program is written in."""
    return next(iter(all_languages().values()))


def current_language() -> Language:
    """The language of this page; the source language outside a page."""
    chosen: Language | None = g.get("language")
    return chosen or source_language()


def use_language(tag: str) -> None:
    """Answer in `tag` from here on (for error pages and commands)."""
    g.language = all_languages()[tag]
    g.pop("_flask_babel", None)


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Draw in another language for a while."""
    before = g.get("language")
    use_language(tag)
    try:
        yield
    finally:
        if before is None:
            g.pop("language")
            g.pop("_flask_babel", None)
        else:
            use_language(before.tag)


def preferred_language() -> Language:
    """What the reader's browser asks for, for short links and the first page."""
    accepted: LanguageAccept = request.accept_languages
    best = accepted.best_match(list(all_languages())) if accepted else None
    return all_languages()[best] if best else source_language()


def day_in_words(value: date) -> str:
    """A day in full as the reader's language writes it; in English with the day first, as most of the world does."""
    return str(format_date(value, "d MMMM y" if get_locale().language == "en" else "long"))


def moment_in_words(value: datetime) -> str:
    """A moment in full, in the city's time zone."""
    return str(gettext("%(day)s, %(time)s", day=day_in_words(value), time=format_time(value, "short")))


def percent_in_words(percent: int) -> str:
    """A whole percentage with the digits, the sign and the space of the reader's language."""
    return str(format_percent(percent / 100))


def language_name(tag: str, reader: str | None = None) -> str:
    """The name of `tag` in the reader's language, else its own name, else the tag."""
    known = all_languages().get(reader or "")
    try:
        locale = Locale.parse(tag, sep="-")
        return locale.get_display_name(known.locale if known else reader or get_locale()) or tag
    except (ValueError, LookupError, UnknownLocaleError):
        return tag


def url_in(tag: str) -> str:
    """The address of this very page in language `tag` (rule I6)."""
    arguments = dict(request.view_args or {})
    if not request.endpoint or not g.get("language_in_address"):
        return url_for("city.show_home", lang=tag)
    return url_for(request.endpoint, **{**arguments, **request.args.to_dict(), "lang": tag})


def _remember_addresses(app: Flask) -> None:
    """Work out each address of ours once; a page has twenty, and most stand on every page."""
    work_out = app.url_for
    known: dict[tuple[Any, ...], str] = {}

    def url_for_once(endpoint: str, **values: Any) -> str:
        values = {name: value for name, value in values.items() if value is not None}
        if not has_request_context() or endpoint.startswith(".") or any(name.startswith("_") for name in values):
            return work_out(endpoint, **values)
        key = (endpoint, request.root_path, g.get("language"), *values.items())
        try:
            return known[key]
        except KeyError:
            pass
        except TypeError:  # a list among the values
            return work_out(endpoint, **values)
        if len(known) >= MOST_ADDRESSES:
            known.clear()
        return known.setdefault(key, work_out(endpoint, **values))

    app.url_for = url_for_once  # type: ignore[method-assign]
    app.jinja_env.globals["url_for"] = url_for_once


# Templates ask for about a hundred sentences a page. These two give what the library's own would give, with the
# catalogue looked up once a page and without its detours through the template's context.


@pass_eval_context
def _translated(scope: EvalContext, sentence: str, **parts: Any) -> str:
    return _filled_in(scope, _catalogue().gettext(sentence), parts)


@pass_eval_context
def _translated_plural(scope: EvalContext, one: str, many: str, num: int, /, **parts: Any) -> str:
    return _filled_in(scope, _catalogue().ngettext(one, many, num), {"num": num, **parts})


def _filled_in(scope: EvalContext, found: str, parts: dict[str, Any]) -> str:
    words = Markup(found) if scope.autoescape else found  # noqa: S704  our own catalogue; what is filled in is escaped
    return words % parts if parts or "%" in found else words


def _catalogue() -> NullTranslations:
    language = current_language()
    kept: tuple[Language, NullTranslations] | None = g.get("catalogue")
    if kept is None or kept[0] is not language:
        kept = g.catalogue = (language, get_translations())
    return kept[1]


def _take_language(endpoint: str | None, values: MutableMapping[str, Any] | None) -> None:
    if values is None or "lang" not in values:
        return
    tag = values.pop("lang")
    if tag not in all_languages():
        abort(404)
    g.language = all_languages()[tag]
    g.language_in_address = True


def _put_language(endpoint: str, values: MutableMapping[str, Any]) -> None:
    if current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values.setdefault("lang", current_language().tag)
