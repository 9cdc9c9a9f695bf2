"""The judge of tables: rules broken and figures. Pure; `judge` says what each rule id is."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from lms.cohorts.engine.plan import Tables
from lms.cohorts.engine.problem import Rotation
from lms.cohorts.engine.verdict import Broken, RotationFigures


def broken(problem: Rotation, rounds: Sequence[Tables]) -> Iterator[Broken]:
    """Each rule the tables break."""
    if len(rounds) != problem.rounds:
        yield Broken("rounds", f"There are {len(rounds)} rounds; {problem.rounds} were asked for.")
    people, sizes = sorted(guest.id for guest in problem.people), sorted(problem.table_sizes)
    for number, tables in enumerate(rounds, start=1):
        if sorted(map(len, tables)) != sizes:
            yield Broken(f"table_sizes:{number}", f"The tables of round {number} have not the sizes asked for.")
        if sorted(id_ for seated in tables for id_ in seated) != people:
            yield Broken(f"partition:{number}", f"Round {number} does not seat each person exactly once.")
        yield from _broken_in_round(problem, number, tables)


def _broken_in_round(problem: Rotation, number: int, tables: Tables) -> Iterator[Broken]:
    companies, table = (
        [set(seated) for seated in tables],
        {id_: at for at, seated in enumerate(tables) for id_ in seated},
    )
    for one, other in problem.keep_apart:
        if any(one in company and other in company for company in companies):
            yield Broken(f"keep_apart:{one}:{other}", f"{one} and {other} share a table in round {number}.")
    for guest in problem.people:
        if guest.seat is not None and table.get(guest.id) != guest.seat:
            yield Broken(f"seat:{guest.id}", f"{guest.id} is not at table {guest.seat} in round {number}.")


def figures(problem: Rotation, rounds: Sequence[Tables]) -> tuple[RotationFigures, tuple[int, ...]]:
    """The figures, and the key they make."""
    agency = {guest.id: guest.agency for guest in problem.people}
    met = Counter(
        pair
        for tables in rounds
        for seated in tables
        for pair in combinations(sorted(id_ for id_ in seated if id_ in agency), 2)
        if pair[0] != pair[1]
    )
    known = {(min(pair), max(pair)) for pair in problem.known}
    agencies: dict[str, set[str]] = defaultdict(set)
    people: Counter[str] = Counter()
    for one, other in met:
        people.update((one, other))
        if agency[one] != agency[other]:
            agencies[one].add(agency[other])
            agencies[other].add(agency[one])
    each = [len(agencies[id_]) for id_ in agency]
    answer = RotationFigures(
        new_pairs=sum(1 for pair in met if agency[pair[0]] != agency[pair[1]] and pair not in known),
        repeats=sum(times - 1 for times in met.values()),
        agencies_met=sum(each),
        fewest_agencies_met=min(each, default=0),
        fewest_people_met=min((people[id_] for id_ in agency), default=0),
    )
    return answer, (answer.new_pairs, -answer.repeats, answer.agencies_met, answer.fewest_agencies_met)
