"""Our two cookies, and nothing of Flask's own session: their names, when they are set and when they are deleted.

`__Host-` names need https; on plain-http localhost the names are plain. A page that others may keep touches no cookie.
"""

from __future__ import annotations

from flask import Flask, Request, Response, current_app, g
from flask.sessions import NullSession, SessionInterface, SessionMixin

from participation.core.settings import Settings


class NoSession(SessionInterface):
    """Flask's own session is not used: nothing of anybody's is kept in a readable cookie, and pages stay cacheable."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """An empty session that refuses to be written to."""
        return NullSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """There is nothing to keep."""


def settings() -> Settings:
    """The running app's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def cookie_name(kind: str) -> str:
    """The name of our cookie `kind`: `__Host-…` wherever the connection is encrypted."""
    return f"__Host-baraza_{kind}" if settings().is_https else f"baraza_{kind}"


def set_cookies(response: Response) -> Response:
    """Put what was given and forgotten during this request into its answer."""
    if response.cache_control.public:
        return response  # a page that others may keep neither sets nor deletes anybody's cookie
    for kind in g.get("forget_cookies", ()):
        response.delete_cookie(
            cookie_name(kind), path="/", secure=settings().is_https, httponly=True, samesite=_same_site(kind)
        )
    if response.status_code >= 400:
        return response
    for kind, (value, seconds) in g.get("new_cookies", {}).items():
        _set_cookie(response, kind, value, seconds)
    return response


def _set_cookie(response: Response, kind: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        cookie_name(kind),
        value,
        max_age=seconds,
        path="/",
        secure=settings().is_https,
        httponly=True,
        samesite=_same_site(kind),
    )


def _same_site(kind: str) -> str:
    """Staff's cookie comes along from our own pages only; a resident's also by a link in a letter or a message."""
    return "Strict" if kind == "staff" else "Lax"


def give_cookie(kind: str, value: str, seconds: int | None) -> None:
    """Set our cookie `kind` when this answer leaves and went well; without `seconds` it ends with the browser."""
    g.new_cookies = {**g.get("new_cookies", {}), kind: (value, seconds)}


def forget_cookie(kind: str) -> None:
    """Delete our cookie `kind` when this answer leaves."""
    g.forget_cookies = (*g.get("forget_cookies", ()), kind)
    g.get("new_cookies", {}).pop(kind, None)
