"""Whoever knocks too often is refused, and her neighbour is not; every limited door stands in a reviewed list."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_limiter._limits import RuntimeLimit
from flask_limiter._manager import LimitManager

from participation.core.limits import limiter
from tests.security.city import City
from tests.security.sending import Found, Pairs
from tests.security.walking import all_doors

TABLE = Path(__file__).with_name("limits.toml")
#: How often a door lets somebody knock while it is tried.
FEW = 3
SCHOOL = {"REMOTE_ADDR": "198.51.100.7"}
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


def limits_of(city: City, endpoint: str) -> list[RuntimeLimit]:
    """Every limit at a view."""
    view = city.app.view_functions[endpoint]
    return list(limiter.limit_manager.decorated_limits(f"{view.__module__}.{view.__name__}.{view.__qualname__}"))


def listed(city: City) -> dict[str, list[str]]:
    """Limited views and their limits, as they are."""
    found = {}
    with city.app.test_request_context("/"):
        for endpoint in sorted({door.endpoint for door in all_doors(city.app)}):
            if limits := limits_of(city, endpoint):
                found[endpoint] = sorted(str(each.limit) for each in limits)
    return found


def test_every_limit_stands_in_the_table(city: City) -> None:
    assert listed(city) == {name: sorted(each) for name, each in tomllib.loads(TABLE.read_text("utf-8")).items()}
    assert len(listed(city)) >= 13
    assert limiter.enabled


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every limit as it is, but for its number."""
    decorated = LimitManager.decorated_limits

    def with_few(manager: LimitManager, name: str) -> list[RuntimeLimit]:
        return [
            dataclasses.replace(each, limit=type(each.limit)(FEW, each.limit.multiples, each.limit.namespace))
            for each in decorated(manager, name)
        ]

    monkeypatch.setattr(LimitManager, "decorated_limits", with_few)


#: Doors at which only what is wrong counts, and how each is knocked at wrongly: fields, or another address.
WRONG: dict[str, dict[str, str]] = {
    "accounts.change_password": {"current": "wrong wrong wrong wrong"},
    "accounts.come_back": {"code": "AAAA AAAA AAAA"},
    "accounts.give_code": {"code": "000000"},
    "accounts.give_password": {"password": "wrong wrong wrong wrong"},
    "accounts.prove": {"code": "000000"},
    "accounts.set_up_authenticator": {"code": "000000"},
    "accounts.sign_in": {"password": "wrong wrong wrong wrong"},
    "consultations.begin_consultation": {"code": "AAAA AAAA AAAA"},
    "room.type_code": {"code": "AAAAAA"},
}
ADDRESSES = {
    "consultations.follow_invitation": "/i/AAAAAAAAAAAA",
    "room.join": "/en/join/AAAAAA",
    "summaries.download_files": "/en/consultations/place-open/summary/files.zip",
}


class Knocker:
    """Somebody at a limited door."""

    def __init__(self, city: City, cookies: str, place: dict[str, str]) -> None:
        self.client = FlaskClient(city.app, use_cookies=False)
        self.headers = (
            {"Sec-Fetch-Site": "same-origin", "Cookie": cookies} if cookies else {"Sec-Fetch-Site": "same-origin"}
        )
        self.place = place

    def knock(self, address: str, values: Pairs | None = None) -> int:
        """Send the form, or ask for the page; gives the status."""
        data: dict[str, list[Any]] = {}
        for name, value in values or []:
            data.setdefault(name, []).append(value)
        answer = self.client.open(
            address,
            method="GET" if values is None else "POST",
            data=data,
            headers=self.headers,
            environ_base=self.place,
        )
        answer.close()
        return answer.status_code


def tries(city: City, found: Found, endpoint: str) -> tuple[str, str, Pairs | None]:
    """Cookies, address and fields of a try at this door that counts."""
    if endpoint in ADDRESSES:
        return "", ADDRESSES[endpoint], None
    name = next(each for each in found.taken if each.partition("(")[0] == f"POST {endpoint}")
    sending, values = found.taken[name]
    wrong = WRONG.get(endpoint, {})
    spoilt = [(field, wrong.get(field, value)) for field, value in values]
    return city.world.people[sending.person].header, sending.action, spoilt


@pytest.mark.parametrize("endpoint", sorted(tomllib.loads(TABLE.read_text("utf-8"))))
def test_a_limit_bites_at_its_number_and_only_whom_it_counts(
    city: City, found_forms: Found, few: None, endpoint: str
) -> None:
    cookies, address, values = tries(city, found_forms, endpoint)
    limiter.reset()
    people = city.world.people
    next_door = people["own"] if cookies == people["other"].header else people["other"]
    often, neighbour = Knocker(city, cookies, SCHOOL), Knocker(city, next_door.header, ELSEWHERE)

    answers = [often.knock(address, values) for _ in range(FEW + 1)]

    assert 429 not in answers[:FEW]
    assert answers[FEW] == 429
    # whoever signs in with the same account is no neighbour: that account is counted wherever it is tried
    others = [(name, "neighbour@city.example" if name == "email" else value) for name, value in values or []]
    assert neighbour.knock(address, others if values else None) != 429


def test_a_limit_on_the_wrong_door_would_be_found(city: City, found_forms: Found, few: None) -> None:
    _cookies, address, _values = tries(city, found_forms, "summaries.download_files")
    knocker = Knocker(city, "", SCHOOL)

    assert 429 not in [knocker.knock(address.replace("/files.zip", "/statements")) for _ in range(FEW + 1)]
