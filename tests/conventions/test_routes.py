"""Addresses: each carries a policy, reads well, takes typed parts, and stands in the list a reviewer sees change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from participation.core.policy import PUBLIC, Predicate
from tests.fixtures.databases import make_app, make_settings

#: Written anew by `.venv/bin/pytest tests/conventions/test_routes.py --write`; read the diff.
SNAPSHOT = Path(__file__).with_name("routes.txt")
WORD = r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*"
ADDRESS = re.compile(rf"(/({WORD}|<[a-z_]+(\([^)]*\))?:[a-z_]+>))*/?")
#: Converters that take anything without a slash; each such part is named here with the reason it is not narrower.
PLAIN_TEXT = {"lang", "slug", "code", "key", "token", "tag", "kind"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The program without a database; routes need none."""
    return make_app(make_settings(tmp_path_factory.mktemp("routes")))


def rules(program: Flask) -> list[Rule]:
    """Every address of ours."""
    return sorted(program.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def policy_of(program: Flask, rule: Rule) -> Predicate | None:
    """The policy a view carries at run time."""
    return getattr(program.view_functions[rule.endpoint], "policy", None)


def listing(program: Flask) -> str:
    """One line an address: methods, address, endpoint and the policy as a sentence."""
    lines = []
    for rule in rules(program):
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        policy = policy_of(program, rule)
        lines.append(f"{methods:9} {rule.rule}  {rule.endpoint}  [{policy.name if policy else 'NO POLICY'}]")
    return "\n".join(lines) + "\n"


def test_every_route_carries_a_policy(program: Flask) -> None:
    bare = [rule.rule for rule in rules(program) if not isinstance(policy_of(program, rule), Predicate)]

    assert bare == []


def test_a_route_without_a_policy_is_refused_by_the_program_itself(tmp_path: Path) -> None:
    program = make_app(make_settings(tmp_path))
    program.add_url_rule("/forgotten", "forgotten", lambda: "secret")

    program.test_client_class = None  # nothing is drawn here, so nothing needs the strict one

    answer = program.test_client().get("/forgotten")

    assert answer.status_code in {403, 404, 500}
    assert b"secret" not in answer.data


def test_no_staff_page_is_public(program: Flask) -> None:
    public = [rule.rule for rule in rules(program) if "/staff" in rule.rule and policy_of(program, rule) is PUBLIC]

    assert [each for each in public if "/sign-in" not in each] == []


@pytest.mark.parametrize("part", ["address", "types", "methods"])
def test_addresses_read_well(program: Flask, part: str) -> None:
    check = {"address": _odd_address, "types": _untyped, "methods": _odd_methods}[part]

    assert [rule.rule for rule in rules(program) if check(rule)] == []


@pytest.mark.parametrize("address", ["/en/Staff", "/en/my_page", "/en/<x>", "//", "/en/page.HTML"])
def test_an_odd_address_would_be_found(address: str) -> None:
    assert not ADDRESS.fullmatch(address)


def test_the_list_of_routes_is_as_reviewed(program: Flask, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--write"):
        SNAPSHOT.write_text(listing(program), "utf-8")

    assert listing(program) == SNAPSHOT.read_text("utf-8"), "addresses changed: run with --write and read the diff"


def _odd_address(rule: Rule) -> bool:
    # a bare `<name>` is Werkzeug's way of writing `<string:name>`
    return not ADDRESS.fullmatch(re.sub(r"<([a-z_]+)>", r"<string:\1>", rule.rule))


def _untyped(rule: Rule) -> bool:
    untyped = set(re.findall(r"<(?:string:)?([a-z_]+)>", rule.rule))
    return bool(untyped - PLAIN_TEXT)


def _odd_methods(rule: Rule) -> bool:
    return not (rule.methods or set()) <= {"GET", "HEAD", "OPTIONS", "POST"}
