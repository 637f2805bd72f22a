"""One whole answer by the keyboard alone; the statement page is swapped in place and the focus is never lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import Cast
from .people import BUS
from .stops import WORDS

#: More stops than any page has.
MOST_TABS = 60
#: The focused control, or the card around it, has an outline.
SHOWS_FOCUS = """[document.activeElement, document.activeElement.parentElement]
    .some((each) => getComputedStyle(each).outlineStyle !== "none")"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, and see that it can be seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate(SHOWS_FOCUS), f"{selector}: the focus cannot be seen"
            return
    raise AssertionError(f"Tab never reached {selector} on {page.url}")


def press(page: Page, selector: str) -> None:
    """Go there by Tab and press Enter."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_somebody_answers_by_the_keyboard_alone(cast: Cast, language: str) -> None:
    resident = cast.resident(language)
    page = resident.page
    go_on = "main form button.button-primary"
    resident.go(f"/consultations/{BUS}")
    press(page, "main a.button-primary")

    tab_to(page, "textarea[name=answer]")
    page.keyboard.type(WORDS[language])
    tab_to(page, "input[name=permission]")
    page.keyboard.press("Space")
    press(page, go_on)
    tab_to(page, "input[name=answer]")
    page.keyboard.press("ArrowDown")
    press(page, go_on)
    tab_to(page, "input[name=answer]")
    page.keyboard.press("Space")
    press(page, go_on)
    tab_to(page, "input[name=answer]")
    page.keyboard.press("Space")
    press(page, go_on)
    tab_to(page, "button[name=move][value$=':down']")
    first = page.locator(".ranking-label").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".ranking-label").nth(1)).to_have_text(first)
    assert page.evaluate("document.activeElement.name") == "move"
    press(page, go_on)

    for answer in ("agree", "disagree"):
        before, marked = resident.statement_number, page.evaluate("document.documentElement.dataset.stays = 'here'")
        tab_to(page, f"button[name=answer][value={answer}]")
        page.keyboard.press("Enter")
        expect(page.locator("[name=statement_id]")).not_to_have_value(before)
        assert page.evaluate("document.documentElement.dataset.stays") == marked  # swapped in place, not loaded anew
        resident.until("!!document.activeElement.closest('#statement')")
    press(page, "#statement p.row a:last-of-type")
    press(page, go_on)

    assert resident.path == f"/consultations/{BUS}/sent"
