"""Saying that the register is wrong about oneself, and answering that."""

from collections.abc import Sequence
from uuid import UUID

from lms.audit import actions as audit
from lms.cohorts import contests, policy, queries
from lms.cohorts.actions import attendance
from lms.cohorts.contest_models import Contest
from lms.cohorts.contesting import ContestState, check
from lms.cohorts.models import Booking, Cohort, CohortSession
from lms.cohorts.register import Line
from lms.cohorts.states import IN_THE_ROOM, Mark
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Role
from lms.notifications.actions import Terms, queue
from lms.notifications.models import OutboxMail
from lms.notifications.rechecking import Text, as_it_is
from lms.people import queries as people
from lms.people.models import Person
from lms.web.links import absolute


class AnsweredBefore(Refusal):
    """A contest is answered once; the first answer went out."""

    sentence = "Somebody has answered this already. Their answer stands, and nothing was changed."


class NotOneself(Refusal):
    """Nobody decides about their own attendance."""

    sentence = "You cannot answer yourself. Another trainer of this cohort, or the coordinator, can."


def own_session(
    actor: Actor, cohort_id: UUID, session_id: UUID, *, locked: bool = False
) -> tuple[Booking, CohortSession]:
    """A session on which the actor had a place or came without one. Raises NotFound for every other."""
    cohort = queries.lock(actor, cohort_id) if locked else queries.get(actor, cohort_id)
    booking = queries.booking_of(actor.id, cohort)
    if booking is None or booking.state not in IN_THE_ROOM or cohort.is_draft or cohort.is_cancelled:
        raise NotFound
    return booking, queries.session_of(cohort, session_id)


def contest(actor: Actor, cohort_id: UUID, session_id: UUID, says: str) -> Contest:
    """Say that the register of a session is wrong about oneself; whoever runs the cohort gets a mail.

    Raises NotFound, NotOver, TooLate or OpenAlready.
    """
    booking, session = own_session(actor, cohort_id, session_id, locked=True)
    before = contests.own(actor.id, [session.id]).get(session.id)
    check(session.ends_at, clock.now(), contests.days(), is_open=bool(before and before.is_open))
    row = queries.own_attendance(booking).get(session.id)
    made = Contest(session_id=session.id, booking_id=booking.id, says=says, was=(row.line if row else Line()).key)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "attendance.contested", booking.id, session=str(session.id))
    link = absolute("contesting.answer", cohort_id=session.cohort_id, contest_id=made.id)
    for person in _who_answers(actor, session.cohort):
        queue("cohorts/contested", to=person, terms=Terms(about=made.id), title=session.cohort.title, link=link)
    return made


def still_contested(mail: OutboxMail) -> Text | None:
    """What the mail to whoever answers says now; None when it was answered, or its reader does not run the cohort."""
    found = db.session.get(Contest, mail.about) if mail.about else None
    if found is None:
        return None if mail.about else as_it_is(mail)
    reader = people.actor(db.session.get_one(Person, mail.person_id))
    return as_it_is(mail) if found.is_open and policy.is_run_by(reader, found.session.cohort) else None


def _who_answers(actor: Actor, cohort: Cohort) -> Sequence[Person]:
    """The trainers of the cohort who still run it, or else the coordinators; never whoever contests."""
    trainers = [one.person for one in cohort.trainers if one.person_id != actor.id and one.person.active]
    running = [one for one in trainers if policy.is_run_by(people.actor(one), cohort)]
    return running or [one for one in people.holding(Role.COORDINATOR, cohort.partnership) if one.id != actor.id]


def answer(actor: Actor, cohort_id: UUID, contest_id: UUID, mark: Mark | None, says: str) -> Contest:
    """Answer a contest on a cohort one runs: with a mark, the register is corrected to it; without, it stays as it is
    now. What it said before is kept in the contest and in the audit; the person gets a mail.

    Raises NotFound, NotOneself or AnsweredBefore.
    """
    cohort = queries.lock_run(actor, cohort_id)
    found = contests.get(cohort, contest_id)
    if found.booking.person_id == actor.id:
        raise NotOneself
    if not found.is_open:
        raise AnsweredBefore
    if mark is not None:
        attendance.correct(actor, found.session, found.booking_id, Line(mark))
    row = queries.register(found.session).get(found.booking_id)
    found.became = (row.line if row else Line()).key
    found.state = (ContestState.KEPT if found.became == found.was else ContestState.CORRECTED).value
    found.answer, found.answered_by, found.answered_at = says, actor.id, clock.now()
    audit.record(actor, "attendance.contest_answered", found.booking_id, session=str(found.session_id), how=found.state)
    link = absolute("cohorts.show", cohort_id=cohort.id)
    queue("cohorts/contest_answered", to=found.booking.person, title=cohort.title, link=link)
    return found
