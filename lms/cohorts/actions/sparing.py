"""Team cover as managers decide it: setting a team's limit of people out, and going over it for one person with a
reason. The caller has locked the cohort's row.
"""

from uuid import UUID

from lms.audit import actions as audit
from lms.cohorts import approvals, covering
from lms.cohorts.cover import PERCENT, AtLimit, Limit
from lms.cohorts.cover_models import TeamCover
from lms.cohorts.models import Booking, Cohort
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal

MOST = 9999


class OverCover(Refusal):
    """Letting the person go takes their team over the limit that was set, and no reason was given."""

    field = "reason"

    def __init__(self, over: list[AtLimit]) -> None:
        super().__init__(f"{over[0].sentence} Say why the team can spare them all the same, or choose another date.")


class NoSuchLimit(Refusal):
    """A limit that nobody could keep to."""

    field = "number"
    sentence = "Enter a whole number: from 1 to 9999 people, or a share from 1 to 100 percent."


def check(cohort: Cohort, person_id: UUID, agency_id: UUID, reason: str) -> list[AtLimit]:
    """The days on which the person's going takes their team over a limit that was set. Raises OverCover when there are
    any and no reason is given.
    """
    over = covering.kept_back(cohort, {person_id: agency_id}).get(person_id, [])
    if over and not reason.strip():
        raise OverCover(over)
    return over


def note(actor: Actor, cohort: Cohort, booking: Booking, over: list[AtLimit], reason: str) -> None:
    """Keep who let the person go over the team's limit, and why; nothing where it is kept."""
    if not over:
        return
    booking.cover_by, booking.cover_why = actor.id, reason.strip()
    most = {"out": max(one.others for one in over) + 1, "limit": min(one.most for one in over)}
    audit.record(actor, "cohort.team_cover_exceeded", booking.id, cohort=str(cohort.id), **most)


def spare(actor: Actor, cohort: Cohort, booking: Booking, reason: str) -> None:
    """Both, for somebody who is on the cohort already. Raises OverCover."""
    note(actor, cohort, booking, check(cohort, booking.person_id, booking.agency_id, reason), reason)


def _is_within(number: int | None, most: int) -> bool:
    return number is None or 1 <= number <= most


def set_limit(actor: Actor, team_id: UUID, limit: Limit) -> None:
    """Say how many of a team one manages may be out on one day; a limit with neither number nor share takes the team's
    own away, so that the usual one stands. Places given before stay. Raises NotFound or NoSuchLimit.
    """
    if not approvals.team_managed(actor, team_id):
        raise NotFound
    if not (_is_within(limit.most, MOST) and _is_within(limit.share, PERCENT)):
        raise NoSuchLimit
    known = db.session.get(TeamCover, team_id, with_for_update=True)
    if not limit.is_set:
        if known:
            db.session.delete(known)
            audit.record(actor, "team.cover_unset", team_id)
        return
    known = known or TeamCover(team_id=team_id)
    known.most, known.share, known.set_by, known.set_at = limit.most, limit.share, actor.id, clock.now()
    db.session.add(known)
    audit.record(actor, "team.cover_set", team_id, most=limit.most, share=limit.share)
