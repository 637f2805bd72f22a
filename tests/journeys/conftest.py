"""A city of one's own for each journey, and a browser for each of its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from participation.core.database import db
from tests.fixtures.browsers import StrictTab
from tests.fixtures.databases import Backends

from .people import Moderator, Officer, Resident, Somebody
from .serving import City, make_city, serve

#: Others test on the same machine; a page that takes longer than this is broken, not slow.
PATIENCE = 30_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every journey needs Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def demo_file(backends: Backends) -> Path:
    """The database of the loaded demo, shared with the tests that only look."""
    backend = backends.get("sqlite", "demo")
    with backend.app.app_context():
        if not backend.is_filled:
            backend.is_filled = True
            answer = backend.app.test_cli_runner().invoke(args=["demo", "load"])
            assert answer.exit_code == 0, answer.output
        path = Path(str(sa.make_url(backend.app.config["SQLALCHEMY_DATABASE_URI"]).database))
        db.session.remove()
    return path


@pytest.fixture
def city(demo_file: Path, tmp_path: Path) -> Iterator[City]:
    """Norval, to do with as one likes."""
    with serve(make_city(tmp_path, demo_file)) as running:
        yield running


class Cast:
    """Gives each person of a journey a browser of her own."""

    def __init__(self, tab: StrictTab, city: City) -> None:
        self._tab = tab
        self._city = city

    def _page(self, **options: Any) -> Any:
        page = self._tab(**options)
        page.context.set_default_timeout(PATIENCE)
        page.context.set_default_navigation_timeout(PATIENCE)
        return page

    def resident(self, language: str = "en", **options: Any) -> Resident:
        """Somebody with a phone who never was here before."""
        return Resident(self._page(**options), language)

    def somebody(self, language: str = "en", **options: Any) -> Somebody:
        """Anybody who looks around."""
        return Somebody(self._page(**options), language)

    def moderator(self, name: str, language: str = "en", **options: Any) -> Moderator:
        """One of the demo's moderators, signed in."""
        return self._signed_in(Moderator, name, language, **options)

    def officer(self, name: str, language: str = "en", **options: Any) -> Officer:
        """One of the demo's officers, signed in."""
        return self._signed_in(Officer, name, language, **options)

    def _signed_in(self, kind: Callable[..., Any], name: str, language: str, **options: Any) -> Any:
        person = kind(self._page(**options), language)
        person.enter(self._city.door_of(name))
        return person


@pytest.fixture
def cast(chromium: Browser, city: City) -> Iterator[Cast]:
    """Browsers for the people of a journey; the journey fails on any trouble on the console or foreign request."""
    tab = StrictTab(chromium, city.base_url)
    yield Cast(tab, city)
    tab.close()
    assert tab.troubles == []
