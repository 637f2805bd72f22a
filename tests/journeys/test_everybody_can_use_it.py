"""Every main screen on a small phone: nothing stands out at the side, and axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.fixtures.browsers import StrictTab

from .conftest import Cast
from .people import Somebody
from .serving import make_city, serve
from .stops import look_around, read_the_queue, take_part, work_at_the_desk

NARROW = {"width": 320, "height": 640}
WAYS = [pytest.param("en", id="english"), pytest.param("ar", id="arabic")]


class Look:
    """Looks at a screen and notes what is wrong with it."""

    def __init__(self, *, with_axe: bool) -> None:
        self._with_axe = with_axe
        self.troubles: list[str] = []
        self.seen = 0

    def __call__(self, name: str, person: Somebody) -> None:
        self.seen += 1
        self.troubles += [f"{name}: {each}" for each in person.too_wide()]
        if self._with_axe:
            self.troubles += [f"{name}: {each}" for each in person.axe()]


@pytest.mark.parametrize("language", WAYS)
def test_residents_screens_fit_and_axe_finds_nothing(cast: Cast, language: str) -> None:
    look = Look(with_axe=True)

    take_part(cast.resident(language, viewport=NARROW, bypass_csp=True), look)
    look_around(cast.somebody(language, viewport=NARROW, bypass_csp=True), look)

    assert look.troubles == []
    assert look.seen == 20


@pytest.mark.parametrize("language", WAYS)
def test_staffs_screens_fit_and_axe_finds_nothing(cast: Cast, language: str) -> None:
    look = Look(with_axe=True)

    read_the_queue(cast.moderator("Yusuf Demir", language, viewport=NARROW, bypass_csp=True), look)
    work_at_the_desk(cast.officer("Marta Quintana", language, viewport=NARROW, bypass_csp=True), look)

    assert look.troubles == []
    assert look.seen == 18


@pytest.fixture
def pseudo_cast(chromium: Browser, demo_file: Path, pseudo_translations: Path, tmp_path: Path) -> Iterator[Cast]:
    """People of a city that speaks the pseudo-languages."""
    with serve(make_city(tmp_path, demo_file, translations_path=pseudo_translations)) as city:
        tab = StrictTab(chromium, city.base_url)
        yield Cast(tab, city)
        tab.close()
        assert tab.troubles == []


@pytest.mark.parametrize("language", ["en-XA", "ar-XB"])
def test_long_words_and_the_other_direction_fit(pseudo_cast: Cast, language: str) -> None:
    look = Look(with_axe=False)

    take_part(pseudo_cast.resident(language, viewport=NARROW), look)
    look_around(pseudo_cast.somebody(language, viewport=NARROW), look)
    read_the_queue(pseudo_cast.moderator("Yusuf Demir", language, viewport=NARROW), look)
    work_at_the_desk(pseudo_cast.officer("Marta Quintana", language, viewport=NARROW), look)

    assert look.troubles == []
