"""The people of a report, read from the ledger: whom it counts, in which order, and the lines of one page of them.

Everybody counted is read once with a name and a rank; cells are read for those shown alone. So a page costs the same
however much everyone has done, and nothing of people outside the answer is read.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, overload
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, literal, select

from lms.assignments import ledger
from lms.assignments.counting import Count
from lms.assignments.due import RANKS, ModuleStanding, Standing, Status, worst
from lms.assignments.ledger_models import PostSpan, StandingSpan
from lms.assignments.spans import OVERALL
from lms.core.db import db
from lms.people.models import Agency, Membership, Person, Team
from lms.reports import matrix
from lms.reports.matrix import Line, Post, Show, plain

PORTION = 400
LATE = 1_000_000  # the rank of somebody with one thing late and nothing else; see `spans`


@dataclass(frozen=True)
class Chosen:
    """Whom a report counts: SQL on `PostSpan`, on a day."""

    where: ColumnElement[bool]
    day: date

    def spans(self, *columns: Any) -> Select[Any]:
        """A query of the standings on that day of those counted, each at the agencies where they are."""
        return (
            select(*columns)
            .select_from(PostSpan)
            .join(
                StandingSpan,
                and_(StandingSpan.agency_id == PostSpan.agency_id, StandingSpan.person_id == PostSpan.person_id),
            )
            .where(self.where, StandingSpan.first_day <= self.day, StandingSpan.last_day >= self.day)
        )


@dataclass(frozen=True)
class Someone:
    """Somebody counted, before their cells are read."""

    id: UUID
    name: str
    rank: int


def everyone(chosen: Chosen) -> list[Someone]:
    """Everybody counted, once each, in no order. Whoever is seen at several agencies is ranked by the worst of each
    thing, which takes a look at their cells.
    """
    rows = db.session.execute(
        chosen.spans(PostSpan.person_id, Person.name, StandingSpan.agency_id, StandingSpan.rank)
        .join(Person, PostSpan.person_id == Person.id)
        .where(StandingSpan.target == OVERALL)
    )
    names: dict[UUID, str] = {}
    ranks: defaultdict[UUID, dict[UUID, int]] = defaultdict(dict)
    for person, name, agency, rank in rows:
        names[person] = name
        ranks[person][agency] = rank
    several = [person for person, at in ranks.items() if len(at) > 1]
    merged = _ranks(several, chosen) if several else {}
    return [
        Someone(person, name, merged[person] if person in merged else next(iter(ranks[person].values())))
        for person, name in names.items()
    ]


def _ranks(people: Sequence[UUID], chosen: Chosen) -> dict[UUID, int]:
    found = {}
    for start in range(0, len(people), PORTION):
        for person, cells in _cells(people[start : start + PORTION], chosen).items():
            tally = matrix.tally(cells.values())
            found[person] = tally.late * LATE + tally.due * 1_000 + tally.to_do
    return found


def listed(people: Sequence[Someone], chosen: Chosen, show: str, name: str, order: str) -> list[Someone]:
    """Those of them with a cell of this status and this name, in order: "" for those needing attention first, "name",
    or a target, with "-" before it for the other way round (worst first).
    """
    found = list(people)
    if name:
        wanted = plain(name)
        found = [one for one in found if wanted in plain(one.name)]
    if show == Show.LATE:
        found = [one for one in found if one.rank >= LATE]
    elif show:
        having = _having(Status(show), chosen)
        found = [one for one in found if one.id in having]
    found.sort(key=lambda one: (plain(one.name), one.id.int))
    key, backwards = order.removeprefix("-"), order.startswith("-")
    if key == "name":
        return found[::-1] if backwards else found
    if key == "":
        return sorted(found, key=lambda one: -one.rank)
    sorting = _sorting(key, chosen)
    ranked = sorted(found, key=lambda one: sorting.get(one.id, (True, RANKS[Status.NOT_REQUIRED], date.max)))
    return ranked if backwards else ranked[::-1]


def _having(status: Status, chosen: Chosen) -> Container[UUID]:
    rows = db.session.execute(
        chosen.spans(StandingSpan.person_id, PostSpan.membership_id)
        .where(StandingSpan.target != OVERALL, StandingSpan.status == status.value)
        .distinct()
    )
    people = {person for person, _ in rows}
    several = _at_several(chosen, people)
    if several:
        kept = {
            person
            for person, cells in _cells(sorted(several), chosen).items()
            if any(cell.status is status for cell in cells.values())
        }
        people = (people - several) | kept
    return people


def _at_several(chosen: Chosen, people: set[UUID]) -> set[UUID]:
    """Those of these people who are seen at more than one agency."""
    first: dict[UUID, UUID] = {}
    several = set()
    for person, agency in db.session.execute(select(PostSpan.person_id, PostSpan.agency_id).where(chosen.where)):
        if first.setdefault(person, agency) != agency and person in people:
            several.add(person)
    return several


def _sorting(target: str, chosen: Chosen) -> dict[UUID, tuple[bool, int, date]]:
    rows = db.session.execute(
        chosen.spans(StandingSpan.person_id, StandingSpan.required, StandingSpan.status, StandingSpan.on_day).where(
            StandingSpan.target == target
        )
    )
    found: dict[UUID, tuple[bool, int, date]] = {}
    for person, required, status, on_day in rows:
        key = (not required, RANKS[Status(status)], on_day or date.max)
        found[person] = min(key, found.get(person, key))
    return found


def targets(chosen: Chosen, asked: Container[str], known: Sequence[str], agencies: Sequence[UUID] | None) -> list[str]:
    """Which of the known targets have a column: those asked of anybody counted, and those somebody of them has begun or
    finished of their own accord. `agencies` are named when all of their people are counted: that is looked up faster.
    """
    other = [target for target in known if target not in asked]
    if agencies is None:
        rows = db.session.scalars(chosen.spans(StandingSpan.target).where(StandingSpan.target.in_(other)).distinct())
        begun = set(rows)
    else:
        begun = _begun(other, agencies, chosen.day)
    return [target for target in known if target in asked or target in begun]


def _begun(targets_: Sequence[str], agencies: Sequence[UUID], day: date) -> set[str]:
    if not targets_ or not agencies:
        return set()
    there = [
        exists().where(
            StandingSpan.agency_id.in_(agencies),
            StandingSpan.target == target,
            StandingSpan.first_day <= day,
            StandingSpan.last_day >= day,
        )
        for target in targets_
    ]
    row = db.session.execute(select(*(one.label(f"t{index}") for index, one in enumerate(there)), literal(1))).one()
    return {target for target, found in zip(targets_, row, strict=False) if found}


class Lines(Sequence[Line]):
    """The lines of a report, in order; their cells are read when a stretch of them is asked for."""

    def __init__(self, people: Sequence[Someone], read: Callable[[Sequence[UUID]], Mapping[UUID, Line]]) -> None:
        self._people = people
        self._read = read

    @property
    def ids(self) -> tuple[UUID, ...]:
        """Whom they speak of, in order."""
        return tuple(one.id for one in self._people)

    def __len__(self) -> int:
        """How many there are, without reading them."""
        return len(self._people)

    @overload
    def __getitem__(self, at: int) -> Line: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Line]: ...

    def __getitem__(self, at: int | slice) -> Line | Sequence[Line]:
        """One line, or a stretch of them, read now."""
        if isinstance(at, int):
            wanted = self._people[at]
            return self._read([wanted.id])[wanted.id]
        stretch = self._people[at]
        found = self._read([one.id for one in stretch]) if stretch else {}
        return [found[one.id] for one in stretch]

    def __iter__(self) -> Iterator[Line]:
        """All of them, read in portions."""
        for start in range(0, len(self), PORTION):
            yield from self[start : start + PORTION]


def reader(chosen: Chosen, shown: Sequence[str]) -> Callable[[Sequence[UUID]], Mapping[UUID, Line]]:
    """How the lines of some people are read: three queries for any number of them up to a portion."""

    def read(people: Sequence[UUID]) -> Mapping[UUID, Line]:
        posts = _posts(people, chosen)
        cells = _cells(people, chosen)
        return {
            person: Line(person, name, email, tuple(at), _row(cells.get(person, {}), shown, chosen.day))
            for person, (name, email, at) in posts.items()
        }

    return read


def _row(found: Mapping[str, ModuleStanding], shown: Sequence[str], day: date) -> tuple[ModuleStanding, ...]:
    nothing = Standing(Status.NOT_REQUIRED, None, day)
    return tuple(
        found.get(one)
        or ModuleStanding(one, nothing, due_on=None, required=False, completed_on=None, valid_until=None, version=None)
        for one in shown
    )


def _posts(people: Sequence[UUID], chosen: Chosen) -> dict[UUID, tuple[str, str, list[Post]]]:
    rows = db.session.execute(
        select(PostSpan.person_id, Person.name, Person.email, Agency.name, Team.name, PostSpan.job)
        .join(Person, PostSpan.person_id == Person.id)
        .join(Agency, PostSpan.agency_id == Agency.id)
        .join(Membership, PostSpan.membership_id == Membership.id)
        .outerjoin(Team, PostSpan.team_id == Team.id)
        .where(PostSpan.person_id.in_(people), chosen.where)
        .order_by(Membership.starts_on, Membership.id)
    )
    found: dict[UUID, tuple[str, str, list[Post]]] = {}
    for person, name, email, agency, team, job in rows:
        found.setdefault(person, (name, email, []))[2].append(Post(agency, team or "", job))
    return found


def _cells(people: Sequence[UUID], chosen: Chosen) -> dict[UUID, dict[str, ModuleStanding]]:
    rows = db.session.scalars(
        chosen.spans(StandingSpan).where(StandingSpan.person_id.in_(people), StandingSpan.target != OVERALL).distinct()
    )
    found: defaultdict[UUID, dict[str, list[ModuleStanding]]] = defaultdict(dict)
    for row in rows:
        found[row.person_id].setdefault(row.target, []).append(ledger.cell(row, chosen.day))
    return {
        person: {target: worst(cells) for target, cells in by_target.items()} for person, by_target in found.items()
    }


def count(chosen: Chosen) -> Count:
    """How everybody counted stands, one by one: for teams, whose counts are not kept."""
    found = Count()
    people = list(db.session.scalars(select(PostSpan.person_id).where(chosen.where).distinct()))
    for start in range(0, len(people), PORTION):
        cells = _cells(people[start : start + PORTION], chosen)
        for person in people[start : start + PORTION]:
            found.add(cells.get(person, {}).values())
    return found


def next_end(chosen: Chosen) -> tuple[date, str] | None:
    """The next date on which a required certificate in date ends, and whose; None when there is none."""
    row = db.session.execute(
        chosen.spans(StandingSpan.valid_until, Person.name)
        .join(Person, StandingSpan.person_id == Person.id)
        .where(
            StandingSpan.target != OVERALL,
            StandingSpan.required,
            StandingSpan.status != Status.EXEMPT.value,
            StandingSpan.valid_until >= chosen.day,
        )
        .order_by(StandingSpan.valid_until, Person.name)
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None
