"""`flask demo`: load it, and let its staff in on this machine."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import click
from flask import current_app, url_for
from flask.cli import AppGroup
from sqlalchemy import select

from participation.accounts import Staff, list_grants, make_demo_link, settings
from participation.core.clock import now
from participation.core.database import db

from .loading import is_loaded, load_demo

group = AppGroup("demo", help="The made-up city of Norval.")


@dataclass(frozen=True)
class DemoAccount:
    """One of the demo's people and a link that lets her in once."""

    role: str
    name: str
    address: str
    link: str


@group.command("load")
@click.option("--once", is_flag=True, help="Do nothing when a city is there already.")
def load(*, once: bool) -> None:
    """Fill an empty database with the demo."""
    if is_loaded():
        if once:
            return
        raise click.ClickException("This database has a city already; the demo needs an empty one.")
    if not settings().demo:
        raise click.ClickException("The demo is switched off (DEMO=0).")
    _load_all()


def load_once() -> None:
    """Load the demo into an empty database, if this installation allows one (`flask serve --prepare`)."""
    if settings().demo and not is_loaded():
        _load_all()


def _load_all() -> None:
    """The city, and what other packages bring to it (`app.extensions["demo_parts"]`)."""
    load_demo(now(), secret=settings().secret_key)
    for load_part in current_app.extensions.get("demo_parts", []):
        load_part()
    db.session.commit()
    click.echo("The demo is loaded: the city of Norval, in English, Spanish and Arabic.")


@group.command("accounts")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def show_accounts(*, as_json: bool) -> None:
    """Print each demo person's role, address and a fresh one-time sign-in link (loopback only)."""
    if not settings().demo or not settings().is_loopback:
        raise click.ClickException("One-time links of the demo are made on this machine only (DEMO=1, loopback).")
    accounts = make_accounts()
    if as_json:
        click.echo(json.dumps([asdict(account) for account in accounts], ensure_ascii=False, indent=2))
        return
    for account in accounts:
        click.echo(f"{account.role:<22} {account.name:<20} {account.link}")


def make_accounts() -> list[DemoAccount]:
    """A fresh link for each of the demo's people."""
    at = now()
    staff = db.session.execute(select(Staff).where(Staff.is_demo, Staff.is_active).order_by(Staff.id)).scalars().all()
    accounts = [
        DemoAccount(_roles(each), each.name, each.email, _link(make_demo_link(each, at, secret=settings().secret_key)))
        for each in staff
    ]
    db.session.commit()
    return accounts


def announce() -> None:
    """Say, when the server starts, where to look and how the demo's staff get in."""
    if not settings().demo or not settings().is_loopback:
        return
    accounts = make_accounts()
    if accounts:
        click.echo("\nThe demo’s staff, each by a link that works once:")
        for account in accounts:
            click.echo(f"  {account.role:<22} {account.link}")


def _roles(staff: Staff) -> str:
    return ", ".join(dict.fromkeys(str(row.role) for row in list_grants(staff.id)))


def _link(token: str) -> str:
    with current_app.test_request_context(base_url=settings().base_url):
        return url_for("accounts.enter", token=token, lang="en", _external=True)
