"""Our program with one live page more, for tests that look at it in Chromium; started as a module."""

from __future__ import annotations

from flask import Flask, Response
from jinja2 import ChoiceLoader, DictLoader

from app import create_app
from participation.core.clock import now
from participation.core.database import db
from participation.core.live import Audience, publish, stream_address
from participation.core.pages import render
from participation.core.policy import PUBLIC, allow
from participation.core.serving import serve
from participation.core.settings import read_settings

TOPIC = "page"
READER = Audience("en", "participant")
PAGE = """{% extends "layouts/page.html" %}
{% block title %}Live{% endblock %}
{% block main %}
<h1>Live</h1>
{% block news scoped %}<div id="news" hx-sse:connect="{{ address }}" hx-target="this" hx-swap="innerHTML"
  hx-nonce="{{ csp_nonce() }}"><p>{{ words }}</p></div>{% endblock %}
{% endblock %}
"""


def add_page(app: Flask) -> None:
    """Add the page."""
    assert app.jinja_env.loader is not None
    app.jinja_env.loader = ChoiceLoader([DictLoader({"live.html": PAGE}), app.jinja_env.loader])

    @app.get("/<lang>/live-page")
    @allow(PUBLIC)
    def show_live_page() -> Response:
        address = stream_address(TOPIC, READER, member="participant:1")
        return render("live.html", regions=("news",), address=address, words="drawn")


def main() -> None:
    """Serve until stopped."""
    settings = read_settings()
    app = create_app(settings)
    add_page(app)
    raise SystemExit(serve(app, settings))


def say(words: str) -> None:
    """Push words to everybody on the page; needs an app context."""
    publish(TOPIC, {READER: f"<p>{words}</p>"}, at=now())
    db.session.commit()


if __name__ == "__main__":
    main()
