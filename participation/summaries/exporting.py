"""Exports that are noted down: who took which file out of the house, and why."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from participation.core.audit import note
from participation.core.policy import Actor

from . import open_votes, package
from .pages import ReleaseHere


def export_for_staff(target: IO[bytes], here: ReleaseHere, reason: str, *, by: Actor, at: datetime) -> str:
    """Write the package with the votes row by row; gives its SHA-256."""
    extra = open_votes.staff_files(here.consultation, here.consultation.title.read("en").text)
    sha256 = package.write_package(target, here, extra=extra)
    open_votes.save_export(here, "staff", by=by, at=at, reason=reason, sha256=sha256)
    note(
        "rows_exported",
        f"release:{here.release.id}",
        by=by,
        at=at,
        space=here.space,
        number=here.release.number,
        sha256=sha256,
    )
    return sha256


def export_for_everybody(target: IO[bytes], here: ReleaseHere, *, by: Actor, at: datetime) -> str:
    """Write the package anybody may have; makes the votes open data first, where that was promised and is due."""
    if open_votes.may_hand_out(here.consultation, here.release, at):
        open_votes.hand_out(here, by=by, at=at)
    sha256 = package.write_package(target, here, extra=open_votes.files_of(here))
    open_votes.save_export(here, "public", by=by, at=at, sha256=sha256)
    return sha256
