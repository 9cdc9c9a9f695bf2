"""What a trainer should look at before publishing, and what a change did to the figures. Pure."""

from collections import Counter
from collections.abc import Iterator

from lms.cohorts.access import Need
from lms.cohorts.engine.problem import Allocation, Session
from lms.planning.figures import FEW_AGENCIES, Board, Words


def things(board: Board, session: str, words: Words) -> list[str]:
    """Sentences about one date, most serious first."""
    there, group = board.sessions[session], board.on[session]
    if not group:
        return []
    agencies = Counter(one.agency for one in group)
    found = [one.sentence for one in board.broken(words) if session in one.rule or there.date in one.rule]
    if len(agencies) <= FEW_AGENCIES:
        found.append(f"Everyone here meets people of fewer than {FEW_AGENCIES} other agencies.")
    found += _teams_at_their_limit(board, there, words)
    lone = sorted(words.agencies.get(one, one) for one, number in agencies.items() if number == 1)
    if lone:
        comes = "comes with one person" if len(lone) == 1 else "come with one person each"
        found.append(f"{_and(lone)} {comes}. Give them a partner at the table.")
    least = min(group, key=lambda one: (board.meets(one, session), one.id))
    name = words.people.get(least.id, least.id)
    found.append(f"{name} meets the fewest new people: {board.meets(least, session)}.")
    return found


def _teams_at_their_limit(board: Board, there: Session, words: Words) -> Iterator[str]:
    full = {
        words.teams.get(team, team): number
        for (team, day), number in board.away.items()
        if day == there.date and number > 1 and number == board.problem.cover.get(team)
    }
    names = sorted(full)
    if len(names) == 1:
        yield f"{names[0]} has {full[names[0]]} people away that day, which is its limit."
    elif names:
        yield f"{len(names)} teams have as many people away that day as they can spare: {_and(names)}."


def not_provided(problem: Allocation, words: Words) -> list[str]:
    """Which dates lack what people need, by need: nobody who needs it is placed there."""
    found = []
    for need in sorted({need for one in problem.people for need in one.needs}):
        lacking = [words.dates.get(one.id, one.id) for one in problem.sessions if need not in one.provides]
        people = sum(1 for one in problem.people if need in one.needs)
        if lacking:
            who = "1 person needs" if people == 1 else f"{people} people need"
            what = Need(need).words
            found.append(f"{who} {what[0].lower()}{what[1:]}, which {_and(lacking)} is not known to have.")
    return found


def headline(board: Board, best_pairs: int | None) -> str:
    """The one sentence: how many new people the average person meets, and the best there could be."""
    if not board.placed:
        return "Nobody has a place in this plan."
    now = round(board.average, 1)
    start = f"The average person will meet {now:g} new people from other agencies."
    if best_pairs is None:
        return start
    best = round(max(2 * best_pairs / board.placed, board.average), 1)
    if best <= now:
        return f"{start} No plan that keeps your rules and pins does better."
    return f"{start} No plan for as many people can do better than {best:g}."


def change(before: Board, after: Board, session: str | None, agency: str, words: Words) -> str:
    """What a change did: the average before and after, and the agency's part of the date."""
    said = f"Average {before.average:.1f} → {after.average:.1f}"
    if session is None:
        return f"{said}."
    group = after.on[session]
    same = sum(1 for one in group if one.agency == agency)
    return f"{said}; {words.agencies.get(agency, agency)} {same} of {len(group)}."


def differences(before: dict[str, str | None], after: dict[str, str | None]) -> list[str]:
    """Whose date is another one in the second plan, or who has one in only one of them."""
    return sorted(one for one in {*before, *after} if before.get(one) != after.get(one))


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
