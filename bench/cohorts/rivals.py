"""How places and tables are given out elsewhere: by chance, first come first served, counting off, hill climbing."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from random import Random

from lms.cohorts.engine.plan import AllocationPlan, RotationPlan, Status
from lms.cohorts.engine.problem import Allocation, Person, Rotation

STARTS, CLIMBS = 5, 100


class Desk:
    """A list of who comes when, that refuses whoever would break a rule that can be seen at the time of booking."""

    def __init__(self, problem: Allocation) -> None:
        self.problem = problem
        self.people = {one.id: one for one in problem.people}
        self.sessions = {one.id: one for one in problem.sessions}
        self.seat: dict[str, str | None] = dict.fromkeys(self.people)
        self.members: dict[str, set[str]] = {name: set() for name in self.sessions}
        self.agencies: dict[str, Counter[str]] = {name: Counter() for name in self.sessions}
        self.away: Counter[tuple[str | None, str]] = Counter()
        self.apart = _pairs(problem.apart)
        self.known = _pairs(problem.known)

    def fits(self, person: str, session: str) -> bool:
        """Whether the person may book: able to come, a place free, the agency within its share, the team covered."""
        one, there = self.people[person], self.sessions[session]
        members = self.members[session]
        return (
            session in self.problem.eligible[person]
            and len(members) < there.capacity
            and self.agencies[session][one.agency] < int(there.max_agency_share * there.capacity)
            and self.away[one.team, there.date] < self.problem.cover.get(one.team or "", len(self.people))
            and not self.apart[person] & members
        )

    def put(self, person: str, session: str | None, by: int = 1) -> None:
        """Give the person this place, or with `by` -1 take it away."""
        if session is None:
            return
        one = self.people[person]
        (self.members[session].add if by > 0 else self.members[session].discard)(person)
        self.agencies[session][one.agency] += by
        self.away[one.team, self.sessions[session].date] += by
        self.seat[person] = session if by > 0 else None

    def meets(self, person: str) -> int:
        """How many new people of other agencies the person meets."""
        session = self.seat[person]
        if session is None:
            return 0
        members, agency = self.members[session], self.people[person].agency
        known = sum(1 for other in self.known[person] & members if self.people[other].agency != agency)
        return len(members) - self.agencies[session][agency] - known

    def book(self, order: Sequence[Person], dice: Random) -> None:
        """One after the other books a date that suits and is open."""
        for one in order:
            can = [name for name in self.problem.eligible[one.id] if self.fits(one.id, name)]
            if can:
                self.put(one.id, dice.choice(can))

    def trade(self, one: str, other: str) -> None:
        """Let the two trade places where both may and, together, people meet no fewer others by it."""
        here, there = self.seat[one], self.seat[other]
        if here is None or here == there or (there is None and self.people[other].band != self.people[one].band):
            return
        before = self.meets(one) + self.meets(other)
        self.put(one, here, -1)
        self.put(other, there, -1)
        fits = (there is None or self.fits(one, there)) and self.fits(other, here)
        if fits:
            self.put(one, there)
            fits = self.fits(other, here)
            self.put(other, here)
            if fits and self.meets(one) + self.meets(other) >= before:
                return
            self.put(one, there, -1)
            self.put(other, here, -1)
        self.put(one, here)
        self.put(other, there)

    def plan(self, name: str) -> AllocationPlan:
        """What the list says, as a plan."""
        return AllocationPlan(Status.FEASIBLE, 1, name, dict(self.seat))


def _pairs(pairs: Sequence[tuple[str, str]]) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return found


def dealt(problem: Allocation) -> AllocationPlan:
    """People in random order, dealt to the sessions in turn, whatever the rules: as Moodle makes groups."""
    dice = Random("deal")  # noqa: S311
    names = [one.id for one in problem.people]
    dice.shuffle(names)
    sessions = problem.sessions
    return AllocationPlan(
        Status.FEASIBLE, 1, "deal", {name: sessions[n % len(sessions)].id for n, name in enumerate(names)}
    )


def first_come(problem: Allocation) -> AllocationPlan:
    """Those who have waited longest book first, on any date that suits them."""
    desk = Desk(problem)
    desk.book(sorted(problem.people, key=lambda one: (-one.waiting_days, one.id)), Random("come"))  # noqa: S311
    return desk.plan("first come")


def climbed(problem: Allocation) -> AllocationPlan:
    """The most urgent first, then trades that better the mix, from several starts: as CATME makes teams."""
    best: tuple[int, AllocationPlan] | None = None
    for start in range(STARTS):
        desk, dice = Desk(problem), Random(f"climb {start}")  # noqa: S311
        order = list(problem.people)
        dice.shuffle(order)
        desk.book(sorted(order, key=lambda one: one.band), dice)
        names = [one.id for one in problem.people]
        for _ in range(CLIMBS * len(names)):
            desk.trade(dice.choice(names), dice.choice(names))
        mix = sum(map(desk.meets, names))
        if best is None or mix > best[0]:
            best = mix, desk.plan("hill climbing")
    assert best is not None
    return best[1]


def shuffled(problem: Rotation) -> RotationPlan:
    """Anybody anywhere, anew in each round."""
    dice, rounds = Random("tables"), []  # noqa: S311
    for _ in range(problem.rounds):
        names = [one.id for one in problem.people]
        dice.shuffle(names)
        rounds.append(_cut(problem, names))
    return RotationPlan(Status.FEASIBLE, 1, "random", tuple(rounds))


def counted_off(problem: Rotation) -> RotationPlan:
    """In the order of agency, one, two, three …; in later rounds every other person counts on a place further."""
    names = [one.id for one in sorted(problem.people, key=lambda one: (one.agency, one.id))]
    count = len(problem.table_sizes)
    rounds = []
    for turn in range(problem.rounds):
        order = sorted(range(len(names)), key=lambda n: ((n + turn * (n // count)) % count, n))
        rounds.append(_cut(problem, [names[n] for n in order]))
    return RotationPlan(Status.FEASIBLE, 1, "count-off", tuple(rounds))


def _cut(problem: Rotation, names: list[str]) -> tuple[tuple[str, ...], ...]:
    left = iter(names)
    return tuple(tuple(next(left) for _ in range(size)) for size in problem.table_sizes)
