"""Who is asking: the person behind a request, with today's memberships and roles."""

from dataclasses import dataclass
from uuid import UUID

from lms.core.permissions import GRANTS, WIDE, Permission, Role, Scope


@dataclass(frozen=True)
class Grant:
    """One role at one membership, and how far it reaches; `team_id` is the team that a deputy stands in for."""

    role: Role
    scope: Scope
    team_id: UUID | None = None


@dataclass(frozen=True)
class Seat:
    """One membership that is current today: an agency, perhaps a team, a job, and its roles."""

    membership_id: UUID
    agency_id: UUID
    agency: str
    sector: str
    team_id: UUID | None
    team: str | None
    job: str
    grants: tuple[Grant, ...] = ()
    partnership: str = ""

    def has(self, role: Role, scope: Scope | None = None) -> bool:
        """Whether this membership carries the role (with that reach, when one is named)."""
        return any(g.role is role and scope in (None, g.scope) for g in self.grants)


@dataclass(frozen=True)
class Actor:
    """A signed-in person. Queries and actions take it first; it is never read from the request's own data. While `held`
    they have given their password and not yet the second step: nothing but that step opens.
    """

    id: UUID
    name: str
    email: str
    seats: tuple[Seat, ...] = ()
    theme: str = ""
    sign_in_id: UUID | None = None
    held: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        """All roles the person holds today, over all memberships."""
        return frozenset(grant.role for seat in self.seats for grant in seat.grants)

    def can(self, permission: Permission) -> bool:
        """Whether any role of the person carries the permission; for the whole site, one that reaches a partnership."""
        if permission in WIDE:
            return any(
                permission in GRANTS[grant.role] and grant.scope is Scope.PARTNERSHIP
                for seat in self.seats
                for grant in seat.grants
            )
        return any(permission in GRANTS[role] for role in self.roles)

    def has(self, role: Role) -> bool:
        """Whether the person holds the role anywhere today."""
        return role in self.roles

    @property
    def agency_ids(self) -> frozenset[UUID]:
        """Agencies the person works for today."""
        return frozenset(seat.agency_id for seat in self.seats)

    def partnerships(self, role: Role | None = None) -> frozenset[str]:
        """Partnerships the person works in, or those in which they hold a role that reaches all of it."""
        return frozenset(seat.partnership for seat in self.seats if role is None or seat.has(role, Scope.PARTNERSHIP))

    @property
    def managed_agencies(self) -> frozenset[UUID]:
        """Agencies all of whose people the person manages."""
        return frozenset(seat.agency_id for seat in self.seats if seat.has(Role.MANAGER, Scope.AGENCY))

    @property
    def managed_teams(self) -> frozenset[UUID]:
        """Teams whose people the person manages."""
        return frozenset(seat.team_id for seat in self.seats if seat.team_id and seat.has(Role.MANAGER, Scope.TEAM))

    @property
    def followed_agencies(self) -> frozenset[UUID]:
        """Agencies the status of all of whose people the person follows: as their manager, or as deputy of one."""
        lent = {seat.agency_id for seat in self.seats if seat.has(Role.DEPUTY, Scope.AGENCY)}
        return self.managed_agencies | lent

    @property
    def followed_teams(self) -> frozenset[UUID]:
        """Teams the status of whose people the person follows: as their manager, or as deputy of one."""
        grants = (grant for seat in self.seats for grant in seat.grants)
        lent = {one.team_id for one in grants if one.role is Role.DEPUTY and one.scope is Scope.TEAM and one.team_id}
        return self.managed_teams | lent

    @property
    def main_seat(self) -> Seat | None:
        """The membership used where only one can be shown, such as on a certificate: the first by start date."""
        return self.seats[0] if self.seats else None
