"""The demo's joint days: one that has been, one today with tables, one with places held for sectors, one that is full,
one with an offer for the staff account, one for which the manager account is asked, two to release people for.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from lms.cohorts import queries
from lms.cohorts.actions import attendance, booking, building, sparing
from lms.cohorts.cover import Limit
from lms.cohorts.models import Cohort
from lms.cohorts.places import usually_held
from lms.cohorts.plan import Plan, PlannedSession
from lms.cohorts.states import Mark
from lms.core import clock
from lms.core.actor import Actor
from lms.demo import outcomes
from lms.demo.roster import ACCOUNTS, CARE, HEALTH, LANTERN, POLICE, SCHOOLS
from lms.people import queries as people
from lms.people.models import Person
from lms.seating import actions as seating
from lms.seating.rounds import PlannedRound

BEFORE = timedelta(days=45)
FRIDAY = 4
LATE_IN_THE_DAY = timedelta(hours=2)
TASKS = (
    "What does each of you know that the others do not?",
    "One plan for Jayden. Each of you holds a fact the others need.",
    "Who tells the family what, and who asks them first?",
)


def add_cohorts(everyone: list[Person], today: date) -> None:
    """Let the trainer run three joint days, with people from all agencies booking for themselves."""
    by_account = {person.email.partition("@")[0]: person for person in everyone}
    others = everyone[len(ACCOUNTS) :]
    held = _plan("Who leads, and who decides", today - timedelta(days=24), "Fern Hall, Brackenford", 14)
    now = _still_on(_plan("One plan for Jayden", today, "Fern Hall, Brackenford", 24))
    coming = _plan("Not our threshold: keeping hold of a child", today + timedelta(days=38), "Coldharbour Library", 16)
    full = _plan("Leading a mixed team", today + timedelta(days=17), "https://meet.fernshire.example/leading", 6)
    full = replace(full, modules=("leading-integrated-services",), largest_share=34)
    coming = replace(coming, held=usually_held(coming.capacity), minimum_sectors=3, must_prepare=True)
    coming = replace(coming, features=("step-free", "toilet"), modules=("information-sharing",))
    _run(by_account["trainer"], held, others[:14], held=True)
    _seat(by_account["trainer"], _run(by_account["trainer"], now, [by_account["staff"], *others[2:25]]), now)
    _measure(by_account, others, today)
    _run(by_account["trainer"], coming, others[20:29])
    _run(by_account["trainer"], full, others[30:40])
    _offer(by_account["trainer"], by_account["staff"], others, today)
    _ask(by_account["trainer"], others, today)
    _release(by_account, others, today)


def _still_on(plan: Plan) -> Plan:
    """The day goes on for two hours more where the demo is loaded late in it, so that there is one today to look at."""
    session, now = plan.sessions[0], clock.local(clock.now())
    latest = now.replace(hour=23, minute=45)
    return replace(plan, sessions=(replace(session, ends_at=max(session.ends_at, min(now + LATE_IN_THE_DAY, latest))),))


def _release(by_account: dict[str, Person], others: list[Person], today: date) -> None:
    """Two days with room, run by the coordinator, that list what many have still to do. On the first of them two of the
    manager account's team are out; that team has a limit of two.
    """
    team = by_account["manager"].memberships[0].team_id
    assert team
    mates = [one for one in others if one.memberships[0].team_id == team and people.actor(one).seats][2:4]
    sparing.set_limit(people.actor(by_account["manager"]), team, Limit(most=2))
    for days, comers in ((45, mates), (59, [])):
        plan = _plan("The team around one child", today + timedelta(days=days), "Brackenford Town Hall", 18)
        modules = ("information-sharing", "joint-training", "key-worker", "why-join-up")
        _run(by_account["coordinator"], replace(plan, modules=modules), comers)


def _measure(by_account: dict[str, Person], others: list[Person], today: date) -> None:
    """A day nine weeks ago, after which people of the manager account wrote examples, and one next week, before which
    the staff account is asked.
    """
    trainer, team_id = by_account["trainer"], by_account["manager"].memberships[0].team_id
    team = [one for one in others if one.memberships[0].team_id == team_id][:4]
    past = _plan("Saying it so that others hear it", today - timedelta(days=65), "Coldharbour Library", 12)
    cohort = _run(trainer, past, team, held=True)
    outcomes.add_examples(people.actor(trainer), cohort.id)
    soon = _plan("Working with grandparents", today + timedelta(days=4), "Brackenford Town Hall", 16)
    _run(trainer, soon, [by_account["staff"], *_of(others, SCHOOLS, CARE, POLICE)])


def _offer(trainer: Person, staff: Person, others: list[Person], today: date) -> None:
    """A full day on which a place has just come free, and is offered to the staff account."""
    plan = _plan("One family, one plan", today + timedelta(days=24), "Brackenford Town Hall", 4)
    plan = replace(plan, offers_places=True, largest_share=25, modules=("tiers-of-need",))
    cohort_id = _run(trainer, plan, [*_of(others, SCHOOLS, CARE, POLICE, LANTERN), staff]).id
    leaver = next(one for one in queries.people_on(queries.get_run(people.actor(trainer), cohort_id)).booked)
    booking.cancel(people.actor(leaver.person), cohort_id)


def _ask(trainer: Person, others: list[Person], today: date) -> None:
    """A day for which managers approve, and a health visitor who asks."""
    plan = _plan("Working with fathers", today + timedelta(days=31), "Oakfield Primary School", 12)
    _run(trainer, replace(plan, needs_approval=True), _of(others[13:], HEALTH))


def _of(others: list[Person], *agencies: str) -> list[Person]:
    """The first person who works for each of these agencies today, and for no other."""
    found: dict[str, Person] = {}
    for person in others:
        seats = people.actor(person).seats
        if len(seats) == 1:
            found.setdefault(seats[0].agency, person)
    return [found[one] for one in agencies]


def weekday(day: date) -> date:
    """This day, or the Monday after a weekend: no agency trains on a Sunday."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() > FRIDAY else 0)


def _plan(title: str, day: date, place: str, capacity: int) -> Plan:
    starts, ends = (datetime.combine(weekday(day), at, clock.PARTNERSHIP_ZONE) for at in (time(9, 30), time(15, 30)))
    return Plan(
        title=title,
        about="A day with people from other agencies who work around the same children. Lunch is shared.",
        sessions=(PlannedSession(starts, ends, place),),
        modules=("lead-professional", "tiers-of-need"),
        capacity=capacity,
    )


def _run(trainer: Person, plan: Plan, comers: list[Person], *, held: bool = False) -> Cohort:
    opened = plan.sessions[0].starts_at - BEFORE
    opened = min(opened, clock.now() - timedelta(days=2))
    with clock.acting_at(opened):
        actor = people.actor(trainer)
        cohort = building.create(actor, plan)
        building.open_for_booking(actor, cohort.id)
    for number, person in enumerate(comers):
        with clock.acting_at(opened + timedelta(hours=3 * number + 1)):
            comer = people.actor(person)
            if comer.seats:
                booking.book(comer, cohort.id)
    if held:
        with clock.acting_at(plan.sessions[0].ends_at):
            _register(actor, cohort.id, cohort.sessions[0].id)
        outcomes.add_answers(actor, cohort.id)
    return cohort


def _seat(trainer: Person, cohort: Cohort, plan: Plan) -> None:
    """Tables over three rounds, each with its task."""
    actor, session = people.actor(trainer), cohort.sessions[0]
    begin = plan.sessions[0].starts_at + timedelta(minutes=30)
    rounds = tuple(
        PlannedRound(begin + timedelta(minutes=60 * n), begin + timedelta(minutes=60 * n + 50), task)
        for n, task in enumerate(TASKS)
    )
    wish = seating.Wish(table_size=6, rounds=rounds)
    with clock.acting_at(min(clock.now(), plan.sessions[0].starts_at) - timedelta(days=1)):
        found = seating.find(actor, cohort.id, session.id, wish)
        seating.keep(actor, cohort.id, session.id, wish, found)


def _register(trainer: Actor, cohort_id: UUID, session_id: UUID) -> None:
    """Note who came: nearly all, one late, one not at all."""
    cohort = queries.get_run(trainer, cohort_id)
    room = [one for one in queries.people_on(cohort).in_the_room if one.person_id != trainer.id]
    marks = {one.id: Mark.PRESENT for one in room}
    marks[room[1].id], marks[room[-1].id] = Mark.LATE, Mark.ABSENT
    attendance.note(trainer, cohort_id, session_id, marks)
