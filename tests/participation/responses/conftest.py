"""A released summary with one finding, for tests of answers."""

from __future__ import annotations

from tests.participation.summaries.conftest import Finished, finished

__all__ = ["Finished", "finished"]
