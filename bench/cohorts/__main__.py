"""`make bench-cohorts`: the same people and dates given out in four ways, the same tables in three; a judge counts."""

import platform
import time
from collections.abc import Callable, Sequence

import click

from bench.cohorts import rivals
from bench.cohorts.instances import joint_days, tables
from lms.cohorts.engine.allocation import solve
from lms.cohorts.engine.judge import check
from lms.cohorts.engine.plan import AllocationPlan, RotationPlan
from lms.cohorts.engine.problem import Allocation, Rotation
from lms.cohorts.engine.tables import seat
from lms.cohorts.engine.verdict import AllocationFigures, RotationFigures

SIZES = ((60, 3), (300, 12))
LARGE = (2000, 80)
TABLES = ((24, 6, 4), (40, 8, 5), (100, 20, 6))
FIRST, WIDTH = 26, 14


WAYS: dict[str, Callable[[Allocation], AllocationPlan]] = {
    "a random deal": rivals.dealt,
    "first come first served": rivals.first_come,
    "hill climbing": rivals.climbed,
    "Common Ground": solve,
}
SEATINGS: dict[str, Callable[[Rotation], RotationPlan]] = {
    "a random deal": rivals.shuffled,
    "counting off": rivals.counted_off,
    "Common Ground": seat,
}


def days(problem: Allocation) -> str:
    """The ways of giving out places on these joint days, a line for each."""
    lines = [problem.name, _line("", ("rules broken", "by urgency", "others met", "mixing", "passed over", "seconds"))]
    for name, way in WAYS.items():
        began = time.process_time()
        plan = way(problem)
        seconds = time.process_time() - began
        verdict = check(problem, plan)
        figures = verdict.figures
        assert isinstance(figures, AllocationFigures)
        placed = ",".join(str(figures.placed[band]) for band in problem.bands)
        told = (f"{figures.met:.2f}", str(figures.mixing), str(len(figures.passed_over)), f"{seconds:.2f}")
        lines.append(_line(name, (str(len(verdict.faults)), placed, *told)))
    if "mixing" in plan.bounds:
        lines.append(f"{'':{FIRST}}No plan that breaks no rule mixes more than {plan.bounds['mixing']}.")
    return "\n".join(lines)


def seatings(problem: Rotation) -> str:
    """The ways of seating these people, a line for each."""
    lines = [problem.name, _line("", ("rules broken", "new pairs", "repeats", "agencies met", "the fewest", "seconds"))]
    for name, way in SEATINGS.items():
        began = time.process_time()
        plan = way(problem)
        seconds = time.process_time() - began
        verdict = check(problem, plan)
        figures = verdict.figures
        assert isinstance(figures, RotationFigures)
        each = f"{figures.agencies_met / len(problem.people):.2f}"
        told = (str(figures.new_pairs), str(figures.repeats), each, str(figures.fewest_agencies_met))
        lines.append(_line(name, (str(len(verdict.faults)), *told, f"{seconds:.2f}")))
    best = f"No seating has more than {plan.bounds['mixing']} new pairs or fewer than {plan.bounds['repeats']} repeats."
    return "\n".join([*lines, f"{'':{FIRST}}{best}"])


def _line(name: str, cells: Sequence[str]) -> str:
    return name.ljust(FIRST) + "".join(cell.rjust(WIDTH) for cell in cells)


@click.command()
@click.option("--large", is_flag=True, help="Also 2,000 people on 80 joint days, which takes some minutes.")
@click.option("--size", type=(int, int), multiple=True, help="People and joint days, instead of the usual ones.")
@click.option(
    "--room", type=(int, int, int), multiple=True, help="People, tables and rounds, instead of the usual ones."
)
def main(*, large: bool, size: Sequence[tuple[int, int]], room: Sequence[tuple[int, int, int]]) -> None:
    """Compare the engine of cohorts with how places and tables are given out elsewhere."""
    click.echo(f"Python {platform.python_version()}, {platform.machine()}; seconds are those of the processor.")
    for one in size or (*SIZES, *((LARGE,) if large else ())):
        click.echo("\n" + days(joint_days(*one)))
    for another in room or TABLES:
        click.echo("\n" + seatings(tables(*another)))


if __name__ == "__main__":
    main()
