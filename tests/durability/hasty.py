"""Our program with a fault: a vote is acknowledged first and written a moment later. The tests must notice."""

from __future__ import annotations

import threading

from flask import Flask, current_app

import app
from participation.core.database import db
from participation.opinions import ballot_box

#: Seconds between the answer and the commit.
LATER = 0.1


def create_app() -> Flask:
    def cast_too_soon(ballot: ballot_box.Ballot) -> bool:
        box = current_app.extensions.setdefault("ballot_box", ballot_box.BallotBox(db.engine))
        threading.Timer(LATER, box.cast, [ballot]).start()
        return True

    ballot_box.cast = cast_too_soon
    return app.create_app()
