"""Public pages of a summary: what people said with what the city answers, all statements, and the files."""

from __future__ import annotations

import tempfile

from flask import request, url_for
from werkzeug.wrappers import Response

from participation.core.addresses import row_number
from participation.core.languages import current_language
from participation.core.limits import limiter, network
from participation.core.pages import Caching, render
from participation.core.policy import PUBLIC, allow

from . import open_votes, package, queries
from .blueprint import bp
from .pages import ReleaseHere, current_here, day_text, footnote_rows, numbered_here, summary_context
from .reading import read_summary
from .sending import send_csv, send_zip

BASE = "/<lang>/consultations/<string:slug>/summary"
#: Statements on one page of all of them.
PAGE = 50


@bp.get(BASE)
@allow(PUBLIC, of=current_here)
def show_summary(here: ReleaseHere) -> Response:
    return _draw(here)


@bp.get(BASE + "/<int:number>")
@allow(PUBLIC, of=numbered_here)
def show_earlier_summary(here: ReleaseHere) -> Response:
    return _draw(here)


def _draw(here: ReleaseHere) -> Response:
    footnotes = queries.list_footnotes(here.release.id)
    releases = [each for each in queries.list_releases(here.space) if each.released_at]
    newest = releases[0].number
    return render(
        "participation/summaries/show_summary.html",
        caching=Caching.PUBLIC,
        **summary_context(here),
        footnotes=footnote_rows(footnotes),
        is_newest=here.release.number == newest,
        other_releases=[
            (each.number, day_text(each.released_at), _release_url(here.consultation.slug, each.number, newest))
            for each in releases
            if each.number != here.release.number
        ],
        has_open_votes=open_votes.is_there(here.release),
    )


@bp.get(BASE + "/statements")
@allow(PUBLIC, of=current_here)
def list_all_statements(here: ReleaseHere) -> Response:
    summary = read_summary(here.release.snapshot, current_language().tag)
    page = max(request.args.get("page", 1, type=row_number), 1)
    slug = here.consultation.slug
    return render(
        "participation/summaries/list_all_statements.html",
        caching=Caching.PUBLIC,
        summary=summary,
        slug=slug,
        statements=summary.statements[(page - 1) * PAGE : page * PAGE],
        total=len(summary.statements),
        page=page,
        next_url=_statements_url(slug, page + 1) if len(summary.statements) > page * PAGE else None,
        previous_url=_statements_url(slug, page - 1) if page > 1 else None,
    )


@bp.get(BASE + "/tables/<any(findings,questions,statements,people):table>")
@allow(PUBLIC, of=lambda slug, table: (current_here(slug), table))
def download_table(wanted: tuple[ReleaseHere, str]) -> Response:
    here, table = wanted
    for_excel = request.args.get("for") == "excel"
    name = f"{here.consultation.slug}-{table}{'-for-excel' if for_excel else ''}"
    return send_csv(package.table_pieces(table, here, for_excel=for_excel), name, Caching.PUBLIC)


@bp.get(BASE + "/files.zip")
@limiter.limit("600 per hour", key_func=network)
@allow(PUBLIC, of=current_here)
def download_files(here: ReleaseHere) -> Response:
    target = tempfile.TemporaryFile()  # noqa: SIM115  closed when the last piece is sent
    package.write_package(target, here, extra=open_votes.files_of(here))
    return send_zip(target, f"{here.consultation.slug}-summary-{here.release.number}", Caching.PUBLIC)


def _release_url(slug: str, number: int, newest: int) -> str:
    if number == newest:
        return url_for("summaries.show_summary", slug=slug)
    return url_for("summaries.show_earlier_summary", slug=slug, number=number)


def _statements_url(slug: str, page: int) -> str:
    return url_for("summaries.list_all_statements", slug=slug, **({"page": page} if page > 1 else {}))  # type: ignore[arg-type]
