"""A moderator returns words with a reason; their author sees why, mends them, and they are released."""

from __future__ import annotations

import pytest

from .conftest import Cast

HARSH = "سائقو الخط التاسع كلهم كسالى ولا فائدة منهم أبدًا."
MENDED = "انتظرت حافلة الخط التاسع نصف ساعة ولم يقل لنا أحد شيئًا."
REASON = "الجملة تتحدث عن أشخاص بكلمة جارحة. أخبرونا بما حدث لكم، وسننشرها."


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_resident_mends_what_a_moderator_returned(cast: Cast, script: bool) -> None:
    resident = cast.resident("ar", script=script)
    resident.answer_all(HARSH)
    resident.send()

    moderator = cast.moderator("Yusuf Demir", script=script)
    moderator.open_words(HARSH)
    assert HARSH in moderator.main.inner_text()
    moderator.send_back(facts="كسالى", fit=REASON, language="ar")

    resident.go("/me")
    told = resident.main.inner_text()
    assert REASON in told
    assert resident.page.get_by_text(REASON).first.get_attribute("lang") == "ar"
    resident.follow("a[href*='/me/contributions/'][href$='/edit']")
    assert REASON in resident.main.inner_text()
    resident.page.fill("textarea[name=body]", MENDED)
    resident.press()

    moderator.open_words(MENDED)
    moderator.release()

    resident.go("/me")
    told = resident.main.inner_text()
    assert MENDED in told
    assert HARSH not in told
    assert REASON not in told
