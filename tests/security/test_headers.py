"""Each answer carries the same strict headers, written out here once more; pages hold nothing that they forbid."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.security.city import City
from tests.security.walking import address_of, cells, knock

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
    "script-src 'self'"
)
WITH_NONCE = re.compile(
    re.escape(POLICY) + r" 'nonce-([A-Za-z0-9_-]{24})'; trusted-types htmx; require-trusted-types-for 'script'"
)
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Frame-Options": "DENY",
}
SILENT = ("Server", "X-Powered-By", "Access-Control-Allow-Origin")
PEOPLE = ("stranger", "own", "shared", "officer@here", "moderator@here", "administrator")
#: What a page must not hold: a script or a style of its own, or words that begin to act when something happens.
INLINE = re.compile(
    rb"<script\b(?![^>]*\bsrc=)|<style\b|<[a-z][^<>]*\s(?:style|on[a-z]+)\s*=|\b(?:href|src|action)=[\"']\s*javascript:",
    re.IGNORECASE,
)


def troubles_of(answer: TestResponse, *, is_staff_page: bool, is_shared: bool) -> list[str]:
    """What is wrong with the headers of an answer, and with the page that came with it."""
    troubles = [
        f"{name} is {answer.headers.get(name)}" for name, value in EXACT.items() if answer.headers.get(name) != value
    ]
    troubles += [f"{name} is {answer.headers[name]}" for name in SILENT if name in answer.headers]
    policy, body = answer.headers.get("Content-Security-Policy", ""), answer.get_data()
    nonce = WITH_NONCE.fullmatch(policy)
    if policy != POLICY and nonce is None:
        troubles.append(f"the policy is {policy}")
    if "camera=()" not in answer.headers.get("Permissions-Policy", ""):
        troubles.append("Permissions-Policy is missing")
    if nonce is not None and nonce.group(1).encode() not in body:
        troubles.append("a nonce that no element carries")
    caching = answer.headers.get("Cache-Control", "")
    if (is_staff_page or is_shared) and caching != "no-store":
        troubles.append(f"may be kept: {caching}")
    if "public" in caching and (answer.headers.getlist("Set-Cookie") or nonce or b'method="post"' in body):
        troubles.append("many may keep a page that is one person's")
    if answer.mimetype == "text/html":
        troubles += [f"holds {each[:60]!r}" for each in INLINE.findall(body)[:3]]
    for cookie in answer.headers.getlist("Set-Cookie"):
        if "HttpOnly" not in cookie or "SameSite" not in cookie or "Path=/" not in cookie:
            troubles.append(f"a loose cookie: {cookie.split('=')[0]}")
    return troubles


@pytest.mark.parametrize("person", PEOPLE)
def test_every_answer_carries_every_header(city: City, person: str) -> None:
    troubles, looked_at, nonces = [], 0, set()
    for door, stage, place in cells(city):
        if stage not in {"-", "open", "announced"}:
            continue
        answer = knock(city, address_of(city, door, place), door.method, city.world.people[person])
        is_staff_page = door.rule.rule.startswith("/<lang>/staff/")
        found = troubles_of(
            answer, is_staff_page=is_staff_page, is_shared=person == "shared" and "<lang>" in door.rule.rule
        )
        troubles += [f"{door.name} ({answer.status_code}): {each}" for each in found]
        looked_at += 1
        if nonce := WITH_NONCE.fullmatch(answer.headers["Content-Security-Policy"]):
            assert nonce.group(1) not in nonces, "a nonce was given out twice"
            nonces.add(nonce.group(1))
        city.put_back()

    assert looked_at > 150
    assert troubles == [], "\n".join(troubles[:40])


@pytest.mark.parametrize(
    ("address", "method", "status"),
    [
        ("/en/nowhere", "GET", 404),
        ("/xx/", "GET", 404),
        ("/en/help", "POST", 405),
        ("/en/help", "DELETE", 405),
        ("/en/me/data", "GET", 403),
        ("/static/nowhere.js", "GET", 404),
        ("/en/../../etc/passwd", "GET", 404),
        ("/robots.txt/", "GET", 404),
        ("/.git/config", "GET", 404),
    ],
)
def test_pages_about_troubles_carry_every_header(city: City, address: str, method: str, status: int) -> None:
    answer = knock(city, address, method, city.world.people["stranger"])

    assert answer.status_code == status
    assert troubles_of(answer, is_staff_page=False, is_shared=False) == []
    assert "public" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "address",
    ["/nowhere", "//evil.example", "//evil.example/%2f..", "/%5cevil.example", "/%2f%2fevil.example", "/https://evil.example",
     "/en/sign-in?next=//evil.example", "/en/sign-in?next=https://evil.example", "/en/sign-in?next=/%5cevil.example",
     "/en/staff/prove?next=//evil.example"],
)  # fmt: skip
def test_no_address_leads_away(city: City, address: str) -> None:
    for person in ("stranger", "officer@here"):
        answer = knock(city, address, "GET", city.world.people[person], base_url="http://localhost")

        target = urlsplit(urljoin("http://localhost" + address, answer.headers.get("Location", "/")))
        assert (target.scheme, target.netloc) == ("http", "localhost"), answer.headers.get("Location")
        assert not re.search(rb'(?:href|action|content)="[^"/]*//evil', answer.data)


def test_a_failure_carries_every_header_and_says_nothing(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("zq secret in the trace zq")

    monkeypatch.setitem(city.app.view_functions, "city.show_help", fail)
    fail.policy = city.app.view_functions["city.show_privacy"].policy  # type: ignore[attr-defined]

    answer = knock(city, "/en/help?x", "GET", city.world.people["stranger"])

    assert answer.status_code == 500
    assert b"zq secret" not in answer.data
    assert b"Traceback" not in answer.data
    assert troubles_of(answer, is_staff_page=False, is_shared=False) == []


def test_cookies_on_https_are_bound_to_the_host(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(city.app.extensions["settings"], public_url="https://talk.city.example")
    monkeypatch.setitem(city.app.extensions, "settings", settings)
    monkeypatch.setitem(city.app.extensions, "is_https", True)
    own = city.world.people["own"]
    key = next(iter(own.cookies.values()))

    answer = knock(
        city, "/en/me/leave", "GET", city.world.people["stranger"], headers={"Cookie": f"__Host-baraza_key={key}"}
    )

    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    plain = knock(city, "/en/me/leave", "GET", own)
    assert plain.status_code == 303, "a plain cookie opens nothing where the connection is encrypted"


@pytest.mark.parametrize(
    "planted",
    [b"<p style='color:red'>", b'<img src="/a" onerror="x()">', b"<script>x()</script>", b"<style>p{}</style>",
     b'<a href="javascript:x()">'],
)  # fmt: skip
def test_a_planted_fault_would_be_found(city: City, planted: bytes) -> None:
    answer = knock(city, "/en/help", "GET", city.world.people["stranger"])
    answer.set_data(answer.get_data() + planted)

    assert troubles_of(answer, is_staff_page=False, is_shared=False)


@pytest.mark.parametrize("name", [*EXACT, "Content-Security-Policy", "Permissions-Policy"])
def test_a_header_that_is_missing_would_be_found(city: City, name: str) -> None:
    answer = knock(city, "/en/help", "GET", city.world.people["stranger"])
    del answer.headers[name]

    assert troubles_of(answer, is_staff_page=False, is_shared=False)
