"""`flask import polis`: take in a conversation that was held on Polis."""

from __future__ import annotations

import re
from pathlib import Path

import click
from flask.cli import AppGroup

from participation.accounts import settings
from participation.contributions import Permission
from participation.core.clock import now
from participation.core.database import db
from participation.core.errors import DomainError

from .importing import Wish, import_conversation
from .polis_files import PolisFolder
from .polis_rows import MalformedPolisFile, MissingPolisFile, Trouble

group = AppGroup("import", help="Take in conversations held elsewhere.")

SENTENCES = {
    Trouble.EMPTY: "the file is empty",
    Trouble.NOT_UTF8: "there are bytes that are not UTF-8",
    Trouble.NOT_CSV: "the quotation marks do not fit",
    Trouble.NO_COLUMN: "a column is missing or there twice:",
    Trouble.WRONG_WIDTH: "the row has more or fewer fields than the header",
    Trouble.NO_NUMBER: "a whole number is expected",
    Trouble.NO_VOTE: "a vote must be 1, 0 or -1",
    Trouble.NO_MODERATION_STATE: "the moderation state must be 1, 0 or -1",
    Trouble.TWICE: "there is a second row for the same statement or person",
    Trouble.UNKNOWN_STATEMENT: "it votes on a statement that has no text",
}


@group.command("polis")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--agree", type=click.Choice(["1", "-1"]), required=True, help="The value that means “agree” in the files."
)
@click.option("--slug", default="", help="Its name in addresses; made from the folder's name when left out.")
@click.option("--language", default="en", show_default=True, help="Language of its statements, such as de or zh-TW.")
@click.option(
    "--permission", type=click.Choice([each.value for each in Permission]), help="What authors were told may be done."
)
@click.option("--open-data", is_flag=True, help="People were told that votes without names become open data.")
@click.option("--keep-xid", is_flag=True, help="Keep identifiers of an outside system; they can name people.")
@click.option("--sign-is-right", is_flag=True, help="Go on although the files' own totals say the other sign.")
def import_polis(
    folder: Path,
    *,
    agree: str,
    slug: str,
    language: str,
    permission: str | None,
    open_data: bool,
    keep_xid: bool,
    sign_is_right: bool,
) -> None:
    """Take in the Polis conversation exported to FOLDER. Run again, it goes on or does nothing."""
    wish = Wish(
        slug=slug or make_slug(folder.resolve().name),
        language=language,
        agree=int(agree),
        permission=Permission(permission) if permission else None,
        has_open_votes=open_data,
        keep_xid=keep_xid,
    )
    try:
        polis = PolisFolder(folder, agree=wish.agree, keep_xid=keep_xid)
        if not sign_is_right and polis.contradicts_sign():
            raise click.ClickException(
                f"The files' own totals say that {-wish.agree} means agree. Nothing was stored. "
                "Give the other sign, or --sign-is-right when you know better."
            )
        _run(polis, wish)
    except MissingPolisFile as trouble:
        raise click.ClickException(f"{trouble.file} is missing in this folder. Nothing was stored.") from trouble
    except MalformedPolisFile as trouble:
        sentence = f"{SENTENCES[trouble.trouble]} {trouble.detail}".strip()
        raise click.ClickException(f"{trouble.file}, line {trouble.line}: {sentence}. Nothing was stored.") from trouble
    except DomainError as trouble:
        raise click.ClickException(str(trouble)) from trouble


def _run(polis: PolisFolder, wish: Wish) -> None:
    last = ""
    for progress in import_conversation(polis, wish, secret=settings().secret_key, at=now()):
        db.session.commit()
        if progress.what != last or progress.done == progress.total:
            click.echo(f"{progress.what}: {progress.done} of {progress.total}")
            last = progress.what
    click.echo(f"Done. It stands at {settings().base_url}/en/staff/consultations/{wish.slug}")


def make_slug(name: str) -> str:
    """A name for addresses from a folder's name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80] or "conversation"
