"""Naming a deputy for the days of an absence, and ending that: by the manager or by the deputy."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor, Seat
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Role
from lms.notifications import actions as notifications
from lms.notifications.actions import Terms
from lms.notifications.models import OutboxMail
from lms.notifications.rechecking import Text, as_it_is
from lms.people import policy
from lms.people.models import Deputy, Membership, Person
from lms.web.links import absolute
from lms.web.templating import plain_date

LONGEST = timedelta(days=366)
NAMED = "people/deputy_named"


class Yourself(Refusal):
    """Nobody stands in for themself."""

    field = "who"
    sentence = "You cannot be your own deputy. Name a colleague."


class NoColleague(Refusal):
    """A deputy works for the same agency, which answers for what they see."""

    field = "who"


class PastDay(Refusal):
    """Nothing is lent for days gone by."""

    field = "first_day"
    sentence = "Enter a first day that is today or later."


class WrongEnd(Refusal):
    """An absence ends on or after its first day, and is no handover for good."""

    field = "last_day"


class DeputyAlready(Refusal):
    """One deputy at a time, so that everybody knows who it is."""

    field = "first_day"


@dataclass(frozen=True)
class Absence:
    """From which day to which somebody is away; both included."""

    first: date
    last: date


def managed_posts(actor: Actor) -> list[Seat]:
    """The actor's posts as a manager: those for which they may name a deputy."""
    return [seat for seat in actor.seats if seat.has(Role.MANAGER)]


def mine(actor: Actor, today: date) -> list[Deputy]:
    """Deputies for the actor's posts, and those for whom the actor is deputy, now or to come, the earliest first."""
    wanted = or_(Membership.person_id == actor.id, Deputy.deputy_id == actor.id)
    return _running(today, wanted)


def over(actor: Actor, today: date) -> list[Deputy]:
    """Deputies who see the actor's status, now or on days to come, since they stand in for a manager of theirs."""
    found = _running(today, Membership.agency_id.in_(actor.agency_ids), Membership.person_id != actor.id)
    return [one for one in found if one.deputy_id != actor.id and _reaches(one.post, actor)]


def _reaches(post: Membership, actor: Actor) -> bool:
    scopes = {grant.scope for grant in post.roles if grant.role == Role.MANAGER.value}
    teams = {seat.team_id for seat in actor.seats if seat.team_id}
    agencies = actor.agency_ids if "agency" in scopes else frozenset()
    return post.agency_id in agencies or ("team" in scopes and post.team_id in teams)


def _running(today: date, *wanted: object) -> list[Deputy]:
    """Deputies named for today or later and not ended, whose manager still has the post. Two queries."""
    return list(
        db.session.scalars(
            select(Deputy)
            .join(Deputy.post)
            .where(Deputy.last_day >= today, Deputy.ended_at.is_(None), policy.is_current(today), *wanted)  # type: ignore[arg-type]
            .options(selectinload(Deputy.post).options(selectinload(Membership.roles), selectinload(Membership.person)))
            .options(selectinload(Deputy.post).options(selectinload(Membership.team), selectinload(Membership.agency)))
            .options(selectinload(Deputy.person))
            .order_by(Deputy.first_day, Deputy.id)
        )
    )


def name(actor: Actor, post_id: UUID, who: str, absence: Absence) -> Deputy:
    """Let a colleague of the same agency stand in for the actor on the days of an absence; they are told by mail.

    `who` is a work e-mail or a whole name. The deputy sees where the people of that post stand and may remind them;
    they decide nothing, and name no deputy themself. Raises NotFound unless the actor manages with that post, or
    Yourself, NoColleague, PastDay, WrongEnd or DeputyAlready.
    """
    seat = next((one for one in managed_posts(actor) if one.membership_id == post_id), None)
    if seat is None:
        raise NotFound
    _check(absence, clock.today())
    person = _colleague(actor, seat, who, absence)
    db.session.execute(select(Membership.id).where(Membership.id == post_id).with_for_update())
    _check_free(post_id, absence)
    made = Deputy(membership_id=post_id, deputy_id=person.id, first_day=absence.first, last_day=absence.last)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "deputy.named", made.id, deputy=str(person.id), **_days(absence))
    terms = Terms(about=made.id)
    notifications.queue(NAMED, to=person, terms=terms, deputy=made, link=absolute("people.deputies"))
    return made


def still_named(mail: OutboxMail) -> Text | None:
    """What the mail to a deputy says now; None when it is over, or the manager or the deputy has gone."""
    today = clock.today()
    found = _running(today, Deputy.id == mail.about)
    person = db.session.get_one(Person, mail.person_id)
    works = select(Membership.id).where(Membership.person_id == person.id, policy.is_current(today))
    if not found or not person.active or not found[0].post.person.active:
        return None
    if db.session.scalar(works.where(Membership.agency_id == found[0].post.agency_id).limit(1)) is None:
        return None
    return as_it_is(mail)


def end(actor: Actor, deputy_id: UUID) -> Deputy:
    """End it at once, as the manager or as the deputy; the other one is told, unless the deputy has not yet been told
    of it at all. Ending it twice changes nothing.

    Raises NotFound for everybody else.
    """
    found = db.session.scalar(
        select(Deputy)
        .join(Deputy.post)
        .where(Deputy.id == deputy_id, or_(Membership.person_id == actor.id, Deputy.deputy_id == actor.id))
        .with_for_update(of=Deputy)
    )
    if found is None:
        raise NotFound
    if found.ended_at is None:
        found.ended_at, found.ended_by = clock.now(), actor.id
        audit.record(actor, "deputy.ended", found.id, deputy=str(found.deputy_id))
        other = found.person if found.deputy_id != actor.id else found.post.person
        if notifications.withdraw(found.id, NAMED) and other is found.person:
            return found
        notifications.queue("people/deputy_ended", to=other, deputy=found, link=absolute("people.deputies"))
    return found


def _days(absence: Absence) -> dict[str, str]:
    return {"first_day": absence.first.isoformat(), "last_day": absence.last.isoformat()}


def _check(absence: Absence, today: date) -> None:
    if absence.first < today:
        raise PastDay
    if absence.last < absence.first:
        raise WrongEnd("Enter a last day that is not before the first.")
    if absence.last - absence.first >= LONGEST:
        raise WrongEnd("A deputy is for a year at most. For longer, the post needs a manager of its own.")


def _colleague(actor: Actor, seat: Seat, who: str, absence: Absence) -> Person:
    """The one person of this name or address who works at the agency, now and until the absence ends."""
    typed = " ".join(who.split())
    rows = db.session.execute(
        select(Person, Membership.ends_on)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.agency_id == seat.agency_id,
            policy.is_current(clock.today()),
            Person.active,
            or_(Person.email == typed.lower(), Person.name == typed, func.lower(Person.name) == typed.lower()),
        )
    ).all()
    people = {person.id: person for person, _ in rows}
    if not people:
        raise NoColleague(f"Nobody at {seat.agency} has that name or address. Give their work e-mail.")
    if len(people) > 1:
        raise NoColleague(f"Several people at {seat.agency} have that name. Give the work e-mail instead.")
    (person,) = people.values()
    if person.id == actor.id:
        raise Yourself
    ends = [ends_on for _, ends_on in rows]
    if None not in ends and (last := max(day for day in ends if day)) < absence.last:
        raise NoColleague(f"{person.name} leaves {seat.agency} on {plain_date(last)}. Name somebody who stays longer.")
    return person


def _check_free(post_id: UUID, absence: Absence) -> None:
    """Refuse days for which the post has a deputy already. The post's row is locked."""
    found = db.session.scalar(
        select(Deputy)
        .where(
            Deputy.membership_id == post_id,
            Deputy.ended_at.is_(None),
            Deputy.first_day <= absence.last,
            Deputy.last_day >= absence.first,
        )
        .order_by(Deputy.first_day)
        .limit(1)
    )
    if found is not None:
        days = f"from {plain_date(found.first_day)} to {plain_date(found.last_day)}"
        raise DeputyAlready(f"{found.person.name} is your deputy {days}. End that first, or choose other days.")
