"""What the people of the demo have done: studied, passed, booked, come. Made by the real actions, in the past."""

from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import update

from lms.catalogue.content import Module
from lms.catalogue.shelf import library
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.demo import players
from lms.demo.asking import add_what_is_asked
from lms.demo.joint_days import add_cohorts
from lms.demo.planning import add_programme
from lms.demo.together import add_held_cohorts
from lms.learning import actions as learning
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from lms.people.models import Person

# Below the first, someone has finished a module; below the second, they are part of the way; above, not begun.
FINISHED, HALFWAY = 0.62, 0.82
# Accounts whose visitors should find a certificate, and how many days ago they finished their first module.
SURE_TO_HAVE = {"manager": 210, "trainer": 160, "coordinator": 120}
EXPIRED_SHARE = 0.12


def add_histories(everyone: list[Person], today: date, chance: Random) -> None:
    """Give everyone a believable past, ending yesterday; the mails of that past count as sent."""
    modules = [module for module in library().modules if module.core]
    extra = [module for module in library().modules if not module.core]
    for person in everyone:
        name = person.email.partition("@")[0]
        if name == "staff":
            _study(person, modules[0], today - timedelta(days=3), chance, pages=3)
        elif name in SURE_TO_HAVE:
            _study(person, modules[0], today - timedelta(days=SURE_TO_HAVE[name]), chance)
            for module in modules[1:]:
                _maybe_study(person, module, today, chance)
        elif name not in ("outsider", "admin", "observer"):
            for module in modules:
                _maybe_study(person, module, today, chance)
            if chance.random() < 0.2:
                _maybe_study(person, extra[0], today, chance)
    add_held_cohorts(everyone, today)
    add_cohorts(everyone, today)  # after it, since tables seat people who have not met
    add_programme(everyone, today)
    add_what_is_asked(everyone, today)
    db.session.flush()
    db.session.execute(update(OutboxMail).values(state="sent", sent_at=OutboxMail.queued_at, tries=1))


def _maybe_study(person: Person, module: Module, today: date, chance: Random) -> None:
    roll = chance.random()
    longest = (today - person.memberships[0].starts_on).days
    if roll > HALFWAY or longest < 3:
        return
    last_day = person.memberships[-1].ends_on or today
    if roll > FINISHED:
        _study(person, module, today - timedelta(days=chance.randrange(1, min(longest, 40) + 1)), chance, pages=2)
        return
    days = chance.randrange(1, longest)
    if longest > 700 and chance.random() < EXPIRED_SHARE:
        days = longest - 1
    _study(person, module, min(today - timedelta(days=days), last_day - timedelta(days=1)), chance)


def _study(person: Person, module: Module, day: date, chance: Random, pages: int | None = None) -> None:
    """Read a module from one day on, in one sitting, and pass its quizzes unless only some pages are read."""
    at = datetime.combine(day, time(chance.randrange(8, 17), chance.randrange(60)), clock.PARTNERSHIP_ZONE)
    actor: Actor | None = None
    for page in module.pages[:pages]:
        at += timedelta(minutes=page.minutes)
        with clock.acting_at(at):
            actor = actor or people.actor(person)
            learning.read_page(actor, module, page.slug)
    if pages is None and actor is not None:
        for slug in module.quizzes:
            at = players.play(actor, slug, at, chance)
