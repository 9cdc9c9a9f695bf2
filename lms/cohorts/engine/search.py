"""Better mixing without touching who is placed: people trade seats, step in for one of their band, or move. Pure.

Simulated annealing with a fixed number of steps, never a time, so that the same problem gives the same plan.
"""

from collections.abc import Callable
from math import exp
from random import Random

from lms.cohorts.engine.occupancy import NOWHERE, Layout, Occupancy

WARM, COLD = 2.5, 0.15
LOOK = 2000


class Search:
    """A search from one legal plan; `best` is the best it has seen. Whoever is `kept` stays where they are."""

    def __init__(self, room: Occupancy, seed: int, kept: frozenset[int] = frozenset()) -> None:
        self.room = room
        self.layout: Layout = room.layout
        self.random = Random(seed)  # noqa: S311 -- no secret: the same seed has to give the same plan
        self.value = room.mixing()
        self.best_value = self.value
        self.best = list(room.at)
        layout = self.layout
        fixed = layout.tied | kept
        self.movable = [p for p in range(len(layout.people)) if p not in fixed and layout.eligible[p]]
        self.members: list[list[int]] = [[] for _ in layout.sessions]
        self.index = [0] * len(layout.people)
        for person in self.movable:
            if room.at[person] != NOWHERE:
                self._enter(person, room.at[person])

    def _enter(self, person: int, session: int) -> None:
        self.index[person] = len(self.members[session])
        self.members[session].append(person)

    def _leave(self, person: int, session: int) -> None:
        last = self.members[session].pop()
        if last != person:
            self.members[session][self.index[person]] = last
            self.index[last] = self.index[person]

    def run(self, steps: int, stop: Callable[[], bool] | None = None, goal: int | None = None) -> list[int]:
        """Make so many steps, fewer when asked to stop or when `goal` is reached; the best seats."""
        if not self.movable:
            return self.best
        ratio = (COLD / WARM) ** (1 / max(1, steps))
        warmth = WARM
        for step in range(steps):
            if step % LOOK == 0 and ((stop and stop()) or (goal is not None and self.best_value >= goal)):
                break
            warmth *= ratio
            self._step(warmth)
            if self.value > self.best_value:
                self.best_value, self.best = self.value, list(self.room.at)
        return self.best

    def _step(self, warmth: float) -> None:
        pick = self.random.random
        person = self.movable[int(pick() * len(self.movable))]
        sessions = self.layout.eligible[person]
        target = sessions[int(pick() * len(sessions))]
        here = self.room.at[person]
        if target == here or not self.room.size[target]:
            return
        if here != NOWHERE and self.room.size[target] < self.layout.sessions[target].capacity and pick() < 0.5:
            self._change([(person, target)], warmth)
            return
        members = self.members[target]
        if not members:
            return
        other = members[int(pick() * len(members))]
        if here == NOWHERE:
            if self.layout.band[other] == self.layout.band[person] and other not in self.layout.must:
                self._change([(other, NOWHERE), (person, target)], warmth)
        elif here in self.layout.can[other]:
            self._change([(person, target), (other, here)], warmth)

    def _change(self, moves: list[tuple[int, int]], warmth: float) -> None:
        room = self.room
        before = [(person, room.at[person]) for person, _ in moves]
        change = self._take(before)
        done, gained = self._put(moves)
        change += gained
        if done == len(moves) and (change >= 0 or self.random.random() < exp(change / warmth)):
            touched = {session for _, session in (*before, *moves) if session != NOWHERE}
            if all(room.is_sound(session) for session in touched):
                self.value += change
                self._remember(before, moves)
                return
        for person, session in moves[:done]:
            if session != NOWHERE:
                room.take(person)
        for person, session in before:
            if session != NOWHERE:
                room.put(person, session)

    def _take(self, before: list[tuple[int, int]]) -> int:
        """Take these people's places away; what that does to the mixing."""
        change = 0
        for person, session in before:
            if session != NOWHERE:
                self.room.take(person)
                change -= self.room.gain(person, session)
        return change

    def _put(self, moves: list[tuple[int, int]]) -> tuple[int, int]:
        """Put people where they go until one does not fit: how many went, and what it does to the mixing."""
        change = 0
        for number, (person, session) in enumerate(moves):
            if session == NOWHERE:
                continue
            if not self.room.fits_beside(person, session):
                return number, change
            change += self.room.gain(person, session)
            self.room.put(person, session)
        return len(moves), change

    def _remember(self, before: list[tuple[int, int]], moves: list[tuple[int, int]]) -> None:
        for person, session in before:
            if session != NOWHERE:
                self._leave(person, session)
        for person, session in moves:
            if session != NOWHERE:
                self._enter(person, session)
