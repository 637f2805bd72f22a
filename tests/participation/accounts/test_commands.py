"""`flask staff` does what the pages do, for whoever runs the server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import Result

from participation.accounts.models import RoleGrant, Staff
from participation.core.audit import AuditEntry
from participation.core.database import db
from participation.core.policy import Role
from tests.browser import Browser
from tests.factories.accounts import make_staff, sign_in
from tests.fixtures.databases import Backend
from tests.fixtures.time import Clock
from tests.participation.accounts.conftest import make_colleague


@pytest.fixture
def run(database: Any, backend: Backend, clock: Clock) -> Any:
    """Run `flask staff …`."""

    def run_it(*words: str) -> Result:
        db.session.commit()
        done = backend.app.test_cli_runner().invoke(args=["staff", *words])
        db.session.rollback()
        db.session.expire_all()
        return done

    return run_it


def test_the_first_administrator_is_invited_on_the_server(run: Any, browser: Browser) -> None:
    done = run("invite", "ada@city.example", "Ada Lovelace", "--role", "administrator", "--language", "es")

    assert done.exit_code == 0
    address = done.output.strip().partition(":8000")[2]
    assert address.startswith("/es/enter/")
    assert browser.get(address).status_code == 200
    assert db.session.query(RoleGrant.role).scalar() == "administrator"
    assert [row.staff_id for row in db.session.query(AuditEntry)] == [None, None]


def test_roles_are_given_and_taken(run: Any) -> None:
    person = make_staff()

    assert run("grant", person.email, "organiser", "--space", "consultation:7").exit_code == 0
    assert str(db.session.query(RoleGrant).one().as_grant().space) == "consultation:7"
    assert run("revoke", person.email, "organiser", "--space", "consultation:7").exit_code == 0
    assert db.session.query(RoleGrant).count() == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["grant", "nobody@city.example", "officer"], "Nobody here has the address nobody@city.example."),
        (["grant", "ADA", "organiser", "--space", "the bus"], "“the bus” is no place"),
        (["grant", "ADA", "organiser"], "given in one place"),
        (["grant", "ADA", "queen"], "'queen' is not one of"),
        (["invite", "no address", "Bo"], "Please type an e-mail address"),
        (["invite", "bo@city.example", "Bo", "--language", "xx"], "There is no language “xx”"),
        (["revoke", "ADA", "administrator"], "Nobody else could administer"),
        (["deactivate", "ADA"], "Nobody else could administer"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(run: Any, words: list[str], says: str) -> None:
    make_staff(Role.ADMINISTRATOR, email="ada@city.example", password_hash="x")

    done = run(*[word.replace("ADA", "ada@city.example") for word in words])

    assert done.exit_code != 0
    assert says in done.output
    assert "Traceback" not in done.output
    assert db.session.query(Staff).count() == 1
    assert db.session.query(RoleGrant).count() == 1


def test_a_locked_account_is_out_at_once_and_back_later(run: Any, browser: Browser) -> None:
    person = make_staff()
    sign_in(browser, person)

    run("deactivate", person.email)
    assert browser.get("/en/staff/").status_code == 303
    run("reactivate", person.email)

    assert db.session.query(Staff.is_active).scalar()


@pytest.mark.parametrize(("command", "emptied"), [("reset-password", "password_hash"), ("reset-totp", "totp_secret")])
def test_a_reset_prints_a_link(run: Any, clock: Clock, browser: Browser, command: str, emptied: str) -> None:
    person = make_colleague(clock).staff

    done = run(command, person.email)

    assert getattr(person, emptied) == ""
    assert browser.get(done.output.strip().partition(":8000")[2]).heading == "Welcome"


def test_the_list_is_there_for_people_and_for_programs(run: Any, clock: Clock) -> None:
    make_colleague(clock, Role.OFFICER, name="Ada", email="ada@city.example")
    make_staff(name="Bo", email="bo@city.example", is_active=False)

    rows = json.loads(run("list", "--json").output)

    assert rows[0] == {
        "email": "ada@city.example",
        "name": "Ada",
        "active": True,
        "ready": True,
        "demo": False,
        "roles": ["officer@everywhere"],
    }
    assert "bo@city.example  Bo  no role  (locked)" in run("list").output


def test_no_secret_is_listed(run: Any, clock: Clock) -> None:
    person = make_colleague(clock).staff

    for output in (run("list").output, run("list", "--json").output):
        assert person.password_hash not in output
        assert person.totp_secret not in output
