"""Three hundred people of one school, behind one address, take part within a minute: nobody is refused (T9c)."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_limiter._limits import RuntimeLimit
from flask_limiter._manager import LimitManager

from participation.accounts import Origin, make_participant, return_code
from participation.consultations import Consultation
from participation.consultations.invitations import list_codes, make_batch
from participation.core.clock import now
from participation.core.database import db
from participation.core.limits import limiter
from tests.security.city import City
from tests.security.sending import fill, forms_on

PEOPLE = 300
SCHOOL = {"REMOTE_ADDR": "198.51.100.7"}


class Resident:
    """A browser of her own, in the school's network."""

    def __init__(self, city: City) -> None:
        self.client = FlaskClient(city.app, use_cookies=True)
        self.statuses: list[int] = []

    def send(self, address: str, at: str = "", **fields: Any) -> int:
        """Open the page, fill in the form on it that leads to `at` (or its only one), and send it."""
        page = self.client.get(address, environ_base=SCHOOL)
        form = next(each for each in forms_on(page) if str(each.get("action", "")).endswith(at))
        values = fill(form, fields)
        data: dict[str, list[Any]] = {}
        for name, value in values:
            data.setdefault(name, []).append(value)
        answer = self.client.post(
            str(form["action"]), data=data, headers={"Sec-Fetch-Site": "same-origin"}, environ_base=SCHOOL
        )
        answer.close()
        page.close()
        self.statuses.append(answer.status_code)
        return answer.status_code


PLACE = "/en/consultations/place-open"


def answers_and_votes(number: int, resident: Resident, codes: list[str]) -> None:
    """Her first form is an answer; then she votes and sends all."""
    resident.send(f"{PLACE}/steps/1")
    resident.send(f"{PLACE}/statements/6", "/votes", answer="agree")
    resident.send(f"{PLACE}/check")


def votes_first(number: int, resident: Resident, codes: list[str]) -> None:
    """Her first form is a vote."""
    resident.send(f"{PLACE}/statements/6", "/votes", answer="disagree")


def puts_a_statement_forward_first(number: int, resident: Resident, codes: list[str]) -> None:
    """Her first form is a statement of her own."""
    resident.send(f"{PLACE}/statements/6/new", body=f"Our school needs {number} benches.")


def comes_back(number: int, resident: Resident, codes: list[str]) -> None:
    """She comes back with her code."""
    resident.send("/en/come-back", code=codes[number])


def comes_with_a_letter(number: int, resident: Resident, codes: list[str]) -> None:
    """She mistypes the code of her letter once, then types it well."""
    resident.send("/en/consultations/place-invited/begin", code="AAAA AAAA AAAA", age="16-18")
    assert resident.statuses.pop() == 422
    resident.send("/en/consultations/place-invited/begin", code=codes[number], age="16-18")


WAYS: tuple[Callable[[int, Resident, list[str]], None], ...] = (
    answers_and_votes,
    votes_first,
    puts_a_statement_forward_first,
    comes_back,
    comes_with_a_letter,
)


def codes_for(city: City, way: Callable[..., None]) -> list[str]:
    """Three hundred codes, where they come with some."""
    with city.app.app_context():
        secret = city.world.secret
        if way is comes_back:
            made = [make_participant(Origin.DEVICE, secret=secret, at=now()) for _ in range(PEOPLE)]
            codes = [return_code(each, secret=secret) for each in made]
        elif way is comes_with_a_letter:
            space = db.session.get_one(Consultation, city.world.places["invited"].consultation_id)
            officer = city.world.people["officer@here"].actor
            expires = now().replace(year=now().year + 1)
            batch = make_batch(space, "School", PEOPLE, expires_at=expires, secret=secret, by=officer, at=now())
            codes = [each.code for each in list_codes(batch, secret=secret)]
        else:
            codes = []
        db.session.commit()
    return codes


@pytest.fixture
def one_moment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All of it happens within one second, which is harder than the five minutes it may take."""
    standing = time.time()
    limiter.reset()
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: standing)
        yield
    limiter.reset()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_three_hundred_people_behind_one_address_all_take_part(
    city: City, one_moment: None, way: Callable[[int, Resident, list[str]], None]
) -> None:
    codes = codes_for(city, way)
    refused = []
    for number in range(PEOPLE):
        resident = Resident(city)
        way(number, resident, codes)
        refused += [status for status in resident.statuses if status != 303]

    assert refused == []


def test_a_limit_by_network_alone_would_be_found(city: City, one_moment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    decorated = LimitManager.decorated_limits

    def by_network(manager: LimitManager, name: str) -> list[RuntimeLimit]:
        strict = type(decorated(manager, name)[0].limit)(20, 1) if decorated(manager, name) else None
        return [dataclasses.replace(each, limit=strict, exempt_when=None) for each in decorated(manager, name)]

    monkeypatch.setattr(LimitManager, "decorated_limits", by_network)
    residents = [Resident(city) for _ in range(30)]

    for number, resident in enumerate(residents):
        votes_first(number, resident, [])

    assert [each.statuses for each in residents].count([429]) >= 10
