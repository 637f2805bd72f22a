"""What an author does with her words: sends them, mends them, takes them back, says what may be done with them.

None of this is an audit row: the log is about what staff do (house rules, "What audit means here").
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import IntegrityError

from participation.core.database import db
from participation.core.errors import Conflict, Invalid
from participation.core.events import (
    contribution_expired,
    contribution_mended,
    contribution_sent,
    contribution_withdrawn,
    permission_chosen,
)
from participation.core.languages import direction_of
from participation.core.policy import Actor, Space

from . import policy, queries
from .models import Channel, Contribution, Mode, Permission, State, Surface, Wording
from .text import TextTooLong, UnreadableText, clean, is_blank

#: Longest text one person can send at once, in characters.
MOST_CHARACTERS = 4000
#: How long an earlier wording is kept: six months to appeal, and a week for the answer.
KEEP_WORDINGS = timedelta(days=191)


@dataclass(frozen=True, kw_only=True)
class ContributionDraft:
    """What somebody is about to say."""

    #: who says it; None for the city's own words
    participant_id: int | None
    #: the same for the same sending: a resend finds the first row. One form with several texts gives each its own.
    form_key: str
    space: Space
    subject_kind: str
    subject_id: int
    surface: Surface
    body: str
    language: str
    permission: Permission | None
    unset_permission: Permission = Permission.COUNT_ONLY
    mode: Mode = Mode.HOLD
    channel: Channel = Channel.WEB
    people_count: int = 1
    entered_by: int | None = None


def send_contribution(draft: ContributionDraft, *, by: Actor, at: datetime) -> Contribution:
    """The contribution made from `draft`; the one from before when the very same form was sent already.

    In a space that holds, it waits for a person; the city's own words need nobody's leave.

    Raises:
        Invalid: there is nothing to read in it, or too much, or it was damaged on the way.
        NotAllowed: somebody speaks in another's name.
    """
    policy.require_own_voice(draft.participant_id, draft.entered_by, by)
    known = queries.find_by_form(draft.participant_id, draft.form_key)
    if known is not None:
        return known
    contribution = _make(draft, at=at)
    try:
        with db.session.begin_nested():
            db.session.add(contribution)
            db.session.flush()
    except IntegrityError:
        known = queries.find_by_form(draft.participant_id, draft.form_key)
        if known is None:
            raise
        return known
    contribution_sent.send(contribution.id, contribution=contribution)
    return contribution


def mend_contribution(contribution: Contribution, body: str, *, by: Actor, at: datetime) -> Contribution:
    """Give the author's words a new wording; a person looks again where one has to.

    Raises:
        Conflict: the words can no longer be changed.
        Invalid: there is nothing to read in it, or too much.
        NotAllowed: the words are somebody else's.
    """
    policy.require_author(by, contribution)
    policy.require_mendable(by, contribution)
    body = clean_words(body)
    if body == contribution.body and contribution.state == State.HELD:
        return contribution
    if body == contribution.body:
        raise Invalid(_l("These are the same words as before. Please change what the reason asks for."), field="body")
    db.session.add(
        Wording(
            contribution_id=contribution.id,
            version=contribution.version,
            body=contribution.body,
            language=contribution.language,
            replaced_on=at.date(),
        )
    )
    contribution.reword(body, direction_in(body, contribution.language), at=at)
    db.session.flush()
    contribution_mended.send(contribution.id, contribution=contribution)
    return contribution


def withdraw_contribution(contribution: Contribution, *, by: Actor, at: datetime) -> Contribution:
    """Take the author's words back: they are deleted everywhere, only that something was said stays counted.

    Raises:
        NotAllowed: the words are somebody else's.
    """
    policy.require_author(by, contribution)
    if contribution.state != State.WITHDRAWN:
        _empty(contribution, at=at)
        contribution_withdrawn.send(contribution.id, contribution=contribution)
    return contribution


def choose_permission(contribution: Contribution, permission: Permission, *, by: Actor, at: datetime) -> Contribution:
    """Let the author say anew what may be done with her words.

    Raises:
        Conflict: the words were taken back.
        NotAllowed: the words are somebody else's.
    """
    policy.require_author(by, contribution)
    if contribution.is_gone:
        raise Conflict(_l("These words are deleted, so nobody can use them any more."))
    if contribution.permission != permission:
        contribution.permission = permission
        contribution.changed_at = at
        db.session.flush()
        permission_chosen.send(contribution.id, contribution=contribution)
    return contribution


def erase_contributions_of(participant_id: int, *, at: datetime) -> None:
    """Empty everything one person said and forget that it was she; that it was said stays counted."""
    for contribution in queries.list_own(participant_id):
        _empty(contribution, at=at)
        contribution_withdrawn.send(contribution.id, contribution=contribution)
        contribution.participant_id = None
    db.session.flush()


def expire_words_in(space: Space, *, at: datetime) -> int:
    """Delete every word said in a space whose time is over, and earlier wordings; gives how many there were.

    What a released summary quotes with its author's leave stays there; she can still take it back.
    """
    said = queries.list_all_in(space)
    for contribution in said:
        contribution.expire(at=at)
        contribution_expired.send(contribution.id, contribution=contribution)
    ids = [each.id for each in said]
    db.session.execute(delete(Wording).where(Wording.contribution_id.in_(ids)))
    db.session.flush()
    return len(said)


def forget_wordings(connection: Connection, at: datetime) -> tuple[str, int]:
    """Delete earlier wordings that no appeal can be about any more."""
    done = connection.execute(delete(Wording).where(Wording.replaced_on < (at - KEEP_WORDINGS).date()))
    return "earlier wordings", done.rowcount


def clean_words(text: str, *, most_characters: int = MOST_CHARACTERS, field: str = "body") -> str:
    """The words as they are kept.

    Raises:
        Invalid: nothing to read, too long, or damaged; the trouble belongs to `field`.
    """
    try:
        cleaned = clean(text, most_characters=most_characters).strip()
    except UnreadableText:
        raise Invalid(_l("Some signs in this text arrived broken. Please write it once more."), field=field) from None
    except TextTooLong as too_long:
        raise Invalid(
            _l(
                "This text has %(length)d characters and %(limit)d fit. Please make it shorter.",
                length=too_long.length,
                limit=too_long.limit,
            ),
            field=field,
        ) from None
    if is_blank(cleaned):
        raise Invalid(_l("Please write something first."), field=field)
    return cleaned


def direction_in(body: str, language: str) -> str:
    """Which way `body` runs: as its language does, unless its first letter belongs to a script of the other way.

    Somebody who writes English words on the Arabic page gets "auto", so that her full stop stands at the end.
    Source: the first strong character decides, UAX #9, rule P2.
    """
    expected = direction_of(language)
    strong = (unicodedata.bidirectional(each) for each in body)
    first = next((each for each in strong if each in {"L", "R", "AL"}), None)
    is_other = first is not None and (first == "L") != (expected == "ltr")
    return "auto" if is_other else expected


def _make(draft: ContributionDraft, *, at: datetime) -> Contribution:
    body = clean_words(draft.body)
    is_held = draft.mode == Mode.HOLD and draft.channel != Channel.CITY
    return Contribution(
        participant_id=draft.participant_id,
        form_key=draft.form_key,
        space_kind=draft.space.kind,
        space_id=draft.space.id,
        subject_kind=draft.subject_kind,
        subject_id=draft.subject_id,
        surface=draft.surface,
        body=body,
        language=draft.language,
        direction=direction_in(body, draft.language),
        channel=draft.channel,
        people_count=draft.people_count,
        entered_by=draft.entered_by,
        permission=draft.permission,
        unset_permission=draft.unset_permission,
        mode=draft.mode,
        state=State.HELD if is_held else State.VISIBLE,
        version=1,
        sent_at=at,
        changed_at=at,
    )


def _empty(contribution: Contribution, *, at: datetime) -> None:
    """Take the words out of the row and of everything that was kept of earlier ones."""
    db.session.execute(delete(Wording).where(Wording.contribution_id == contribution.id))
    contribution.take_back(at=at)
    db.session.flush()


def lock_contribution(contribution_id: int) -> Contribution:
    """The contribution, read afresh and locked until the commit, so that two people do not decide at once."""
    return db.session.execute(
        select(Contribution)
        .where(Contribution.id == contribution_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
