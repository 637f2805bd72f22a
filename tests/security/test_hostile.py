"""Whatever is typed into whichever field, the answer is a page: taken and kept as it was typed, or refused in words.

Every field of every form is sent the worst of each family, alone, among fields filled in well; then all fields of each
form are sent strings of the long list together. Addresses and headers are no safer: they are sent the same.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

import pytest
from flask_sqlalchemy import SQLAlchemy
from werkzeug.test import TestResponse, encode_multipart

from participation.contributions.text import clean
from participation.core.forms import TOKEN_FIELD
from tests.browser import Browser, Failures
from tests.factories.city import make_city
from tests.factories.consultations import make_consultation
from tests.security.city import City
from tests.security.hostile import LONG, MEGABYTE, WORST, hostile_strings
from tests.security.permissions import read_rules, rule_for
from tests.security.rendering import trusting_templates
from tests.security.sending import SENDERS, Found, Pairs, Sending
from tests.security.walking import address_of, cells, knock

#: Rounds in which all fields of a form are sent strings of the long list.
ROUNDS = 12
#: Seconds of computing an answer may take; hashing a password takes long on purpose.
LONGEST = 1.5
#: Kinds of fields in which nobody types.
NOT_TYPED = frozenset({"radio", "checkbox", "select", "hidden", "submit", "button", "file"})
#: Names of the parts of addresses after the question mark, and one that nobody reads.
QUERY = (
    "added", "after", "all", "change", "do", "done", "for", "items", "language", "need", "next", "page", "question",
    "show", "signed-out", "sort", "space", "state", "surface", "then", "to", "uncited", "undone", "waiting", "zzz",
)  # fmt: skip
HEADERS = (
    "User-Agent",
    "Accept-Language",
    "Referer",
    "HX-Target",
    "HX-Request-Type",
    "X-Forwarded-For",
    "If-None-Match",
)
#: Fields whose words are kept in another form than they were typed in, with the reason.
KEPT_OTHERWISE = {
    "POST accounts.invite_person name": "a name is one line",
    "POST consultations.edit_section slug": "a name in addresses has small letters",
    "POST opinions.seed_statements lines": "each line is a statement of its own, looked at before it is added",
    "POST room.join name": "a name is one line",
    "POST sessions.edit_agreement lines": "each line is one of its own",
    "POST sessions.edit_round options": "each line is one answer",
    **{
        f"POST moderation.{view} law": "kept only where a decision rests on a law"
        for view in ("review_item", "decide_many")
    },
    **{
        f"POST responses.write_answer passed_to-{tag}": "kept only where it was passed to somebody"
        for tag in ("en", "es", "ar")
    },
}


def encoded(values: Pairs) -> bytes:
    """A form as bytes, half characters included, as a broken browser would send them."""
    return b"&".join(
        quote_plus(name).encode() + b"=" + quote(str(value).encode("utf-8", "surrogatepass"), safe="").encode()
        for name, value in values
    )


def post(city: City, sending: Sending, values: Pairs) -> TestResponse:
    """Send the fields as bytes."""
    who, kind = city.world.people[sending.person], str(sending.form.get("enctype") or "")
    if kind.startswith("multipart"):
        fields = {
            name: str(value).encode("utf-8", "surrogatepass").decode("utf-8", "replace") for name, value in values
        }
        boundary, body = encode_multipart(fields)
        return knock(
            city, sending.action, "POST", who, data=body, content_type=f"multipart/form-data; boundary={boundary}"
        )
    kind = "application/x-www-form-urlencoded"
    return knock(city, sending.action, "POST", who, data=encoded(values), content_type=kind)


def typed_fields(sending: Sending, values: Pairs) -> list[str]:
    """Names of the fields somebody types into."""
    named = {}
    for each in sending.form.find_all(["input", "textarea", "select"]):
        named.setdefault(str(each.get("name") or ""), str(each.get("type") or each.name))
    return [name for name, _value in values if name in named and named[name] not in NOT_TYPED]


def other_fields(values: Pairs) -> list[str]:
    """Names of all fields but the token."""
    return list(dict.fromkeys(name for name, _value in values if name != TOKEN_FIELD))


def with_value(values: Pairs, field: str, value: str) -> Pairs:
    """The form with one field filled in otherwise."""
    return [*((name, kept) for name, kept in values if name != field), (field, value)]


class Witness:
    """Looks at answers and remembers what is wrong with them."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.troubles: list[str] = []
        self.looked_at: Counter[str] = Counter()

    def look(self, what: str, answer: TestResponse, sent: Iterable[str], seconds: float) -> None:
        """No failure, no delay, no word given back as markup."""
        self.looked_at[str(answer.status_code)[0]] += 1
        body = answer.get_data()
        if answer.status_code >= 500:
            self.troubles.append(f"{what}: {answer.status_code}")
        if seconds > LONGEST:
            self.troubles.append(f"{what}: {seconds:.1f} s")
        if answer.mimetype == "text/html":
            self.troubles += [
                f"{what}: given back as markup"
                for each in sent
                if "<" in each and each.encode(errors="replace") in body
            ]
            if 400 <= answer.status_code < 500 and b"<h1" not in body:
                self.troubles.append(f"{what}: {answer.status_code} without a word")
        if any("\r" in value or "\n" in value for value in answer.headers.values()):
            self.troubles.append(f"{what}: a header of two lines")


def text_of(city: City) -> set[str]:
    """Every text in the database."""
    found: set[str] = set()
    with sqlite3.connect(city.file) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  our own names
                for value in row:
                    if isinstance(value, str):
                        found.add(value)
                        found |= set(_texts(_as_json(value)))
    connection.close()
    return found


def _as_json(value: str) -> object:
    try:
        return json.loads(value) if value[:1] in "{[" else None
    except ValueError:
        return None


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _texts(each)


def is_kept(city: City, typed: str) -> bool:
    """Whether the words stand in the database as they were typed, but for what nobody sees."""
    expected = clean(typed, most_characters=10**7).strip()
    found = {unicodedata.normalize("NFC", each).replace("\r\n", "\n").strip() for each in text_of(city)}
    return not expected or expected in found


def test_the_worst_of_each_family_in_every_field(city: City, found_forms: Found) -> None:
    witness, kept, lost = Witness(city), 0, Counter[str]()
    for name, (sending, values) in sorted(found_forms.taken.items()):
        for field in typed_fields(sending, values):
            for number, worst in enumerate(WORST):
                before = time.process_time()
                with Failures() as failures:
                    answer = post(city, sending, with_value(values, field, worst))
                what = f"{name} {field} #{number}{f' ({failures.found[0]!r})' if failures.found else ''}"
                witness.look(what, answer, [worst], time.process_time() - before)
                if not city.is_as_before():
                    if answer.status_code >= 400:
                        witness.troubles.append(f"{what}: refused, and something was written")
                    elif "\ud83d" not in worst and is_kept(city, worst):
                        kept += 1
                    elif "\ud83d" not in worst:
                        lost[f"{name} {field}"] += 1
                    city.put_back()

    print(dict(witness.looked_at), f"kept {kept}", dict(lost))
    assert witness.troubles == [], "\n".join(witness.troubles[:60])
    assert sum(witness.looked_at.values()) >= 60 * len(WORST)
    assert kept >= 200
    assert set(lost) <= set(KEPT_OTHERWISE), lost


def test_strings_of_the_long_list_in_all_fields_together(
    city: City, found_forms: Found, request: pytest.FixtureRequest
) -> None:
    witness, strings, dice = Witness(city), hostile_strings(), random.Random(7)
    used: set[str] = set()
    rounds = len(strings) if request.config.getoption("--long") else ROUNDS
    for name, (sending, values) in sorted(found_forms.taken.items()):
        fields = other_fields(values)
        order = dice.sample(strings, len(strings))
        for number in range(rounds):
            chosen = {field: order[(number * len(fields) + place) % len(order)] for place, field in enumerate(fields)}
            if number % 2:  # with what is chosen left as it is, so that the words are reached
                typed = set(typed_fields(sending, values))
                chosen = {field: value for field, value in chosen.items() if field in typed}
            used |= set(chosen.values())
            spoilt = [(each, chosen.get(each, value)) for each, value in values]
            before = time.process_time()
            with Failures() as failures:
                answer = post(city, sending, spoilt)
            what = f"{name} {chosen}"[:300] + (f" ({failures.found[0]!r})" if failures.found else "")
            witness.look(what, answer, chosen.values(), time.process_time() - before)
            city.put_back()

    print(dict(witness.looked_at), len(used), len(strings))
    assert witness.troubles == [], "\n".join(witness.troubles[:60])
    assert len(strings) >= 400
    # most of the list in the ordinary run; all of it with --long
    assert len(used) > 0.75 * len(strings)


def test_far_too_much_in_every_form(city: City, found_forms: Found) -> None:
    witness = Witness(city)
    for name, (sending, values) in sorted(found_forms.taken.items()):
        for field in typed_fields(sending, values)[:2]:
            for long in (MEGABYTE, LONG):
                before = time.process_time()
                answer = post(city, sending, with_value(values, field, long))
                witness.look(f"{name} {field} ({len(long)} letters)", answer, [], time.process_time() - before)
                if long is MEGABYTE and answer.status_code != 413:
                    witness.troubles.append(f"{name} {field}: a megabyte gets {answer.status_code}")
                if answer.status_code >= 400 and not city.is_as_before():
                    witness.troubles.append(f"{name} {field}: refused, and something was written")
                city.put_back()

    assert witness.troubles == [], "\n".join(witness.troubles[:60])
    assert witness.looked_at["4"] >= 80


def test_hostile_addresses_and_headers(city: City) -> None:
    witness, rules = Witness(city), read_rules()
    for door, stage, place in cells(city):
        if door.method != "GET" or stage not in {"-", "open", "announced"}:
            continue
        person = next(
            (each for each in SENDERS if rule_for(rules, door).outcome(door, stage, each) in {"yes", "moved"}),
            "stranger",
        )
        address = address_of(city, door, place)
        for turn in range(0, len(WORST), 2):
            query = {name: WORST[(turn + number) % len(WORST)] for number, name in enumerate(QUERY)}
            headers = {
                name: WORST[(turn + number) % len(WORST)].encode("latin-1", "replace").decode("latin-1")
                for number, name in enumerate(HEADERS)
            }
            headers = {name: " ".join(value.replace("\x00", "").split()) for name, value in headers.items()}
            before = time.process_time()
            with Failures() as failures:
                answer = knock(
                    city,
                    f"{address}?{encoded(list(query.items())).decode()}",
                    "GET",
                    city.world.people[person],
                    headers=headers,
                )
            what = f"{door.name} turn {turn} ({failures.found[0]!r})" if failures.found else f"{door.name} turn {turn}"
            witness.look(what, answer, query.values(), time.process_time() - before)
        if not city.is_as_before():
            witness.troubles.append(f"{door.name}: reading wrote")
            city.put_back()

    assert witness.troubles == [], "\n".join(witness.troubles[:60])
    assert sum(witness.looked_at.values()) >= 100 * len(WORST) / 2


@pytest.mark.parametrize(
    "part", ["%00", "%ED%A0%BD", "..%2f..%2fetc", "%0d%0aX-Evil:1", "٣", "9" * 40, "<svg>", "%F0%9F%92%A9"]
)
def test_hostile_parts_of_addresses(city: City, part: str) -> None:
    adapter, looked_at = city.app.url_map.bind("localhost"), 0
    for rule in adapter.map.iter_rules():
        pieces = [part if "<" in piece and "lang" not in piece else piece for piece in rule.rule.split("/")]
        address = "/".join(pieces).replace("<lang>", "en")
        if part in address:
            looked_at += 1
            answer = knock(city, address, "GET", city.world.people["administrator"])
            assert answer.status_code < 500, address

    assert looked_at > 40


@pytest.mark.parametrize("part", ["%00", "a%00b", "%ED%A0%BD", "9" * 40, "%F4%90%80%80", "a" * 5000])
def test_hostile_addresses_on_each_database(part: str, database: SQLAlchemy, browser: Browser) -> None:
    make_city()
    make_consultation(slug="bridge")
    database.session.commit()
    looked_at = 0
    for rule in browser.application.url_map.iter_rules():
        if "/staff/" in rule.rule or not rule.arguments - {"lang"}:
            continue
        pieces = [part if "<" in piece and "lang" not in piece else piece for piece in rule.rule.split("/")]
        for address in ("/".join(pieces), rule.rule.replace("<string:slug>", "bridge") + f"?after={part}&then={part}"):
            if "<" in address.replace("<lang>", "en"):
                continue
            looked_at += 1
            answer = browser.get(address.replace("<lang>", "en"), strict=False, queries=1000)
            assert answer.status_code < 500, address

    assert looked_at > 20


def test_words_given_back_as_markup_would_be_found(city: City, found_forms: Found, unescaped: None) -> None:
    witness = Witness(city)
    sending, values = found_forms.taken["POST contributions.edit_contribution"]
    worst = WORST[1]

    answer = post(city, sending, with_value(with_value(values, "body", worst + "x" * 5000), TOKEN_FIELD, "spoilt"))
    witness.look("planted", answer, [worst], 0)

    assert witness.troubles == ["planted: given back as markup"]


@pytest.fixture
def unescaped(city: City) -> Iterator[None]:
    """The program with templates that trust what people typed."""
    with trusting_templates(city.app):
        yield


def test_words_that_were_changed_would_be_found(
    city: City, found_forms: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    from participation.contributions import services

    monkeypatch.setattr(services, "clean_words", lambda text, **_: text.replace("<", "").strip())
    sending, values = found_forms.taken["POST contributions.edit_contribution"]

    post(city, sending, with_value(values, "body", WORST[0]))

    assert not city.is_as_before()
    assert not is_kept(city, WORST[0])


def test_a_page_without_words_would_be_found(city: City) -> None:
    witness = Witness(city)

    witness.look("planted", TestResponse(iter([b"no"]), "404 NOT FOUND", {"Content-Type": "text/html"}, None), [], 9)

    assert len(witness.troubles) == 2
