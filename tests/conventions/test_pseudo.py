"""Public pages in the pseudo-languages: nothing is left untranslated, and both directions are drawn."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from tests.factories.city import make_city, words
from tests.fixtures.pseudo import accented, untranslated

#: Pages of which nothing is written by the city.
PLAIN_PAGES = ("/", "/help", "/rules", "/privacy", "/accessibility", "/nowhere")


@pytest.mark.parametrize("tag", ["en-XA", "ar-XB"])
@pytest.mark.parametrize("address", PLAIN_PAGES)
def test_nothing_on_a_public_page_is_left_untranslated(
    database: SQLAlchemy, pseudo_app: Flask, tag: str, address: str
) -> None:
    written = words("⟦Written by the city⟧")
    make_city(
        name=written,
        welcome_heading=written,
        welcome_text=written,
        contact_address=written,
        contact_hours=written,
        privacy_notice=written,
        accessibility_statement=written,
    )

    page = pseudo_app.test_client().get(f"/{tag}{address}")

    assert page.soup.find("html")["lang"] == tag
    for hidden in page.soup.select("script, style, .languages"):  # languages stand there by their own names
        hidden.extract()
    assert untranslated(page.soup.get_text("\n")) == []


def test_a_planted_sentence_is_found() -> None:
    assert untranslated(f"{accented('Hello')} 12 · 3\nForgotten words") == ["Forgotten words"]


def test_placeholders_and_tags_stay() -> None:
    assert accented("<b>%(name)s</b> said %(count)s%% &amp; more").count("%(name)s</b>") == 1
