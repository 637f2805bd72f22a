"""Every door of the program: its address in each consultation, who knocks, and what she is answered.

Requests go through the plain test client, with cookies as a browser would send them; the strict browser would look at
each of the many thousand pages for longer than the whole walk may take.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from participation.core import limits
from tests.security.city import City
from tests.security.filling_sessions import TALKS
from tests.security.world import STAGES, Place, Who

#: Stands for "no consultation" in the name of a cell.
NOWHERE = "-"
#: Parts of an address that belong to one consultation or session.
LOCAL_PARTS = frozenset(
    {
        "slug", "position", "code", "note_id", "number", "contribution_id", "appeal_id", "item_id", "stage_id",
        "step_id", "finding_id", "batch_id",
    }
)  # fmt: skip
#: Addresses whose parts are called the same and mean something else, by endpoint.
PARTS: dict[str, dict[str, Any]] = {
    "city.edit_rule": {"number": 1, "tag": "en"},
    "city.edit_city_texts": {"tag": "en"},
    "moderation.make_appeal": {"contribution_id": "limited_id"},
    "contributions.choose_permission": {"contribution_id": "visible_id"},
    "summaries.show_earlier_summary": {"number": 1},
    "summaries.download_table": {"table": "findings"},
    "consultations.show_entry": {"number": "entry_number"},
    "consultations.edit_section": {"key": "about"},
    "opinions.seed_statements": {"step_id": "statements_id"},
    "opinions.close_statement": {"step_id": "statements_id", "number": "seed_id"},
    "consultations.answer_step": {"position": 1},
    "accounts.change_person": {"deed": "lock"},
    "sessions.edit_section": {"key": "about"},
}
#: What a part means everywhere else: the name of something in `Place.ids` or `World.ids`, or the value itself.
USUAL: dict[str, Any] = {"position": 1, "tag": "es", "key": "0123456789abcdef", "table": "findings", "deed": "lock"}


@dataclass(frozen=True)
class Door:
    """One method of one address."""

    rule: Rule
    method: str

    @property
    def endpoint(self) -> str:
        """The view's name; a second address of the same view is told apart by its parts."""
        return str(self.rule.endpoint)

    @property
    def name(self) -> str:
        """How the table of permissions calls it."""
        return f"{self.method} {self.endpoint}"

    @property
    def whole_name(self) -> str:
        """Its name with the parts of its address, for views that have several."""
        return f"{self.name}({','.join(sorted(self.rule.arguments - {'lang'}))})"

    @property
    def is_local(self) -> bool:
        """Whether it belongs to one consultation or session."""
        if self.endpoint.startswith("city.") or self.endpoint.startswith("accounts."):
            return False
        return bool(LOCAL_PARTS & set(self.rule.arguments))

    @property
    def needs_code(self) -> bool:
        """Whether a code stands in the address, so that it leads to the consultation with invitations."""
        return "code" in self.rule.arguments


def all_doors(app: Flask) -> list[Door]:
    """Every method of every address."""
    doors = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: (each.rule, each.endpoint)):
        doors += [Door(rule, method) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return doors


def address_of(city: City, door: Door, place: Place | None, *, lang: str = "en") -> str:
    """The address of `door` in `place`."""
    values: dict[str, Any] = {}
    known = {**city.world.ids, **(place.ids if place else {})}
    if place:
        known["slug"] = place.slug
    if door.endpoint.startswith("opinions."):
        known["position"] = 6
    for part in door.rule.arguments:
        if part == "lang":
            values[part] = lang
            continue
        value = PARTS.get(door.endpoint, {}).get(part, known.get(part, USUAL.get(part)))
        if isinstance(value, str) and value in known and part != "slug":
            value = known[value]
        assert value is not None, f"say in tests/security/walking.py what {part} is in {door.rule.rule}"
        values[part] = value
    with city.app.app_context():
        adapter = city.app.url_map.bind("localhost")
        return str(adapter.build(door.endpoint, values))


def stages_of(door: Door) -> tuple[str, ...]:
    """The consultations or sessions in which a door is tried."""
    if not door.is_local:
        return (NOWHERE,)
    if door.endpoint.startswith(("sessions.", "room.")):
        return TALKS
    return ("invited", *STAGES) if door.endpoint == "consultations.begin_consultation" else STAGES


def knock(
    city: City, address: str, method: str, who: Who, *, headers: Mapping[str, str | None] | None = None, **sent: Any
) -> TestResponse:
    """Send one request as `who`, as her browser would from one of our own pages."""
    if method == "POST":
        limits.limiter.reset()  # the limits have tests of their own
    client = FlaskClient(city.app, use_cookies=False)
    usual: dict[str, str | None] = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
    if who.cookies:
        usual["Cookie"] = who.header
    kept = {name: value for name, value in {**usual, **(headers or {})}.items() if value is not None}
    with city.app.app_context():  # of its own, as on a server: no request finds what another left in `g`
        answer = client.open(address, method=method, headers=kept, **sent)
        answer.get_data()
        answer.close()
    return answer


def outcome_of(answer: TestResponse, method: str) -> str:
    """What an answer means to whoever knocked.

    A form that came without its token and is shown again (422), or that says the moment has passed (409), was let in.
    """
    status = answer.status_code
    if 300 <= status < 400:
        where = answer.headers.get("Location", "")
        path = where.split("?")[0].removeprefix("http://localhost")
        if path.endswith("/sign-in"):
            return "sign-in"
        return "prove" if path.endswith("/staff/prove") else "moved"
    if status == 422 or status == 409:
        return "yes"
    return {200: "yes", 304: "yes", 403: "no", 404: "hidden", 405: "method"}.get(status, f"status {status}")


def cells(city: City) -> Iterator[tuple[Door, str, Place | None]]:
    """Every door in every consultation or session it is tried in."""
    for door in all_doors(city.app):
        for stage in stages_of(door):
            yield door, stage, city.world.place_at(stage)


def contents_of(answer: TestResponse) -> bytes:
    """Everything that was sent; what a ZIP holds, unpacked."""
    data = answer.get_data()
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return b"\n".join([data, *(each.encode() + package.read(each) for each in package.namelist())])
