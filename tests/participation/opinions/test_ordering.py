"""Each statement gets its share of votes, and each person an order of her own."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from participation.opinions.ordering import SLACK, next_statement

counts = st.dictionaries(st.integers(1, 10_000), st.integers(0, 500), min_size=1, max_size=40)


def test_nobody_is_shown_a_statement_where_there_is_none() -> None:
    assert next_statement({}, seed="anybody") is None


@given(counts, st.text(max_size=20))
def test_the_next_statement_is_one_of_the_least_seen(seen: dict[int, int], seed: str) -> None:
    chosen = next_statement(seen, seed=seed)

    assert chosen is not None
    assert seen[chosen] <= min(seen.values()) + SLACK


def test_the_same_person_finds_the_same_statement_again() -> None:
    seen = dict.fromkeys(range(50), 3)

    assert len({next_statement(seen, seed="one person") for _ in range(20)}) == 1


def test_people_meet_the_statements_in_different_orders() -> None:
    seen = dict.fromkeys(range(50), 3)

    firsts = Counter(next_statement(seen, seed=str(person)) for person in range(500))

    assert len(firsts) > 40


def test_two_hundred_people_with_ten_votes_each_leave_votes_even() -> None:
    votes = dict.fromkeys(range(40), 0)
    for person in range(200):
        left = dict(votes)
        for _ in range(10):
            chosen = next_statement(left, seed=str(person))
            assert chosen is not None
            votes[chosen] += 1
            del left[chosen]

    assert max(votes.values()) - min(votes.values()) <= SLACK + 1
