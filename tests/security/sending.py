"""Forms as they stand on the pages of the filled city, found by looking, and filled in so that they are taken.

Whoever may send a form finds it on a page she may open. Fields are filled by their kind; the few that need something
particular (a code, a date that fits) are named here, by the door the form leads to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pyotp
from bs4 import BeautifulSoup, Tag
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from dialogues.sessions.sections import SECTIONS as TALK_SECTIONS
from participation.accounts import authenticator
from participation.accounts.models import Staff
from participation.accounts.services import hash_key
from participation.consultations.sections import SECTIONS
from participation.core.database import db
from participation.core.forms import TOKEN_FIELD
from tests.browser import filled_in
from tests.security.city import City
from tests.security.permissions import Rule, rule_for
from tests.security.walking import Door, address_of, cells, knock
from tests.security.world import PASSWORD, Who

#: In which consultations and sessions forms are looked for, and who looks, best first: whoever may open a page there
#: looks at it.
STAGES = ("-", "open", "invited", "draft", "closed", "archived", "planned", "announced", "live")
SENDERS = (
    "own",
    "other",
    "stranger",
    "officer@here",
    "lead",
    "moderator@here",
    "administrator",
    "unverified",
    "newcomer",
    "without-authenticator",
    "without-proof",
)
#: Those who look at pages that others can open too, since they find other forms there.
LOOK_THEMSELVES = frozenset(
    {"other", "stranger", "officer@here", "unverified", "newcomer", "without-authenticator", "without-proof"}
)
#: Pages at further addresses on which there are forms that the plain ones do not hold.
FURTHER = (
    ("moderator@here", "/en/staff/queue/bulk?do=hide&all=1"),
    ("moderator@here", "/en/staff/queue/?done={done}"),
    ("officer@here", "/en/staff/consultations/place-closed/findings/{closed.unsigned_id}"),
    ("officer@here", "/en/staff/consultations/place-draft/stages/{draft.stage_id}/en"),
    ("officer@here", "/en/staff/consultations/place-draft/steps/{draft.step_id}/en"),
    *(("officer@here", f"/en/staff/consultations/place-draft/sections/{name}/en") for name in SECTIONS),
    *(("officer@here", f"/en/staff/sessions/talk-planned/texts/{name}/en") for name in TALK_SECTIONS),
    ("officer@here", "/en/staff/sessions/talk-planned/rounds/{planned.item_id}/en"),
    ("officer@here", "/en/staff/sessions/talk-planned/agreement/en"),
)
Pairs = list[tuple[str, Any]]


@dataclass(frozen=True)
class Sending:
    """One form as one person finds it: where it goes and what is in it."""

    city: City
    door: Door
    person: str
    action: str
    form: Tag
    stage: str

    def filled(self, **fields: Any) -> Pairs:
        """Its fields, filled in well; `fields` come on top."""
        particular = PARTICULAR.get(self.door.endpoint, {})
        known = {name: value(self.city, self) if callable(value) else value for name, value in particular.items()}
        return fill(self.form, {**known, **fields})

    @property
    def names(self) -> list[str]:
        """Names of the fields somebody could write something into, hidden ones too."""
        named = [each.get("name") for each in self.form.find_all(["input", "textarea", "select", "button"])]
        return sorted({str(name) for name in named if name and name != TOKEN_FIELD})


def _code_now(city: City, sending: Sending) -> str:
    """What the sender's authenticator app shows."""
    with city.app.app_context():
        staff = db.session.get_one(Staff, city.world.people[sending.person].staff_id)
        seed = staff.totp_secret
        if not seed:
            token = next(iter(city.world.people[sending.person].cookies.values()))
            seed = authenticator.seed_from(hash_key(token))
    secret = authenticator.secret_of(seed, secret=city.world.secret)
    return pyotp.TOTP(secret).at(city.clock.now)


NEW_PASSWORD = "eleven quiet lanterns by the harbour"
#: door → field → what is typed there, where its kind does not say enough. None leaves a field out.
PARTICULAR: dict[str, dict[str, Any]] = {
    "accounts.change_password": {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD},
    "accounts.choose_password": {"password": NEW_PASSWORD, "again": NEW_PASSWORD},
    "accounts.come_back": {"code": lambda city, sending: city.world.ids["return_code"]},
    "accounts.erase_me": {"word": "erase"},
    "accounts.give_code": {"code": _code_now},
    "accounts.give_password": {"password": PASSWORD},
    "accounts.prove": {"code": _code_now},
    "accounts.set_up_authenticator": {"code": _code_now},
    "accounts.sign_in": {"email": lambda city, sending: city.world.ids["signer"], "password": PASSWORD},
    "consultations.begin_consultation": {"code": lambda city, sending: city.world.places["invited"].ids["code"]},
    "consultations.edit_stage": {"first_day": "2026-09-10", "last_day": "2026-09-20"},
    "consultations.extend_consultation": {"last_day": "2026-07-15"},
    "room.type_code": {"code": lambda city, sending: city.world.talks["live"].ids["code"]},
    "opinions.seed_statements": {"lines": "Trams are quiet.", "confirmed": "1"},
}


def find_forms(city: City, rules: dict[str, Rule]) -> list[Sending]:
    """Every form that posts, on every page that whoever may send it can open."""
    found: dict[tuple[str, str, tuple[str, ...]], Sending] = {}
    for person, address, stage in pages(city, rules):
        page = knock(city, address, "GET", city.world.people[person])
        if page.status_code == 200 and page.mimetype == "text/html" and b"<form" in page.data:
            for each in _sendings(city, page, person, stage):
                found.setdefault((each.door.whole_name, stage, tuple(each.names)), each)
    return list(found.values())


def pages(city: City, rules: dict[str, Rule]) -> Iterator[tuple[str, str, str]]:
    """Who looks at which address, in which stage."""
    for person, address in FURTHER:
        everything = {**city.world.talks, **city.world.places}
        here = {name: SimpleNamespace(**place.ids) for name, place in everything.items()}
        yield person, address.format(**here, **city.world.ids), "open"
    for door, stage, place in cells(city):
        if door.method != "GET" or stage not in STAGES:
            continue
        lookers = [each for each in SENDERS if rule_for(rules, door).outcome(door, stage, each) == "yes"]
        for person in dict.fromkeys([*lookers[:1], *(each for each in lookers if each in LOOK_THEMSELVES)]):
            yield person, address_of(city, door, place), stage
        if door.rule.rule.startswith("/<lang>/sign-in/"):
            for person in LOOK_THEMSELVES:
                yield person, address_of(city, door, place), stage


def _sendings(city: City, page: TestResponse, person: str, stage: str) -> Iterator[Sending]:
    adapter = city.app.url_map.bind("localhost")
    for form in forms_on(page):
        action = str(form.get("action")) or page.request.full_path.rstrip("?")
        try:
            rule, _values = adapter.match(urlsplit(action).path, method="POST", return_rule=True)
        except HTTPException as wrong:
            raise AssertionError(f"{page.request.path} has a form to {action}, which is no door") from wrong
        yield Sending(city, Door(rule, "POST"), person, action, form, stage)


def forms_on(page: TestResponse) -> list[Tag]:
    """The forms of a page that change something."""
    soup = BeautifulSoup(page.get_data(as_text=True), "html.parser")
    return [each for each in soup.find_all("form") if str(each.get("method", "")).lower() == "post"]


def fill(form: Tag, particular: dict[str, Any]) -> Pairs:
    """What a willing person sends: everything as it stands, and something good in what is empty."""
    values = {name: list(value) for name, value in filled_in(form).items()}
    for each in form.find_all(["input", "textarea", "select"]):
        name, kind = str(each.get("name") or ""), str(each.get("type") or each.name)
        if name and name not in particular and name != TOKEN_FIELD:
            _fill_one(values, form, name, kind, each)
    for name, value in particular.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value if isinstance(value, list) else [value]
    buttons = [each for each in form.find_all("button") if each.get("name") and each.get("name") not in values]
    if buttons and not any(not each.get("name") for each in form.find_all("button")):
        values[str(buttons[0]["name"])] = [str(buttons[0].get("value", ""))]
    return [(name, value) for name, held in values.items() for value in held]


def _fill_one(values: dict[str, list[Any]], form: Tag, name: str, kind: str, element: Tag) -> None:
    held = [each for each in values.get(name, []) if each]
    if held or kind in {"hidden", "submit", "file"}:
        return
    if kind == "radio":
        values[name] = [str(element.get("value", ""))]
    elif kind == "checkbox":
        values[name] = [str(element.get("value", "on"))]
    elif kind == "select":
        options = [str(each.get("value", "")) for each in element.find_all("option")]
        values[name] = [next((each for each in options if each), "")]
    else:
        if str(element.get("inputmode")) in {"numeric", "decimal"}:
            values[name] = ["5"]
            return
        usual = {
            "number": "2",
            "time": "18:00",
            "password": PASSWORD,
            "date": "2026-07-20",
            "datetime-local": "2026-07-20T12:00",
            "email": "new@city.example",
        }
        values[name] = [usual.get(kind, "Some words of ours")]


def send(
    city: City,
    sending: Sending,
    values: Pairs,
    *,
    headers: Mapping[str, str | None] | None = None,
    who: Who | None = None,
) -> TestResponse:
    """Send the form's fields; a multipart form as such."""
    who = who or city.world.people[sending.person]
    data: dict[str, list[Any]] = {}
    for name, value in values:
        data.setdefault(name, []).append(value)
    kind = str(sending.form.get("enctype") or "application/x-www-form-urlencoded")
    return knock(city, sending.action, "POST", who, data=data, content_type=kind, headers=headers)


def may_send(rules: dict[str, Rule], sending: Sending) -> bool:
    """Whether the table of permissions lets this person send it."""
    return rule_for(rules, sending.door).outcome(sending.door, sending.stage, sending.person) in {"yes", "moved"}


@dataclass
class Found:
    """For each door that takes forms, one form that is taken when it is sent as it should be."""

    taken: dict[str, tuple[Sending, Pairs]] = field(default_factory=dict)
    #: every form that was found, of every door
    forms: list[Sending] = field(default_factory=list)
    #: door → how forms were answered that were not taken
    refused: dict[str, list[str]] = field(default_factory=dict)


def find_taken(city: City, rules: dict[str, Rule]) -> Found:
    """Try forms until one is taken, for each door. What is sent is undone each time."""
    found = Found(forms=find_forms(city, rules))
    for sending in found.forms:
        name = sending.door.whole_name if sending.door.whole_name in rules else sending.door.name
        if name in found.taken:
            continue
        values = sending.filled()
        answer = send(city, sending, values)
        if answer.status_code < 400 and not city.is_as_before():
            found.taken[name] = (sending, values)
        else:
            soup = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
            why = " | ".join(each.get_text(" ", strip=True) for each in soup.select(".error, .error-summary, h1"))
            found.refused.setdefault(name, []).append(
                f"{sending.person} {sending.action}: {answer.status_code} {why[:300]}"
            )
        city.put_back()
    return found
