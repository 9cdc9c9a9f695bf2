"""Which agencies sign in at a provider of their own, and whom that binds."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from lms.core.actor import Seat
from lms.core.db import db
from lms.core.errors import Refusal
from lms.core.permissions import Role, Scope
from lms.people import queries as people
from lms.signin.provider_models import IdentityProvider, ProviderReturn


class OnlyThere(Refusal):
    """A right password or passkey, at an agency whose people sign in with their provider only."""

    def __init__(self, name: str, without: str = "passwords") -> None:
        super().__init__(f"Your agency does not use {without} here. Choose “{name}” below the form.")
        self.name = name


def active() -> Sequence[IdentityProvider]:
    """The providers people can sign in with, by name. Their names are on the sign-in page, so they are no secret."""
    wanted = select(IdentityProvider).where(IdentityProvider.active)
    return db.session.scalars(wanted.order_by(IdentityProvider.name, IdentityProvider.id)).all()


def reaches_beyond(seats: Sequence[Seat], agency_id: UUID) -> bool:
    """Whether somebody's roles reach further than one agency: there its own provider does not vouch alone."""
    return any(
        grant.scope is Scope.PARTNERSHIP or (grant.role is not Role.STAFF and seat.agency_id != agency_id)
        for seat in seats
        for grant in seat.grants
    )


def check_password_allowed(person_id: UUID) -> None:
    """Raises OnlyThere where an agency of the person wants its provider used, and no role reaches beyond that agency:
    whoever looks after a partnership is never locked out by one agency.
    """
    seats = people.seats(person_id)
    wanted = select(IdentityProvider).where(
        IdentityProvider.active,
        IdentityProvider.required,
        IdentityProvider.agency_id.in_({seat.agency_id for seat in seats}),
    )
    for provider in db.session.scalars(wanted.order_by(IdentityProvider.made_at)):
        if not reaches_beyond(seats, provider.agency_id):
            raise OnlyThere(provider.name)


def sweep(before: datetime) -> None:
    """Forget ways back that are too old to be taken again in any case."""
    db.session.execute(delete(ProviderReturn).where(ProviderReturn.at < before))
