"""Writing findings: gathering what they cite, wording them, putting them in order, signing them.

A signature is for the sentence, its kind and what it cites: whoever changes one of them takes it away.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from participation.contributions import Contribution, Permission, State, get_contributions
from participation.core.audit import note
from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.localized import LocalizedText
from participation.core.policy import Actor, Space

from . import queries
from .models import Citation, Cover, Finding, FindingKind

#: What an author may have allowed for her words to be cited: counted, told, or quoted.
CITABLE = frozenset({Permission.QUOTE, Permission.PARAPHRASE, Permission.COUNT_ONLY})


@dataclass(frozen=True)
class Gathered:
    """What an officer picked from the evidence to rest a finding on."""

    contribution_ids: Collection[int] = field(default_factory=tuple)
    step_ids: Collection[int] = field(default_factory=tuple)
    statement_ids: Collection[int] = field(default_factory=tuple)

    def __bool__(self) -> bool:
        """Whether anything was picked."""
        return bool(self.contribution_ids or self.step_ids or self.statement_ids)


def can_be_cited(contribution: Contribution) -> bool:
    """Whether a finding may rest on these words, without showing them."""
    return contribution.state in queries.USABLE and contribution.effective_permission in CITABLE


def can_be_quoted(contribution: Contribution) -> bool:
    """Whether the words themselves may be printed: their author said so, and a person released them."""
    return contribution.state == State.VISIBLE and contribution.effective_permission == Permission.QUOTE


def can_be_told(contribution: Contribution) -> bool:
    """Whether a sentence may tell what these words say, in other words."""
    return contribution.effective_permission in {Permission.QUOTE, Permission.PARAPHRASE}


def write_cover(
    space: Space, headline: LocalizedText, introduction: LocalizedText, *, by: Actor, at: datetime
) -> Cover:
    """What stands at the head of the next summary."""
    cover = queries.find_cover(space)
    if cover is None:
        cover = Cover(space_kind=space.kind, space_id=space.id)
        db.session.add(cover)
    cover.headline, cover.introduction = headline, introduction
    cover.written_by, cover.changed_at = _staff(by), at
    db.session.flush()
    return cover


def write_finding(space: Space, sentence: LocalizedText, kind: FindingKind, *, by: Actor, at: datetime) -> Finding:
    """A new finding, at the end of the list; not signed."""
    last = db.session.execute(
        select(func.max(Finding.position)).where(
            Finding.space_kind == space.kind, Finding.space_id == space.id, Finding.retired_at.is_(None)
        )
    ).scalar_one()
    finding = Finding(
        space_kind=space.kind,
        space_id=space.id,
        position=(last or 0) + 1,
        kind=kind,
        sentence=sentence,
        written_by=_staff(by),
    )
    db.session.add(finding)
    db.session.flush()
    note("finding_written", f"finding:{finding.id}", by=by, at=at, space=space)
    return finding


def reword_finding(finding: Finding, sentence: LocalizedText, kind: FindingKind, *, by: Actor, at: datetime) -> None:
    """Change what a finding says."""
    if sentence == finding.sentence and kind == finding.kind:
        return
    finding.sentence, finding.kind, finding.written_by = sentence, kind, _staff(by)
    _unsign(finding)
    db.session.flush()
    note("finding_reworded", f"finding:{finding.id}", by=by, at=at, space=finding.space)


def cite(finding: Finding, gathered: Gathered, *, by: Actor, at: datetime) -> int:
    """Let a finding rest on more; gives how many things were new to it.

    Raises:
        Invalid: nothing was picked.
        Conflict: some of the words are of this space no more, or their author does not allow it.
    """
    if not gathered:
        raise Invalid(_l("Please tick at least one thing the finding rests on."))
    words = get_contributions(gathered.contribution_ids)
    if set(words) != set(gathered.contribution_ids) or not all(
        can_be_cited(each) and each.space == finding.space for each in words.values()
    ):
        raise Conflict(_l("The author of some of these words does not allow them to be used. Please look again."))
    known = {
        (citation.contribution_id, citation.step_id, citation.statement_id)
        for citation, _words in queries.list_citations([finding.id])
    }
    wanted = [
        *((each, None, None) for each in sorted(gathered.contribution_ids)),
        *((None, each, None) for each in sorted(gathered.step_ids)),
        *((None, None, each) for each in sorted(gathered.statement_ids)),
    ]
    fresh = [each for each in wanted if each not in known]
    for contribution_id, step_id, statement_id in fresh:
        db.session.add(
            Citation(finding_id=finding.id, contribution_id=contribution_id, step_id=step_id, statement_id=statement_id)
        )
    if fresh:
        _unsign(finding)
        db.session.flush()
        note("finding_rests_on_more", f"finding:{finding.id}", by=by, at=at, space=finding.space, number=len(fresh))
    return len(fresh)


def take_out_citation(finding: Finding, citation_id: int, *, by: Actor, at: datetime) -> None:
    """Let a finding rest on one thing less."""
    gone = db.session.execute(
        delete(Citation).where(Citation.id == citation_id, Citation.finding_id == finding.id).returning(Citation.id)
    ).scalar_one_or_none()
    if gone is not None:
        _unsign(finding)
        db.session.flush()
        note("finding_rests_on_less", f"finding:{finding.id}", by=by, at=at, space=finding.space)


def show_words(finding: Finding, citation_id: int, *, shown: bool, by: Actor, at: datetime) -> None:
    """Quote the cited words in the summary, or stop doing so.

    Raises:
        Conflict: their author does not allow it, or nobody has released them.
    """
    citation = db.session.get(Citation, citation_id)
    if citation is None or citation.finding_id != finding.id or citation.contribution_id is None:
        raise Conflict(_l("This is not cited here any more."))
    words = get_contributions([citation.contribution_id])[citation.contribution_id]
    if shown and not can_be_quoted(words):
        raise Conflict(_l("The author of these words does not allow them to be quoted."))
    if citation.is_quoted != shown:
        citation.is_quoted = shown
        _unsign(finding)
        db.session.flush()
        verb = "finding_quotes" if shown else "finding_quotes_no_more"
        note(verb, f"finding:{finding.id}", by=by, at=at, space=finding.space)


def move_finding(finding: Finding, *, by_places: int) -> None:
    """Put a finding further up (negative) or down."""
    findings = list(queries.list_findings(finding.space))
    place = findings.index(finding)
    findings.insert(max(0, place + by_places), findings.pop(place))
    _number(findings)


def sign_finding(finding: Finding, *, by: Actor, at: datetime) -> None:
    """Stand by a finding as it is.

    Raises:
        Conflict: it says nothing, or rests on nothing.
    """
    if not finding.sentence:
        raise Conflict(_l("Please write the sentence first."))
    if not queries.list_citations([finding.id]):
        raise Conflict(_l("A finding rests on what people said. Please choose from the evidence first."))
    finding.signed_by, finding.signed_at = _staff(by), at
    db.session.flush()
    note("finding_signed", f"finding:{finding.id}", by=by, at=at, space=finding.space)


def retire_finding(finding: Finding, *, by: Actor, at: datetime) -> None:
    """Take a finding out of the next summary. Released summaries keep it."""
    finding.retired_at = at
    db.session.flush()
    _number(list(queries.list_findings(finding.space)))
    note("finding_taken_out", f"finding:{finding.id}", by=by, at=at, space=finding.space)


def _number(findings: Sequence[Finding]) -> None:
    for position, finding in enumerate(findings, 1):
        finding.position = position
    db.session.flush()


def _unsign(finding: Finding) -> None:
    finding.signed_by = finding.signed_at = None


def _staff(by: Actor) -> int:
    if by.staff_id is None:
        raise ValueError("only staff write findings")
    return by.staff_id
