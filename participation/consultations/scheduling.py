"""What staff do to a consultation's dates: its stages, extending it, closing it early with a public reason.

Days and hours are the city's own. People read the last day; what is kept is the first moment after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from participation.core import audit
from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.localized import LocalizedText
from participation.core.policy import Actor

from . import queries
from .models import Consultation, Publication, Stage, StageKind
from .sections import CLOSING_REASON
from .timing import is_answering
from .wording import clean_text

MIDNIGHT = time(0, 0)


@dataclass(frozen=True)
class Dates:
    """When a stage is, as officers write it: in the city's calendar."""

    first_day: date
    #: its first minute; midnight where nothing else is said
    first_time: time
    #: None while its end is open
    last_day: date | None
    #: when it ends on its last day; None at the end of that day
    last_time: time | None

    @classmethod
    def of(cls, stage: Stage, zone: str) -> Dates:
        """A stage's dates for its form."""
        opens = stage.opens_at.astimezone(ZoneInfo(zone))
        if stage.closes_at is None:
            return cls(opens.date(), opens.time(), None, None)
        closes = stage.closes_at.astimezone(ZoneInfo(zone))
        if closes.time() == MIDNIGHT:
            return cls(opens.date(), opens.time(), closes.date() - timedelta(days=1), None)
        return cls(opens.date(), opens.time(), closes.date(), closes.time())

    def opens_at(self, zone: str) -> datetime:
        """The first moment."""
        return datetime.combine(self.first_day, self.first_time, ZoneInfo(zone))

    def closes_at(self, zone: str) -> datetime | None:
        """The first moment after it; None while its end is open."""
        if self.last_day is None:
            return None
        if self.last_time is None or self.last_time == MIDNIGHT:
            return datetime.combine(self.last_day + timedelta(days=1), MIDNIGHT, ZoneInfo(zone))
        return datetime.combine(self.last_day, self.last_time, ZoneInfo(zone))


def save_stage(
    consultation: Consultation,
    stage: Stage | None,
    *,
    kind: StageKind,
    dates: Dates,
    name: LocalizedText,
    zone: str,
    by: Actor,
    at: datetime,
) -> Stage:
    """Write a stage, or a new one where `stage` is None; stages stand in the order of their days.

    Raises:
        Invalid: it ends before it begins, or meets another stage.
        Conflict: residents were told other dates already.
    """
    opens_at, closes_at = dates.opens_at(zone), dates.closes_at(zone)
    if closes_at is not None and closes_at <= opens_at:
        raise Invalid(_l("It has to end after it begins."), field="last_day")
    others = [each for each in queries.list_stages(consultation.id) if stage is None or each.id != stage.id]
    _check_room(opens_at, closes_at, others)
    if stage is not None:
        opens_at = _kept(stage.opens_at, opens_at)
        closes_at = _kept(stage.closes_at, closes_at) if closes_at else None
        _check_promise(consultation, stage, kind, opens_at, closes_at, at=at)
    if stage is None:
        stage = Stage(consultation_id=consultation.id, position=1 + max((each.position for each in others), default=0))
        db.session.add(stage)
    stage.kind, stage.name, stage.opens_at, stage.closes_at = kind, name, opens_at, closes_at
    _put_in_order([*others, stage])
    _note(consultation, "stage_changed", by=by, at=at, stage=stage.id, opens=_iso(opens_at), closes=_iso(closes_at))
    return stage


def rename_stage(consultation: Consultation, stage: Stage, name: LocalizedText, *, by: Actor, at: datetime) -> None:
    """Give a stage another name, or its name in another language."""
    if name != stage.name:
        stage.name = name
        _note(consultation, "stage_renamed", by=by, at=at, stage=stage.id)


def remove_stage(consultation: Consultation, stage: Stage, *, by: Actor, at: datetime) -> None:
    """Take a stage out.

    Raises:
        Conflict: residents were told of it and it has begun.
    """
    if consultation.publication != Publication.DRAFT and stage.opens_at <= at:
        raise Conflict(_l("This stage has begun, so it stays. You can extend it or close it early."))
    others = [each for each in queries.list_stages(consultation.id) if each.id != stage.id]
    number = stage.id
    db.session.delete(stage)
    db.session.flush()
    _put_in_order(others)
    _note(consultation, "stage_removed", by=by, at=at, stage=number)


def extend(
    consultation: Consultation, dates: Dates | None, *, reply_due_on: date | None, zone: str, by: Actor, at: datetime
) -> None:
    """Let residents answer longer: until the later last day in `dates`. Later stages move by as much.

    Raises:
        Conflict: nobody can answer now, or there is no last day to move.
        Invalid: the new last day is not later, or the reply would come before it.
    """
    stages = queries.list_stages(consultation.id)
    stage = find_stage_to_extend(consultation, stages, at)
    if consultation.closed_early_at is not None:
        raise Conflict(_l("It was closed early, and everybody was told why. Copy it to ask again."))
    if stage is None or stage.closes_at is None or dates is None:
        raise Conflict(_l("There is no last day that could be moved."))
    closes_at = dates.closes_at(zone)
    if closes_at is None or closes_at <= stage.closes_at or closes_at <= at:
        raise Invalid(_l("The new last day has to be later than the one people know."), field="last_day")
    if reply_due_on is not None and reply_due_on < closes_at.astimezone(ZoneInfo(zone)).date():
        raise Invalid(_l("The city cannot reply before the last day."), field="reply_due_on")
    longer, before = closes_at - stage.closes_at, stage.closes_at
    for each in stages:
        if each.opens_at >= before:
            each.opens_at += longer
            each.closes_at = each.closes_at + longer if each.closes_at else None
    stage.closes_at = closes_at
    consultation.reply_due_on = reply_due_on
    _note(
        consultation, "consultation_extended", by=by, at=at, before=_iso(before), after=_iso(closes_at),
        reply_due_on=reply_due_on.isoformat() if reply_due_on else None,
    )  # fmt: skip


def close_early(
    consultation: Consultation, reasons: Mapping[str, str], *, source: str, by: Actor, at: datetime
) -> None:
    """Stop taking answers from this moment on; everybody reads why.

    `reasons` holds the reason by language.

    Raises:
        Conflict: nobody can answer now anyway.
        Invalid: the reason is missing in one of its languages; the field is `reason_<tag>`.
    """
    if consultation.publication != Publication.PUBLISHED:
        raise Conflict(_l("It is not published, so there is nothing to close."))
    if not is_answering(consultation, queries.list_stages(consultation.id), at):
        raise Conflict(_l("Nobody can answer now, so there is nothing to close."))
    words = {}
    for tag in dict.fromkeys([source, *consultation.languages]):
        words[tag] = clean_text(reasons.get(tag, ""), CLOSING_REASON)
        if not words[tag]:
            raise Invalid(_l("Please write the reason in this language too."), field=f"reason_{tag}")
    consultation.closed_early_at = at
    consultation.closed_early_reason = LocalizedText.of(words, source)
    _note(consultation, "consultation_closed_early", by=by, at=at)


def find_stage_to_extend(consultation: Consultation, stages: Sequence[Stage], at: datetime) -> Stage | None:
    """The last answering stage that has begun: the one whose end people know."""
    begun = [stage for stage in stages if stage.kind == StageKind.ANSWERING and stage.opens_at <= at]
    return begun[-1] if begun and consultation.publication == Publication.PUBLISHED else None


def _check_room(opens_at: datetime, closes_at: datetime | None, others: Sequence[Stage]) -> None:
    for other in others:
        begins_before_its_end = other.closes_at is None or opens_at < other.closes_at
        if not begins_before_its_end or (closes_at is not None and closes_at <= other.opens_at):
            continue
        if other.opens_at < opens_at and other.closes_at is None:
            raise Invalid(_l("The stage before it has no last day yet. Please give it one first."), field="first_day")
        if closes_at is None:
            raise Invalid(_l("Another stage comes after it, so it needs a last day."), field="last_day")
        raise Invalid(_l("It meets another stage. Please choose days that are free."), field="first_day")


def _check_promise(
    consultation: Consultation, stage: Stage, kind: StageKind, opens_at: datetime, closes_at: datetime | None,
    *, at: datetime,
) -> None:  # fmt: skip
    """What residents were told about a stage that has begun changes only by `extend` and `close_early`."""
    if consultation.publication == Publication.DRAFT or stage.opens_at > at:
        return
    if stage.kind != kind or stage.opens_at != opens_at:
        raise Conflict(_l("This stage has begun, so its kind and its first day stay."), field="first_day")
    ends_sooner = closes_at is not None and (stage.closes_at is None or closes_at < stage.closes_at)
    if ends_sooner and closes_at is not None and closes_at <= at:
        raise Conflict(_l("That moment is over. To stop now, close it early and say why."), field="last_day")
    if ends_sooner and stage.closes_at is not None and stage.kind == StageKind.ANSWERING:
        raise Conflict(
            _l("People count on this last day. To stop sooner, close it early and say why."), field="last_day"
        )


def _kept(before: datetime | None, typed: datetime) -> datetime:
    """The moment from before where the form, which knows no seconds, says the same minute."""
    return before if before is not None and before.replace(second=0, microsecond=0) == typed else typed


def _put_in_order(stages: Sequence[Stage]) -> None:
    """Number the stages by their days; in two steps, since no two may have one number."""
    ordered = sorted(stages, key=lambda stage: stage.opens_at)
    for place, stage in enumerate(ordered, 1):
        stage.position = -place
    db.session.flush()
    for place, stage in enumerate(ordered, 1):
        stage.position = place
    db.session.flush()


def _note(consultation: Consultation, verb: str, *, by: Actor, at: datetime, **details: object) -> None:
    consultation.changed_at = at
    db.session.flush()
    audit.note(verb, f"consultation:{consultation.id}", by=by, at=at, space=consultation.space, **details)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
