"""Nobody is passed over by somebody of the same agency and band who has waited less. Pure.

An unplaced person who could sit in the very seat of such a person gets it; counts of agencies and bands stay as they
are, so placement does not change and mixing only by who knows whom.
"""

from lms.cohorts.engine.occupancy import NOWHERE, Layout, Occupancy


def passed_over(room: Occupancy) -> list[tuple[int, int]]:
    """Each unplaced person who is unfairly passed over, with one whose seat they could have."""
    return [(person, other) for person in _unplaced(room.layout, room) if (other := _seat_for(room, person)) != NOWHERE]


def be_fair(room: Occupancy, *, at_no_cost: bool = False) -> int:
    """Give seats to those who waited longer until nobody is passed over, or as far as it costs no mixing; returns how
    many seats changed hands.
    """
    swaps = 0
    seats = _seats(room)
    queue = _unplaced(room.layout, room)
    while queue:
        person = queue.pop(0)
        other = _seat_for(room, person, seats, at_no_cost=at_no_cost)
        if other == NOWHERE:
            continue
        session = room.take(other)
        room.put(person, session)
        layout = room.layout
        held = seats[session, layout.band[person], layout.agency[person]]
        held.remove(other)
        held.append(person)
        swaps += 1
        queue.append(other)
        if not queue or swaps % 50 == 0:
            queue = _unplaced(layout, room)
    return swaps


def _unplaced(layout: Layout, room: Occupancy) -> list[int]:
    """People without a place who could sit in somebody's stead, who waited longest first."""
    waiting = [p for p, s in enumerate(room.at) if s == NOWHERE and p not in layout.tied]
    return sorted(waiting, key=lambda one: (-layout.people[one].waiting_days, one))


Seats = dict[tuple[int, int, int], list[int]]


def _seats(room: Occupancy) -> Seats:
    layout = room.layout
    found: Seats = {}
    for person, session in enumerate(room.at):
        if session != NOWHERE:
            found.setdefault((session, layout.band[person], layout.agency[person]), []).append(person)
    return found


def _seat_for(room: Occupancy, person: int, seats: Seats | None = None, *, at_no_cost: bool = False) -> int:
    """Somebody of the same agency and band who waited less and whose very seat the person could have: the one who
    waited least.
    """
    layout = room.layout
    held = _seats(room) if seats is None else seats
    waited = layout.people[person].waiting_days
    best = NOWHERE
    for session in layout.eligible[person]:
        for other in held.get((session, layout.band[person], layout.agency[person]), ()):
            if other in layout.tied or other in layout.must or layout.people[other].waiting_days >= waited:
                continue
            better = best == NOWHERE or layout.people[other].waiting_days < layout.people[best].waiting_days
            if better and _could(room, person, other, session, at_no_cost=at_no_cost):
                best = other
    return best


def _could(room: Occupancy, person: int, other: int, session: int, *, at_no_cost: bool) -> bool:
    room.take(other)
    fits = room.fits_beside(person, session)
    if fits and at_no_cost:
        fits = room.gain(person, session) >= room.gain(other, session)
    if fits and room.layout.sectors:
        room.put(person, session)
        fits = room.is_sound(session)
        room.take(person)
    room.put(other, session)
    return fits
