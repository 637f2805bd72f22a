"""The strict test client: every page a test is shown is checked, every time.

A page must be well-formed HTML that works without JavaScript and without seeing (`tests/page_rules.py`), ask few
questions of the database, write nothing when it is only read, and draw each region it declares exactly as it stands
in the whole page.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urljoin

import sqlalchemy as sa
from bs4 import BeautifulSoup, Tag
from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from participation.core.database import db
from participation.core.forms import TOKEN_FIELD
from tests.page_rules import Markup, broken_rules

#: Questions a page may ask of the database before a test must say that it needs more.
QUERY_BUDGET = 10
WRITING = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
ASKING = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
#: What differs between two drawings of the same page.
CHANCE = re.compile(rf'(nonce="[^"]*")|(name="{TOKEN_FIELD}" value="[^"]*")')


class PageBroken(AssertionError):
    """A page breaks a rule of the house; the message lists every trouble."""


class Page(TestResponse):
    """An answer with what tests ask of it."""

    _soup: BeautifulSoup | None = None
    _markup: Markup | None = None

    @property
    def markup(self) -> Markup:
        """The page as the rules look at it; faster than `soup`, and parsed once."""
        if self._markup is None:
            self._markup = Markup(self.get_data(as_text=True))
        return self._markup

    @property
    def soup(self) -> BeautifulSoup:
        """The parsed page."""
        if self._soup is None:
            self._soup = BeautifulSoup(self.get_data(as_text=True), "html5lib")
        return self._soup

    @property
    def words(self) -> str:
        """What can be read in the page's main part, with single spaces."""
        part = self.soup.find("main") or self.soup
        return " ".join(part.get_text(" ").split())

    @property
    def heading(self) -> str:
        """The words of the only h1."""
        heading = self.soup.find("h1")
        assert isinstance(heading, Tag), "the page has no h1"
        return " ".join(heading.get_text(" ").split())

    def form(self, action: str | None = None) -> Tag:
        """The only form that posts, or the one whose action ends in `action`."""
        forms = [each for each in self.soup.find_all("form") if (each.get("method") or "").lower() == "post"]
        if action is not None:
            forms = [each for each in forms if str(each.get("action", "")).split("?")[0].endswith(action)]
        assert len(forms) == 1, f"{len(forms)} forms match: {[each.get('action') for each in forms]}"
        return forms[0]


class Browser(FlaskClient):
    """Sends requests as a browser does and refuses to show a page that breaks a rule."""

    application: Flask

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.response_wrapper = Page

    def open(
        self,
        *args: Any,
        queries: int = QUERY_BUDGET,
        strict: bool = True,
        follow_redirects: bool = False,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Send a request. `queries` raises the budget; `strict=False` is for tests of what is not a page."""
        sent = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "en", **dict(headers or {})}
        page = self._open_once(*args, headers=sent, queries=queries, strict=strict, **kwargs)
        for _ in range(5):
            if not follow_redirects or page.status_code not in {301, 302, 303}:
                return page
            target = urljoin(page.request.url, page.headers["Location"])
            assert target.startswith(page.request.host_url), f"led away to {target}"
            page = self._open_once(target, method="GET", headers=sent, queries=queries, strict=strict)
        raise PageBroken(f"{page.request.path} leads in a circle")

    def _open_once(self, *args: Any, headers: dict[str, str], queries: int, strict: bool, **kwargs: Any) -> Page:
        db.session.commit()  # what the test prepared; on SQLite it also gives the write lock back
        # each request has a context of its own, as on a server: nothing the test or another request left in `g`
        with Failures() as failures:
            with self.application.app_context(), Statements() as statements:
                page: Page = super().open(*args, headers=headers, **kwargs)
                page.get_data()
                regions = tuple(sorted(g.get("regions", ())))
                left_open = db.session().in_transaction()
            page.close()  # work after the answer is done now, on connections of its own
        db.session.expire_all()
        if failures.found and strict:
            raise PageBroken(f"{page.request.method} {page.request.path}: the program failed") from failures.found[0]
        if strict and page.mimetype == "text/html" and page.data and "HX-Request-Type" not in headers:
            self._check(page, statements, queries, left_open=left_open)
            if page.status_code == 200 and page.request.method == "GET":
                self._check_regions(page, regions)
        return page

    def _check(self, page: Page, statements: Statements, budget: int, *, left_open: bool) -> None:
        troubles = broken_rules(page, page.markup)
        if page.request.method in {"GET", "HEAD"} and statements.writing:
            troubles.append("reading this page wrote: " + "; ".join(statements.writing))
        if len(statements.asked) > budget:
            troubles.append(
                f"{len(statements.asked)} queries, budget {budget}:\n    " + "\n    ".join(statements.asked)
            )
        if left_open:
            troubles.append("the request left a transaction open")
        _raise(page, troubles)

    def _check_regions(self, page: Page, regions: tuple[str, ...]) -> None:
        whole = masked(page)
        for region in regions:
            element = next((each for each in page.markup.elements if each.get("id") == region), None)
            if element is None:
                _raise(page, [f"region “{region}” is declared but no element has this id"])
                continue
            headers = {
                "HX-Request": "true",
                "HX-Request-Type": "partial",
                "HX-Target": f"{element.tag}#{region}",
                "Accept-Language": page.request.headers.get("Accept-Language", "en"),
            }
            fragment = masked(self.get(page.request.full_path.rstrip("?"), headers=headers, queries=10_000)).strip()
            troubles = []
            if not re.match(rf'<{element.tag}\b[^>]*\bid="{region}"', fragment):
                troubles.append(f"region “{region}” does not begin with its own element: {fragment[:120]}")
            if fragment not in whole:
                troubles.append(f"region “{region}” drawn alone is not a piece of the page:\n{fragment[:400]}")
            if len([each for each in BeautifulSoup(fragment, "html.parser").contents if isinstance(each, Tag)]) != 1:
                troubles.append(f"region “{region}” has more than one root element")
            _raise(page, troubles)

    def send(self, page: Page, action: str | None = None, /, *, follow: bool = True, **fields: Any) -> Page:
        """Fill in the page's form as a person would and send it: hidden fields and what is chosen go along.

        Give `press="name=value"` for the button that is pressed, a list for several ticked boxes, None to leave a
        field out. Names with a dash are given as `**{"some-name": …}`.
        """
        form = page.form(action)
        values = filled_in(form, pressed=fields.pop("press", None))
        queries = fields.pop("queries", QUERY_BUDGET)
        unknown = set(fields) - {str(each.get("name")) for each in form.find_all(["input", "select", "textarea"])}
        assert not unknown, f"the form has no field {sorted(unknown)}"
        values.update({name: value for name, value in fields.items() if value is not None})
        for name in [name for name, value in fields.items() if value is None]:
            values.pop(name, None)
        target = str(form["action"]) or page.request.full_path.rstrip("?")
        answer: Page = self.post(target, data=values, follow_redirects=follow, queries=queries)
        return answer

    def go(self, page: Page, words: str) -> Page:
        """Follow the only link that reads `words`."""
        links = [each for each in page.soup.find_all("a") if " ".join(each.get_text(" ").split()) == words]
        targets = {str(each["href"]) for each in links}
        assert len(targets) == 1, f"{len(targets)} links read “{words}”"
        answer: Page = self.get(targets.pop(), follow_redirects=True)
        return answer

    def __enter__(self) -> Self:
        """Refused: a request's context must not outlive it here."""
        raise TypeError("use the browser without `with`")


class Failures(logging.Handler):
    """Errors that the program turned into a page, for the test to show."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[BaseException] = []

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the error that was logged, if one was."""
        if record.exc_info and record.exc_info[1] is not None:
            self.found.append(record.exc_info[1])


class Statements:
    """Every SQL statement while it is open."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    @property
    def writing(self) -> list[str]:
        """Those that change something."""
        return [each[:160] for each in self.asked if WRITING.match(each)]

    def __enter__(self) -> Self:
        sa.event.listen(sa.Engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sa.event.remove(sa.Engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if ASKING.match(statement) or WRITING.match(statement):
            self.asked.append(" ".join(statement.split()))


def filled_in(form: Tag, *, pressed: str | None = None) -> dict[str, Any]:
    """What a browser would send of `form` as it stands."""
    values: dict[str, Any] = {}

    def put(name: str, value: str) -> None:
        values.setdefault(name, []).append(value)

    for field in form.find_all(["input", "select", "textarea"]):
        name, kind = field.get("name"), str(field.get("type", "text")).lower()
        if not name or field.has_attr("disabled") or kind in {"submit", "button", "image", "file"}:
            continue
        if field.name == "select":
            options = field.find_all("option")
            chosen = [each for each in options if each.has_attr("selected")] or options[:1]
            for option in chosen:
                put(str(name), str(option.get("value", option.get_text())))
        elif field.name == "textarea":
            put(str(name), field.get_text().removeprefix("\n"))
        elif kind not in {"checkbox", "radio"} or field.has_attr("checked"):
            put(str(name), str(field.get("value", "on" if kind == "checkbox" else "")))
    if pressed is not None:
        name, _, value = pressed.partition("=")
        buttons = [
            each
            for each in form.find_all(["button", "input"])
            if each.get("name") == name and (not value or each.get("value", "") == value)
        ]
        assert buttons, f"the form has no button {pressed}"
        values[name] = [value or str(buttons[0].get("value", ""))]
    return values


def masked(page: Page) -> str:
    """The page without what differs each time it is drawn."""
    return CHANCE.sub("", page.get_data(as_text=True))


def _raise(page: Page, troubles: list[str]) -> None:
    if troubles:
        title = f"{page.request.method} {page.request.path} ({page.status_code})"
        raise PageBroken("\n  - ".join([title, *troubles]))
