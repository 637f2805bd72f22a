"""What an author does with her words, whatever page asks."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from participation.contributions import (
    Channel,
    Contribution,
    ContributionDraft,
    Mode,
    Permission,
    State,
    Surface,
    choose_permission,
    list_contributions,
    list_own,
    mend_contribution,
    send_contribution,
    withdraw_contribution,
)
from participation.contributions.models import Wording
from participation.contributions.services import MOST_CHARACTERS, erase_contributions_of
from participation.core.audit import AuditEntry
from participation.core.clock import now
from participation.core.errors import Conflict, Invalid, NotAllowed
from participation.core.events import contribution_sent, contribution_withdrawn
from participation.core.policy import SYSTEM, Actor, Space
from tests.factories.accounts import make_participant, make_staff
from tests.factories.consultations import make_consultation
from tests.fixtures.time import Clock

SPACE = Space("consultation", 7)


def draft(participant_id: int | None, **changes: object) -> ContributionDraft:
    first = ContributionDraft(
        participant_id=participant_id,
        form_key="form",
        space=SPACE,
        subject_kind="step",
        subject_id=1,
        surface=Surface.PUBLIC,
        body="More benches, please.",
        language="en",
        permission=None,
    )
    return replace(first, **changes)  # type: ignore[arg-type]


@pytest.fixture
def author(database: SQLAlchemy, clock: Clock) -> Actor:
    return Actor(participant_id=make_participant().id)


def send(author: Actor, **changes: object) -> Contribution:
    return send_contribution(draft(author.participant_id, **changes), by=author, at=now())


def test_a_resend_meets_the_first_row_and_is_announced_once(author: Actor, database: SQLAlchemy) -> None:
    heard = []

    def listen(sender: int, **_: object) -> None:
        heard.append(sender)

    with contribution_sent.connected_to(listen):
        first = send(author)
        again = send(author, body="Quite other words under the same key")

    assert again.id == first.id
    assert heard == [first.id]
    assert database.session.execute(sa.select(sa.func.count()).select_from(Contribution)).scalar_one() == 1


def test_the_same_key_of_two_people_is_two_things(author: Actor) -> None:
    other = Actor(participant_id=make_participant().id)

    assert send(author).id != send(other).id


@pytest.mark.parametrize(
    ("mode", "channel", "state"),
    [
        (Mode.HOLD, Channel.WEB, State.HELD),
        (Mode.HOLD, Channel.PAPER, State.HELD),
        (Mode.VISIBLE, Channel.WEB, State.VISIBLE),
        (Mode.HOLD, Channel.CITY, State.VISIBLE),
    ],
)
def test_where_words_stand_after_sending(author: Actor, mode: Mode, channel: Channel, state: State) -> None:
    assert send(author, mode=mode, channel=channel).state == state


@pytest.mark.parametrize("body", ["", "   \n ", "\u200b\u200e", "x" * (MOST_CHARACTERS + 1), "half \ud83d"])
def test_what_cannot_be_read_is_refused_with_a_sentence_at_its_field(author: Actor, body: str) -> None:
    with pytest.raises(Invalid) as refused:
        send(author, body=body)

    assert refused.value.field == "body"
    assert str(refused.value)
    assert list_own(author.participant_id or 0) == []


def test_words_are_cleaned_of_what_nobody_typed_and_of_nothing_else(author: Actor) -> None:
    sent = send(author, body="  مرحباً\r\n<b>100%</b>\x00\u202eabc  ", language="ar")

    assert sent.body == "مرحباً\n<b>100%</b>\u202eabc"
    assert (sent.language, sent.direction) == ("ar", "rtl")


@pytest.mark.parametrize(
    ("body", "language", "direction"),
    [
        ("Benches.", "en", "ltr"),
        ("مقاعد.", "ar", "rtl"),
        ("Benches.", "ar", "auto"),
        ("مقاعد.", "en", "auto"),
        ("2026: ١٢؟", "ar", "rtl"),
        ("…", "en", "ltr"),
    ],
)
def test_words_run_as_they_were_written(author: Actor, body: str, language: str, direction: str) -> None:
    assert send(author, body=body, language=language).direction == direction


def test_nobody_speaks_in_anothers_name(author: Actor) -> None:
    other = make_participant()

    with pytest.raises(NotAllowed):
        send_contribution(draft(other.id), by=author, at=now())


def test_staff_write_down_what_they_were_told(author: Actor) -> None:
    staff = make_staff()
    by = Actor(staff_id=staff.id)

    sent = send_contribution(
        draft(author.participant_id, entered_by=staff.id, channel=Channel.PHONE, people_count=4), by=by, at=now()
    )

    assert (sent.entered_by, sent.channel, sent.people_count) == (staff.id, Channel.PHONE, 4)


def test_mending_keeps_the_earlier_wording_and_waits_again(author: Actor, database: SQLAlchemy) -> None:
    sent = send(author)
    sent.state = State.RETURNED

    mend_contribution(sent, "Kinder words", by=author, at=now())

    assert (sent.body, sent.version, sent.state) == ("Kinder words", 2, State.HELD)
    assert database.session.execute(sa.select(Wording.body)).scalar_one() == "More benches, please."


def test_the_same_words_again_are_no_mending(author: Actor) -> None:
    sent = send(author)
    sent.state = State.RETURNED

    with pytest.raises(Invalid):
        mend_contribution(sent, "More benches, please.", by=author, at=now())


@pytest.mark.parametrize(
    ("state", "surface", "is_open", "can_mend"),
    [
        (State.HELD, Surface.PUBLIC, False, True),
        (State.RETURNED, Surface.PUBLIC, False, True),
        (State.HIDDEN, Surface.PUBLIC, False, True),
        (State.LIMITED, Surface.STAFF, False, True),
        (State.VISIBLE, Surface.STAFF, True, True),
        (State.VISIBLE, Surface.STAFF, False, False),
        (State.VISIBLE, Surface.PUBLIC, True, False),
        (State.REMOVED, Surface.PUBLIC, True, False),
        (State.WITHDRAWN, Surface.STAFF, True, False),
    ],
)
def test_when_words_can_still_change(
    author: Actor, state: State, surface: Surface, is_open: bool, can_mend: bool
) -> None:
    space = make_consultation(is_open=is_open).space
    sent = send(author, space=space, surface=surface)
    sent.state = state

    if can_mend:
        assert mend_contribution(sent, "Other words", by=author, at=now()).body == "Other words"
    else:
        with pytest.raises(Conflict):
            mend_contribution(sent, "Other words", by=author, at=now())


def test_nobody_else_mends_withdraws_or_chooses(author: Actor) -> None:
    sent = send(author)

    for stranger in (Actor(participant_id=make_participant().id), Actor(), SYSTEM, Actor(staff_id=make_staff().id)):
        with pytest.raises(NotAllowed):
            mend_contribution(sent, "Mine now", by=stranger, at=now())
        with pytest.raises(NotAllowed):
            withdraw_contribution(sent, by=stranger, at=now())
        with pytest.raises(NotAllowed):
            choose_permission(sent, Permission.QUOTE, by=stranger, at=now())


def test_taking_back_deletes_every_wording_and_is_announced_once(author: Actor, database: SQLAlchemy) -> None:
    heard = []

    def listen(sender: int, **_: object) -> None:
        heard.append(sender)

    sent = send(author, body="canary one")
    mend_contribution(sent, "canary two", by=author, at=now())

    with contribution_withdrawn.connected_to(listen):
        withdraw_contribution(sent, by=author, at=now())
        withdraw_contribution(sent, by=author, at=now())

    assert heard == [sent.id]
    assert (sent.body, sent.state, sent.withdrawn_at) == ("", State.WITHDRAWN, now())
    assert database.session.execute(sa.select(sa.func.count()).select_from(Wording)).scalar_one() == 0
    with pytest.raises(Conflict):
        choose_permission(sent, Permission.QUOTE, by=author, at=now())


def test_silence_means_what_the_space_said(author: Actor) -> None:
    sent = send(author, unset_permission=Permission.STAFF_ONLY)
    assert sent.effective_permission == Permission.STAFF_ONLY

    choose_permission(sent, Permission.QUOTE, by=author, at=now())
    assert sent.effective_permission == Permission.QUOTE


def test_erasing_empties_everything_and_forgets_who(author: Actor, database: SQLAlchemy) -> None:
    sent = send(author)
    kept = send(Actor(participant_id=make_participant().id))

    erase_contributions_of(author.participant_id or 0, at=now())

    assert (sent.participant_id, sent.body, sent.state) == (None, "", State.WITHDRAWN)
    assert kept.body == "More benches, please."
    assert list_own(author.participant_id or 0) == []


def test_what_residents_do_is_no_audit_row(author: Actor, database: SQLAlchemy) -> None:
    sent = send(author)
    mend_contribution(sent, "Other words", by=author, at=now())
    withdraw_contribution(sent, by=author, at=now())

    assert database.session.execute(sa.select(sa.func.count()).select_from(AuditEntry)).scalar_one() == 0


def test_lists_go_on_behind_the_last_one(author: Actor) -> None:
    made = [send(author, form_key=f"form {number}", subject_id=number % 2).id for number in range(5)]

    first = list_contributions(SPACE, limit=2)
    second = list_contributions(SPACE, limit=2, after_id=first[-1].id)

    assert [each.id for each in (*first, *second)] == made[:4]
    assert [each.id for each in list_contributions(SPACE, subject=("step", 1))] == made[1::2]
    assert list_contributions(SPACE, states=[State.VISIBLE]) == []
    assert list_contributions(Space("consultation", 8)) == []
