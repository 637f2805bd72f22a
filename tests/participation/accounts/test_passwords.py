"""Passwords are kept by argon2id as OWASP asks, a few at a time, and easy ones are refused with a reason."""

from __future__ import annotations

import threading

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from participation.accounts import passwords
from participation.accounts.passwords import TooManyAtOnce, find_weakness

GOOD = "four grey stones under water"


def test_the_settings_are_owasps(monkeypatch: pytest.MonkeyPatch) -> None:
    real = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", real)

    kept = extract_parameters(passwords.hash_password(GOOD))

    assert (kept.type, kept.memory_cost, kept.time_cost, kept.parallelism) == (Type.ID, 19 * 1024, 2, 1)


def test_the_program_uses_them() -> None:
    import importlib
    import sys

    module = sys.modules.pop("participation.accounts.passwords")
    try:
        fresh = importlib.import_module("participation.accounts.passwords")._hasher
    finally:
        sys.modules["participation.accounts.passwords"] = module

    assert (fresh.memory_cost, fresh.time_cost, fresh.parallelism, fresh.type) == (19 * 1024, 2, 1, Type.ID)


def test_the_right_password_is_right_and_nothing_else() -> None:
    kept = passwords.hash_password(GOOD)

    assert passwords.is_right(kept, GOOD)
    assert not passwords.is_right(kept, GOOD + " ")
    assert not passwords.is_right("", GOOD)
    assert not passwords.is_right("", "")
    assert not passwords.is_right("not a hash", GOOD)


def test_two_keyboards_spell_the_same_password() -> None:
    kept = passwords.hash_password("caf\u00e9 am Kan\u00e4l mit drei Enten")

    assert passwords.is_right(kept, "cafe\u0301 am Kana\u0308l mit drei Enten")


def test_older_settings_are_outdated() -> None:
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(GOOD))
    assert not passwords.is_outdated(passwords.hash_password(GOOD))


def test_only_a_few_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_seats", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.05)

    with passwords._seat(), pytest.raises(TooManyAtOnce):
        passwords.hash_password(GOOD)
    assert passwords.hash_password(GOOD)


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "123456789012345",
        "qwertyuiopasdfgh",
        "aaaaaaaaaaaaaaaaaaaa",
        "Ingrid.Solheim.1",
        "ingrid.solheim@norval.example",
        "NorvalNorvalNorval",
        "letmeinletmeinletmein",
        "abcabcabcabcabcabc",
    ],
)
def test_easy_ones_are_refused(password: str) -> None:
    assert find_weakness(password, ["Ingrid Solheim", "ingrid.solheim@norval.example", "Norval"])


@pytest.mark.parametrize(
    "password", [GOOD, "cuatro piedras bajo el agua gris", "أربعة أحجار تحت الماء", "x7#qLp0!vRz92mWk"]
)
def test_hard_ones_are_taken(password: str) -> None:
    assert find_weakness(password, ["Ingrid Solheim", "ingrid.solheim@norval.example", "Norval"]) is None


def test_the_longest_password_is_looked_at_quickly() -> None:
    find_weakness("ab1!" * 32, [])
