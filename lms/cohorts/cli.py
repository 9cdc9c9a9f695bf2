"""`lms cohorts`: work out a plan from a file, and judge one, without the web and without the database."""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from lms.cohorts.engine.allocation import Progress

INFEASIBLE, BAD_INPUT, NO_PLAN, ILLEGAL = 3, 2, 4, 1


@click.group()
def cohorts() -> None:
    """Plans of cohorts in files: work one out, or judge one."""


@cohorts.command()
@click.argument("problem", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the plan goes.")
@click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0, 2**31 - 1), help="The same gives the same."
)
@click.option("--time-limit", default=60.0, show_default=True, type=click.FloatRange(min=0.1), help="Seconds at most.")
def solve(problem: Path, out: Path, seed: int, time_limit: float) -> None:
    """Work out the best plan for PROBLEM. Ends with 0, or 3 when the rules cannot all hold, 2 for a bad file, 4 when
    the time was over before there was a plan.
    """
    from lms.cohorts.engine import allocation, reading, tables, writing  # noqa: PLC0415 -- the solver is heavy to load
    from lms.cohorts.engine.faults import BadFile  # noqa: PLC0415
    from lms.cohorts.engine.plan import Plan, Status  # noqa: PLC0415
    from lms.cohorts.engine.problem import Allocation  # noqa: PLC0415

    began = time.monotonic()
    try:
        asked = reading.read_problem(_text(problem)).problem
    except BadFile as bad:
        _stop(str(bad), BAD_INPUT)
    try:
        found: Plan
        if isinstance(asked, Allocation):
            found = allocation.solve(asked, seed, seconds=time_limit, progress=_tell, stop=_interrupted())
        else:
            found = tables.seat(asked, seed, stop=lambda: time.monotonic() - began > time_limit)
    except allocation.OutOfTime:
        _stop("The time was over before there was a plan. Give it more with --time-limit.", NO_PLAN)
    _write(out, writing.write_plan(found))
    click.echo(f"{found.status}, after {time.monotonic() - began:.1f} seconds.", err=True)
    if found.status is Status.INFEASIBLE:
        sys.exit(INFEASIBLE)


@cohorts.command()
@click.argument("problem", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("plan", type=click.Path(dir_okay=False, path_type=Path))
def check(problem: Path, plan: Path) -> None:
    """Judge PLAN by the rules of PROBLEM. Ends with 0 when it keeps them, 1 with each broken rule, 2 for a bad file."""
    from lms.cohorts.engine import judge, reading  # noqa: PLC0415 -- loaded when asked for
    from lms.cohorts.engine.faults import BadFile  # noqa: PLC0415

    try:
        asked = reading.read_problem(_text(problem)).problem
        verdict = judge.check(asked, reading.read_plan(_text(plan), asked))
    except BadFile as bad:
        _stop(str(bad), BAD_INPUT)
    for fault in verdict.faults:
        click.echo(f"{fault.rule}: {fault.why}")
    click.echo(f"{'Legal' if verdict.legal else 'Not legal'}. Key: {', '.join(map(str, verdict.key))}.")
    if not verdict.legal:
        sys.exit(ILLEGAL)


def _tell(progress: "Progress") -> None:
    click.echo(progress.stage, err=True)


def _interrupted() -> "Callable[[], bool]":
    """Whether Ctrl-C or a request to end came since: the first ends the work and keeps the best plan so far, the second
    ends the program.
    """
    asked: list[int] = []

    def note(number: int, _: object) -> None:
        asked.append(number)
        signal.signal(number, signal.SIG_DFL)
        click.echo("Ending with the best plan so far.", err=True)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, note)
    return lambda: bool(asked)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not text in UTF-8"
        _stop(f"{path} cannot be read: {reason}.", BAD_INPUT)


def _write(path: Path, text: str) -> None:
    """Write the whole file or nothing of it."""
    try:
        with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as part:
            part.write(text)
        Path(part.name).replace(path)
    except OSError as fault:
        with suppress(OSError, UnboundLocalError):
            os.unlink(part.name)
        _stop(f"{path} cannot be written: {fault.strerror}.", BAD_INPUT)


def _stop(sentence: str, status: int) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(status)
