"""The first visit on a slow phone, in Chromium, beside a bare page without style: bytes, requests, largest paint."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks import servers
from tests.benchmarks.city import SLUG, fill, make_program
from tests.benchmarks.rounds import Row
from tests.services import CHROMIUM_FLAGS, chromium_program

#: 400 ms from request to answer, 400 kbit/s, a processor four times slower.
NETWORK = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 4
LARGEST_PAINT = """() => new Promise(resolve => {
  new PerformanceObserver(list => resolve(list.getEntries().at(-1).startTime))
    .observe({type: 'largest-contentful-paint', buffered: true});
  setTimeout(() => resolve(-1), 5000);
})"""


@dataclass(frozen=True)
class Visit:
    """What one first visit took."""

    requests: int
    kilobytes: float
    #: milliseconds to the largest paint
    paint: float


def measure(rounds: int, _seconds: float) -> list[Row]:
    """The home page, a consultation's first page, and the list, each beside the bare list page."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        city = fill(make_program(Path(folder)), people=1)
        port = stack.enter_context(servers.ours(city.environment))
        bare = stack.enter_context(servers.bare("pages", city.environment))
        pages = {
            "bare": f"http://127.0.0.1:{bare}/list",
            "list": f"http://127.0.0.1:{port}/en/consultations",
            "home page": f"http://127.0.0.1:{port}/en/",
            "consultation": f"http://127.0.0.1:{port}/en/consultations/{SLUG}",
            "list in Arabic": f"http://127.0.0.1:{port}/ar/consultations",
        }
        driver = stack.enter_context(sync_playwright())
        flags = [each for each in CHROMIUM_FLAGS if each != "--headless"]
        browser = driver.chromium.launch(executable_path=chromium_program(), args=flags, headless=True)
        visits: dict[str, list[Visit]] = {name: [] for name in pages}
        for _ in range(rounds):
            for name, url in pages.items():
                visits[name].append(visit(browser, url))
        browser.close()
    bare_paint = median(each.paint for each in visits.pop("bare"))
    rows = []
    for name, found in visits.items():
        kilobytes, requests = median(each.kilobytes for each in found), median(each.requests for each in found)
        paint = median(each.paint for each in found)
        what = f"slow phone, first visit, {name}"
        rows += [
            Row(f"{what}: largest paint", f"{paint:.0f} ms", f"{bare_paint:.0f} ms", paint / bare_paint, "≤ 2"),
            Row(f"{what}: kilobytes", f"{kilobytes:.1f}", "–", kilobytes, "≤ 60"),
            Row(f"{what}: requests", f"{requests:.0f}", "–", float(requests), "≤ 6"),
        ]
    return rows


def visit(browser: Browser, url: str) -> Visit:
    """Open `url` as a stranger with empty caches on the slow phone."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, device_scale_factor=2, is_mobile=True)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    sizes: list[float] = []
    asked: list[str] = []
    devtools.on("Network.requestWillBeSent", lambda facts: asked.append(facts["request"]["url"]))
    devtools.on("Network.loadingFinished", lambda facts: sizes.append(facts["encodedDataLength"]))
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(url, wait_until="networkidle", timeout=60_000)
    paint = page.evaluate(LARGEST_PAINT)
    context.close()
    requests = [each for each in asked if not each.startswith("data:")]
    return Visit(len(requests), sum(sizes) / 1000, paint)
