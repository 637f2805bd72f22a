"""A real conversation becomes a summary: ten findings on what most people voted on, released, exported, read again."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from participation.accounts import Staff
from participation.consultations import get_consultation
from participation.contributions.models import Contribution
from participation.core.clock import now
from participation.core.database import db
from participation.core.localized import LocalizedText
from participation.core.policy import Actor
from participation.opinions.models import Statement, Vote
from participation.opinions.polis_files import PolisFolder
from participation.summaries import FindingKind, Gathered, cite, sign_finding, write_finding
from tests.fixtures.browsers import DESKTOP

from .conftest import Cast
from .serving import City

pytestmark = [pytest.mark.browser, pytest.mark.realdata]

SLUG = "bowling-green"
OFFICER = "marta.quintana@norval.example.org"
STEWARD = "tariq.nasser@norval.example.org"
MOST = 10


def write_findings(city: City) -> list[str]:
    """A signed finding on each of the statements with most votes; gives their words."""
    with city.app.app_context():
        staff = db.session.execute(sa.select(Staff).where(Staff.email == OFFICER)).scalar_one()
        by = Actor(staff_id=staff.id, name=staff.name)
        votes = sa.func.count(Vote.participant_id)
        rows = db.session.execute(
            sa.select(Statement.id, Contribution.body)
            .join(Contribution, Contribution.id == Statement.contribution_id)
            .join(Vote, Vote.statement_id == Statement.id)
            .where(Statement.is_open)
            .group_by(Statement.id, Contribution.body)
            .order_by(votes.desc(), Statement.id)
            .limit(MOST)
        ).all()
        for statement_id, body in rows:
            sentence = LocalizedText(source="en").with_text("en", f"Many people took a side on this: {body}")
            space = get_consultation(SLUG).space
            finding = write_finding(space, sentence, FindingKind.SHARED, by=by, at=now())
            cite(finding, Gathered(statement_ids=[statement_id]), by=by, at=now())
            sign_finding(finding, by=by, at=now())
        db.session.commit()
        return [body for _number, body in rows]


@pytest.mark.filterwarnings("ignore")
def test_a_polis_conversation_becomes_a_released_summary(cast: Cast, city: City, tmp_path: Path) -> None:
    folder = Path(os.environ["REAL_DATA"]) / "polis" / "american-assembly.bowling-green"
    city.run("import", "polis", str(folder), "--agree", "1", "--slug", SLUG, "--permission", "quote")
    with city.app.app_context():
        space = f"consultation:{get_consultation(SLUG).id}"
    city.run("staff", "grant", OFFICER, "officer", "--space", space)
    city.run("staff", "grant", STEWARD, "steward", "--space", space)
    statements = write_findings(city)
    assert len(statements) == MOST

    marta = cast.officer("Marta Quintana", viewport=DESKTOP)
    marta.head(SLUG, {"en": "What Bowling Green agrees on."})
    marta.prepare()
    cast.officer("Tariq Nasser", viewport=DESKTOP).release(SLUG)

    reader = cast.somebody(script=False)
    reader.go(f"/consultations/{SLUG}/summary")
    told = reader.main.inner_text()
    assert [each for each in statements if " ".join(each.split()) not in " ".join(told.split())] == []

    public, staff = tmp_path / "public.zip", tmp_path / "staff.zip"
    city.run("export", "summary", SLUG, "--to", str(public))
    reason = ("--kind", "staff", "--by", OFFICER, "--reason", "to look for groups with red-dwarf")
    city.run("export", "summary", SLUG, "--to", str(staff), *reason)
    for file in (public, staff):
        assert "Every file is as it was written" in city.run("export", "verify", str(file))
    with zipfile.ZipFile(public) as package:
        assert len(package.read("findings.csv").decode("utf-8-sig").strip().splitlines()) > MOST
        assert not [name for name in package.namelist() if "votes" in name]
    loader = read_by_red_dwarf(staff, tmp_path)

    totals = PolisFolder(folder, agree=1).matrix_totals().values()
    assert len(loader.votes_data) == sum(each.agree + each.disagree + each.passes for each in totals)
    assert loader.skipped_dup_votes == []


def read_by_red_dwarf(file: Path, folder: Path):  # type: ignore[no-untyped-def]
    """The Polis files of an export, as red-dwarf loads them."""
    from tests.participation.summaries.test_polis_bundle import read_by_red_dwarf

    with zipfile.ZipFile(file) as package:
        names = [name for name in package.namelist() if name.startswith("polis/")]
        assert {"polis/votes.csv", "polis/comments.csv"} <= set(names)
        package.extractall(folder, names)
    return read_by_red_dwarf(folder / "polis")
