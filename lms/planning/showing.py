"""What the page of a proposal shows: figures, the mix of one date, its people with reasons, and who waits and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.cohorts.engine.problem import Person
from lms.cohorts.mix import Block, Group, Mix, blocks, measure
from lms.planning import looking, waiting
from lms.planning.building import Loaded
from lms.planning.figures import Board, Obstacle
from lms.planning.models import Nomination, Proposal
from lms.planning.rules import Band
from lms.planning.states import HoldKind


@dataclass(frozen=True)
class Seat:
    """One person on a date, and the reason they have a seat."""

    id: str
    name: str
    job: str
    reason: str
    pinned: bool


@dataclass(frozen=True)
class Urgent:
    """One band: how many are placed, how many there are, and the most any plan places (None: not known)."""

    band: Band
    placed: int
    of: int
    most: int | None


@dataclass(frozen=True)
class Shown:
    """A proposal, ready for its page; `at` is the date looked at."""

    loaded: Loaded
    board: Board
    at: str | None
    headline: str
    urgent: list[Urgent]
    dates: list[tuple[str, str, int, int]]
    mix: Mix
    blocks: list[Block]
    groups: list[tuple[str, str, list[Seat]]]
    things: list[str]
    waits: list[tuple[str, list[tuple[waiting.Waits, str]]]]
    known: tuple[int, int]
    passed_over: int

    @property
    def most_urgent(self) -> Urgent | None:
        """The first band there is."""
        return self.urgent[0] if self.urgent else None

    @property
    def pins(self) -> int:
        """How many people are pinned."""
        return sum(1 for one in self.loaded.holds.values() if one.kind == HoldKind.PIN)


@dataclass(frozen=True)
class Move:
    """Somebody whose date is another one; None is no place."""

    name: str
    agency: str
    before: str | None
    after: str | None


def moves(loaded: Loaded, before: Mapping[str, str | None], after: Mapping[str, str | None]) -> list[Move]:
    """Who moves between two plans, from where and to where, by name."""
    dates, people = loaded.words.dates, {one.id: one for one in loaded.problem.people}
    found = [
        Move(
            loaded.words.people[one],
            loaded.words.agencies[people[one].agency],
            _date(dates, before.get(one)),
            _date(dates, after.get(one)),
        )
        for one in looking.differences(dict(before), dict(after))
        if one in people
    ]
    return sorted(found, key=lambda one: (one.name, one.agency))


def _date(dates: Mapping[str, str], seat: str | None) -> str | None:
    return dates.get(seat, "a date called off") if seat else None


def show(loaded: Loaded, proposal: Proposal, at: str | None) -> Shown:
    """Everything the page says of a proposal, counted from its assignment as it is now."""
    board = Board(loaded.problem, proposal.assignment)
    dates = [
        (one.id, loaded.words.dates[one.id], len(board.on[one.id]), one.capacity) for one in loaded.problem.sessions
    ]
    if at not in loaded.words.dates:
        at = next((id_ for id_, _, people, _ in dates if people), dates[0][0] if dates else None)
    shown = _mix(loaded, board, at)
    things = looking.things(board, at, loaded.words) if at else []
    return Shown(
        loaded=loaded,
        board=board,
        at=at,
        headline=looking.headline(board, _best(board, proposal)),
        urgent=_urgent(board, proposal.plan),
        dates=dates,
        mix=shown,
        blocks=blocks(shown),
        groups=_groups(loaded, board, at),
        things=things + looking.not_provided(loaded.problem, loaded.words),
        waits=_waits(loaded, board),
        known=board.known_on(at) if at else (0, 0),
        passed_over=len(board.passed_over()),
    )


def _best(board: Board, proposal: Proposal) -> int | None:
    """The proven bound of pairs, while as many people are placed as it was proven for."""
    bound = proposal.plan.get("bounds", {}).get("mixing")
    left = len(proposal.plan.get("waiting", ()))
    same = board.placed == len(proposal.assignment) - left
    return int(bound) if bound is not None and same else None


def _urgent(board: Board, plan: dict[str, Any]) -> list[Urgent]:
    bounds = plan.get("bounds", {}).get("placed") or []
    found = board.in_bands()
    known = len(bounds) == len(found)
    return [
        Urgent(Band(band), placed, of, min(of, int(bounds[place])) if known else None)
        for place, (band, (placed, of)) in enumerate(found.items())
    ]


def _mix(loaded: Loaded, board: Board, at: str | None) -> Mix:
    counts: dict[str, int] = {}
    for one in board.on[at] if at else ():
        counts[one.agency] = counts.get(one.agency, 0) + 1
    return measure(Group(loaded.words.agencies[one], loaded.sectors[one], people) for one, people in counts.items())


def _groups(loaded: Loaded, board: Board, at: str | None) -> list[tuple[str, str, list[Seat]]]:
    found: dict[str, list[Seat]] = {}
    for one in board.on[at] if at else ():
        found.setdefault(one.agency, []).append(_seat(loaded, one))
    names = loaded.words.agencies
    return [
        (names[agency], loaded.sectors[agency], sorted(found[agency], key=lambda seat: seat.name))
        for agency in sorted(found, key=lambda one: (-len(found[one]), names[one]))
    ]


def _seat(loaded: Loaded, person: Person) -> Seat:
    hold = loaded.holds.get(person.id)
    nomination = loaded.nominated.get(person.id)
    return Seat(
        person.id,
        loaded.words.people[person.id],
        person.role,
        reason(nomination, person) if nomination else "Has a place already",
        bool(hold and hold.kind == HoldKind.PIN),
    )


def reason(nomination: Nomination, person: Person) -> str:
    """Why somebody has a seat, as far as it is about them."""
    days = person.waiting_days
    asked = "asked today" if not days else "asked yesterday" if days == 1 else f"asked {days} days ago"
    return f"{nomination.band.words}; {asked}"


def _waits(loaded: Loaded, board: Board) -> list[tuple[str, list[tuple[waiting.Waits, str]]]]:
    names, out = loaded.words.people, {key for key, hold in loaded.holds.items() if hold.kind == HoldKind.OUT}
    found = [waiting.why(board, one, loaded.words) for one in board.waiting if one.id not in out]
    found.sort(key=lambda one: (one.person.band, -one.person.waiting_days, names[one.person.id]))
    shown = [(words, [(one, names[one.person.id]) for one in group]) for words, group in waiting.groups(found)]
    left = [
        waiting.Waits(board.people[one], Obstacle.CLASH, "Left out by you.")
        for one in sorted(out)
        if one in board.people
    ]
    if left:
        shown.append(("left out by you", [(one, names[one.person.id]) for one in left]))
    return shown
