"""What a plan is made of: agencies the actor looks after, and the people whom a file names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import or_, select

from lms.assignments import keeping
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Role, Scope
from lms.joining.models import PeopleFile
from lms.joining.plan import Known, Plan, Post, World, plan
from lms.joining.table import Row
from lms.people import keepers, policy
from lms.people.models import Agency, Membership, MembershipRole, Person, Team

PORTION = 500
Found = tuple[UUID, str, str, bool]
Thing = TypeVar("Thing")


def agencies(actor: Actor) -> Sequence[Agency]:
    """The agencies whose accounts the actor looks after, by name."""
    return db.session.scalars(select(Agency).where(policy.administered(actor)).order_by(Agency.name)).all()


def files(actor: Actor) -> Sequence[PeopleFile]:
    """The actor's own files, the newest first."""
    mine = select(PeopleFile).where(PeopleFile.owner_id == actor.id)
    return db.session.scalars(mine.order_by(PeopleFile.sent_at.desc(), PeopleFile.id).limit(20)).all()


def file(actor: Actor, file_id: UUID, *, lock: bool = False) -> PeopleFile:
    """One of the actor's own files. Raises NotFound for everybody else's."""
    wanted = select(PeopleFile).where(PeopleFile.id == file_id, PeopleFile.owner_id == actor.id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def rows(one: PeopleFile) -> list[Row]:
    """The rows of a file as they were read."""
    return [_row(cells) for cells in one.rows]


def stored(one: Row) -> list[str | int | None]:
    """A row as the table keeps it."""
    days = (day.isoformat() if day else None for day in (one.starts, one.ends))
    return [one.number, one.email, one.name, one.job, one.agency, one.team, *days]


def _row(cells: Sequence[str | int | None]) -> Row:
    number, *words, starts, ends = cells
    days = (date.fromisoformat(str(day)) if day else None for day in (starts, ends))
    return Row(int(number or 0), *(str(word) for word in words), *days)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Reach:
    """Whose accounts somebody looks after: agencies, and partnerships of which it is all. `own` are their posts."""

    agencies: Sequence[Agency]
    wide: frozenset[str] = frozenset()
    own: frozenset[UUID] = frozenset()

    @property
    def ids(self) -> set[UUID]:
        """The agencies' identities."""
        return {one.id for one in self.agencies}


def reach(actor: Actor) -> Reach:
    """Whose accounts an administrator looks after."""
    own = frozenset(seat.membership_id for seat in actor.seats)
    return Reach(agencies(actor), actor.partnerships(Role.ADMINISTRATOR), own)


def planned(of: Reach, named: Sequence[Row], fallback: UUID | None, *, whole: bool) -> Plan:
    """What these rows would change today, within a reach. Raises NotFound for an agency outside it."""
    ids = of.ids
    if fallback is not None and fallback not in ids:
        raise NotFound
    only = of.agencies[0].id if len(of.agencies) == 1 else None
    there = list(_there(fallback)) if whole and fallback else []
    world = World(
        today=clock.today(),
        agencies={one.name.casefold(): (one.id, one.name) for one in of.agencies},
        people={one.email: one for one in _known((row.email for row in named), of)},
        fallback=fallback or only,
        whole=fallback if whole else None,
        there=[one for one in _people(there, of) if one.active],
        kept=kept(of),
    )
    return plan(named, world)


def waiting(actor: Actor) -> int:
    """How many people at the actor's agencies are not worked out yet after a file was taken."""
    return keeping.waiting_at([one.id for one in agencies(actor)])


def _there(agency: UUID) -> Iterator[Found]:
    """Whoever has an open post at the agency."""
    is_open = or_(Membership.ends_on.is_(None), Membership.ends_on >= clock.today())
    wanted = select(Membership.person_id).where(Membership.agency_id == agency, is_open)
    for person in db.session.scalars(select(Person).where(Person.id.in_(wanted)).order_by(Person.email)):
        yield person.id, person.email, person.name, person.active


def _known(emails: Iterable[str], of: Reach) -> Iterator[Known]:
    for portion in _portions(sorted(set(emails))):
        columns = select(Person.id, Person.email, Person.name, Person.active)
        found = [
            (person, email, name, active)
            for person, email, name, active in db.session.execute(columns.where(Person.email.in_(portion)))
        ]
        yield from _people(found, of)


def _people(found: Sequence[Found], of: Reach) -> Iterator[Known]:
    looked_after, today = of.ids, clock.today()
    for portion in _portions(found):
        posts = _posts([person for person, *_ in portion])
        for person, email, name, active in portion:
            held = posts[person]
            running = [post for post, _ in held if post.is_open(today)]
            last = running or [post for post, _ in held if post.ends == max(one.ends or today for one, _ in held)]
            ours = bool(last) and all(post.agency in looked_after for post in last)
            near = any(partnership in of.wide for _, partnership in held)
            yield Known(person, email, name, active, ours, near, tuple(post for post, _ in held))


def _posts(people: Sequence[UUID]) -> defaultdict[UUID, list[tuple[Post, str]]]:
    chosen = Membership.person_id.in_(people)
    lasting: defaultdict[UUID, list[tuple[str, str]]] = defaultdict(list)
    roles = select(MembershipRole.membership_id, MembershipRole.role, MembershipRole.scope)
    for post, role, scope in db.session.execute(roles.join(Membership).where(chosen)):
        if role == Role.STAFF or scope != Scope.TEAM:
            lasting[post].append((role, scope))
    found: defaultdict[UUID, list[tuple[Post, str]]] = defaultdict(list)
    wanted = (
        select(Membership, Team.name, Agency.partnership)
        .join(Agency, Membership.agency_id == Agency.id)
        .outerjoin(Team, Membership.team_id == Team.id)
        .where(chosen)
        .order_by(Membership.starts_on, Membership.id)
    )
    for one, team, partnership in db.session.execute(wanted):
        held = (one.agency_id, team or "", one.job, one.starts_on, one.ends_on)
        found[one.person_id].append((Post(one.id, *held, tuple(lasting[one.id])), partnership))
    return found


def kept(of: Reach) -> frozenset[UUID]:
    """Posts that this reader's file does not end: their own, and those of administrators of the partnership, unless
    the reader is another one whose own post lasts: so that one is left in any case.
    """
    safe = {where for where in of.wide if keepers.staying([where]) & of.own}
    posts = keepers.administering(of.ids)
    return of.own | {post for post, where in posts.items() if where not in safe}


def _portions(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    for start in range(0, len(things), PORTION):
        yield things[start : start + PORTION]
