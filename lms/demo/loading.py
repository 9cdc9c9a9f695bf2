"""Loading the demo into an empty database, and listing its accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy import exists, select

from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.demo import roster
from lms.demo.histories import add_histories
from lms.jobs.models import ClockRun
from lms.people.models import Agency, Membership, MembershipRole, Person, Team
from lms.signin.passwords import hash_password

PASSWORD = "integrated-working"  # noqa: S105 -- printed in the README; such accounts never listen beyond this machine
SEED = 2009
LONGEST_SERVICE_DAYS = 900
LONG_HERE_DAYS, NEW_HERE_DAYS = 400, 62
NEW_STARTERS = 6


@dataclass(frozen=True)
class Account:
    """A demo account to try."""

    email: str
    about: str


def accounts() -> Sequence[Account]:
    """The demo accounts of this database; none when it holds no invented people."""
    if not db.session.scalar(select(exists().where(Person.demo))):
        return ()
    named = [Account(f"{one.account}@demo.example", one.about) for one in roster.ACCOUNTS]
    return [*named, Account("person01@demo.example", f"and on to person{len(roster.NAMES)}@demo.example: staff")]


def load_if_empty() -> bool:
    """Load the demo unless there are people already; says whether it did."""
    with writing():
        if db.session.scalar(select(exists(select(Person.id)))):
            return False
        today = clock.today()
        chance = Random(SEED)  # noqa: S311 -- invented histories need no secrets
        people = _add_people(_add_teams(), today, chance)
        add_histories(people, today, chance)
        # Today's reminders count as sent: a visitor who tries reminding somebody would find that all of them just were.
        db.session.add(ClockRun(job="remind", done_for=clock.now()))
        return True


def _add_teams() -> dict[str, Team]:
    agencies: dict[str, Agency] = {}
    teams = {}
    for post in roster.POSTS:
        agency = agencies.get(post.agency)
        if agency is None:
            agency = Agency(name=post.agency, sector=post.sector.value, partnership=post.partnership)
            db.session.add(agency)
            db.session.flush()
            agencies[post.agency] = agency
        teams[post.team] = Team(name=post.team, agency_id=agency.id, locality=post.locality)
    db.session.add_all(teams.values())
    db.session.flush()
    return teams


def _add_people(teams: dict[str, Team], today: date, chance: Random) -> list[Person]:
    """Named accounts first, then person01 to person60, spread over the Fernshire teams."""
    shared_hash = hash_password(PASSWORD)  # one password, so one hash: making 67 would take seconds
    people = []
    for one in roster.ACCOUNTS:
        made = _person(one.account, one.name, shared_hash)
        since = today - timedelta(days=NEW_HERE_DAYS if one.account == "staff" else LONG_HERE_DAYS)
        _join(made, teams[one.team], one.job, since, one.roles)
        people.append(made)
    posts = [post for post in roster.POSTS if post.partnership == roster.FERNSHIRE]
    for number, name in enumerate(roster.NAMES, start=1):
        post = posts[(number - 1) % len(posts)]
        made = _person(f"person{number:02d}", name, shared_hash)
        new = number > len(roster.NAMES) - NEW_STARTERS
        days = chance.randrange(5, 60) if new else chance.randrange(100, LONGEST_SERVICE_DAYS)
        roles = [(Role.STAFF, Scope.TEAM)]
        if number <= len(posts):  # the first person of each team manages it
            roles.append((Role.MANAGER, Scope.TEAM))
        job = post.jobs[number % len(post.jobs)]
        _join(made, teams[post.team], job, today - timedelta(days=days), tuple(roles))
        people.append(made)
    _second_jobs(people, teams, today)
    db.session.add_all(people)
    db.session.flush()
    return people


def _second_jobs(people: list[Person], teams: dict[str, Team], today: date) -> None:
    """Lives are not tidy: one person works for two agencies, one moved, one has left."""
    staff = (((Role.STAFF, Scope.TEAM)),)
    left, two_jobs, moved = people[-20], people[-21], people[-22]
    _join(two_jobs, teams["Family workers"], "Family worker", today - timedelta(days=200), staff)
    moved.memberships[0].ends_on = today - timedelta(days=60)
    moved.memberships[0].starts_on = today - timedelta(days=700)
    _join(moved, teams["Kestrel House"], "Social worker", today - timedelta(days=59), staff)
    left.memberships[0].starts_on = today - timedelta(days=800)
    left.memberships[0].ends_on = today - timedelta(days=30)


def _person(account: str, name: str, password_hash: str) -> Person:
    return Person(email=f"{account}@demo.example", name=name, password_hash=password_hash, demo=True)


def _join(person: Person, team: Team, job: str, since: date, roles: Sequence[tuple[Role, Scope]]) -> None:
    person.memberships.append(
        Membership(
            agency_id=team.agency_id,
            team_id=team.id,
            job=job,
            starts_on=since,
            roles=[MembershipRole(role=role.value, scope=scope.value) for role, scope in roles],
        )
    )
