"""People's words carry their language and direction, are escaped, and say when they were translated."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from participation.core.localized import LocalizedText
from tests.page_rules import Markup, text

Draw = Callable[..., Markup]


def said(**changes: object) -> SimpleNamespace:
    return SimpleNamespace(**{"text": "نعم", "language": "ar", "direction": "rtl", **changes})


def test_words_carry_language_and_direction(draw: Draw) -> None:
    (words,) = draw("{{ ui.words(item) }}", item=said()).all("div")

    assert (words.get("lang"), words.get("dir"), text(words)) == ("ar", "rtl", "نعم")


@pytest.mark.parametrize("missing", ["", None])
def test_words_of_unknown_language_find_their_own_direction(draw: Draw, missing: str | None) -> None:
    (words,) = draw("{{ ui.words(item) }}", item=said(language=missing, direction=missing)).all("div")

    assert (words.get("lang"), words.get("dir")) == ("und", "auto")


def test_words_are_never_markup(draw: Draw) -> None:
    page = draw("{{ ui.words(item) }}", item=said(text="<script>alert(1)</script><b>x</b>"))

    assert page.all("script", "b") == []


def test_machine_translation_says_so_and_shows_the_original(draw: Draw) -> None:
    item = said(translated_from="Arabic", origin="machine", original_url="/en/original/1")
    page = draw("{{ ui.words(item) }}", item=item)

    assert "translated by a machine" in text(page.root)
    assert [each.get("href") for each in page.all("a")] == ["/en/original/1"]
    assert page.all("div")[0].get("data-origin") == "machine"


def test_staff_words_in_another_language_are_marked(draw: Draw) -> None:
    words = LocalizedText.of({"es": "Hola"}).read("en")

    (mark,) = draw("{{ ui.text(words) }}", words=words).all("span")

    assert (mark.get("lang"), mark.get("dir")) == ("es", "ltr")


def test_staff_words_in_the_readers_language_need_no_mark(draw: Draw) -> None:
    words = LocalizedText.of({"es": "Hola", "en": "Hello"}).read("en")

    assert draw("{{ ui.text(words) }}", words=words).all("span") == []


def test_prose_keeps_paragraphs(draw: Draw) -> None:
    page = draw("{{ ui.prose(words) }}", words="One.\r\n\r\nTwo,\nstill two.\n\n\n\n")

    assert [text(each) for each in page.all("p")] == ["One.", "Two, still two."]


def test_a_return_code_is_read_from_left_to_right_in_fours(draw: Draw) -> None:
    (code,) = draw("{{ ui.return_code('7kq2-m9xw-4rtp') }}", "ar").all("bdi")

    assert (code.get("dir"), text(code)) == ("ltr", "7kq2 m9xw 4rtp")
