"""Makes findings, summaries and what they rest on."""

from __future__ import annotations

from typing import Any

from participation.accounts.models import Staff
from participation.consultations.models import Consultation, Step
from participation.contributions.models import Contribution, Permission, State
from participation.core.clock import now
from participation.core.database import db
from participation.core.localized import LocalizedText
from participation.core.policy import Actor, Grant, Role
from participation.opinions.models import Statement
from participation.summaries.gathering import gather_evidence
from participation.summaries.models import Citation, Cover, Finding, FindingKind, Release
from participation.summaries.releasing import prepare_release, release_summary
from tests.factories.accounts import actor_of, make_participant, make_staff
from tests.factories.consultations import make_participation
from tests.factories.contributions import make_contribution
from tests.factories.opinions import make_vote


def everywhere(text: str) -> LocalizedText:
    """Staff's words in all three languages of the factories' consultations."""
    return LocalizedText.of({"en": text, "es": f"{text} (es)", "ar": f"{text} (ar)"})


def officer(staff: Staff | None = None) -> Actor:
    """Somebody who may write, sign and release everywhere."""
    return actor_of(staff or make_staff(Role.OFFICER), Grant(Role.OFFICER, None))


def make_voices(
    consultation: Consultation,
    step: Step,
    number: int,
    *,
    permission: Permission | None = Permission.QUOTE,
    **facts: Any,
) -> list[Contribution]:
    """Open answers of as many people, each of whom sent hers and allows this much."""
    voices = []
    for place in range(number):
        participant = make_participant()
        make_participation(consultation, participant, sent_at=now(), language=facts.get("language", "en"))
        values = {"body": f"Voice {place} of step {step.id}.", "state": State.VISIBLE, **facts}
        voices.append(
            make_contribution(consultation.space, participant, subject_id=step.id, permission=permission, **values)
        )
    return voices


def make_votes(consultation: Consultation, statement: Statement, *, agree: int, disagree: int, passes: int) -> None:
    """Votes of as many people on one statement."""
    for value, number in ((1, agree), (-1, disagree), (0, passes)):
        for _ in range(number):
            participation = make_participation(consultation, sent_at=now())
            make_vote(statement, participation.participant_id, value)


def make_finding(
    consultation: Consultation,
    *cited: Contribution | Step | Statement,
    quoted: bool = False,
    signed_by: Staff | None = None,
    sentence: str = "People want benches.",
    **facts: Any,
) -> Finding:
    """A finding in all languages that rests on `cited`; signed when somebody is named."""
    writer = facts.pop("written_by", None) or signed_by or make_staff(Role.OFFICER)
    values = {"position": 1, "kind": FindingKind.SHARED, "sentence": everywhere(sentence)}
    finding = Finding(
        space_kind="consultation",
        space_id=consultation.id,
        written_by=writer.id,
        signed_by=signed_by.id if signed_by else None,
        signed_at=now() if signed_by else None,
        **{**values, **facts},
    )
    db.session.add(finding)
    db.session.flush()
    columns = {Contribution: "contribution_id", Step: "step_id", Statement: "statement_id"}
    for each in cited:
        facts = {columns[type(each)]: each.id}
        is_quoted = quoted and isinstance(each, Contribution)
        db.session.add(Citation(finding_id=finding.id, is_quoted=is_quoted, **facts))
    db.session.flush()
    return finding


def make_cover(consultation: Consultation, written_by: Staff) -> Cover:
    """Headline and introduction in all languages."""
    cover = Cover(
        space_kind="consultation",
        space_id=consultation.id,
        headline=everywhere("People want to sit."),
        introduction=everywhere("Many wrote about seats."),
        written_by=written_by.id,
        changed_at=now(),
    )
    db.session.add(cover)
    db.session.flush()
    return cover


def prepare(consultation: Consultation, by: Actor) -> Release:
    """The summary as it would be now, waiting for its second person."""
    return prepare_release(consultation.space, gather_evidence(consultation), by=by, at=now())


def make_release(consultation: Consultation, writer: Staff, *, second: Staff | None = None) -> Release:
    """The summary as it would be now, released by somebody else than `writer`."""
    release = prepare(consultation, officer(writer))
    return release_summary(release, release.sha256, by=officer(second), at=now())
