"""The demo's programme of dates: two days of 24 places, and some sixty people nominated for them over a month."""

from datetime import date, datetime, time, timedelta

from lms.cohorts.plan import PlannedSession
from lms.core import clock
from lms.core.actor import Actor
from lms.demo.joint_days import weekday
from lms.demo.roster import ACCOUNTS
from lms.people import queries as people
from lms.people.models import Person
from lms.planning.actions import nominating, programmes
from lms.planning.actions.nominating import Wish
from lms.planning.models import DateProgramme
from lms.planning.rules import Rules

DATES = ((60, "Fern Hall, Brackenford"), (67, "Coldharbour Library"))
BATCHES = (34, 20, 9, 3)  # days ago
RULES = Rules(cover_share=50)  # the demo's teams are of four or five people, so a fifth would be nobody


def add_programme(everyone: list[Person], today: date) -> None:
    """Let the trainer plan two dates, and nominate people in four batches; the staff account asks for itself."""
    by_account = {person.email.partition("@")[0]: person for person in everyone}
    with clock.acting_at(clock.now() - timedelta(days=BATCHES[0] + 1)):
        trainer = people.actor(by_account["trainer"])
        frame = programmes.Frame(
            title="Working together from the first call",
            about=ABOUT,
            rules=RULES,
            needs_approval=True,
            opens=False,
            closes_on=None,
        )
        made = programmes.create(trainer, frame)
        for days, place in DATES:
            programmes.add_date(
                trainer, made.id, _session(today + timedelta(days=days), place), MODULES, ("step-free",)
            )
    others = [one for one in everyone[len(ACCOUNTS) :] if people.actor(one).seats]
    for number, ago in enumerate(BATCHES):
        _nominate(trainer, made, others[number :: len(BATCHES)], ago)
    with clock.acting_at(clock.now() - timedelta(days=2)):
        nominating.ask(people.actor(by_account["staff"]), made.id, Wish())


ABOUT = "A day on the first days of a shared case: who calls whom, and what is said to the family. Lunch is shared."
MODULES = ("information-sharing",)


def _session(day: date, place: str) -> PlannedSession:
    starts, ends = (datetime.combine(weekday(day), at, clock.PARTNERSHIP_ZONE) for at in (time(9, 30), time(15, 30)))
    return PlannedSession(starts, ends, place)


def _nominate(trainer: Actor, made: DateProgramme, some: list[Person], ago: int) -> None:
    """Nominate these people; every fourth can attend the first date only, and one needs step-free access."""
    first = str(made.in_order[0].cohort_id)
    with clock.acting_at(clock.now() - timedelta(days=ago)):
        nominating.add(trainer, made.id, [one.email for one in some[1::4]], Wish((first,)))
        nominating.add(trainer, made.id, [some[0].email], Wish(needs=("step-free",)))
        rest = [one.email for number, one in enumerate(some) if number and number % 4 != 1]
        nominating.add(trainer, made.id, rest, Wish())
