"""Which sheets there are: each feature offers its own under a name, and `lms/wiring.py` holds the whole list."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import current_app

from lms.core.actor import Actor, Grant, Seat
from lms.core.errors import NotFound
from lms.core.permissions import GRANTS, Permission, Role
from lms.exports.sheet import Sheet

_KEY = "sheets"
LONGEST_ARGUMENT = 200
Arguments = Mapping[str, str]


def _everybody(_actor: Actor, _arguments: Arguments) -> int:
    return 0


@dataclass(frozen=True)
class Offered:
    """One sheet on offer.

    `name` is what addresses say, `title` what lists say, and `page` the endpoint of the page that shows the same.
    `build` makes the sheet from the same query as the page, for this actor and these filters, and `check` says whether
    the filters are on offer to them; both raise NotFound where the page would. Neither may ask for a request: the
    worker calls them too. `arguments` are the filters by their names in the address; everything else there is left
    out. `free_text` are those of them that may hold somebody's name, which no kept view remembers. `size` is a quick
    count of the rows, or of the most there can be, asked before anything is built.
    """

    name: str
    title: str
    page: str
    permission: Permission | None
    arguments: frozenset[str]
    build: Callable[[Actor, Arguments], Sheet]
    check: Callable[[Actor, Arguments], object]
    size: Callable[[Actor, Arguments], int] = _everybody
    free_text: frozenset[str] = frozenset()

    def is_for(self, actor: Actor) -> bool:
        """Whether this person may ask for it; which rows they get is the query's business."""
        return self.permission is None or actor.can(self.permission)

    def asked(self, given: Arguments) -> dict[str, str]:
        """What of an address speaks of this sheet, in order, without what is empty."""
        known = ((name, given.get(name, "").replace("\x00", "")) for name in sorted(self.arguments))
        return {name: value[:LONGEST_ARGUMENT] for name, value in known if value}

    def reach(self, actor: Actor) -> frozenset[str]:
        """What the actor's right to it rests on: each grant that carries the permission, at the place it is for. A
        deputy's place is that of the manager they stand in for, not their own.
        """
        return frozenset(
            f"{grant.role}:{grant.scope}:{seat.partnership}:{seat.agency_id}:{_team(seat, grant) or ''}"
            for seat in actor.seats
            for grant in seat.grants
            if self.permission is None or self.permission in GRANTS[grant.role]
        )


def _team(seat: Seat, grant: Grant) -> UUID | None:
    return grant.team_id if grant.role is Role.DEPUTY else seat.team_id


def supply(extensions: dict[str, object], offered: Iterable[Offered]) -> None:
    """Give the application its sheets. Raises ValueError when two have one name."""
    sheets: dict[str, Offered] = {}
    for one in offered:
        if one.name in sheets:
            raise ValueError(f"two sheets are called {one.name}")
        sheets[one.name] = one
    extensions[_KEY] = sheets


def offered() -> Mapping[str, Offered]:
    """All sheets by name."""
    sheets: Mapping[str, Offered] = current_app.extensions[_KEY]
    return sheets


def sheet(name: str) -> Offered:
    """The sheet of this name. Raises NotFound."""
    found = offered().get(name)
    if found is None:
        raise NotFound
    return found
