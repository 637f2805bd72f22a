"""The strict browser finds what it is there to find: each rule is shown a page that breaks it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.datastructures import Headers

from tests.page_rules import Markup, broken_rules

GOOD = """<!doctype html>
<html lang="en" dir="ltr">
<head><meta charset="utf-8"><title>Have your say – Talk</title></head>
<body>
  <main id="main">
    <h1>Have your say</h1>
    <p id="hint">Short is fine.</p>
    <form action="/en/answer" method="post">
      <input type="hidden" name="form_token" value="x">
      <label for="words">Your answer</label>
      <textarea id="words" name="words" aria-describedby="hint"></textarea>
      <button>Send</button>
    </form>
    <a href="/en/results" hx-get="/en/results" hx-nonce="abc">Results</a>
  </main>
</body>
</html>
"""
POLICY = "default-src 'none'; script-src 'self' 'nonce-abc'"


def page(html: str, *, status: int = 200, **headers: str) -> Any:
    """An answer as far as the rules look at it."""
    given = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return SimpleNamespace(get_data=lambda as_text=False: html, status_code=status, headers=Headers(given))


def troubles_of(answer: Any) -> list[str]:
    """What the rules say about it."""
    return broken_rules(answer, Markup(answer.get_data()))


def test_a_good_page_passes() -> None:
    assert troubles_of(page(GOOD)) == []


@pytest.mark.parametrize(
    ("good", "bad", "trouble"),
    [
        ("</form>", "", "not well-formed"),
        ("<p id", "<p><div></p><p id", "not well-formed"),
        ("<h1>", "<h1>Hello</h1><h1>", "2 h1"),
        ("<title>Have", "<title>Talk: Have", "title does not begin"),
        (' dir="ltr"', "", "lang and dir"),
        ("<main id", '<main dir="auto" lang="" id', "lang=''"),
        ('<label for="words">Your answer</label>', "Your answer", "has no label"),
        (">Results<", "><", "has no words"),
        ('aria-describedby="hint"', 'aria-describedby="tip"', "points nowhere"),
        ('id="hint"', 'id="words"', "used 2 times"),
        ('action="/en/answer" ', "", "action and method"),
        ('name="form_token"', 'name="token"', "carries 0 tokens"),
        ('method="post"', 'method="get"', "token into the address"),
        ("<button>Send</button>", "", "has no button"),
        ('hx-get="/en/results"', 'hx-get="/en/fragment"', "no plain twin"),
        (' hx-nonce="abc"', "", "no hx-nonce"),
        ('hx-nonce="abc"', 'hx-nonce="old"', "not this answer"),
        ("<p id", '<p style="color:red" id', "style="),
        ("<p id", '<p onclick="go()" id', "onclick="),
        ("<main", "<script>go()</script><main", "inline script"),
        ("<main", '<script src="https://cdn.example/x.js"></script><main', "from elsewhere"),
        ("<main", '<script src="/x.js" nonce="old"></script><main', "nonce the policy does not know"),
        ('href="/en/results"', 'href="javascript:go()"', "javascript:"),
        ("Short is fine", "%(count)s answers", "not filled in"),
        ("<p id", '<img src="/a.png"><p id', "no alt"),
        ("<p id", "<fieldset></fieldset><p id", "no legend"),
        ("<p id", '<a href="#gone">Skip</a><p id', "points nowhere"),
        (
            "<p id",
            '<link rel="stylesheet" href="/static/built/baraza.css"><p class="ranking-item" id',
            "does not fetch",
        ),
        ("<p id", '<a href="/x" target="_blank">More</a><p id', "new window"),
    ],
)
def test_a_planted_fault_is_found(good: str, bad: str, trouble: str) -> None:
    assert good in GOOD
    found = troubles_of(page(GOOD.replace(good, bad, 1)))

    assert any(trouble in each for each in found), found


@pytest.mark.parametrize(
    ("headers", "trouble"),
    [
        ({"Content_Security_Policy": POLICY + "; style-src 'unsafe-inline'"}, "content security policy"),
        ({"X_Content_Type_Options": ""}, "X-Content-Type-Options"),
        ({"Cache_Control": ""}, "Cache-Control"),
        ({"Cache_Control": "public, max-age=60"}, "others may keep holds a form"),
        ({"Cache_Control": "public, max-age=60", "Set_Cookie": "a=b"}, "sets a cookie"),
    ],
)
def test_a_planted_header_is_found(headers: dict[str, str], trouble: str) -> None:
    found = troubles_of(page(GOOD, **headers))

    assert any(trouble in each for each in found), found
