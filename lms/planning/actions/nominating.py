"""Nominations: asking for oneself, nominating one's own people, adding by address or file, approving, withdrawing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from lms.assignments import urgency
from lms.audit import actions as audit
from lms.cohorts.access import TICKED
from lms.cohorts.models import Booking, CohortModule
from lms.cohorts.states import BookingState
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.people.models import Membership
from lms.planning import nomination_file, policy, queries
from lms.planning.models import DateProgramme, Nomination
from lms.planning.nomination_file import Fault, Line
from lms.planning.queries import Candidate
from lms.planning.states import NominationState

NOT_HERE = "Nobody who works in this partnership today has this address."
ONESELF = "This is you, and whoever manages you decides. Ask for a place on the page of the programme."
HERE_ALREADY = "This person is nominated already."


class NobodyNamed(Refusal):
    """Nothing was ticked or typed."""

    field = "people"
    sentence = "Tick or enter at least one person."


class NothingDecided(Refusal):
    """No request was ticked, or neither button pressed."""

    sentence = "Tick at least one person, then press Approve or Decline."


class NobodyThere(Refusal):
    """An address that leads to nobody in the partnership, or to somebody who is nominated."""

    field = "emails"


class Closed(Refusal):
    """The programme takes no nominations now."""

    sentence = "This programme takes no more nominations. Ask the trainer who runs it."


class NoDate(Refusal):
    """Asking without a date one can attend."""

    field = "dates"
    sentence = "Tick at least one date."


class FileRefused(Refusal):
    """A file with faults; nothing of it was taken."""

    field = "file"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = faults
        number = len(faults)
        super().__init__(
            f"Nothing was taken: the file has {number} {'fault' if number == 1 else 'faults'}, listed below."
        )


@dataclass(frozen=True)
class Wish:
    """Which dates somebody can attend (None: all), and what must be provided."""

    dates: tuple[str, ...] | None = None
    needs: tuple[str, ...] = ()


def ask(actor: Actor, programme_id: UUID, wish: Wish) -> Nomination:
    """Ask for a place oneself; where the programme needs it, a manager approves. Asking again changes what was said.

    Raises NotFound, Closed or NoDate.
    """
    programme = _open(queries.lock_offered(actor, programme_id))
    candidate = queries.own_candidate(actor, programme)
    if candidate is None:
        raise NotFound
    there = queries.own_nomination(actor, programme)
    if there and there.state in queries.STILL_THERE:
        _say(programme, there, wish)
        audit.record(actor, "nomination.changed", there.id)
        return there
    state = NominationState.ASKED if programme.needs_approval else NominationState.APPROVED
    made = _add(actor, programme, [(candidate, wish)], state)
    return made[0]


def nominate(actor: Actor, programme_id: UUID, person_ids: Sequence[UUID], wish: Wish) -> int:
    """Nominate people one manages, approved by that. Returns how many. Raises NotFound, Closed or NobodyNamed."""
    programme = _open(queries.lock_offered(actor, programme_id))
    if not person_ids:
        raise NobodyNamed
    found = queries.managed_candidates(actor, programme, person_ids)
    if len(found) != len(set(person_ids)):
        raise NotFound
    there = _there(programme)
    new = [(one, wish) for one in found if one.person.id not in there]
    return len(_add(actor, programme, new, NominationState.APPROVED))


def add(actor: Actor, programme_id: UUID, emails: Sequence[str], wish: Wish) -> int:
    """Nominate people by their addresses, for whoever builds the programme: all or none. Returns how many.

    Raises NotFound, NobodyNamed or NobodyThere.
    """
    programme = queries.lock_run(actor, programme_id)
    wanted = list(dict.fromkeys(one.strip().lower() for one in emails if one.strip()))
    if not wanted:
        raise NobodyNamed("Enter at least one address.", field="emails")
    found, there = queries.candidates(programme, wanted), _there(programme)
    for email in wanted:
        if email not in found:
            raise NobodyThere(f"{email}: {NOT_HERE[0].lower()}{NOT_HERE[1:]}")
        if _decides_about_oneself(actor, programme, found[email]):
            raise NobodyThere(f"{email}: {ONESELF[0].lower()}{ONESELF[1:]}")
        if found[email].person.id in there:
            raise NobodyThere(f"{email}: {HERE_ALREADY[0].lower()}{HERE_ALREADY[1:]}")
    return len(_add(actor, programme, [(found[one], wish) for one in wanted], NominationState.APPROVED))


def take_file(actor: Actor, programme_id: UUID, data: bytes) -> int:
    """Take a file of nominations, all of it or nothing. Returns how many. Raises NotFound or FileRefused."""
    programme = queries.lock_run(actor, programme_id)
    read = nomination_file.read(data, dates_as_written(programme))
    found, there = queries.candidates(programme, [line.email for line in read.lines]), _there(programme)
    for line in read.lines:
        if line.email in found and found[line.email].person.id in there:
            read.wrong(line.row, "email", HERE_ALREADY)
        elif line.email in found and _decides_about_oneself(actor, programme, found[line.email]):
            read.wrong(line.row, "email", ONESELF)
        elif line.email not in found and not any(
            one.row == line.row and one.column == "email" for one in read.faults[:200]
        ):
            read.wrong(line.row, "email", NOT_HERE)
    if not read.lines and not read.faults:
        read.wrong(2, "email", "There is nobody in this file.")
    if read.faults:
        raise FileRefused(sorted(read.faults, key=lambda one: (one.row, one.column)))
    return len(_add(actor, programme, [(found[one.email], _wish(one)) for one in read.lines], NominationState.APPROVED))


def _wish(line: Line) -> Wish:
    return Wish(line.dates, line.needs)


def dates_as_written(programme: DateProgramme) -> dict[str, str]:
    """The id of each date, by the ways a file may write it."""
    found: dict[str, str] = {}
    for one in programme.in_order:
        if one.cohort.starts_at:
            day = clock.local(one.cohort.starts_at).date()
            written = (
                day.isoformat(),
                f"{day:%d/%m/%Y}",
                f"{day.day}/{day.month}/{day.year}",
                f"{day.day} {day:%B %Y}",
            )
            found |= dict.fromkeys(written, str(one.cohort_id))
    return found


def decide(actor: Actor, programme_id: UUID, nomination_ids: Collection[UUID], *, approve: bool) -> int:
    """Approve or decline what people one manages have asked for. Returns how many. Raises NotFound or
    NothingDecided.
    """
    programme = _open(queries.lock_offered(actor, programme_id))
    if not nomination_ids:
        raise NothingDecided
    rows = db.session.scalars(
        select(Nomination)
        .where(Nomination.programme_id == programme.id, Nomination.id.in_(nomination_ids), policy.asked_of(actor))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(rows) != len(set(nomination_ids)):
        raise NotFound
    waiting = [one for one in rows if one.state == NominationState.ASKED]
    for one in waiting:
        one.state = NominationState.APPROVED if approve else NominationState.DECLINED
        one.decided_by, one.decided_at = actor.id, clock.now()
        audit.record(actor, "nomination.approved" if approve else "nomination.declined", one.id)
    return len(waiting)


def withdraw(actor: Actor, programme_id: UUID) -> None:
    """Take one's own wish back. Raises NotFound."""
    programme = queries.lock_offered(actor, programme_id)
    there = queries.own_nomination(actor, programme)
    if there is None:
        raise NotFound
    _withdraw(actor, there)


def take_off(actor: Actor, programme_id: UUID, nomination_id: UUID) -> str:
    """Take somebody off the list of a programme one builds; returns their name. Raises NotFound."""
    programme = queries.lock_run(actor, programme_id)
    there = db.session.get(Nomination, nomination_id)
    if there is None or there.programme_id != programme.id:
        raise NotFound
    _withdraw(actor, there)
    return there.person.name


def _withdraw(actor: Actor, nomination: Nomination) -> None:
    if nomination.state != NominationState.WITHDRAWN:
        nomination.state = NominationState.WITHDRAWN
        audit.record(actor, "nomination.withdrawn", nomination.id)


def _decides_about_oneself(actor: Actor, programme: DateProgramme, candidate: Candidate) -> bool:
    return programme.needs_approval and candidate.person.id == actor.id


def _open(programme: DateProgramme) -> DateProgramme:
    if not programme.takes_nominations:
        raise Closed
    return programme


def _there(programme: DateProgramme) -> set[UUID]:
    rows = db.session.scalars(
        select(Nomination.person_id).where(
            Nomination.programme_id == programme.id, Nomination.state.in_(queries.STILL_THERE)
        )
    )
    return set(rows)


def _say(programme: DateProgramme, nomination: Nomination, wish: Wish) -> None:
    known = {str(one.cohort_id) for one in programme.dates}
    if wish.dates is not None and not wish.dates:
        raise NoDate
    if wish.dates is not None and not known.issuperset(wish.dates):
        raise NotFound
    nomination.dates = None if wish.dates is None or known == set(wish.dates) else sorted(wish.dates)
    nomination.needs = [one.value for one in TICKED if one in wish.needs]


def _add(
    actor: Actor, programme: DateProgramme, wanted: Iterable[tuple[Candidate, Wish]], state: NominationState
) -> list[Nomination]:
    """Write the nominations; someone who had withdrawn or was declined asks anew."""
    before = {
        one.person_id: one
        for one in db.session.scalars(select(Nomination).where(Nomination.programme_id == programme.id))
    }
    made = []
    for candidate, wish in wanted:
        row = before.get(candidate.person.id) or Nomination(programme_id=programme.id, person_id=candidate.person.id)
        row.membership_id, row.agency_id = candidate.membership.id, candidate.agency.id
        row.team_id, row.job = candidate.membership.team_id, candidate.membership.job
        row.state, row.nominated_by, row.asked_at = state, actor.id, clock.now()
        row.decided_by = actor.id if state is NominationState.APPROVED else None
        _say(programme, row, wish)
        db.session.add(row)
        made.append(row)
    db.session.flush()
    band_all(programme)
    for row in made:
        audit.record(actor, "nomination.made", row.id, state=state.value)
    return made


def band_all(programme: DateProgramme) -> None:
    """Say anew how urgent a place is for everybody nominated: due dates come nearer by themselves."""
    rows = db.session.scalars(select(Nomination).where(Nomination.programme_id == programme.id)).all()
    ids = select(Nomination.person_id).where(Nomination.programme_id == programme.id)
    modules = set(
        db.session.scalars(
            select(CohortModule.module).where(CohortModule.cohort_id.in_([one.cohort_id for one in programme.dates]))
        )
    )
    since = dict(
        db.session.execute(select(Membership.id, Membership.starts_on).where(Membership.person_id.in_(ids))).all()
    )
    waited = set(
        db.session.scalars(
            select(Booking.person_id).where(Booking.person_id.in_(ids), Booking.state == BookingState.WAITING)
        )
    )
    starts = {one.person_id: since[one.membership_id] for one in rows}
    found = urgency.bands(ids, starts, waited, modules, clock.today())
    for one in rows:
        one.stored_band = found.get(one.person_id, urgency.OPTIONAL)
    db.session.flush()
