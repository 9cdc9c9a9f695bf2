"""An allocation in which every rule can give way, so that clashes are found and the cheapest way out is proved. Pure.

Only promises force anybody into a session: pins, people who must have a place, and whoever belongs with them. Without
one an empty plan is legal. So only the sessions that promises can reach are looked at; the others need not run.

What giving way costs, on the trainer's scale (`PRICES`): one more seat 2, one fewer person needed 2, one fewer agency
or sector needed 3, five points more of an agency's share 1, one more of a team away or in a session 2, somebody made
available for a session 2, a thing forbidden allowed 3, a pin dropped 3, a group parted 3, a manager let in with a
report 4, a promise of a place dropped 4. Keep-apart pairs and what somebody needs of a room are never up for trade.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import floor

from lms.cohorts.engine.plan import Edit
from lms.cohorts.engine.problem import Allocation, Person, Session
from lms.cohorts.engine.program import Program, Term

PRICES = {
    "capacity": 2,
    "min_size": 2,
    "min_agencies": 3,
    "min_sectors": 3,
    "agency_share": 1,
    "max_per_team": 2,
    "team_cover": 2,
    "available": 2,
    "forbidden": 3,
    "pin": 3,
    "keep_together": 3,
    "manager": 4,
    "must_place": 4,
}
STEP = Fraction(1, 20)
HAIR = 1e-9


@dataclass(frozen=True)
class Offer:
    """A way for a rule to give way: a column that counts how far, what each step costs, and how it is said. `flags` are
    columns of which one is 1 when the rule gives way at all.
    """

    rule: str
    column: int
    price: int
    upper: float
    say: Callable[[int], str]
    flags: tuple[int, ...]


@dataclass
class Elastic:
    """The program of a problem. `open_` says for each rule which columns let it be broken at will, and how far."""

    problem: Allocation
    program: Program = field(default_factory=Program)
    open_: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    offers: list[Offer] = field(default_factory=list)
    seat: dict[tuple[str, str], int] = field(default_factory=dict)
    shut: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Write the program."""
        for person in self.problem.people:
            self._seats(person)
        for session in self.sessions:
            self._session(session)
        self._cover()
        self._company()
        self._promises()

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        """The sessions that a promise can reach: all, if somebody must have a place; else those with pins."""
        if self.problem.must_place:
            return self.problem.sessions
        pinned = {pin.session for pin in self.problem.pins}
        return tuple(session for session in self.problem.sessions if session.id in pinned)

    @cached_property
    def members(self) -> dict[str, list[Person]]:
        """The people of each agency."""
        members = defaultdict(list)
        for person in self.problem.people:
            members[person.agency].append(person)
        return members

    def loose(self, rule: str, upper: float, *, whole: bool = True) -> int:
        """A new column that lets `rule` be broken by as much as it holds; it is 0 unless the rule gives way."""
        column = self.program.column(upper, whole=whole)
        self.open_[rule].append((column, upper))
        self.shut[column] = 0
        return column

    def offer(self, rule: str, column: int, upper: float, say: Callable[[int], str], price: int) -> None:
        """Put a column up for trade. Where it counts, a flag of its own says whether it gives way at all."""
        flags = (column,)
        if upper > 1:
            flags = (self.program.column(),)
            self.program.row([(column, 1), (flags[0], -upper)], most=0)
        self.offers.append(Offer(rule, column, price, upper, say, flags))

    def _seats(self, person: Person) -> None:
        """One column for each session the person could be in if nothing about them stood in the way."""
        able, rule = set(self.problem.eligible[person.id]), f"eligibility:{person.id}"
        forbidden = {one.session for one in self.problem.forbid if one.person == person.id}
        for session in self.sessions:
            if session.id in able:
                self.seat[person.id, session.id] = self.program.column()
                continue
            column = self.seat[person.id, session.id] = self.loose(rule, 1)
            if person.needs <= session.provides:
                price = PRICES["available"] * (session.id not in person.sessions)
                price += PRICES["forbidden"] * (session.id in forbidden)
                self.offer(rule, column, 1, _allow(session.id), price)
        if len(self.sessions) > 1:
            self.program.row([(self.seat[person.id, one.id], 1) for one in self.sessions], most=1)

    def _terms(self, people: Iterable[Person], session: Session, factor: float = 1) -> list[Term]:
        return [(self.seat[person.id, session.id], factor) for person in people]

    def _session(self, session: Session) -> None:
        """The rules of one session, which hold if it runs."""
        count, name = len(self.problem.people), session.id
        everybody = self._terms(self.problem.people, session)
        runs = self.program.column()
        self.program.row([*everybody, (runs, -count)], most=0)
        more = self.loose(f"capacity:{name}", count)
        self.offer(f"capacity:{name}", more, count, _count("raise", session.capacity, 1), PRICES["capacity"])
        self.program.row([*everybody, (runs, -session.capacity), (more, -1)], most=0)
        self._at_least("min_size", session, session.min_size, runs, everybody)
        if session.min_agencies > 1:
            kinds = [self._present(session, people) for people in self.members.values()]
            self._at_least("min_agencies", session, session.min_agencies, runs, [(kind, 1) for kind in kinds])
        if session.min_sectors > 0:
            kinds = [self._present(session, people) for people in self._sectors.values()]
            self._at_least("min_sectors", session, session.min_sectors, runs, [(kind, 1) for kind in kinds])
        if session.max_agency_share < 1:
            self._shares(session, everybody)
        if session.max_per_team is not None:
            self._teams(session, session.max_per_team)

    @cached_property
    def _sectors(self) -> dict[str, list[Person]]:
        sectors = defaultdict(list)
        for person in self.problem.people:
            if person.sector is not None:
                sectors[person.sector].append(person)
        return sectors

    @cached_property
    def _of_teams(self) -> dict[str, list[Person]]:
        teams = defaultdict(list)
        for person in self.problem.people:
            if person.team is not None:
                teams[person.team].append(person)
        return teams

    def _present(self, session: Session, people: Iterable[Person]) -> int:
        """A column that can be 1 only if one of these people is in the session."""
        present = self.program.column()
        self.program.row([(present, 1), *self._terms(people, session, -1)], most=0)
        return present

    def _at_least(self, family: str, session: Session, least: int, runs: int, terms: Sequence[Term]) -> None:
        if least < 1:
            return
        rule = f"{family}:{session.id}"
        fewer = self.loose(rule, least)
        self.offer(rule, fewer, least, _count("lower", least, -1), PRICES[family])
        self.program.row([*terms, (runs, -least), (fewer, 1)], least=0)

    def _shares(self, session: Session, everybody: Sequence[Term]) -> None:
        """No agency above its share of those who come, or above the higher share that is up for trade."""
        share, count = attained(session, len(self.problem.people)), len(self.problem.people)
        levels = [self._share_level(session, step, everybody) for step in range(1, _steps(session) + 1)]
        if levels:
            self.program.row([(flag, 1) for flag, _, _ in levels], most=1)
        higher = [(extra, -(reach - share)) for _, extra, reach in levels]
        for agency, people in self.members.items():
            over = self.loose(f"agency_share:{session.id}:{agency}", count, whole=False)
            above = [*self._terms(people, session), *((column, -share * factor) for column, factor in everybody)]
            self.program.row([*_summed(above), *higher, (over, -1)], most=0)

    def _share_level(self, session: Session, step: int, everybody: Sequence[Term]) -> tuple[int, int, float]:
        """A higher share to choose: its flag, a column that is the session's size if it is chosen, and the share."""
        count, share = len(self.problem.people), raised(session, step)
        reach = attained(session, count, share)
        flag = self.program.column()
        self.shut[flag] = 0
        size = self.program.column(count, whole=False)
        self.program.row([(size, 1), (flag, -count)], most=0)
        self.program.row([(size, 1), *((column, -factor) for column, factor in everybody)], most=0)
        rule = f"agency_share:{session.id}"
        self.offers.append(Offer(rule, flag, step * PRICES["agency_share"], 1, _say(f"raise to {share:g}"), (flag,)))
        return flag, size, reach

    def _teams(self, session: Session, most: int) -> None:
        for team, people in self._of_teams.items():
            if len(people) > most:
                rule = f"max_per_team:{session.id}:{team}"
                more = self.loose(rule, len(people) - most)
                self.offer(rule, more, len(people) - most, _count("raise", most, 1), PRICES["max_per_team"])
                self.program.row([*self._terms(people, session), (more, -1)], most=most)

    def _cover(self) -> None:
        """No more of a team away on a date than it can spare."""
        dates = defaultdict(list)
        for session in self.sessions:
            dates[session.date].append(session)
        for team, people in self._of_teams.items():
            most = self.problem.cover.get(team, len(people))
            for date, sessions in dates.items() if len(people) > most else ():
                rule = f"team_cover:{team}:{date}"
                more = self.loose(rule, len(people) - most)
                self.offer(rule, more, len(people) - most, _count("raise", most, 1), PRICES["team_cover"])
                terms = [term for session in sessions for term in self._terms(people, session)]
                self.program.row([*terms, (more, -1)], most=most)

    def _company(self) -> None:
        """Who must not and who must share a session."""
        for one, other in dict.fromkeys(self.problem.keep_apart):
            self._apart(f"keep_apart:{one}:{other}", one, other)
        for manager, report in reports(self.problem):
            self._apart(rule := f"manager:{manager}:{report}", manager, report)
            self.offer(rule, self.open_[rule][0][0], 1, _say("drop"), PRICES["manager"])
        for group in dict.fromkeys(self.problem.keep_together):
            self._together(f"keep_together:{':'.join(group)}", group)

    def _apart(self, rule: str, one: str, other: str) -> None:
        both = self.loose(rule, 1)
        for session in self.sessions:
            terms = [(self.seat[one, session.id], 1), (self.seat[other, session.id], 1), (both, -1)]
            self.program.row(terms, most=1)

    def _together(self, rule: str, group: Sequence[str]) -> None:
        parted = self.loose(rule, 1)
        self.offer(rule, parted, 1, _say("drop"), PRICES["keep_together"])
        for one, other in pairwise(group):
            for session in self.sessions:
                seats = (self.seat[one, session.id], self.seat[other, session.id])
                self.program.row([(seats[0], 1), (seats[1], -1), (parted, -1)], most=0)
                self.program.row([(seats[1], 1), (seats[0], -1), (parted, -1)], most=0)

    def _promises(self) -> None:
        for pin in dict.fromkeys(self.problem.pins):
            rule = f"pin:{pin.person}:{pin.session}"
            dropped = self.loose(rule, 1)
            self.offer(rule, dropped, 1, _say("drop"), PRICES["pin"])
            self.program.row([(self.seat[pin.person, pin.session], 1), (dropped, 1)], least=1)
        for id_ in dict.fromkeys(self.problem.must_place):
            rule = f"must_place:{id_}"
            dropped = self.loose(rule, 1)
            self.offer(rule, dropped, 1, _say("drop"), PRICES["must_place"])
            self.program.row([*((self.seat[id_, one.id], 1) for one in self.sessions), (dropped, 1)], least=1)

    def holds_without(self, dropped: Iterable[str]) -> list[float] | None:
        """A solution of all rules but these, which are broken at will; None where there is none."""
        return self.program.solve(
            {}, self.shut | {column: most for rule in dropped for column, most in self.open_[rule]}
        )

    def also_needed(self, values: list[float], rule: str, others: Iterable[str], out: set[str]) -> list[str]:
        """Where only `rule` stood in the way of this solution: those of `others` of which the same can be seen at once,
        because somebody else could sit there instead. Spares a check for each of hundreds who cannot come.
        """
        sits = [column for column, _ in self.open_[rule] if values[column] > 0.5]
        if not rule.startswith("eligibility:") or len(sits) != 1:
            return []
        session = next(session for (_, session), column in self.seat.items() if column == sits[0])
        return [
            other
            for other in others
            if other not in out and self._could_sit(values, other.removeprefix("eligibility:"), session, sits[0])
        ]

    def _could_sit(self, values: list[float], person: str, session: str, instead: int) -> bool:
        seats = [self.seat[person, one.id] for one in self.sessions]
        here = self.seat[person, session]
        if here not in self.shut or any(values[column] > 0.5 for column in seats):
            return False
        return self.program.still_holds(values, {instead: -1, here: 1})

    def cheapest(self, firm: Collection[str] = ()) -> list[float] | None:
        """The solution in which what is up for trade gives way for the lowest price; `firm` families do not."""
        offers = [offer for offer in self.offers if offer.rule.partition(":")[0] not in firm]
        prices = {offer.column: offer.price for offer in offers}
        return self.program.solve(prices, self.shut | {offer.column: offer.upper for offer in offers})

    def gives_way(self, values: Sequence[float]) -> list[tuple[Offer, int, Edit]]:
        """What gives way in a solution, by how many steps, and how it is said."""
        taken = ((offer, round(values[offer.column])) for offer in self.offers)
        return [
            (offer, steps, Edit(self._named(offer.rule, values), offer.say(steps))) for offer, steps in taken if steps
        ]

    def _named(self, rule: str, values: Sequence[float]) -> str:
        """The rule's id; for a share, that of the agency with the most people in the session."""
        family, _, session = rule.partition(":")
        if family != "agency_share":
            return rule
        come = {
            agency: sum(round(values[self.seat[person.id, session]]) for person in people)
            for agency, people in self.members.items()
        }
        return f"{rule}:{max(come, key=lambda agency: (come[agency], agency))}"


def reports(problem: Allocation) -> list[tuple[str, str]]:
    """Managers and their direct reports, where both are among the people."""
    here = {person.id for person in problem.people}
    pairs = ((person.manager, person.id) for person in problem.people if person.manager != person.id)
    return [(manager, report) for manager, report in pairs if manager is not None and manager in here]


def raised(session: Session, step: int) -> float:
    """The share of a session so many steps of five points higher, at most all of it."""
    return round(min(1.0, session.max_agency_share + float(step * STEP)), 6)


def _steps(session: Session) -> int:
    steps = 1
    while raised(session, steps) < 1:
        steps += 1
    return steps


def attained(session: Session, people: int, share: float | None = None) -> float:
    """The highest share that a whole number of whole people can have without passing the limit. Fractions of people do
    not come, and a limit with many decimals is no trap for the solver's tolerance.
    """
    limit = session.max_agency_share if share is None else share
    most = min(people, 4 * session.capacity + 50)
    return max((floor(limit * size + HAIR) / size for size in range(1, most + 1)), default=limit)


def _summed(terms: Iterable[Term]) -> list[Term]:
    """Each column once, its factors added up."""
    total: dict[int, float] = defaultdict(float)
    for column, factor in terms:
        total[column] += factor
    return list(total.items())


def _say(words: str) -> Callable[[int], str]:
    return lambda _steps: words


def _allow(session: str) -> Callable[[int], str]:
    return _say(f"allow {session}")


def _count(verb: str, now: int, sign: int) -> Callable[[int], str]:
    return lambda steps: f"{verb} to {now + sign * steps}"
