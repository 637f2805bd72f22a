"""Spaces of different kinds have the same numbers; a role in one of them says nothing about the other."""

from __future__ import annotations

from participation.core.policy import Actor, Grant, Role, Space

HERE = Grant(Role.OFFICER, Space("consultation", 3))
TALK = Grant(Role.FACILITATOR, Space("session", 3))


def test_a_role_in_a_space_of_one_kind_gives_none_in_a_space_of_another_kind() -> None:
    actor = Actor(staff_id=1, grants=frozenset({HERE, TALK}))

    assert actor.spaces_as("consultation", Role.OFFICER, Role.STEWARD) == {3}
    assert actor.spaces_as("session", Role.OFFICER, Role.STEWARD) == set()
    assert actor.spaces_as("session", Role.FACILITATOR) == {3}


def test_a_role_that_is_held_everywhere_holds_in_every_kind() -> None:
    actor = Actor(staff_id=1, grants=frozenset({HERE, Grant(Role.STEWARD, None)}))

    assert actor.spaces_as("session", Role.STEWARD) is None
    assert actor.spaces_as("session", Role.OFFICER) == set()
