"""The only place that reads the time. Tests put their own clock in `source`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def _system() -> datetime:
    return datetime.now(UTC)


#: Called by `now`; replaced by tests only.
source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return source()


def day_in(zone: str, moment: datetime) -> date:
    """The calendar day of `moment` in the time zone `zone` (an IANA name)."""
    return moment.astimezone(ZoneInfo(zone)).date()


def machine_seconds() -> float:
    """Seconds since 1970 by the machine's own clock, for libraries that measure by it; tests do not move it."""
    return time.time()
