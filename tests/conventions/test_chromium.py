"""Chromium is real, is ours, and is as strict as the test client: it fails a test on errors and foreign requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page

from tests.fixtures.browsers import StrictTab, axe_troubles

pytestmark = pytest.mark.browser

FAULTY = b"""<!doctype html><html lang="en"><head><title>A</title></head><body><main><h1>A</h1>
<img src="https://elsewhere.example/a.png"><script>throw new Error("planted")</script></main></body></html>"""


class FaultyPage(BaseHTTPRequestHandler):
    """Serves the page with planted faults."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(FAULTY if self.path == "/" else b"")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def faulty() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), FaultyPage)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_planted_faults_are_found(chromium: Browser, faulty: str) -> None:
    tab = StrictTab(chromium, faulty)

    page = tab(bypass_csp=True)
    page.goto("/")
    found = [*tab.troubles, *axe_troubles(page)]
    tab.close()

    assert any("elsewhere.example" in each for each in found), found
    assert any("planted" in each for each in found), found
    assert any("image-alt" in each for each in found), found


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_the_first_page_opens_on_a_phone(tab: Callable[..., Page], script: bool) -> None:
    page = tab(script=script)

    page.goto("/en/")

    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("dir") == "ltr"
