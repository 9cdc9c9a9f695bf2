"""Reads about who must do what by when: for the person themself, and for the many people of a report."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from lms.assignments import policy
from lms.assignments.due import FOREVER, NOTHING_ASKED, Asked, ModuleStanding, asked, standing
from lms.assignments.models import Exemption
from lms.catalogue import shelf
from lms.catalogue.content import Module
from lms.certificates.models import Certificate
from lms.certificates.validity import valid_until
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.learning.models import Completion, Study
from lms.people import policy as people
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


@dataclass
class _Known:
    """What the database says about one person, by agency and by module."""

    starts: dict[UUID, list[date]] = field(default_factory=dict)
    lifted: dict[str, dict[UUID, date]] = field(default_factory=dict)
    done: dict[str, PastCompletion] = field(default_factory=dict)
    started: set[str] = field(default_factory=set)
    usual: Asked | None = None

    def asked(self, module: Module, today: date) -> Asked:
        """What is asked for a module; the same for all core modules but those with an exemption, so worked out once."""
        lifted = self.lifted.get(module.slug)
        if lifted:
            return asked(core=module.core, starts=self.starts, lifted=lifted, today=today)
        if not module.core:
            return NOTHING_ASKED
        if self.usual is None:
            self.usual = asked(core=True, starts=self.starts, lifted={}, today=today)
        return self.usual


def own(actor: Actor) -> list[ModuleStanding]:
    """Every module with where the actor stands: the earliest date first, modules without a date last. Three queries."""
    today = clock.today()
    known = _known(select(Person.id).where(Person.id == actor.id), today)
    found = [_standing(module, known[actor.id], today) for module in shelf.library().modules]
    return sorted(found, key=lambda one: (one.standing.on or FOREVER, not one.required))


def standings(person_ids: People, today: date) -> dict[UUID, list[ModuleStanding]]:
    """Every module of the library, in its order, for each of these people who has a post today. Three queries, however
    many people.

    The caller answers for the choice of people: its own policy has said that the actor may see their training status.
    """
    modules = shelf.library().modules
    return {
        person: [_standing(module, one, today) for module in modules]
        for person, one in _known(person_ids, today).items()
        if one.starts
    }


def history(person_ids: People) -> list[PastCompletion]:
    """All completions of these people, newest first; the caller has chosen the people by its own policy."""
    found = [past for *_, past in _studies(person_ids) if past]
    return sorted(found, key=lambda one: one.completed_on, reverse=True)


def exemptions(person_ids: People, today: date) -> Sequence[Exemption]:
    """Exemptions of these people that are in force, with agency and granter, by module."""
    return db.session.scalars(
        select(Exemption)
        .where(Exemption.person_id.in_(person_ids), policy.in_force(today))
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


def _known(person_ids: People, today: date) -> defaultdict[UUID, _Known]:
    known: defaultdict[UUID, _Known] = defaultdict(_Known)
    memberships = select(Membership.person_id, Membership.agency_id, Membership.starts_on).where(
        Membership.person_id.in_(person_ids), people.is_current(today)
    )
    for person, agency, starts_on in db.session.execute(memberships):
        known[person].starts.setdefault(agency, []).append(starts_on)
    for person, module, past in _studies(person_ids):
        if past is None:
            known[person].started.add(module)
        elif past.withdrawn_on is None or past.withdrawn_on > today:
            known[person].done[module] = _longer(known[person].done.get(module), past)
    exempt = select(Exemption.person_id, Exemption.module, Exemption.agency_id, Exemption.until).where(
        Exemption.person_id.in_(person_ids), policy.in_force(today)
    )
    for person, module, agency, until in db.session.execute(exempt):
        lifted = known[person].lifted.setdefault(module, {})
        lifted[agency] = max(until or FOREVER, lifted.get(agency, date.min))
    return known


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
        known = shelf.library().module(module)
        until = valid_until(completed_on, known.valid_months) if known else None
    withdrawn_on = clock.local(revoked_at).date() if revoked_at else None
    return PastCompletion(module, completed_on, version, until, withdrawn_on)


def _longer(one: PastCompletion | None, other: PastCompletion) -> PastCompletion:
    """Of two completions the one that counts longer; a person is in date as long as any of their certificates is."""
    if one is None:
        return other
    return max(one, other, key=lambda past: (past.valid_until or FOREVER, past.completed_on))


def _standing(module: Module, known: _Known, today: date) -> ModuleStanding:
    wanted = known.asked(module, today)
    done = known.done.get(module.slug)
    if done is None:
        return _not_done(module.slug, wanted, module.slug in known.started, today)
    found = standing(
        required=wanted.required,
        due_on=wanted.due_on,
        started=module.slug in known.started,
        completed_on=done.completed_on,
        valid_until=done.valid_until,
        exempt_until=wanted.exempt_until,
        today=today,
    )
    return ModuleStanding(
        module=module.slug,
        standing=found,
        due_on=wanted.due_on,
        required=wanted.required,
        completed_on=done.completed_on,
        valid_until=done.valid_until,
        version=done.version,
    )


@lru_cache(maxsize=8192)
def _not_done(module: str, wanted: Asked, started: bool, today: date) -> ModuleStanding:  # noqa: FBT001 -- part of a key
    """Where someone stands who has not completed the module; kept, since many people of a report stand alike."""
    found = standing(
        required=wanted.required,
        due_on=wanted.due_on,
        started=started,
        completed_on=None,
        valid_until=None,
        exempt_until=wanted.exempt_until,
        today=today,
    )
    return ModuleStanding(module, found, wanted.due_on, wanted.required, None, None, None)
