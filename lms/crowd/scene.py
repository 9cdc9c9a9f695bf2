"""The agencies and teams of a crowd, and how many people each of them has. Pure: the same seed makes the same scene."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import UUID

from lms.assignments.rules import Rule
from lms.crowd.words import AGENCIES, COUNTIES, LOCALITIES, TEAMS
from lms.people.sectors import Sector

PARTNERSHIP_SIZE = 100_000
SMALLEST_AGENCY, LARGEST_AGENCY = 200, 5_000
SMALLEST_TEAM, LARGEST_TEAM = 8, 30


class Identities:
    """Identities that grow from one to the next, so that the rows of a crowd fill indexes in order and fast."""

    def __init__(self, chance: Random, start: int) -> None:
        self._chance = chance
        self._next = start

    def make(self) -> UUID:
        """The next one."""
        self._next += 1
        return UUID(int=(self._next << 80) | self._chance.getrandbits(80), version=4)


@dataclass(frozen=True)
class CrowdTeam:
    """A team, and the number of its people."""

    id: UUID
    name: str
    locality: str
    people: int


@dataclass(frozen=True)
class CrowdAgency:
    """An agency with its teams. `first` is the number of its first person, who manages all of it."""

    id: UUID
    name: str
    sector: Sector
    partnership: str
    teams: Sequence[CrowdTeam]
    manager: UUID
    first: int
    leads: bool = False

    @property
    def people(self) -> int:
        """How many people have their first post here."""
        return sum(team.people for team in self.teams)


@dataclass(frozen=True)
class Course:
    """What a life needs to know of a module."""

    slug: str
    title: str
    version: int
    core_hash: str
    minutes: int
    months: int
    core: bool
    pages: Sequence[str]
    quizzes: Sequence[str]


@dataclass
class Scene:
    """Everything a life of the crowd is lived in."""

    seed: int
    today: date
    years: int
    password_hash: str
    courses: Sequence[Course]
    agencies: Sequence[CrowdAgency]
    rules: Sequence[Rule] = ()
    neighbours: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note which agencies are neighbours."""
        for number, agency in enumerate(self.agencies):
            self.neighbours.setdefault(agency.partnership, []).append(number)


def agencies(people: int, chance: Random) -> list[CrowdAgency]:
    """Agencies for this many people: partnerships of about 100,000, each with agencies of every sector in turn."""
    identities = Identities(chance, 0)
    partnerships = max(1, round(people / PARTNERSHIP_SIZE))
    found: list[CrowdAgency] = []
    first = 0
    for number in range(partnerships):
        left = people // partnerships + (number < people % partnerships)
        name = partnership_name(number)
        turn = 0
        while left:
            size = _size(left, chance)
            found.append(_agency(name, turn, (first, size), identities, chance))
            left, first, turn = left - size, first + size, turn + 1
    return found


def partnership_name(number: int) -> str:
    """The name of a partnership by its number."""
    round_, place = divmod(number, len(COUNTIES))
    return COUNTIES[place] + (f" {round_ + 1}" if round_ else "")


def _size(left: int, chance: Random) -> int:
    """Many small agencies and a few large ones; what would be too small for one of its own goes with the last."""
    size = min(int(SMALLEST_AGENCY * chance.paretovariate(0.8)), LARGEST_AGENCY)
    return left if left - size < SMALLEST_AGENCY else size


def _agency(
    partnership: str, turn: int, people: tuple[int, int], identities: Identities, chance: Random
) -> CrowdAgency:
    """An agency; `people` are the number of its first person and how many they are."""
    first, size = people
    sector = list(Sector)[turn % len(Sector)]
    round_ = turn // len(Sector)
    name = f"{partnership} {AGENCIES[sector]}" + (f" {round_ + 1}" if round_ else "")
    teams: list[CrowdTeam] = []
    left = size
    while left:
        of = chance.randint(SMALLEST_TEAM, LARGEST_TEAM)
        of = left if left - of < SMALLEST_TEAM else of
        locality = chance.choice(LOCALITIES)
        title = f"{locality} {TEAMS[sector]} {len(teams) + 1}"
        teams.append(CrowdTeam(identities.make(), title, locality, of))
        left -= of
    return CrowdAgency(identities.make(), name, sector, partnership, teams, identities.make(), first, turn == 0)
