"""The people of a report, read from the ledger: whom it counts, in which order, and the lines of one page of them.

The database itself counts them and puts them in order; names and cells are read for those shown alone. So a page costs
little more for more people, and nothing of people outside the answer is read.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar, overload
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, Subquery, and_, case, cast, exists, func, literal, select

from lms.assignments import ledger
from lms.assignments.counting import Count
from lms.assignments.due import RANKS, ModuleStanding, Standing, Status, worst
from lms.assignments.ledger_models import PostSpan, StandingSpan
from lms.assignments.spans import OVERALL
from lms.core.db import db
from lms.people.models import Agency, Membership, Person, Team
from lms.people.names import plain_name
from lms.reports.matrix import Line, Post, Show

PORTION = 400
LATE = 1_000_000  # the rank of somebody with one thing late and nothing else; see `spans`
FOREVER = date.max.isoformat()
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Chosen:
    """Whom a report counts: SQL on `PostSpan`, on a day. `agencies` are named when all whom it counts are of these, so
    that a database looks at their standings alone.
    """

    where: ColumnElement[bool]
    day: date
    agencies: Sequence[UUID] = ()

    def spans(self, *columns: Any) -> Select[Any]:
        """A query of the standings on that day of those counted, each at the agencies where they are."""
        spans = (
            select(*columns)
            .select_from(PostSpan)
            .join(
                StandingSpan,
                and_(StandingSpan.agency_id == PostSpan.agency_id, StandingSpan.person_id == PostSpan.person_id),
            )
            .where(self.where, StandingSpan.first_day <= self.day, StandingSpan.last_day >= self.day)
        )
        return spans.where(StandingSpan.agency_id.in_(self.agencies)) if self.agencies else spans


def late(chosen: Chosen) -> Select[UUID]:
    """A query of those counted who have something overdue or expired."""
    return chosen.spans(PostSpan.person_id).where(StandingSpan.target == OVERALL, StandingSpan.rank >= LATE)


def listed(chosen: Chosen, show: str, name: str, order: str) -> Select[UUID]:
    """A query of those counted with a cell of this status and this name, once each and in order: "" for those needing
    attention first, "name", or a target, with "-" before it for the other way round (worst first). Whoever is seen at
    several agencies stands where they stand at the one that needs attention most.
    """
    person, plain = PostSpan.person_id, Person.plain_name
    found = (
        chosen.spans(person)
        .join(Person, Person.id == person)
        .where(StandingSpan.target == OVERALL)
        .group_by(person, plain)
    )
    if name:
        found = found.where(plain.contains(plain_name(name), autoescape=True))
    if show == Show.LATE:
        found = found.where(StandingSpan.rank >= LATE)
    elif show:
        found = found.where(person.in_(_having(Status(show), chosen)))
    key, backwards = order.removeprefix("-"), order.startswith("-")
    if key == "name":
        return found.order_by(plain.desc(), person.desc()) if backwards else found.order_by(plain, person)
    if key == "":
        return found.order_by(func.max(StandingSpan.rank).desc(), plain, person)
    worst_first = _worst(key, chosen)
    found = found.outerjoin(worst_first, worst_first.c.person == person)
    place = func.coalesce(func.min(worst_first.c.place), _place(required=False, status=Status.NOT_REQUIRED))
    return (
        found.order_by(place, plain, person) if backwards else found.order_by(place.desc(), plain.desc(), person.desc())
    )


def _having(status: Status, chosen: Chosen) -> Select[UUID]:
    """A query of those counted who have a cell of this status. Whoever is seen at several agencies has it only where
    no other of them needs more attention, which takes a look at their cells.
    """
    having = chosen.spans(PostSpan.person_id).where(StandingSpan.target != OVERALL, StandingSpan.status == status.value)
    several = (
        select(PostSpan.person_id)
        .where(chosen.where, PostSpan.person_id.in_(having))
        .group_by(PostSpan.person_id)
        .having(func.count(PostSpan.agency_id.distinct()) > 1)
    )
    people = list(db.session.scalars(several))
    hidden: list[UUID] = []
    for start in range(0, len(people), PORTION):
        cells = _cells(people[start : start + PORTION], chosen)
        hidden += [one for one, found in cells.items() if all(cell.status is not status for cell in found.values())]
    return having.where(PostSpan.person_id.not_in(hidden)) if hidden else having


def _worst(target: str, chosen: Chosen) -> Subquery:
    """Where those counted stand with one target, as words that are ordered as `due.worst` orders cells."""
    rank = case({status.value: str(rank) for status, rank in RANKS.items()}, value=StandingSpan.status)
    place = (
        case((StandingSpan.required, "0"), else_="1") + rank + func.coalesce(cast(StandingSpan.on_day, String), FOREVER)
    )
    return (
        chosen.spans(PostSpan.person_id.label("person"), func.min(place).label("place"))
        .where(StandingSpan.target == target)
        .group_by(PostSpan.person_id)
        .subquery()
    )


def _place(*, required: bool, status: Status) -> str:
    return f"{'0' if required else '1'}{RANKS[status]}{FOREVER}"


def targets(chosen: Chosen, asked: Container[str], known: Sequence[str]) -> list[str]:
    """Which of the known targets have a column: those asked of anybody counted, and those somebody of them has begun or
    finished of their own accord. Where whole agencies are counted, that is looked up faster.
    """
    other = [target for target in known if target not in asked]
    if not chosen.agencies:
        rows = db.session.scalars(chosen.spans(StandingSpan.target).where(StandingSpan.target.in_(other)).distinct())
        begun = set(rows)
    else:
        begun = _begun(other, chosen.agencies, chosen.day)
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


class Listed(Sequence[Thing]):
    """The answer of a query that has an order, read when a stretch of it is asked for."""

    def __init__(
        self, wanted: Select[Any], read: Callable[[Sequence[Any]], Sequence[Thing]], number: int | None = None
    ) -> None:
        """`read` makes things of rows; `number` is how many there are, where that is known already."""
        self._wanted = wanted
        self._read = read
        self._number = number

    def __len__(self) -> int:
        """How many there are, without reading them."""
        if self._number is None:
            rows = self._wanted.order_by(None).subquery()
            self._number = db.session.scalar(select(func.count()).select_from(rows)) or 0
        return self._number

    @overload
    def __getitem__(self, at: int) -> Thing: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Thing]: ...

    def __getitem__(self, at: int | slice) -> Thing | Sequence[Thing]:
        """One of them, or a stretch, read now."""
        if isinstance(at, int):
            return self[range(len(self))[at] :][:1][0]
        first, last, _ = at.indices(len(self))
        return self._read(db.session.execute(self._wanted.offset(first).limit(max(0, last - first))).all())

    def __iter__(self) -> Iterator[Thing]:
        """All of them: the rows in one query, what is made of them in portions."""
        rows = db.session.execute(self._wanted).all()
        for start in range(0, len(rows), PORTION):
            yield from self._read(rows[start : start + PORTION])


class Lines(Listed[Line]):
    """The lines of a report, in order; whom they speak of and their cells are read when a stretch is asked for."""

    def __init__(
        self, wanted: Select[UUID], read: Callable[[Sequence[UUID]], Mapping[UUID, Line]], number: int | None = None
    ) -> None:
        """`wanted` are the people."""

        def lines(rows: Sequence[Any]) -> list[Line]:
            people = [person for (person,) in rows]
            found = read(people) if people else {}
            return [found[person] for person in people]

        super().__init__(wanted, lines, number)

    @property
    def ids(self) -> tuple[UUID, ...]:
        """Whom they speak of, in order. One query."""
        return tuple(db.session.scalars(self._wanted))


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
        # Named by the post, which is looked up first: named by the standing, all of an agency was read for 25 people.
        chosen.spans(StandingSpan).where(PostSpan.person_id.in_(people), StandingSpan.target != OVERALL).distinct()
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
