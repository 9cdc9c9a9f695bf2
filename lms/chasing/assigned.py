"""Reads for assigning: whom somebody can choose, what an assignment would do for each, and what is assigned now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import joinedload

from lms.assignments import policy
from lms.assignments import queries as assignments
from lms.assignments.actions import assigning
from lms.assignments.actions.assigning import Planned
from lms.assignments.due import ModuleStanding, Status
from lms.assignments.models import Assignment
from lms.catalogue import shelf
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.people.models import Agency, Membership, Person, Team
from lms.web.templating import plain_date

MOST = 200
TICKED = "people"


class NoneMatch(Refusal):
    """There is nobody to assign to."""

    field = "whom"
    sentence = "Nobody you manage matches that. Choose another team or job."


class TooMany(Refusal):
    """What a whole agency has to do is a requirement, which follows starters and leavers."""

    field = "whom"


@dataclass(frozen=True)
class Line:
    """One person of a preview: what is new for them, and what is left as it is and why."""

    id: UUID
    name: str
    post: str
    new: Sequence[str]
    left: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Running:
    """An assignment that was not withdrawn, and where the person stands with it now, for the agency that asked."""

    assignment: Assignment
    person: Person
    title: str
    stands: ModuleStanding | None


def groups(actor: Actor, today: date) -> list[tuple[str, str]]:
    """Whom the actor can choose at once, as value and words: agencies they manage, teams, and jobs. One query."""
    rows = db.session.execute(
        select(Agency.id, Agency.name, Team.id, Team.name, Membership.job)
        .select_from(Membership)
        .join(Agency, Membership.agency_id == Agency.id)
        .outerjoin(Team, Membership.team_id == Team.id)
        .where(policy.answers_for(actor, today))
        .distinct()
    ).all()
    whole = {agency: name for agency, name, *_ in rows if agency in actor.managed_agencies}
    teams = {team: name for _, _, team, name, _ in rows if team}
    jobs = sorted({job for *_, job in rows})
    return [
        *((f"agency:{one}", f"Everyone at {name}") for one, name in sorted(whole.items(), key=lambda item: item[1])),
        *((f"team:{one}", f"Team: {name}") for one, name in sorted(teams.items(), key=lambda item: item[1])),
        *((f"job:{job}", f"Job: {job}") for job in jobs),
    ]


def things() -> list[tuple[str, str]]:
    """What can be assigned, as value and words: programmes, then modules."""
    library = shelf.library()
    return [
        *((f"programme:{one.slug}", f"Programme: {one.title}") for one in library.programmes),
        *((one.slug, one.title) for one in library.modules),
    ]


def whom(actor: Actor, chosen: str, ticked: Collection[UUID], today: date) -> list[UUID]:
    """The people whom a choice stands for, by name: those ticked, or an agency, team or job among the actor's people.

    Raises NoneMatch, TooMany, and NotFound when the actor does not manage somebody who was ticked.
    """
    kind, _, name = chosen.partition(":")
    wanted = _wanted(kind, name, ticked)
    found = list(
        dict.fromkeys(
            db.session.scalars(
                select(Person.id)
                .join(Membership, Membership.person_id == Person.id)
                .where(policy.answers_for(actor, today), Person.active, wanted)
                .order_by(Person.name, Person.id)
            )
        )
    )
    if kind == TICKED and set(found) != set(ticked):
        raise NotFound
    if not found:
        raise NoneMatch
    if len(found) > MOST:
        raise TooMany(f"That is {len(found)} people, and one assignment is for {MOST} at most. Choose a team or a job.")
    return found


def _wanted(kind: str, name: str, ticked: Collection[UUID]) -> ColumnElement[bool]:
    if kind == "team":
        return Membership.team_id == UUID(name)
    if kind == "agency":
        return Membership.agency_id == UUID(name)
    return Membership.job == name if kind == "job" else Person.id.in_(ticked)


def preview(actor: Actor, person_ids: Sequence[UUID], target: str, due_on: date) -> list[Line]:
    """What an assignment would do for each of these people, by name. Raises as `assigning.plan` does."""
    titles = assignments.titles(actor.partnerships())
    by_person: dict[UUID, list[Planned]] = {}
    for one in assigning.plan(actor, person_ids, target, due_on):
        by_person.setdefault(one.person, []).append(one)
    known = _named(actor, person_ids, clock.today())
    return [
        Line(
            person,
            *known[person],
            [titles[one.target] for one in by_person[person] if one.is_new],
            [(titles[one.target], _why_left(one)) for one in by_person[person] if not one.is_new],
        )
        for person in person_ids
    ]


def _why_left(one: Planned) -> str:
    if one.stands.status in (Status.CURRENT, Status.EXEMPT):
        return one.stands.standing.words
    last_day = one.stands.valid_until if one.stands.completed_on else one.stands.due_on
    assert last_day is not None
    return f"asked for by {plain_date(last_day)} anyway"


def _named(actor: Actor, person_ids: Sequence[UUID], today: date) -> Mapping[UUID, tuple[str, str]]:
    """Names, each with the newest post for which the actor answers: other posts are none of theirs."""
    rows = db.session.execute(
        select(Person.id, Person.name, Membership.job, Team.name, Agency.name)
        .join(Membership, Membership.person_id == Person.id)
        .join(Agency, Membership.agency_id == Agency.id)
        .outerjoin(Team, Membership.team_id == Team.id)
        .where(Person.id.in_(person_ids), policy.answers_for(actor, today))
        .order_by(Membership.starts_on, Membership.id)
    )
    return {person: (name, f"{job}, {team or agency}") for person, name, job, team, agency in rows}


def running(actor: Actor, person_id: UUID | None, today: date) -> list[Running]:
    """What is assigned to the actor's people, or one of them: the latest date first. Raises NotFound for a person whom
    they do not manage.
    """
    theirs = [policy.answers_for(actor, today), Membership.person_id == Assignment.person_id]
    if person_id and not assignments.may_exempt(actor, person_id, today):
        raise NotFound
    rows = db.session.scalars(
        select(Assignment)
        .where(
            Assignment.withdrawn_at.is_(None),
            exists().where(and_(*theirs), Membership.agency_id == Assignment.agency_id).correlate(Assignment),
            *([Assignment.person_id == person_id] if person_id else []),
        )
        .options(joinedload(Assignment.agency))
        .order_by(Assignment.due_on.desc(), Assignment.assigned_at, Assignment.id)
        .limit(MOST)
    ).all()
    return _standing(actor, rows, today)


def _standing(actor: Actor, rows: Sequence[Assignment], today: date) -> list[Running]:
    people = {one.person_id for one in rows}
    chosen = select(Person.id).where(Person.id.in_(people))
    names = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(people)))}
    cells = {
        (person, agency, cell.module): cell
        for person, found in assignments.by_agency(chosen, today).items()
        for agency, asked in found.items()
        for cell in asked
    }
    titles = assignments.titles(actor.partnerships())
    return [
        Running(
            one,
            names[one.person_id],
            titles.get(one.target, one.target),
            cells.get((one.person_id, one.agency_id, one.target)),
        )
        for one in rows
    ]


def get(actor: Actor, assignment_id: UUID, today: date) -> Running:
    """One assignment of somebody the actor manages, not yet withdrawn. Raises NotFound."""
    found = db.session.scalar(select(Assignment).where(Assignment.id == assignment_id, policy.assigned(actor, today)))
    mine = running(actor, found.person_id, today) if found else []
    one = next((one for one in mine if one.assignment.id == assignment_id), None)
    if one is None:
        raise NotFound
    return one
