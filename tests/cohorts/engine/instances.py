"""Problems made up by dice, and answers to small ones by trying everything: what the engine is held against.

Nothing here uses the engine's own code but the shapes of its problems: the law is written down a second time.
"""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import product
from math import ceil

from lms.cohorts.engine.problem import Allocation, Goal, Guest, Pair, Person, Rotation, Session

NEEDS = ("step_free", "bsl", "quiet")
HAIR = 1e-9


def allocation(seed: int, *, most_people: int = 40, most_sessions: int = 6, promises: float = 0.3) -> Allocation:
    """A problem by dice: of every size up to the most, sometimes tight, sometimes impossible. `promises` is how often
    it has pins or people who must have a place, which alone can make a problem impossible.
    """
    dice = random.Random(f"allocation {seed}")
    sessions = _sessions(dice, dice.randint(1, most_sessions), most_people)
    people = _people(dice, dice.randint(1, most_people), sessions)
    ids, names = [person.id for person in people], [session.id for session in sessions]
    promised = dice.random() < promises
    return Allocation(
        name=f"dice {seed}",
        people=people,
        sessions=sessions,
        cover={f"T{team}": dice.randint(0, 3) for team in range(len(people)) if dice.random() < 0.7},
        keep_apart=_pairs(dice, ids, dice.randint(0, 3)),
        keep_together=_groups(dice, ids),
        pins=_who_where(dice, ids, names, dice.randint(0, 3) if promised else 0),
        forbid=_who_where(dice, ids, names, dice.randint(0, 3)),
        known=_pairs(dice, ids, dice.randint(0, 2 * len(ids))),
        must_place=tuple(dice.sample(ids, min(len(ids), dice.randint(0, 3)))) if promised else (),
        goals=_goals(dice),
        baseline=_told(dice, people, names),
    )


def _sessions(dice: random.Random, count: int, most_people: int) -> tuple[Session, ...]:
    return tuple(
        Session(
            id=f"S{at}",
            date=f"2027-03-0{dice.randint(1, 1 + count // 2)}",
            locality=dice.choice("NS"),
            capacity=dice.randint(1, max(2, most_people // count)),
            min_size=dice.choice((0, 0, 1, 2, 4)),
            min_agencies=dice.choice((0, 0, 1, 2, 3)),
            max_agency_share=dice.choice((1.0, 1.0, 0.67, 0.5, 0.4, 0.34)),
            provides=frozenset(need for need in NEEDS if dice.random() < 0.7),
            min_sectors=dice.choice((0, 0, 0, 2)),
            max_per_team=dice.choice((None, None, 1, 2)),
        )
        for at in range(1, count + 1)
    )


def _people(dice: random.Random, count: int, sessions: tuple[Session, ...]) -> tuple[Person, ...]:
    agencies, able = dice.randint(1, 5), dice.choice((0.3, 0.6, 0.9))
    places = [(f"A{dice.randrange(agencies)}", f"T{dice.randint(0, 1 + count // 3)}") for _ in range(count)]
    return tuple(
        Person(
            id=f"P{at}",
            agency=agency,
            team=team if dice.random() < 0.9 else None,
            role=dice.choice(("manager", "practitioner")),
            locality=dice.choice("NS"),
            band=dice.randint(1, 3),
            waiting_days=dice.randint(0, 12) * 10,
            needs=frozenset(need for need in NEEDS if dice.random() < 0.1),
            sessions=tuple(session.id for session in sessions if dice.random() < able),
            sector=dice.choice(("health", "police", "care", None)),
            manager=f"P{dice.randint(1, count)}" if dice.random() < 0.1 else None,
        )
        for at, (agency, team) in enumerate(places, start=1)
    )


def _pairs(dice: random.Random, ids: list[str], count: int) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(tuple(dice.sample(ids, 2)) for _ in range(count))) if len(ids) > 1 else ()


def _groups(dice: random.Random, ids: list[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(dice.sample(ids, dice.randint(2, 3))) for _ in range(dice.randint(0, 2)) if len(ids) > 3)


def _who_where(dice: random.Random, ids: list[str], names: list[str], count: int) -> tuple[Pair, ...]:
    return tuple(dict.fromkeys(Pair(dice.choice(ids), dice.choice(names)) for _ in range(count)))


def _goals(dice: random.Random) -> tuple[Goal, ...]:
    goals = [Goal.PLACED, *dice.sample([Goal.STABILITY, Goal.MIXING], 2)]
    return (*goals, Goal.FAIRNESS) if dice.random() < 0.3 else tuple(goals)


def _told(dice: random.Random, people: tuple[Person, ...], names: list[str]) -> dict[str, str]:
    if dice.random() < 0.6:
        return {}
    return {person.id: dice.choice(person.sessions or names) for person in people if dice.random() < 0.5}


def rotation(seed: int, *, most_tables: int = 6) -> Rotation:
    """Tables by dice: sizes that differ by one, a few pairs kept apart, some who met before."""
    dice = random.Random(f"rotation {seed}")
    tables = dice.randint(1, most_tables)
    sizes = [dice.randint(2, 5)] * tables
    sizes = [size + (at < dice.randint(0, tables)) for at, size in enumerate(sizes)]
    ids = [f"P{at}" for at in range(1, sum(sizes) + 1)]
    agencies = dice.randint(1, 6)
    guests = tuple(
        Guest(id_, f"A{dice.randrange(agencies)}", team=f"T{dice.randint(0, len(ids) // 3)}", manager=None, seat=None)
        for id_ in ids
    )
    return Rotation(
        name=f"dice {seed}",
        people=guests,
        table_sizes=tuple(sizes),
        rounds=dice.randint(1, 5),
        keep_apart=_pairs(dice, ids, dice.choice((0, 0, 1, 3, 8))),
        known=_pairs(dice, ids, dice.randint(0, len(ids))),
    )


Assignment = dict[str, str | None]


def every_assignment(problem: Allocation, *, anywhere: bool = False) -> Iterator[Assignment]:
    """Every way to place people, or leave them without: where they can come, or with `anywhere` where their needs are
    met or not.
    """
    names = [session.id for session in problem.sessions]
    ids = [person.id for person in problem.people]
    options = [[None, *(names if anywhere else can_come(problem, person))] for person in problem.people]
    for choice in product(*options):
        yield dict(zip(ids, choice, strict=True))


def can_come(problem: Allocation, person: Person) -> list[str]:
    """Where a person could sit."""
    return [
        session.id
        for session in problem.sessions
        if session.id in person.sessions
        and person.needs <= session.provides
        and Pair(person.id, session.id) not in problem.forbid
    ]


def is_legal(problem: Allocation, places: Assignment) -> bool:
    """Whether every rule is kept; people sit only where they can come."""
    seated = {session.id: [p for p in problem.people if places[p.id] == session.id] for session in problem.sessions}
    if not all(_session_is_legal(session, seated[session.id]) for session in problem.sessions if seated[session.id]):
        return False
    dates = {session.id: session.date for session in problem.sessions}
    away = Counter((person.team, dates[places[person.id]]) for person in problem.people if places[person.id])
    if any(number > problem.cover.get(team, number) for (team, _), number in away.items()):
        return False
    people = {person.id for person in problem.people}
    apart = [*problem.keep_apart, *((p.id, p.manager) for p in problem.people if p.manager in people - {p.id})]
    return (
        not any(places[one] and places[one] == places[other] for one, other in apart)
        and all(len({places[id_] for id_ in group}) == 1 for group in problem.keep_together)
        and all(places[pin.person] == pin.session for pin in problem.pins)
        and all(places[id_] for id_ in problem.must_place)
    )


def _session_is_legal(session: Session, seated: list[Person]) -> bool:
    agencies = Counter(person.agency for person in seated)
    teams = Counter(person.team for person in seated if person.team is not None)
    sectors = {person.sector for person in seated} - {None}
    return (
        session.min_size <= len(seated) <= session.capacity
        and len(agencies) >= session.min_agencies
        and max(agencies.values()) <= session.max_agency_share * len(seated) + HAIR
        and len(sectors) >= session.min_sectors
        and (session.max_per_team is None or max(teams.values(), default=0) <= session.max_per_team)
    )


def key(problem: Allocation, places: Assignment) -> tuple[int, ...]:
    """What plans compare by: the levels up to mixing and stability, in the problem's order; fairness is not a level of
    brute force, since it may cost mixing.
    """
    people = {person.id: person for person in problem.people}
    known = {frozenset(pair) for pair in problem.known}
    mixing = sum(
        1
        for one, a in people.items()
        for other, b in people.items()
        if one < other
        and places[one]
        and places[one] == places[other]
        and a.agency != b.agency
        and frozenset((one, other)) not in known
    )
    bands = sorted({person.band for person in problem.people})
    levels = {
        Goal.PLACED: [sum(1 for p in problem.people if p.band == band and places[p.id]) for band in bands],
        Goal.MIXING: [mixing],
        Goal.STABILITY: [-sum(1 for id_, told in problem.baseline.items() if places[id_] != told)],
    }
    return tuple(value for goal in problem.goals if goal in levels for value in levels[goal])


def best(problem: Allocation) -> tuple[int, ...] | None:
    """The best key that any legal plan has, by trying all; None where there is no legal plan."""
    return max((key(problem, one) for one in every_assignment(problem) if is_legal(problem, one)), default=None)


def price(problem: Allocation, places: Assignment) -> int | None:
    """What it costs to make these places legal, rule by rule; None where money cannot buy it."""
    people = {person.id: person for person in problem.people}
    if any(places[a] and places[a] == places[b] for a, b in problem.keep_apart):
        return None
    total = 0
    for session in problem.sessions:
        seated = [person for person in problem.people if places[person.id] == session.id]
        if any(not person.needs <= session.provides for person in seated):
            return None
        total += _price_of_session(session, seated) if seated else 0
        total += sum(2 * (session.id not in person.sessions) for person in seated)
        total += sum(3 * (Pair(person.id, session.id) in problem.forbid) for person in seated)
    dates = {session.id: session.date for session in problem.sessions}
    away = Counter((person.team, dates[places[person.id]]) for person in problem.people if places[person.id])
    total += sum(2 * max(0, number - problem.cover.get(team, number)) for (team, _), number in away.items())
    reports = [(p.id, p.manager) for p in problem.people if p.manager in people and p.manager != p.id]
    total += sum(4 for one, other in reports if places[one] and places[one] == places[other])
    total += sum(3 for group in problem.keep_together if len({places[id_] for id_ in group}) > 1)
    total += sum(3 for pin in problem.pins if places[pin.person] != pin.session)
    return total + sum(4 for id_ in problem.must_place if not places[id_])


def _price_of_session(session: Session, seated: list[Person]) -> int:
    agencies = Counter(person.agency for person in seated)
    teams = Counter(person.team for person in seated if person.team is not None)
    sectors = {person.sector for person in seated} - {None}
    share = max(agencies.values()) / len(seated) - session.max_agency_share
    limit = len(seated) if session.max_per_team is None else session.max_per_team
    return (
        2 * max(0, len(seated) - session.capacity)
        + 2 * max(0, session.min_size - len(seated))
        + 3 * max(0, session.min_agencies - len(agencies))
        + 3 * max(0, session.min_sectors - len(sectors))
        + max(0, ceil(share / 0.05 - 1e-6))
        + sum(2 * max(0, number - limit) for number in teams.values())
    )


def large(*, people: int, sessions: int) -> Allocation:
    """An ordinary problem of any size: everybody could come to up to twenty sessions of twenty-two seats."""
    dice = random.Random(f"large {people} {sessions}")
    days = tuple(
        Session(f"S{n:04}", f"2027-{1 + n % 12:02}-{1 + n // 12 % 28:02}", "N", 22, 8, 3, 0.5) for n in range(sessions)
    )
    names = [day.id for day in days]
    crowd = tuple(
        Person(
            id=f"P{n:05}",
            agency=dice.choice("AABBCCDEF"),
            team=f"T{n % (people // 8 + 1)}",
            role="practitioner",
            locality="N",
            band=dice.choice((1, 2, 2, 3, 3, 3, 4, 4)),
            waiting_days=dice.randrange(400),
            needs=frozenset(),
            sessions=tuple(sorted(dice.sample(names, min(20, sessions)))),
        )
        for n in range(people)
    )
    return Allocation(f"large {people}", crowd, days, {person.team: 2 for person in crowd})
