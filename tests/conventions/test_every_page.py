"""Somebody of each kind follows every link of the demo: no link is dead or refused, and every page keeps the rules."""

from __future__ import annotations

from collections import Counter, deque
from urllib.parse import urldefrag, urlsplit

import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from werkzeug.exceptions import HTTPException

from participation.accounts.models import Participant, RoleGrant, Staff
from participation.consultations.models import Participation
from participation.core.policy import Role
from tests.browser import Browser, Page, PageBroken
from tests.factories.accounts import give_cookie, sign_in
from tests.fixtures.databases import Backend

#: Pages drawn by one view that are looked at in English; further ones differ in words only, other languages need one.
PAGES_OF_A_VIEW = 3
#: Views that a crawl leaves alone: they end the sign-in, or use something up.
LEFT_ALONE = {"accounts.sign_out", "accounts.enter"}
STAFF_ROLES = [each for each in Role if each is not Role.OFFICER]
#: Queries a page with lists may ask; each slice's own tests are stricter.
QUERIES = 25


class Walk:
    """One person's way through all pages."""

    def __init__(self, browser: Browser, starts: tuple[str, ...]) -> None:
        self._browser = browser
        self._waiting = deque((start, "the start") for start in starts)
        self._seen = set(starts)
        self._views: Counter[tuple[str, str]] = Counter()
        self.troubles: list[str] = []
        self.pages = 0

    def go(self) -> None:
        """Follow every link once, a few of each view and language."""
        while self._waiting:
            address, found_on = self._waiting.popleft()
            view = self._view_of(address)
            language = address.split("/")[1]
            most = PAGES_OF_A_VIEW if language == "en" else 1
            if view is None or view in LEFT_ALONE or self._views[view, language] >= most:
                continue
            self._views[view, language] += 1
            self._visit(address, found_on)

    def _visit(self, address: str, found_on: str) -> None:
        try:
            page: Page = self._browser.get(address, queries=QUERIES)
        except PageBroken as broken:
            self.troubles.append(str(broken) + (f" ({broken.__cause__!r})" if broken.__cause__ else ""))
            return
        self.pages += 1
        if page.status_code >= 400:
            self.troubles.append(f"{found_on} leads to {address}, which answers {page.status_code}")
        if page.mimetype == "text/html":
            for link in page.markup.all("a"):
                self._note(link.get("href") or "", address)
        if 300 <= page.status_code < 400:
            self._note(page.headers.get("Location", ""), address)

    def _note(self, link: str, found_on: str) -> None:
        target = urlsplit(urldefrag(link).url)
        if target.netloc not in {"", "localhost"} or not target.path.startswith("/") or target.scheme == "mailto":
            return
        address = target.path + (f"?{target.query}" if target.query else "")
        if address not in self._seen:
            self._seen.add(address)
            self._waiting.append((address, found_on))

    def _view_of(self, address: str) -> str | None:
        adapter = self._browser.application.url_map.bind("localhost")
        try:
            return str(adapter.match(urlsplit(address).path, method="GET")[0])
        except HTTPException:
            self.troubles.append(f"{address} is no address of ours")
            return None


def somebody_as(demo: SQLAlchemy, role: Role) -> Staff:
    """One of the demo's staff who holds `role`."""
    holders = sa.select(RoleGrant.staff_id).where(RoleGrant.role == role)
    return demo.session.execute(sa.select(Staff).where(Staff.is_demo, Staff.id.in_(holders)).limit(1)).scalar_one()


def walk(browser: Browser, *starts: str) -> Walk:
    """Go everywhere and list the troubles."""
    way = Walk(browser, starts)
    way.go()
    return way


def test_a_stranger_can_follow_every_link(demo: SQLAlchemy, demo_backend: Backend) -> None:
    way = walk(Browser(demo_backend.app), "/", "/en/", "/es/", "/ar/")

    assert way.troubles == []
    assert way.pages > 10


def test_a_resident_can_follow_every_link(demo: SQLAlchemy, demo_backend: Backend) -> None:
    somebody = demo.session.execute(
        sa.select(Participant).join(Participation).where(Participation.sent_at.is_not(None)).limit(1)
    ).scalar_one()
    browser = give_cookie(Browser(demo_backend.app), somebody)

    way = walk(browser, "/en/", "/ar/")

    assert way.troubles == []


@pytest.mark.one_engine
@pytest.mark.parametrize("role", STAFF_ROLES)
def test_staff_can_follow_every_link(demo: SQLAlchemy, demo_backend: Backend, role: Role) -> None:
    browser = sign_in(Browser(demo_backend.app), somebody_as(demo, role))

    way = walk(browser, "/en/staff/", "/ar/staff/")

    assert way.troubles == []


def test_an_officer_can_follow_every_link_on_both_engines(demo: SQLAlchemy, demo_backend: Backend) -> None:
    browser = sign_in(Browser(demo_backend.app), somebody_as(demo, Role.OFFICER))

    way = walk(browser, "/en/staff/")

    assert way.troubles == []
    assert way.pages > 10
