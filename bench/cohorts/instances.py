"""People, joint days and tables made up by dice: the same for everybody who runs the bench."""

from random import Random

from lms.cohorts.engine.problem import Allocation, Goal, Guest, Person, Rotation, Session

AGENCIES = ("health", "education", "social care", "police", "voluntary", "housing")
SKEW = (30, 28, 16, 12, 8, 6)
BANDS = (10, 20, 45, 25)
PLACES = ("north", "south", "east", "west")
TEAM = 8


def joint_days(people: int, sessions: int, seed: int = 1) -> Allocation:
    """People who can come on about six dates of ten, to joint days with room for nine of ten of them."""
    dice = Random(f"bench {people} {sessions} {seed}")  # noqa: S311
    names = [f"S{n:03}" for n in range(sessions)]
    agencies = [dice.choices(AGENCIES, SKEW)[0] for _ in range(people)]
    everyone = tuple(_person(dice, number, agency, names) for number, agency in enumerate(agencies))
    room = -(-people * 9 // (10 * sessions))
    ids = [one.id for one in everyone]
    return Allocation(
        name=f"{people} people, {sessions} joint days",
        people=everyone,
        sessions=tuple(
            Session(name, f"2027-{1 + n // 28 % 12:02}-{1 + n % 28:02}", dice.choice(PLACES), room, 8, 3, 0.5)
            for n, name in enumerate(names)
        ),
        cover=dict.fromkeys(sorted({one.team for one in everyone if one.team}), 2),
        keep_apart=tuple(_pair(dice, ids) for _ in range(people // 60)),
        known=tuple(sorted({_pair(dice, ids) for _ in range(2 * people)})),
        goals=(Goal.PLACED, Goal.MIXING, Goal.FAIRNESS),
    )


def _person(dice: Random, number: int, agency: str, sessions: list[str]) -> Person:
    can = tuple(name for name in sessions if dice.random() < 0.6) or (dice.choice(sessions),)
    team = f"{agency} {number // (TEAM * len(AGENCIES))}"
    band = dice.choices((1, 2, 3, 4), BANDS)[0]
    return Person(
        f"P{number:05}", agency, team, "staff", dice.choice(PLACES), band, dice.randrange(365), frozenset(), can
    )


def _pair(dice: Random, ids: list[str]) -> tuple[str, str]:
    one, other = sorted(dice.sample(ids, 2))
    return one, other


def tables(people: int, number: int, rounds: int, seed: int = 1) -> Rotation:
    """People of six agencies, some large and some small, at tables of one size."""
    dice = Random(f"bench tables {people} {seed}")  # noqa: S311
    guests = tuple(Guest(f"P{n:03}", dice.choices(AGENCIES, SKEW)[0]) for n in range(people))
    return Rotation(f"{people} people, {number} tables, {rounds} rounds", guests, (people // number,) * number, rounds)
