"""Why people wait: one plain sentence each, which speaks of rules and never of another person. Pure."""

from lms.cohorts.engine.occupancy import NOWHERE, Occupancy
from lms.cohorts.engine.plan import Waits

MOST_NAMED = 6


def reasons(room: Occupancy) -> tuple[Waits, ...]:
    """Everybody without a place, with the reason, in order of identity."""
    layout = room.layout
    return tuple(
        Waits(layout.people[person].id, _reason(room, person))
        for person, session in enumerate(room.at)
        if session == NOWHERE
    )


def _reason(room: Occupancy, person: int) -> str:
    layout = room.layout
    sessions = layout.eligible[person]
    if not sessions:
        if layout.problem.people and layout.people[person].sessions:
            return "no session this person can attend provides what they need"
        return "no session this person can attend"
    found = [_obstacle(room, person, session) for session in sessions[:MOST_NAMED]]
    more = len(sessions) - MOST_NAMED
    said = "; ".join(found) + (f"; and {more} more" if more > 0 else "")
    return f"no seat: {said}"


def _obstacle(room: Occupancy, person: int, session: int) -> str:
    layout = room.layout
    rules, team = layout.sessions[session], layout.team[person]
    name = rules.id
    if not room.size[session]:
        return f"{name} does not run"
    if team != NOWHERE and layout.cover[team] is not None:
        most = layout.cover[team]
        if most is not None and room.away[team][layout.date[session]] >= most:
            return f"{name} breaks team_cover:{layout.teams[team]}:{rules.date}"
    if room.size[session] >= rules.capacity:
        return f"{name} full of people of a more urgent band, of longer waiting or of a mix the rules ask for"
    if room.of_agency[session][layout.agency[person]] + 1 > layout.most_of_agency(session, room.size[session] + 1):
        return f"{name} breaks agency_share:{name}:{layout.agencies[layout.agency[person]]}"
    return f"{name}: cannot be placed in this session"
