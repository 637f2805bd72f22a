"""Real Chromium before the filled city: opens pages as somebody, and notes whatever should not have happened there."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route
from werkzeug.serving import make_server

from tests.fixtures.browsers import PHONE, Quiet
from tests.security.city import City
from tests.security.hostile import DANGER
from tests.security.permissions import Rule, rule_for
from tests.security.walking import address_of, cells
from tests.security.world import Who

#: Who opens a page, best first: whoever sees most of it.
LOOKERS = (
    "officer@here",
    "moderator@here",
    "own",
    "lead",
    "administrator",
    "interpreter@here",
    "stranger",
    "unverified",
)


@contextmanager
def served(city: City) -> Iterator[str]:
    """The city on a free port of this machine."""
    server = make_server("127.0.0.1", 0, city.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Looker:
    """One person's browser; `troubles` is everything that obeyed somebody's words or left this machine."""

    def __init__(self, browser: Browser, base_url: str, who: Who, *, bypass_csp: bool = False) -> None:
        self.base_url = base_url
        self.troubles: list[str] = []
        self.requests = 0
        #: turns a page's markup into what Chromium reads in its place, given the page's nonce
        self.change: Callable[[str, str], str] | None = None
        self.context: BrowserContext = browser.new_context(
            base_url=base_url, viewport=PHONE, bypass_csp=bypass_csp, locale="en-GB", accept_downloads=False
        )
        cookies = [{"name": name, "value": value, "url": base_url} for name, value in who.cookies.items()]
        self.context.add_cookies(cookies)  # type: ignore[arg-type]
        self.context.route("**/*", self._watch)
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self._note_console(message.type, message.text, message.location["url"]))
        self.page.on("pageerror", lambda error: self.troubles.append(f"{self.page.url}: uncaught {error}"))
        self.page.on("dialog", lambda dialog: (self.troubles.append(f"{self.page.url}: dialogue"), dialog.dismiss()))
        self.page.on("popup", lambda popup: self.troubles.append(f"{self.page.url}: a window opened"))

    def open(self, address: str) -> None:
        """Open a page and let everything on it happen that would happen by itself."""
        self.page.goto(address, wait_until="load")
        where = self.page.url.removeprefix(self.base_url)
        if where.split("?")[0] != address.split("?")[0]:
            self.troubles.append(f"{address} led to {where}")

    def close(self) -> None:
        """Close the browser."""
        self.context.close()

    def _watch(self, route: Route) -> None:
        self.requests += 1
        url = route.request.url
        if not url.startswith((self.base_url, "data:", "about:", "blob:")):
            self.troubles.append(f"{self.page.url}: asked {url}")
            route.abort()
        elif DANGER in url:
            self.troubles.append(f"{self.page.url}: obeyed {url}")
            route.abort()
        elif self.change is not None and route.request.resource_type == "document":
            answer = route.fetch()
            nonce = re.search(r"'nonce-([^']+)'", answer.headers.get("content-security-policy", ""))
            body = self.change(answer.text(), nonce.group(1) if nonce else "")
            route.fulfill(response=answer, body=body)
        else:
            route.continue_()

    def _note_console(self, kind: str, text: str, url: str) -> None:
        if urlsplit(url).path.startswith("/live/") and "503" in text:
            return  # no live process runs beside this server; the page goes on by fetching
        if kind == "error" and "Failed to load resource: the server responded with a status of 4" not in text:
            self.troubles.append(f"{self.page.url}: console {text[:300]}")


def pages_to_look_at(city: City, rules: dict[str, Rule], lang: str) -> list[tuple[str, str]]:
    """Person and address of every page somebody can open, in the main stage; files to keep are no pages."""
    wanted = []
    for door, stage, place in cells(city):
        if (
            door.method != "GET"
            or stage not in {"-", "open", "invited", "announced", "live"}
            or is_file(door.rule.rule)
        ):
            continue
        lookers = [each for each in LOOKERS if rule_for(rules, door).outcome(door, stage, each) == "yes"]
        if lookers:
            wanted.append((lookers[0], address_of(city, door, place, lang=lang)))
    return list(dict.fromkeys(wanted))


def is_file(address: str) -> bool:
    """Whether the address gives a file rather than a page."""
    return address.endswith((".json", ".txt", ".zip", ".css", ".ics", "/mark")) or "/tables/" in address


@contextmanager
def trusting_templates(app: Flask) -> Iterator[None]:
    """Templates that give back what people typed as markup, to show that a test would notice."""
    before = app.jinja_env.autoescape
    app.jinja_env.autoescape = False
    _forget_templates(app)
    yield
    app.jinja_env.autoescape = before
    _forget_templates(app)


def _forget_templates(app: Flask) -> None:
    app.jinja_env.cache.clear()
    for name in ("ui", "fields"):
        app.jinja_env.globals[name]._module = None
