"""The network drops, forms grow old, fingers tap twice: no word is lost and nothing happens twice."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import Route, expect

from participation.accounts.models import Participant
from participation.consultations.models import Participation
from participation.contributions.models import Contribution
from participation.core import forms
from participation.core.database import db

from .conftest import Cast
from .people import BUS, MAIN_BUTTON
from .serving import City
from .stops import WORDS


def count(city: City, model: type) -> int:
    """Rows of a table."""
    with city.app.app_context():
        return db.session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def test_words_outlive_a_dropped_network_and_a_resend_creates_nothing_twice(cast: Cast, city: City) -> None:
    people, said = count(city, Participant), count(city, Contribution)
    resident = cast.resident()
    page = resident.page
    resident.begin(BUS)

    page.fill("textarea[name=answer]", WORDS["en"])
    resident.until("Object.keys(localStorage).some((key) => key.startsWith('draft:'))")
    page.context.set_offline(True)
    page.click(MAIN_BUTTON)
    expect(page.locator("[data-not-sent]")).to_be_visible()
    assert page.input_value("textarea[name=answer]") == WORDS["en"]

    page.context.set_offline(False)
    page.reload()
    expect(page.locator("textarea[name=answer]")).to_have_value(WORDS["en"])

    # the form arrives, its answer is lost on the way back, and she sends once more
    def lose_the_answer(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    stand = page.url
    sent = page.locator("form[data-form]").evaluate("form => Object.fromEntries(new FormData(form))")
    page.route("**/steps/1", lose_the_answer, times=1)
    with page.expect_event("requestfailed"):
        page.click(MAIN_BUTTON, no_wait_after=True)
    again = page.request.post(stand, form=sent, headers={"Origin": stand.split("/en/")[0]})
    assert again.status == 200
    resident.go(f"/consultations/{BUS}/resume")
    assert resident.path == f"/consultations/{BUS}/steps/2"
    assert count(city, Participant) == people + 1
    assert count(city, Contribution) == said


def test_a_double_tap_sends_once(cast: Cast, city: City) -> None:
    sent, said = count(city, Participation), count(city, Contribution)
    resident = cast.resident(script=False)
    resident.answer_all(WORDS["en"])

    resident.page.dblclick(MAIN_BUTTON)
    resident.page.wait_for_url("**/sent")

    assert count(city, Participation) == sent + 1
    assert count(city, Contribution) == said + 1


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_an_old_form_loses_no_word(cast: Cast, monkeypatch: pytest.MonkeyPatch, script: bool) -> None:
    resident = cast.resident("ar", script=script)
    resident.begin(BUS)
    resident.page.fill("textarea[name=answer]", WORDS["ar"])

    with monkeypatch.context() as old:
        old.setattr(forms, "TOKEN_SECONDS", -1)
        resident.press()

    assert resident.page.locator("[data-error-summary]").is_visible()
    assert resident.page.input_value("textarea[name=answer]") == WORDS["ar"]
    resident.press()
    assert resident.path == f"/consultations/{BUS}/steps/2"
