"""Who is to be seated, in which rooms, by which rules, and the plan that comes of it.

Plain values without a database, made by the caller for one round and thrown away after it. What a person said about
herself is left out of `repr`, so that no log and no error page tells it. Source of all of it: dialogue-and-safety.md
§10; numbers marked [ours] are our own defaults. Every number is a setting.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: What a protected answer is, with its question: one answer, or all that somebody gave together.
Background = tuple[str, frozenset[str]]


class AgeGroup(StrEnum):
    """Band of ages, all that is known of anybody's age; under 13 nobody is seated by herself (§11.1 Y1 and Y2)."""

    FROM_13 = "13-15"
    FROM_16 = "16-17"
    ADULT = "adult"

    @property
    def is_minor(self) -> bool:
        """Tell whether the rules for minors apply."""
        return self is not AgeGroup.ADULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in the session, by what she said of herself; everything but her age band may be left out.

    Who does not know somebody's age band must give one of a minor (§11.1 Y1: if unsure, treat as a child).
    """

    #: opaque key within the session
    id: str
    age: AgeGroup = field(repr=False)
    #: tags of the languages she understands; none when she did not say
    languages: frozenset[str] = field(default=frozenset(), repr=False)
    #: tag of the language she would rather speak
    first_language: str | None = field(default=None, repr=False)
    #: what a room must have for her, by the keys of `Room.access`
    access_needs: frozenset[str] = field(default=frozenset(), repr=False)
    #: per question on background the answers she ticked; a question she skipped is absent
    answers: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    #: per statement −1, 0 or 1; a statement she skipped is absent
    viewpoints: Mapping[str, int] = field(default_factory=dict, repr=False)
    #: people, staff too, with whom she asked privately not to sit; holds in both directions
    not_with: frozenset[str] = field(default=frozenset(), repr=False)
    #: people she would like to sit with
    with_friends: frozenset[str] = field(default=frozenset(), repr=False)
    #: the label she chose for an affinity round; never assigned by anybody else
    affinity: str | None = field(default=None, repr=False)
    #: people she shared a small room with before
    earlier_room_mates: frozenset[str] = field(default=frozenset(), repr=False)
    #: whether this is her first dialogue, so that her wish for a friend counts
    is_first_timer: bool = field(default=False, repr=False)
    #: takes part herself, has a seat, and can host a room
    is_host: bool = False
    #: staff: leads a room and takes no seat in it
    is_facilitator: bool = False
    #: her vetting is on record and has not expired (§11.1 Y4); the caller looks that up
    is_vetted: bool = False

    @property
    def is_vetted_adult(self) -> bool:
        """Tell whether she may be staff in a room of minors."""
        return self.is_vetted and not self.age.is_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A small room, on the spot or online. An interpreter in a room of minors must be vetted; the caller sees to it."""

    id: str
    #: staff who are already given to this room; the plan may add some
    hosts: tuple[Person, ...] = ()
    #: tags of languages somebody interprets into and from in this room
    interpreted: frozenset[str] = frozenset()
    #: what the room has for those who need it, such as `step_free`
    access: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sizes:
    """People with a seat in one room, staff not counted."""

    smallest: int
    wanted: int
    largest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much each soft aim counts, in whole points per pair of people in a room; 0 turns it off. All [ours]."""

    #: two who gave the same answer to a question on their background
    same_background: int = 2
    #: two who gave the same answer to a statement
    same_viewpoint: int = 1
    #: two who were in a small room together before
    met_before: int = 6
    #: two who understand no language in common, though staff or an interpreter helps them
    no_common_language: int = 4
    #: a first-timer with somebody she asked for (taken off)
    friend: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for this round."""

    adult_sizes: Sizes = Sizes(4, 6, 8)
    youth_sizes: Sizes = Sizes(4, 5, 6)
    #: most people by which two rooms of one age may differ
    most_difference: int = 1
    #: a protected answer is in a room with nobody or with this many
    fewest_together: int = 2
    #: vetted adults in each room of minors (§11.1 Y4)
    vetted_adults: int = 2
    #: people who share a label and get a room of their own in an affinity round [ours]
    smallest_affinity_room: int = 2
    #: questions whose answers the city marked as protected
    protected: frozenset[str] = frozenset()
    #: several ticked answers to one question, shared by two people at least, are a background of their own
    protects_combinations: bool = True
    #: questions each of whose answers ought to be in every room where there are enough people
    spread: frozenset[str] = frozenset()
    #: 13–15 and 16–17 may sit together, because the session says so
    mixes_youth: bool = False
    weights: Weights = Weights()

    def sizes(self, *, youth: bool) -> Sizes:
        """Sizes of a room of minors or of adults."""
        return self.youth_sizes if youth else self.adult_sizes


@dataclass(frozen=True, slots=True)
class SeatedRoom:
    """One room of a plan: its staff stand in `room.hosts`, the others are people's ids in alphabetical order.

    The order tells nothing of anybody, and rooms stand in the order in which they were given.
    """

    room: Room
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where everybody is in one round."""

    rooms: tuple[SeatedRoom, ...]
    #: people who stay in the main room, by age: those who must not be together need main rooms of their own
    main_rooms: Mapping[AgeGroup, tuple[str, ...]] = field(default_factory=dict)
    #: facilitators without a small room, such as the second one in the main room
    spare: tuple[str, ...] = ()
    seed: int = 0
    #: False when the search was told to stop: the plan keeps the rules that are never broken, but could be better
    is_finished: bool = True

    @property
    def main_room(self) -> tuple[str, ...]:
        """Everybody who has a seat in no small room."""
        return tuple(sorted(each for people in self.main_rooms.values() for each in people))


def by_id(people: Collection[Person]) -> dict[str, Person]:
    """People by their ids."""
    return {each.id: each for each in people}


def are_apart(one: Person, other: Person) -> bool:
    """Tell whether one of the two asked not to sit with the other."""
    return other.id in one.not_with or one.id in other.not_with
