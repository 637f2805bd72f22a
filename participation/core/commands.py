"""Commands that belong to no slice: serving, backup and restore, doctor, languages, the audit chain."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from .audit import find_first_broken_entry
from .backup import BackupProblem, make_backup, newest_revision, restore_backup, secret_mark
from .clock import now
from .database import db
from .health import Grade, examine, language_states, running_settings
from .jobs import do_due_work, note_done, shrink_log, tidy
from .serving import serve as serve_all
from .settings import Settings, SettingsProblem

audit_group = AppGroup("audit", help="The chained log of what staff did.")
language_group = AppGroup("language", help="Languages of the interface.")


def start_commands(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(serve)
    app.cli.add_command(doctor)
    app.cli.add_command(backup)
    app.cli.add_command(restore)
    app.cli.add_command(tidy_now)
    app.cli.add_command(language_group)
    app.cli.add_command(audit_group)


@click.command()
@click.option("--prepare", is_flag=True, help="First bring the database up to date and load the demo, once.")
def serve(*, prepare: bool) -> None:
    """Serve: one process for pages, with many threads (SQLite has one writer), and LIVE_WORKERS for open streams."""
    settings: Settings = current_app.extensions["settings"]
    if prepare:
        upgrade()
        for make_ready in current_app.extensions.get("preparations", []):
            make_ready()
    for announce in current_app.extensions.get("announcements", []):
        announce()
    click.echo(f"\nBaraza is at {settings.base_url}/  (stop with Ctrl+C)", err=False)
    sys.stdout.flush()
    # the announcements used connections; the processes are copies of this one and must open their own
    db.session.remove()
    db.engine.dispose()
    try:
        code = serve_all(current_app._get_current_object(), settings)  # type: ignore[attr-defined]
    except SettingsProblem as trouble:
        raise click.ClickException(str(trouble)) from trouble
    raise SystemExit(code)


@click.command()
def doctor() -> None:
    """Say in plain sentences what is ready and what is not; exit code 1 when something is not."""
    findings = examine(running_settings())
    for finding in findings:
        click.echo(f"{finding.grade.value} {finding.sentence}")
    raise SystemExit(1 if any(finding.grade is Grade.NOT_READY for finding in findings) else 0)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write everything the database holds into a new FILE, while the program runs."""
    try:
        manifest = make_backup(db.engine, file, secret=running_settings().secret_key, at=now())
    except BackupProblem as trouble:
        raise click.ClickException(str(trouble)) from trouble
    with db.engine.begin() as connection:
        note_done(connection, "backup", now())
    rows = sum(count for count, _hash in manifest.tables.values())
    click.echo(f"{file} holds {len(manifest.tables)} tables with {rows} rows. Keep it where others cannot read it.")
    click.echo("The secret is not in it: keep INSTANCE_PATH/secret_key (or SECRET_KEY) somewhere else.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="The database is not empty, and what it holds may go.")
def restore(file: Path, *, replace: bool) -> None:
    """Put a backup back into an empty database; stop the program before."""
    settings = running_settings()
    aside = settings.instance_path / f"before-restore-{now():%Y%m%d-%H%M%S}.sqlite3"
    try:
        manifest = restore_backup(db.engine, file, replace=replace, aside=aside)
    except BackupProblem as trouble:
        raise click.ClickException(str(trouble)) from trouble
    click.echo(f"All {len(manifest.tables)} tables are back as they were on {manifest.made_at[:16]} UTC.")
    if aside.exists():
        click.echo(f"What the database held before is in {aside}; delete it when you do not need it.")
    if manifest.secret_mark != secret_mark(settings.secret_key):
        click.echo("Another secret was in use then: put the old secret back, or return codes will not work.")
    if manifest.revision != newest_revision():
        click.echo("The backup is of an older version: run `flask db upgrade` now.")
        return
    if (broken := find_first_broken_entry()) is not None:
        raise click.ClickException(f"The audit log in the backup was changed: its chain breaks at entry {broken}.")
    click.echo("The chain of the audit log holds.")


@click.command("tidy")
def tidy_now() -> None:
    """Throw away what has had its time: old keys, sign-ins, links, drafts, form receipts, and words of old sessions."""
    with db.engine.begin() as connection:
        thrown = tidy(connection, now())
    thrown += do_due_work(now())
    shrink_log(db.engine)
    for what, count in thrown:
        click.echo(f"{count:7} {what}")


@language_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_languages(*, as_json: bool) -> None:
    """Say which languages there are and how complete each is."""
    states = language_states(running_settings().translations_path)
    if as_json:
        click.echo(json.dumps([asdict(state) for state in states], ensure_ascii=False, indent=2))
        return
    for state in states:
        has = "the source" if state.is_source else f"{state.total - state.missing} of {state.total} sentences"
        read = "read by a native speaker" if state.is_reviewed else "not yet read by a native speaker"
        click.echo(f"{state.tag:6} {state.name}  {state.direction}  {has}, {read}")


@language_group.command("check")
def check_languages() -> None:
    """Exit code 1 when a language lacks a sentence or its catalogue is not compiled."""
    wrong = [
        state
        for state in language_states(running_settings().translations_path)
        if not state.is_source and (state.missing or not state.is_compiled)
    ]
    for state in wrong:
        click.echo(
            f"{state.name}: {state.missing} sentences are missing."
            if state.missing
            else f"{state.name}: the catalogue is not compiled."
        )
    if wrong:
        raise SystemExit(1)
    click.echo("Every language has every sentence.")


@audit_group.command("verify")
def verify_audit() -> None:
    """Check the whole chain; exit code 1 at the first row that was tampered with."""
    broken = find_first_broken_entry()
    if broken is not None:
        click.echo(f"The chain breaks at entry {broken}.")
        raise SystemExit(1)
    click.echo("The chain holds.")
