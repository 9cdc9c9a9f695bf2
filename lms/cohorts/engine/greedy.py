"""A first plan at once: the most urgent first, where they meet most new people, then mended until legal. Pure.

Also `settle`, which finds places for people left over by moving one or two others, and never takes a place from
somebody as urgent.
"""

from lms.cohorts.engine.occupancy import NOWHERE, Layout, Occupancy

MOST_MENDS = 40


def first_plan(layout: Layout) -> Occupancy:
    """A plan that keeps every rule of a session, cover, teams and pairs; pins, groups and people who must be placed are
    tried first and may be missing from it.
    """
    room = Occupancy(layout)
    units = _units(layout)
    for unit in units:
        _seat(room, unit)
    for _ in range(MOST_MENDS):
        unsound = [session for session in range(len(layout.sessions)) if not room.is_sound(session)]
        if not unsound:
            break
        for session in unsound:
            _mend(room, session)
    return _close_unsound(room)


def kept_plan(layout: Layout) -> Occupancy:
    """A plan that begins with where the baseline has people, as far as the rules still allow, and finds seats for the
    others around them.
    """
    room = Occupancy(layout)
    units = _units(layout)
    for unit in units:
        if any(one in layout.pins or one in layout.must for one in unit):
            _seat(room, unit)
    for unit in units:
        home = _home(layout, unit)
        if home != NOWHERE and room.at[unit[0]] == NOWHERE and has_seats(room, unit, home):
            _put_all(room, unit, home)
    for unit in units:
        if room.at[unit[0]] == NOWHERE:
            _seat(room, unit)
    for session in range(len(layout.sessions)):
        _mend(room, session)
    settle(room)
    return _close_unsound(room)


def _home(layout: Layout, unit: list[int]) -> int:
    """The one session where the baseline has all of the unit and all of them can come, or NOWHERE."""
    homes = {layout.base.get(one, NOWHERE) for one in unit}
    home = homes.pop() if len(homes) == 1 else NOWHERE
    return home if home != NOWHERE and all(home in layout.can[one] for one in unit) else NOWHERE


def has_seats(room: Occupancy, unit: list[int], session: int) -> bool:
    """Whether so many seats are left."""
    return room.size[session] + len(unit) <= room.layout.sessions[session].capacity


def urgency(layout: Layout, person: int) -> tuple[int, int, int]:
    """The order in which people get places: band, then who waited longest."""
    return layout.band[person], -layout.people[person].waiting_days, person


def _units(layout: Layout) -> list[list[int]]:
    """People who sit together or alone: pinned first, then those who must be placed, then by urgency."""
    grouped = {person: group for group in layout.groups for person in group}
    found: list[list[int]] = []
    seen: set[int] = set()
    order = sorted(
        range(len(layout.people)),
        key=lambda one: (one not in layout.pins, one not in layout.must, urgency(layout, one)),
    )
    for person in order:
        if person not in seen:
            unit = grouped.get(person, [person])
            seen.update(unit)
            found.append(unit)
    return found


def _seat(room: Occupancy, unit: list[int]) -> bool:
    """Put the unit into the session where it meets most, among those it fits; whether there was one."""
    layout = room.layout
    pinned = {layout.pins[one] for one in unit if one in layout.pins}
    choices = sorted(pinned) if pinned else layout.eligible[unit[0]]
    best, best_gain = NOWHERE, -1
    for session in choices:
        if all(session in layout.can[one] for one in unit) and has_room(room, unit, session):
            gain = sum(room.gain(one, session) for one in unit)
            if gain > best_gain:
                best, best_gain = session, gain
    if best == NOWHERE:
        return False
    return _put_all(room, unit, best)


def _put_all(room: Occupancy, unit: list[int], session: int) -> bool:
    done: list[int] = []
    for one in unit:
        if not room.fits_beside(one, session):
            for other in done:
                room.take(other)
            return False
        room.put(one, session)
        done.append(one)
    return True


def has_room(room: Occupancy, unit: list[int], session: int) -> bool:
    """Whether seats are left, and the agencies stay under their share of a full session."""
    layout = room.layout
    capacity = layout.sessions[session].capacity
    if room.size[session] + len(unit) > capacity:
        return False
    if len(unit) == 1 and not room.fits_beside(unit[0], session):
        return False
    most = layout.most_of_agency(session, capacity)
    return all(room.of_agency[session][layout.agency[one]] < most for one in unit)


def _mend(room: Occupancy, session: int) -> None:
    """Bring a session nearer to its rules: people of an agency over its share go elsewhere, least urgent first."""
    layout = room.layout
    while room.size[session]:
        counts = room.of_agency[session]
        largest = max(range(len(counts)), key=lambda one: (counts[one], -one))
        if counts[largest] <= layout.most_of_agency(session, room.size[session]):
            break
        inside = [p for p, s in enumerate(room.at) if s == session and layout.agency[p] == largest]
        movable = [p for p in inside if p not in layout.tied and p not in layout.must]
        if not movable:
            break
        person = max(movable, key=lambda one: urgency(layout, one))
        room.take(person)
        for other in layout.eligible[person]:
            if other != session and room.size[other] and has_room(room, [person], other):
                room.put(person, other)
                break


def _close_unsound(room: Occupancy) -> Occupancy:
    """Close what cannot be mended, and find its people other places that stay sound."""
    layout = room.layout
    for _ in range(len(layout.sessions) + 1):
        unsound = [session for session in range(len(layout.sessions)) if not room.is_sound(session)]
        if not unsound:
            break
        session = min(unsound, key=lambda one: (room.size[one], one))
        for person in [p for p, s in enumerate(room.at) if s == session]:
            room.take(person)
        settle(room)
    return room


def settle(room: Occupancy, passes: int = 2) -> None:
    """Place people who have none: straight, by moving one other person to another session, or in the stead of somebody
    less urgent, who is then placed again where that is possible. Sessions that are sound stay so.
    """
    layout = room.layout
    for _ in range(passes):
        changed = False
        waiting = [p for p, s in enumerate(room.at) if s == NOWHERE and p not in layout.tied and layout.eligible[p]]
        members = _members(room)
        for person in sorted(waiting, key=lambda one: urgency(layout, one)):
            if _straight(room, person, members) or _through(room, person, members):
                changed = True
            else:
                changed |= _instead(room, person, members)
        if not changed:
            break


def _members(room: Occupancy) -> list[list[int]]:
    members: list[list[int]] = [[] for _ in room.layout.sessions]
    for person, session in enumerate(room.at):
        if session != NOWHERE:
            members[session].append(person)
    return members


def _try_put(room: Occupancy, person: int, session: int) -> bool:
    """Put the person there if the session, already running and sound, stays sound."""
    if not room.size[session] or not room.fits_beside(person, session):
        return False
    room.put(person, session)
    if room.is_sound(session):
        return True
    room.take(person)
    return False


def _straight(room: Occupancy, person: int, members: list[list[int]]) -> bool:
    choices = [s for s in room.layout.eligible[person] if room.size[s] < room.layout.sessions[s].capacity]
    for session in sorted(choices, key=lambda one: (-room.gain(person, one), one)):
        if _try_put(room, person, session):
            members[session].append(person)
            return True
    return False


def _through(room: Occupancy, person: int, members: list[list[int]]) -> bool:
    """Somebody else moves to another session and makes the seat free."""
    layout = room.layout
    open_ = {s for s, rules in enumerate(layout.sessions) if 0 < room.size[s] < rules.capacity}
    if not open_:
        return False
    for session in layout.eligible[person]:
        for other in members[session] if room.size[session] else ():
            targets = [] if other in layout.tied else [s for s in layout.eligible[other] if s in open_ and s != session]
            for target in targets:
                if _swap_in(room, person, other, session, target):
                    members[session].remove(other)
                    members[session].append(person)
                    members[target].append(other)
                    return True
    return False


def _swap_in(room: Occupancy, person: int, other: int, session: int, target: int) -> bool:
    room.take(other)
    if room.fits_beside(person, session):
        room.put(person, session)
        if room.is_sound(session) and _try_put(room, other, target):
            return True
        room.take(person)
    room.put(other, session)
    return False


def _instead(room: Occupancy, person: int, members: list[list[int]]) -> bool:
    """Take the seat of somebody in a less urgent band."""
    layout = room.layout
    for session in layout.eligible[person]:
        for other in sorted(members[session], key=lambda one: urgency(layout, one), reverse=True):
            if layout.band[other] <= layout.band[person]:
                break
            if other in layout.tied or other in layout.must:
                continue
            room.take(other)
            if _try_put(room, person, session):
                members[session].remove(other)
                members[session].append(person)
                return True
            room.put(other, session)
    return False
