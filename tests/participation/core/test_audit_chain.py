"""The chain of the audit log: every way of tampering with it shows, at the right place."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.core.audit_chain import GENESIS, Anchor, UnchainableFacts, canonical_json, entry_hash, first_broken

facts_of_any_kind = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("aäب\n", max_size=3), inner, max_size=3),
    max_leaves=8,
)


def chain(length, previous=GENESIS, first=1, note="kept"):
    rows = []
    for number in range(first, first + length):
        facts = {"number": number, "verb": "contribution_hidden", "details": {"note": note, "reasons": ["2.1", None]}}
        own = entry_hash(previous, facts)
        rows.append((facts, previous, own))
        previous = own
    return rows


def test_an_untouched_chain_holds():
    assert first_broken(chain(20)) is None
    assert first_broken([]) is None


def test_the_hash_of_a_row_is_the_same_for_ever():
    """Changing this value means that no log written before can be verified any more."""
    facts = {"number": 1, "verb": "raison d’être", "details": {"b": [1, True, None], "a": "نص"}}

    assert canonical_json(facts) == (
        '{"details":{"a":"نص","b":[1,true,null]},"number":1,"verb":"raison d’être"}'.encode()
    )
    assert entry_hash(GENESIS, facts) == "4cc7b9fe3096901ffbe6ca5ec2d87368ff0aed767a8c8f220441e508ac57f986"


@pytest.mark.parametrize("place", range(1, 8))
def test_an_edited_row_shows_at_its_place(place):
    rows = chain(8)
    facts, previous, own = rows[place - 1]

    rows[place - 1] = ({**facts, "verb": "contribution_shown"}, previous, own)

    assert first_broken(rows) == place


def test_a_row_rewritten_with_its_hash_shows_at_the_next():
    rows = chain(8)
    changed = {**rows[3][0], "verb": "contribution_shown"}

    rows[3] = (changed, rows[3][1], entry_hash(rows[3][1], changed))

    assert first_broken(rows) == 5


@pytest.mark.parametrize("place", [1, 4, 7])
def test_a_deleted_row_shows(place):
    rows = chain(8)

    del rows[place - 1]

    assert first_broken(rows) == place


def test_swapped_rows_show():
    rows = chain(8)

    rows[2], rows[3] = rows[3], rows[2]

    assert first_broken(rows) == 3


def test_an_inserted_row_shows():
    rows = chain(8)

    rows.insert(4, rows[3])

    assert first_broken(rows) == 5


def test_a_deleted_row_whose_successors_were_rechained_shows_by_its_number():
    rows = chain(3)
    rows += chain(4, previous=rows[-1][2], first=5)

    assert first_broken(rows) == 4


def test_a_chain_that_begins_elsewhere_shows():
    assert first_broken(chain(3, previous="f" * 64)) == 1


def test_a_shortened_tail_shows_where_an_anchor_was_kept():
    rows = chain(8)
    anchor = Anchor(8, rows[-1][2])

    assert first_broken(rows[:6]) is None
    assert first_broken(rows[:6], until=[anchor]) == 7
    assert first_broken(rows, until=[anchor]) is None


def test_a_chain_rewritten_whole_shows_at_the_anchor():
    before, rewritten = chain(8), chain(8, note="changed")

    assert first_broken(rewritten) is None
    assert first_broken(rewritten, until=[Anchor(5, before[4][2])]) == 5


def test_the_tail_can_be_verified_from_an_anchor_on():
    rows = chain(8)
    anchor = Anchor(5, rows[4][2])

    assert first_broken(rows[5:], after=anchor) is None
    assert first_broken(rows[6:], after=anchor) == 6
    assert first_broken(rows[5:], after=anchor, until=[Anchor(3, rows[2][2])]) is None
    assert first_broken(rows[5:], after=Anchor(5, "0" * 64)) == 6


def test_facts_that_can_no_longer_be_spelled_are_a_broken_row_and_not_an_accident():
    facts, previous, own = chain(1)[0]

    assert first_broken([({**facts, "share": 0.5}, previous, own)]) == 1


@pytest.mark.parametrize(
    "value",
    [0.5, float("nan"), b"bytes", {1: "a"}, {"deep": [{"set": {1}}]}, datetime(2026, 1, 2, tzinfo=UTC), "\ud800"],
)
def test_what_has_no_single_spelling_is_refused(value):
    with pytest.raises(UnchainableFacts):
        canonical_json({"value": value})


@given(facts=st.dictionaries(st.text("abc", max_size=3), facts_of_any_kind, max_size=4))
def test_facts_read_back_from_a_database_hash_the_same(facts):
    read_back = json.loads(json.dumps(dict(reversed(facts.items()))))

    assert entry_hash(GENESIS, read_back) == entry_hash(GENESIS, facts)


@given(one=facts_of_any_kind, other=facts_of_any_kind)
def test_different_facts_never_share_a_spelling(one, other):
    same_spelling = canonical_json({"value": one}) == canonical_json({"value": other})

    assert same_spelling == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))
