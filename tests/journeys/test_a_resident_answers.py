"""Somebody answers on her phone, keeps her receipt, and comes back on another device."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from participation.consultations.models import Participation
from participation.core.database import db

from .conftest import Cast
from .people import BUS
from .serving import City
from .stops import WORDS

TO_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def count_sent(city: City) -> int:
    """How many people have sent answers to the bus consultation's city."""
    with city.app.app_context():
        query = sa.select(sa.func.count()).select_from(Participation).where(Participation.sent_at.is_not(None))
        return db.session.execute(query).scalar_one()


@pytest.mark.parametrize(("language", "script"), [("ar", False), ("en", True)], ids=["arabic-plain", "english-script"])
def test_a_resident_answers_all_six_kinds_and_comes_back_by_her_code(
    cast: Cast, city: City, language: str, script: bool
) -> None:
    before = count_sent(city)
    resident = cast.resident(language, script=script)

    resident.begin(BUS)
    assert resident.page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    resident.write(WORDS[language])
    resident.choose(0)
    resident.choose(0, 1)
    resident.choose(2)
    moved = resident.move_down(0)
    resident.press()
    for answer in ("agree", "disagree", "pass"):
        resident.vote(answer)
    resident.stop_voting()

    assert resident.path == f"/consultations/{BUS}/check"
    checked = resident.main.inner_text()
    assert WORDS[language] in checked
    assert moved in checked
    assert resident.page.locator(".tag-clay").count() == 0
    resident.send()
    assert resident.path == f"/consultations/{BUS}/sent"
    code = resident.code
    assert count_sent(city) == before + 1

    with resident.page.expect_download() as receipt:
        resident.page.click("a[href$='receipt.txt']")
    assert code.split()[0] in receipt.value.path().read_text("utf-8")

    other = cast.resident(language, script=script)
    other.come_back(code.lower().translate(TO_ARABIC_INDIC))
    assert other.path == "/me"
    assert WORDS[language] in other.main.inner_text()
    assert count_sent(city) == before + 1
