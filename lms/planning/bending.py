"""Plans worked out around what a trainer set aside with a reason: it stays so, and nothing else gives way. Pure."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from lms.cohorts.engine.problem import Allocation, Session


def bent(problem: Allocation, set_aside: Collection[str]) -> Allocation:
    """The problem in which people pinned beyond a rule that was set aside are not in the way of a plan. Those beyond
    the limit of a team stop counting for it, so nobody else of the team comes in their train; a share is raised to what
    is pinned.
    """
    keys = [key.split(":") for key in set_aside]
    beyond = _beyond_cover(problem, keys) | _beyond_team(problem, keys)
    people = tuple(replace(one, team=None) if one.id in beyond else one for one in problem.people)
    sessions = tuple(_share(problem, one, keys) for one in problem.sessions)
    return replace(problem, people=people, sessions=sessions)


def _beyond_cover(problem: Allocation, keys: list[list[str]]) -> set[str]:
    dates = {one.id: one.date for one in problem.sessions}
    pinned = _pinned(problem, dates)
    return {
        person
        for family, *at in keys
        if family == "team_cover" and at[0] in problem.cover
        for person in pinned[at[0], at[1]][problem.cover[at[0]] :]
    }


def _beyond_team(problem: Allocation, keys: list[list[str]]) -> set[str]:
    pinned = _pinned(problem, {one.id: one.id for one in problem.sessions})
    most = {one.id: one.max_per_team for one in problem.sessions}
    return {
        person
        for family, *at in keys
        if family == "per_team" and most.get(at[0]) is not None
        for person in pinned[at[1], at[0]][most[at[0]] :]
    }


def _pinned(problem: Allocation, where: dict[str, str]) -> defaultdict[tuple[str, str], list[str]]:
    teams = {one.id: one.team for one in problem.people}
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for pin in sorted(problem.pins, key=lambda pin: pin.person):
        team = teams.get(pin.person)
        if team is not None and pin.session in where:
            found[team, where[pin.session]].append(pin.person)
    return found


def _share(problem: Allocation, session: Session, keys: list[list[str]]) -> Session:
    agencies = {at[1] for family, *at in keys if family == "agency_share" and at[0] == session.id}
    of_agency = {one.id: one.agency for one in problem.people}
    pinned = [of_agency.get(pin.person) for pin in problem.pins if pin.session == session.id]
    most = max((pinned.count(one) for one in agencies), default=0)
    return replace(session, max_agency_share=min(1.0, max(session.max_agency_share, most / session.capacity)))
