"""The judge of places: rules broken, figures, who was unfairly passed over. Pure; `judge` names the rules."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

from lms.cohorts.engine.problem import Allocation, Goal, Person, Session
from lms.cohorts.engine.verdict import AllocationFigures, Broken

# Shares are given in decimals, which binary fractions miss by a hair: 30% of 10 people are 3.
HAIR = 1e-9


class Rooms:
    """Who sits where by a plan, and what the rules say of people and sessions, read straight from the problem."""

    def __init__(self, problem: Allocation, assignment: Mapping[str, str | None]) -> None:
        self.problem = problem
        self.people = {person.id: person for person in problem.people}
        self.sessions = {session.id: session for session in problem.sessions}
        self.place = {id_: session for id_, session in assignment.items() if session}
        self.seated: dict[str, list[Person]] = defaultdict(list)
        for id_, session in self.place.items():
            if id_ in self.people and session in self.sessions:
                self.seated[session].append(self.people[id_])
        self.away = Counter(
            (person.team, self.sessions[session].date)
            for session, seated in self.seated.items()
            for person in seated
            if person.team is not None
        )

    def may_come(self, person: Person, session: Session) -> bool:
        """Whether this person could sit in this session, whoever else comes."""
        available = session.id in person.sessions and person.needs <= session.provides
        return available and (person.id, session.id) not in self.forbidden

    @cached_property
    def forbidden(self) -> set[tuple[str, str]]:
        """Who must not sit where."""
        return {(one.person, one.session) for one in self.problem.forbid}

    @cached_property
    def reports(self) -> list[tuple[str, str]]:
        """Managers and their reports, where both are here."""
        pairs = ((person.manager, person.id) for person in self.problem.people)
        return [(manager, report) for manager, report in pairs if manager in self.people and manager != report]

    @cached_property
    def foes(self) -> dict[str, set[str]]:
        """With whom each person must not share a session."""
        foes: dict[str, set[str]] = defaultdict(set)
        for one, other in (*self.problem.keep_apart, *self.reports):
            foes[one].add(other)
            foes[other].add(one)
        return foes


def broken(rooms: Rooms) -> Iterator[Broken]:
    """Each rule the places break."""
    for id_, place in sorted(rooms.place.items()):
        person, there = rooms.people.get(id_), rooms.sessions.get(place)
        if person is None or there is None or not rooms.may_come(person, there):
            yield Broken(f"eligibility:{id_}", f"{id_} cannot sit in {place}.")
    for session in rooms.problem.sessions:
        if rooms.seated[session.id]:
            yield from _broken_sizes(session, rooms.seated[session.id])
            yield from _broken_shares(session, rooms.seated[session.id])
    for (team, date), away in sorted(rooms.away.items()):
        most = rooms.problem.cover.get(team, away)
        if away > most:
            yield Broken(
                f"team_cover:{team}:{date}", f"{away} of team {team} are away on {date}; at most {most} may be."
            )
    yield from _broken_company(rooms)
    yield from _broken_promises(rooms)


def _broken_sizes(session: Session, seated: list[Person]) -> Iterator[Broken]:
    agencies = {person.agency for person in seated}
    sectors = {person.sector for person in seated if person.sector is not None}
    for rule, number, least, what in (
        ("min_size", len(seated), session.min_size, "people"),
        ("min_agencies", len(agencies), session.min_agencies, "agencies"),
        ("min_sectors", len(sectors), session.min_sectors, "sectors"),
    ):
        if number < least:
            yield Broken(f"{rule}:{session.id}", f"{session.id} has {number} {what}; at least {least} must come.")
    if len(seated) > session.capacity:
        sentence = f"{session.id} has {len(seated)} people and {session.capacity} seats."
        yield Broken(f"capacity:{session.id}", sentence)


def _broken_shares(session: Session, seated: list[Person]) -> Iterator[Broken]:
    for agency, number in sorted(Counter(person.agency for person in seated).items()):
        if number > session.max_agency_share * len(seated) + HAIR:
            sentence = (
                f"{number} of {len(seated)} in {session.id} are of {agency}; {session.max_agency_share:.0%} may be."
            )
            yield Broken(f"agency_share:{session.id}:{agency}", sentence)
    for team, number in sorted(Counter(person.team for person in seated if person.team is not None).items()):
        if session.max_per_team is not None and number > session.max_per_team:
            sentence = f"{number} in {session.id} are of team {team}; at most {session.max_per_team} may be."
            yield Broken(f"max_per_team:{session.id}:{team}", sentence)


def _broken_company(rooms: Rooms) -> Iterator[Broken]:
    place = rooms.place
    for rule, pairs in (("keep_apart", rooms.problem.keep_apart), ("manager", rooms.reports)):
        for one, other in pairs:
            if one in place and place[one] == place.get(other):
                yield Broken(f"{rule}:{one}:{other}", f"{one} and {other} must not share {place[one]}.")
    for group in rooms.problem.keep_together:
        if len({place.get(id_) for id_ in group}) > 1:
            yield Broken(f"keep_together:{':'.join(group)}", f"{', '.join(group)} must share a session or all wait.")


def _broken_promises(rooms: Rooms) -> Iterator[Broken]:
    for pin in rooms.problem.pins:
        if rooms.place.get(pin.person) != pin.session:
            yield Broken(f"pin:{pin.person}:{pin.session}", f"{pin.person} must sit in {pin.session}.")
    for id_ in rooms.problem.must_place:
        if id_ not in rooms.place:
            yield Broken(f"must_place:{id_}", f"{id_} must have a place.")


def figures(rooms: Rooms) -> tuple[AllocationFigures, tuple[int, ...]]:
    """The figures, and the key they make in the order of the problem's goals."""
    problem = rooms.problem
    placed = dict.fromkeys(sorted({person.band for person in problem.people}), 0)
    for id_ in rooms.place.keys() & rooms.people.keys():
        placed[rooms.people[id_].band] += 1
    mixing = _mixing(rooms)
    moved = sum(1 for id_, told in problem.baseline.items() if rooms.place.get(id_) != told)
    passed_over = tuple(_passed_over(rooms))
    answer = AllocationFigures(
        placed=placed,
        mixing=mixing,
        moved=moved,
        passed_over=passed_over,
        met=2 * mixing / max(1, sum(placed.values())),
        sessions_run=sum(1 for seated in rooms.seated.values() if seated),
    )
    levels = {
        Goal.PLACED: tuple(placed.values()),
        Goal.MIXING: (mixing,),
        Goal.STABILITY: (-moved,),
        Goal.FAIRNESS: (-len(passed_over),),
    }
    return answer, tuple(value for goal in problem.goals for value in levels[goal])


def _mixing(rooms: Rooms) -> int:
    """Pairs in one session, of different agencies, who had not trained together before."""
    pairs = 0
    for seated in rooms.seated.values():
        agencies = Counter(person.agency for person in seated)
        pairs += (len(seated) ** 2 - sum(number**2 for number in agencies.values())) // 2
    known = {frozenset(pair) for pair in rooms.problem.known}
    return pairs - sum(1 for pair in known if len(pair) == 2 and _meet_across(rooms, *pair))


def _meet_across(rooms: Rooms, one: str, other: str) -> bool:
    people, place = rooms.people, rooms.place
    if one not in people or other not in people or one not in place:
        return False
    return place[one] == place.get(other) and people[one].agency != people[other].agency


Seat = tuple[str, int, str]


def _passed_over(rooms: Rooms) -> Iterator[str]:
    """People without a place who could legally have the seat of one who has waited less."""
    bound = {id_ for group in rooms.problem.keep_together for id_ in group}
    kept = bound.union((pin.person for pin in rooms.problem.pins), rooms.problem.must_place)
    seats: dict[Seat, list[Person]] = defaultdict(list)
    for session, seated in rooms.seated.items():
        for person in seated:
            if person.id not in kept:
                seats[session, person.band, person.agency].append(person)
    for person in rooms.problem.people:
        if person.id not in rooms.place and person.id not in bound and _could_replace(rooms, person, seats):
            yield person.id


def _could_replace(rooms: Rooms, person: Person, seats: Mapping[Seat, list[Person]]) -> bool:
    return any(
        other.waiting_days < person.waiting_days and _fits(rooms, person, other, rooms.sessions[session])
        for session in person.sessions
        if session in rooms.sessions and rooms.may_come(person, rooms.sessions[session])
        for other in seats.get((session, person.band, person.agency), ())
    )


def _fits(rooms: Rooms, person: Person, other: Person, session: Session) -> bool:
    """Whether the session stays legal with this person in the place of the other, who is of the same agency."""
    if any(rooms.place.get(foe) == session.id for foe in rooms.foes[person.id] if foe != other.id):
        return False
    seated = rooms.seated[session.id]
    if person.team is not None and person.team != other.team:
        of_team = sum(1 for one in seated if one.team == person.team)
        if session.max_per_team is not None and of_team >= session.max_per_team:
            return False
        if rooms.away[person.team, session.date] >= rooms.problem.cover.get(person.team, len(rooms.people)):
            return False
    after = {one.sector for one in seated if one.id != other.id} | {person.sector}
    return len(after - {None}) >= session.min_sectors
