"""The ZIP that leaves the house: a page that stands alone, tables in two flavours, their description, the snapshot.

Everything but the rows of votes is made from the release's snapshot as it is served now. Files are written one after
the other into an open file, in pieces, so memory stays flat; the same release gives the same bytes as long as nothing
in it was blanked and no answer changed.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any

from flask import render_template, url_for
from markupsafe import Markup

from participation.accounts import settings
from participation.city import get_city
from participation.core.audit_chain import canonical_json
from participation.core.languages import all_languages, speaking
from participation.core.settings import ROOT

from . import queries, shapes, snapshot
from .answers import AnswerShown, answers_to
from .pages import ReleaseHere, footnote_rows, summary_context
from .tables import TableShape, WrittenFile, datapackage, excel_csv, machine_csv

#: The city decides under what licence its summaries may be used; until it says so nothing is claimed.
LICENCE = {"name": "notspecified", "title": "Please ask the city"}
SNAPSHOT = "snapshot.json"
PACKAGE = "datapackage.json"
TABLES = ("findings", "questions", "statements", "people")
#: Folder of rows of votes.
ROWS = "polis/"
#: Rows of votes are many and repeat themselves: a fast level is small enough, at a third of the time.
LEVEL = 3


@dataclass(frozen=True)
class ExtraFile:
    """A file that goes along, such as one of `polis/`."""

    path: str
    pieces: Iterable[bytes]


def write_package(target: IO[bytes], here: ReleaseHere, *, extra: Iterable[ExtraFile] = ()) -> str:
    """Write the whole ZIP; gives its SHA-256."""
    release = here.release
    answers = answers_to(snapshot.finding_ids(release.snapshot), here.consultation.reply_due_on, _source_tag(here))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as package:
        tables: list[tuple[TableShape, WrittenFile]] = []
        others: list[WrittenFile] = []
        for path, page in _pages(here):
            others.append(_write(package, path, [page.encode()]))
        for name in TABLES:
            shape, rows = table_of(name, release.snapshot, answers)
            tables.append((shape, _write(package, f"{name}.csv", machine_csv(shape, rows))))
            shape, rows = table_of(name, release.snapshot, answers)
            others.append(_write(package, f"for-excel/{name}.csv", excel_csv(shape, rows)))
        others.append(_write(package, SNAPSHOT, [canonical_json(release.snapshot)]))
        others += [_write(package, each.path, each.pieces) for each in extra]
        described = describe(here, tables, others)
        _write(package, PACKAGE, [json.dumps(described, ensure_ascii=False, indent=2).encode()])
    return _digest(target)


def table_of(name: str, kept: snapshot.Snapshot, answers: Mapping[int, AnswerShown]) -> tuple[TableShape, shapes.Rows]:
    """One of the tables by its name."""
    if name == "findings":
        return shapes.finding_table(kept, answers)
    makers = {"questions": shapes.question_table, "statements": shapes.statement_table, "people": shapes.people_table}
    return makers[name](kept)


def table_pieces(name: str, here: ReleaseHere, *, for_excel: bool) -> Iterator[bytes]:
    """One of the tables as a file, in pieces."""
    answers = answers_to(snapshot.finding_ids(here.release.snapshot), here.consultation.reply_due_on, _source_tag(here))
    shape, rows = table_of(name, here.release.snapshot, answers)
    return (excel_csv if for_excel else machine_csv)(shape, rows)


def describe(
    here: ReleaseHere, tables: list[tuple[TableShape, WrittenFile]], others: list[WrittenFile]
) -> dict[str, Any]:
    """What `datapackage.json` says, with the hash of the snapshot."""
    release, consultation = here.release, here.consultation
    described = datapackage(
        name=f"{consultation.slug}-summary-{release.number}",
        title=consultation.title.read(_source_tag(here)).text,
        identifier=f"{settings().base_url}/c/{consultation.slug}#summary-{release.number}",
        created_at=release.released_at or release.prepared_at,
        licence=LICENCE,
        tables=tables,
        others=others,
    )
    footnotes = queries.list_footnotes(release.id)
    described["summary"] = {
        "number": release.number,
        "sha256": release.sha256,
        "first_sha256": release.first_sha256,
        "rule_version": release.rule_version,
        "blanked": [{"on": each.at.date().isoformat(), "sha256": each.sha256_after} for each in footnotes],
    }
    return described


def _pages(here: ReleaseHere) -> Iterator[tuple[str, str]]:
    source = _source_tag(here)
    footnotes = queries.list_footnotes(here.release.id)
    for tag in dict.fromkeys([source, *here.consultation.languages]):
        if tag not in all_languages():
            continue
        with speaking(tag):
            page = render_template(
                "participation/summaries/standalone_summary.html",
                **{**summary_context(here), "table_url": "{}.csv".format, "statements_url": "statements.csv"},
                style=Markup("<style>{}</style>").format(Markup(_style())),  # noqa: S704  our own file
                city_name=get_city().name.read(tag),
                language=all_languages()[tag],
                page_url=settings().base_url + url_for("summaries.show_summary", lang=tag, slug=here.consultation.slug),
                footnotes=footnote_rows(footnotes),
            )
        yield ("summary.html" if tag == source else f"summary-{tag}.html"), page


def _style() -> str:
    """Our style sheets, to stand in the page itself."""
    paths = (ROOT / "static" / "built" / name for name in ("baraza.css", "summary.css"))
    return "".join(path.read_text("utf-8") for path in paths if path.exists()).replace("</", "<\\/")


def _source_tag(here: ReleaseHere) -> str:
    languages = here.consultation.languages
    return languages[0] if languages else "en"


def _write(package: zipfile.ZipFile, path: str, pieces: Iterable[bytes]) -> WrittenFile:
    """Write one file; by its bare name it gets the moment 1980-01-01, so the same content gives the same bytes."""
    size, digest = 0, sha256()
    with package.open(path, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)
            size += len(piece)
            digest.update(piece)
    return WrittenFile(path, size, digest.hexdigest())


def _digest(target: IO[bytes]) -> str:
    target.seek(0)
    digest = sha256()
    while piece := target.read(1 << 20):
        digest.update(piece)
    target.seek(0)
    return digest.hexdigest()
