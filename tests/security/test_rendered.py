"""Hostile words on every page of the city, read by real Chromium: nothing runs, nothing is asked for or moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from participation.contributions import Contribution
from participation.core.database import db
from tests.fixtures.databases import Backends
from tests.security.city import City, standing
from tests.security.hostile import DANGER
from tests.security.permissions import read_rules
from tests.security.poison import poison
from tests.security.rendering import Looker, pages_to_look_at, served, trusting_templates

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def poisoned_city(backends: Backends) -> Iterator[City]:
    """A city of its own in which every text is hostile, made once."""
    city = City(backends, "poisoned")
    with standing(city.clock), city.app.app_context():
        city.spoilt = poison()
    city.keep()
    yield city
    city.close()


@pytest.fixture
def poisoned(poisoned_city: City) -> Iterator[City]:
    """That city, with its clock standing for as long as the test lasts."""
    with standing(poisoned_city.clock):
        yield poisoned_city


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_nothing_hostile_is_obeyed_on_any_page(poisoned: City, chromium: Browser, lang: str) -> None:
    wanted = pages_to_look_at(poisoned, read_rules(), lang)
    troubles: list[str] = []
    with served(poisoned) as base_url:
        for person in dict.fromkeys(person for person, _address in wanted):
            looker = Looker(chromium, base_url, poisoned.world.people[person])
            for address in (address for looking, address in wanted if looking == person):
                looker.open(address)
            looker.close()
            troubles += looker.troubles

    assert len(wanted) >= 90
    assert troubles == [], "\n".join(troubles[:50])


def test_words_that_are_trusted_would_be_found(poisoned: City, chromium: Browser, unescaped: None) -> None:
    with served(poisoned) as base_url:
        looker = Looker(chromium, base_url, poisoned.world.people["moderator@here"])
        looker.open("/en/staff/queue/")
        looker.close()

    found = " ".join(looker.troubles)
    assert DANGER in found
    assert "Content Security Policy" in found or "inline" in found


@pytest.fixture
def unescaped(poisoned: City) -> Iterator[None]:
    """The poisoned city with templates that trust what people typed."""
    with trusting_templates(poisoned.app):
        yield


def test_a_page_that_asks_somebody_else_would_be_found(city: City, chromium: Browser) -> None:
    with served(city) as base_url:
        looker = Looker(chromium, base_url, city.world.people["stranger"])
        looker.change = lambda body, nonce: body.replace(
            "</head>", '<link rel="stylesheet" href="https://fonts.example/a.css"></head>'
        )
        looker.open("/en/help")
        looker.close()

    assert [each for each in looker.troubles if "fonts.example" in each]


GADGETS = (
    '<div hx-get="{d}/get" hx-trigger="load"{n}>x</div>',
    '<div hx-post="{d}/post" hx-trigger="load"{n}>x</div>',
    '<div data-hx-get="{d}/data" data-hx-trigger="load"{n}>x</div>',
    '<div class="pressed" hx-on:click="fetch(\'{d}/on\')"{n}>x</div>',
    '<a href="{d}/boost" hx-boost="true" hx-trigger="load" hx-get="{d}/boosted"{n}>x</a>',
    '<div hx-get="/en/" hx-trigger="load" hx-vals="js:{{a: fetch(\'{d}/vals\')}}"{n}>x</div>',
)
WRONG_NONCES = ("", ' hx-nonce=""', ' hx-nonce="guessed"', ' nonce="guessed"')


def obeyed(city: City, chromium: Browser, nonces_of: Callable[[str], Iterable[str]]) -> list[str]:
    """What the statements page asks for with every gadget, with each of these nonces, among somebody's words."""

    def plant(body: str, nonce: str) -> str:
        planted = "".join(gadget.format(d=DANGER, n=each) for gadget in GADGETS for each in nonces_of(nonce))
        return body.replace('<div id="statement"', f'<div id="planted">{planted}</div><div id="statement"', 1)

    with served(city) as base_url:
        looker = Looker(chromium, base_url, city.world.people["stranger"])
        looker.change = plant
        looker.open("/en/consultations/place-open/statements/6")
        looker.page.wait_for_function("window.htmx !== undefined")
        looker.page.wait_for_timeout(500)
        for each in looker.page.locator("#planted .pressed").all():
            each.click()
        looker.page.wait_for_timeout(200)
        looker.close()
    return [each for each in looker.troubles if DANGER in each]


def test_a_gadget_in_somebodys_words_is_not_obeyed(city: City, chromium: Browser) -> None:
    assert obeyed(city, chromium, lambda _right: WRONG_NONCES) == []


def test_the_same_gadgets_with_the_nonce_of_the_page_are_obeyed(city: City, chromium: Browser) -> None:
    fired = obeyed(city, chromium, lambda right: [f' hx-nonce="{right}"'])

    assert any(each.endswith("/get") for each in fired), fired
    assert any(each.endswith("/post") for each in fired), fired


WILD = (
    "\u202egnp.exe \u2066 \u2067 open",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f" * 6,
    "שלום مرحبا 12-34 (abc) !",
    "\u0e49" * 60,
)
NEIGHBOURS = """() => [...document.querySelectorAll(".words")].filter(
  each => !each.textContent.includes("WILD")).flatMap(each => {
    const own = each.getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(each);
    return [...range.getClientRects()].map(
      line => [line.left, line.top - own.top, line.width, line.height, own.left, own.width].map(Math.round));
  })"""


def neighbours(city: City, chromium: Browser, said: str, *, style: str = "") -> tuple[Any, list[bytes], bool]:
    """What stands beside somebody's words in the queue: boxes and pictures; and whether the page keeps its width."""
    with city.app.app_context():
        held = db.session.get_one(Contribution, city.world.places["open"].ids["contribution_id"])
        held.body = f"WILD {said}"
        db.session.commit()
    with served(city) as base_url:
        looker = Looker(chromium, base_url, city.world.people["moderator@here"], bypass_csp=bool(style))
        looker.open("/en/staff/queue/")
        if style:
            looker.page.add_style_tag(content=style)
        boxes = looker.page.evaluate(NEIGHBOURS)
        pictures = [
            each.screenshot() for each in looker.page.locator(".words").all() if "WILD" not in each.inner_text()
        ]
        inside = bool(looker.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
        looker.close()
    city.put_back()
    return boxes, pictures, inside


def test_wild_words_move_and_cover_nobody_elses(city: City, chromium: Browser) -> None:
    boxes, pictures, _inside = neighbours(city, chromium, "plain")

    for said in WILD:
        wild_boxes, wild_pictures, inside = neighbours(city, chromium, said)
        assert wild_boxes == boxes, ascii(said)
        assert wild_pictures == pictures, ascii(said)
        assert inside, ascii(said)
    assert len(pictures) >= 5


def test_wild_words_without_a_box_of_their_own_would_be_found(city: City, chromium: Browser) -> None:
    # Both show in whatever fonts a machine has: everything stands in one line, and more lines than a box holds.
    flowing = "main * { display: inline !important; unicode-bidi: normal !important; white-space: nowrap !important }"
    pouring = ".words, .words * { max-block-size: 2em; overflow: visible !important; contain: none !important }"

    boxes, _pictures, _inside = neighbours(city, chromium, "plain", style=flowing)
    wild_boxes, _pictures, _inside = neighbours(city, chromium, WILD[0], style=flowing)
    _boxes, pictures, _inside = neighbours(city, chromium, "plain", style=pouring)
    _boxes, wild_pictures, _inside = neighbours(city, chromium, "poured over the next " * 100, style=pouring)

    assert wild_boxes != boxes
    assert wild_pictures != pictures


def test_every_kind_of_text_was_spoilt(poisoned: City) -> None:
    assert len(poisoned.spoilt) >= 35
    assert sum(poisoned.spoilt.values()) >= 400
