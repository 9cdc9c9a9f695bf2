"""How far an administrator reaches: over which agencies, and up to which roles. Pure."""

from collections.abc import Iterable
from uuid import UUID

from lms.core.actor import Actor, Seat
from lms.core.permissions import Role, Scope

NEAR_TO_FAR = (Scope.TEAM, Scope.AGENCY, Scope.PARTNERSHIP)


def over(actor: Actor, agency_id: UUID, partnership: str) -> Scope | None:
    """How far the actor's administration reaches at an agency; None when they do not look after it."""
    if partnership in actor.partnerships(Role.ADMINISTRATOR):
        return Scope.PARTNERSHIP
    seats = (seat for seat in actor.seats if seat.agency_id == agency_id)
    scopes = [grant.scope for seat in seats for grant in seat.grants if grant.role is Role.ADMINISTRATOR]
    return max(scopes, key=NEAR_TO_FAR.index, default=None)


def is_within(scope: Scope, reach: Scope | None) -> bool:
    """Whether a role with this scope is no higher than what somebody reaches."""
    return reach is not None and NEAR_TO_FAR.index(scope) <= NEAR_TO_FAR.index(reach)


def covers(actor: Actor, seats: Iterable[Seat]) -> bool:
    """Whether the actor looks after every post of somebody, with no role there that reaches further than their own."""
    posts = tuple(seats)
    return bool(posts) and all(
        is_within(scope, over(actor, seat.agency_id, seat.partnership))
        for seat in posts
        for scope in [Scope.TEAM, *(grant.scope for grant in seat.grants)]
    )
