"""Findings: what they may rest on, whom they count, and when a signature holds."""

from __future__ import annotations

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.consultations.models import Consultation, Step
from participation.contributions.models import Permission, State
from participation.core.audit import AuditEntry
from participation.core.clock import now
from participation.core.errors import Conflict, Invalid
from participation.core.policy import Role
from participation.summaries import gathering, queries, services
from participation.summaries.models import Finding, FindingKind
from tests.factories.accounts import make_participant, make_staff
from tests.factories.consultations import make_consultation, make_participation, make_step
from tests.factories.contributions import make_contribution
from tests.factories.summaries import everywhere, make_finding, make_voices, officer


@pytest.fixture
def consultation(database: SQLAlchemy) -> Consultation:
    return make_consultation()


@pytest.fixture
def step(consultation: Consultation) -> Step:
    return make_step(consultation)


def people(consultation: Consultation, finding: Finding) -> int:
    return gathering.gather_findings([finding], consultation.languages)[0].people


@pytest.mark.parametrize(
    ("permission", "expected"),
    [
        (Permission.QUOTE, True),
        (Permission.PARAPHRASE, True),
        (Permission.COUNT_ONLY, True),
        (None, True),
        (Permission.STAFF_ONLY, False),
        (Permission.DO_NOT_USE, False),
    ],
)
def test_words_are_cited_only_as_far_as_their_author_allows(consultation, step, permission, expected):
    (voice,) = make_voices(consultation, step, 1, permission=permission)
    finding = make_finding(consultation)

    if expected:
        assert services.cite(finding, services.Gathered([voice.id]), by=officer(), at=now()) == 1
    else:
        with pytest.raises(Conflict):
            services.cite(finding, services.Gathered([voice.id]), by=officer(), at=now())


@pytest.mark.parametrize("state", [State.HIDDEN, State.REMOVED, State.WITHDRAWN])
def test_words_that_are_gone_are_not_cited(consultation, step, state):
    (voice,) = make_voices(consultation, step, 1, state=state)

    with pytest.raises(Conflict):
        services.cite(make_finding(consultation), services.Gathered([voice.id]), by=officer(), at=now())


def test_words_of_another_consultation_are_not_cited(consultation, step):
    other = make_consultation()
    (voice,) = make_voices(other, make_step(other), 1)

    with pytest.raises(Conflict):
        services.cite(make_finding(consultation), services.Gathered([voice.id]), by=officer(), at=now())


def test_nothing_ticked_is_said_and_nothing_kept(consultation):
    with pytest.raises(Invalid):
        services.cite(make_finding(consultation), services.Gathered(), by=officer(), at=now())


def test_each_person_counts_once_and_groups_count_their_members(consultation, step):
    somebody = make_participant()
    make_participation(consultation, somebody, sent_at=now())
    twice = [make_contribution(consultation.space, somebody, subject_id=step.id, state=State.VISIBLE) for _ in range(2)]
    (group,) = make_voices(consultation, step, 1, people_count=12)

    finding = make_finding(consultation, *twice, group)

    assert people(consultation, finding) == 13


def test_words_taken_back_no_longer_count_in_the_next_summary(consultation, step, database):
    voices = make_voices(consultation, step, 3)
    finding = make_finding(consultation, *voices)

    voices[0].state = State.WITHDRAWN
    voices[1].permission = Permission.DO_NOT_USE
    database.session.flush()

    assert people(consultation, finding) == 1


def test_only_released_words_with_leave_to_quote_are_quoted(consultation, step):
    quotable, told, held = (
        make_voices(consultation, step, 1)[0],
        make_voices(consultation, step, 1, permission=Permission.PARAPHRASE)[0],
        make_voices(consultation, step, 1, state=State.HELD)[0],
    )
    finding = make_finding(consultation, quotable, told, held)
    citations = {words.id: citation.id for citation, words in queries.list_citations([finding.id])}

    services.show_words(finding, citations[quotable.id], shown=True, by=officer(), at=now())
    for refused in (told, held):
        with pytest.raises(Conflict):
            services.show_words(finding, citations[refused.id], shown=True, by=officer(), at=now())

    shown = gathering.gather_findings([finding], consultation.languages)[0]
    assert [quote.contribution_id for quote in shown.quotes] == [quotable.id]


@pytest.mark.parametrize(
    ("column", "value"), [("permission", Permission.PARAPHRASE), ("state", State.HELD), ("state", State.HIDDEN)]
)
def test_a_quote_whose_leave_is_gone_is_in_no_later_summary(consultation, step, database, column, value):
    (voice,) = make_voices(consultation, step, 1)
    finding = make_finding(consultation, voice, quoted=True)
    before = gathering.gather_findings([finding], consultation.languages)[0]

    setattr(voice, column, value)
    database.session.flush()

    assert len(before.quotes) == 1
    assert gathering.gather_findings([finding], consultation.languages)[0].quotes == ()


def test_a_signature_falls_with_any_change(consultation, step):
    voices = make_voices(consultation, step, 2)
    somebody = officer()

    def change(deed) -> bool:
        finding = make_finding(consultation, voices[0], signed_by=make_staff(Role.OFFICER))
        deed(finding)
        return finding.is_signed

    def reword(finding: Finding) -> None:
        services.reword_finding(finding, everywhere("Else."), FindingKind.SHARED, by=somebody, at=now())

    def same(finding: Finding) -> None:
        services.reword_finding(finding, finding.sentence, finding.kind, by=somebody, at=now())

    def more(finding: Finding) -> None:
        services.cite(finding, services.Gathered([voices[1].id]), by=somebody, at=now())

    def again(finding: Finding) -> None:
        services.cite(finding, services.Gathered([voices[0].id]), by=somebody, at=now())

    def less(finding: Finding) -> None:
        citation = queries.list_citations([finding.id])[0][0]
        services.take_out_citation(finding, citation.id, by=somebody, at=now())

    assert [change(deed) for deed in (reword, more, less)] == [False, False, False]
    assert [change(deed) for deed in (same, again)] == [True, True]


def test_nobody_signs_a_sentence_that_rests_on_nothing(consultation):
    with pytest.raises(Conflict):
        services.sign_finding(make_finding(consultation), by=officer(), at=now())


def test_findings_keep_their_order_when_one_moves_or_goes(consultation):
    first, second, third = (make_finding(consultation, position=place) for place in (1, 2, 3))

    services.move_finding(third, by_places=-1)
    services.move_finding(first, by_places=-1)
    services.retire_finding(second, by=officer(), at=now())

    assert [each.id for each in queries.list_findings(consultation.space)] == [first.id, third.id]
    assert [first.position, third.position] == [1, 2]


def test_every_deed_stands_in_the_log_without_a_word(consultation, step, database):
    (voice,) = make_voices(consultation, step, 1, body="Canary in the log.")
    finding = services.write_finding(
        consultation.space, everywhere("Canary sentence."), FindingKind.SHARED, by=officer(), at=now()
    )
    services.cite(finding, services.Gathered([voice.id]), by=officer(), at=now())
    services.sign_finding(finding, by=officer(), at=now())

    rows = database.session.execute(database.select(AuditEntry)).scalars().all()
    assert [row.verb for row in rows] == ["finding_written", "finding_rests_on_more", "finding_signed"]
    assert "anary" not in str([row.facts() for row in rows])
