"""The demo's city, served for one journey: a copy of its database, the whole program, and a door for its staff."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.serving import make_server

from participation.core import limits
from participation.core.database import db
from tests.fixtures.browsers import Quiet
from tests.fixtures.databases import make_app, make_settings


@dataclass(frozen=True)
class City:
    """A running city that belongs to one test."""

    app: Flask
    base_url: str

    def run(self, *command: str) -> str:
        """What a command of `flask` prints; the test fails when it fails."""
        result = self.app.test_cli_runner().invoke(args=command)
        assert result.exit_code == 0, result.output
        return result.output

    def door_of(self, name: str) -> str:
        """The path of a fresh one-time link of one of the demo's people."""
        accounts = json.loads(self.run("demo", "accounts", "--json"))
        return next(urlsplit(each["link"]).path for each in accounts if each["name"] == name)


@contextmanager
def serve(app: Flask) -> Iterator[City]:
    """The program on a free port of this machine, from this process."""
    limits.limiter.reset()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield City(app, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def make_city(folder: Path, original: Path | None, **changes: object) -> Flask:
    """The program with its files under `folder` and a copy of the database `original`, or none yet."""
    target = folder / "city.sqlite3"
    if original is not None:
        with sqlite3.connect(original) as source, sqlite3.connect(target) as copy:
            source.backup(copy)
        source.close()
        copy.close()
    return make_app(make_settings(folder, **{"database_url": f"sqlite:///{target}", **changes}))
