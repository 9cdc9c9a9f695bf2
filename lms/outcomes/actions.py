"""Asking people by mail at the right time, keeping what they answer, and a manager's co-sign of an example."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from lms.audit import actions as audit
from lms.cohorts import approvals
from lms.cohorts import queries as cohorts
from lms.cohorts.models import Booking, Cohort
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, writing
from lms.core.errors import NotFound, Refusal
from lms.notifications import actions as notifications
from lms.notifications.models import OutboxMail
from lms.notifications.rechecking import Text, as_it_is
from lms.outcomes import queries
from lms.outcomes.items import VERSION, Seen, Wave, items
from lms.outcomes.models import Measure, MeasureAnswer, PracticeExample
from lms.people import queries as people
from lms.people.models import Person
from lms.web.links import absolute
from lms.web.templating import plain_date


class NotOpen(Refusal):
    """The questions are asked at their time only, or the figures would mean nothing."""

    sentence = "These questions cannot be answered now."


class Answered(Refusal):
    """A measure is answered once."""

    sentence = "You have answered these questions already. Thank you."


class CoSigned(Refusal):
    """Another manager was quicker."""

    sentence = "This example has been answered already."


def ask_all() -> int:
    """Tell everybody whose time has come that there are questions, once each; returns how many. For the clock: each
    cohort in a transaction of its own, and run twice, it does nothing the second time.
    """
    told = 0
    for wave in Wave:
        with writing():
            due = queries.to_ask(wave)
        for cohort_id in due:
            with writing():
                told += _ask(cohorts.lock_known(cohort_id), wave)
    return told


def _ask(cohort: Cohort, wave: Wave) -> int:
    if cohort.is_draft or cohort.is_cancelled or not queries.window_of(cohort, wave).is_open(clock.now()):
        return 0
    people = queries.not_asked(cohort, wave)
    for booking in people:
        db.session.add(Measure(cohort_id=cohort.id, booking_id=booking.id, wave=wave.value))
        if booking.person.active:
            notifications.queue(
                "outcomes/questions",
                to=booking.person,
                title=cohort.title,
                wave=wave,
                closes=queries.window_of(cohort, wave).closes,
                link=absolute("outcomes.form", cohort_id=cohort.id, wave=wave.value),
                terms=notifications.Terms(about=cohort.id, until=queries.window_of(cohort, wave).closes),
            )
    if people:
        audit.record(None, "outcomes.asked", cohort.id, wave=wave.value, people=len(people))
    return len(people)


def answer(actor: Actor, cohort_id: UUID, wave: Wave, given: Mapping[str, int], example: str = "") -> None:
    """Keep one's answers, by question, and an example for one's manager where there is one. Raises NotFound, NotOpen
    or Answered.
    """
    cohort = cohorts.lock(actor, cohort_id)
    mine = queries.own(actor, cohort)
    _check_open(mine, wave)
    measure = mine.measures.get(wave)
    if measure is None:
        measure = Measure(cohort_id=cohort.id, booking_id=mine.booking.id, wave=wave.value)
        db.session.add(measure)
    measure.answered_at, measure.version = clock.now(), VERSION
    measure.answers = [
        MeasureAnswer(
            position=position,
            item=one.key,
            level=one.level.value,
            given=given[one.key],
            points=one.points(given[one.key]),
        )
        for position, one in enumerate(items(wave), 1)
    ]
    db.session.flush()
    audit.record(actor, "outcomes.answered", measure.id, cohort=str(cohort.id), wave=wave.value)
    if wave is Wave.LATER and example.strip() and mine.example is None:
        _write_example(actor, cohort, mine.booking, example.strip())


def _check_open(mine: queries.Own, wave: Wave) -> None:
    state, when = mine.state(wave), mine.window(wave)
    if state == "answered":
        raise Answered
    if state == "not-yet":
        raise NotOpen(f"These questions open on {plain_date(when.opens)}.")
    if state == "closed":
        raise NotOpen(f"These questions closed on {plain_date(when.closes)}.")
    if state == "absent":
        raise NotOpen("These questions are for those who came, and the register does not have you.")


def _write_example(actor: Actor, cohort: Cohort, booking: Booking, says: str) -> None:
    made = PracticeExample(cohort_id=cohort.id, booking_id=booking.id, says=says)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "outcomes.example_written", made.id, cohort=str(cohort.id))
    about, link = notifications.Terms(about=made.id), absolute("outcomes.examples")
    for manager in approvals.managers(booking):
        notifications.queue("outcomes/to_co_sign", to=manager, terms=about, title=cohort.title, link=link)


def still_to_co_sign(mail: OutboxMail) -> Text | None:
    """What the mail of an example says now; None when it was answered or taken back, or its reader does not manage
    whoever wrote it any more.
    """
    if mail.about is None:
        return as_it_is(mail)
    try:
        found = queries.example(people.actor(db.session.get_one(Person, mail.person_id)), mail.about)
    except NotFound:
        return None
    return None if found.seen else as_it_is(mail)


def take_back(actor: Actor, cohort_id: UUID) -> None:
    """Delete one's own example, and whatever a manager said of it. Raises NotFound."""
    cohort = cohorts.lock(actor, cohort_id)
    found = queries.own(actor, cohort).example
    if found is None:
        raise NotFound
    audit.record(actor, "outcomes.example_taken_back", found.id, cohort=str(cohort.id))
    db.session.delete(found)


def co_sign(actor: Actor, example_id: UUID, seen: Seen) -> PracticeExample:
    """Say whether one has seen what somebody one manages wrote; they are told. Raises NotFound or CoSigned."""
    queries.example(actor, example_id)
    found = db.session.scalar(
        select(PracticeExample)
        .where(PracticeExample.id == example_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    if found.seen:
        raise CoSigned
    found.seen, found.answered_by, found.answered_at = seen.value, actor.id, clock.now()
    audit.record(actor, "outcomes.co_signed", found.id, cohort=str(found.cohort_id), seen=seen.value)
    booking = found.booking
    notifications.queue(
        "outcomes/co_signed",
        to=booking.person,
        title=booking.cohort.title,
        link=absolute("outcomes.mine", cohort_id=found.cohort_id),
    )
    return found
