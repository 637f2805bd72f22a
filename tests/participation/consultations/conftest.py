"""Who does things to consultations in several test files."""

from __future__ import annotations

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.core.policy import Actor, Role
from tests.factories.accounts import make_staff


@pytest.fixture
def officer(database: SQLAlchemy) -> Actor:
    return Actor(staff_id=make_staff(Role.OFFICER).id)
