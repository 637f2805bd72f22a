"""Turns troubles into pages in the reader's language; the last one needs neither database nor catalogue."""

from __future__ import annotations

import logging
from pathlib import Path

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from .database import db
from .errors import DomainError
from .languages import all_languages, preferred_language
from .limits import seconds_to_wait
from .policy import SignInNeeded

log = logging.getLogger(__name__)

#: Statuses with a page of their own; others use the nearest.
PAGES = (400, 403, 404, 405, 409, 413, 422, 429, 500)
SENTENCES = {
    400: _l("Something in the address or the form could not be read. Please go back and try again."),
    403: _l("This page is not open to you."),
    404: _l("There is no page at this address. It may have moved, or the link may have a mistake in it."),
    405: _l("This address only takes forms. Please start from the page before."),
    409: _l("Somebody else changed this at the same moment. Please look at it again."),
    413: _l("That is too long for us to take. Please make it shorter."),
    422: _l("Something has to be put right. Please go back and check."),
    429: _l("That was very often in a short time. Please wait a little, then try again. Nothing was lost."),
}


def start_error_pages(app: Flask) -> None:
    """Register the pages."""
    app.register_error_handler(DomainError, _show_domain_error)
    app.register_error_handler(SignInNeeded, _lead_to_sign_in)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(Exception, _show_failsafe)
    app.config["failsafe"] = (Path(app.root_path) / "templates/errors/failsafe.html").read_text("utf-8")


def _show_domain_error(error: DomainError) -> Response:
    return _page(error.status, error.message)


def _show_http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if error.code >= 500:
        return _show_failsafe(getattr(error, "original_exception", None) or error)
    response = _page(error.code, "")
    if error.code == 429:
        response.headers["Retry-After"] = str(seconds_to_wait())
    return response


def _lead_to_sign_in(_error: SignInNeeded) -> BaseResponse:
    _choose_language()
    if request.method != "GET":
        return _page(403, _l("You were signed out. Please sign in again in another tab, then send this once more."))
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)


def _show_failsafe(error: Exception) -> Response:
    log.error("unexpected failure", exc_info=error)
    try:
        db.session.rollback()
    except Exception:
        log.exception("roll back failed")
    return Response(current_app.config["failsafe"], 500, content_type="text/html; charset=utf-8")


def _page(status: int, sentence: object) -> Response:
    try:
        return _draw(status, sentence)
    except Exception as error:  # the database is gone, say: the trouble with the page outweighs the trouble it is about
        return _show_failsafe(error)


def _draw(status: int, sentence: object) -> Response:
    db.session.rollback()
    _choose_language()
    shown = sentence or SENTENCES.get(status) or SENTENCES[400]
    template = f"errors/{status if status in PAGES else 400}.html"
    return Response(render_template(template, sentence=shown), status, content_type="text/html; charset=utf-8")


def _choose_language() -> None:
    """The language in the address even when nothing was found there, else the browser's."""
    if "language" not in g:
        first = request.path.split("/")[1]
        g.language = all_languages().get(first) or preferred_language()
