"""The demo's conversations: complete in three languages, announced, and played to the end."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from dialogues.demo import loading, playing
from dialogues.demo.playing import Play
from dialogues.room import queries
from dialogues.room.models import Presence
from dialogues.sessions.models import DialogueSession
from dialogues.sessions.states import State
from participation.accounts import settings
from participation.contributions.models import Contribution
from tests.fixtures.time import Clock


@pytest.fixture
def norval(app: Flask, database: SQLAlchemy, clock: Clock) -> list[DialogueSession]:
    answer = app.test_cli_runner().invoke(args=["demo", "load"])
    assert answer.exit_code == 0, answer.output
    return database.session.query(DialogueSession).order_by(DialogueSession.starts_at).all()


def test_the_texts_are_there_in_every_language() -> None:
    content = loading.read()

    assert all(set(entry[name]) == set(loading.LANGUAGES) for entry in content["session"] for name in loading.TEXTS)
    assert {voice["language"] for voice in content["voice"]} == set(loading.LANGUAGES)
    assert len(content["voice"]) == 12


def test_both_conversations_are_announced(norval: list[DialogueSession]) -> None:
    assert [each.state for each in norval] == [State.READY, State.READY]


def test_twelve_phones_play_it_to_the_check_out(norval: list[DialogueSession], database: SQLAlchemy) -> None:
    session = playing.find_playable()
    assert session is not None
    play = Play(session.id, voices=loading.read()["voice"], secret=settings().secret_key)

    told = []
    for sentence in play.steps(rounds=3):
        database.session.commit()
        told.append(sentence)

    assert session.state == State.CHECK_OUT
    assert len(queries.list_attendees(session.id, Presence.THERE)) == 12
    assert database.session.query(Contribution).filter_by(space_kind="session").count() >= 10
    assert not [each for each in told if each.startswith(("Not", "Somebody"))]


def test_a_newcomer_who_has_not_agreed_is_waited_for(
    norval: list[DialogueSession], database: SQLAlchemy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "PATIENCE", 3)
    session = norval[0]
    play = Play(session.id, voices=loading.read()["voice"][:3], secret=settings().secret_key)
    steps = play.steps(rounds=1)
    for sentence in steps:
        if sentence.startswith("June"):
            break
    newcomer = queries.list_attendees(session.id)[0]
    told = []
    for sentence in steps:
        if "agrees" in sentence and newcomer.presence == Presence.THERE:
            newcomer.presence = Presence.WAITING
        told.append(sentence)

    assert sum(sentence.startswith("Not yet") for sentence in told) >= 3
