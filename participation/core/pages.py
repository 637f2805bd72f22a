"""Drawing pages: whole, or only the region htmx asked for; security headers; caching; safe redirects.

A page that is the same for all is drawn once in `KEPT_SECONDS` for readers without a cookie, however many come at once;
whatever this process commits makes it forget. It may be older than the database by less than its own `max-age` says.

The CSP of a page without htmx allows own files only. A page with regions adds one nonce, which the hx-csp extension
demands on each element before it obeys `hx-*` attributes (security.md 4.3).
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Collection, Mapping
from enum import Enum
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request, url_for
from flask_htmx import HTMX
from jinja2 import StrictUndefined
from werkzeug.local import LocalProxy

from .clock import now
from .database import UNSAFE
from .languages import all_languages, current_language, language_name, url_in
from .policy import current_actor
from .settings import Settings

htmx = HTMX()

#: Directives of every page's content security policy but scripts.
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
)
#: Seconds for which a page that is the same for all is not drawn again (browsers keep it for 60).
KEPT_SECONDS = 10.0
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # not no-referrer: that makes browsers send "Origin: null" with our own forms (decision 0010)
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), display-capture=(), "
        "geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), "
        "payment=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"
    ),
}


class Caching(Enum):
    """Who may keep a copy of a page."""

    #: the same for everybody: no form, no htmx, no nonce on it
    PUBLIC = "public, max-age=60"
    #: one person's
    PRIVATE = "private, no-cache"
    #: staff, casework, shared devices, one-time secrets
    NEVER = "no-store"


def start_pages(app: Flask, settings: Settings) -> None:
    """Strict templates, their globals, and the headers of every answer."""
    htmx.init_app(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.globals.update(
        url_in=url_in,
        static_url=static_url,
        csp_nonce=csp_nonce,
        language_name=language_name,
        is_shared_device=_is_shared_device,
        current_language=LocalProxy(current_language),
    )
    app.context_processor(_page_context)
    # macros are offered as globals, so that they work inside regions and need no import lines
    for name in ("ui", "fields"):
        app.jinja_env.globals[name] = _Macros(app, f"components/{name}.html")
    app.extensions["is_https"] = settings.is_https
    app.before_request(_kept_page)
    app.after_request(_add_headers)


def render(
    template: str,
    /,
    *,
    regions: Collection[str] = (),
    status: int = 200,
    caching: Caching = Caching.PRIVATE,
    **context: Any,
) -> Response:
    """Draw a page, or only the region of it that htmx asked for; never a region that was not offered here."""
    g.uses_htmx = bool(regions)
    g.is_public_page = caching is Caching.PUBLIC
    g.regions = frozenset(regions)  # read by the tests' browser, which draws each of them alone
    page = current_app.jinja_env.get_template(template)
    region = _wanted_region()
    if region is not None and region in regions:
        current_app.update_template_context(context)
        body = "".join(page.blocks[region](page.new_context(context)))
    else:
        body = render_template(page, **context)
    response = make_response(body, status)
    if regions:
        response.vary.update(("HX-Request-Type", "HX-Target"))
    response.headers["Cache-Control"] = caching.value
    if caching is not Caching.NEVER and status == 200 and request.method not in UNSAFE:
        masked = body.replace(g.csp_nonce, "") if "csp_nonce" in g else body
        etag = hashlib.sha256(masked.encode("utf-8", "replace")).hexdigest()[:32]
        response.set_etag(etag, weak=True)
        response.make_conditional(request)
        if caching is Caching.PUBLIC and "may_keep_page" in g:
            g.may_keep_page[_page_key()] = (time.monotonic(), now(), body, etag)
    return response


def _kept_page() -> Response | None:
    """The page as somebody else got it a moment ago, when it is the same for all and this reader is nobody."""
    if request.method != "GET" or request.cookies or request.query_string or not g.get("language_in_address"):
        return None
    kept = current_app.extensions["remembered"].get(_page_key())
    if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS or abs(now() - kept[1]).total_seconds() > KEPT_SECONDS:
        # the memory as it is now: after a commit there is a new one, and what was drawn before it is never found
        g.may_keep_page = current_app.extensions["remembered"]
        return None
    _began, _at, body, etag = kept
    response = make_response(body)
    response.headers["Cache-Control"] = Caching.PUBLIC.value
    response.set_etag(etag, weak=True)
    response.make_conditional(request)
    return response


def _page_key() -> tuple[str, str, str]:
    return "page", request.host_url, request.path


def go_to(endpoint: str, **arguments: Any) -> Response:
    """Redirect after a successful POST (303, so that a reload repeats nothing)."""
    return Response(status=303, headers={"Location": url_for(endpoint, **arguments)})


def safe_next(address: str, fallback: str) -> str:
    """`address` when it is a path of this site, else `fallback` (no open redirect)."""
    is_path = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    is_plain = all(character.isprintable() for character in address)
    return address if is_path and is_plain else fallback


def csp_nonce() -> str | None:
    """This answer's nonce; only pages with regions have one."""
    if not g.get("uses_htmx"):
        return None
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def static_url(path: str) -> str:
    """The address of a file of ours, which changes when the file does."""
    addresses: Mapping[str, str] = current_app.extensions["static_addresses"]
    return addresses.get(path) or f"/static/{path}"


class _Macros:
    """A template's macros as attributes, compiled on first use."""

    def __init__(self, app: Flask, template: str) -> None:
        self._app = app
        self._template = template
        self._module: Any = None

    def __getattr__(self, name: str) -> Any:
        if self._module is None or self._app.jinja_env.auto_reload:
            self._module = self._app.jinja_env.get_template(self._template).module
        return getattr(self._module, name)


def _page_context() -> dict[str, Any]:
    return {
        "current_language": current_language(),
        "languages": list(all_languages().values()),
        "actor": current_actor(),
        "uses_htmx": bool(g.get("uses_htmx")),
        # set by `core.live.stream_address`
        "uses_live": "live_address" in g,
        "is_public_page": bool(g.get("is_public_page")),
    }


def _is_shared_device() -> bool:
    return current_actor().is_shared_device


def _wanted_region() -> str | None:
    """The block name htmx 4 asks for: `HX-Request-Type: partial` and `HX-Target: tag#id`."""
    if not htmx or htmx.boosted or htmx.history_restore_request:
        return None
    if request.headers.get("HX-Request-Type") != "partial":
        return None
    return request.headers.get("HX-Target", "").rpartition("#")[2] or None


def _add_headers(response: Response) -> Response:
    if response.status_code in {301, 302, 303, 307, 308}:
        response.data = b""  # browsers follow the address; the words around it were nobody's language
        response.content_type = "text/plain; charset=utf-8"
    response.headers.extend(HEADERS)
    if response.mimetype == "text/html" and response.status_code == 200:
        # asked for before the page has come that needs it
        response.headers.add("Link", f"<{static_url('built/baraza.css')}>; rel=preload; as=style")
    scripts = "script-src 'self'"
    if "csp_nonce" in g:
        scripts += f" 'nonce-{g.csp_nonce}'; trusted-types htmx; require-trusted-types-for 'script'"
    response.headers.setdefault("Content-Security-Policy", CSP + scripts)
    if current_app.extensions["is_https"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if _is_kept_by_nobody():
        response.headers["Cache-Control"] = Caching.NEVER.value
        response.headers.pop("ETag", None)
    response.headers.setdefault("Cache-Control", Caching.NEVER.value)
    return response


def _is_kept_by_nobody() -> bool:
    parts = request.path.split("/")
    return parts[2:3] == ["staff"] or ("actor" in g and current_actor().is_shared_device)
