"""Work after the answer, and tidying: never before its time, by one server only, and harmless when it fails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from participation.accounts.models import OneTimeLink, ParticipantKey, StaffSession
from participation.core import jobs
from participation.core.clock import now
from participation.core.database import db
from participation.core.forms import FormReceipt
from participation.core.jobs import claim, last_done
from tests.browser import Browser
from tests.factories.accounts import give_cookie, make_participant, make_staff, sign_in
from tests.fixtures.databases import Backend
from tests.fixtures.time import Clock

HOUR = timedelta(hours=1)


def run(backend: Backend) -> str:
    return str(backend.app.test_cli_runner().invoke(args=["tidy"]).output)


def counts() -> list[int]:
    db.session.rollback()
    return [
        db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in (FormReceipt, ParticipantKey, StaffSession, OneTimeLink)
    ]


def leave_traces(browser: Browser) -> None:
    """A form, a device, a sign-in and a link."""
    person = make_staff()
    db.session.add(FormReceipt(key="form", sent_at=now()))
    db.session.add(
        OneTimeLink(token_hash="x", staff_id=person.id, purpose="reset", created_at=now(), expires_at=now() + 24 * HOUR)
    )
    give_cookie(browser, make_participant())
    sign_in(browser, person)


@pytest.mark.parametrize(
    ("passed", "left"),
    [
        ({"minutes": 1}, [1, 1, 1, 1]),
        ({"hours": 13}, [1, 1, 0, 1]),
        ({"hours": 25}, [1, 1, 0, 0]),
        ({"days": 29}, [1, 1, 0, 0]),
        ({"days": 31}, [1, 0, 0, 0]),
        ({"days": 36}, [0, 0, 0, 0]),
    ],
)
def test_things_go_when_their_time_is_over(
    browser: Browser, backend: Backend, clock: Clock, passed: dict[str, float], left: list[int]
) -> None:
    leave_traces(browser)

    clock.advance(**passed)
    run(backend)

    assert counts() == left
    assert last_done("tidy") == clock.now


def test_the_running_program_tidies_once_an_hour_after_an_answer(browser: Browser, clock: Clock) -> None:
    browser.application.extensions["tidy_due_at"] = None
    leave_traces(browser)
    browser.delete_cookie("baraza_key")
    browser.delete_cookie("baraza_staff")
    browser.get("/en/come-back")
    first = last_done("tidy")
    db.session.rollback()
    clock.advance(minutes=59)
    browser.get("/en/come-back")
    assert last_done("tidy") == first
    db.session.rollback()

    clock.advance(days=40)
    browser.get("/en/come-back")

    assert counts() == [0, 0, 0, 0]


def test_of_two_servers_one_tidies(database: Any, clock: Clock) -> None:
    got = []
    for _ in range(2):
        with db.engine.begin() as connection:
            got.append(claim(connection, "tidy", at=now(), every=HOUR))
    clock.advance(hours=1)
    with db.engine.begin() as connection:
        got.append(claim(connection, "tidy", at=now(), every=HOUR))

    assert got == [True, False, True]


def test_failing_work_harms_no_answer(browser: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    browser.application.extensions["tidy_due_at"] = None
    monkeypatch.setattr(jobs, "tidy", fail)

    page = browser.get("/en/come-back", strict=False)  # the strict one would show the error that is logged

    assert page.status_code == 200
