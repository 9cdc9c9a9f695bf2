"""The exact side of placing people on sessions: a mixed integer model, solved level by level by HiGHS.

One binary for each person and session they could sit in, one for each session that may run or not. Every rule is a row;
a level, once reached, becomes a row too. Pairs of one agency are a convex cost of the number of its people, so steps of
that number need no integrality; only where a session's size is open do its own steps.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, floor, inf

import highspy
import numpy as np

from lms.cohorts.engine.occupancy import NOWHERE, Layout

Terms = Mapping[int, float]
CLOSE = 1e-6


@dataclass
class Answer:
    """What came of one level: seats (None when there are none), its value, the best any plan could have, whether the
    rules can hold at all, and the work it took in steps of the simplex method, which no clock changes.
    """

    at: list[int] | None
    value: float
    bound: float
    impossible: bool = False
    work: int = 0


@dataclass
class _Rows:
    starts: list[int] = field(default_factory=lambda: [0])
    columns: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)

    def add(self, terms: Terms, lower: float, upper: float) -> None:
        self.columns.extend(terms)
        self.values.extend(terms.values())
        self.starts.append(len(self.columns))
        self.lower.append(lower)
        self.upper.append(upper)


class Model:
    """The model of one problem. `free` are the sessions whose people may change, all unless named; `at` are the seats
    of the others, who stay.
    """

    def __init__(self, layout: Layout, free: Iterable[int] | None = None, at: Sequence[int] | None = None) -> None:
        self.layout = layout
        self.free = frozenset(range(len(layout.sessions)) if free is None else free)
        self.fixed = {p: s for p, s in enumerate(at or ()) if s != NOWHERE and s not in self.free}
        self.rows = _Rows()
        self.upper: list[float] = []
        self.integral: list[bool] = []
        self.x: dict[tuple[int, int], int] = {}
        self.sitting: list[dict[int, int]] = [{} for _ in layout.people]
        self.inside: list[list[int]] = [[] for _ in layout.sessions]
        self.mixing_terms: dict[int, float] | None = None
        for person, sessions in enumerate(layout.eligible):
            for session in sessions if person not in self.fixed else ():
                if session in self.free:
                    column = self._column(1, integral=True)
                    self.x[person, session] = self.sitting[person][session] = column
                    self.inside[session].append(person)
        self.feasible_pins = True
        self._people()
        for session in sorted(self.free):
            self._session(session)
        self._teams()
        self._pairs()

    def _column(self, upper: float, *, integral: bool) -> int:
        self.upper.append(upper)
        self.integral.append(integral)
        return len(self.upper) - 1

    def _people(self) -> None:
        layout = self.layout
        for person, seats in enumerate(self.sitting):
            pinned = layout.pins.get(person)
            if pinned is not None and person not in self.fixed:
                if pinned not in seats:
                    self.feasible_pins = False
                    return
                self.rows.add({seats[pinned]: 1}, 1, 1)
            if person in layout.must and person not in self.fixed and not seats:
                self.feasible_pins = False
            if seats:
                needed = 1 if person in layout.must and person not in self.fixed else 0
                self.rows.add(dict.fromkeys(seats.values(), 1), needed, 1)

    def _by(self, session: int, kind: Sequence[int]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for person in self.inside[session]:
            if kind[person] != NOWHERE:
                found[kind[person]].append(self.x[person, session])
        return found

    def _session(self, session: int) -> None:
        rules, layout = self.layout.sessions[session], self.layout
        everyone = {self.x[person, session]: 1.0 for person in self.inside[session]}
        if not everyone:
            return
        run = self._column(1, integral=True)
        self.rows.add({**everyone, run: -rules.capacity}, -inf, 0)
        self.rows.add({**everyone, run: -max(1, rules.min_size)}, 0, inf)
        agencies = self._by(session, layout.agency)
        for columns in agencies.values():
            if rules.max_agency_share < 1:
                share = rules.max_agency_share
                terms = dict.fromkeys(everyone, -share) | dict.fromkeys(columns, 1 - share)
                self.rows.add(terms, -inf, CLOSE)
        if rules.min_agencies > 1:  # everybody has an agency, but not everybody a sector
            self._different(run, agencies, rules.min_agencies)
        self._different(run, self._by(session, layout.sector), rules.min_sectors)
        if rules.max_per_team is not None:
            for columns in self._by(session, layout.team).values():
                if len(columns) > rules.max_per_team:
                    self.rows.add(dict.fromkeys(columns, 1), -inf, rules.max_per_team)

    def _different(self, run: int, groups: Mapping[int, Sequence[int]], least: int) -> None:
        if least <= 0:
            return
        present = {}
        for _, columns in sorted(groups.items()):
            there = self._column(1, integral=False)
            self.rows.add({there: 1, **dict.fromkeys(columns, -1)}, -inf, 0)
            present[there] = 1.0
        self.rows.add({**present, run: -least}, 0, inf)

    def _teams(self) -> None:
        layout = self.layout
        out: dict[tuple[int, int], list[int]] = defaultdict(list)
        for (person, session), column in self.x.items():
            if layout.team[person] != NOWHERE:
                out[layout.team[person], layout.date[session]].append(column)
        away: dict[tuple[int, int], int] = defaultdict(int)
        for person, session in self.fixed.items():
            away[layout.team[person], layout.date[session]] += 1
        for (team, date), columns in out.items():
            most = layout.cover[team]
            if most is not None and len(columns) + away[team, date] > most:
                self.rows.add(dict.fromkeys(columns, 1), -inf, most - away[team, date])

    def _pairs(self) -> None:
        layout = self.layout
        for person, others in enumerate(layout.apart):
            for other in (one for one in others if one > person):
                for session, column in self.sitting[person].items():
                    if (other, session) in self.x:
                        self.rows.add({column: 1, self.x[other, session]: 1}, -inf, 1)
        for group in layout.groups:
            for first, second in pairwise(group):
                self._tie(first, second)

    def _tie(self, first: int, second: int) -> None:
        """Both in one session or both without a place."""
        one, two = self.sitting[first], self.sitting[second]
        for session in sorted(one.keys() | two.keys()):
            terms: dict[int, float] = {}
            if session in one:
                terms[one[session]] = 1
            if session in two:
                terms[two[session]] = -1
            self.rows.add(terms, 0, 0)

    def band(self, band: int) -> dict[int, float]:
        """What a level of placement adds up: everybody of the band who has a place."""
        return {column: 1 for (person, _), column in self.x.items() if self.layout.band[person] == band}

    def staying(self) -> dict[int, float]:
        """What the level of stability adds up: everybody who stays where the baseline has them."""
        found = {}
        for person, session in self.layout.base.items():
            if (person, session) in self.x:
                found[self.x[person, session]] = 1.0
        return found

    def mixing(self) -> dict[int, float]:
        """What the level of mixing adds up: pairs in a session, less those of one agency, less those who know each
        other. Adds its own columns and rows, once.
        """
        if self.mixing_terms is None:
            self.mixing_terms = {}
            for session in sorted(self.free):
                self._mixing_of(session)
            self._knowing()
        return self.mixing_terms

    def _mixing_of(self, session: int) -> None:
        assert self.mixing_terms is not None
        rules = self.layout.sessions[session]
        everyone = [self.x[person, session] for person in self.inside[session]]
        most = min(rules.capacity, len(everyone))
        steps = [self._column(1, integral=True) for _ in range(most)]
        for number, column in enumerate(steps):
            self.mixing_terms[column] = float(number)
        for first, second in pairwise(steps):
            self.rows.add({first: 1, second: -1}, 0, inf)
        if everyone:
            self.rows.add({**dict.fromkeys(everyone, 1), **dict.fromkeys(steps, -1)}, 0, 0)
        for columns in self._by(session, self.layout.agency).values():
            limit = min(len(columns), self.layout.most_of_agency(session, rules.capacity))
            own = [self._column(1, integral=False) for _ in range(limit)]
            for number, column in enumerate(own):
                if number:
                    self.mixing_terms[column] = -float(number)
            self.rows.add({**dict.fromkeys(columns, 1), **dict.fromkeys(own, -1)}, 0, 0)

    def _knowing(self) -> None:
        assert self.mixing_terms is not None
        for person, others in enumerate(self.layout.known):
            for other in (one for one in others if one > person):
                for session, column in self.sitting[person].items():
                    if (other, session) in self.x:
                        both = self._column(1, integral=False)
                        self.rows.add({both: 1, column: -1, self.x[other, session]: -1}, -1, inf)
                        self.mixing_terms[both] = -1.0

    def hold(self, terms: Terms, least: float) -> None:
        """From now on this sum is at least so much."""
        self.rows.add(terms, least - CLOSE, inf)

    def _lp(self, terms: Terms, *, relaxed: bool) -> highspy.HighsLp:
        lp, rows = highspy.HighsLp(), self.rows
        columns = len(self.upper)
        lp.num_col_, lp.num_row_ = columns, len(rows.lower)
        cost = np.zeros(columns)
        for column, value in terms.items():
            cost[column] = value
        lp.col_cost_ = cost
        lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.array(self.upper, dtype=float)
        lp.row_lower_, lp.row_upper_ = np.array(rows.lower, dtype=float), np.array(rows.upper, dtype=float)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array(rows.starts, dtype=np.int32)
        lp.a_matrix_.index_ = np.array(rows.columns, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(rows.values, dtype=float)
        lp.sense_ = highspy.ObjSense.kMaximize
        if not relaxed:
            kinds = highspy.HighsVarType
            lp.integrality_ = [kinds.kInteger if one else kinds.kContinuous for one in self.integral]
        return lp

    def bound(self, terms: Terms, seconds: float) -> float | None:
        """The most the sum could be if people could be halved, or None when that took too long."""
        solver = _solver(seconds)
        solver.setOptionValue("solver", "ipm" if len(self.x) > 60_000 else "choose")
        solver.passModel(self._lp(terms, relaxed=True))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return float(floor(solver.getInfo().objective_function_value + 1e-4))

    def most(  # noqa: PLR0913 -- each is one limit of the solver
        self,
        terms: Terms,
        start: Sequence[int] | None,
        *,
        nodes: int,
        seconds: float,
        seed: int,
        stop: Callable[[], bool] | None = None,
    ) -> Answer:
        """Make the sum as large as the rules and the levels held allow, beginning from `start`."""
        if not self.feasible_pins:
            return Answer(None, 0, 0, impossible=True)
        solver = _solver(seconds)
        solver.setOptionValue("random_seed", seed)
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", 0.999)
        if stop is not None:
            _obey(solver, stop)
        solver.passModel(self._lp(terms, relaxed=False))
        if start is not None:
            self._begin(solver, start)
        solver.run()
        return self._answer(solver)

    def _begin(self, solver: highspy.Highs, start: Sequence[int]) -> None:
        columns = sorted(self.x.items(), key=lambda one: one[1])
        index = np.array([column for _, column in columns], dtype=np.int32)
        value = np.array([float(start[person] == session) for (person, session), _ in columns])
        solver.setSolution(len(index), index, value)

    def _answer(self, solver: highspy.Highs) -> Answer:
        status, info = solver.getModelStatus(), solver.getInfo()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return Answer(None, 0, 0, impossible=True)
        bound = info.mip_dual_bound
        work = int(info.simplex_iteration_count)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Answer(None, 0, bound, work=work)
        value = solver.getSolution().col_value
        at = [NOWHERE] * len(self.layout.people)
        for person, session in self.fixed.items():
            at[person] = session
        for (person, session), column in self.x.items():
            if value[column] > 0.5:
                at[person] = session
        limit = float(floor(bound + 1e-4)) if abs(bound) < 1e15 else inf
        return Answer(at, info.objective_function_value, limit, work=work)


def _solver(seconds: float) -> highspy.Highs:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)  # noqa: FBT003 -- the solver's own way
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("time_limit", max(0.05, seconds))
    return solver


def _obey(solver: highspy.Highs, stop: Callable[[], bool]) -> None:
    def asked(event: highspy.HighsCallbackEvent) -> None:
        if stop():
            event.interrupt()

    solver.cbMipInterrupt.subscribe(asked)


def whole(value: float) -> int:
    """A sum of the solver as the whole number it stands for."""
    return ceil(value - 0.5)
