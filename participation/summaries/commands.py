"""`flask export`: a summary as a ZIP, and checking one that somebody was given."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from participation.accounts import find_staff_by_email, list_grants, settings
from participation.core.clock import now
from participation.core.database import db
from participation.core.errors import DomainError
from participation.core.policy import SYSTEM, Actor

from . import exporting, policy
from .package import PACKAGE, SNAPSHOT
from .pages import ReleaseHere, current_here

export_group = AppGroup("export", help="Summaries as files, and checking them.")


@export_group.command("summary")
@click.argument("slug")
@click.option("--to", "target", required=True, type=click.Path(dir_okay=False, path_type=Path), help="ZIP to write.")
@click.option("--kind", type=click.Choice(["public", "staff"]), default="public", help="Who may have it.")
@click.option("--by", "email", default="", help="E-mail of the officer who takes it (staff).")
@click.option("--reason", default="", help="What the rows of votes are needed for (staff).")
def export_summary(slug: str, target: Path, kind: str, email: str, reason: str) -> None:
    """Write the released summary of the consultation SLUG into a ZIP."""
    with current_app.test_request_context("/", base_url=settings().base_url):
        try:
            here = current_here(slug)
            by = _who(here, email, reason) if kind == "staff" else SYSTEM
            digest = _write(target, here, kind, by, reason.strip())
        except DomainError as trouble:
            db.session.rollback()
            raise click.ClickException(str(trouble) or f"There is no released summary of “{slug}”.") from None
        db.session.commit()
    click.echo(f"{target} is written. SHA-256: {digest}")


@export_group.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify_export(file: Path) -> None:
    """Check that nothing in the ZIP was changed; exit code 1 when something was."""
    troubles = list_troubles(file)
    for trouble in troubles:
        click.echo(trouble)
    if troubles:
        raise SystemExit(1)
    click.echo("Every file is as it was written, and the snapshot has the hash it was published with.")


def list_troubles(file: Path) -> list[str]:
    """What does not fit in an exported ZIP, as sentences."""
    try:
        with zipfile.ZipFile(file) as package:
            described = json.loads(package.read(PACKAGE))
            names = {name for name in package.namelist() if name != PACKAGE}
            resources = {each["path"]: each for each in described["resources"]}
            troubles = [f"{name} is not described in {PACKAGE}." for name in sorted(names - set(resources))]
            troubles += [f"{path} is missing." for path in sorted(set(resources) - names)]
            for path in sorted(names & set(resources)):
                if f"sha256:{_digest(package, path)}" != resources[path]["hash"]:
                    troubles.append(f"{path} was changed.")
            if SNAPSHOT in names and _digest(package, SNAPSHOT) != described["summary"]["sha256"]:
                troubles.append("The snapshot does not have the hash it was published with.")
            return troubles
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError):
        return ["This is not an export of a summary, or it is damaged."]


def _write(target: Path, here: ReleaseHere, kind: str, by: Actor, reason: str) -> str:
    """Write beside the target first, so that a failure leaves no half file."""
    handle, name = tempfile.mkstemp(dir=target.resolve().parent, suffix=".part")
    try:
        with os.fdopen(handle, "w+b") as file:
            if kind == "staff":
                digest = exporting.export_for_staff(file, here, reason, by=by, at=now())
            else:
                digest = exporting.export_for_everybody(file, here, by=by, at=now())
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
    return digest


def _who(here: ReleaseHere, email: str, reason: str) -> Actor:
    staff = find_staff_by_email(email) if email else None
    grants = frozenset(row.as_grant() for row in list_grants(staff.id)) if staff else frozenset()
    actor = Actor(staff_id=staff.id if staff else None, grants=grants)
    if staff is None or not staff.is_active or not policy.can_export_rows(actor, here):
        raise click.ClickException("--by has to name an officer of this consultation, by e-mail.")
    if len(reason.strip()) < 8:
        raise click.ClickException("--reason has to say in a few words what the votes are needed for.")
    return actor


def _digest(package: zipfile.ZipFile, path: str) -> str:
    digest = sha256()
    with package.open(path) as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
