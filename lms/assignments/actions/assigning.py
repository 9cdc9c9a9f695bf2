"""A manager asks single people for a module by a date, and takes that back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from lms.assignments import policy, queries
from lms.assignments.actions.exempting import NotForYourself
from lms.assignments.due import ModuleStanding, Status
from lms.assignments.facts import load
from lms.assignments.models import Assignment
from lms.assignments.rules import Facts
from lms.audit import actions as audit
from lms.catalogue import shelf
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Permission
from lms.people.models import Membership, Person

LONGEST_REASON = 300


class NothingToLearn(Refusal):
    """An assignment names a module or programme that we teach."""

    field = "target"
    sentence = "Choose a module or a programme from the list."


class TooSoon(Refusal):
    """Nobody can be asked for something by a day that is over."""

    field = "due_on"
    sentence = "Enter a day that is today or later."


@dataclass(frozen=True)
class Planned:
    """What an assignment would do for one person and one module: `agency` asks it; `stands` is where they stand with it
    for that agency now. It is left as it is when it is in date, exempt, or asked for by that day anyway.
    """

    person: UUID
    agency: UUID
    target: str
    stands: ModuleStanding
    due_on: date

    @property
    def is_new(self) -> bool:
        """Whether assigning changes anything."""
        if self.stands.status in (Status.CURRENT, Status.EXEMPT):
            return False
        last_day = self.stands.valid_until if self.stands.completed_on else self.stands.due_on
        return not (self.stands.required and last_day is not None and last_day <= self.due_on)


def targets(chosen: str) -> list[str]:
    """The modules that a choice stands for: one module, or the required ones of a programme (`programme:<address>`).

    Raises NothingToLearn for anything else.
    """
    kind, _, slug = chosen.rpartition(":")
    library = shelf.library()
    programme = library.programme(slug) if kind == "programme" else None
    if programme is not None:
        return list(programme.required)
    if not kind and library.module(slug) is not None:
        return [slug]
    raise NothingToLearn


def plan(actor: Actor, person_ids: Collection[UUID], chosen: str, due_on: date) -> list[Planned]:
    """What assigning would do, for every person and module, without doing it.

    Raises NothingToLearn, TooSoon, NotForYourself, and NotFound when the actor does not manage all of these people.
    """
    if actor.id in person_ids:
        raise NotForYourself("You cannot assign training to yourself. You can begin any module at any time.")
    today = clock.today()
    if due_on < today:
        raise TooSoon
    names = targets(chosen)
    agencies = _agencies(actor, person_ids, today)
    known = load(select(Person.id).where(Person.id.in_(list(person_ids))))
    return [
        Planned(person, agency, name, _stands(known[person], agency, name, today), due_on)
        for person, agency in agencies.items()
        for name in names
    ]


def _stands(facts: Facts, agency: UUID, target: str, today: date) -> ModuleStanding:
    return next(one for one in queries.cells(facts, today, [agency]) if one.module == target)


def _agencies(actor: Actor, person_ids: Iterable[UUID], today: date) -> dict[UUID, UUID]:
    """For each person, the agency for which the actor decides about them: the first by their start."""
    wanted = set(person_ids)
    rows = db.session.execute(
        select(Membership.person_id, Membership.agency_id)
        .where(Membership.person_id.in_(wanted), policy.answers_for(actor, today))
        .order_by(Membership.starts_on, Membership.id)
    )
    found: dict[UUID, UUID] = {}
    for person, agency in rows:
        found.setdefault(person, agency)
    if found.keys() != wanted or not actor.can(Permission.REQUIREMENT_EXEMPT):
        raise NotFound
    return found


def assign(actor: Actor, person_ids: Collection[UUID], chosen: str, due_on: date, why: str = "") -> list[Assignment]:
    """Ask these people for a module, or for the required modules of a programme, by a day. Whoever has it in date, is
    exempt or is asked for it by then anyway is left as is. Doing it twice changes nothing. Returns what is new.

    Raises as `plan` does.
    """
    chosen_people = select(Person.id).where(Person.id.in_(list(person_ids))).order_by(Person.id)
    db.session.execute(chosen_people.with_for_update(key_share=True)).all()
    made, now = [], clock.now()
    for one in plan(actor, person_ids, chosen, due_on):
        if not one.is_new:
            continue
        row = Assignment(
            person_id=one.person,
            agency_id=one.agency,
            target=one.target,
            due_on=due_on,
            why=_on_one_line(why),
            assigned_by=actor.id,
            assigned_at=now,
        )
        db.session.add(row)
        db.session.flush()
        audit.record(
            actor, "training.assigned", row.id, person=str(one.person), module=one.target, due=due_on.isoformat()
        )
        made.append(row)
    return made


def _on_one_line(why: str) -> str:
    """A reason as a mail holds it: no line of it can pass for the mail's own."""
    return " ".join(why.split())[:LONGEST_REASON]


def together(one: Assignment) -> Sequence[Assignment]:
    """What was assigned to the person by the same press, in the order of the mail that told them, withdrawn or not."""
    found = db.session.scalars(
        select(Assignment).where(
            Assignment.person_id == one.person_id,
            Assignment.assigned_by == one.assigned_by,
            Assignment.assigned_at == one.assigned_at,
            Assignment.due_on == one.due_on,
        )
    ).all()
    return in_order(found)


def in_order(rows: Iterable[Assignment]) -> list[Assignment]:
    """Assignments as a mail lists them: in the order of the library."""
    places = {module.slug: place for place, module in enumerate(shelf.library().modules)}
    return sorted(rows, key=lambda row: (places.get(row.target, len(places)), row.target))


def withdraw(actor: Actor, assignment_id: UUID, why: str) -> Assignment:
    """Take an assignment back; twice changes nothing.

    Raises NotFound unless the actor decides about the person for the agency that asked.
    """
    today = clock.today()
    found = db.session.scalar(
        select(Assignment).where(Assignment.id == assignment_id, policy.assigned(actor, today)).with_for_update()
    )
    if found is None or not actor.can(Permission.REQUIREMENT_EXEMPT):
        raise NotFound
    if found.withdrawn_at is None:
        found.withdrawn_at, found.withdrawn_by = clock.now(), actor.id
        found.withdrawn_why = _on_one_line(why)
        audit.record(actor, "training.assignment_withdrawn", found.id, person=str(found.person_id))
    return found
