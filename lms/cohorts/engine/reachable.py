"""How far any plan could go where the model is too large to be solved: bounds from fewer rules. Pure.

Fewer rules can only let more people in, so what is best under them is no less than what is best under all.
"""

from collections import Counter, deque

from lms.cohorts.engine.occupancy import NOWHERE, Layout


def most_placed(layout: Layout, at: list[int]) -> list[int]:
    """The most people of each band who could have a place, more urgent bands first, were seats and who can come the
    only rules. Found by augmenting paths (a transversal matroid: the people with places of the urgent bands stay so
    while more are added), beginning from the seats `at`.
    """
    seats = _Matching(layout)
    found: list[int] = []
    for band in layout.problem.bands:
        people = [person for person in range(len(layout.people)) if layout.band[person] == band]
        before = seats.taken
        for person in people:
            if at[person] != NOWHERE:
                seats.try_straight(person, at[person])
        for person in people:
            if person not in seats.seat:
                seats.augment(person)
        found.append(seats.taken - before)
    return found


class _Matching:
    """People on seats, as many as paths of moves allow."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.seat: dict[int, int] = {}
        self.inside: list[set[int]] = [set() for _ in layout.sessions]
        self.closed: set[int] = set()

    @property
    def taken(self) -> int:
        """How many have a seat."""
        return len(self.seat)

    def _has_room(self, session: int) -> bool:
        return len(self.inside[session]) < self.layout.sessions[session].capacity

    def _move(self, person: int, session: int) -> None:
        if person in self.seat:
            self.inside[self.seat[person]].discard(person)
        self.seat[person] = session
        self.inside[session].add(person)

    def try_straight(self, person: int, session: int) -> None:
        """Let the person sit there if a seat is left."""
        if self._has_room(session):
            self._move(person, session)

    def augment(self, person: int) -> bool:
        """Find the person a seat by moving others along. Sessions from which no free seat can be reached are closed for
        good: whoever sits there can only sit in others of them.
        """
        came: dict[int, tuple[int, int | None]] = {}
        waiting: deque[int] = deque()
        self._reach(person, None, came, waiting)
        while waiting:
            session = waiting.popleft()
            if self._has_room(session):
                self._shift(session, came)
                return True
            for other in sorted(self.inside[session]):
                self._reach(other, session, came, waiting)
        self.closed.update(came)
        return False

    def _reach(
        self, person: int, out_of: int | None, came: dict[int, tuple[int, int | None]], waiting: deque[int]
    ) -> None:
        for session in self.layout.eligible[person]:
            if session not in came and session not in self.closed:
                came[session] = (person, out_of)
                waiting.append(session)

    def _shift(self, session: int, came: dict[int, tuple[int, int | None]]) -> None:
        at: int | None = session
        while at is not None:
            person, out_of = came[at]
            self._move(person, at)
            at = out_of


def most_mixing(layout: Layout, placed: int) -> int:
    """The most pairs of different agencies that so many placed people could make, if everybody could sit anywhere: the
    largest sessions full, and each agency spread as evenly as can be.
    """
    together, left = 0, placed
    for capacity in sorted((one.capacity for one in layout.sessions), reverse=True):
        size = min(capacity, left)
        together += size * (size - 1) // 2
        left -= size
    return together - _fewest_of_one_agency(layout, placed)


def _fewest_of_one_agency(layout: Layout, placed: int) -> int:
    """Pairs of one agency that cannot be helped: the n-th person of an agency in a session meets n - 1 of their own."""
    sessions = len(layout.sessions)
    could = Counter(layout.agency[person] for person, seats in enumerate(layout.eligible) if seats)
    steps: Counter[int] = Counter()
    for people in could.values():
        full, rest = divmod(people, sessions)
        for own in range(full):
            steps[own] += sessions
        steps[full] += rest
    pairs, left = 0, placed
    for own in sorted(steps):
        taken = min(left, steps[own])
        pairs += own * taken
        left -= taken
    return pairs
