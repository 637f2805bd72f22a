"""Small numbers. The attacker here knows the rules, every figure shown and, in one test, the exact total as well."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.core.disclosure import (
    ImpossibleTable,
    Kind,
    ProtectedTable,
    ShareInWords,
    Table,
    may_replace,
    number_afresh,
    one_way,
    opinion,
    protect,
    round_to_five,
    several_choices,
)

MOST_PEOPLE_TRIED = 72
EVERY_VOTE_TABLE = [
    votes for votes in product(range(MOST_PEOPLE_TRIED + 1), repeat=3) if sum(votes) <= MOST_PEOPLE_TRIED
]


def opinions(agree, disagree, passes, *, is_sensitive=False):
    return opinion("s1", agree=agree, disagree=disagree, passes=passes, is_sensitive=is_sensitive)


def figures(shown: ProtectedTable):
    return {cell.keys: cell.people for cell in shown.cells}


def test_three_large_cells_are_shown_rounded_to_five():
    shown = protect(opinions(203, 48, 12))

    assert figures(shown) == {("agree",): 205, ("disagree",): 50, ("pass",): 10}
    assert shown.people == 265
    assert [cell.percent for cell in shown.cells] == [77, 19, 4]
    assert not shown.is_merged


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ((40, 20, 9), {("agree",): 40, ("disagree", "pass"): 30}),
        ((20, 40, 9), {("agree", "pass"): 30, ("disagree",): 40}),
        ((40, 7, 30), {("agree",): 40, ("disagree", "pass"): 35}),
        ((40, 40, 3), {("agree",): 40, ("disagree", "pass"): 45}),
        ((40, 6, 6), {("agree",): 40, ("disagree", "pass"): 10}),
        ((21, 10, 10), {("agree",): 20, ("disagree",): 10, ("pass",): 10}),
    ],
)
def test_pass_is_merged_with_the_smaller_side_only_where_a_cell_is_small(votes, expected):
    assert figures(protect(opinions(*votes))) == expected


@pytest.mark.parametrize("votes", [(40, 4, 5), (9, 3, 200), (40, 9, 0), (40, 0, 9), (3, 3, 3), (0, 0, 0), (9, 0, 0)])
def test_what_still_has_a_small_cell_is_withheld_whole_with_its_total(votes):
    shown = protect(opinions(*votes))

    assert shown == ProtectedTable("s1", Kind.OPINION, is_withheld=True, cells=(), people=None)


def test_a_zero_is_shown_on_a_plain_question_and_small_on_a_sensitive_one():
    assert figures(protect(opinions(40, 20, 0))) == {("agree",): 40, ("disagree",): 20, ("pass",): 0}
    assert figures(protect(opinions(40, 20, 0, is_sensitive=True))) == {("agree",): 40, ("disagree", "pass"): 20}
    assert protect(one_way("q", [("yes", 40), ("no", 0)], is_sensitive=True)).is_withheld


def test_one_answer_by_everybody_is_small_on_a_sensitive_question():
    assert protect(opinions(60, 0, 0, is_sensitive=True)).is_withheld
    assert protect(one_way("q", [("only", 60)], is_sensitive=True)).is_withheld
    assert protect(several_choices("q", [("a", 50), ("b", 20)], people=50, is_sensitive=True)).is_withheld


def test_those_who_did_not_tick_an_answer_are_a_cell_too():
    assert protect(several_choices("q", [("a", 48), ("b", 20)], people=50, is_sensitive=False)).is_withheld

    shown = protect(several_choices("q", [("a", 40), ("b", 20)], people=51, is_sensitive=False))
    assert [(cell.people, cell.percent) for cell in shown.cells] == [(40, 80), (20, 40)]


def test_a_small_group_gets_words_in_place_of_figures():
    shown = protect(opinions(14, 15, 0))

    assert shown.people == 30
    assert all(cell.people is None and cell.percent is None for cell in shown.cells)
    assert [cell.words for cell in shown.cells] == [ShareInWords.ABOUT_HALF, ShareInWords.ABOUT_HALF, ShareInWords.FEW]
    assert [cell.words for cell in protect(opinions(19, 10, 0)).cells][:2] == [ShareInWords.MOST, ShareInWords.SOME]


def test_figures_begin_at_thirty_people():
    assert protect(opinions(10, 19, 0)).cells[0].words is ShareInWords.SOME
    assert protect(opinions(10, 20, 0)).cells[0].people == 10


@pytest.mark.parametrize("is_sensitive", [False, True])
def test_no_small_cell_can_be_recovered_from_what_is_shown(is_sensitive):
    """Gather all exact tables behind each shown one (all there are up to 72 people): how narrow are cells?."""
    behind = defaultdict(list)
    for votes in EVERY_VOTE_TABLE:
        shown = protect(opinions(*votes, is_sensitive=is_sensitive))
        if shown.is_withheld or shown.people <= MOST_PEOPLE_TRIED - 7:
            behind[shown].append(votes)

    assert _assert_small_cells_stay_wide(behind.values(), is_sensitive=is_sensitive) > 40_000


@pytest.mark.parametrize("is_sensitive", [False, True])
def test_not_even_by_somebody_who_knows_the_exact_total(is_sensitive):
    behind = defaultdict(list)
    for votes in EVERY_VOTE_TABLE:
        if sum(votes) >= 15:
            behind[sum(votes), protect(opinions(*votes, is_sensitive=is_sensitive))].append(votes)

    assert _assert_small_cells_stay_wide(behind.values(), is_sensitive=is_sensitive) > 40_000


@pytest.mark.parametrize("is_sensitive", [False, True])
def test_nor_those_who_did_not_tick_an_answer(is_sensitive):
    behind = defaultdict(list)
    for people, ticked in product(range(60), repeat=2):
        if ticked <= people:
            shown = protect(several_choices("q", [("a", ticked)], people=people, is_sensitive=is_sensitive))
            behind[shown].append((ticked, people - ticked))

    assert _assert_small_cells_stay_wide(behind.values(), is_sensitive=is_sensitive) > 900


def _assert_small_cells_stay_wide(tables_behind_each_answer, *, is_sensitive):
    checked = 0
    for tables in tables_behind_each_answer:
        for cell in zip(*tables, strict=True):
            small = [n for n in cell if n < 10 and (n or is_sensitive)]
            checked += len(small)
            assert not small or max(cell) - min(cell) >= 5, tables
    return checked


counts = st.lists(st.one_of(st.integers(0, 12), st.integers(0, 3000)), min_size=1, max_size=8)


@given(counts=counts, is_sensitive=st.booleans())
def test_every_shown_figure_is_a_multiple_of_five_that_stands_for_no_small_cell(counts, is_sensitive):
    table = one_way("q", [(str(n), people) for n, people in enumerate(counts)], is_sensitive=is_sensitive)

    shown = protect(table)

    if shown.is_withheld:
        assert (shown.cells, shown.people) == ((), None)
        return
    assert not any(0 < people < 10 for people in counts)
    assert not (is_sensitive and 0 in counts)
    assert shown.people % 5 == 0
    assert abs(shown.people - sum(counts)) <= 2
    for cell, people in zip(shown.cells, counts, strict=True):
        assert (cell.people is None) == (sum(counts) < 30) == (cell.words is not None)
        assert cell.people is None or (cell.people % 5 == 0 and abs(cell.people - people) <= 2)
        assert cell.percent is None or 0 <= cell.percent <= 100


@given(counts=counts)
def test_percentages_tell_nothing_that_the_shown_cells_do_not(counts):
    exact = one_way("q", [(str(n), 10 + people) for n, people in enumerate(counts)], is_sensitive=False)
    already_round = one_way("q", [(c.key, round_to_five(c.people)) for c in exact.cells], is_sensitive=False)

    if min(exact.people, already_round.people) >= 30:
        assert protect(exact).cells == protect(already_round).cells


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((40, 20, 15), (40, 20, 15), True),
        ((40, 20, 15), (50, 20, 15), True),
        ((40, 20, 15), (41, 20, 15), False),
        ((40, 20, 15), (30, 20, 25), True),
        ((40, 20, 15), (45, 25, 15), False),
        ((40, 20, 15), (52, 20, 10), False),
        ((40, 20, 15), (50, 10, 16), False),
    ],
)
def test_a_second_release_differs_by_nobody_or_by_ten(before, after, expected):
    assert may_replace(opinions(*before), opinions(*after)) is expected


def test_a_total_that_changes_by_a_few_is_a_difference_too():
    before = several_choices("q", [("a", 40)], people=60, is_sensitive=False)
    after = several_choices("q", [("a", 40)], people=61, is_sensitive=False)

    assert not may_replace(before, after)


@pytest.mark.parametrize(
    ("cells", "people"),
    [([], 0), ([("a", -1)], 5), ([("a", 3), ("a", 3)], 6), ([("a", 7)], 6)],
)
def test_counts_that_cannot_be_are_refused(cells, people):
    with pytest.raises(ImpossibleTable):
        several_choices("q", cells, people=people, is_sensitive=False)


def test_exclusive_cells_must_add_up_to_the_people():
    cells = one_way("q", [("a", 3)], is_sensitive=False).cells

    with pytest.raises(ImpossibleTable):
        Table("q", Kind.EXCLUSIVE, cells, people=4, is_sensitive=False)


def test_each_export_numbers_people_afresh():
    people = [f"person {n}" for n in range(2000)]

    first, second = number_afresh(people), number_afresh(people)

    assert len(set(first.values())) == len(people)
    assert sum(first[person] == second[person] for person in people) <= 1
    assert sorted(people, key=first.__getitem__) != people
    assert number_afresh(["a", "b", "a"]).keys() == {"a", "b"}
