"""Commands about staff: invite, give and take roles, lock, help those who lost a proof, list."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from participation.core.clock import now
from participation.core.database import db
from participation.core.errors import DomainError
from participation.core.languages import all_languages
from participation.core.policy import SYSTEM, Grant, Role, Space

from . import queries, staff
from .cookies import settings
from .models import Staff
from .staff_identity import link_address

staff_group = AppGroup("staff", help="Who works here, and what each may do.")

_role = click.Choice([role.value for role in Role])
_space_help = "Where, such as consultation:3; everywhere when left out."


@staff_group.command("invite")
@click.argument("email")
@click.argument("name")
@click.option("--role", type=_role, help="First role.")
@click.option("--space", help=_space_help)
@click.option("--language", default="en", show_default=True, help="Language of the page the link leads to.")
def invite_staff(email: str, name: str, role: str | None, space: str | None, language: str) -> None:
    """Invite somebody and print the one-time link to hand over."""
    _check_language(language)
    with _plain_refusals():
        person = staff.invite(email, name, by=SYSTEM, at=now())
        if role:
            staff.grant_role(person, Role(role), _read_space(space), by=SYSTEM, at=now())
        token = staff.make_invitation(person, secret=settings().secret_key, at=now())
    db.session.commit()
    click.echo(link_address(token, language))


@staff_group.command("grant")
@click.argument("email")
@click.argument("role", type=_role)
@click.option("--space", help=_space_help)
def grant(email: str, role: str, space: str | None) -> None:
    """Give somebody a role."""
    with _plain_refusals():
        staff.grant_role(_find(email), Role(role), _read_space(space), by=SYSTEM, at=now())
    db.session.commit()
    click.echo("The role is given. It holds from the next sign-in on.")


@staff_group.command("revoke")
@click.argument("email")
@click.argument("role", type=_role)
@click.option("--space", help=_space_help)
def revoke(email: str, role: str, space: str | None) -> None:
    """Take a role back."""
    with _plain_refusals():
        staff.revoke_role(_find(email), Role(role), _read_space(space), by=SYSTEM, at=now())
    db.session.commit()
    click.echo("The role is taken back.")


@staff_group.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """Lock an account: every sign-in ends now."""
    with _plain_refusals():
        staff.deactivate(_find(email), by=SYSTEM, at=now())
    db.session.commit()
    click.echo("The account is locked.")


@staff_group.command("reactivate")
@click.argument("email")
def reactivate(email: str) -> None:
    """Unlock an account."""
    staff.reactivate(_find(email), by=SYSTEM, at=now())
    db.session.commit()
    click.echo("The account is unlocked.")


@staff_group.command("reset-password")
@click.argument("email")
@click.option("--language", default="en", show_default=True, help="Language of the page the link leads to.")
def reset_password(email: str, language: str) -> None:
    """Make the password worthless and print a link to choose a new one."""
    _check_language(language)
    token = staff.reset_password(_find(email), secret=settings().secret_key, by=SYSTEM, at=now())
    db.session.commit()
    click.echo(link_address(token, language))


@staff_group.command("reset-totp")
@click.argument("email")
@click.option("--language", default="en", show_default=True, help="Language of the page the link leads to.")
def reset_totp(email: str, language: str) -> None:
    """Make the authenticator worthless and print a link to set up a new one."""
    _check_language(language)
    token = staff.reset_authenticator(_find(email), secret=settings().secret_key, by=SYSTEM, at=now())
    db.session.commit()
    click.echo(link_address(token, language))


@staff_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_staff(*, as_json: bool) -> None:
    """Say who works here and with which roles."""
    people = queries.list_staff()
    grants = queries.list_grants_of([each.id for each in people])
    rows = [(each, [_as_text(grant.as_grant()) for grant in grants[each.id]]) for each in people]
    if as_json:
        click.echo(json.dumps([_row(*row) for row in rows], ensure_ascii=False, indent=2))
        return
    for person, roles in rows:
        locked = "" if person.is_active else "  (locked)"
        click.echo(f"{person.email}  {person.name}  {' '.join(roles) or 'no role'}{locked}")


def _row(person: Staff, roles: list[str]) -> dict[str, object]:
    return {
        "email": person.email,
        "name": person.name,
        "active": person.is_active,
        "ready": bool(person.password_hash and person.totp_secret),
        "demo": person.is_demo,
        "roles": roles,
    }


def _as_text(grant: Grant) -> str:
    return f"{grant.role}@{grant.space or 'everywhere'}"


def _find(email: str) -> Staff:
    found = queries.find_staff_by_email(email.strip().lower())
    if found is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    return found


def _read_space(written: str | None) -> Space | None:
    if not written or written == "everywhere":
        return None
    kind, _colon, number = written.partition(":")
    if not kind or not number.isdecimal():
        raise click.ClickException(f"“{written}” is no place; write it like consultation:3.")
    return Space(kind, int(number))


def _check_language(tag: str) -> None:
    if tag not in all_languages():
        raise click.ClickException(f"There is no language “{tag}”; there are {', '.join(all_languages())}.")


class _plain_refusals:  # noqa: N801  reads as a sentence where it is used
    """Turns a refusal into one sentence on the terminal."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, trouble: object, _trace: object) -> None:
        if isinstance(trouble, DomainError):
            raise click.ClickException(str(trouble)) from trouble
