"""A city's one colour, made readable: darkened on paper, lightened on the dark page, until contrast is enough."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: The colour every page has without a word from the city; `static/css/tokens.css` has it for light and dark.
OWN_COLOUR = "#0A5C57"
#: Contrast that words in the colour need against the page (WCAG 2.2, 1.4.3).
ENOUGH = 4.5
PAPER = "#FBF7F0"
DARK_PAPER = "#17140F"
#: Cards and the head of the page; brighter than the dark paper, so what is readable here is readable there too.
DARK_CARD = "#211D17"
WHITE = "#FFFFFF"
INK = "#17140F"


@dataclass(frozen=True)
class Palette:
    """The colour as it is used, in light and dark, with the colour of words on it."""

    light: str
    on_light: str
    dark: str
    on_dark: str
    #: whether the wish had to be corrected on the light page
    is_corrected: bool


def palette_of(wish: str) -> Palette:
    """The readable palette nearest to the wished colour `#rrggbb`.

    Raises:
        ValueError: `wish` is no colour.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", wish):
        raise ValueError(wish)
    light = _until_readable(wish, PAPER, towards=0)
    dark = _until_readable(wish, DARK_CARD, towards=255)
    return Palette(light, _words_on(light), dark, _words_on(dark), light.lower() != wish.lower())


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21: (L1 + 0.05) / (L2 + 0.05). Source: WCAG 2.2."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _until_readable(colour: str, page: str, *, towards: int) -> str:
    channels = _channels(colour)
    for step in range(101):
        mixed = [round(channel + (towards - channel) * step / 100) for channel in channels]
        candidate = "#{:02x}{:02x}{:02x}".format(*mixed)
        if contrast(candidate, page) >= ENOUGH:
            return candidate
    return INK if towards == 0 else WHITE


def _words_on(colour: str) -> str:
    return max((WHITE, INK), key=lambda words: contrast(words, colour))


def _channels(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
