"""What a snapshot may tell: nothing exact, nobody's number, no word that was taken back."""

from __future__ import annotations

import copy
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.core import disclosure
from participation.core.localized import LocalizedText
from participation.summaries import snapshot
from participation.summaries.evidence import (
    AnswerCount,
    CitedFinding,
    Evidence,
    Question,
    SaidWords,
    StatementResult,
    TookPart,
    count_people,
)
from participation.summaries.models import FindingKind

PREPARED = date(2026, 6, 2)
WORDS = "Canary: the third bench."
TRANSLATED = "Canario: el tercer banco."


def text(words: str) -> LocalizedText:
    return LocalizedText.of({"en": words, "es": f"{words} es"})


def said(contribution_id: int = 900_001, language: str = "en", **facts) -> SaidWords:
    return SaidWords(contribution_id, WORDS, language, "ltr", facts.pop("translations", {}))


def finding(finding_id: int = 7, people: int = 40, **facts) -> CitedFinding:
    return CitedFinding(finding_id, FindingKind.SHARED, text("People want benches."), people, **facts)


def statement(number: int = 3, agree: int = 60, disagree: int = 20, passes: int = 15, **facts) -> StatementResult:
    facts.setdefault("words", said(900_100 + number))
    return StatementResult(number, 900_100 + number, 5, "resident", agree, disagree, passes, 0, **facts)


def evidence(**facts) -> Evidence:
    values = {
        "slug": "bridge",
        "title": text("The bridge"),
        "decided_by": text("The council"),
        "languages": ("en", "es"),
        "opened_on": date(2026, 5, 1),
        "closed_on": date(2026, 5, 30),
        "reply_due_on": date(2026, 7, 1),
        "is_sensitive": False,
        "headline": text("People want to sit."),
        "introduction": text("Many wrote about seats."),
        "took_part": (TookPart("web", "open_link", "en", 100),),
        "questions": (),
        "statements": (),
        "findings": (finding(),),
    }
    return Evidence(**{**values, **facts})


def build(**facts) -> snapshot.Built:
    return snapshot.build(evidence(**facts), number=1, prepared_on=PREPARED)


def tables(kept: object) -> list[dict]:
    """Every table in a snapshot, wherever it stands."""
    if isinstance(kept, dict):
        own = [kept] if "is_withheld" in kept else []
        return own + [each for value in kept.values() for each in tables(value)]
    return [each for value in kept for each in tables(value)] if isinstance(kept, list) else []


def test_the_same_evidence_gives_the_same_hash():
    one, other = build(), build()

    assert snapshot.digest(one.snapshot) == snapshot.digest(other.snapshot)
    assert snapshot.digest(one.snapshot) != snapshot.digest(build(headline=text("Else")).snapshot)


def test_the_hash_survives_being_stored_as_json():
    built = build(statements=(statement(),))

    assert snapshot.digest(json.loads(json.dumps(built.snapshot))) == snapshot.digest(built.snapshot)


def test_a_snapshot_names_nobodys_words_by_number():
    built = build(statements=(statement(),), findings=(finding(quotes=(said(),), counted_ids=(900_002,)),))

    written = json.dumps(built.snapshot)
    assert WORDS in written
    assert "9000" not in written
    assert "9001" not in written
    assert {place.contribution_id for place in built.places} == {900_001, 900_002, 900_103}


def test_findings_of_fewer_than_ten_people_stand_last_without_count_or_quote():
    few = finding(8, 9, quotes=(said(),))

    built = build(findings=(few, finding(7, 10)))

    kept = built.snapshot["findings"]
    assert [(each["id"], each["is_other"]) for each in kept] == [(7, False), (8, True)]
    assert kept[1]["quotes"] == []
    assert kept[1]["people"]["people"] is None
    assert WORDS not in json.dumps(built.snapshot)


def test_a_finding_that_rests_on_a_shown_result_needs_no_ten_voices():
    by_vote = finding(8, 2, statement_ids=(3,))
    by_hidden_vote = finding(9, 2, statement_ids=(4,))

    built = build(findings=(by_vote, by_hidden_vote), statements=(statement(3), statement(4, 3, 3, 3)))

    assert [(each["id"], each["is_other"]) for each in built.snapshot["findings"]] == [(8, False), (9, True)]


def test_a_statement_nobody_may_repeat_keeps_its_result_only():
    built = build(statements=(statement(words=None),))

    kept = built.snapshot["statements"][0]
    assert kept["words"] is None
    assert kept["table"]["people"] == 95


def test_a_language_few_people_speak_is_not_named():
    took_part = (TookPart("web", "open_link", "en", 100), TookPart("web", "open_link", "ar", 9))

    built = build(took_part=took_part, findings=(finding(quotes=(said(language="ar"), said(900_005, "en"))),))

    assert [each["names_language"] for each in built.snapshot["findings"][0]["quotes"]] == [False, True]


def test_small_ways_of_taking_part_are_put_together_before_they_are_withheld():
    took_part = (
        TookPart("web", "open_link", "en", 100),
        TookPart("paper", "entered_by_staff", "en", 8),
        TookPart("phone", "entered_by_staff", "en", 7),
    )

    kept = {table["key"]: table for table in build(took_part=took_part).snapshot["took_part"]}

    channels = {tuple(cell["keys"]): cell["people"] for cell in kept["people:channel"]["cells"]}
    assert channels == {("web",): 100, ("other",): 15}


def test_a_blanked_word_is_gone_in_every_language_and_changes_the_hash():
    quote = said(translations={"es": (TRANSLATED, "ltr", "human")})
    built = build(findings=(finding(quotes=(quote,)),), statements=(statement(),))
    before, served = snapshot.digest(built.snapshot), copy.deepcopy(built.snapshot)

    changed = snapshot.blank(served, [place.path for place in built.places if place.path])

    assert changed
    written = json.dumps(served)
    assert WORDS not in written
    assert TRANSLATED not in written
    assert snapshot.digest(served) != before
    assert [table["people"] for table in tables(served)] == [table["people"] for table in tables(built.snapshot)]
    assert not snapshot.blank(served, [place.path for place in built.places if place.path])


def test_staff_texts_survive_the_snapshot():
    kept = text("Two\nlines")

    assert snapshot.text_from_json(snapshot.text_as_json(kept)) == kept


def test_an_earlier_release_with_finer_ways_is_compared_with_a_coarser_one():
    fine = disclosure.one_way("people:channel", [("web", 100), ("paper", 20), ("phone", 10)], is_sensitive=False)

    def coarse(web: int, other: int) -> disclosure.Table:
        return disclosure.one_way("people:channel", [("web", web), ("other", other)], is_sensitive=False)

    assert snapshot.may_follow(fine, coarse(100, 30))
    assert snapshot.may_follow(fine, coarse(110, 30))
    assert not snapshot.may_follow(fine, coarse(100, 31))


@pytest.mark.parametrize(
    ("voices", "people"),
    [
        ([], 0),
        ([(1, 1), (1, 1), (2, 1)], 2),
        ([(1, 1), (1, 12)], 12),
        ([(None, 3), (None, 1)], 4),
    ],
)
def test_each_person_counts_once_however_often_she_is_cited(voices, people):
    assert count_people(voices) == people


people = st.one_of(st.integers(0, 12), st.integers(0, 4000))


@given(
    took_part=st.lists(
        st.builds(
            TookPart,
            st.sampled_from(["web", "paper", "phone", "in_person"]),
            st.sampled_from(["open_link", "invited_code", "entered_by_staff"]),
            st.sampled_from(["en", "es", "ar"]),
            people,
        ),
        max_size=6,
    ),
    votes=st.lists(st.tuples(people, people, people), max_size=4),
    choices=st.lists(people, min_size=1, max_size=4),
    voices=st.lists(people, max_size=3),
    is_sensitive=st.booleans(),
)
def test_no_snapshot_shows_a_number_below_ten_or_one_that_is_not_round(took_part, votes, choices, voices, is_sensitive):
    rows = tuple(AnswerCount(str(key), text(f"Option {key}"), each) for key, each in enumerate(choices))
    built = build(
        took_part=tuple(took_part),
        questions=(Question(11, 1, 1, "one_choice", text("Which?"), sum(choices), rows),),
        statements=tuple(statement(number, *counts) for number, counts in enumerate(votes, 1)),
        findings=tuple(finding(number, each, quotes=(said(),)) for number, each in enumerate(voices, 1)),
        is_sensitive=is_sensitive,
    )

    for table in tables(built.snapshot):
        figures = [table["people"], *(cell["people"] for cell in table["cells"])]
        assert not (table["is_withheld"] and (table["cells"] or table["people"] is not None))
        for figure in figures:
            assert figure is None or figure == 0 or (figure >= 10 and figure % 5 == 0)
        if is_sensitive and table["key"].startswith(("step:", "statement:")):
            assert 0 not in figures
    assert len(built.tables) == len(tables(built.snapshot))
    assert all(
        "quotes" not in each or not each["quotes"] or not each["is_other"] for each in built.snapshot["findings"]
    )
