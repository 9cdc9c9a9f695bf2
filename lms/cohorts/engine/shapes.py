"""The shapes of the engine's files, `cohorts/1`: which fields there are and what they are when left out.

A null is the same as a field left out. Fields that are not known are not read; `unknown` names them. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lms.cohorts.engine.faults import Found, in_words, spelt
from lms.cohorts.engine.places import Path
from lms.cohorts.engine.plan import Status
from lms.cohorts.engine.problem import Goal

MOST = 1_000_000_000


def _a_date(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("write a date of the calendar like 2027-03-01.") from None
    return text


def _a_goal(text: str) -> str:
    if text not in set(Goal):
        raise ValueError(f"the goals are {', '.join(Goal)}.")
    return text


def _a_status(text: str) -> str:
    if text not in set(Status):
        raise ValueError(f"write {', '.join(Status)}.")
    return text


Text = Annotated[str, Field(strict=True)]
Id = Annotated[str, Field(strict=True, min_length=1)]
Day = Annotated[Id, AfterValidator(_a_date)]
Whole = Annotated[int, Field(strict=True, ge=0, le=MOST)]
Counted = Annotated[int, Field(strict=True, ge=1, le=MOST)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Two = tuple[Id, Id]


class Shape(BaseModel):
    """What all shapes share: unknown fields are left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)


Form = TypeVar("Form", bound=Shape)


class PersonShape(Shape):
    """One of `people` in an allocation."""

    id: Id
    agency: Id
    band: Whole
    sessions: list[Id]
    team: Id | None = None
    role: Text = ""
    locality: Text = ""
    waiting_days: Whole = 0
    needs: frozenset[Id] = frozenset()
    sector: Id | None = None
    manager: Id | None = None


class SessionShape(Shape):
    """One of `sessions`."""

    id: Id
    date: Day
    capacity: Whole
    locality: Text = ""
    min_size: Whole = 0
    min_agencies: Whole = 0
    max_agency_share: Share = 1.0
    provides: frozenset[Id] = frozenset()
    min_sectors: Whole = 0
    max_per_team: Whole | None = None


class TeamShape(Shape):
    """One of `teams`: how many of it may be away on one date."""

    id: Id
    max_absent_per_date: Whole


class PairShape(Shape):
    """A person and a session."""

    person: Id
    session: Id


class RulesShape(Shape):
    """The `rules` of an allocation."""

    keep_apart: list[Two] = []
    keep_together: list[list[Id]] = []
    pins: list[PairShape] = []
    forbid: list[PairShape] = []
    prior_contacts: list[Two] = []
    must_place: list[Id] = []


class BaselineShape(Shape):
    """The plan that people were told of."""

    assignment: dict[Id, Id] = {}


class AllocationShape(Shape):
    """A whole problem of kind allocation."""

    name: Text = ""
    people: list[PersonShape]
    sessions: list[SessionShape]
    teams: list[TeamShape] = []
    rules: RulesShape = RulesShape()
    objective: list[Annotated[Id, AfterValidator(_a_goal)]] = []
    baseline: BaselineShape = BaselineShape()


class GuestShape(Shape):
    """One of `people` in a rotation."""

    id: Id
    agency: Id
    team: Id | None = None
    manager: Id | None = None
    seat: Whole | None = None


class TableRulesShape(Shape):
    """The `rules` of a rotation."""

    keep_apart: list[Two] = []
    prior_contacts: list[Two] = []


class RotationShape(Shape):
    """A whole problem of kind rotation."""

    name: Text = ""
    people: list[GuestShape]
    table_sizes: list[Counted]
    rounds: Counted
    rules: TableRulesShape = TableRulesShape()


class WaitsShape(Shape):
    """One of a plan's `waiting`."""

    person: Id
    reason: Text = ""


class ConflictShape(Shape):
    """One of a plan's `conflicts`."""

    rules: list[Id]
    why: Text = ""


class EditShape(Shape):
    """One change of one rule."""

    rule: Id
    change: Id


class RelaxationShape(Shape):
    """One of a plan's `relaxations`."""

    cost: Whole
    edits: list[EditShape]


class PlanShape(Shape):
    """What both kinds of plan share. A plan by another hand may leave out all but what it plans."""

    status: Annotated[Id, AfterValidator(_a_status)] = Status.FEASIBLE.value
    seed: Annotated[int, Field(strict=True)] = 0
    engine: Text = ""
    bounds: dict[str, Any] = {}
    waiting: list[WaitsShape] = []
    conflicts: list[ConflictShape] = []
    relaxations: list[RelaxationShape] = []


class AllocationPlanShape(PlanShape):
    """A plan of places."""

    assignment: dict[Id, Id]


class RotationPlanShape(PlanShape):
    """A plan of tables."""

    rounds: list[list[list[Id]]]


def shaped(shape: type[Form], data: Any) -> Form | list[Found]:
    """The data in its shape, or everything that does not fit it."""
    try:
        return TypeAdapter(shape).validate_python(data)
    except ValidationError as error:
        return list(_in_our_words(error))


def _in_our_words(error: ValidationError) -> Iterator[Found]:
    for one in error.errors(include_url=False):
        path: Path = tuple(step for step in one["loc"] if step != "[key]")
        yield Found(path, in_words(path, one["type"], one["input"], one.get("ctx", {})))


# Where objects of which shape stand, for finding fields that nobody reads.
PARTS: Mapping[type[Shape], tuple[tuple[str, type[Shape]], ...]] = {
    AllocationShape: (("people", PersonShape), ("sessions", SessionShape), ("teams", TeamShape)),
    RotationShape: (("people", GuestShape),),
}
INNER: Mapping[type[Shape], tuple[tuple[str, type[Shape]], ...]] = {
    AllocationShape: (("rules", RulesShape),),
    RotationShape: (("rules", TableRulesShape),),
}
HEAD = frozenset({"schema", "kind"})


def unknown(shape: type[Shape], data: Mapping[str, Any]) -> Iterator[Found]:
    """A warning for each name of a field that is not known, where it first stands."""
    yield from _strange(shape, [((), data)], HEAD)
    for name, inner in INNER[shape]:
        if isinstance(data.get(name), dict):
            yield from _strange(inner, [((name,), data[name])])
    for name, part in PARTS[shape]:
        listed = data[name] if isinstance(data.get(name), list) else []
        yield from _strange(part, (((name, at), one) for at, one in enumerate(listed) if isinstance(one, dict)))


def _strange(
    shape: type[Shape], objects: Iterable[tuple[Path, Mapping[str, Any]]], more: frozenset[str] = frozenset()
) -> Iterator[Found]:
    known = {*shape.model_fields, *more}
    for path, one in objects:
        for name in one.keys() - known:
            known.add(name)
            sentence = f"{spelt((*path, name))} is not a field that is read; check its name."
            yield Found((*path, name), sentence, warning=True)
