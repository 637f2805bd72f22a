"""Charts: words, picture and table say the same; mirrored where people read from the right; the withheld is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.page_rules import Markup, reference_troubles, text

Draw = Callable[..., Markup]
ROWS = [
    {"label": "Lights", "agree": 81, "passed": 12, "disagree": 7, "answers": "1,120"},
    {"label": "Cameras", "agree": 46, "passed": 13, "disagree": 41, "answers": "1,090"},
    {"label": "Guards", "withheld": True},
]
CHART = "{{ ui.bar_chart('c', 'Most want light.', rows, '/c.csv') }}"


def bars(page: Markup, part: str) -> list[tuple[str | None, str | None]]:
    return [(each.get("x"), each.get("width")) for each in page.elements if each.get("class") == f"bar-{part}"]


def test_words_picture_and_table_say_the_same(draw: Draw) -> None:
    page = draw(CHART, rows=ROWS)

    titles = [text(each) for each in page.elements if str(each.tag).endswith("title") and "agree" in text(each)]
    cells = [[text(cell) for cell in row if cell.tag in {"th", "td"}] for row in page.all("tr")]
    assert text(page.all("figcaption")[0]) == "Most want light."
    assert titles[0] == "81% agree, 12% pass, 7% disagree"
    assert cells[1] == ["Lights", "81%", "12%", "7%", "1,120"]
    assert "/c.csv" in [each.get("href") for each in page.all("a")]
    assert reference_troubles(page) == []


@pytest.mark.parametrize(("language", "agree", "disagree"), [("en", "0%", "93%"), ("ar", "19%", "0%")])
def test_agree_stands_where_reading_begins(draw: Draw, language: str, agree: str, disagree: str) -> None:
    page = draw(CHART, language, rows=ROWS)

    assert bars(page, "agree")[0] == (agree, "81%")
    assert bars(page, "disagree")[0] == (disagree, "7%")


def test_the_withheld_is_said_and_never_a_zero(draw: Draw) -> None:
    page = draw("{{ ui.bar_chart('c', 'Few answered.', rows) }}", rows=ROWS[2:])

    assert "Fewer than 10 people" in text(page.root)
    assert "0%" not in text(page.root)
    assert len([each for each in page.elements if each.get("class") == "bar-withheld"]) == 1


def test_a_narrow_part_has_its_number_beneath_at_its_own_end(draw: Draw) -> None:
    page = draw(CHART, rows=ROWS[:1])

    outside = {text(each): each for each in page.elements if (each.get("class") or "").endswith("bar-text-out")}
    assert set(outside) == {"12%", "7%"}
    assert (outside["7%"].get("x"), outside["7%"].get("text-anchor")) == ("100%", "end")


def test_simple_bars_have_their_table(draw: Draw) -> None:
    rows = [{"label": "Phone", "percent": 60, "shown": "60"}]

    page = draw("{{ ui.simple_bars('s', 'How people came.', rows) }}", rows=rows)

    assert [text(each) for each in page.all("td")] == ["60%", "60"]


def test_seats_are_drawn_and_said(draw: Draw) -> None:
    page = draw("{{ ui.steps_progress(6, 12) }}")

    seats = [each.get("class") for each in page.elements if str(each.tag).endswith("circle")]
    assert (seats.count("taken"), seats.count("now"), seats.count("free")) == (5, 1, 6)
    assert "Step 6 of 12" in text(page.root)


@pytest.mark.parametrize("total", [0, 1, 24, 25, 500])
def test_any_number_of_people_finds_seats(draw: Draw, total: int) -> None:
    page = draw("{{ ui.circle(total, total) }}", total=total)

    assert 1 <= len([each for each in page.elements if str(each.tag).endswith("circle")]) <= 24


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"agree": 70, "passed": 30, "disagree": 0, "merged": "disagree"}, "70% agree, 30% disagree or pass"),
        ({"agree": 0, "passed": 40, "disagree": 60, "merged": "agree"}, "40% agree or pass, 60% disagree"),
    ],
)
def test_a_side_counted_together_with_pass_is_never_shown_as_nobody(
    draw: Draw, row: dict[str, object], words: str
) -> None:
    page = draw(CHART, rows=[{"label": "Cameras", "answers": "50", **row}])

    assert text(page.root).count(words) == 3
    assert " 0%" not in text(page.root)
