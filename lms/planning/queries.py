"""Reads about building a cohort: programmes, nominations and proposals, each by the policy of who asks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.assignments import policy as assignments
from lms.cohorts.models import Cohort
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.people.models import Agency, Membership, Person
from lms.planning import policy
from lms.planning.models import DateProgramme, Hold, KeepApart, Nomination, Override, ProgrammeDate, Proposal
from lms.planning.states import HAS_PLAN, NominationState, ProposalState

STILL_THERE = (NominationState.ASKED, NominationState.APPROVED)


def _whole() -> Select[DateProgramme]:
    return select(DateProgramme).options(
        joinedload(DateProgramme.changer),
        selectinload(DateProgramme.dates)
        .joinedload(ProgrammeDate.cohort)
        .options(selectinload(Cohort.sessions), selectinload(Cohort.agencies), selectinload(Cohort.modules)),
    )


def _one(wanted: Select[DateProgramme]) -> DateProgramme:
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def get_run(actor: Actor, programme_id: UUID) -> DateProgramme:
    """One programme with its dates, for someone who builds it. Raises NotFound for everybody else."""
    return _one(_whole().where(DateProgramme.id == programme_id, policy.run(actor)))


def lock_run(actor: Actor, programme_id: UUID) -> DateProgramme:
    """The same, with its row locked until the transaction ends."""
    return _one(_locked().where(DateProgramme.id == programme_id, policy.run(actor)))


def get_offered(actor: Actor, programme_id: UUID) -> DateProgramme:
    """One programme that takes nominations, for those who may ask or nominate. Raises NotFound."""
    return _one(_whole().where(DateProgramme.id == programme_id, policy.on_offer(actor)))


def lock_offered(actor: Actor, programme_id: UUID) -> DateProgramme:
    """The same, with its row locked until the transaction ends."""
    return _one(_locked().where(DateProgramme.id == programme_id, policy.on_offer(actor)))


def lock(programme_id: UUID) -> DateProgramme:
    """One programme for the worker, with its row locked. Raises NotFound."""
    return _one(_locked().where(DateProgramme.id == programme_id))


def _locked() -> Select[DateProgramme]:
    return _whole().with_for_update(of=DateProgramme).execution_options(populate_existing=True)


@dataclass(frozen=True)
class Listed:
    """Programmes as one person finds them: those they build, and those they can ask for or nominate to."""

    run: Sequence[DateProgramme]
    offered: Sequence[DateProgramme]
    own: dict[UUID, Nomination]
    manages: bool


def listed(actor: Actor) -> Listed:
    """The programmes of one person. Six queries at most."""
    run = db.session.scalars(_whole().where(policy.run(actor)).order_by(DateProgramme.created_at.desc())).all()
    offered = db.session.scalars(_whole().where(policy.on_offer(actor)).order_by(DateProgramme.title)).all()
    own = db.session.scalars(select(Nomination).where(policy.own(actor), Nomination.state.in_(STILL_THERE)))
    return Listed(
        run, [one for one in offered if one.takes_nominations], {one.programme_id: one for one in own}, manages(actor)
    )


def manages(actor: Actor) -> bool:
    """Whether anybody's training is the actor's to decide about."""
    return bool(actor.managed_agencies or actor.managed_teams)


def own_nomination(actor: Actor, programme: DateProgramme) -> Nomination | None:
    """The actor's own nomination to a programme, in any state."""
    return db.session.scalar(select(Nomination).where(Nomination.programme_id == programme.id, policy.own(actor)))


def nominations(programme: DateProgramme) -> Sequence[Nomination]:
    """All nominations that were not withdrawn, by agency and name, for those who build the programme. One query."""
    return db.session.scalars(_nominations(programme)).all()


def nominations_managed(actor: Actor, programme: DateProgramme) -> Sequence[Nomination]:
    """Those of people the actor manages."""
    return db.session.scalars(_nominations(programme).where(policy.asked_of(actor))).all()


def _nominations(programme: DateProgramme) -> Select[Nomination]:
    return (
        select(Nomination)
        .join(Nomination.person)
        .join(Nomination.agency)
        .where(Nomination.programme_id == programme.id, Nomination.state != NominationState.WITHDRAWN)
        .options(joinedload(Nomination.person), joinedload(Nomination.agency), joinedload(Nomination.team))
        .order_by(Agency.name, Person.name, Nomination.id)
    )


def counts(programme: DateProgramme) -> dict[str, int]:
    """How many nominations there are, by state."""
    rows = db.session.execute(
        select(Nomination.state, func.count()).where(Nomination.programme_id == programme.id).group_by(Nomination.state)
    )
    return dict(rows.all())


@dataclass(frozen=True)
class Candidate:
    """Someone who can be nominated, at one post."""

    person: Person
    membership: Membership
    agency: Agency


def team_of(actor: Actor, programme: DateProgramme) -> list[Candidate]:
    """People whom the actor manages and who are not nominated, by name."""
    there = select(Nomination.person_id).where(
        Nomination.programme_id == programme.id, Nomination.state.in_(STILL_THERE)
    )
    wanted = _candidates(programme).where(assignments.answers_for(actor, clock.today()), Person.id.not_in(there))
    return _first(wanted)


def candidates(programme: DateProgramme, emails: Sequence[str]) -> dict[str, Candidate]:
    """People of the partnership with these addresses, by address."""
    found = []
    for start in range(0, len(emails), 500):
        found += _first(_candidates(programme).where(Person.email.in_(emails[start : start + 500])))
    return {one.person.email: one for one in found}


def managed_candidates(actor: Actor, programme: DateProgramme, person_ids: Sequence[UUID]) -> list[Candidate]:
    """Those of these people whom the actor manages."""
    managed = assignments.answers_for(actor, clock.today())
    return _first(_candidates(programme).where(managed, Person.id.in_(person_ids)))


def own_candidate(actor: Actor, programme: DateProgramme) -> Candidate | None:
    """The actor at the post they have had longest in the partnership."""
    return next(iter(_first(_candidates(programme).where(Person.id == actor.id))), None)


def _candidates(programme: DateProgramme) -> Select[Person, Membership, Agency]:
    return (
        select(Person, Membership, Agency)
        .join(Membership, Membership.person_id == Person.id)
        .join(Agency, Membership.agency_id == Agency.id)
        .where(policy.can_come(programme))
        .order_by(Person.name, Person.id, Membership.starts_on, Membership.id)
    )


def _first(wanted: Select[Person, Membership, Agency]) -> list[Candidate]:
    first: dict[UUID, Candidate] = {}
    for person, membership, agency in db.session.execute(wanted):
        first.setdefault(person.id, Candidate(person, membership, agency))
    return list(first.values())


def agencies(programme: DateProgramme) -> Sequence[Agency]:
    """The agencies of the partnership, by name."""
    return db.session.scalars(
        select(Agency).where(Agency.partnership == programme.partnership).order_by(Agency.name)
    ).all()


def named(actor: Actor, ids: Sequence[str]) -> list[str]:
    """The names of those of these agencies that are in a partnership of the actor."""
    wanted = select(Agency).where(Agency.partnership.in_(actor.partnerships())).order_by(Agency.name)
    return [one.name for one in db.session.scalars(wanted) if str(one.id) in ids] if ids else []


def latest(programme: DateProgramme) -> Proposal | None:
    """The newest proposal."""
    return db.session.scalar(
        select(Proposal).where(Proposal.programme_id == programme.id).order_by(Proposal.number.desc()).limit(1)
    )


def latest_with_plan(programme: DateProgramme) -> Proposal | None:
    """The newest proposal with a plan to look at."""
    return db.session.scalar(
        select(Proposal)
        .where(Proposal.programme_id == programme.id, Proposal.state.in_(HAS_PLAN))
        .order_by(Proposal.number.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def before(proposal: Proposal) -> Proposal | None:
    """The proposal with a plan that came before this one."""
    return db.session.scalar(
        select(Proposal)
        .where(
            Proposal.programme_id == proposal.programme_id,
            Proposal.number < proposal.number,
            Proposal.state.in_(HAS_PLAN),
        )
        .order_by(Proposal.number.desc())
        .limit(1)
    )


def published(programme: DateProgramme) -> Proposal | None:
    """The plan that people were told of last."""
    return db.session.scalar(
        select(Proposal)
        .where(Proposal.programme_id == programme.id, Proposal.state == ProposalState.PUBLISHED)
        .order_by(Proposal.number.desc())
        .limit(1)
    )


def holds(programme: DateProgramme) -> dict[str, Hold]:
    """What trainers decided for single people, by person."""
    rows = db.session.scalars(select(Hold).where(Hold.programme_id == programme.id))
    return {str(row.person_id): row for row in rows}


def overrides(programme: DateProgramme) -> Sequence[Override]:
    """Rules changed late or set aside, latest first."""
    return db.session.scalars(
        select(Override)
        .where(Override.programme_id == programme.id)
        .options(joinedload(Override.by))
        .order_by(Override.at.desc())
    ).all()


def set_aside(programme: DateProgramme) -> set[str]:
    """The rules that trainers set aside for a move, by their keys."""
    return set(
        db.session.scalars(select(Override.key).where(Override.programme_id == programme.id, Override.key != ""))
    )


def pairs_seen(actor: Actor) -> Sequence[KeepApart]:
    """The pairs kept apart that the actor may know of, still in force."""
    return db.session.scalars(
        select(KeepApart)
        .where(policy.apart(actor), KeepApart.ended_at.is_(None), KeepApart.until >= clock.today())
        .options(joinedload(KeepApart.person), joinedload(KeepApart.other))
        .order_by(KeepApart.until, KeepApart.id)
    ).all()


def apart_among(person_ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """The pairs among these people that are kept apart today. One query, for the engine and for tables; no page."""
    rows = db.session.execute(
        select(KeepApart.person_id, KeepApart.other_id).where(
            KeepApart.ended_at.is_(None), KeepApart.until >= clock.today()
        )
    )
    ids = set(person_ids)
    return [(one, other) for one, other in rows if one in ids and other in ids]


def to_work_on() -> UUID | None:
    """A proposal that waits for a worker, or whose worker has gone: the oldest."""
    lost = Proposal.state.in_((ProposalState.QUEUED, ProposalState.RUNNING))
    free = or_(Proposal.lease_until.is_(None), Proposal.lease_until < clock.now())
    return db.session.scalar(select(Proposal.id).where(lost, free).order_by(Proposal.created_at).limit(1))


def told_of_no_place(proposal: Proposal) -> set[str]:
    """Who had no place in the plan that was published last before this one, and knows it."""
    assignment = db.session.scalar(
        select(Proposal.assignment)
        .where(
            Proposal.programme_id == proposal.programme_id,
            Proposal.number < proposal.number,
            Proposal.state == ProposalState.PUBLISHED,
        )
        .order_by(Proposal.number.desc())
        .limit(1)
    )
    return {person for person, seat in (assignment or {}).items() if seat is None}
