"""Why people cannot be seated at tables: those who must not share one, and tables already kept. Pure.

Every round asks the same, so one round decides. Only people who are kept apart or who keep a table all day matter: the
others fill what is left, and the seats are as many as the people.
"""

from collections.abc import Sequence

from lms.cohorts.engine.clash_words import NEUTRAL
from lms.cohorts.engine.plan import Conflict
from lms.cohorts.engine.problem import Rotation
from lms.cohorts.engine.program import Program


def explain_tables(problem: Rotation) -> tuple[Conflict, ...]:
    """An exact conflict where there is one: without any one of its rules, tables can be found."""
    rules = [*(f"keep_apart:{one}:{other}" for one, other in problem.keep_apart), *_kept(problem)]
    tables = _Tables(problem)
    if tables.can_keep(rules):
        return ()
    needed = _needed(tables, rules)
    return (Conflict(tuple(needed), _why(problem, needed)),)


def _kept(problem: Rotation) -> list[str]:
    return [f"seat:{guest.id}" for guest in problem.people if guest.seat is not None]


def _needed(tables: "_Tables", rules: Sequence[str]) -> list[str]:
    """What is left when every rule is left out that the clash does not need, many at a time where that works."""
    needed: list[str] = []
    rest, size = list(rules), max(1, len(rules) // 2)
    while rest:
        part, after = rest[:size], rest[size:]
        if not tables.can_keep([*needed, *after]):
            rest, size = after, max(1, min(2 * size, len(after)))
        elif size > 1:
            size //= 2
        else:
            needed += part
            rest = after
    return needed


def _why(problem: Rotation, rules: Sequence[str]) -> str:
    kept = [rule.removeprefix("seat:") for rule in rules if rule.startswith("seat:")]
    seats = {guest.id: guest.seat for guest in problem.people}
    said = [f"{id_} keeps table {seats[id_]}" for id_ in kept]
    if len(kept) < len(rules):
        said.append(NEUTRAL.replace("session", "round, at these tables"))
    return f"These cannot all hold: {'; '.join([f'there are tables of {_sizes(problem)}', *said])}."


def _sizes(problem: Rotation) -> str:
    return ", ".join(map(str, problem.table_sizes))


class _Tables:
    """One round as an integer program."""

    def __init__(self, problem: Rotation) -> None:
        self.sizes = problem.table_sizes
        self.seats = {f"seat:{guest.id}": (guest.id, guest.seat) for guest in problem.people if guest.seat is not None}
        self.apart = {f"keep_apart:{one}:{other}": (one, other) for one, other in problem.keep_apart}

    def can_keep(self, rules: Sequence[str]) -> bool:
        """Whether some seating of one round keeps these rules."""
        program = Program()
        seat: dict[str, list[int]] = {}
        pairs = [self.apart[rule] for rule in rules if rule in self.apart]
        kept = [self.seats[rule] for rule in rules if rule in self.seats]
        for id_ in dict.fromkeys([*(id_ for pair in pairs for id_ in pair), *(id_ for id_, _ in kept)]):
            seat[id_] = [program.column() for _ in self.sizes]
            program.row([(column, 1) for column in seat[id_]], least=1, most=1)
        for at, size in enumerate(self.sizes):
            program.row([(columns[at], 1) for columns in seat.values()], most=size)
            for one, other in pairs:
                program.row([(seat[one][at], 1), (seat[other][at], 1)], most=1)
        for id_, at in kept:
            program.row([(seat[id_][at], 1)], least=1)
        return not seat or program.solve({}, {}) is not None
