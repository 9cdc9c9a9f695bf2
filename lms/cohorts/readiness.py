"""Whether a cohort is ready to take place: enough agencies, everything arranged, enough trainers, a room that has what
people need. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lms.cohorts.access import Need, lacking
from lms.cohorts.states import Kept

ONE_TRAINER_IS_ENOUGH_FOR = 16
TRAINERS_ABOVE = 2


@dataclass(frozen=True)
class Facts:
    """What is known of a cohort: who has a place, what it asks for, who runs it, and where it is."""

    agencies: int
    minimum_agencies: int
    sectors: int
    minimum_sectors: int
    people: int
    trainers: int
    rooms: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    arrangements: tuple[tuple[str, str], ...] = ()
    unprepared: int = 0


def not_yet(facts: Facts, *, names_needs: bool = True) -> list[str]:
    """What keeps the cohort from being ready, most serious first; nothing when it is ready. Whoever may not read what
    people need is only told that something is open.
    """
    return [*_room(facts, names_needs=names_needs), *_arranging(facts), *_people(facts)]


def _room(facts: Facts, *, names_needs: bool) -> Iterable[str]:
    if not facts.rooms:
        return []
    missing = lacking({need for need, _ in facts.arrangements}, list(facts.features))
    where = facts.rooms[0]
    if missing and not names_needs:
        return [f"{where} is not known to have everything that people need. Its trainers see what."]
    return [
        f"Somebody needs {_in_a_sentence(one)}, and {where} is not known to have it. "
        "If it has, tick that under Edit; if not, find another room."
        for one in missing
    ]


def _in_a_sentence(need: Need) -> str:
    return need.words[0].lower() + need.words[1:]


def _arranging(facts: Facts) -> Iterable[str]:
    still = sum(state != Kept.CONFIRMED for _, state in facts.arrangements)
    if still:
        yield f"{still} of {len(facts.arrangements)} arrangements {'is' if still == 1 else 'are'} not confirmed."


def _people(facts: Facts) -> Iterable[str]:
    if facts.agencies < facts.minimum_agencies:
        yield f"{facts.agencies} of at least {facts.minimum_agencies} agencies have a place."
    if facts.sectors < facts.minimum_sectors:
        yield f"{facts.sectors} of at least {facts.minimum_sectors} sectors have a place."
    if facts.people > ONE_TRAINER_IS_ENOUGH_FOR and facts.trainers < TRAINERS_ABOVE:
        yield f"More than {ONE_TRAINER_IS_ENOUGH_FOR} people have a place, so {TRAINERS_ABOVE} trainers are needed."
    if facts.unprepared:
        verb = "person with a place has" if facts.unprepared == 1 else "people with a place have"
        yield f"{facts.unprepared} {verb} not finished the preparation, and the day for it has passed."
