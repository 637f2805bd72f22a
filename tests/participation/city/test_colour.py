"""A city's colour is used where it can be read, and corrected where it cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.city.colour import DARK_CARD, DARK_PAPER, ENOUGH, PAPER, contrast, palette_of

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours)
def test_every_colour_becomes_readable_on_both_pages_and_under_words(wish: str) -> None:
    palette = palette_of(wish)

    assert contrast(palette.light, PAPER) >= ENOUGH
    assert contrast(palette.dark, DARK_PAPER) >= ENOUGH
    assert contrast(palette.dark, DARK_CARD) >= ENOUGH
    assert contrast(palette.on_light, palette.light) >= ENOUGH
    assert contrast(palette.on_dark, palette.dark) >= ENOUGH


def test_a_readable_colour_stays_as_it_was_wished() -> None:
    assert palette_of("#0A5C57").light.lower() == "#0a5c57"
    assert not palette_of("#0A5C57").is_corrected


def test_a_pale_colour_is_corrected_and_says_so() -> None:
    assert palette_of("#FFEE88").is_corrected


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("wish", ["", "red", "#12345", "#1234567", "#gggggg", "url(x)"])
def test_what_is_no_colour_is_refused(wish: str) -> None:
    with pytest.raises(ValueError) as trouble:  # noqa: PT011  the message is the wish itself
        palette_of(wish)

    assert str(trouble.value) == wish
