"""Writes about survey questions: their options, and one person's answers.

One person has one answer at one step. Answering again replaces what was there; the same sending twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, update

from participation.consultations import Consultation, Participation, Step, forget_drafts_at, get_consultation_by_id
from participation.contributions import (
    Channel,
    Contribution,
    ContributionDraft,
    Mode,
    Permission,
    State,
    Surface,
    choose_permission,
    get_contribution,
    mend_contribution,
    send_contribution,
    withdraw_contribution,
)
from participation.core.database import db
from participation.core.localized import LocalizedText
from participation.core.policy import Actor

from . import queries
from .models import Answer, Choice, Option


def choose_options(
    step: Step, participation: Participation, option_ids: Sequence[int], *, is_ranked: bool = False, at: datetime
) -> Answer:
    """Note which options a person chose; in their order when they are ranked. Options that are gone are left out."""
    known = {option.id for option in queries.list_options([step.id])[step.id]}
    answer = _answer_of(step, participation, at=at)
    db.session.execute(delete(Choice).where(Choice.answer_id == answer.id))
    chosen = [option_id for option_id in dict.fromkeys(option_ids) if option_id in known]
    db.session.add_all(
        Choice(answer_id=answer.id, option_id=option_id, rank=place if is_ranked else None)
        for place, option_id in enumerate(chosen, 1)
    )
    db.session.flush()
    return answer


def choose_point(step: Step, participation: Participation, value: int, *, at: datetime) -> Answer:
    """Note which point of a scale a person chose."""
    answer = _answer_of(step, participation, at=at)
    answer.scale_value = value
    db.session.flush()
    return answer


def say_in_words(
    step: Step,
    participation: Participation,
    *,
    body: str,
    language: str,
    permission: Permission | None,
    form_key: str,
    at: datetime,
) -> Answer:
    """Note what a person wrote, and what may be done with it. Written again, it is mended.

    Raises:
        Invalid: there is nothing to read in it, or too much.
        Conflict: her words from before can no longer be changed.
    """
    by = _voice(participation)
    answer = queries.find_answer(step.id, participation.participant_id)
    before = get_contribution(answer.contribution_id) if answer and answer.contribution_id else None
    if answer is not None and before is not None and before.state != State.WITHDRAWN:
        _reword(before, body, permission, by=by, at=at)
        return answer
    contribution = send_contribution(_draft_of(step, participation, body, language, permission, form_key), by=by, at=at)
    answer = answer or _answer_of(step, participation, at=at)
    answer.contribution_id = contribution.id
    answer.language = language
    db.session.flush()
    return answer


def leave_out(step: Step, participation: Participation, *, at: datetime) -> None:
    """Take a person's answer back, words and all."""
    answer = queries.find_answer(step.id, participation.participant_id)
    if answer is None:
        return
    if answer.contribution_id is not None:
        withdraw_contribution(get_contribution(answer.contribution_id), by=_voice(participation), at=at)
    db.session.delete(answer)
    db.session.flush()


def save_options(step: Step, options: Mapping[int, LocalizedText]) -> None:
    """Replace what can be chosen: position, from 1 → words. Only while nobody has answered."""
    kept = {option.position: option for option in queries.list_options([step.id])[step.id]}
    for position, label in options.items():
        if position in kept:
            kept[position].label = label
        else:
            db.session.add(Option(step_id=step.id, position=position, label=label))
    for position, option in kept.items():
        if position not in options:
            db.session.delete(option)
    db.session.flush()
    forget_drafts_at(step.id)


def forget_answers(participant_id: int) -> None:
    """Cut one person's answers from her: they only count from now on."""
    db.session.execute(
        update(Answer)
        .where(Answer.participant_id == participant_id)
        .values(participant_id=None)
        .execution_options(synchronize_session=False)
    )


def _answer_of(step: Step, participation: Participation, *, at: datetime) -> Answer:
    """The person's answer at this step; a new one the first time. Her participation is locked by the caller."""
    known = queries.find_answer(step.id, participation.participant_id)
    if known is not None:
        return known
    answer = Answer(
        step_id=step.id,
        participant_id=participation.participant_id,
        channel=participation.channel,
        people_count=participation.people_count,
        language=participation.language,
        sent_on=at.date(),
    )
    db.session.add(answer)
    db.session.flush()
    return answer


def _reword(contribution: Contribution, body: str, permission: Permission | None, *, by: Actor, at: datetime) -> None:
    if body != contribution.body:
        mend_contribution(contribution, body, by=by, at=at)
    if permission is not None and permission != contribution.permission:
        choose_permission(contribution, permission, by=by, at=at)


def _draft_of(
    step: Step, participation: Participation, body: str, language: str, permission: Permission | None, form_key: str
) -> ContributionDraft:
    consultation: Consultation = get_consultation_by_id(step.consultation_id)
    return ContributionDraft(
        participant_id=participation.participant_id,
        form_key=f"{form_key}:{step.id}",
        space=consultation.space,
        subject_kind="step",
        subject_id=step.id,
        surface=Surface.STAFF,
        body=body,
        language=language,
        permission=permission,
        unset_permission=Permission(consultation.unset_permission),
        mode=Mode(consultation.moderation_mode),
        channel=Channel(participation.channel),
        people_count=participation.people_count,
        entered_by=participation.entered_by,
    )


def _voice(participation: Participation) -> Actor:
    """Whoever speaks: the person herself, also where staff write down what she said."""
    return Actor(participant_id=participation.participant_id, staff_id=participation.entered_by)
