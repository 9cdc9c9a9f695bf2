"""What an assignment is worth and which rules it breaks, counted at once and without the solver. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from lms.cohorts.engine.problem import Allocation, Person, Session

Assignment = Mapping[str, str | None]
NEARLY = 1e-9
FEW_AGENCIES = 3
CANNOT = "cannot be placed in this session"


class Obstacle(StrEnum):
    """Why somebody has no place on a date. `clash` is anything about the person themself, and says no more."""

    CLASH = "clash"
    NOT_RUN = "not-run"
    FULL = "full"
    TEAM = "team"
    COVER = "cover"
    SHARE = "share"
    BETTER = "better"


@dataclass(frozen=True)
class Words:
    """What ids are called: dates, agencies, teams and people."""

    dates: Mapping[str, str] = field(default_factory=dict)
    agencies: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Broken:
    """A rule that an assignment does not keep. One that is `firm` cannot be set aside by giving a reason."""

    rule: str
    sentence: str
    firm: bool = False


@dataclass(frozen=True)
class Board:
    """A problem with an answer to it, ready to be counted."""

    problem: Allocation
    seats: Assignment

    @cached_property
    def people(self) -> dict[str, Person]:
        """Everybody, by id."""
        return {one.id: one for one in self.problem.people}

    @cached_property
    def sessions(self) -> dict[str, Session]:
        """Every date, by id."""
        return {one.id: one for one in self.problem.sessions}

    @cached_property
    def on(self) -> dict[str, list[Person]]:
        """Who is on each date."""
        found: dict[str, list[Person]] = {one.id: [] for one in self.problem.sessions}
        for person in self.problem.people:
            seat = self.seats.get(person.id)
            if seat in found:
                found[seat].append(person)
        return found

    @cached_property
    def waiting(self) -> list[Person]:
        """Who is on none."""
        return [one for one in self.problem.people if self.seats.get(one.id) not in self.sessions]

    @cached_property
    def _known(self) -> frozenset[frozenset[str]]:
        return frozenset(frozenset(pair) for pair in self.problem.known)

    @cached_property
    def _apart(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for one, other in self.problem.apart:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
        return found

    @cached_property
    def away(self) -> Counter[tuple[str, str]]:
        """How many of each team are away on each day."""
        return Counter(
            (one.team, self.sessions[session].date) for session, group in self.on.items() for one in group if one.team
        )

    def meets(self, person: Person, session: str) -> int:
        """How many new people of other agencies this person meets on a date."""
        return sum(
            1
            for one in self.on[session]
            if one.agency != person.agency and frozenset((one.id, person.id)) not in self._known
        )

    @property
    def placed(self) -> int:
        """How many people have a place."""
        return sum(map(len, self.on.values()))

    @cached_property
    def pairs(self) -> int:
        """Pairs of people of different agencies who are new to each other and share a date."""
        return sum(self.meets(one, session) for session, group in self.on.items() for one in group) // 2

    @property
    def average(self) -> float:
        """How many new people of other agencies the average person meets."""
        return 2 * self.pairs / self.placed if self.placed else 0.0

    def known_on(self, session: str) -> tuple[int, int]:
        """How many pairs on a date have trained together, of how many."""
        group = [one.id for one in self.on[session]]
        known = sum(1 for n, one in enumerate(group) for other in group[:n] if frozenset((one, other)) in self._known)
        return known, len(group) * (len(group) - 1) // 2

    def in_bands(self) -> dict[int, tuple[int, int]]:
        """By band: how many are placed, of how many."""
        total = Counter(one.band for one in self.problem.people)
        left = Counter(one.band for one in self.waiting)
        return {band: (total[band] - left[band], total[band]) for band in self.problem.bands}

    def can_be_on(self, person: Person, session: str) -> bool:
        """Whether the person could be on the date, whoever of the others has to make room."""
        if session not in self.problem.eligible[person.id]:
            return False
        return not any(self.seats.get(other) == session for other in self._apart.get(person.id, ()))

    def obstacle(self, person: Person, session: str, instead_of: str | None = None) -> Obstacle | None:
        """Why the person has no place on the date, or None when there is one; perhaps in the place of another."""
        there = self.sessions[session]
        if session not in self.problem.eligible[person.id] or self._meets_apart(person, session, instead_of):
            return Obstacle.CLASH
        group = [one for one in self.on[session] if one.id != instead_of]
        if not group:
            return Obstacle.NOT_RUN
        if len(group) >= there.capacity:
            return Obstacle.FULL
        return self._too_many(person, there, group, instead_of)

    def _meets_apart(self, person: Person, session: str, instead_of: str | None) -> bool:
        others = self._apart.get(person.id, set()) - {instead_of}
        return any(self.seats.get(other) == session for other in others)

    def _too_many(self, person: Person, there: Session, group: list[Person], gone: str | None) -> Obstacle | None:
        if person.team is not None:
            same = sum(1 for one in group if one.team == person.team)
            if there.max_per_team is not None and same >= there.max_per_team:
                return Obstacle.TEAM
            left = self.people[gone] if gone else None
            away = self.away[person.team, there.date] - (left is not None and left.team == person.team)
            if away >= self.problem.cover.get(person.team, away + 1):
                return Obstacle.COVER
        same = sum(1 for one in group if one.agency == person.agency)
        if same + 1 > there.max_agency_share * (len(group) + 1) + NEARLY:
            return Obstacle.SHARE
        return None

    def waits_for_room_alone(self, person: Person, session: str) -> bool:
        """Whether a date is full, and nothing else keeps this person from taking a place that comes free on it."""
        if self.obstacle(person, session) is not Obstacle.FULL:
            return False
        return self._too_many(person, self.sessions[session], self.on[session][:-1], None) is None

    def passed_over(self) -> list[str]:
        """Who waits although somebody of the same agency and band, who has waited less, has a place they could have."""
        pinned = {one.person for one in self.problem.pins}
        return [one.id for one in self.waiting if one.id not in pinned and self._is_passed_over(one, pinned)]

    def _is_passed_over(self, person: Person, pinned: set[str]) -> bool:
        return any(
            other.agency == person.agency
            and other.band == person.band
            and other.waiting_days < person.waiting_days
            and other.id not in pinned
            and self.problem.baseline.get(other.id) != session
            and self.obstacle(person, session, other.id) is None
            for session in self.problem.eligible[person.id]
            for other in self.on[session]
        )

    def broken(self, words: Words) -> list[Broken]:
        """Every rule this assignment breaks, date by date."""
        found = [one for session in self.problem.sessions for one in self._broken_on(session, words)]
        return found + list(self._broken_cover(words))

    def _broken_on(self, there: Session, words: Words) -> Iterator[Broken]:
        group, when = self.on[there.id], words.dates.get(there.id, there.id)
        if not group:
            return
        agencies = Counter(one.agency for one in group)
        sectors = {one.sector for one in group if one.sector}
        if len(group) > there.capacity:
            yield Broken(
                f"capacity:{there.id}",
                f"{when} would have {len(group)} people for {there.capacity} places.",
                firm=True,
            )
        if len(group) < there.min_size:
            least = f"it runs with at least {there.min_size}"
            yield Broken(f"min_size:{there.id}", f"{when} would have {len(group)} people; {least}.")
        if len(agencies) < there.min_agencies:
            yield Broken(
                f"min_agencies:{there.id}",
                f"{when} would have people of {len(agencies)} agencies; you ask for at least {there.min_agencies}.",
            )
        if len(sectors) < there.min_sectors:
            yield Broken(
                f"min_sectors:{there.id}",
                f"{when} would have people of {len(sectors)} sectors; you ask for at least {there.min_sectors}.",
            )
        yield from self._broken_shares(there, agencies, when, words)
        yield from self._broken_for(there, when, words)

    def _broken_shares(self, there: Session, agencies: Counter[str], when: str, words: Words) -> Iterator[Broken]:
        group = self.on[there.id]
        for agency, number in sorted(agencies.items()):
            if number > there.max_agency_share * len(group) + NEARLY:
                share = f"more than {round(100 * there.max_agency_share)}%"
                name = words.agencies.get(agency, agency)
                yield Broken(
                    f"agency_share:{there.id}:{agency}",
                    f"{name} would have {number} of {len(group)} on {when}, {share}.",
                )
        teams = Counter(one.team for one in group if one.team)
        for team, number in sorted(teams.items()):
            if there.max_per_team is not None and number > there.max_per_team:
                name = words.teams.get(team, team)
                yield Broken(
                    f"per_team:{there.id}:{team}",
                    f"{name} would send {number} people on {when}; at most {there.max_per_team} come from one team.",
                )

    def _broken_for(self, there: Session, when: str, words: Words) -> Iterator[Broken]:
        there_now, told = {one.id for one in self.on[there.id]}, set[str]()
        for one in self.on[there.id]:
            unmet = self._apart.get(one.id, set()) & there_now - told  # both names side by side would tell of the pair
            if there.id not in self.problem.eligible[one.id] or unmet:
                told.add(one.id)
                name = words.people.get(one.id, one.id)
                yield Broken(f"clash:{one.id}:{there.id}", f"{name} {CANNOT} ({when}).", firm=True)

    def _broken_cover(self, words: Words) -> Iterator[Broken]:
        for (team, day), number in sorted(self.away.items()):
            most = self.problem.cover.get(team)
            if most is not None and number > most:
                when = next(words.dates.get(one.id, day) for one in self.problem.sessions if one.date == day)
                yield Broken(
                    f"team_cover:{team}:{day}",
                    f"{words.teams.get(team, team)} would have {number} away on {when}; its limit is {most}.",
                )


def moved(seats: Assignment, people: Mapping[str, str | None]) -> dict[str, str | None]:
    """The assignment after these people went to these dates, or to none."""
    return {**seats, **people}


def most_legal(counts: Mapping[str, int], share: float, capacity: int) -> int:
    """The most people a date can have of so many nominated by agency, when none may have more than its share."""
    for size in range(min(capacity, sum(counts.values())), 0, -1):
        most = int(share * size + NEARLY)
        if sum(min(number, most) for number in counts.values()) >= size:
            return size
    return 0


def shortfalls(problem: Allocation, words: Words) -> dict[str, str]:
    """Dates that cannot run whatever the plan, each with the reason and the agencies nobody is nominated from."""
    found = {}
    for there in problem.sessions:
        able = [one for one in problem.people if there.id in problem.eligible[one.id]]
        counts = Counter(one.agency for one in able)
        most = most_legal(counts, there.max_agency_share, there.capacity)
        why = []
        if len(counts) < there.min_agencies:
            why.append(f"people of {len(counts)} agencies can come and you ask for {there.min_agencies}")
        if len({one.sector for one in able}) < there.min_sectors:
            why.append(f"of {len({one.sector for one in able})} sectors and you ask for {there.min_sectors}")
        if most < there.min_size:
            why.append(
                f"{most} of the {len(able)} who can come keep every agency within its share, and it runs with "
                f"{there.min_size}"
            )
        if why:
            missing = sorted(name for agency, name in words.agencies.items() if agency not in counts)
            sentence = f"{words.dates.get(there.id, there.id)} cannot run: {'; '.join(why)}."
            found[there.id] = sentence + (f" Nobody who can come is from {_listed(missing)}." if missing else "")
    return found


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
