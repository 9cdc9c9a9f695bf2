"""Reads about who can come: people a trainer can add, invite or put on the register, found by their name."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select

from lms.cohorts import approvals, policy
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.states import IN_THE_ROOM, ON_IT
from lms.core.actor import Actor
from lms.core.db import db
from lms.people.models import Agency, Membership, Person

SHORTEST_SEARCH = 2
MOST_CANDIDATES = 60
MOST_POSTS = 3 * MOST_CANDIDATES


@dataclass(frozen=True)
class Candidate:
    """Someone a trainer can add or invite: what the trainer may know of them, and no more."""

    person: Person
    agency: Agency
    job: str


@dataclass(frozen=True)
class Candidates:
    """What a search for people found, by agency and name; `more` says that there were too many to show."""

    found: list[Candidate]
    more: bool = False

    @property
    def by_agency(self) -> list[tuple[Agency, list[Candidate]]]:
        """The people under their agency."""
        groups: dict[UUID, list[Candidate]] = {}
        for one in self.found:
            groups.setdefault(one.agency.id, []).append(one)
        return [(group[0].agency, group) for group in groups.values()]


def candidates(cohort: Cohort, name: str, agency_id: UUID | None = None, *, walking_in: bool = False) -> Candidates:
    """People who can come and are not on the cohort yet, found by a part of their name, in order of agency and name.
    For a walk-in: people who are not in the room yet, those who were invited or wait among them.

    Nobody is listed without a search: a trainer does not browse another agency's staff. Someone with two posts is
    found once, at the post they have had longest. For those who run the cohort; the caller has loaded it by `get_run`.
    """
    name = " ".join(name.split())
    if len(name) < SHORTEST_SEARCH:
        return Candidates([])
    known = IN_THE_ROOM if walking_in else ON_IT
    wanted = _can_come(cohort).where(
        Person.name.icontains(name, autoescape=True),
        Person.id.not_in(select(Booking.person_id).where(Booking.cohort_id == cohort.id, Booking.state.in_(known))),
    )
    if agency_id:
        wanted = wanted.where(Agency.id == agency_id)
    found = _first_posts(wanted.limit(MOST_POSTS))
    return Candidates(_grouped(found[:MOST_CANDIDATES]), more=len(found) > MOST_CANDIDATES)


def can_come(cohort: Cohort, person_ids: Collection[UUID]) -> list[Candidate]:
    """Those of these people who can come to the cohort, each at the post they have had longest."""
    return _grouped(_first_posts(_can_come(cohort).where(Person.id.in_(person_ids))))


def managed(actor: Actor, cohort: Cohort, person_id: UUID) -> Candidate | None:
    """Somebody whom the actor manages and who can come, at the post for which they manage them; else None."""
    wanted = _can_come(cohort).where(Person.id == person_id, approvals.posts_managed(actor))
    return next(iter(_first_posts(wanted)), None)


def _can_come(cohort: Cohort) -> Select[Person, Membership, Agency]:
    return (
        select(Person, Membership, Agency)
        .join(Membership, Membership.person_id == Person.id)
        .join(Agency, Membership.agency_id == Agency.id)
        .where(policy.can_come(cohort))
        .order_by(Person.name, Person.id, Membership.starts_on, Membership.id)
    )


def _first_posts(wanted: Select[Person, Membership, Agency]) -> list[Candidate]:
    first: dict[UUID, Candidate] = {}
    for person, membership, agency in db.session.execute(wanted):
        first.setdefault(person.id, Candidate(person, agency, membership.job))
    return list(first.values())


def _grouped(found: list[Candidate]) -> list[Candidate]:
    return sorted(found, key=lambda one: (one.agency.name, one.person.name))
