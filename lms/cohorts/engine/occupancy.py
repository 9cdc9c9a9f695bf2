"""Who sits where while a plan is being made, counted so that the effect of one change is known at once. Pure.

People, sessions, agencies, teams and dates are numbers here, in the order of their identities, so that the same problem
gives the same plan. `NOWHERE` stands for a person without a place.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import floor

from lms.cohorts.engine.problem import Allocation

NOWHERE = -1
HAIR = 1e-9


class Layout:
    """A problem in numbers; nothing here changes while plans are made."""

    def __init__(self, problem: Allocation) -> None:
        self.problem = problem
        self.people = sorted(problem.people, key=lambda one: one.id)
        self.sessions = sorted(problem.sessions, key=lambda one: one.id)
        self.person = {one.id: number for number, one in enumerate(self.people)}
        self.session = {one.id: number for number, one in enumerate(self.sessions)}
        self.agencies = sorted({one.agency for one in self.people})
        self.sectors = sorted({one.sector for one in self.people if one.sector})
        self.teams = sorted({one.team for one in self.people if one.team})
        self.dates = sorted({one.date for one in self.sessions})
        agency, team = ({name: n for n, name in enumerate(names)} for names in (self.agencies, self.teams))
        sector, date = ({name: n for n, name in enumerate(names)} for names in (self.sectors, self.dates))
        self.agency = [agency[one.agency] for one in self.people]
        self.team = [team[one.team] if one.team else NOWHERE for one in self.people]
        self.sector = [sector[one.sector] if one.sector else NOWHERE for one in self.people]
        self.band = [one.band for one in self.people]
        self.date = [date[one.date] for one in self.sessions]
        self.cover = [problem.cover.get(name) for name in self.teams]
        self.eligible = [[self.session[id_] for id_ in sorted(problem.eligible[one.id])] for one in self.people]
        self.can = [frozenset(one) for one in self.eligible]
        self.apart = self._neighbours(problem.apart)
        self.known = self._neighbours(
            (p, q)
            for p, q in problem.known
            if p in self.person and q in self.person and self.agency[self.person[p]] != self.agency[self.person[q]]
        )
        self.groups = [
            sorted({self.person[id_] for id_ in group if id_ in self.person}) for group in problem.keep_together
        ]
        self.pins = {
            self.person[one.person]: self.session[one.session] for one in problem.pins if one.session in self.session
        }
        self.torn = {
            one.person
            for one in problem.pins
            if self.pins.get(self.person[one.person]) != self.session.get(one.session)
        }
        self.must = {self.person[id_] for id_ in problem.must_place}
        self.base = {
            self.person[p]: self.session.get(s, NOWHERE) for p, s in problem.baseline.items() if p in self.person and s
        }
        self.tied = set(self.pins) | {one for group in self.groups for one in group}

    def _neighbours(self, pairs: Iterable[tuple[str, str]]) -> list[list[int]]:
        found: list[set[int]] = [set() for _ in self.people]
        for p, q in pairs:
            if p in self.person and q in self.person and p != q:
                found[self.person[p]].add(self.person[q])
                found[self.person[q]].add(self.person[p])
        return [sorted(one) for one in found]

    def most_of_agency(self, session: int, size: int) -> int:
        """How many of `size` people one agency may be."""
        return floor(self.sessions[session].max_agency_share * size + HAIR)

    def assignment(self, at: list[int]) -> dict[str, str | None]:
        """The seats by identity, everybody in order of identity."""
        return {one.id: None if at[p] == NOWHERE else self.sessions[at[p]].id for p, one in enumerate(self.people)}


class Occupancy:
    """Who sits where, with the counts that the rules need."""

    def __init__(self, layout: Layout, at: Iterable[int] | None = None) -> None:
        self.layout = layout
        self.at = [NOWHERE] * len(layout.people)
        sessions = range(len(layout.sessions))
        self.size = [0 for _ in sessions]
        self.of_agency = [[0] * len(layout.agencies) for _ in sessions]
        self.distinct = [0 for _ in sessions]
        self.of_sector = [[0] * len(layout.sectors) for _ in sessions]
        self.of_team: list[dict[int, int]] = [defaultdict(int) for _ in sessions]
        self.away = [[0] * len(layout.dates) for _ in layout.teams]
        for person, session in enumerate(at or ()):
            if session != NOWHERE:
                self.put(person, session)

    def put(self, person: int, session: int) -> None:
        """Give the person a place there; they had none."""
        self.at[person] = session
        self._count(person, session, 1)

    def take(self, person: int) -> int:
        """Take the person's place away; returns where it was."""
        session = self.at[person]
        self.at[person] = NOWHERE
        self._count(person, session, -1)
        return session

    def _count(self, person: int, session: int, by: int) -> None:
        layout = self.layout
        counts, agency = self.of_agency[session], layout.agency[person]
        self.size[session] += by
        self.distinct[session] += (counts[agency] == 0) - (counts[agency] + by == 0)
        counts[agency] += by
        if (sector := layout.sector[person]) != NOWHERE:
            self.of_sector[session][sector] += by
        if (team := layout.team[person]) != NOWHERE:
            self.of_team[session][team] += by
            self.away[team][layout.date[session]] += by

    def gain(self, person: int, session: int) -> int:
        """Whom the person would newly meet there: people of other agencies they do not know. They are not there."""
        at = self.at
        known = sum(at[other] == session for other in self.layout.known[person])
        return self.size[session] - self.of_agency[session][self.layout.agency[person]] - known

    def fits_beside(self, person: int, session: int) -> bool:
        """Whether cover, team and keep-apart rules let the person, who has no place now, in. Not size nor agencies."""
        layout = self.layout
        team = layout.team[person]
        if team != NOWHERE:
            most = layout.cover[team]
            if most is not None and self.away[team][layout.date[session]] >= most:
                return False
            at_most = layout.sessions[session].max_per_team
            if at_most is not None and self.of_team[session].get(team, 0) >= at_most:
                return False
        at = self.at
        return all(at[other] != session for other in layout.apart[person])

    def is_sound(self, session: int) -> bool:
        """Whether the session's own rules of size and agencies hold; an empty one does not run and is sound."""
        size, rules = self.size[session], self.layout.sessions[session]
        if not size:
            return True
        return (
            rules.min_size <= size <= rules.capacity
            and self.distinct[session] >= rules.min_agencies
            and max(self.of_agency[session]) <= self.layout.most_of_agency(session, size)
            and (not rules.min_sectors or sum(map(bool, self.of_sector[session])) >= rules.min_sectors)
        )

    def is_legal(self) -> bool:
        """Whether every rule holds."""
        return not any(self.faults())

    def faults(self) -> Iterator[str]:
        """What is broken, kind by kind."""
        layout, at = self.layout, self.at
        yield from ("session" for s in range(len(layout.sessions)) if not self.is_sound(s))
        yield from ("eligible" for p, s in enumerate(at) if s != NOWHERE and s not in layout.can[p])
        yield from ("pin" for p, s in layout.pins.items() if at[p] != s)
        yield from ("must" for p in layout.must if at[p] == NOWHERE)
        yield from ("together" for group in layout.groups if len({at[p] for p in group}) > 1)
        for person, others in enumerate(layout.apart):
            yield from ("apart" for q in others if at[person] != NOWHERE and at[q] == at[person])
        for team, most in enumerate(layout.cover):
            yield from ("cover" for away in self.away[team] if most is not None and away > most)
        for session, rules in enumerate(layout.sessions):
            most = rules.max_per_team
            yield from ("team" for n in self.of_team[session].values() if most is not None and n > most)

    def mixing(self) -> int:
        """Pairs in one session, of different agencies, who did not know each other."""
        pairs = 0
        for session, size in enumerate(self.size):
            pairs += size * (size - 1) // 2 - sum(n * (n - 1) // 2 for n in self.of_agency[session])
        at = self.at
        known = sum(
            at[p] != NOWHERE and at[q] == at[p] for p, others in enumerate(self.layout.known) for q in others if p < q
        )
        return pairs - known

    def placed(self) -> list[int]:
        """People with a place, band by band, most urgent first."""
        counts = Counter(band for band, session in zip(self.layout.band, self.at, strict=True) if session != NOWHERE)
        return [counts[band] for band in self.layout.problem.bands]

    def moves(self) -> int:
        """People who are not where the baseline had them."""
        return sum(self.at[person] != session for person, session in self.layout.base.items())


def seats(layout: Layout, assignment: Mapping[str, str | None]) -> list[int]:
    """The seats by number."""
    return [layout.session.get(assignment.get(one.id) or "", NOWHERE) for one in layout.people]
