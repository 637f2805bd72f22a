"""`make screens`: a picture of every main screen, to be looked at; two languages, two sizes, script on and off.

Writes PNGs into `screens/`, which git ignores.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, sync_playwright

from participation.core.settings import ROOT
from tests.fixtures.browsers import DESKTOP, PHONE, StrictTab
from tests.services import CHROMIUM_FLAGS, chromium_program

from .people import Moderator, Officer, Resident, Somebody
from .serving import City, make_city, serve
from .stops import look_around, read_the_queue, take_part, work_at_the_desk

FOLDER = ROOT / "screens"
#: name → size and whether scripts run
WAYS = {"phone": (PHONE, True), "phone-plain": (PHONE, False), "desk": (DESKTOP, True)}


@contextmanager
def demo_city() -> Iterator[City]:
    """The demo, loaded into a database of its own."""
    with tempfile.TemporaryDirectory(prefix="screens-") as folder:
        app = make_city(Path(folder), None)
        with app.app_context():
            upgrade()
        with serve(app) as city:
            city.run("demo", "load")
            yield city


def photograph(chromium: Browser, city: City, language: str, way: str) -> int:
    """Every main screen in one language and one way of looking; gives how many."""
    viewport, script = WAYS[way]
    taken: list[str] = []

    def look(name: str, person: Somebody) -> None:
        taken.append(name)
        path = FOLDER / f"{language}-{way}-{len(taken):02}-{name}.png"
        person.page.screenshot(path=path, full_page=True, animations="disabled")

    tab = StrictTab(chromium, city.base_url)

    def page() -> Page:
        # Playwright hides the caret with a style of its own
        return tab(script=script, viewport=viewport, bypass_csp=True)

    def staff(kind: type[Moderator] | type[Officer], name: str) -> Moderator | Officer:
        person = kind(page(), language)
        person.enter(city.door_of(name))
        return person

    take_part(Resident(page(), language), look)
    look_around(Somebody(page(), language), look)
    read_the_queue(staff(Moderator, "Yusuf Demir"), look)
    work_at_the_desk(staff(Officer, "Marta Quintana"), look)
    tab.close()
    for trouble in tab.troubles:
        print(f"{language} {way}: {trouble}")
    return len(taken)


def main() -> None:
    """Take all pictures and say where they are."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    began = time.monotonic()
    with demo_city() as city, sync_playwright() as driver:
        flags = [each for each in CHROMIUM_FLAGS if each != "--headless"]
        chromium = driver.chromium.launch(executable_path=chromium_program(), args=flags)
        count = sum(photograph(chromium, city, language, way) for language in ("en", "ar") for way in WAYS)
        chromium.close()
    print(f"{count} pictures in {FOLDER.name}/, taken in {time.monotonic() - began:.0f} seconds.")


if __name__ == "__main__":
    main()
