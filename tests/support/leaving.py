"""Ways in which somebody's rights end, for tests of what still comes to them afterwards."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from lms.core import clock
from lms.core.db import writing
from lms.core.permissions import Role
from lms.people.models import Agency, Membership, MembershipRole, Person, Team


def role_ended(person: Any) -> None:
    """They stay at their post, as staff."""
    theirs = select(Membership.id).where(Membership.person_id == person.id)
    with writing() as session:
        session.execute(
            delete(MembershipRole).where(MembershipRole.membership_id.in_(theirs), MembershipRole.role != Role.STAFF)
        )


def post_ended(person: Any) -> None:
    """Yesterday was their last day everywhere."""
    with writing() as session:
        for post in session.scalars(select(Membership).where(Membership.person_id == person.id)):
            post.ends_on = clock.today() - timedelta(days=1)


def moved(person: Any) -> None:
    """They do the same at another employer, of another partnership, in a team of its own."""
    with writing() as session:
        away = Agency(name=f"Where {person.name} went", sector="health", partnership="Elsewhere")
        session.add(away)
        session.flush()
        session.add(team := Team(name="Moved to", agency_id=away.id))
        session.flush()
        for post in session.scalars(select(Membership).where(Membership.person_id == person.id)):
            post.agency_id, post.team_id = away.id, team.id


def closed(person: Any) -> None:
    """Their account was closed."""
    with writing() as session:
        session.execute(update(Person).where(Person.id == person.id).values(active=False))


LOSSES: dict[str, Callable[[Any], None]] = {
    "role ended": role_ended,
    "post ended": post_ended,
    "moved": moved,
    "account closed": closed,
}
