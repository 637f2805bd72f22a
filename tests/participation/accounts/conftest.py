"""People who sign in, with real passwords and authenticators; hashing is made cheap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher

from participation.accounts import authenticator, passwords
from participation.accounts.models import Staff
from participation.core.policy import Role
from tests.browser import Browser, Page
from tests.factories.accounts import make_staff
from tests.fixtures.databases import SECRET
from tests.fixtures.time import Clock

PASSWORD = "seven quiet herons by the river"
SEED = "5eed" * 10


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same way of hashing with the least work, so that tests are fast."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._stand_in.cache_clear()


@dataclass
class Colleague:
    """Somebody on the staff with everything she needs to sign in."""

    staff: Staff
    clock: Clock

    @property
    def code(self) -> str:
        """What her app shows now."""
        return code_at(self.clock, SEED)

    def sign_in(self, browser: Browser, *, address: str = "/en/sign-in") -> Page:
        """Password and code, as a person types them."""
        page = browser.send(browser.get(address), email=self.staff.email, password=PASSWORD)
        return browser.send(page, code=self.code)


def code_at(clock: Clock, seed: str) -> str:
    """What an authenticator with this seed shows now."""
    secret = authenticator.secret_of(seed, secret=SECRET)
    return pyotp.TOTP(secret).at(clock.now)


@pytest.fixture
def colleague(database: Any, clock: Clock) -> Colleague:
    """An administrator who can sign in."""
    return make_colleague(clock, Role.ADMINISTRATOR)


def make_colleague(clock: Clock, *roles: Role, **facts: Any) -> Colleague:
    """Somebody who can sign in, with these roles everywhere."""
    values = {"password_hash": passwords.hash_password(PASSWORD), "totp_secret": SEED, "totp_last_step": 1, **facts}
    return Colleague(make_staff(*roles, **values), clock)
