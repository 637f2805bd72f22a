"""Reading Polis exports: each trap of the real files in small, then the six real conversations whole."""

import os
import tracemalloc
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from participation.opinions.polis_files import Person, PolisFolder, Statement, Totals, UndeclaredSign, Vote
from participation.opinions.polis_rows import MalformedPolisFile, MissingPolisFile, Trouble

COMMENTS = """\
timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body
1542406176584,Sat Nov 17 05:09:36 WIB 2018,0,7,99,98,1,"Two lines,
and ""quotes"" in it"
1403067224363,Wed Jun 18 11:53:44 WIB 2014,3,8,0,0,-1,=1+1
1403067224,Wed Jun 18 11:53:44 WIB 2014,8,7,0,0,0,<b>اللغة العربية</b>
"""
EVENTS = """\
timestamp,datetime,comment-id,voter-id,vote
1403054214300,x,0,7,-1
1403054214100,x,0,7,1
1403054214200,x,0,9,0
1403054214200,x,3,9,1
1403054214200,x,3,9,-1
1403054215,x,3,9,1
"""
MATRIX = """\
participant,xid,group-id,n-comments,n-votes,n-agree,n-disagree,0,3
7,amal@example.org,0,2,1,0,1,-1,
9,,,0,2,1,0,0,1
12,,,1,0,0,0,,
"""
SUMMARY = "topic,A topic\nconversation-description,\"First line,\n\nthird\"\nvoters,3\nodd,one,two\n"  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    def write(**files):
        chosen = {"comments": COMMENTS, "votes": EVENTS, "participants_votes": MATRIX, "summary": SUMMARY} | files
        for name, text in chosen.items():
            if text is not None:
                data = text if isinstance(text, bytes) else text.encode()
                (tmp_path / f"{name.replace('_', '-')}.csv").write_bytes(data)
        return tmp_path

    return write


def test_statements_come_as_they_were_written(folder):
    first, second, third = PolisFolder(folder(), agree=1).statements()

    assert first == Statement(0, 7, 1, 1542406176584, 'Two lines,\nand "quotes" in it')
    assert first.written_at == datetime(2018, 11, 16, 22, 9, 36, 584000, UTC)
    assert (second.moderated, second.body) == (-1, "=1+1")
    assert (third.statement_id, third.moderated, third.body) == (8, 0, "<b>اللغة العربية</b>")


def test_the_last_moment_there_is_can_be_read(folder):
    last = "253402300799999,x,0,7,0,0,1,x\n"

    (statement,) = PolisFolder(folder(comments=COMMENTS.split("\n")[0] + "\n" + last), agree=1).statements()

    assert statement.written_at.year == 9999


def test_times_in_seconds_and_in_milliseconds_are_told_apart(folder):
    _, second, third = PolisFolder(folder(), agree=1).statements()

    assert second.written_at.replace(microsecond=0) == third.written_at


def test_the_latest_vote_wins_and_of_two_at_once_the_later_line(folder):
    votes = set(PolisFolder(folder(), agree=1).votes())

    assert votes == {Vote(0, 7, -1, 1403054214300), Vote(0, 9, 0, 1403054214200), Vote(3, 9, 1, 1403054215000)}

    tie = "timestamp,comment-id,voter-id,vote\n5,0,1,1\n5,0,1,-1\n"
    assert list(PolisFolder(folder(votes=tie), agree=1).votes()) == [Vote(0, 1, -1, 5000)]


def test_without_events_the_matrix_is_read_and_empty_cells_are_not_votes(folder):
    polis = PolisFolder(folder(votes=None), agree=1)

    assert list(polis.votes()) == [Vote(0, 7, -1, None), Vote(0, 9, 0, None), Vote(3, 9, 1, None)]


def test_the_matrix_may_have_its_other_name(folder):
    polis = PolisFolder(folder(votes=None, participants_votes=None, participant_votes=MATRIX), agree=1)

    assert len(list(polis.votes())) == 3


@pytest.mark.parametrize("votes", [EVENTS, None])
def test_the_declared_sign_turns_votes_round_and_leaves_passes(folder, votes):
    straight = PolisFolder(folder(votes=votes), agree=1)
    turned = PolisFolder(folder(votes=votes), agree=-1)

    assert [vote.value for vote in turned.votes()] == [-vote.value for vote in straight.votes()]
    assert turned.matrix_totals() == {0: Totals(1, 0, 1), 3: Totals(0, 1, 0)}


@pytest.mark.parametrize("agree", [0, 2, None, "1"])
def test_the_sign_is_declared_and_never_guessed(folder, agree):
    with pytest.raises(UndeclaredSign):
        PolisFolder(folder(), agree=agree)


def test_a_sign_that_the_files_own_counts_contradict_is_told(folder):
    more = MATRIX.replace("9,,,0,2,1,0,0,1", "9,,,0,2,2,0,1,1")

    assert not PolisFolder(folder(participants_votes=more), agree=1).contradicts_sign()
    assert PolisFolder(folder(participants_votes=more), agree=-1).contradicts_sign()
    assert not PolisFolder(folder(participants_votes="participant,0\n7,1\n"), agree=-1).contradicts_sign()

    as_many = "participant,n-agree,n-disagree,0,3\n7,1,1,1,-1\n"
    assert not PolisFolder(folder(participants_votes=as_many), agree=-1).contradicts_sign()


def test_statements_without_a_column_are_no_trouble(folder):
    polis = PolisFolder(folder(), agree=1)

    assert polis.statement_ids == {0, 3, 8}
    assert polis.matrix_totals() == {0: Totals(0, 1, 1), 3: Totals(1, 0, 0)}


def test_names_from_other_systems_are_left_out_unless_asked_for(folder):
    assert list(PolisFolder(folder(), agree=1).people()) == [Person(7, None), Person(9, None), Person(12, None)]
    assert next(PolisFolder(folder(), agree=1, keep_xid=True).people()) == Person(7, "amal@example.org")


def test_without_a_matrix_people_are_those_who_voted(tmp_path, folder):
    folder(participants_votes=None)

    polis = PolisFolder(tmp_path, agree=1, keep_xid=True)

    assert list(polis.people()) == [Person(7, None), Person(9, None)]
    assert polis.matrix_totals() is None
    assert not polis.contradicts_sign()


def test_the_summary_is_a_table_without_a_header(folder):
    summary = PolisFolder(folder(), agree=1).summary()

    assert summary["topic"] == "A topic"
    assert summary["conversation-description"] == "First line,\n\nthird"
    assert summary["odd"] == "one,two"
    assert PolisFolder(folder(), agree=1).files[0].name == "summary.csv"


def test_a_missing_summary_is_an_empty_one(tmp_path, folder):
    folder(summary=None)

    assert PolisFolder(tmp_path, agree=1).summary() == {}


def test_a_byte_order_mark_and_other_line_ends_are_read_over(tmp_path, folder):
    def windows(text):
        return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()

    plain = PolisFolder(folder(), agree=1)
    votes, bodies = list(plain.votes()), [statement.body for statement in plain.statements()]

    folder(comments=windows(COMMENTS), votes=windows(EVENTS), participants_votes=windows(MATRIX))
    other = PolisFolder(tmp_path, agree=1)

    assert list(other.votes()) == votes
    assert [statement.body for statement in other.statements()] == [body.replace("\n", "\r\n") for body in bodies]
    assert other.matrix_totals() == plain.matrix_totals()


def test_newer_columns_and_empty_lines_change_nothing(folder):
    newer = COMMENTS.replace(",comment-body", ",importance,is-meta,comment-body").replace(",98,1,", ",98,1,0,false,")
    newer = newer.replace(",0,-1,", ",0,-1,0,false,").replace(",0,0,0,", ",0,0,0,0,false,") + "\n\n"

    statements = list(PolisFolder(folder(), agree=1).statements())

    assert list(PolisFolder(folder(comments=newer), agree=1).statements()) == statements


@pytest.mark.parametrize("missing", ["comments", "votes"])
def test_a_missing_file_is_named(tmp_path, folder, missing):
    folder(**{missing: None}, participants_votes=None)

    with pytest.raises(MissingPolisFile) as caught:
        PolisFolder(tmp_path, agree=1)

    assert caught.value.file == f"{missing}.csv"


HEAD = "timestamp,comment-id,author-id,moderated,comment-body\n"
VOTE_HEAD = "timestamp,comment-id,voter-id,vote\n"


@pytest.mark.parametrize(
    ("file", "text", "line", "trouble"),
    [
        ("comments", "", 1, Trouble.EMPTY),
        ("comments", "\n\n", 3, Trouble.EMPTY),
        ("comments", "comment_text\nhello\n", 1, Trouble.NO_COLUMN),
        ("comments", HEAD.replace("author-id", "author-id,comment-id"), 1, Trouble.NO_COLUMN),
        ("comments", HEAD + '1,1,1,1,"two\nlines"\n1,2,1,1\n', 4, Trouble.WRONG_WIDTH),
        ("comments", HEAD + "1,1,1,1,fine\n1,2,1,1,not, quoted\n", 3, Trouble.WRONG_WIDTH),
        ("comments", HEAD + '1,1,1,1,fine\n1,2,1,1,"never closed\n\n\n', 3, Trouble.NOT_CSV),
        ("comments", HEAD + '1,1,1,1,"closed" too soon\n', 2, Trouble.NOT_CSV),
        ("comments", HEAD + '1,1,1,1,"' + "x" * 140_000 + '"\n', 2, Trouble.NOT_CSV),
        ("comments", HEAD.encode() + b"1,1,1,1,fine\n1,2,1,1,caf\xe9\n", 3, Trouble.NOT_UTF8),
        ("comments", HEAD.encode("utf-16"), 1, Trouble.NOT_UTF8),
        ("comments", HEAD + "1,one,1,1,x\n", 2, Trouble.NO_NUMBER),
        ("comments", HEAD + "1,-1,1,1,x\n", 2, Trouble.NO_NUMBER),
        ("comments", HEAD + "1,1.0,1,1,x\n", 2, Trouble.NO_NUMBER),
        ("comments", HEAD + "1,٣,1,1,x\n", 2, Trouble.NO_NUMBER),
        ("comments", HEAD + "1," + "9" * 15 + ",1,1,x\n", 2, Trouble.NO_NUMBER),
        ("comments", HEAD + "9" * 5000 + ",1,1,1,x\n", 2, Trouble.NO_NUMBER),
        ("comments", HEAD + "9" * 15 + ",1,1,1,x\n", 2, Trouble.NO_NUMBER),
        ("comments", HEAD + "Wed Jun 18,1,1,1,x\n", 2, Trouble.NO_NUMBER),
        ("comments", HEAD + "1,1,1,2,x\n", 2, Trouble.NO_MODERATION_STATE),
        ("comments", HEAD + "1,1,1,true,x\n", 2, Trouble.NO_MODERATION_STATE),
        ("comments", HEAD + "1,1,1,1,x\n1,1,1,1,y\n", 3, Trouble.TWICE),
        ("votes", VOTE_HEAD + "1,0,1,1\n1,0,1,2\n", 3, Trouble.NO_VOTE),
        ("votes", VOTE_HEAD + "1,0,1,\n", 2, Trouble.NO_VOTE),
        ("votes", VOTE_HEAD + "1,0,1,agree\n", 2, Trouble.NO_VOTE),
        ("votes", VOTE_HEAD + "1,4,1,1\n", 2, Trouble.UNKNOWN_STATEMENT),
        ("votes", VOTE_HEAD + "1,0,6f1c8f0a-5b0e-4f52-9c55-0f6e5f3f1c11,1\n", 2, Trouble.NO_NUMBER),
        ("votes", VOTE_HEAD.replace("voter-id", "voter"), 1, Trouble.NO_COLUMN),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(folder, file, text, line, trouble):
    polis = PolisFolder(folder(**{file: text}), agree=1)

    with pytest.raises(MalformedPolisFile) as caught:
        list(polis.votes() if file == "votes" else polis.statements())

    assert (caught.value.file, caught.value.line, caught.value.trouble) == (f"{file}.csv", line, trouble)
    assert f"{file}.csv, line {line}" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "trouble"),
    [
        ("participant,0,0\n1,1,1\n", 1, Trouble.TWICE),
        ("participant,0,4\n1,1,1\n", 1, Trouble.UNKNOWN_STATEMENT),
        ("participant,0\n1,5\n", 2, Trouble.NO_VOTE),
        ("participant,0\n1,1,\n", 2, Trouble.WRONG_WIDTH),
        ("participant,0\nx,1\n", 2, Trouble.NO_NUMBER),
        ("someone,0\n1,1\n", 1, Trouble.NO_COLUMN),
    ],
)
def test_a_malformed_matrix_is_refused_with_its_line(folder, text, line, trouble):
    with pytest.raises(MalformedPolisFile) as caught:
        PolisFolder(folder(participants_votes=text), agree=1).matrix_totals()

    assert (caught.value.file, caught.value.line, caught.value.trouble) == ("participants-votes.csv", line, trouble)


def test_a_person_twice_in_the_matrix_is_refused(folder):
    with pytest.raises(MalformedPolisFile) as caught:
        list(PolisFolder(folder(participants_votes="participant,0\n1,1\n1,1\n"), agree=1).people())

    assert (caught.value.line, caught.value.trouble) == (3, Trouble.TWICE)


#: People, statements, statements without a column in the matrix, whether there are vote events, and the final votes.
REAL = {
    "15-per-hour-seattle": (339, 54, 0, True, 2_872),
    "american-assembly.bowling-green": (2_031, 896, 0, False, 225_524),
    "austria-climate.5twd2jsnkf.2022-08-08": (1_116, 522, 0, True, 61_384),
    "brexit-consensus": (204, 50, 0, True, 5_303),
    "scoop-hivemind.biodiversity": (536, 316, 2, True, 29_719),
    "vtaiwan.uberx": (1_921, 197, 0, True, 49_443),
}


@pytest.mark.realdata
@pytest.mark.parametrize("conversation", REAL)
def test_a_real_conversation_counts_as_its_matrix_does(conversation):
    people, statements, without_column, has_events, final_votes = REAL[conversation]
    polis = PolisFolder(Path(os.environ["REAL_DATA"]) / "polis" / conversation, agree=1)
    counted = defaultdict(Totals)

    for vote in polis.votes():
        counted[vote.statement_id].add(vote.value)
        assert (vote.timestamp is not None) == has_events

    totals = polis.matrix_totals()
    assert {number: each for number, each in totals.items() if each != Totals()} == counted
    assert sum(each.agree + each.disagree + each.passes for each in totals.values()) == final_votes
    assert len(list(polis.people())) == people
    assert len(polis.statement_ids) == statements
    assert len(polis.statement_ids - totals.keys()) == without_column
    assert polis.summary()["topic"]
    assert not polis.contradicts_sign()
    assert PolisFolder(polis.files[0].parent, agree=-1).contradicts_sign()


@pytest.mark.realdata
def test_the_real_conversations_are_all_there():
    folders = {path.name for path in (Path(os.environ["REAL_DATA"]) / "polis").iterdir() if path.is_dir()}

    assert folders == set(REAL)


@pytest.mark.realdata
def test_real_events_give_person_by_person_what_the_matrix_says():
    for conversation, (*_, has_events, _) in REAL.items():
        polis = PolisFolder(Path(os.environ["REAL_DATA"]) / "polis" / conversation, agree=1)
        if has_events:
            assert {vote[:3] for vote in polis.votes()} == {vote[:3] for vote in polis._votes_of_matrix()}


@pytest.mark.realdata
def test_the_largest_real_conversation_is_read_in_little_memory():
    polis = PolisFolder(Path(os.environ["REAL_DATA"]) / "polis/american-assembly.bowling-green", agree=1)

    tracemalloc.start()
    count = sum(1 for _ in polis.votes())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 225_524
    assert most < 2_000_000
