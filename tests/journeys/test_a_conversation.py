"""Two facilitators and eight phones go through a conversation in real browsers, on the program with its streams.

Three languages; one phone without JavaScript, one person with the keyboard alone. What is pushed arrives by itself:
pages are opened anew only where a person would do so, or where there is no script.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.browsers import StrictTab
from tests.services import served

from .test_the_first_minute import copy_database, run

TABLET = {"width": 1024, "height": 768}
SLUG = "evenings-at-the-tram-stop"
#: Name, language, whether scripts run.
PEOPLE = (
    ("Amal", "ar", True),
    ("Bea", "es", True),
    ("Carl", "en", True),
    ("Dina", "ar", True),
    ("Elio", "es", False),
    ("Fay", "en", True),
    ("Gil", "en", True),
    ("Huda", "ar", True),
)
KEYBOARD = "Gil"
#: Milliseconds until what was pushed has to be there.
SOON = 15_000


@dataclass
class Evening:
    """Everybody's browser."""

    lead: Page
    second: Page
    phones: dict[str, Page]

    def step(self, words: str) -> None:
        """The lead presses the button that leads on."""
        self.lead.locator(".console-moves button", has_text=words).first.click()
        self.lead.wait_for_load_state()

    def scripted(self) -> list[Page]:
        """Phones that hear of news by themselves."""
        return [self.phones[name] for name, _language, has_script in PEOPLE if has_script]


@pytest.fixture
def evening(chromium: Browser, demo_file: Path, tmp_path: Path) -> Iterator[Evening]:
    environment = {"INSTANCE_PATH": str(tmp_path), "SECRET_KEY": "for tests " + "0123456789" * 4}
    copy_database(demo_file, tmp_path / "baraza.sqlite3")
    with served(environment, command=("serve", "--prepare")) as address:
        accounts = json.loads(run("demo accounts --json", environment).stdout)
        tab = StrictTab(chromium, address)
        desks = []
        for role in ("facilitator", "interpreter"):
            page = tab(viewport=TABLET)
            page.context.set_default_timeout(30_000)
            link = next(each["link"] for each in accounts if each["role"].split(", ")[0] == role)
            page.goto(urlsplit(link).path)
            page.locator("main form button").first.click()
            page.goto(f"/en/staff/sessions/{SLUG}/console")
            desks.append(page)
        phones = {name: tab(script=has_script) for name, _language, has_script in PEOPLE}
        for page in phones.values():
            page.context.set_default_timeout(30_000)
        yield Evening(*desks, phones)
        tab.close()
        assert tab.troubles == []


def come_in(page: Page, name: str, language: str, code: str) -> None:
    page.goto(f"/{language}/join")
    page.fill("#code", code)
    page.locator("main form button").click()
    page.fill("#name", name)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/room$"))


def come_in_by_keyboard(page: Page, name: str, language: str, code: str) -> None:
    page.goto(f"/{language}/join")
    page.locator("#code").focus()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.locator("#name").focus()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/room$"))


def test_a_conversation_from_the_door_to_the_check_out(evening: Evening) -> None:  # noqa: PLR0915  one evening
    lead, second, phones = evening.lead, evening.second, evening.phones
    code = lead.locator(".console-top .code").inner_text()
    for name, language, _has_script in PEOPLE:
        (come_in_by_keyboard if name == KEYBOARD else come_in)(phones[name], name, language, code)
    expect(lead.locator(".console-strip > li")).to_have_count(len(PEOPLE), timeout=SOON)

    evening.step("Open the waiting room")
    evening.step("Begin with the agreement")
    for page in evening.scripted():  # nobody touches a phone: the agreement comes by itself
        expect(page.locator(".agreement")).to_be_visible(timeout=SOON)
    expect(second.locator(".console-moves button").first).to_contain_text("Go on to the check-in", timeout=SOON)
    phones["Elio"].reload()
    for name, page in phones.items():
        button = page.locator("#mine form button").first
        button.press("Enter") if name == KEYBOARD else button.click()
        expect(page.locator(".agreement")).to_have_count(0, timeout=SOON)
    evening.step("Go on to the check-in")
    evening.step("Begin this round")
    for page in evening.scripted():
        expect(page.locator(".now-prompt")).to_be_visible(timeout=SOON)
    assert phones["Amal"].locator(".now-prompt").get_attribute("dir") == "rtl"

    # a turn, seen by everybody, given by the second facilitator
    second.locator(".console-queue button", has_text="Carl").click()
    expect(phones["Huda"].locator(".now-speaker bdi")).to_have_text("Carl", timeout=SOON)
    expect(phones["Carl"].locator("#mine")).to_contain_text("It is your turn", timeout=SOON)
    phones["Carl"].locator("#mine form button").first.click()
    expect(phones["Huda"].locator(".now-speaker")).to_have_count(0, timeout=SOON)

    # words without a name, from the phone without scripts, in another language
    silent = phones["Elio"]
    silent.goto(f"/es/sessions/{SLUG}/room/write")
    silent.fill("#body", "Espero siempre bajo la misma farola.")
    silent.locator("main form button").last.click()
    expect(phones["Fay"].locator(".now-words")).to_contain_text("farola", timeout=SOON)
    assert "Elio" not in phones["Fay"].locator("#now").inner_text()

    # a private note reaches both consoles and nobody else
    phones["Dina"].goto(f"/ar/sessions/{SLUG}/room/private")
    phones["Dina"].locator("label", has=phones["Dina"].locator("xpath=preceding-sibling::input")).first.click()
    phones["Dina"].fill("#body", "قلبي يخفق بسرعة")
    phones["Dina"].locator("main form button").last.click()
    for desk in (lead, second):
        expect(desk.locator(".console-notes")).to_contain_text("قلبي", timeout=SOON)
    phones["Dina"].goto(f"/ar/sessions/{SLUG}/room")

    # a quiet moment, then a hold: nothing is sent, and the hold ends with a note only
    lead.locator(".console-overlays button", has_text="Cool-down").click()
    for page in evening.scripted():
        expect(page.locator(".now-calm")).to_be_visible(timeout=SOON)
    expect(second.locator(".console-overlays button", has_text="Safety hold")).to_be_visible(timeout=SOON)
    second.locator(".console-overlays button", has_text="Safety hold").click()
    expect(lead.get_by_role("link", name="End the hold")).to_be_visible(timeout=SOON)
    silent.goto(f"/es/sessions/{SLUG}/room/write")
    silent.fill("#body", "¿Y ahora?")
    silent.locator("main form button").last.click()
    expect(silent.locator(".error-summary")).to_be_visible()
    assert silent.locator("#body").input_value() == "¿Y ahora?"
    lead.get_by_role("link", name="End the hold").click()
    lead.fill("#note", "She is with Salma and feels better.")
    lead.locator("main form button").click()
    expect(lead.locator(".console-moves")).to_be_visible()
    for page in evening.scripted():
        expect(page.locator(".now-calm")).to_have_count(0, timeout=SOON)

    # both reload; the state is the server's
    second.reload()
    lead.reload()
    evening.step("Go on to the harvest")
    silent.goto(f"/es/sessions/{SLUG}/room")
    expect(silent.locator("#mine")).to_contain_text("farola")
    evening.step("Go on to the check-out")
    for page in evening.scripted():
        expect(page.locator(".return-code")).to_be_visible(timeout=SOON)
    phones["Bea"].locator("#mine form button", has_text=re.compile("Salir|Abandonar|Dejar|Irse")).click()
    phones["Bea"].wait_for_url(re.compile(r"/left$"))
