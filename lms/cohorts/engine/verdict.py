"""What the judge says of a plan: the rules it breaks, its figures, and the key by which plans compare. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Broken:
    """A rule that a plan breaks, and how."""

    rule: str
    why: str


@dataclass(frozen=True)
class AllocationFigures:
    """What a plan of places is judged by. `passed_over` are people without a place who could sit in the very seat of
    somebody of the same agency and band who has waited less; `moved` counts who lost or changed the place they were
    told of; `met` is how many people of other agencies, unknown before, the average person with a place sits with.
    """

    placed: Mapping[int, int]
    mixing: int
    moved: int
    passed_over: tuple[str, ...]
    met: float
    sessions_run: int


@dataclass(frozen=True)
class RotationFigures:
    """What tables are judged by: pairs of different agencies who had not met before, pairs' second and later meetings,
    and how many other agencies people meet, added up and the fewest.
    """

    new_pairs: int
    repeats: int
    agencies_met: int
    fewest_agencies_met: int
    fewest_people_met: int


@dataclass(frozen=True)
class Verdict:
    """What is broken, the figures, and the key by which plans compare: level by level, the greater the better."""

    faults: tuple[Broken, ...]
    figures: AllocationFigures | RotationFigures
    key: tuple[int, ...]

    @property
    def broken(self) -> tuple[str, ...]:
        """The ids of the broken rules."""
        return tuple(fault.rule for fault in self.faults)

    @property
    def legal(self) -> bool:
        """Whether nothing is broken."""
        return not self.faults
