"""The page of the chained log."""

from __future__ import annotations

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.core import audit
from participation.core.clock import now
from participation.core.policy import SYSTEM, Role
from tests.browser import Browser, Page
from tests.factories.accounts import actor_of, make_staff, sign_in
from tests.factories.city import make_city
from tests.factories.consultations import make_consultation
from tests.fixtures.time import Clock

LOG = "/en/staff/audit/"


@pytest.fixture
def administrator(browser: Browser, database: SQLAlchemy, clock: Clock) -> Browser:
    make_city()
    return sign_in(browser, make_staff(Role.ADMINISTRATOR, name="Ingrid"))


def numbers(page: Page) -> list[int]:
    return [int(each.get_text()) for each in page.soup.select("tbody th")]


def test_deeds_stand_newest_first_and_filters_narrow_them(administrator: Browser, clock: Clock) -> None:
    consultation, staff = make_consultation(), make_staff(name="Yusuf")
    audit.note("city_saved", "city:1", by=SYSTEM, at=now())
    audit.note("contribution_hidden", "contribution:7", by=actor_of(staff), at=now(), space=consultation.space, rule=2)

    assert numbers(administrator.get(LOG)) == [2, 1]
    assert numbers(administrator.get(f"{LOG}?staff={staff.id}")) == [2]
    assert numbers(administrator.get(f"{LOG}?staff=program")) == [1]
    assert numbers(administrator.get(f"{LOG}?verb=city_saved")) == [1]
    assert numbers(administrator.get(f"{LOG}?subject=contribution:7&space={consultation.space}")) == [2]
    assert numbers(administrator.get(f"{LOG}?until=2026-06-02")) == [2, 1]
    assert numbers(administrator.get(f"{LOG}?until=2026-06-01")) == []
    assert numbers(administrator.get(f"{LOG}?until=nonsense&before=x&staff=99999999999999999999")) == []
    assert "rule: 2" in administrator.get(LOG).words


def test_a_long_log_comes_in_pages(administrator: Browser, clock: Clock) -> None:
    audit.note_all([audit.Deed("city_saved", f"city:{number}") for number in range(60)], by=SYSTEM, at=now())

    first = administrator.get(LOG)
    second = administrator.go(first, "Next")

    assert numbers(first) + numbers(second) == list(range(60, 0, -1))
    assert audit.find_first_broken_entry() is None


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.OFFICER, Role.AUTHORITY_READER])
def test_it_is_for_administrators(browser: Browser, database: SQLAlchemy, clock: Clock, role: Role) -> None:
    sign_in(browser, make_staff(role))

    assert browser.get(LOG).status_code == 403
