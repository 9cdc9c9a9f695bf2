"""Reads about who must do what by when: for the person themself, and for the few or many people of a page."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from lms.assignments import policy
from lms.assignments.asks import hours, months_in_words, number
from lms.assignments.due import FOREVER, ModuleStanding, worst
from lms.assignments.facts import load, usual_end
from lms.assignments.hours import Wanted
from lms.assignments.models import Equivalent, Exemption, Leave, Level, PriorLearning
from lms.assignments.rules import BACK_FROM_LEAVE, LEVEL, Facts, asked
from lms.assignments.spans import stand, targets
from lms.catalogue import shelf
from lms.certificates.models import Certificate
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.learning.models import Completion, Study
from lms.people.models import Membership, Person

People = Select[UUID]


@dataclass(frozen=True)
class PastCompletion:
    """One completion of a module: when, which version, its certificate's last day, and since when that is withdrawn."""

    module: str
    completed_on: date
    version: int
    valid_until: date | None
    withdrawn_on: date | None


def own(actor: Actor) -> list[ModuleStanding]:
    """Every module, and every level asked of the actor, with where they stand: the earliest date first, those without a
    date last. The same few queries for everybody.
    """
    facts = load(select(Person.id).where(Person.id == actor.id)).get(actor.id, Facts())
    found = cells(facts, clock.today())
    return sorted(found, key=lambda one: (one.standing.on or FOREVER, not one.required))


def standings(
    person_ids: People, today: date, agencies: Mapping[UUID, Collection[UUID]] | None = None
) -> dict[UUID, list[ModuleStanding]]:
    """Every module of the library, in its order, and every level asked, for each of these people who has a post today.
    The same few queries however many people.

    `agencies` says for each person whose asking counts: whoever reads for somebody else names the employers for whom
    that reader sees them. Without it, all their employers count: for what only they themself read. The caller answers
    for the choice of people: its own policy has said that the actor may see their training status.
    """
    return {
        person: cells(facts, today, None if agencies is None else agencies.get(person, ()))
        for person, facts in load(person_ids).items()
        if facts.at(today)
    }


def by_agency(person_ids: People, today: date) -> dict[UUID, dict[UUID, list[ModuleStanding]]]:
    """As `standings`, for each of the person's employers of today apart."""
    return {
        person: {agency: cells(facts, today, [agency]) for agency in facts.at(today)}
        for person, facts in load(person_ids).items()
    }


def cells(facts: Facts, day: date, agencies: Collection[UUID] | None = None) -> list[ModuleStanding]:
    """Where one person stands with everything on a day: for these employers, or for all of that day. At several, the
    one where it needs attention first counts.
    """
    asking = [agency for agency in facts.at(day) if agencies is None or agency in agencies]
    names = [module.slug for module in shelf.library().modules]
    names += [target for target in targets(facts) if target.startswith(LEVEL)]
    return [
        worst(stand(facts, name, agency, day) for agency in asking) if asking else stand(facts, name, None, day)
        for name in names
    ]


@dataclass(frozen=True)
class LevelHours:
    """A level asked of somebody, and how far their hours go in its time: minutes in all, and those participatory."""

    title: str
    standing: ModuleStanding
    minutes: int
    participatory: int
    wanted: Wanted

    @property
    def words(self) -> str:
        """7 of 12 hours in 3 years, 3 participatory (of 6)."""
        wanted, time = self.wanted, months_in_words(self.wanted.months)
        said = (
            f"{number(self.minutes)} of {hours(wanted.minutes)} in {time}, {number(self.participatory)} participatory"
        )
        needed = wanted.minutes * wanted.participatory / 100
        return f"{said} (of {number(needed)})" if needed else said


def level_hours(actor: Actor) -> list[LevelHours]:
    """How far the actor's hours go for every level asked of them. Whoever is asked by several employers for different
    hours sees those of the one where it needs attention first.
    """
    facts, today = load(select(Person.id).where(Person.id == actor.id)).get(actor.id, Facts()), clock.today()
    named = titles(actor.partnerships())
    found = []
    for target in dict.fromkeys(one for one in targets(facts) if one.startswith(LEVEL)):
        asking = [
            (stand(facts, target, agency, today), asked(facts, target, agency, today)) for agency in facts.at(today)
        ]
        required = [(cell, one.wanted) for cell, one in asking if cell.required and one.wanted]
        if required:
            cell, wanted = min(required, key=lambda pair: pair[0].sorting)
            found.append(_hours(facts, named.get(target, target), cell, wanted, today))
    return found


def _hours(facts: Facts, title: str, cell: ModuleStanding, wanted: Wanted, today: date) -> LevelHours:
    learnt = wanted.within(facts.learnt, today)
    minutes = sum(one.minutes for one in learnt)
    return LevelHours(title, cell, minutes, sum(one.minutes for one in learnt if one.participatory), wanted)


def titles(partnerships: Collection[str]) -> dict[str, str]:
    """What every target is called: modules by title, levels by the partnership's own name for them."""
    found = {module.slug: module.title for module in shelf.library().modules}
    levels = select(Level).where(Level.partnership.in_(partnerships)).order_by(Level.position, Level.code)
    for level in db.session.scalars(levels):
        found[f"{LEVEL}{level.code}"] = level.name
    return found


def history(person_ids: People) -> list[PastCompletion]:
    """All completions of these people, newest first; the caller has chosen the people by its own policy."""
    found = [past for *_, past in _studies(person_ids) if past]
    return sorted(found, key=lambda one: one.completed_on, reverse=True)


def exemptions(person_ids: People, today: date, agencies: Collection[UUID] | None = None) -> Sequence[Exemption]:
    """Exemptions of these people that are in force, with agency and granter, by module: those that these agencies
    granted, for a reader who sees the people there, or all.
    """
    places = [] if agencies is None else [Exemption.agency_id.in_(agencies)]
    return db.session.scalars(
        select(Exemption)
        .where(Exemption.person_id.in_(person_ids), policy.in_force(today), *places)
        .options(joinedload(Exemption.agency), joinedload(Exemption.granter))
        .order_by(Exemption.module, Exemption.granted_at)
    ).all()


def decided(actor: Actor, today: date) -> frozenset[UUID]:
    """Which exemptions the actor may end, being the one who answers for the person at the agency that granted them."""
    wanted = select(Exemption.id).where(policy.decided(actor, today), policy.in_force(today))
    return frozenset(db.session.scalars(wanted))


def may_exempt(actor: Actor, person_id: UUID, today: date) -> bool:
    """Whether the actor decides about this person's exemptions."""
    wanted = select(Membership.id).where(Membership.person_id == person_id, policy.answers_for(actor, today))
    return db.session.scalar(wanted.limit(1)) is not None


def answered_for(actor: Actor, person_id: UUID, today: date) -> str:
    """The name of somebody for whom the actor answers. Raises NotFound for anybody else."""
    if not may_exempt(actor, person_id, today):
        raise NotFound
    return db.session.scalars(select(Person.name).where(Person.id == person_id)).one()


def leaves(person_ids: People, today: date, actor: Actor | None = None) -> Sequence[Leave]:
    """Leaves of these people that are not over for long, newest first: all, or those that the actor may change."""
    wanted = (
        select(Leave)
        .where(
            Leave.person_id.in_(person_ids),
            Leave.cancelled_at.is_(None),
            or_(Leave.last_day.is_(None), Leave.last_day >= today - BACK_FROM_LEAVE),
        )
        .options(joinedload(Leave.agency), joinedload(Leave.recorder))
        .order_by(Leave.first_day.desc(), Leave.id)
    )
    if actor is not None:
        wanted = wanted.where(policy.recorded(actor, today, Leave))
    return db.session.scalars(wanted).all()


def leave(actor: Actor, person_id: UUID, leave_id: UUID, today: date) -> Leave:
    """One leave that the actor may change. Raises NotFound for any other."""
    found = leaves(select(Person.id).where(Person.id == person_id), today, actor)
    chosen = [one for one in found if one.id == leave_id]
    if not chosen:
        raise NotFound
    return chosen[0]


def accepted(person_ids: People, today: date, actor: Actor | None = None) -> Sequence[PriorLearning]:
    """What was accepted of these people's learning elsewhere, newest first: all that counts, or what the actor may
    end.
    """
    wanted = (
        select(PriorLearning)
        .where(PriorLearning.person_id.in_(person_ids), PriorLearning.ended_at.is_(None))
        .options(joinedload(PriorLearning.agency), joinedload(PriorLearning.accepter))
        .order_by(PriorLearning.completed_on.desc(), PriorLearning.id)
    )
    if actor is not None:
        wanted = wanted.where(policy.recorded(actor, today, PriorLearning))
    return db.session.scalars(wanted).all()


def learning(actor: Actor, person_id: UUID, learning_id: UUID, today: date) -> PriorLearning:
    """One thing accepted that the actor may end. Raises NotFound for any other."""
    found = accepted(select(Person.id).where(Person.id == person_id), today, actor)
    chosen = [one for one in found if one.id == learning_id]
    if not chosen:
        raise NotFound
    return chosen[0]


def equivalents(partnerships: Collection[str]) -> Sequence[Equivalent]:
    """The courses on the lists of these partnerships, by title."""
    return db.session.scalars(
        select(Equivalent)
        .where(Equivalent.partnership.in_(partnerships), Equivalent.ended_at.is_(None))
        .order_by(Equivalent.title, Equivalent.id)
    ).all()


def _studies(person_ids: People) -> Iterator[tuple[UUID, str, PastCompletion | None]]:
    """Every study of these people: person, module, and the completion it ended with; None while it goes on."""
    rows = db.session.execute(
        select(
            Study.person_id,
            Study.module,
            Completion.completed_on,
            Completion.version,
            Certificate.valid_until,
            Certificate.revoked_at,
        )
        .outerjoin(Completion, Completion.study_id == Study.id)
        .outerjoin(Certificate, Certificate.completion_id == Completion.id)
        .where(Study.person_id.in_(person_ids))
    )
    for person, module, completed_on, version, until, revoked_at in rows:
        yield person, module, _past(module, completed_on, version, until, revoked_at)


def _past(
    module: str, completed_on: date | None, version: int, until: date | None, revoked_at: datetime | None
) -> PastCompletion | None:
    """The completion of a study; without a certificate it counts as long as the module's rule says, and for ever when
    the module is gone.
    """
    if completed_on is None:
        return None
    if until is None:
        until = usual_end(module, completed_on)
    withdrawn_on = clock.local(revoked_at).date() if revoked_at else None
    return PastCompletion(module, completed_on, version, until, withdrawn_on)
