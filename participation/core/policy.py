"""Who is acting, and the predicates that decide what they may do.

Every view carries a policy made of named predicates (`@allow(can_answer, of=load)`); a view without one is refused, in
the running program as in the tests. A predicate is a pure function of the actor and the thing; `&`, `|` and `~` combine
them into a sentence. `PUBLIC` is written out where everybody may come.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from flask import Flask, current_app, g, request

from .errors import NotAllowed, NotFound


class Role(StrEnum):
    """What somebody on the staff may be entrusted with, in one space or in all."""

    ADMINISTRATOR = "administrator"
    OFFICER = "officer"
    MODERATOR = "moderator"
    FACILITATOR = "facilitator"
    INTERPRETER = "interpreter"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    SAFEGUARDING_DEPUTY = "safeguarding_deputy"
    AUTHORITY_READER = "authority_reader"
    ORGANISER = "organiser"
    SUMMARISER = "summariser"
    STEWARD = "steward"


class Space(NamedTuple):
    """Where something was said or somebody has a role: a consultation, later a session or a service."""

    kind: str
    id: int

    def __str__(self) -> str:
        """The key used in tables and the audit log, such as `consultation:12`."""
        return f"{self.kind}:{self.id}"


class Grant(NamedTuple):
    """One role in one space; `space` None means every space."""

    role: Role
    space: Space | None


@dataclass(frozen=True)
class Actor:
    """Whoever sends this request: nobody known, a participant, someone on the staff, or both."""

    participant_id: int | None = None
    staff_id: int | None = None
    #: display name of the member of staff
    name: str = ""
    grants: frozenset[Grant] = frozenset()
    #: whether a second factor was given in this session (staff)
    is_verified: bool = False
    #: whether she proved who she is within the last minutes (staff; for the gravest deeds)
    is_fresh: bool = False
    #: whether the participant said that others use this device
    is_shared_device: bool = False

    def has(self, *roles: Role, space: Space | None = None) -> bool:
        """Whether the actor holds one of `roles` in `space` or in all spaces."""
        return any(grant.role in roles and grant.space in {None, space} for grant in self.grants)

    def has_anywhere(self, *roles: Role) -> bool:
        """Whether the actor holds one of `roles` in any space at all."""
        return any(grant.role in roles for grant in self.grants)

    def spaces_as(self, kind: str, *roles: Role) -> set[int] | None:
        """Ids of the spaces of this `kind` in which the actor holds one of `roles`; None means all of them."""
        held = [grant for grant in self.grants if grant.role in roles]
        if any(grant.space is None for grant in held):
            return None
        return {grant.space.id for grant in held if grant.space and grant.space.kind == kind}


#: The program itself: migrations, imports, nightly jobs.
SYSTEM = Actor(name="system")
NOBODY = Actor()


class Predicate:
    """A named yes-or-no question about an actor and a thing."""

    def __init__(self, name: str, test: Callable[[Actor, Any], bool]) -> None:
        """`test` receives the actor and the thing the view loaded (None where there is none)."""
        self.name = name
        self.test = test

    def __call__(self, actor: Actor, thing: Any = None) -> bool:
        """The answer."""
        return self.test(actor, thing)

    def __and__(self, other: Predicate) -> Predicate:
        """Both."""
        return Predicate(f"({self.name} and {other.name})", lambda a, t: self(a, t) and other(a, t))

    def __or__(self, other: Predicate) -> Predicate:
        """Either."""
        return Predicate(f"({self.name} or {other.name})", lambda a, t: self(a, t) or other(a, t))

    def __invert__(self) -> Predicate:
        """The opposite."""
        return Predicate(f"not {self.name}", lambda a, t: not self(a, t))

    def __repr__(self) -> str:
        """The sentence."""
        return f"<{self.name}>"


def predicate(test: Callable[[Actor, Any], bool]) -> Predicate:
    """Make a function of `(actor, thing)` a predicate under its own name."""
    return Predicate(test.__name__, test)


def has_role(*roles: Role) -> Predicate:
    """Whether the actor holds one of `roles` anywhere."""
    return Predicate(f"has_role {' or '.join(roles)}", lambda actor, thing: actor.has_anywhere(*roles))


def has_role_here(*roles: Role) -> Predicate:
    """Whether the actor holds one of `roles` in the thing's `space`."""
    return Predicate(f"has_role_here {' or '.join(roles)}", lambda actor, thing: actor.has(*roles, space=thing.space))


PUBLIC = Predicate("public", lambda actor, thing: True)
is_staff = Predicate("is_staff", lambda actor, thing: actor.staff_id is not None)
is_participant = Predicate("is_participant", lambda actor, thing: actor.participant_id is not None)
is_administrator = has_role(Role.ADMINISTRATOR)

View = Callable[..., Any]
Loader = Callable[..., Any]


def allow(rule: Predicate, *, of: Loader | None = None, hidden: bool = False) -> Callable[[View], View]:
    """Guard a view with `rule`.

    `of` turns the address's arguments into the thing the rule and the view are about: it is called with them as
    keywords, and the view gets the result as its only argument. With `hidden` a refusal looks like "no such page".
    Strangers who meet a staff rule are sent to sign in by the error handler for `SignInNeeded`.
    """

    def guard(view: View) -> View:
        @functools.wraps(view)
        def guarded(**arguments: Any) -> Any:
            actor = current_actor()
            if of is None:
                _require(rule(actor, None), actor, hidden=hidden)
                return view(**arguments)
            if not rule_may_load(rule, actor):
                _require(False, actor, hidden=hidden)
            thing = of(**arguments)
            _require(rule(actor, thing), actor, hidden=hidden)
            return view(thing)

        guarded.policy = rule  # type: ignore[attr-defined]
        return guarded

    return guard


def rule_may_load(rule: Predicate, actor: Actor) -> bool:
    """Whether the thing may even be looked up: strangers on staff addresses learn nothing, not even that it exists."""
    return not (request.path.split("/")[2:3] == ["staff"] and actor.staff_id is None)


class SignInNeeded(NotAllowed):
    """A stranger came to a staff page."""


def _require(is_allowed: bool, actor: Actor, *, hidden: bool) -> None:
    if is_allowed:
        return
    if request.path.split("/")[2:3] == ["staff"] and actor.staff_id is None:
        raise SignInNeeded
    raise NotFound if hidden else NotAllowed


def current_actor() -> Actor:
    """Who sends this request; looked up once."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        load: Callable[[], Actor] = current_app.extensions["actor_loader"]
        actor = g.actor = load()
    return actor


def set_actor_loader(app: Flask, load: Callable[[], Actor]) -> None:
    """Tell the program how to find out who sends a request (done by `participation.accounts`)."""
    app.extensions["actor_loader"] = load


def start_policy(app: Flask) -> None:
    """Refuse every view that carries no policy."""
    set_actor_loader(app, lambda: NOBODY)

    @app.before_request
    def refuse_unmarked() -> None:
        if request.endpoint in {None, "static"}:
            return
        if not hasattr(app.view_functions[request.endpoint or ""], "policy"):
            raise NotAllowed(f"{request.endpoint} carries no policy")
