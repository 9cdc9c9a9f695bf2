"""What the engine answers: who goes where, who waits and why, and what could be proved. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """How good a plan is known to be: `optimal` is proved on every level."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True)
class Waits:
    """Someone without a place, and why, in one plain sentence that speaks of no other person."""

    person: str
    reason: str


@dataclass(frozen=True)
class Conflict:
    """Rules that cannot all hold; leave out any one of them and the rest can."""

    rules: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Edit:
    """One concrete change of one rule, such as `drop`, `raise to 5` or `allow S002`."""

    rule: str
    change: str


@dataclass(frozen=True)
class Relaxation:
    """Changes that together make a plan possible, and what they cost on the trainer's scale."""

    cost: int
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class AllocationPlan:
    """Places on sessions. `assignment` holds every person, None for those who wait. `bounds` are the best that any plan
    could reach: `placed` by band, `mixing`, `stability` as minus the moves.
    """

    status: Status
    seed: int
    engine: str
    assignment: Mapping[str, str | None] = field(default_factory=dict)
    bounds: Mapping[str, object] = field(default_factory=dict)
    waiting: tuple[Waits, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()


Tables = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class RotationPlan:
    """Tables over rounds; `bounds` are the most new pairs of different agencies and the fewest repeats possible."""

    status: Status
    seed: int
    engine: str
    rounds: tuple[Tables, ...] = ()
    bounds: Mapping[str, object] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()


Plan = AllocationPlan | RotationPlan
