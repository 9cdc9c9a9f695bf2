"""An integer program, built column by column and row by row, and solved by HiGHS as often as it is changed. Pure.

HiGHS is loaded when the first program is built, and never by a page: only the worker and the command line solve.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import highspy
import numpy as np

Term = tuple[int, float]
ANY = highspy.kHighsInf
TOLERANCE = 1e-6


@dataclass
class Program:
    """Columns with bounds, rows with bounds. HiGHS gets them once; later solves change bounds and costs."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    _highs: highspy.Highs | None = None

    def column(self, upper: float = 1, *, lower: float = 0, whole: bool = True) -> int:
        """A new column; its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.lower) - 1

    def row(self, terms: Iterable[Term], *, least: float = -ANY, most: float = ANY) -> None:
        """A new row: the sum of `terms` is at least and at most this."""
        self.starts.append(len(self.index))
        for column, factor in terms:
            self.index.append(column)
            self.value.append(factor)
        self.row_lower.append(least)
        self.row_upper.append(most)

    def solve(self, costs: Mapping[int, float], uppers: Mapping[int, float]) -> list[float] | None:
        """The cheapest values of the columns, with other upper bounds for some of them; None where there are none."""
        highs = self._ready()
        count = len(self.lower)
        cost, upper = np.zeros(count), np.array(self.upper)
        cost[list(costs)] = list(costs.values())
        upper[list(uppers)] = list(uppers.values())
        every = np.arange(count, dtype=np.int32)
        highs.clearSolver()
        highs.changeColsCost(count, every, cost)
        highs.changeColsBounds(count, every, np.array(self.lower), upper)
        highs.run()
        status = highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return list(highs.getSolution().col_value)
        assert status == highspy.HighsModelStatus.kInfeasible, status
        return None

    def still_holds(self, values: Sequence[float], change: Mapping[int, float]) -> bool:
        """Whether a solution stays one of all rows when these columns change by so much."""
        moved: dict[int, float] = defaultdict(float)
        for column, by in change.items():
            for row, factor in self._rows_of[column]:
                moved[row] += by * factor
        return all(self._row_holds(row, values, by) for row, by in moved.items() if by)

    def _row_holds(self, row: int, values: Sequence[float], by: float) -> bool:
        end = self.starts[row + 1] if row + 1 < len(self.starts) else len(self.index)
        span = range(self.starts[row], end)
        total = by + sum(self.value[at] * values[self.index[at]] for at in span)
        return self.row_lower[row] - TOLERANCE <= total <= self.row_upper[row] + TOLERANCE

    @cached_property
    def _rows_of(self) -> dict[int, list[tuple[int, float]]]:
        """The rows that each column stands in, with its factor."""
        rows: dict[int, list[tuple[int, float]]] = defaultdict(list)
        ends = [*self.starts[1:], len(self.index)]
        for row, (start, end) in enumerate(zip(self.starts, ends, strict=True)):
            for at in range(start, end):
                rows[self.index[at]].append((row, self.value[at]))
        return rows

    def forbid_all(self, columns: Iterable[int], most: int) -> None:
        """From now on the sum of these columns is at most this."""
        listed = list(columns)
        self._ready().addRow(-ANY, most, len(listed), np.array(listed, dtype=np.int32), np.ones(len(listed)))

    def _ready(self) -> highspy.Highs:
        if self._highs is None:
            self._highs = self._made()
        return self._highs

    def _made(self) -> highspy.Highs:
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.lower), len(self.row_lower)
        lp.col_cost_ = np.zeros(len(self.lower))
        lp.col_lower_, lp.col_upper_ = np.array(self.lower), np.array(self.upper)
        lp.row_lower_, lp.row_upper_ = np.array(self.row_lower), np.array(self.row_upper)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array([*self.starts, len(self.index)], dtype=np.int32)
        lp.a_matrix_.index_ = np.array(self.index, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(self.value)
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[whole] for whole in self.whole]
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.setOptionValue("output_flag", False)  # noqa: FBT003  HiGHS takes options so
        highs.setOptionValue("threads", 1)
        highs.setOptionValue("random_seed", 1)
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("mip_abs_gap", 0.5)  # costs are whole numbers
        highs.passModel(lp)
        return highs
