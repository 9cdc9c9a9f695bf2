"""A relaxation applied: the same problem with some of its rules changed as the edits say. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from lms.cohorts.engine.plan import Edit
from lms.cohorts.engine.problem import Allocation, Pair, Person, Session


def relaxed(problem: Allocation, edits: Iterable[Edit]) -> Allocation:
    """The problem after these edits. A team's cover is one figure for every date, so it rises everywhere."""
    for edit in edits:
        family, _, body = edit.rule.partition(":")
        problem = CHANGES[family](problem, body, edit.change)
    return problem


def _pin(problem: Allocation, body: str, _change: str) -> Allocation:
    return replace(problem, pins=tuple(pin for pin in problem.pins if f"{pin.person}:{pin.session}" != body))


def _must_place(problem: Allocation, body: str, _change: str) -> Allocation:
    return replace(problem, must_place=tuple(id_ for id_ in problem.must_place if id_ != body))


def _together(problem: Allocation, body: str, _change: str) -> Allocation:
    return replace(problem, keep_together=tuple(group for group in problem.keep_together if ":".join(group) != body))


def _manager(problem: Allocation, body: str, _change: str) -> Allocation:
    def parted(person: Person) -> Person:
        return replace(person, manager=None) if f"{person.manager}:{person.id}" == body else person

    return replace(problem, people=tuple(map(parted, problem.people)))


def _eligibility(problem: Allocation, id_: str, change: str) -> Allocation:
    session = change.removeprefix("allow ")

    def made_able(person: Person) -> Person:
        return replace(person, sessions=(*person.sessions, session)) if person.id == id_ else person

    people = tuple(map(made_able, problem.people))
    return replace(problem, people=people, forbid=tuple(one for one in problem.forbid if one != Pair(id_, session)))


def _cover(problem: Allocation, body: str, change: str) -> Allocation:
    return replace(problem, cover={**problem.cover, body.rpartition(":")[0]: _number(change)})


def _number(change: str) -> int:
    return int(change.rpartition(" ")[2])


def _of_session(change_of: Callable[[Session, str], Session]) -> Callable[[Allocation, str, str], Allocation]:
    """A change of the session whose id is all of the body, or its head."""

    def changed(problem: Allocation, body: str, change: str) -> Allocation:
        heads = (one for one in problem.sessions if f"{body}:".startswith(f"{one.id}:"))
        found = max(heads, key=lambda session: len(session.id))
        sessions = (change_of(one, change) if one is found else one for one in problem.sessions)
        return replace(problem, sessions=tuple(sessions))

    return changed


CHANGES: Mapping[str, Callable[[Allocation, str, str], Allocation]] = {
    "pin": _pin,
    "must_place": _must_place,
    "keep_together": _together,
    "manager": _manager,
    "eligibility": _eligibility,
    "team_cover": _cover,
    "capacity": _of_session(lambda session, change: replace(session, capacity=_number(change))),
    "min_size": _of_session(lambda session, change: replace(session, min_size=_number(change))),
    "min_agencies": _of_session(lambda session, change: replace(session, min_agencies=_number(change))),
    "min_sectors": _of_session(lambda session, change: replace(session, min_sectors=_number(change))),
    "max_per_team": _of_session(lambda session, change: replace(session, max_per_team=_number(change))),
    "agency_share": _of_session(
        lambda session, change: replace(session, max_agency_share=float(change.rpartition(" ")[2]))
    ),
}
