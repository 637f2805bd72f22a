"""The program with the filled city in a database that can be compared with what it was, and put back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from flask import Flask

from participation.core import clock as program_clock
from participation.core import limits
from participation.core.database import db, forget_remembered
from tests.fixtures.databases import Backends
from tests.fixtures.time import Clock
from tests.security.world import World


class City:
    """The program with the filled city, whose database can be compared with what it was and put back."""

    def __init__(self, backends: Backends, name: str = "security") -> None:
        self.app: Flask = backends.get("sqlite", name).app
        self.clock = Clock()
        with standing(self.clock), self.app.app_context():
            limits.limiter.reset()
            self.world = World()
            self.file = Path(str(db.engine.url.database))
            db.session.remove()
            self.app.test_client().get("/city.css", strict=False)  # the first answer of an hour tidies up
        self._watch = sqlite3.connect(self.file)
        self._copy = sqlite3.connect(":memory:")
        #: what was spoilt in a city with hostile words
        self.spoilt: dict[str, int] = {}
        self.keep()

    def keep(self) -> None:
        """Take what there is now for how the city was made."""
        self._watch.backup(self._copy)
        self._version = self.version()

    def version(self) -> int:
        """A number that changes whenever anybody commits a change to the database."""
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def is_as_before(self) -> bool:
        """Whether nobody changed anything since it was made or put back."""
        return self.version() == self._version

    def put_back(self) -> None:
        """Give the city back as it was made."""
        with self.app.app_context():
            db.session.remove()
            limits.limiter.reset()
            forget_remembered()
        if not self.is_as_before():
            target = sqlite3.connect(self.file)
            target.execute("PRAGMA synchronous=OFF")
            self._copy.backup(target)
            target.close()
            self._version = self.version()

    def close(self) -> None:
        """Let go of the files."""
        self._watch.close()
        self._copy.close()


class standing:  # noqa: N801  reads as a word: with standing(clock)
    """The program's time stands still inside."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __enter__(self) -> Clock:
        self._before = program_clock.source
        program_clock.source = self._clock
        return self._clock

    def __exit__(self, *_: object) -> None:
        program_clock.source = self._before
