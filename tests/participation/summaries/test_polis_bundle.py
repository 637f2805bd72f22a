"""The Polis bundle: its form byte for byte, what it must not tell, and other people's readers of it."""

import os
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.core.disclosure import number_afresh
from participation.opinions.polis_files import PolisFolder, Totals
from participation.summaries.polis_bundle import (
    RowsInTellingOrder,
    StatementRow,
    VoteRow,
    comments_csv,
    matrix_csv,
    renumbered,
    summary_csv,
    votes_csv,
)

DAY = date(2026, 3, 1)
STATEMENTS = [
    StatementRow(4, 500, DAY, 1, 1, 1, 'نص, "so"\nnext\rand next'),
    StatementRow(9, 300, DAY, -1, 0, 1, "=1+1"),
    StatementRow(10, 300, DAY, 0, 0, 0, "not looked at"),
]
VOTES = [
    VoteRow(300, 4, 1, DAY),
    VoteRow(300, 9, 0, DAY),
    VoteRow(500, 4, -1, DAY),
    VoteRow(500, 9, -1, date(2026, 3, 12)),
]
FACTS = {"conversation-description": "Two\nlines", "topic": "Parks, “ours”", "voters": 2, "groups": 0}


def write_bundle(folder, statements, votes):
    matrix = b"".join(matrix_csv([row.statement_id for row in statements], votes, written={300: 2}))
    for name, content in {
        "summary.csv": summary_csv(FACTS),
        "comments.csv": b"".join(comments_csv(statements)),
        "votes.csv": b"".join(votes_csv(votes)),
        "participant-votes.csv": matrix,
        "participants-votes.csv": matrix,
    }.items():
        (folder / name).write_bytes(content)
    return folder


def test_votes_have_a_row_each_at_midnight():
    assert b"".join(votes_csv(VOTES)).decode() == (
        "timestamp,datetime,comment-id,voter-id,vote\n"
        "1772323200,Sun Mar 01 00:00:00 UTC 2026,4,300,1\n"
        "1772323200,Sun Mar 01 00:00:00 UTC 2026,9,300,0\n"
        "1772323200,Sun Mar 01 00:00:00 UTC 2026,4,500,-1\n"
        "1773273600,Thu Mar 12 00:00:00 UTC 2026,9,500,-1\n"
    )


def test_the_matrix_has_a_row_for_each_person_and_no_group():
    assert b"".join(matrix_csv([4, 9, 10], VOTES, written={300: 2})).decode() == (
        "participant,group-id,n-comments,n-votes,n-agree,n-disagree,4,9,10\n"
        "300,,2,2,1,0,1,0,\n"
        "500,,0,2,0,2,-1,-1,\n"
    )  # fmt: skip


def test_statements_are_quoted_and_otherwise_as_they_were_written():
    assert b"".join(comments_csv(STATEMENTS)).decode() == (
        "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
        '1772323200,"Sun Mar 01 00:00:00 UTC 2026",4,500,1,1,1,"نص, ""so""\nnext\rand next"\n'
        '1772323200,"Sun Mar 01 00:00:00 UTC 2026",9,300,0,1,-1,"=1+1"\n'
        '1772323200,"Sun Mar 01 00:00:00 UTC 2026",10,300,0,0,0,"not looked at"\n'
    )


def test_the_summary_has_no_header_and_the_order_of_polis():
    assert summary_csv(FACTS).decode() == (
        '"topic","Parks, “ours”"\n"voters",2\n"groups",0\n"conversation-description","Two\nlines"\n'
    )


@pytest.mark.parametrize("write", [votes_csv, lambda votes: matrix_csv([4, 9], votes)])
def test_rows_in_the_order_in_which_people_came_are_refused(write):
    with pytest.raises(RowsInTellingOrder):
        b"".join(write(reversed(VOTES)))


def test_fresh_numbers_bring_their_own_order():
    came = [VoteRow(person, statement, 1, DAY) for person in range(40) for statement in (9, 4)]
    numbers = number_afresh(range(40))

    fresh = renumbered(came, numbers)

    assert len(fresh) == 80
    assert [(row.person, row.statement_id) for row in fresh] == sorted(
        (numbers[row.person], row.statement_id) for row in came
    )
    assert list(fresh) == list(fresh)


@given(
    person=st.integers(0, 2**60), statement=st.integers(0, 2**40 - 1), value=st.sampled_from([-1, 0, 1]), day=st.dates()
)  # fmt: skip
def test_a_vote_comes_out_of_its_packing_unchanged(person, statement, value, day):
    vote = VoteRow(1, statement, value, day)

    assert list(renumbered([vote], {1: person})) == [vote._replace(person=person)]


def test_our_own_reader_reads_it_back(tmp_path):
    polis = PolisFolder(write_bundle(tmp_path, STATEMENTS, VOTES), agree=1)

    assert {vote[:3] for vote in polis.votes()} == {(row.statement_id, row.person, row.value) for row in VOTES}
    assert [(row.statement_id, row.author_id, row.moderated, row.body) for row in polis.statements()] == [
        (row.statement_id, row.author, row.moderated, row.body) for row in STATEMENTS
    ]
    assert {row.written_at for row in polis.statements()} == {datetime(2026, 3, 1, tzinfo=UTC)}
    assert polis.matrix_totals() == {4: Totals(1, 1, 0), 9: Totals(0, 1, 1), 10: Totals()}
    assert polis.summary()["topic"] == "Parks, “ours”"
    assert not polis.contradicts_sign()


def test_the_matrix_streams_through_in_little_memory():
    votes = (VoteRow(person, statement, 1, DAY) for person in range(20_000) for statement in range(10))

    tracemalloc.start()
    size = sum(len(piece) for piece in matrix_csv(range(10), votes))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size > 500_000
    assert most < 1_500_000


class Folder:
    """Answers as the server of Polis would, from a folder."""

    def get(self, url):
        path = Path(url)
        return type("Response", (), {"text": path.read_text("utf-8")})


def read_by_red_dwarf(folder):
    from reddwarf.data_loader import Loader  # takes seconds to load

    loader = Loader()
    loader.session = Folder()
    loader.load_remote_export_data_comments(f"{folder}/")
    loader.load_remote_export_data_votes(f"{folder}/")
    loader.filter_duplicate_votes()
    return loader


@pytest.mark.filterwarnings("ignore")
def test_red_dwarf_reads_it(tmp_path):
    loader = read_by_red_dwarf(write_bundle(tmp_path, STATEMENTS, VOTES))

    votes = {(row["statement_id"], row["participant_id"], row["vote"]) for row in loader.votes_data}
    assert votes == {(row.statement_id, row.person, row.value) for row in VOTES}
    assert loader.skipped_dup_votes == []
    assert [(row["statement_id"], row["moderated"]) for row in loader.comments_data] == [(4, 1), (9, -1), (10, 0)]
    assert loader.comments_data[1]["txt"] == "=1+1"
    assert {row["modified"] for row in loader.votes_data} == {1772323200000, 1773273600000}


@pytest.mark.realdata
@pytest.mark.filterwarnings("ignore")
def test_red_dwarf_finds_groups_in_a_real_conversation_that_went_through_us(tmp_path):
    real = PolisFolder(Path(os.environ["REAL_DATA"]) / "polis/brexit-consensus", agree=1)
    numbers = number_afresh(person.participant_id for person in real.people())
    statements = [StatementRow(each.statement_id, numbers[each.author_id], DAY, each.moderated, 0, 0, each.body)
                  for each in real.statements()]  # fmt: skip
    votes = renumbered((VoteRow(v.participant_id, v.statement_id, v.value, DAY) for v in real.votes()), numbers)

    loader = read_by_red_dwarf(write_bundle(tmp_path, statements, votes))

    from reddwarf.implementations.polis import run_pipeline

    result = run_pipeline(votes=loader.votes_data, random_state=1)
    assert len(loader.votes_data) == 5_303
    assert result.participants_df["cluster_id"].nunique() >= 2
    assert set(result.participants_df.index) <= set(numbers.values())
    assert PolisFolder(tmp_path, agree=1).matrix_totals() == real.matrix_totals()
