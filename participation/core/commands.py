"""Commands that belong to no slice: serving, backup and restore, doctor, languages, the audit chain."""

from __future__ import annotations

import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import upgrade
from gunicorn.app.base import BaseApplication

from .audit import find_first_broken_entry
from .database import db
from .registry import registry
from .settings import Settings

audit_group = AppGroup("audit", help="The chained log of what staff did.")


def start_commands(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(serve)
    app.cli.add_command(doctor)
    app.cli.add_command(audit_group)


@click.command()
@click.option("--prepare", is_flag=True, help="First bring the database up to date and load the demo, once.")
def serve(*, prepare: bool) -> None:
    """Serve pages with gunicorn: one process, many threads (SQLite has one writer)."""
    settings: Settings = current_app.extensions["settings"]
    if prepare:
        upgrade()
        for make_ready in current_app.extensions.get("preparations", []):
            make_ready()
    for announce in current_app.extensions.get("announcements", []):
        announce()
    click.echo(f"\nBaraza is at {settings.base_url}/  (stop with Ctrl+C)", err=False)
    sys.stdout.flush()
    # the announcements used connections; a worker is a copy of this process and must open its own
    db.session.remove()
    db.engine.dispose()
    Server(current_app._get_current_object(), settings).run()  # type: ignore[attr-defined]


class Server(BaseApplication):
    """Gunicorn around the program that is loaded already: starting it anew would double the wait."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        """`app` is copied into the worker, `settings` say where to listen and with how many threads."""
        self._app = app
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """One process with many threads: SQLite has one writer."""
        options = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": self._settings.threads,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The program."""
        return self._app


@click.command()
def doctor() -> None:
    """Say in plain sentences what is ready and what is not; exit code 1 when something is not."""
    is_fine = True
    for check in registry().health_checks:
        fine, sentence = check()
        is_fine = is_fine and fine
        click.echo(f"{'ok ' if fine else 'NOT'} {sentence}")
    raise SystemExit(0 if is_fine else 1)


@audit_group.command("verify")
def verify_audit() -> None:
    """Check the whole chain; exit code 1 at the first row that was tampered with."""
    broken = find_first_broken_entry()
    if broken is not None:
        click.echo(f"The chain breaks at entry {broken}.")
        raise SystemExit(1)
    click.echo("The chain holds.")
