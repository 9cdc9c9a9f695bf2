"""Why rules clash, in a sentence. Who is kept apart from whom is never said. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from lms.cohorts.engine.problem import Allocation, Session

NAMED = 3
NEUTRAL = "not everybody asked for can be placed in one session"


def why(problem: Allocation, rules: Sequence[str]) -> str:
    """The clash of these rules in one sentence."""
    said = list(dict.fromkeys(_phrases(problem, rules)))
    if len(said) == 1:
        return f"This cannot be: {said[0]}."
    return f"These cannot all hold: {'; '.join(said)}."


def _phrases(problem: Allocation, rules: Sequence[str]) -> Iterator[str]:
    for name, listed in groupby(rules, key=lambda rule: rule.partition(":")[0]):
        bodies = [rule.partition(":")[2] for rule in listed]
        if name == "eligibility":
            yield from _of_eligibility(problem, bodies)
        else:
            yield from (WORDS[name](problem, body) for body in bodies)


def _of_eligibility(problem: Allocation, people: Sequence[str]) -> Iterator[str]:
    if len(people) > NAMED:
        yield f"{len(people)} people can come to certain sessions only"
        return
    for id_ in people:
        able = problem.eligible[id_]
        yield f"{id_} can come to {_some(able)} only" if able else f"{id_} can come to no session"


def _some(names: Sequence[str]) -> str:
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
    return ", ".join(names)


def _session(problem: Allocation, id_: str) -> Session:
    return next(session for session in problem.sessions if session.id == id_)


def _split(problem: Allocation, body: str) -> tuple[Session, str]:
    """The session at the head of the rest of a rule's id, and what follows; ids may have colons in them."""
    session = max((one for one in problem.sessions if body.startswith(f"{one.id}:")), key=lambda one: len(one.id))
    return session, body[len(session.id) + 1 :]


def _pin(problem: Allocation, body: str) -> str:
    pin = next(pin for pin in problem.pins if f"{pin.person}:{pin.session}" == body)
    return f"{pin.person} is pinned to {pin.session}"


def _share(problem: Allocation, body: str) -> str:
    session, agency = _split(problem, body)
    return f"at most {session.max_agency_share:.0%} of {session.id} may be of {agency}"


def _per_team(problem: Allocation, body: str) -> str:
    session, team = _split(problem, body)
    return f"at most {session.max_per_team} of team {team} may sit in {session.id}"


def _cover(problem: Allocation, body: str) -> str:
    team, _, date = body.rpartition(":")
    return f"team {team} can spare {problem.cover[team]} on {date}"


WORDS: Mapping[str, Callable[[Allocation, str], str]] = {
    "pin": _pin,
    "must_place": lambda _problem, id_: f"{id_} must have a place",
    "capacity": lambda problem, id_: f"{id_} has {_session(problem, id_).capacity} seats",
    "min_size": lambda problem, id_: f"{id_} needs {_session(problem, id_).min_size} people",
    "min_agencies": lambda problem, id_: f"{id_} needs {_session(problem, id_).min_agencies} agencies",
    "min_sectors": lambda problem, id_: f"{id_} needs {_session(problem, id_).min_sectors} sectors",
    "agency_share": _share,
    "max_per_team": _per_team,
    "team_cover": _cover,
    "keep_together": lambda _problem, body: f"{body.replace(':', ', ')} are to share a session",
    "keep_apart": lambda _problem, _body: NEUTRAL,
    "manager": lambda _problem, _body: NEUTRAL,
}
