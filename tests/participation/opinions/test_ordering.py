"""The order of statements: fair to each statement, different for each person, the same each time."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from participation.opinions.ordering import NEAR, Candidate, choose_next, in_order

candidates = st.dictionaries(st.integers(1, 10**9), st.integers(0, 30), max_size=40).map(
    lambda seen: [Candidate(statement_id, count) for statement_id, count in seen.items()]
)


def fresh(count):
    return [Candidate(statement_id, 0) for statement_id in range(1, count + 1)]


@given(candidates=candidates, seed=st.text(max_size=10), chance=st.randoms())
def test_the_order_depends_on_counts_and_person_only(candidates, seed, chance):
    shuffled = chance.sample(candidates, len(candidates))

    ordered = in_order(candidates, seed=seed)

    assert in_order(shuffled, seed=seed) == ordered
    assert sorted(ordered, key=repr) == sorted(candidates, key=repr)
    assert choose_next(candidates, seed=seed) == (ordered[0] if ordered else None)


@given(candidates=candidates, seed=st.text(max_size=10))
def test_what_many_fewer_have_seen_comes_first(candidates, seed):
    ordered = in_order(candidates, seed=seed)

    for place, earlier in enumerate(ordered):
        assert all(earlier.seen < later.seen + NEAR for later in ordered[place:])


def test_the_order_is_the_same_for_ever():
    assert [each.statement_id for each in in_order(fresh(8), seed="a person")] == [1, 4, 5, 6, 2, 7, 8, 3]


def test_each_statement_stands_first_for_about_as_many_people():
    first = Counter(choose_next(fresh(10), seed=f"person {n}").statement_id for n in range(2000))

    assert len(first) == 10
    assert 140 < min(first.values()) <= max(first.values()) < 260


def test_votes_even_out_though_each_person_answers_only_some():
    seen = dict.fromkeys(range(1, 51), 0)
    chance = random.Random(7)

    for person in range(300):
        answered: set[int] = set()
        for _ in range(chance.randint(3, 15)):
            open_ones = [Candidate(number, count) for number, count in seen.items() if number not in answered]
            chosen = choose_next(open_ones, seed=f"person {person}").statement_id
            answered.add(chosen)
            seen[chosen] += 1

    assert sum(seen.values()) > 2000
    assert max(seen.values()) - min(seen.values()) <= 2 * NEAR


def test_a_late_statement_catches_up():
    seen = {**dict.fromkeys(range(1, 31), 40), 31: 0}

    for person in range(40):
        chosen = choose_next([Candidate(*pair) for pair in seen.items()], seed=f"person {person}").statement_id
        seen[chosen] += 1

    assert seen[31] >= 36
