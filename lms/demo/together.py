"""The demo's past year of joint days, so that its figures say something: who booked, came, stayed away, walked in."""

from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from lms.cohorts import queries
from lms.cohorts.actions import attendance, booking, building
from lms.cohorts.plan import Plan, PlannedSession
from lms.cohorts.states import Mark
from lms.core import clock
from lms.core.actor import Actor
from lms.demo.joint_days import weekday
from lms.demo.roster import ACCOUNTS, HOMES, POLICE
from lms.people import queries as people
from lms.people.models import Person

SEED = 1948
OPENED = timedelta(days=30)
DAYS_AGO = (330, 290, 262, 228, 190, 150, 118, 84, 52)
COURSES = ("Who leads, and who decides", "Tiers of need across agencies", "One family, one plan")
PLACES, COMERS, INVITED, WALKING_IN = 20, 18, 4, 2
# Below the first, somebody cancels; of those who do not, below the second one stays away, and below the third is late.
CANCELS, STAYS_AWAY, IS_LATE = 0.09, 0.07, 0.15


def add_held_cohorts(everyone: list[Person], today: date) -> None:
    """Let the trainer run a joint day every five or six weeks. Police and housing hardly ever come on the same day."""
    chance = Random(SEED)  # noqa: S311 -- invented histories need no secrets
    trainer = next(one for one in everyone if one.email.startswith("trainer@"))
    others = everyone[len(ACCOUNTS) :]
    for number, ago in enumerate(DAYS_AGO):
        absent = POLICE if number % 2 else HOMES
        _hold(trainer, _plan(number, weekday(today - timedelta(days=ago))), others, absent, chance)


def _plan(number: int, day: date) -> Plan:
    starts, ends = (datetime.combine(day, at, clock.PARTNERSHIP_ZONE) for at in (time(9, 30), time(15, 30)))
    return Plan(
        title=COURSES[number % len(COURSES)],
        about="A day with people from other agencies who work around the same children. Lunch is shared.",
        sessions=(PlannedSession(starts, ends, "Fern Hall, Brackenford"),),
        modules=("lead-professional",),
        capacity=PLACES,
    )


def _hold(trainer: Person, plan: Plan, others: list[Person], absent: str, chance: Random) -> None:
    starts = plan.sessions[0].starts_at
    with clock.acting_at(starts - OPENED):
        runs = people.actor(trainer)
        cohort = building.create(runs, plan)
        building.open_for_booking(runs, cohort.id)
        able = [one for one in others if _can_come(one, absent)]
        comers = chance.sample(able, min(COMERS + WALKING_IN, len(able)))
        booking.invite(runs, cohort.id, [one.id for one in comers[:INVITED]])
    walking_in = comers[COMERS:]
    for hours, person in enumerate(comers[:COMERS], start=1):
        with clock.acting_at(starts - OPENED + timedelta(hours=hours)):
            booking.book(people.actor(person), cohort.id)
    for person in comers[:COMERS]:
        if chance.random() < CANCELS:
            with clock.acting_at(starts - timedelta(days=3)):
                booking.cancel(people.actor(person), cohort.id)
    with clock.acting_at(plan.sessions[0].ends_at):
        _register(runs, cohort.id, cohort.sessions[0].id, [one.id for one in walking_in], chance)


def _can_come(person: Person, absent: str) -> bool:
    seats = people.actor(person).seats
    return bool(seats) and all(seat.agency != absent for seat in seats)


def _register(runs: Actor, cohort_id: UUID, session_id: UUID, walking_in: list[UUID], chance: Random) -> None:
    booked = queries.people_on(queries.get_run(runs, cohort_id)).booked
    attendance.note(runs, cohort_id, session_id, {one.id: _mark(chance) for one in booked})
    for person_id in walking_in:
        attendance.walk_in(runs, cohort_id, session_id, person_id)


def _mark(chance: Random) -> Mark:
    roll = chance.random()
    if roll < STAYS_AWAY:
        return Mark.ABSENT
    return Mark.LATE if roll < IS_LATE else Mark.PRESENT
