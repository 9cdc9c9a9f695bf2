"""`make bench`: both servers on this machine, the same work in turn, and tables of what it came to."""

import os
import platform
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click

from bench import table
from bench.load import WrongAnswer
from bench.rounds import Compared, Plan, compare
from bench.servers import PROJECT, cores, serving
from bench.stage import Stage, prepare
from bench.work import AT_ONCE

LEAST_RATIO = 0.5
SYNCS = 20


@click.command()
@click.option("--people", default=500, show_default=True, help="How many people there are.")
@click.option("--seconds", default=3.0, show_default=True, help="How long each round takes.")
@click.option("--rounds", default=3, show_default=True, help="How often each server takes its turn.")
@click.option("--folder", default=PROJECT / "data", type=Path, help="Where the temporary databases lie.")
def main(people: int, seconds: float, rounds: int, folder: Path) -> None:
    """Compare Common Ground with a bare Flask application that does the same kind of work.

    Ends with status 1 when the module page reaches less than half of the floor's requests per second.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=folder) as temporary:
        plan = Plan(rounds, seconds)
        click.echo(_about(Path(temporary), people, plan))
        try:
            stage = prepare(Path(temporary), people)
            costs = stage.costs()
            reading = _race(stage, plan, Path(temporary) / "servers.log")
        except WrongAnswer as wrong:
            sys.exit(f"The bench stopped, since speed means nothing when the answer is wrong: {wrong}")
    click.echo("\n" + table.costs(costs))
    sentence, status = verdict(reading.ratio)
    click.echo("\n" + sentence)
    sys.exit(status)


def verdict(ratio: float) -> tuple[str, int]:
    """What is said of the module page at last, and the status to end with: 1 when it is too slow."""
    sentence = f"The module page reaches {ratio:.2f} of the floor; at least {LEAST_RATIO} is asked for."
    return sentence, 0 if ratio >= LEAST_RATIO else 1


def _besides(half: Compared, found: Sequence[Compared]) -> str:
    """What the table does not say: how a page answers while the server is half busy, and whether the load kept up."""
    times = half.product.percentile(95) / half.floor.percentile(95)
    share = max(one.load_share for one in found)
    return (
        f"With requests at half the speed it can reach, the module page's p95 is {times:.1f} times the floor's. "
        f"The load used at most {share:.0%} of a core."
    )


def _about(folder: Path, people: int, plan: Plan) -> str:
    """What is compared, and on what machine."""
    chosen = cores()
    held = f"servers on core {chosen[0]}, load on core {chosen[1]}" if chosen else "not held to cores"
    return (
        f"Common Ground beside a bare Flask application: {people} people, {AT_ONCE} requests at once, medians of "
        f"{plan.rounds} rounds of {plan.seconds:g} s in turn.\nPython {platform.python_version()}, "
        f"{platform.machine()}, {held}; one sync to this disk takes {_sync(folder):.2f} ms."
    )


def _sync(folder: Path) -> float:
    """Milliseconds until a small write is safe on this disk: near nothing means memory, where writes look too fast."""
    taken = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(SYNCS):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            taken.append(1000 * (time.perf_counter() - began))
    return median(taken)


def _race(stage: Stage, plan: Plan, log: Path) -> Compared:
    """Start both servers, let them work in turn and print what it came to; returns how the module page did."""
    core, own_core = cores() or (None, None)
    if own_core is not None:
        os.sched_setaffinity(0, {own_core})
    programs = (stage.product, stage.floor)
    starts: list[tuple[float, ...]] = []
    for _ in range(plan.rounds - 1):  # the last start is that of the servers that stay
        pair = []
        for program in programs:
            with serving(program, core, log) as server:
                pair.append(server.start)
        starts.append(tuple(pair))
    with ExitStack() as stay:
        product, floor = (stay.enter_context(serving(program, core, log)) for program in programs)
        starts.append((product.start, floor.start))
        work, *others = stage.works()
        reading = compare(work, (product, floor), plan)
        half = compare(work, (product, floor), plan, rate=reading.product.rate / 2)
        found = [reading, half, *(compare(one, (product, floor), plan) for one in others)]
        click.echo("\n" + table.comparison(found))
        click.echo(_besides(half, found))
        once = {"start to first page, s": [median(each) for each in zip(*starts, strict=True)]}
        once["memory of the process, MB"] = [server.memory[0] for server in (product, floor)]
        once["memory with gunicorn's own, MB"] = [server.memory[1] for server in (product, floor)]
        click.echo("\n" + table.once(once))
    return reading


if __name__ == "__main__":
    main()
