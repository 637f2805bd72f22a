"""From findings to a released summary: prepared by one person, looked at and released by another.

Preparing freezes a snapshot with everything it shows. The second person sees exactly that and releases exactly that:
her form names the snapshot's hash. Every table goes into the ledger, and a table that would differ from one released
before by a few people is refused (R11). After the release only a withdrawn word may be blanked.
"""

from __future__ import annotations

import copy
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update

from participation.contributions import Contribution
from participation.core import disclosure
from participation.core.audit import note
from participation.core.database import db
from participation.core.errors import Conflict, NotAllowed
from participation.core.policy import Actor, Space

from . import queries, snapshot
from .evidence import Evidence
from .models import (
    Finding,
    Footnote,
    LedgerTable,
    Release,
    ReleasedFinding,
    ReleasedWords,
)
from .policy import can_release
from .services import can_be_quoted


class Lack(enum.StrEnum):
    """What a summary still lacks before it can be prepared."""

    HEADLINE = "headline"
    INTRODUCTION = "introduction"
    FINDINGS = "findings"
    LANGUAGE = "language"
    SIGNATURE = "signature"
    EVIDENCE = "evidence"


@dataclass(frozen=True)
class Missing:
    """One thing that has to be done first, and where."""

    lack: Lack
    finding_id: int | None = None
    language: str = ""


class TooFewChanged(Conflict):
    """Compared with an earlier release, the figures would tell of a few people."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` name the tables."""
        super().__init__(
            _l(
                "Compared with the summary released before, some numbers changed by fewer than 10 people. Whoever"
                " compares the two would learn about these few. Please wait until more has changed, or let the earlier"
                " summary stand."
            )
        )
        self.keys = tuple(keys)


class NotReady(Conflict):
    """Something is still missing."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        """`missing` says what."""
        super().__init__(_l("Something is still missing. The list says what."))
        self.missing = tuple(missing)


def list_missing(evidence: Evidence, findings: Sequence[Finding]) -> list[Missing]:
    """What has to be done before this evidence can become a summary."""
    missing = []
    for lack, text in ((Lack.HEADLINE, evidence.headline), (Lack.INTRODUCTION, evidence.introduction)):
        missing += [Missing(lack, None, tag) for tag in text.missing_in(evidence.languages)]
    if not findings:
        missing.append(Missing(Lack.FINDINGS))
    cited = {each.finding_id: each for each in evidence.findings}
    for finding in findings:
        missing += [Missing(Lack.LANGUAGE, finding.id, tag) for tag in finding.sentence.missing_in(evidence.languages)]
        basis = cited[finding.id]
        if not (basis.people or basis.step_ids or basis.statement_ids):
            missing.append(Missing(Lack.EVIDENCE, finding.id))
        elif not finding.is_signed:
            missing.append(Missing(Lack.SIGNATURE, finding.id))
    return missing


def prepare_release(space: Space, evidence: Evidence, *, by: Actor, at: datetime) -> Release:
    """Freeze the next summary and let it wait for a second person; one that waited before is thrown away.

    Raises:
        NotReady: something is missing.
        TooFewChanged: a table would tell of the few who came or went since an earlier release.
    """
    findings = queries.list_findings(space)
    if missing := list_missing(evidence, findings):
        raise NotReady(missing)
    throw_away_waiting(space)
    number = db.session.execute(
        select(func.coalesce(func.max(Release.number), 0)).where(
            Release.space_kind == space.kind, Release.space_id == space.id
        )
    ).scalar_one()
    built = snapshot.build(evidence, number=number + 1, prepared_on=at.date())
    _check_ledger(space, built)
    hashed = snapshot.digest(built.snapshot)
    release = Release(
        space_kind=space.kind,
        space_id=space.id,
        number=number + 1,
        prepared_by=by.staff_id,
        prepared_at=at,
        snapshot=built.snapshot,
        sha256=hashed,
        first_sha256=hashed,
        rule_version=disclosure.RULE_VERSION,
    )
    db.session.add(release)
    db.session.flush()
    _keep_beside(release, built, at=at)
    note("summary_prepared", f"release:{release.id}", by=by, at=at, space=space, number=release.number, sha256=hashed)
    return release


def release_summary(release: Release, seen_sha256: str, *, by: Actor, at: datetime) -> Release:
    """Let everybody see what a second person has looked at, exactly as she saw it.

    Raises:
        NotAllowed: she prepared it, wrote or signed one of its findings, or may not release here.
        Conflict: it was released already, or changed while she looked.
        TooFewChanged: a table would tell of the few who came or went since an earlier release.
    """
    release = _locked(release.id)
    require_second_person(release, by)
    if release.released_at is not None:
        raise Conflict(_l("This summary was released already."))
    if release.sha256 != seen_sha256:
        raise Conflict(_l("This summary changed while you looked at it. Please look once more."))
    tables = db.session.execute(select(LedgerTable).where(LedgerTable.release_id == release.id)).scalars().all()
    _refuse_small_changes(release.space, tables)
    release.released_by, release.released_at = by.staff_id, at
    release.first_sha256 = release.sha256
    db.session.execute(update(LedgerTable).where(LedgerTable.release_id == release.id).values(at=at))
    db.session.flush()
    note(
        "summary_released",
        f"release:{release.id}",
        by=by,
        at=at,
        space=release.space,
        number=release.number,
        sha256=release.sha256,
        rules=release.rule_version,
    )
    return release


def require_second_person(release: Release, by: Actor) -> None:
    """Stop whoever had a hand in it.

    Raises:
        NotAllowed: she prepared it, wrote or signed one of its findings, or may not release here.
    """
    if not can_release(by, release):
        raise NotAllowed(_l("A second person has to release this summary: somebody who did not prepare it."))
    if by.staff_id in authors_of(release):
        raise NotAllowed(_l("You wrote or signed a part of this summary. Somebody else has to release it."))


def authors_of(release: Release) -> set[int]:
    """Staff who wrote or signed one of its findings."""
    rows = db.session.execute(
        select(Finding.written_by, Finding.signed_by)
        .join(ReleasedFinding, ReleasedFinding.finding_id == Finding.id)
        .where(ReleasedFinding.release_id == release.id)
    )
    return {each for row in rows for each in row if each is not None}


def throw_away_waiting(space: Space, *, by: Actor | None = None, at: datetime | None = None) -> None:
    """Throw away the summary that waits for a second person, if there is one."""
    waiting = queries.find_waiting_release(space)
    if waiting is None:
        return
    for table in (LedgerTable, ReleasedFinding, ReleasedWords):
        db.session.execute(delete(table).where(table.release_id == waiting.id))
    db.session.delete(waiting)
    db.session.flush()
    if by is not None and at is not None:
        note("summary_sent_back", f"release:{waiting.id}", by=by, at=at, space=space, number=waiting.number)


def blank_words(contribution_id: int, *, at: datetime) -> int:
    """Take these words out of every snapshot; gives how many released summaries changed.

    A released one gets a dated footnote and a new hash. Counts and the ledger stay as they are.
    """
    changed = 0
    by_release: dict[int, list[str]] = {}
    for place in queries.list_places(contribution_id):
        by_release.setdefault(place.release_id, []).append(place.place)
    for release_id in sorted(by_release):
        release = _locked(release_id)
        served = copy.deepcopy(release.snapshot)
        if not snapshot.blank(served, by_release[release_id]):
            continue
        before, release.snapshot, release.sha256 = release.sha256, served, snapshot.digest(served)
        if release.released_at is not None:
            db.session.add(Footnote(release_id=release.id, at=at, sha256_before=before, sha256_after=release.sha256))
            changed += 1
    db.session.flush()
    return changed


def blank_unless_allowed(contribution: Contribution, *, at: datetime) -> None:
    """Take words out of every snapshot once they may no longer be quoted."""
    if not can_be_quoted(contribution):
        blank_words(contribution.id, at=at)


def _locked(release_id: int) -> Release:
    return db.session.execute(
        select(Release).where(Release.id == release_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()


def _keep_beside(release: Release, built: snapshot.Built, *, at: datetime) -> None:
    for place, finding in enumerate(built.snapshot["findings"]):
        sentence = snapshot.text_from_json(finding["sentence"])
        row = ReleasedFinding(release_id=release.id, place=place, finding_id=finding["id"], sentence=sentence)
        db.session.add(row)
    for words in built.places:
        db.session.add(
            ReleasedWords(
                release_id=release.id,
                contribution_id=words.contribution_id,
                finding_id=words.finding_id,
                place=words.path,
            )
        )
    for table, shown in built.tables:
        db.session.add(
            LedgerTable(
                release_id=release.id,
                table_key=table.key,
                counts=snapshot.counts_as_json(table),
                shown=snapshot.table_as_json(shown),
                rule_version=disclosure.RULE_VERSION,
                at=at,
            )
        )
    db.session.flush()


def _check_ledger(space: Space, built: snapshot.Built) -> None:
    fresh = [
        LedgerTable(table_key=table.key, counts=snapshot.counts_as_json(table), shown=snapshot.table_as_json(shown))
        for table, shown in built.tables
    ]
    _refuse_small_changes(space, fresh)


def _refuse_small_changes(space: Space, fresh: Sequence[LedgerTable]) -> None:
    """Compare with every earlier table of the same name; what is withheld now or was then shows no difference."""
    earlier: dict[str, list[LedgerTable]] = {}
    for kept in queries.list_ledger(space):
        if not kept.shown["is_withheld"]:
            earlier.setdefault(kept.table_key, []).append(kept)
    keys = []
    for table in fresh:
        if table.shown["is_withheld"]:
            continue
        after = snapshot.table_from_json(table.table_key, table.counts)
        before = [snapshot.table_from_json(kept.table_key, kept.counts) for kept in earlier.get(table.table_key, [])]
        if not all(snapshot.may_follow(each, after) for each in before):
            keys.append(table.table_key)
    if keys:
        raise TooFewChanged(keys)
