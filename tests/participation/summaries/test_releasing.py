"""Releases: two people, an exact copy, a ledger that protects the few, and words that can be taken back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import IntegrityError

from participation.consultations.models import Consultation, Step
from participation.contributions.models import Contribution, Permission, State
from participation.contributions.services import (
    choose_permission,
    erase_contributions_of,
    mend_contribution,
    withdraw_contribution,
)
from participation.core.audit import AuditEntry, find_first_broken_entry
from participation.core.clock import now
from participation.core.errors import Conflict, NotAllowed
from participation.core.events import contribution_decided
from participation.core.policy import Actor, Grant, Role
from participation.opinions.models import Statement
from participation.summaries import queries, snapshot
from participation.summaries.models import Citation, Footnote, LedgerTable, Release
from participation.summaries.panels import check_hashes
from participation.summaries.releasing import (
    Lack,
    NotReady,
    TooFewChanged,
    blank_words,
    release_summary,
    throw_away_waiting,
)
from participation.translation.models import Translation
from tests.factories.accounts import make_participant, make_staff
from tests.factories.consultations import make_consultation, make_participation, make_step
from tests.factories.opinions import make_statement
from tests.factories.summaries import (
    make_cover,
    make_finding,
    make_release,
    make_voices,
    make_votes,
    officer,
    prepare,
)

CANARY = "Canary: the third lamp is mine."
TRANSLATED = "Canario: la tercera farola es mía."


@pytest.fixture
def consultation(database: SQLAlchemy) -> Consultation:
    return make_consultation()


@pytest.fixture
def step(consultation: Consultation) -> Step:
    return make_step(consultation)


@pytest.fixture
def writer(database: SQLAlchemy):
    return make_staff(Role.OFFICER)


@pytest.fixture
def voices(consultation, step, writer, database) -> list[Contribution]:
    """Twelve people, one of whom is quoted; the summary is ready."""
    voices = make_voices(consultation, step, 12)
    voices[0].body = CANARY
    database.session.add(
        Translation(
            contribution_id=voices[0].id,
            language="es",
            direction="ltr",
            text=TRANSLATED,
            source_version=1,
            translated_at=now(),
        )
    )
    finding = make_finding(consultation, *voices, signed_by=writer)
    first = database.session.execute(
        sa.select(Citation).where(Citation.contribution_id == voices[0].id, Citation.finding_id == finding.id)
    ).scalar_one()
    first.is_quoted = True
    make_cover(consultation, writer)
    database.session.flush()
    return voices


@pytest.fixture
def statement(consultation, database) -> Statement:
    statement = make_statement(make_step(consultation, "statements", 2))
    make_votes(consultation, statement, agree=40, disagree=20, passes=15)
    return statement


def everything(database: SQLAlchemy) -> str:
    """Whatever is served or kept of summaries."""
    releases = database.session.execute(sa.select(Release)).scalars()
    ledger = database.session.execute(sa.select(LedgerTable)).scalars()
    return json.dumps([each.snapshot for each in releases] + [[each.shown, each.counts] for each in ledger])


def test_somebody_else_releases_exactly_what_was_prepared(consultation, voices, writer, database):
    release = prepare(consultation, officer(writer))
    hashed = release.sha256

    release_summary(release, hashed, by=officer(), at=now())

    assert queries.find_current_release(consultation.space) is release
    assert (release.sha256, release.first_sha256, snapshot.digest(release.snapshot)) == (hashed, hashed, hashed)
    verbs = database.session.execute(sa.select(AuditEntry.verb).order_by(AuditEntry.number)).scalars().all()
    assert verbs == ["summary_prepared", "summary_released"]
    assert find_first_broken_entry() is None
    assert check_hashes()[0]


def test_whoever_prepared_wrote_or_signed_does_not_release(consultation, voices, writer, database):
    preparer = make_staff(Role.OFFICER)
    release = prepare(consultation, officer(preparer))

    for somebody in (officer(preparer), officer(writer)):
        with pytest.raises(NotAllowed):
            release_summary(release, release.sha256, by=somebody, at=now())

    assert queries.find_current_release(consultation.space) is None


@pytest.mark.parametrize("role", [each for each in Role if each not in {Role.OFFICER, Role.STEWARD}])
def test_other_roles_do_not_release(consultation, voices, writer, role):
    release = prepare(consultation, officer(writer))

    with pytest.raises(NotAllowed):
        release_summary(
            release, release.sha256, by=Actor(staff_id=make_staff().id, grants=frozenset({Grant(role, None)})), at=now()
        )


def test_nobody_stewards_what_she_summarised(consultation, voices, writer):
    release = prepare(consultation, officer(writer))
    grants = frozenset({Grant(Role.STEWARD, consultation.space), Grant(Role.SUMMARISER, consultation.space)})
    both = Actor(staff_id=make_staff().id, grants=grants)

    with pytest.raises(NotAllowed):
        release_summary(release, release.sha256, by=both, at=now())


def test_the_database_itself_wants_two_people(consultation, voices, writer, database):
    release = prepare(consultation, officer(writer))
    database.session.commit()

    release.released_by, release.released_at = writer.id, now()
    with pytest.raises(IntegrityError):
        database.session.flush()
    database.session.rollback()


def test_what_changed_while_she_looked_is_not_released(consultation, voices, writer):
    release = prepare(consultation, officer(writer))
    seen = release.sha256
    blank_words(voices[0].id, at=now())

    with pytest.raises(Conflict):
        release_summary(release, seen, by=officer(), at=now())


def test_a_summary_is_not_prepared_before_everything_is_there(consultation, step, writer, database):
    make_finding(consultation, *make_voices(consultation, step, 12))
    unsaid = make_finding(consultation, position=2, signed_by=writer)
    unsaid.sentence = unsaid.sentence.with_text("ar", "")
    database.session.flush()

    with pytest.raises(NotReady) as trouble:
        prepare(consultation, officer(writer))

    lacks = {each.lack for each in trouble.value.missing}
    assert lacks == {Lack.HEADLINE, Lack.INTRODUCTION, Lack.SIGNATURE, Lack.EVIDENCE, Lack.LANGUAGE}
    assert queries.find_waiting_release(consultation.space) is None


def test_preparing_anew_replaces_what_waited(consultation, voices, writer, database):
    first = prepare(consultation, officer(writer)).id
    second = prepare(consultation, officer(writer))

    assert [each.id for each in queries.list_releases(consultation.space)] == [second.id]
    assert second.id != first or second.number == 1
    throw_away_waiting(consultation.space, by=officer(), at=now())
    assert queries.list_releases(consultation.space) == []
    assert database.session.execute(sa.select(LedgerTable)).all() == []


def test_every_table_goes_into_the_ledger(consultation, voices, statement, writer, database):
    release = make_release(consultation, writer)

    rows = {row.table_key: row for row in queries.list_ledger(consultation.space)}
    finding_id = snapshot.finding_ids(release.snapshot)[0]
    assert {"people", "people:channel", f"statement:{statement.id}", f"finding:{finding_id}"} <= set(rows)
    assert rows[f"statement:{statement.id}"].counts["cells"] == [["agree", 40], ["disagree", 20], ["pass", 15]]
    assert rows[f"finding:{finding_id}"].shown["people"] == 10


@pytest.mark.parametrize(("more", "is_allowed"), [(0, True), (1, False), (9, False), (10, True)])
def test_a_second_release_may_not_tell_of_the_few_who_came_since(
    consultation, voices, statement, writer, more, is_allowed
):
    make_release(consultation, writer)
    make_votes(consultation, statement, agree=more, disagree=0, passes=0)

    if is_allowed:
        assert make_release(consultation, writer).number == 2
    else:
        with pytest.raises(TooFewChanged, match="fewer than 10 people"):
            make_release(consultation, writer)
        assert queries.find_current_release(consultation.space).number == 1


def test_withdrawn_words_are_blanked_everywhere_with_a_footnote_and_a_new_hash(
    consultation, voices, writer, database, clock
):
    release = make_release(consultation, writer)
    first, ledger = release.sha256, [row.counts for row in queries.list_ledger(consultation.space)]
    people = release.snapshot["findings"][0]["people"]
    clock.advance(days=3)

    withdraw_contribution(voices[0], by=Actor(participant_id=voices[0].participant_id), at=now())

    assert CANARY not in everything(database)
    assert TRANSLATED not in everything(database)
    (footnote,) = database.session.execute(sa.select(Footnote)).scalars()
    assert (footnote.sha256_before, footnote.sha256_after) == (first, release.sha256)
    assert footnote.at == now()
    assert release.sha256 != first == release.first_sha256
    assert snapshot.digest(release.snapshot) == release.sha256
    assert release.snapshot["findings"][0]["people"] == people
    assert [row.counts for row in queries.list_ledger(consultation.space)] == ledger
    assert check_hashes()[0]


def test_words_withdrawn_while_a_summary_waits_are_gone_from_it_too(consultation, voices, writer, database):
    release = prepare(consultation, officer(writer))

    withdraw_contribution(voices[0], by=Actor(participant_id=voices[0].participant_id), at=now())

    assert CANARY not in everything(database)
    assert database.session.execute(sa.select(Footnote)).all() == []
    assert snapshot.digest(release.snapshot) == release.sha256


def test_words_no_longer_to_be_quoted_are_blanked(consultation, voices, writer, database):
    make_release(consultation, writer)
    author = Actor(participant_id=voices[0].participant_id)

    choose_permission(voices[0], Permission.COUNT_ONLY, by=author, at=now())

    assert CANARY not in everything(database)


def test_words_their_author_puts_otherwise_are_blanked(consultation, voices, writer, database):
    make_release(consultation, writer)
    author = Actor(participant_id=voices[0].participant_id)

    mend_contribution(voices[0], "The third lamp is broken.", by=author, at=now())

    assert CANARY not in everything(database)


def test_words_of_somebody_who_erased_herself_are_blanked(consultation, voices, writer, database):
    make_release(consultation, writer)

    erase_contributions_of(voices[0].participant_id, at=now())

    assert CANARY not in everything(database)
    assert len(database.session.execute(sa.select(Footnote)).all()) == 1


def test_words_a_moderator_hides_are_blanked(consultation, voices, writer, database):
    make_release(consultation, writer)

    voices[0].state = State.HIDDEN
    contribution_decided.send(voices[0].id, contribution=voices[0], decision=None)

    assert CANARY not in everything(database)


def test_a_resident_statement_is_repeated_only_with_leave_and_blanked_when_taken_back(
    consultation, voices, writer, database
):
    author = make_participant()
    make_participation(consultation, author, sent_at=now())
    statement = make_statement(make_step(consultation, "statements", 2), CANARY + " Statement.", author="resident")
    words = database.session.get(Contribution, statement.contribution_id)
    words.participant_id, words.channel, words.permission = author.id, "web", Permission.QUOTE
    make_votes(consultation, statement, agree=40, disagree=20, passes=15)
    silent = make_statement(make_step(consultation, "statements", 3), "Silent canary.", author="resident")
    database.session.get(Contribution, silent.contribution_id).channel = "web"
    release = make_release(consultation, writer)

    assert CANARY + " Statement." in everything(database)
    assert "Silent canary" not in everything(database)
    withdraw_contribution(words, by=Actor(participant_id=author.id), at=now())
    assert CANARY + " Statement." not in everything(database)
    assert release.snapshot["statements"][0]["table"]["people"] == 75


def test_a_finding_is_known_to_its_authors_after_the_release_only(consultation, voices, writer):
    ids = [voices[0].id, voices[1].id]
    prepared = prepare(consultation, officer(writer))
    before = queries.findings_citing(ids)

    release_summary(prepared, prepared.sha256, by=officer(), at=now() + timedelta(hours=1))

    after = queries.findings_citing(ids)
    assert before == {}
    assert [after[each][0].is_quoted for each in ids] == [True, False]
