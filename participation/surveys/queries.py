"""Reads about survey questions: their options, one person's answers, and how many people chose what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from participation.consultations import Participation, Step
from participation.contributions import Contribution, State
from participation.core.database import db, remembered
from participation.core.localized import LocalizedText

from .models import Answer, Choice, Option

#: Open answers of one page of a list.
PAGE_SIZE = 50
#: States in which an open answer's words may be read by staff.
READABLE = (State.HELD, State.VISIBLE)


@dataclass(frozen=True)
class ResultRow:
    """How many people gave one of the answers."""

    #: what it is called; a point of a scale without a name of its own has none
    label: LocalizedText
    #: option's id, or the point of the scale
    key: int
    #: people who chose it; in a ranking, who put it first
    people: int
    #: only in a ranking: place → people who put it there
    by_rank: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class QuestionResult:
    """How people answered one question, in one version of it."""

    step_id: int
    #: people who answered it at all; of those who chose several, each counts once
    answered_people: int
    rows: list[ResultRow]
    #: channel → people
    by_channel: Mapping[str, int]
    #: language → people
    by_language: Mapping[str, int]
    #: how they came → people; who erased herself since is not known any more
    by_came_by: Mapping[str, int] = field(default_factory=dict)


def list_options(step_ids: Collection[int]) -> dict[int, list[Option]]:
    """Step id → its options in order; on pages that only show them, remembered between requests."""
    wanted = tuple(sorted(step_ids))
    options = remembered(("options", wanted), lambda session: _load_options(session, wanted)) if wanted else ()
    found: dict[int, list[Option]] = {step_id: [] for step_id in step_ids}
    for option in options:
        found[option.step_id].append(option)
    return found


def _load_options(session: Session, step_ids: Collection[int]) -> Sequence[Option]:
    query = select(Option).where(Option.step_id.in_(step_ids)).order_by(Option.position)
    return session.execute(query).scalars().all()


def find_answer(step_id: int, participant_id: int) -> Answer | None:
    """What this person answered at this step."""
    return db.session.execute(
        select(Answer).where(Answer.step_id == step_id, Answer.participant_id == participant_id)
    ).scalar_one_or_none()


def list_answers(participant_id: int, step_ids: Collection[int] | None = None) -> Sequence[Answer]:
    """What this person answered, at these steps or at all."""
    query = select(Answer).where(Answer.participant_id == participant_id)
    if step_ids is not None:
        query = query.where(Answer.step_id.in_(step_ids))
    return db.session.execute(query).scalars().all()


def list_choices(answer_ids: Collection[int]) -> dict[int, list[int]]:
    """Answer id → ids of the options it chose, in the order they were ranked."""
    found: dict[int, list[int]] = {}
    rows = db.session.execute(
        select(Choice.answer_id, Choice.option_id)
        .join(Option, Option.id == Choice.option_id)
        .where(Choice.answer_id.in_(answer_ids))
        .order_by(Choice.answer_id, Choice.rank, Option.position)
    )
    for answer_id, option_id in rows:
        found.setdefault(answer_id, []).append(option_id)
    return found


def has_answers(step_id: int) -> bool:
    """Whether anybody answered."""
    return bool(db.session.execute(select(exists().where(Answer.step_id == step_id))).scalar_one())


def who_has_answers(step_ids: Collection[int]) -> set[int]:
    """Ids of those of the steps that somebody answered."""
    some = select(Step.id).where(Step.id.in_(step_ids), exists().where(Answer.step_id == Step.id))
    return set(db.session.execute(some).scalars())


def list_open_answers(
    step_ids: Collection[int],
    *,
    states: Collection[State] = READABLE,
    after_id: int | None = None,
    limit: int = PAGE_SIZE,
) -> Sequence[Contribution]:
    """The words people gave at these steps, oldest first, from behind `after_id` on."""
    query = (
        select(Contribution)
        .join(Answer, Answer.contribution_id == Contribution.id)
        .where(Answer.step_id.in_(step_ids), Contribution.state.in_(states))
        .order_by(Contribution.id)
        .limit(limit)
    )
    if after_id is not None:
        query = query.where(Contribution.id > after_id)
    return db.session.execute(query).scalars().all()


# -- Results -----------------------------------------------------------------------------------------------------------


def question_results(steps: Iterable[Step]) -> dict[int, QuestionResult]:
    """Step id → how people answered, in people and not in forms; steps of other slices' kinds have no answers here."""
    by_id = {step.id: step for step in steps}
    options = list_options(by_id)
    people = _people_by(by_id, Answer.channel, Answer.language, Participation.came_by)
    chosen = _people_by_choice(by_id)
    points = _people_by(by_id, Answer.scale_value)
    results = {}
    for step_id, step in by_id.items():
        ways = people.get(step_id, {})
        if step.kind == "scale":
            rows = _scale_rows(step, options[step_id], points.get(step_id, {}))
        else:
            rows = [_choice_row(option, chosen, is_ranking=step.kind == "ranking") for option in options[step_id]]
        results[step_id] = QuestionResult(
            step_id=step_id,
            answered_people=sum(ways.values()),
            rows=rows,
            by_channel=_added_up(ways, 0),
            by_language=_added_up(ways, 1),
            by_came_by=_added_up(ways, 2),
        )
    return results


def point_label(step: Step, options: Sequence[Option], value: int) -> LocalizedText:
    """What a point of a scale is called: every point may have a name, or the two ends only."""
    lowest, highest = scale_range(step, len(options))
    if len(options) == highest - lowest + 1:
        return options[value - lowest].label
    if len(options) == 2 and value in {lowest, highest}:
        return options[0 if value == lowest else 1].label
    return LocalizedText()


def scale_range(step: Step, option_count: int) -> tuple[int, int]:
    """Lowest and highest point: as set, else one for each named point, else 1 to 5."""
    lowest = int(step.settings.get("lowest", 1))
    default = lowest + option_count - 1 if option_count > 2 else lowest + 4
    return lowest, int(step.settings.get("highest", default))


def _people_by(
    step_ids: Collection[int], *columns: InstrumentedAttribute[Any]
) -> dict[int, dict[tuple[object, ...], int]]:
    """Step id → values of the columns → people."""
    found: dict[int, dict[tuple[object, ...], int]] = {}
    rows = db.session.execute(
        select(Answer.step_id, func.sum(Answer.people_count), *columns)
        .join(Step, Step.id == Answer.step_id)
        .outerjoin(
            Participation,
            and_(
                Participation.consultation_id == Step.consultation_id,
                Participation.participant_id == Answer.participant_id,
            ),
        )
        .where(Answer.step_id.in_(step_ids))
        .group_by(Answer.step_id, *columns)
    )
    for row in rows:
        found.setdefault(row[0], {})[tuple(row[2:])] = int(row[1])
    return found


def _people_by_choice(step_ids: Collection[int]) -> dict[int, dict[int | None, int]]:
    """Option id → place (None where nothing is ranked) → people."""
    found: dict[int, dict[int | None, int]] = {}
    rows = db.session.execute(
        select(Choice.option_id, Choice.rank, func.sum(Answer.people_count))
        .join(Answer, Answer.id == Choice.answer_id)
        .where(Answer.step_id.in_(step_ids))
        .group_by(Choice.option_id, Choice.rank)
    )
    for option_id, rank, people in rows:
        found.setdefault(option_id, {})[rank] = int(people)
    return found


def _choice_row(option: Option, chosen: Mapping[int, Mapping[int | None, int]], *, is_ranking: bool) -> ResultRow:
    places = chosen.get(option.id, {})
    if not is_ranking:
        return ResultRow(option.label, option.id, sum(places.values()))
    by_rank = {rank: people for rank, people in sorted(places.items(), key=lambda item: item[0] or 0) if rank}
    return ResultRow(option.label, option.id, by_rank.get(1, 0), by_rank)


def _scale_rows(step: Step, options: Sequence[Option], points: Mapping[tuple[object, ...], int]) -> list[ResultRow]:
    lowest, highest = scale_range(step, len(options))
    return [
        ResultRow(point_label(step, options, value), value, points.get((value,), 0))
        for value in range(lowest, highest + 1)
    ]


def _added_up(ways: Mapping[tuple[object, ...], int], place: int) -> dict[str, int]:
    totals: dict[str, int] = {}
    for values, people in ways.items():
        if values[place] is None:
            continue
        key = str(values[place])
        totals[key] = totals.get(key, 0) + people
    return dict(sorted(totals.items()))
