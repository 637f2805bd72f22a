"""Residents and their city talk: everything from who is there to the city's answer.

The slices stand in rank order; each may use the ones before it, through their public faces only.
"""

from __future__ import annotations

from flask import Flask

from participation.core.settings import Settings

from . import (
    accounts,
    city,
    consultations,
    contributions,
    demo,
    moderation,
    opinions,
    responses,
    summaries,
    surveys,
    translation,
)

SLICES = (
    city,
    accounts,
    contributions,
    moderation,
    translation,
    consultations,
    surveys,
    opinions,
    summaries,
    responses,
    demo,
)


def init_app(app: Flask, settings: Settings) -> None:
    """Open every room, in rank order."""
    accounts.start_identity(app, settings)
    with app.app_context():
        for room in SLICES:
            room.init_app(app)
