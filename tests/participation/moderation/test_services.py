"""Decisions, undo and appeals: what holds whatever page asks."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import IntegrityError

from participation.accounts.models import Staff
from participation.contributions import mend_contribution, withdraw_contribution
from participation.contributions.models import Channel, Contribution, State
from participation.core.audit import AuditEntry, find_first_broken_entry
from participation.core.errors import Conflict, Invalid, NotAllowed
from participation.core.events import contribution_decided
from participation.core.policy import Actor, Grant, Role, Space
from participation.moderation import appeals, latest_decisions, queries, services, tidying
from participation.moderation.models import Action, Appeal, Decision, Gravity, Ground, Outcome, ReviewItem
from participation.moderation.reasons import Reasons
from tests.factories.accounts import actor_of, make_participant, make_staff
from tests.factories.contributions import make_contribution
from tests.factories.moderation import REASONS, decide, make_waiting, moderator_actor, waiting, words_of
from tests.fixtures.time import Clock

SPACE = Space("consultation", 5)
LAW = Reasons(ground=Ground.LAW, law="Penal Code, Article 5", facts="“…”", fit="It is a threat.")


@pytest.fixture
def staff(database: SQLAlchemy, clock: Clock) -> Staff:
    return make_staff(Role.MODERATOR)


def count(model: type) -> int:
    from participation.core.database import db

    return db.session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


class TestTheQueue:
    def test_new_words_wait_with_a_promise(self, database: SQLAlchemy, clock: Clock) -> None:
        item = make_waiting(SPACE)

        assert item.is_open
        assert item.due_at == clock.now + timedelta(hours=24)

    @pytest.mark.parametrize("channel", [Channel.CITY, Channel.IMPORT])
    def test_the_citys_own_and_imported_words_wait_for_nobody(
        self, database: SQLAlchemy, clock: Clock, channel: Channel
    ) -> None:
        contribution = make_contribution(SPACE, channel=channel, state=State.VISIBLE)

        services.open_review(None, contribution=contribution)

        assert queries.find_item_of(contribution.id) is None

    def test_withdrawn_words_leave_the_queue_and_every_quote_of_them(self, staff: Staff, clock: Clock) -> None:
        author = make_participant()
        item = make_waiting(SPACE, author, body="secret words")
        decide(item, staff, Action.RETURN, replace(REASONS, facts="“secret words”"))
        words = words_of(item)
        actor = Actor(participant_id=author.id)
        decision = latest_decisions([words.id])[words.id]
        appeals.make_appeal(words, decision, "I said secret words", "en", by=actor, at=clock.now)
        mend_contribution(words, "other secret", by=actor, at=clock.now)
        assert queries.find_item_of(words.id).is_open  # type: ignore[union-attr]

        withdraw_contribution(words, by=actor, at=clock.now)

        assert not queries.find_item_of(words.id).is_open  # type: ignore[union-attr]
        from participation.core.database import db

        kept = [
            *db.session.execute(sa.select(Decision.facts, Decision.fit)).one(),
            *db.session.execute(sa.select(Appeal.text)).one(),
            words.body,
        ]
        assert "secret" not in " ".join(kept)


class TestDecisions:
    @pytest.mark.parametrize(
        ("action", "state"),
        [
            (Action.RELEASE, State.VISIBLE),
            (Action.RETURN, State.RETURNED),
            (Action.LIMIT, State.LIMITED),
            (Action.HIDE, State.HIDDEN),
        ],
    )
    def test_each_action_has_its_state_its_audit_row_and_its_signal(
        self, staff: Staff, clock: Clock, action: Action, state: State
    ) -> None:
        heard = []

        def listen(_sender: object, *, contribution: Contribution, decision: Decision) -> None:
            heard.append((contribution.state, decision.action))

        item = make_waiting(SPACE)
        with contribution_decided.connected_to(listen):
            decision = decide(item, staff, action)

        assert words_of(item).state == state
        assert not item.is_open
        assert heard == [(state, action)]
        assert (decision.appeal_until is None) == (action == Action.RELEASE)
        assert count(AuditEntry) == 1

    def test_the_log_holds_nobodys_words(self, staff: Staff, database: SQLAlchemy) -> None:
        decide(make_waiting(SPACE, body="canary one"), staff, Action.HIDE, replace(REASONS, facts="canary two"))

        entry = database.session.execute(sa.select(AuditEntry)).scalar_one()

        assert "canary" not in str(entry.facts())

    @pytest.mark.parametrize(
        ("reasons", "field"),
        [
            (replace(REASONS, ground=None), "ground"),
            (replace(REASONS, rule_number=None), "ground"),
            (replace(REASONS, facts=" "), "facts"),
            (replace(REASONS, fit=""), "fit"),
            (replace(LAW, law=" "), "law"),
        ],
    )
    def test_incomplete_reasons_are_refused_at_their_field(self, staff: Staff, reasons: Reasons, field: str) -> None:
        item = make_waiting(SPACE)

        with pytest.raises(Invalid) as refused:
            decide(item, staff, Action.HIDE, reasons)

        assert refused.value.field == field
        assert words_of(item).state == State.HELD

    def test_removing_needs_a_grave_reason(self, staff: Staff) -> None:
        with pytest.raises(Invalid):
            decide(make_waiting(SPACE), staff, Action.REMOVE, LAW)

        item = make_waiting(SPACE)
        decide(item, staff, Action.REMOVE, replace(LAW, gravity=Gravity.THREAT))
        assert words_of(item).state == State.REMOVED

    @pytest.mark.parametrize(
        "change",
        [
            {"facts": ""},
            {"fit": ""},
            {"ground": None},
            {"rule_number": None},
            {"ground": "law", "law": ""},
            {"action": "remove", "gravity": None},
            {"decided_automatically": True},
        ],
        ids=str,
    )
    def test_the_database_itself_refuses_incomplete_reasons(
        self, staff: Staff, database: SQLAlchemy, change: dict[str, object]
    ) -> None:
        decision = decide(make_waiting(SPACE), staff, Action.HIDE)
        database.session.commit()

        with pytest.raises(IntegrityError):
            database.session.execute(sa.update(Decision).where(Decision.id == decision.id).values(**change))
        database.session.rollback()

    def test_nobody_decides_outside_her_spaces(self, staff: Staff, clock: Clock) -> None:
        item = make_waiting(SPACE)
        stranger = actor_of(staff, Grant(Role.MODERATOR, Space("consultation", 6)), Grant(Role.OFFICER, SPACE))

        with pytest.raises(NotAllowed):
            services.decide(waiting(item), Action.RELEASE, by=stranger, at=clock.now)

    def test_words_that_changed_since_they_were_read_are_not_decided(self, staff: Staff, clock: Clock) -> None:
        author = make_participant()
        item = make_waiting(SPACE, author)
        read = waiting(item)
        mend_contribution(words_of(item), "quite other words", by=Actor(participant_id=author.id), at=clock.now)

        with pytest.raises(Conflict):
            services.decide(read, Action.RELEASE, by=moderator_actor(staff), at=clock.now)

    def test_five_hundred_at_once_in_three_seconds_with_a_row_each(
        self, staff: Staff, database: SQLAlchemy, clock: Clock
    ) -> None:
        items = [make_waiting(SPACE) for _ in range(500)]
        database.session.commit()
        rows = queries.lock_rows([item.id for item in items])

        started = time.process_time()
        decisions = services.decide_many(
            services.read_waiting(rows), Action.RELEASE, by=moderator_actor(staff), at=clock.now
        )
        database.session.commit()
        seconds = time.process_time() - started

        assert seconds < 3
        assert count(AuditEntry) == 500
        assert find_first_broken_entry() is None
        assert len(services.undo(decisions[0].batch, by=moderator_actor(staff), at=clock.now)) == 500

    def test_more_than_five_hundred_are_refused(self, staff: Staff, clock: Clock) -> None:
        one = waiting(make_waiting(SPACE))

        with pytest.raises(Invalid):
            services.decide_many([one] * 501, Action.RELEASE, by=moderator_actor(staff), at=clock.now)


class TestUndo:
    def test_it_is_for_the_decider_within_half_a_minute(self, staff: Staff, clock: Clock) -> None:
        item = make_waiting(SPACE)
        batch = decide(item, staff).batch

        with pytest.raises(Conflict):
            services.undo(batch, by=moderator_actor(make_staff(Role.MODERATOR)), at=clock.now)
        with pytest.raises(Conflict):
            services.undo(batch, by=moderator_actor(staff), at=clock.now + timedelta(seconds=31))
        services.undo(batch, by=moderator_actor(staff), at=clock.now + timedelta(seconds=30))

        assert words_of(item).state == State.HELD
        assert item.is_open
        assert latest_decisions([item.contribution_id]) == {}

    def test_what_its_author_took_back_meanwhile_stays_taken_back(self, staff: Staff, clock: Clock) -> None:
        author = make_participant()
        item = make_waiting(SPACE, author)
        batch = decide(item, staff).batch
        withdraw_contribution(words_of(item), by=Actor(participant_id=author.id), at=clock.now)

        assert services.undo(batch, by=moderator_actor(staff), at=clock.now) == []
        assert words_of(item).state == State.WITHDRAWN

    def test_a_second_decision_undone_does_not_reopen_what_was_closed(self, staff: Staff, clock: Clock) -> None:
        item = make_waiting(SPACE)
        decide(item, staff)
        batch = decide(item, staff, Action.HIDE).batch

        services.undo(batch, by=moderator_actor(staff), at=clock.now)

        assert words_of(item).state == State.VISIBLE
        assert not item.is_open


class TestAppeals:
    def make_case(self, staff: Staff, clock: Clock, action: Action = Action.HIDE) -> tuple[ReviewItem, Actor, Appeal]:
        author = make_participant()
        item = make_waiting(SPACE, author)
        decision = decide(item, staff, action)
        actor = Actor(participant_id=author.id)
        appeal = appeals.make_appeal(words_of(item), decision, "It is not so.", "en", by=actor, at=clock.now)
        return item, actor, appeal

    def test_whoever_decided_cannot_answer(self, staff: Staff, clock: Clock) -> None:
        _item, _actor, appeal = self.make_case(staff, clock)

        with pytest.raises(NotAllowed):
            appeals.decide_appeal(
                queries.get_case(appeal.id), Outcome.UPHELD, "No.", "en", by=moderator_actor(staff), at=clock.now
            )

    def test_the_database_itself_refuses_the_first_decider(
        self, staff: Staff, database: SQLAlchemy, clock: Clock
    ) -> None:
        _item, _actor, appeal = self.make_case(staff, clock)
        other = make_staff()
        database.session.commit()
        answer = {"outcome": "upheld", "decided_at": clock.now, "explanation": "No."}

        for change in (
            {"decided_by": staff.id, **answer},
            {"decided_by": other.id, **answer, "explanation": ""},
            {"first_decided_by": other.id},  # not who made the decision
        ):
            with pytest.raises(IntegrityError):
                database.session.execute(sa.update(Appeal).where(Appeal.id == appeal.id).values(**change))
            database.session.rollback()

    def test_a_reversal_restores_and_can_be_read(self, staff: Staff, clock: Clock) -> None:
        item, _actor, appeal = self.make_case(staff, clock)
        judge = moderator_actor(make_staff(Role.MODERATOR))

        appeals.decide_appeal(
            queries.get_case(appeal.id), Outcome.REVERSED, "You were right.", "en", by=judge, at=clock.now
        )

        assert words_of(item).state == State.VISIBLE
        decision = latest_decisions([item.contribution_id])[item.contribution_id]
        assert decision.action == Action.RESTORE
        assert appeal.new_decision_id == decision.id

    def test_a_change_is_milder_and_final(self, staff: Staff, clock: Clock) -> None:
        item, _actor, appeal = self.make_case(staff, clock)
        judge = moderator_actor(make_staff(Role.MODERATOR))
        case = queries.get_case(appeal.id)

        for wrong in (None, Action.HIDE, Action.REMOVE):
            with pytest.raises(Invalid):
                appeals.decide_appeal(case, Outcome.CHANGED, "Milder.", "en", by=judge, at=clock.now, action=wrong)
        appeals.decide_appeal(case, Outcome.CHANGED, "Milder.", "en", by=judge, at=clock.now, action=Action.RETURN)

        assert words_of(item).state == State.RETURNED
        assert latest_decisions([item.contribution_id])[item.contribution_id].appeal_until is None

    def test_upheld_changes_nothing(self, staff: Staff, clock: Clock) -> None:
        item, _actor, appeal = self.make_case(staff, clock)
        judge = actor_of(make_staff(), Grant(Role.OFFICER, SPACE))

        appeals.decide_appeal(queries.get_case(appeal.id), Outcome.UPHELD, "It stays.", "en", by=judge, at=clock.now)

        assert words_of(item).state == State.HIDDEN
        with pytest.raises(Conflict):
            appeals.decide_appeal(queries.get_case(appeal.id), Outcome.REVERSED, "Again.", "en", by=judge, at=clock.now)

    def test_new_words_sent_meanwhile_are_left_to_the_queue(self, staff: Staff, clock: Clock) -> None:
        item, actor, appeal = self.make_case(staff, clock)
        mend_contribution(words_of(item), "Kinder words", by=actor, at=clock.now)
        judge = moderator_actor(make_staff(Role.MODERATOR))

        appeals.decide_appeal(queries.get_case(appeal.id), Outcome.REVERSED, "Right.", "en", by=judge, at=clock.now)

        assert words_of(item).state == State.HELD

    def test_only_the_author_appeals_once_and_within_six_months(self, staff: Staff, clock: Clock) -> None:
        author = make_participant()
        item = make_waiting(SPACE, author)
        decision = decide(item, staff, Action.HIDE)
        actor = Actor(participant_id=author.id)

        with pytest.raises(NotAllowed):
            appeals.make_appeal(words_of(item), decision, "No", "en", by=Actor(participant_id=0), at=clock.now)
        with pytest.raises(Conflict):
            appeals.make_appeal(words_of(item), decision, "No", "en", by=actor, at=clock.now + timedelta(days=185))
        first = appeals.make_appeal(words_of(item), decision, "No", "en", by=actor, at=clock.now + timedelta(days=183))
        again = appeals.make_appeal(words_of(item), decision, "No!", "en", by=actor, at=clock.now)
        assert again.id == first.id

    def test_a_release_has_nothing_to_appeal(self, staff: Staff, clock: Clock) -> None:
        author = make_participant()
        item = make_waiting(SPACE, author)
        decision = decide(item, staff)

        with pytest.raises(Conflict):
            appeals.make_appeal(words_of(item), decision, "No", "en", by=Actor(participant_id=author.id), at=clock.now)


def test_removed_words_are_sealed_until_nobody_can_appeal(staff: Staff, database: SQLAlchemy, clock: Clock) -> None:
    author = make_participant()
    kept, appealed = make_waiting(SPACE, author, body="kept"), make_waiting(SPACE, author, body="appealed")
    for item in (kept, appealed):
        decide(item, staff, Action.REMOVE, replace(REASONS, gravity=Gravity.DOXING))
    appeals.make_appeal(
        words_of(appealed),
        latest_decisions([appealed.contribution_id])[appealed.contribution_id],
        "No",
        "en",
        by=Actor(participant_id=author.id),
        at=clock.now,
    )
    database.session.flush()
    connection = database.session.connection()

    assert tidying.forget_removed_words(connection, clock.now + timedelta(days=183)) == ("removed words", 0)
    assert tidying.forget_removed_words(connection, clock.now + timedelta(days=185)) == ("removed words", 1)
    database.session.expire_all()
    assert (words_of(kept).body, words_of(appealed).body) == ("", "appealed")
    assert latest_decisions([kept.contribution_id])[kept.contribution_id].facts == services.TAKEN_BACK
