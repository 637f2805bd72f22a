"""Commands that belong to no slice: serving, backup and restore, doctor, languages, the audit chain."""

from __future__ import annotations

import os
import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from .audit import find_first_broken_entry
from .registry import registry
from .settings import Settings

audit_group = AppGroup("audit", help="The chained log of what staff did.")


def start_commands(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(serve)
    app.cli.add_command(doctor)
    app.cli.add_command(audit_group)


@click.command()
def serve() -> None:
    """Serve pages with gunicorn: one process, many threads (SQLite has one writer)."""
    settings: Settings = current_app.extensions["settings"]
    for announce in current_app.extensions.get("announcements", []):
        announce()
    click.echo(f"\nBaraza is at {settings.base_url}/  (stop with Ctrl+C)", err=False)
    sys.stdout.flush()
    arguments = ["gunicorn", "--bind", f"{settings.host}:{settings.port}", "--worker-class", "gthread", "--workers", "1"]
    arguments += ["--threads", str(settings.threads), "--log-level", "warning", "--no-control-socket", "app:create_app()"]
    os.execv(sys.executable, [sys.executable, "-m", *arguments])  # noqa: S606  our own server, fixed arguments


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
