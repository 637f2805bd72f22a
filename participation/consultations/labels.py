"""Words for a consultation's dates, ages and states."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.lists import format_list
from flask_babel import format_time, get_locale, gettext, lazy_gettext
from flask_babel import lazy_gettext as _l

from participation.core.languages import day_in_words

from .models import StageKind

#: What happens in a stage, where nobody gave it a name.
stage_labels = {
    StageKind.ANSWERING: _l("Residents answer"),
    StageKind.READING: _l("We read everything"),
    StageKind.ACTING: _l("The city answers"),
}
#: Age bands beyond which nobody is asked.
OPEN_ENDED = "+"


def day(value: date | datetime, zone: str) -> str:
    """A day in words, as the city's calendar has it."""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone)).date()
    return _day_in_words(value, str(get_locale()))


@lru_cache(maxsize=2000)
def _day_in_words(value: date, _locale: str) -> str:
    """A day in the page's language; the same few days stand on every page."""
    return day_in_words(value)


def last_moment(closes_at: datetime, zone: str) -> str:
    """The last day, with the time where it ends before midnight."""
    local = closes_at.astimezone(ZoneInfo(zone))
    if (local.hour, local.minute) == (0, 0):
        return day(closes_at - timedelta(minutes=1), zone)
    clock = format_time(datetime.combine(date(2000, 1, 1), local.time(), UTC), "short", rebase=False)
    return str(gettext("%(day)s, %(time)s", day=day(closes_at, zone), time=clock))


def span(opens_at: datetime, closes_at: datetime | None, zone: str) -> str:
    """From when until when."""
    if closes_at is None:
        return str(gettext("from %(first)s, without a last day yet", first=day(opens_at, zone)))
    return str(gettext("%(first)s to %(last)s", first=day(opens_at, zone), last=last_moment(closes_at, zone)))


def listed(names: Iterable[str]) -> str:
    """Several names in one sentence, joined as the reader's language does it."""
    return format_list(list(names), locale=get_locale())


def age_band(band: str) -> object:
    """An age band such as "12-15" or "65+" in words."""
    lowest, _dash, highest = band.partition("-")
    if highest:
        return lazy_gettext("%(lowest)s to %(highest)s years", lowest=lowest, highest=highest)
    if band.endswith(OPEN_ENDED):
        return lazy_gettext("%(lowest)s years or more", lowest=band.removesuffix(OPEN_ENDED))
    return band
