"""Adding agencies, teams, people and memberships."""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Role, Scope
from lms.people import policy
from lms.people.models import Agency, Membership, MembershipRole, Person, Team
from lms.people.queries import by_email
from lms.people.sectors import Sector

LONGEST_ADDRESS = 254
ADDRESS = re.compile(r"""[^\s@/\\<>()\[\],;:"\x00-\x1f\x7f]+@[^\s@/\\<>()\[\],;:"\x00-\x1f\x7f]+""")


class AddressTaken(Refusal):
    """One person, one account."""

    sentence = (
        "There is an account with this address already. A person has one account, with a membership for each post."
    )


class NotAnAddress(Refusal):
    """Mail must reach the account, and the address becomes part of a header and of a file's name."""

    sentence = "That is no e-mail address. Give one like name@agency.org, of at most 254 characters."


class Unnamed(Refusal):
    """Certificates and lists show these words."""

    sentence = "Give a name, an agency, a partnership and a job; none of them can be empty."


class OtherAgency(Refusal):
    """An agency of this name exists, with another sector or in another partnership."""


@dataclass(frozen=True)
class Post:
    """Where somebody works, as what, since when, and with which roles."""

    agency: str
    sector: Sector
    partnership: str
    team: str | None
    job: str
    roles: tuple[tuple[Role, Scope], ...] = ((Role.STAFF, Scope.TEAM),)
    since: date | None = None


@dataclass(frozen=True)
class Place:
    """Where somebody works who was invited: an agency and team that are there already."""

    agency_id: UUID
    team_id: UUID | None
    job: str
    roles: tuple[tuple[Role, Scope], ...]


def checked_address(email: str) -> str:
    """The address as it is stored. Raises NotAnAddress, or AddressTaken when somebody has it."""
    address = email.strip().lower()
    if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
        raise NotAnAddress(field="email")
    if by_email(address):
        raise AddressTaken(field="email")
    return address


def admit(email: str, name: str, password_hash: str, place: Place) -> Person:
    """Give an invited person their account and first post, by their own act. Raises NotAnAddress, AddressTaken or
    Unnamed.
    """
    address = checked_address(email)
    if not name.strip():
        raise Unnamed(field="name")
    person = Person(email=address, name=" ".join(name.split()), password_hash=password_hash)
    roles = [MembershipRole(role=role.value, scope=scope.value) for role, scope in place.roles]
    post = Membership(agency_id=place.agency_id, team_id=place.team_id, job=place.job, starts_on=clock.today())
    post.roles = roles
    person.memberships = [post]
    _save_new(person)
    audit.record(Actor(person.id, person.name, person.email), "person.added", person.id)
    return person


def add_person(actor: Actor | None, email: str, name: str, password_hash: str, post: Post) -> Person:
    """Give a person an account and their first post; agency and team are made when they are new.

    Raises NotAnAddress, Unnamed, AddressTaken or OtherAgency. `actor` is None when it is done on the machine itself.
    """
    address = email.strip().lower()
    if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
        raise NotAnAddress
    if not all(word.strip() for word in (name, post.agency, post.partnership, post.job)):
        raise Unnamed
    if by_email(email):
        raise AddressTaken
    agency = _agency(post)
    team = _team(agency, post.team) if post.team else None
    person = Person(email=address, name=name.strip(), password_hash=password_hash)
    person.memberships = [
        Membership(
            agency_id=agency.id,
            team_id=team.id if team else None,
            job=post.job,
            starts_on=post.since or clock.today(),
            roles=[MembershipRole(role=role.value, scope=scope.value) for role, scope in post.roles],
        )
    ]
    _save_new(person)
    audit.record(actor, "person.added", person.id)
    return person


def _save_new(person: Person) -> None:
    """Save a new account. Raises AddressTaken where somebody else was given the address this very moment."""
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError:
        if by_email(person.email) is None:
            raise
        raise AddressTaken(field="email") from None


def set_locality(actor: Actor, agency: Agency, team_id: UUID, locality: str) -> Team:
    """Say which part of the area a team works in; empty when it is not one. Figures of meetings can be asked for by
    it. Raises NotFound for a team that the actor does not look after.
    """
    wanted = select(Team).join(Team.agency).where(Team.id == team_id, Team.agency_id == agency.id)
    team = db.session.scalar(wanted.where(policy.administered(actor)).with_for_update(of=Team))
    if team is None:
        raise NotFound
    if team.locality != locality:
        team.locality = locality
        audit.record(actor, "team.locality_set", team.id)
    return team


def _agency(post: Post) -> Agency:
    found = db.session.scalar(select(Agency).where(Agency.name == post.agency))
    if found is None:
        found = Agency(name=post.agency, sector=post.sector.value, partnership=post.partnership)
        db.session.add(found)
        db.session.flush()
    elif (found.sector, found.partnership) != (post.sector.value, post.partnership):
        raise OtherAgency(
            f"{found.name} is in the books already, as {found.sector} in {found.partnership}. "
            "Give the same, or another name."
        )
    return found


def _team(agency: Agency, name: str) -> Team:
    found = db.session.scalar(select(Team).where(Team.agency_id == agency.id, Team.name == name))
    if found is None:
        found = Team(agency_id=agency.id, name=name)
        db.session.add(found)
        db.session.flush()
    return found
