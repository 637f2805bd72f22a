"""When a consultation takes answers, and one person's visit to it. Pure: asks neither the database nor the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from participation.core.policy import Space

from .models import Consultation, Participation, Stage, StageKind


@dataclass(frozen=True)
class Span:
    """When residents can answer: from `opens_at` until before `closes_at`; None while the end is open."""

    opens_at: datetime
    closes_at: datetime | None

    def contains(self, at: datetime) -> bool:
        """Whether residents can answer at this moment."""
        return self.opens_at <= at and (self.closes_at is None or at < self.closes_at)


def answering_spans(consultation: Consultation, stages: Sequence[Stage]) -> list[Span]:
    """When residents can answer, stage by stage, cut short where it was closed early."""
    spans = []
    for stage in stages:
        if stage.kind != StageKind.ANSWERING:
            continue
        ends = [each for each in (stage.closes_at, consultation.closed_early_at) if each is not None]
        span = Span(stage.opens_at, min(ends, default=None))
        if span.closes_at is None or span.opens_at < span.closes_at:
            spans.append(span)
    return spans


def is_answering(consultation: Consultation, stages: Sequence[Stage], at: datetime) -> bool:
    """Whether residents can answer at this moment."""
    return any(span.contains(at) for span in answering_spans(consultation, stages))


class Begun(NamedTuple):
    """As much of somebody's participation as policies look at."""

    participant_id: int
    sent_at: datetime | None


@dataclass(frozen=True)
class Glance:
    """One person at one consultation at one moment; what policies decide about."""

    consultation: Consultation
    stages: Sequence[Stage]
    participation: Participation | Begun | None
    at: datetime

    @property
    def space(self) -> Space:
        """The space roles are granted in."""
        return self.consultation.space

    @property
    def is_answering(self) -> bool:
        """Whether answers are taken now."""
        return is_answering(self.consultation, self.stages, self.at)


@dataclass(frozen=True)
class Visit(Glance):
    """A glance by somebody whose participation is worked with."""

    participation: Participation | None
