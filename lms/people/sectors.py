"""The sectors agencies belong to, with their word, their letter and their colour class. Never shown by colour alone."""

from dataclasses import dataclass
from enum import StrEnum


class Sector(StrEnum):
    """What kind of agency it is."""

    HEALTH = "health"
    EDUCATION = "education"
    SOCIAL_CARE = "social-care"
    POLICE = "police"
    VOLUNTARY = "voluntary"
    HOUSING = "housing"


@dataclass(frozen=True)
class Look:
    """How a sector is named and marked on a page."""

    word: str
    letter: str
    css: str


LOOKS: dict[Sector, Look] = {
    Sector.HEALTH: Look("Health", "H", "h"),
    Sector.EDUCATION: Look("Education", "E", "e"),
    Sector.SOCIAL_CARE: Look("Social care", "S", "s"),
    Sector.POLICE: Look("Police and justice", "P", "p"),
    Sector.VOLUNTARY: Look("Voluntary and community", "V", "v"),
    Sector.HOUSING: Look("Housing and other", "O", "ho"),
}


def look(sector: str) -> Look:
    """The look of a stored sector."""
    return LOOKS[Sector(sector)]
