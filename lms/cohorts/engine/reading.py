"""Files become problems and plans, or everything that is wrong with them at once. Pure.

What now holds (pins, keep-apart pairs, who must have a place) must name people and sessions that are there: a slip of
the pen would break a promise silently. What was (a baseline, who trained with whom) may speak of people who have left.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.cohorts.engine.faults import BadFile, Fault, Found, load, placed, shown, spelt
from lms.cohorts.engine.places import Path
from lms.cohorts.engine.plan import AllocationPlan, Conflict, Edit, Plan, Relaxation, RotationPlan, Status, Waits
from lms.cohorts.engine.problem import (
    DEFAULT_GOALS,
    Allocation,
    Goal,
    Guest,
    Pair,
    Person,
    Problem,
    Rotation,
    Session,
)
from lms.cohorts.engine.shapes import (
    AllocationPlanShape,
    AllocationShape,
    PairShape,
    RotationPlanShape,
    RotationShape,
    Shape,
    shaped,
    unknown,
)
from lms.cohorts.engine.standins import speaks_of_the_same, stood_in

SCHEMA = "cohorts/1"
KINDS: Mapping[str, type[AllocationShape] | type[RotationShape]] = {
    "allocation": AllocationShape,
    "rotation": RotationShape,
}


@dataclass(frozen=True)
class Read:
    """A problem as read, and what its author might look at although it can be used."""

    problem: Problem
    warnings: tuple[Fault, ...] = ()


def read_problem(text: str) -> Read:
    """The problem in a file of `lms cohorts`; raises `BadFile` with every fault."""
    data, doubled = load(text)
    kind = _kind(text, data)
    data = _with_baseline(data)
    form: Shape | list[Found] = shaped(KINDS[kind], data)
    found = _of_parts(KINDS[kind], data, form) if isinstance(form, list) else list(_of_whole(form))
    faults = placed(text, [*found, *unknown(KINDS[kind], data)], doubles=doubled)
    if isinstance(form, list) or any(not fault.warning for fault in faults):
        raise BadFile(faults)
    return Read(_allocation(form) if isinstance(form, AllocationShape) else _rotation(form), tuple(faults))


def read_plan(text: str, problem: Problem) -> Plan:
    """The plan for `problem` in a file; raises `BadFile` with every fault. Whether it is legal is for the judge."""
    data, doubled = load(text)
    if not isinstance(data, dict):
        raise BadFile(placed(text, [Found((), "The file must hold one object in curly brackets.")], doubles=False))
    shape = AllocationPlanShape if isinstance(problem, Allocation) else RotationPlanShape
    form: Shape | list[Found] = shaped(shape, data)
    found = form if isinstance(form, list) else list(_strangers(form, problem))
    faults = placed(text, found, doubles=doubled)
    if faults:
        raise BadFile(faults)
    return _plan(form)


def _kind(text: str, data: Any) -> str:
    """Which kind of problem this is, or the reason why it is none."""
    if not isinstance(data, dict):
        raise BadFile(placed(text, [Found((), "The file must hold one object in curly brackets.")], doubles=False))
    found = []
    if data.get("schema") != SCHEMA:
        found.append(Found(("schema",), f"schema is {shown(data.get('schema'))}; this program reads {SCHEMA!r} only."))
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        found.append(Found(("kind",), f"kind is {shown(kind)}; write {' or '.join(map(repr, KINDS))}."))
    if found:
        raise BadFile(placed(text, found, doubles=False))
    return str(kind)


def _with_baseline(data: dict[str, Any]) -> dict[str, Any]:
    """The same data, where a baseline may also be the bare assignment."""
    baseline = data.get("baseline")
    if isinstance(baseline, dict) and "assignment" not in baseline:
        return {**data, "baseline": {"assignment": baseline}}
    return data


def _of_parts(shape: type[Shape], data: dict[str, Any], faults: list[Found]) -> list[Found]:
    """The faults of fields, and what is wrong with the whole apart from them."""
    mended = stood_in(data, faults)
    form = shaped(shape, mended) if mended is not None else []
    if isinstance(form, list):
        return faults
    more = (one for one in _of_whole(form) if not any(speaks_of_the_same(one.path, fault.path) for fault in faults))
    return [*faults, *more]


def _of_whole(form: Shape) -> Iterator[Found]:
    """What is wrong between the parts of a problem whose fields are right."""
    if isinstance(form, AllocationShape):
        yield from _of_allocation(form)
    elif isinstance(form, RotationShape):
        yield from _of_rotation(form)


def _twice(listed: Sequence[Any], at: str, what: str) -> Iterator[Found]:
    """A fault for each id that an earlier entry of the same list has."""
    seen: set[str] = set()
    for number, one in enumerate(listed):
        if one.id in seen:
            path = (at, number, "id")
            yield Found(path, f"{spelt(path)}: there is {what} {shown(one.id)} above already; ids must differ.")
        seen.add(one.id)


Named = Iterable[tuple[Path, str]]


def _missing(named: Named, there: set[str], what: str, *, warning: bool = False) -> Iterator[Found]:
    """A fault for each name of a person or session that is not there."""
    for path, name in named:
        if name not in there:
            advice = "it is left out of account" if warning else "correct the id, or take this out"
            yield Found(path, f"{spelt(path)}: there is no {what} {shown(name)}; {advice}.", warning)


def _of_allocation(form: AllocationShape) -> Iterator[Found]:
    """What is wrong between the parts of an allocation."""
    people, sessions = {one.id for one in form.people}, {one.id for one in form.sessions}
    yield from _twice(form.people, "people", "a person")
    yield from _twice(form.sessions, "sessions", "a session")
    yield from _twice(form.teams, "teams", "a team")
    rules = form.rules
    attends = (
        (("people", at, "sessions", number), id_)
        for at, person in enumerate(form.people)
        for number, id_ in enumerate(person.sessions)
    )
    yield from _missing(attends, sessions, "session")
    for name, pairs in (("pins", rules.pins), ("forbid", rules.forbid)):
        yield from _missing(_parts(name, pairs, lambda one: ("person", one.person)), people, "person")
        yield from _missing(_parts(name, pairs, lambda one: ("session", one.session)), sessions, "session")
    yield from _missing(_each("keep_together", rules.keep_together), people, "person")
    yield from _missing(
        ((("rules", "must_place", at), id_) for at, id_ in enumerate(rules.must_place)), people, "person"
    )
    yield from _of_pairs(rules.keep_apart, rules.prior_contacts, people)
    yield from _of_goals(form.objective)
    yield from _of_history(form, people, sessions)


def _parts(name: str, pairs: Sequence[PairShape], part: Callable[[PairShape], tuple[str, str]]) -> Named:
    return ((("rules", name, at, part(one)[0]), part(one)[1]) for at, one in enumerate(pairs))


def _each(name: str, groups: Sequence[Sequence[str]]) -> Named:
    return ((("rules", name, at, number), id_) for at, group in enumerate(groups) for number, id_ in enumerate(group))


def _of_pairs(apart: Sequence[tuple[str, str]], known: Sequence[tuple[str, str]], people: set[str]) -> Iterator[Found]:
    """What is wrong with pairs: strangers, and people paired with themselves."""
    yield from _missing(_each("keep_apart", apart), people, "person")
    yield from _missing(_each("prior_contacts", known), people, "person", warning=True)
    for at, (one, other) in enumerate(apart):
        if one == other:
            path = ("rules", "keep_apart", at)
            yield Found(path, f"{spelt(path)} names the same person twice; name two people.")


def _of_goals(goals: Sequence[str]) -> Iterator[Found]:
    for at, goal in enumerate(goals):
        if goal in goals[:at]:
            yield Found(("objective", at), f"objective[{at}]: {goal} is named above already; name each goal once.")


def _of_history(form: AllocationShape, people: set[str], sessions: set[str]) -> Iterator[Found]:
    """Warnings where something speaks of what is not there and no promise hangs on it."""
    teams = {team.id for team in form.teams}
    for at, person in enumerate(form.people):
        if teams and person.team and person.team not in teams:
            teams.add(person.team)
            path = ("people", at, "team")
            yield Found(path, f"{spelt(path)}: teams has no {shown(person.team)}, so it has no limit.", warning=True)
    told = form.baseline.assignment
    yield from _missing(((("baseline", "assignment", id_), id_) for id_ in told), people, "person", warning=True)
    for id_, session in told.items():
        if id_ in people and session not in sessions:
            where: Path = ("baseline", "assignment", id_)
            yield Found(where, f"{spelt(where)}: there is no session {shown(session)}, so they move.", warning=True)


def _of_rotation(form: RotationShape) -> Iterator[Found]:
    """What is wrong between the parts of a rotation."""
    yield from _twice(form.people, "people", "a person")
    seats, people = sum(form.table_sizes), {one.id for one in form.people}
    if seats != len(form.people):
        sentence = f"table_sizes: the tables have {seats} seats for {len(form.people)} people; the two must be equal."
        yield Found(("table_sizes",), sentence)
    tables = len(form.table_sizes)
    for at, guest in enumerate(form.people):
        if guest.seat is not None and guest.seat >= tables:
            path = ("people", at, "seat")
            yield Found(path, f"{spelt(path)} is {guest.seat}; tables are numbered from 0 to {tables - 1}.")
    yield from _of_pairs(form.rules.keep_apart, form.rules.prior_contacts, people)


def _strangers(form: Shape, problem: Problem) -> Iterator[Found]:
    """People and sessions in a plan that its problem does not have."""
    people: set[str] = {one.id for one in problem.people}
    if isinstance(form, AllocationPlanShape) and isinstance(problem, Allocation):
        sessions = {one.id for one in problem.sessions}
        named = [(("assignment", id_), id_, session) for id_, session in form.assignment.items()]
        yield from _missing(((path, id_) for path, id_, _ in named), people, "person")
        yield from _missing(((path, session) for path, _, session in named), sessions, "session")
    elif isinstance(form, RotationPlanShape):
        seats = (
            (("rounds", at, table, seat), id_)
            for at, tables in enumerate(form.rounds)
            for table, seated in enumerate(tables)
            for seat, id_ in enumerate(seated)
        )
        yield from _missing(seats, people, "person")


def _allocation(form: AllocationShape) -> Allocation:
    """The problem of a file without faults."""
    rules, people = form.rules, {person.id for person in form.people}
    return Allocation(
        name=form.name,
        people=tuple(
            Person(**{**dict(one), "sessions": tuple(dict.fromkeys(one.sessions))})  # each field by its own name
            for one in form.people
        ),
        sessions=tuple(Session(**dict(one)) for one in form.sessions),
        cover={team.id: team.max_absent_per_date for team in form.teams},
        keep_apart=_once(rules.keep_apart),
        keep_together=_once(tuple(dict.fromkeys(group)) for group in rules.keep_together),
        pins=_once(Pair(one.person, one.session) for one in rules.pins),
        forbid=_once(Pair(one.person, one.session) for one in rules.forbid),
        known=tuple(pair for pair in _once(rules.prior_contacts) if people.issuperset(pair)),
        must_place=_once(rules.must_place),
        goals=tuple(map(Goal, form.objective)) or DEFAULT_GOALS,
        baseline={id_: session for id_, session in form.baseline.assignment.items() if id_ in people},
    )


def _rotation(form: Shape) -> Rotation:
    assert isinstance(form, RotationShape)
    people = {guest.id for guest in form.people}
    return Rotation(
        name=form.name,
        people=tuple(Guest(**dict(one)) for one in form.people),
        table_sizes=tuple(form.table_sizes),
        rounds=form.rounds,
        keep_apart=_once(form.rules.keep_apart),
        known=tuple(pair for pair in _once(form.rules.prior_contacts) if people.issuperset(pair)),
    )


def _once(listed: Iterable[Any]) -> tuple[Any, ...]:
    """The same in the same order, each once."""
    return tuple(dict.fromkeys(listed))


def _plan(form: Any) -> Plan:
    """The plan of a file without faults."""
    shared = {
        "status": Status(form.status),
        "seed": form.seed,
        "engine": form.engine,
        "bounds": form.bounds,
        "conflicts": tuple(Conflict(tuple(one.rules), one.why) for one in form.conflicts),
    }
    if isinstance(form, RotationPlanShape):
        rounds = tuple(tuple(tuple(seated) for seated in tables) for tables in form.rounds)
        return RotationPlan(**shared, rounds=rounds)
    return AllocationPlan(
        **shared,
        assignment=dict(form.assignment),
        waiting=tuple(Waits(one.person, one.reason) for one in form.waiting),
        relaxations=tuple(
            Relaxation(one.cost, tuple(Edit(edit.rule, edit.change) for edit in one.edits)) for one in form.relaxations
        ),
    )
