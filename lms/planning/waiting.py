"""Why people have no place, each in one plain sentence that speaks of nobody else. Pure."""

from dataclasses import dataclass

from lms.cohorts.engine.problem import Person
from lms.planning.figures import CANNOT, Board, Obstacle, Words

_ON_ONE = {
    Obstacle.CLASH: CANNOT,
    Obstacle.NOT_RUN: "does not run",
    Obstacle.FULL: "is full with people who are more urgent, have waited longer or mix it better",
    Obstacle.TEAM: "already has as many of the team as may come together",
    Obstacle.COVER: "would take the team below safe cover",
    Obstacle.SHARE: "already has this agency’s share",
    Obstacle.BETTER: "mixes better without, and nobody more urgent had to wait for that",
}
_GROUPS = {
    Obstacle.FULL: "every date they can attend is full",
    Obstacle.SHARE: "their agency already has its share",
    Obstacle.TEAM: "their team already sends as many as may come together",
    Obstacle.COVER: "their team would fall below safe cover",
    Obstacle.BETTER: "could be added by hand; the plan mixes better without",
    Obstacle.NOT_RUN: "the dates they can attend do not run",
    Obstacle.CLASH: "cannot be placed in any session",
}


@dataclass(frozen=True)
class Waits:
    """Somebody without a place: the reason by date, and the one that tells most."""

    person: Person
    main: Obstacle
    sentence: str


def why(board: Board, person: Person, words: Words) -> Waits:
    """Why somebody waits."""
    by_date = {one.id: board.obstacle(person, one.id) or Obstacle.BETTER for one in board.problem.sessions}
    main = min(by_date.values(), key=list(_GROUPS).index, default=Obstacle.CLASH)
    told: dict[Obstacle, list[str]] = {}
    for session, obstacle in by_date.items():
        told.setdefault(obstacle, []).append(words.dates.get(session, session))
    if set(told) == {Obstacle.CLASH}:
        return Waits(person, main, f"{CANNOT.capitalize()}: {' and '.join(told[Obstacle.CLASH])}.")
    parts = [f"{' and '.join(dates)} {_ON_ONE[one]}" for one, dates in told.items() if one is not Obstacle.CLASH]
    if Obstacle.CLASH in told:
        parts.append(f"{CANNOT} on {' and '.join(told[Obstacle.CLASH])}")
    return Waits(person, main, "; ".join(parts)[:1].upper() + "; ".join(parts)[1:] + ".")


def groups(waits: list[Waits]) -> list[tuple[str, list[Waits]]]:
    """Who waits, by the reason that tells most."""
    found: dict[Obstacle, list[Waits]] = {}
    for one in waits:
        found.setdefault(one.main, []).append(one)
    return [(_GROUPS[main], found[main]) for main in _GROUPS if main in found]


def queues_for(board: Board, person: Person) -> list[str]:
    """The dates for whose waiting list somebody without a place stands: those that only lack room for them."""
    return [one.id for one in board.problem.sessions if board.waits_for_room_alone(person, one.id)]
