"""What all other tests stand on: the database is put back, the clock stands still, the network is shut."""

from __future__ import annotations

import socket
from datetime import UTC, timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy
from pytest_socket import SocketConnectBlockedError

from participation.core.clock import now
from participation.core.forms import FormReceipt
from tests.fixtures.time import MORNING, Clock


@pytest.mark.parametrize("_round", [1, 2])
def test_no_row_survives_its_test(database: SQLAlchemy, _round: int) -> None:
    assert database.session.query(FormReceipt).count() == 0

    database.session.add(FormReceipt(key="a", location="/", sent_at=MORNING))
    database.session.commit()

    assert database.session.query(FormReceipt).count() == 1


def test_times_come_back_aware_and_in_utc(database: SQLAlchemy) -> None:
    database.session.add(FormReceipt(key="a", location="/", sent_at=MORNING))
    database.session.commit()
    database.session.expire_all()

    assert database.session.query(FormReceipt).one().sent_at == MORNING
    assert database.session.query(FormReceipt).one().sent_at.tzinfo is UTC


def test_the_clock_stands_until_it_is_moved(clock: Clock) -> None:
    assert now() == MORNING

    clock.advance(days=1)

    assert now() == MORNING + timedelta(days=1)


@pytest.mark.filterwarnings("ignore:A test tried to use socket:UserWarning")
def test_nothing_reaches_beyond_this_machine() -> None:
    with pytest.raises(SocketConnectBlockedError), socket.socket() as probe:
        probe.connect(("192.0.2.1", 80))
