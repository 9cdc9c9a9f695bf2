"""What the demo's partnership asks beside the core modules, and what its managers decided about single people: levels,
requirements, learning from elsewhere, leave, an exemption, assignments, a deputy. Real actions in the past make it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, select

from lms.assignments import ledger
from lms.assignments.actions import accepting, exempting, leave, levelling, requiring
from lms.assignments.actions.accepting import Learned
from lms.assignments.actions.levelling import Scheme
from lms.assignments.asks import Ask, Place, Reach, Subject
from lms.assignments.models import Equivalent
from lms.assignments.rules import Kind
from lms.chasing import actions as chasing
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.demo.roster import FERNSHIRE, HEALTH
from lms.learning.models import Completion
from lms.people import deputies
from lms.people import queries as people
from lms.people.deputies import Absence
from lms.people.models import Person

MIDDAY = time(12, 40)
LEVELS_DAYS_AGO = 300
YEARS_3, YEARS_2 = 36, 24
HOUR = 60
IN_CONTACT = ("Police constable", "Community support officer", "Housing officer", "Referral officer")
WITH_FAMILIES = (
    *("Community nursery nurse", "Speech and language therapist", "Occupational therapist", "Teacher"),
    *("Nursery teacher", "Nursery practitioner", "Head of year", "Pastoral lead", "Family worker"),
    *("Bereavement counsellor", "Detective constable", "Police sergeant", "Tenancy support officer"),
)
WITH_PLANS = ("Health visitor", "School nurse", "Social worker", "Family support worker", "Special needs coordinator")
LEVELS = (
    ("1", "Level 1: meets families", IN_CONTACT),
    ("2", "Level 2: works with families", WITH_FAMILIES),
    ("3", "Level 3: plans with families", WITH_PLANS),
)
KEY_WORKING = ("key-worker", "Key working with disabled children", "Westmark Community Health", YEARS_3)
SHARING = ("information-sharing", "Sharing information to keep children safe", "Brackenford College", YEARS_2)

Days = Callable[[int], date]  # the day so many days from today


def add_what_is_asked(everyone: list[Person], today: date) -> None:
    """Let the coordinator and the manager of health ask what they ask, and decide about single people of health.

    Last of all, since it works out everybody's past anew: what was asked then counts for then.
    """
    by_name = {person.name: person for person in everyone}
    coordinator, manager = by_name["Helen Marlowe"], by_name["Morgan Ellis"]

    def day(days: int) -> date:
        return today + timedelta(days=days)

    _levels(coordinator, day)
    _requirements(coordinator, manager, day)
    _elsewhere(coordinator, manager, by_name, day)
    _lifted(manager, by_name, day)
    _assigned(manager, by_name, day)
    with clock.acting_at(_midday(day(-LEVELS_DAYS_AGO))):
        ledger.refresh([person.id for person in everyone])


def _midday(day: date) -> datetime:
    return datetime.combine(day, MIDDAY, clock.PARTNERSHIP_ZONE)


@contextmanager
def _acting(person: Person, day: date) -> Iterator[Actor]:
    """Somebody, on a day that is over."""
    with clock.acting_at(_midday(day)):
        yield people.actor(person)


def _levels(coordinator: Person, day: Days) -> None:
    """A scheme of three levels, of which the third asks for hours: six at first, eight since the autumn."""
    fernshire = Place(FERNSHIRE, FERNSHIRE)
    ask = Ask(
        why="You make plans with families. Joint days are where you learn it with the people you plan with.",
        first_day=day(-LEVELS_DAYS_AGO),
        reach=Reach(levels=("3",)),
        first_due=365,
        renew_months=YEARS_3,
        minutes=6 * HOUR,
        participatory=50,
        multi_agency=True,
    )

    with _acting(coordinator, day(-LEVELS_DAYS_AGO)) as actor:
        for position, (code, name, jobs) in enumerate(LEVELS, start=1):
            levelling.add(actor, FERNSHIRE, code, Scheme(name, position, jobs))
        made = requiring.require(actor, Subject(fernshire, Kind.LEVEL, "3"), ask)
    with _acting(coordinator, day(-75)) as actor:
        requiring.change(actor, made.id, replace(ask, first_day=day(-60), minutes=8 * HOUR))


def _requirements(coordinator: Person, manager: Person, day: Days) -> None:
    """One of the partnership since last month, one that begins next month, and one of health alone."""
    fernshire = Place(FERNSHIRE, FERNSHIRE)
    tiers = Ask(
        why="You decide with families what help fits, so you and the front door need the same words for it.",
        first_day=day(-30),
        reach=Reach(jobs=("Health visitor", "School nurse", "Social worker")),
    )
    assessing = Ask(
        why="Schools and nurseries now begin early help assessments themselves.",
        first_day=day(36),
        reach=Reach(jobs=("Special needs coordinator", "Pastoral lead", "Nursery teacher")),
        renew_months=YEARS_3,
    )
    at_home = Ask(
        why="You visit families at home, where few others are let in.",
        first_day=day(-12),
        reach=Reach(jobs=("Health visitor", "Community nursery nurse")),
        first_due=60,
        renew_months=YEARS_2,
        keeps_date=True,
    )
    for days, slug, ask in ((-30, "tiers-of-need", tiers), (-9, "common-assessment", assessing)):
        with _acting(coordinator, day(days)) as actor:
            requiring.require(actor, Subject(fernshire, Kind.MODULE, slug), ask)
    with _acting(manager, day(-12)) as actor:
        health = Place(FERNSHIRE, HEALTH, actor.seats[0].agency_id)
        requiring.require(actor, Subject(health, Kind.MODULE, "outreach-and-home-visiting"), at_home)


def _elsewhere(coordinator: Person, manager: Person, by_name: Mapping[str, Person], day: Days) -> None:
    """Two courses that count as ours, one of which a newcomer had taken, and one course accepted by health alone."""
    with _acting(coordinator, day(-140)) as actor:
        listed = [
            accepting.list_equivalent(
                actor, FERNSHIRE, Equivalent(target=target, title=title, provider=provider, valid_months=months)
            )
            for target, title, provider, months in (KEY_WORKING, SHARING)
        ]
    with _acting(manager, day(-55)) as actor:
        seen = "Certificate seen on her second day. A copy is in her staff file."
        taken = Learned("", "", "", day(-400), None, seen, equivalent=listed[0].id)
        accepting.accept(actor, by_name["Leah Stone"].id, taken)
    with _acting(manager, day(-200)) as actor:
        seen = "Transcript seen at her review. The reference is in her staff file."
        course = "Interprofessional learning, final year"
        taken = Learned("joint-training", course, "University of Westmark", day(-520), day(64), seen)
        accepting.accept(actor, by_name["Dana Levy"].id, taken)


def _lifted(manager: Person, by_name: Mapping[str, Person], day: Days) -> None:
    """One is on long leave, one will be, one is just back, and one need not learn about home visits."""
    able = [by_name[name] for name in ("Callum Fraser", "Paweł Nowak", "Bryony Cole", "Esther Boateng")]
    for known, first, last in ((-28, -20, 35), (-52, -48, -9)):
        away = next((one for one in able if not _learned_since(one, day(first))), None)
        if away is not None:
            able.remove(away)
            with _acting(manager, day(known)) as actor:
                leave.record(actor, away.id, day(first), day(last))
    with _acting(manager, day(-15)) as actor:
        leave.record(actor, by_name["Priya Nair"].id, day(25), None)
    with _acting(manager, day(-8)) as actor:
        why = "Runs the clinic sessions and makes no home visits this year."
        exempting.exempt(actor, by_name["Conor Walsh"].id, "outreach-and-home-visiting", why, day(180))


def _learned_since(person: Person, day: date) -> bool:
    """Whether their history, in which chance has a part, holds learning that long leave would rule out."""
    wanted = exists().where(Completion.person_id == person.id, Completion.completed_on >= day)
    return bool(db.session.scalar(select(wanted)))


def _assigned(manager: Person, by_name: Mapping[str, Person], day: Days) -> None:
    """Two are asked for a module by name, one of whom is late with it; and the manager will be away."""
    for name, ago, module, due, why in (
        ("Leah Stone", -6, "lead-professional", 21, "You take over as family’s lead for two families in the new year."),
        ("Nia Gwilym", -45, "common-assessment", -10, "You write three assessments with families this winter."),
    ):
        with _acting(manager, day(ago)) as actor:
            chasing.assign(actor, [by_name[name].id], module, day(due), why)
    with _acting(manager, day(-4)) as actor:
        deputies.name(actor, actor.seats[0].membership_id, "Ben Whitlock", Absence(day(12), day(26)))
