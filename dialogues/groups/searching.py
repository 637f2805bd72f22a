"""One seating of one pool, changed by swaps as long as that makes it better.

Seats are numbered: first people, then empty seats, so that a move is a swap with an empty seat and rooms stay balanced
(two empty seats in one room cost a hard rule). Kept up to date is what everybody *would* cost in each room, so that a
swap is weighed in a few additions; only backgrounds are counted anew, and only for swaps that are worth it otherwise.
Source of the method: dialogue-and-safety.md §10, “random restarts + pair swaps until no improvement”.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from .costs import HARD, NEVER, Costs, Matrix

#: Above this a cost is not soft: half of a hard one, since a friend's nearness may have taken some off.
_SERIOUS = NEVER // 2

#: Steps of progress told for one attempt.
_STEPS = 20


class Watch:
    """Tells somebody how far the search is, and asks whether to stop."""

    def __init__(self, attempts: int, progress: Callable[[int, int], None] | None, should_stop: Callable[[], bool]):
        """Watch over so many attempts; `progress` is called with steps done and steps in all, never backwards."""
        self._progress = progress
        self._should_stop = should_stop
        self._of = attempts * _STEPS
        self._done = 0
        self._attempt = 0
        self.has_stopped = False

    def is_over(self) -> bool:
        """Tell whether to stop; once stopped it stays so."""
        self.has_stopped = self.has_stopped or self._should_stop()
        return self.has_stopped

    def tell(self) -> None:
        """Say that one more step is done; an attempt that takes longer than expected stands still before its end."""
        self._say(min(self._done + 1, (self._attempt + 1) * _STEPS - 1))

    def finish(self, attempts: int = 1) -> None:
        """Say that attempts are over, or will not be made."""
        self._attempt += attempts
        self._say(self._attempt * _STEPS)

    def _say(self, done: int) -> None:
        self._done = max(done, self._done)
        if self._progress:
            self._progress(self._done, self._of)


class Seating:
    """Who is in which room, and what a change would cost."""

    def __init__(self, costs: Costs, places: Matrix, fixed: frozenset[int], start: Sequence[int]) -> None:
        """Begin with `start`: per seat its room. `places` are costs per room and person, `fixed` people keep theirs."""
        empty = len(start) - len(costs.people)
        between = [[HARD * (one != other) for other in range(empty)] for one in range(empty)]
        self.pairs = [row + [0] * empty for row in costs.pairs] + [[0] * len(costs.people) + row for row in between]
        self.groups = costs.groups + [frozenset[int]()] * empty
        self.fixed = fixed
        self.rooms = list(start)
        self.people = len(costs.people)
        most = len(start) + 1
        self.steps = [each + [each[-1]] * (most - len(each) + 1) for each in costs.steps_for(len(places))]
        self.places = [row + [0] * empty for row in places]
        self._count()
        #: rooms in which people may have a better swap than when they were looked at
        self.changed = set(range(len(places)))

    def _count(self) -> None:
        self.would = [row[:] for row in self.places]
        self.counts = [[0] * len(self.steps) for _ in self.places]
        for seat, room in enumerate(self.rooms):
            row = self.would[room]
            self.would[room] = [points + more for points, more in zip(row, self.pairs[seat], strict=True)]
            for group in self.groups[seat]:
                self.counts[room][group] += 1
        self.own = [self.would[room][seat] for seat, room in enumerate(self.rooms)]
        self.strain = [sum(step[count] for step, count in zip(self.steps, row, strict=True)) for row in self.counts]

    @property
    def total(self) -> int:
        """Points of the whole seating."""
        alone = sum(self.places[room][seat] for seat, room in enumerate(self.rooms))
        return (sum(self.own) + alone) // 2 + sum(self.strain)

    @property
    def is_strained(self) -> bool:
        """Tell whether a background is not as it should be or people sit together who never must."""
        return any(self.strain) or max(self.own, default=0) >= _SERIOUS

    def is_never_broken(self, seat: int) -> bool:
        """Tell whether a rule that is never broken is broken for this person."""
        if self.own[seat] >= _SERIOUS:
            return True
        counts = self.counts[self.rooms[seat]]
        return any(self.steps[group][counts[group]] >= _SERIOUS for group in self.groups[seat])

    def troubled(self) -> list[int]:
        """People for whom a rule that is never broken is broken."""
        return [seat for seat in range(self.people) if self.is_never_broken(seat)]

    def descend(self, rng: Random, watch: Watch) -> None:
        """Give everybody her best swap, again and again, until none helps or the watch says stop.

        Only people in rooms that changed since they were looked at: a swap between two others weighs what it weighed.
        """
        while self.changed:
            looking, self.changed = self.changed, set()
            order = [seat for seat in range(self.people) if self.rooms[seat] in looking and seat not in self.fixed]
            rng.shuffle(order)
            for seat in order:
                if watch.is_over():
                    return
                self.improve(seat)
            watch.tell()

    def improve(self, seat: int) -> None:
        """Make the best swap of this person with anybody, if one makes the seating better."""
        room = self.rooms[seat]
        column = [row[seat] for row in self.would]
        here = column[room]
        changes = [
            column[there] + points - own - 2 * pair
            for there, points, own, pair in zip(self.rooms, self.would[room], self.own, self.pairs[seat], strict=True)
        ]
        # only where a background is not as it should be can a swap win more than the pairs tell
        limit = here if not self.strain[room] else here + NEVER * 8
        others = [(change, other) for other, change in enumerate(changes) if change < limit]
        others.sort()
        best, chosen = 0, -1
        for change, other in others:
            if limit == here and change - here >= best:
                break
            if self.rooms[other] == room or other in self.fixed:
                continue
            points = change - here + self._regrouping(seat, other)
            if points < best:
                best, chosen = points, other
        if chosen >= 0:
            self.swap(seat, chosen)

    def _regrouping(self, one: int, other: int) -> int:
        """Points by which counts of backgrounds would change."""
        here, there = self.counts[self.rooms[one]], self.counts[self.rooms[other]]
        points = 0
        mine, theirs = self.groups[one], self.groups[other]
        for group in mine - theirs:
            step = self.steps[group]
            few, many = here[group], there[group]
            points += step[few - 1] - step[few] + step[many + 1] - step[many]
        for group in theirs - mine:
            step = self.steps[group]
            few, many = there[group], here[group]
            points += step[few - 1] - step[few] + step[many + 1] - step[many]
        return points

    def swap(self, one: int, other: int) -> None:
        """Let two seats change rooms, and bring everything up to date."""
        here, there = self.rooms[one], self.rooms[other]
        mine, theirs = self.pairs[one], self.pairs[other]
        change = [b - a for a, b in zip(mine, theirs, strict=True)]
        self.would[here] = [points + more for points, more in zip(self.would[here], change, strict=True)]
        self.would[there] = [points - more for points, more in zip(self.would[there], change, strict=True)]
        self.rooms[one], self.rooms[other] = there, here
        self.changed |= {here, there}
        for seat, old, new in ((one, here, there), (other, there, here)):
            for group in self.groups[seat]:
                self.counts[old][group] -= 1
                self.counts[new][group] += 1
        for room in (here, there):
            self.strain[room] = sum(map(_step, self.steps, self.counts[room]))
        for seat, room in enumerate(self.rooms):
            if room in (here, there):
                self.own[seat] = self.would[room][seat]

    def shake(self, rng: Random, swaps: int) -> None:
        """Make some swaps at random, around people in trouble if there are any."""
        free = [seat for seat in range(len(self.rooms)) if seat not in self.fixed]
        troubled = [seat for seat in self.troubled() if seat not in self.fixed] or free
        for _ in range(swaps):
            one, other = rng.choice(troubled), rng.choice(free)
            if self.rooms[one] != self.rooms[other]:
                self.swap(one, other)

    def put_back(self, rooms: Sequence[int]) -> None:
        """Return to an earlier seating."""
        self.changed |= {each for old, new in zip(self.rooms, rooms, strict=True) if old != new for each in (old, new)}
        self.rooms = list(rooms)
        self._count()

    def give_up(self) -> list[int]:
        """The fewest people found, step by step, without whom no rule is broken that never is."""
        gone: list[int] = []
        while troubled := [seat for seat in self.troubled() if seat not in gone]:
            worst = min(troubled, key=lambda seat: (self._without(seat), seat in self.fixed, seat))
            gone.append(worst)
            self._empty(worst)
        return gone

    def _without(self, seat: int) -> int:
        """Points by which the seating would change if this person left."""
        counts = self.counts[self.rooms[seat]]
        changes = (
            self.steps[group][counts[group] - 1] - self.steps[group][counts[group]] for group in self.groups[seat]
        )
        return sum(changes) - self.own[seat]

    def _empty(self, seat: int) -> None:
        room = self.rooms[seat]
        for group in self.groups[seat]:
            self.counts[room][group] -= 1
        for other, there in enumerate(self.rooms):
            if there == room:
                self.own[other] -= self.pairs[seat][other]
        self.own[seat] = 0
        self.groups[seat] = frozenset()


def _step(points: list[int], people: int) -> int:
    return points[people]
