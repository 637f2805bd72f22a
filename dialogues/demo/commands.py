"""Loading the demo's conversations with the city, and `flask demo live`."""

from __future__ import annotations

import time

import click
from flask import Flask, current_app, url_for

from dialogues.sessions import list_items, shown_code
from participation.accounts import settings
from participation.core.clock import now
from participation.core.database import db

from . import loading, playing
from .playing import Play

#: Seconds between two things that happen, at pace 1.
BEAT = 4.0


def plug_into(app: Flask) -> None:
    """Load after the city; put the command beside the demo's others."""
    app.extensions.setdefault("demo_parts", []).append(load_part)
    group = app.cli.commands.get("demo")
    if isinstance(group, click.Group):
        group.add_command(play_live)


def load_part() -> None:
    """Load the conversations where the demo's people are; the caller commits."""
    loading.load(now(), secret=settings().secret_key)


@click.command("live")
@click.option("--pace", default=1.0, show_default=True, type=click.FloatRange(0.1, 1000), help="2 is twice as fast.")
def play_live(pace: float) -> None:
    """Play twelve phones in three languages through a conversation, to be watched on the console and joined."""
    if not settings().demo or not settings().is_loopback:
        raise click.ClickException("The demo plays on this machine only (DEMO=1, loopback).")
    session = playing.find_playable()
    if session is None:  # all were played already, or the demo is older than they are
        load_part()
        db.session.commit()
        session = playing.find_playable()
    if session is None:
        raise click.ClickException("There is no conversation to play; load the demo first: flask demo load.")
    play = Play(session.id, voices=loading.read()["voice"], secret=settings().secret_key)
    click.echo(f"Join:    {_page('room.type_code')}  code {shown_code(session, secret=settings().secret_key)}")
    click.echo(f"Console: {_page('room.show_console', slug=session.slug)}  (sign in as facilitator)")
    for sentence in play.steps(rounds=len(list_items(session.id))):
        db.session.commit()
        click.echo(sentence)
        time.sleep(BEAT / pace)
    db.session.commit()


def _page(endpoint: str, **arguments: str) -> str:
    """The whole address of a page in English."""
    with current_app.test_request_context(base_url=settings().base_url):
        return url_for(endpoint, lang="en", _external=True, **arguments)
