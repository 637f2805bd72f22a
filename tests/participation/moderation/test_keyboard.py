"""The queue in real Chromium: by keyboard alone, on a wide screen and on a phone, in both directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Page

from participation.contributions.models import Contribution, State
from participation.core.database import db
from participation.core.policy import Role
from participation.moderation.models import Action
from tests.browser import Browser
from tests.factories.accounts import give_cookie, make_participant, make_staff, sign_in
from tests.factories.city import make_city, make_rule
from tests.factories.consultations import make_consultation
from tests.factories.moderation import decide, make_waiting
from tests.fixtures.browsers import DESKTOP, PHONE, axe_troubles

pytestmark = pytest.mark.browser
Tab = Callable[..., Page]


def enter(page: Page, live: str, browser: Browser) -> Page:
    """Let the tab be whoever `browser` is."""
    for name in ("baraza_staff", "baraza_key"):
        cookie = browser.get_cookie(name)
        if cookie is not None:
            page.context.add_cookies([{"name": name, "value": cookie.value, "url": live}])
    return page


class Item(NamedTuple):
    """One item of the queue, by its numbers: rows would keep the database locked while the program writes."""

    id: int
    contribution_id: int

    @property
    def state(self) -> str:
        """Where its words stand now."""
        query = sa.select(Contribution.state).where(Contribution.id == self.contribution_id)
        found = db.session.execute(query).scalar_one()
        db.session.rollback()
        return found


@pytest.fixture
def items(browser: Browser, database: SQLAlchemy) -> list[Item]:
    """Three that wait; `browser` is a moderator's."""
    make_city()
    make_rule(1)
    space = make_consultation().space
    made = [
        make_waiting(space, make_participant(), body=body, language=language, direction=direction)
        for body, language, direction in (
            ("More benches, please.", "en", "ltr"),
            ("نريد إضاءة أفضل عند موقف الحافلة", "ar", "rtl"),
            ("Más sombra en la plaza", "es", "ltr"),
        )
    ]
    numbers = [Item(each.id, each.contribution_id) for each in made]
    sign_in(browser, make_staff(Role.MODERATOR, name="Yusuf"))
    return numbers


def test_the_whole_queue_without_a_mouse(tab: Tab, live: str, browser: Browser, items: list[Item]) -> None:
    page = enter(tab(viewport=DESKTOP), live, browser)
    page.goto("/en/staff/queue/")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("a")
    page.wait_for_selector("text=1 released.")
    page.wait_for_load_state()  # keys work once the script has run
    assert items[0].state == State.VISIBLE

    page.keyboard.press("z")
    page.wait_for_selector("text=Undone.")
    page.wait_for_load_state()
    assert items[0].state == State.HELD

    page.keyboard.press("j")
    page.keyboard.press("r")
    page.wait_for_url("**/queue/*/*")
    page.keyboard.press("r")
    page.keyboard.press("Space")  # the mildest: return it
    page.keyboard.press("Tab")
    page.locator("#ground").focus()
    page.keyboard.press("ArrowDown")
    page.locator("#facts").focus()
    page.keyboard.type("“jar”, which is no key here")
    page.locator("#fit").focus()
    page.keyboard.type("Say what you mean.")
    page.locator("button:has-text('Save the decision')").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 returned.")
    assert items[0].state == State.RETURNED


def test_enter_in_a_field_never_releases(tab: Tab, live: str, browser: Browser, items: list[Item]) -> None:
    page = enter(tab(viewport=DESKTOP), live, browser)
    page.goto(f"/en/staff/queue/{items[0].id}/")
    page.keyboard.press("r")
    page.locator("#ground").select_option("law")
    page.locator("#law").fill("Penal Code")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=There is a problem")

    assert items[0].state == State.HELD


def test_keys_that_are_off_do_nothing(tab: Tab, live: str, browser: Browser, items: list[Item]) -> None:
    sign_in(browser, make_staff(Role.MODERATOR, uses_shortcuts=False))
    page = enter(tab(viewport=DESKTOP), live, browser)
    page.goto("/en/staff/queue/")

    for key in "jar":
        page.keyboard.press(key)
    page.wait_for_timeout(200)

    assert page.url.endswith("/en/staff/queue/")
    assert {each.state for each in items} == {State.HELD}


@pytest.mark.parametrize("script", [True, False])
def test_it_works_on_a_phone_and_without_scripts(
    tab: Tab, live: str, browser: Browser, items: list[Item], script: bool
) -> None:
    page = enter(tab(script=script, viewport={"width": 320, "height": 640}), live, browser)
    page.goto("/ar/staff/queue/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    page.locator("button[name=release]").first.click()
    page.wait_for_selector(".notice-success")

    assert items[0].state == State.VISIBLE


@pytest.mark.parametrize(("language", "viewport"), [("en", DESKTOP), ("ar", PHONE)], ids=["en-desktop", "ar-phone"])
def test_axe_finds_nothing(
    tab: Tab, live: str, browser: Browser, items: list[Item], language: str, viewport: dict[str, int]
) -> None:
    author = make_participant()
    item = make_waiting(make_consultation().space, author, body="Keep the market")
    mine = f"me/contributions/{item.contribution_id}"
    decide(item, make_staff(Role.MODERATOR), Action.HIDE)
    staff = make_staff(Role.MODERATOR, Role.ADMINISTRATOR, Role.INTERPRETER)
    sign_in(browser, staff)
    give_cookie(browser, author)
    page = enter(tab(viewport=viewport, bypass_csp=True), live, browser)
    found = {}
    for path in (
        "staff/queue/",
        f"staff/queue/{items[1].id}/",
        "staff/queue/bulk?do=hide&all=1",
        "staff/appeals/",
        "staff/audit/",
        "staff/translations/?to=es",
        f"staff/words/{items[1].contribution_id}/en",
        "me",
        *(f"{mine}/{end}" for end in ("", "edit", "withdraw", "permission", "appeal")),
    ):
        page.goto(f"/{language}/{path}")
        for summary in page.locator("main details:not([open]) > summary").all():
            if summary.is_visible():
                summary.click()
        found[path] = [*axe_troubles(page), *_too_wide(page)]

    assert {path: troubles for path, troubles in found.items() if troubles} == {}


def _too_wide(page: Page) -> list[str]:
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return [f"the page is {widths[0]} wide in a window of {widths[1]}"] if widths[0] > widths[1] else []
