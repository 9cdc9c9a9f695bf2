"""Random lives for the tests of the ledger: joining, moving, learning, leave, exemptions, changed requirements."""

import random
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select

from lms.assignments.models import (
    Assignment,
    Exemption,
    Leave,
    Level,
    PriorLearning,
    Requirement,
    RequirementVersion,
)
from lms.certificates.models import Certificate
from lms.core import clock
from lms.core.db import writing
from lms.people.models import Membership, Person
from tests.assignments.pasts import BY_CHOICE, CORE, OTHER_CORE, begin, complete

MODULES = (CORE, OTHER_CORE, BY_CHOICE)
JOBS = ("Health visitor", "Teacher")


def at(day: date) -> datetime:
    return datetime.combine(day, time(10), UTC)


class World:
    """Two agencies of one partnership and one of another, with people to whom things happen."""

    def __init__(self, make, seed: int) -> None:
        self.chance = random.Random(seed)
        self.make = make
        self.agencies = [make.agency("Health"), make.agency("Care"), make.agency("Elsewhere", partnership="Westmark")]
        self.teams = {one.id: [make.team(one), make.team(one)] for one in self.agencies}
        self.boss = make.person("Boss", agency=self.agencies[0], starts_on=date(2028, 1, 3))
        self.people: list[Person] = [self.boss]

    def post(self, person: Person, today: date) -> None:
        agency = self.chance.choice(self.agencies)
        starts = today + timedelta(days=self.chance.choice([0, 0, 0, -1, -30, -200, -700, 4]))
        ends = None if self.chance.random() < 0.7 else starts + timedelta(days=self.chance.randrange(0, 400))
        team = self.chance.choice([None, *self.teams[agency.id]])
        with writing() as session:
            session.add(
                Membership(
                    person_id=person.id,
                    agency_id=agency.id,
                    team_id=team.id if team else None,
                    job=self.chance.choice(JOBS),
                    starts_on=starts,
                    ends_on=ends,
                )
            )

    def happen(self, today: date) -> None:
        """One thing, on this day."""
        acts = [
            *(self.join, self.another_post, self.leave_or_move, self.begin, self.finish, self.finish),
            *(self.withdraw, self.exempt, self.end_exemption, self.go_away, self.come_back, self.assign),
            *(self.take_back, self.accept, self.no_longer_accept, self.require, self.change_requirement, self.level),
        ]
        self.chance.choice(acts)(self.chance.choice(self.people), today)

    def join(self, _person, today):
        if len(self.people) < 6:
            person = self.make.person(roles=())
            self.people.append(person)
            self.post(person, today)

    def another_post(self, person, today):
        self.post(person, today)

    def leave_or_move(self, person, today):
        with writing() as session:
            posts = session.scalars(select(Membership).where(Membership.person_id == person.id)).all()
            if not posts:
                return
            post = self.chance.choice(posts)
            post.ends_on = max(today + timedelta(days=self.chance.choice([-40, -1, 0, 20])), post.starts_on)
            if self.chance.random() < 0.6:
                session.add(
                    Membership(
                        person_id=person.id,
                        agency_id=post.agency_id,
                        team_id=self.chance.choice(self.teams[post.agency_id]).id,
                        job=self.chance.choice(JOBS),
                        starts_on=post.ends_on + timedelta(days=self.chance.choice([1, 1, 1, 2])),
                    )
                )

    def begin(self, person, _today):
        with writing():
            begin(person, self.chance.choice(MODULES))

    def finish(self, person, today):
        with writing():
            complete(person, self.chance.choice(MODULES), today, months=self.chance.choice([1, 3, 12, 36, None]))

    def withdraw(self, person, _today):
        with writing() as session:
            wanted = select(Certificate).where(Certificate.person_id == person.id, Certificate.revoked_at.is_(None))
            found = session.scalars(wanted).all()
            if found:
                self.chance.choice(found).revoked_at = clock.now()

    def exempt(self, person, today):
        until = self.chance.choice([None, today, today + timedelta(days=self.chance.randrange(1, 200))])
        with writing() as session:
            session.add(
                Exemption(
                    person_id=person.id,
                    agency_id=self.chance.choice(self.agencies).id,
                    module=self.chance.choice(MODULES),
                    reason="-",
                    until=until,
                    granted_by=self.boss.id,
                )
            )

    def end_exemption(self, person, _today):
        with writing() as session:
            found = session.scalars(
                select(Exemption).where(Exemption.person_id == person.id, Exemption.ended_at.is_(None))
            ).all()
            if found:
                self.chance.choice(found).ended_at = clock.now()

    def go_away(self, person, today):
        first = today + timedelta(days=self.chance.choice([0, 5, -10]))
        last = None if self.chance.random() < 0.5 else first + timedelta(days=self.chance.randrange(0, 200))
        agency = self.chance.choice(self.agencies).id
        with writing() as session:
            session.add(
                Leave(person_id=person.id, agency_id=agency, first_day=first, last_day=last, recorded_by=self.boss.id)
            )

    def come_back(self, person, today):
        with writing() as session:
            for one in session.scalars(select(Leave).where(Leave.person_id == person.id, Leave.last_day.is_(None))):
                one.last_day = max(one.first_day, today)

    def assign(self, person, today):
        with writing() as session:
            session.add(
                Assignment(
                    person_id=person.id,
                    agency_id=self.chance.choice(self.agencies).id,
                    target=self.chance.choice(MODULES),
                    due_on=today + timedelta(days=self.chance.randrange(-3, 120)),
                    assigned_by=self.boss.id,
                )
            )

    def take_back(self, person, _today):
        with writing() as session:
            wanted = select(Assignment).where(Assignment.person_id == person.id, Assignment.withdrawn_at.is_(None))
            for one in session.scalars(wanted):
                one.withdrawn_at = clock.now()

    def accept(self, person, today):
        on = today - timedelta(days=self.chance.randrange(0, 500))
        with writing() as session:
            session.add(
                PriorLearning(
                    person_id=person.id,
                    agency_id=self.chance.choice(self.agencies).id,
                    target=self.chance.choice([*MODULES, "level:3"]),
                    title="Elsewhere",
                    completed_on=on,
                    valid_until=None if self.chance.random() < 0.2 else on + timedelta(days=self.chance.randrange(900)),
                    minutes=self.chance.choice([0, 120]),
                    evidence="-",
                    accepted_by=self.boss.id,
                )
            )

    def no_longer_accept(self, person, _today):
        with writing() as session:
            for one in session.scalars(select(PriorLearning).where(PriorLearning.person_id == person.id)):
                one.ended_at = one.ended_at or clock.now()

    def require(self, _person, today):
        kind, target = self.chance.choice([("core", ""), ("module", BY_CHOICE), ("module", CORE), ("level", "3")])
        agency = self.chance.choice([None, self.agencies[0].id, self.agencies[1].id])
        with writing() as session:
            made = Requirement(partnership="Fernshire", agency_id=agency, kind=kind, target=target)
            session.add(made)
            session.flush()
            session.add(self.version(made, 1, today + timedelta(days=self.chance.choice([0, 1, 40]))))

    def version(self, made: Requirement, number: int, first: date) -> RequirementVersion:
        return RequirementVersion(
            requirement_id=made.id,
            number=number,
            first_day=first,
            jobs=self.chance.choice([[], ["teacher"]]),
            sectors=self.chance.choice([[], [], ["health"]]),
            levels=self.chance.choice([[], [], ["3"]]),
            first_due_days=self.chance.choice([0, 30, 90]),
            renew_months=self.chance.choice([None, 1, 12]),
            keeps_date=self.chance.random() < 0.5,
            minutes=self.chance.choice([40, 150]),
            participatory=self.chance.choice([0, 0, 50]),
            why="Because",
        )

    def change_requirement(self, _person, today):
        with writing() as session:
            found = session.scalars(select(Requirement)).all()
            if not found:
                return
            made = self.chance.choice(found)
            last = made.versions[-1]
            first = max(today + timedelta(days=self.chance.choice([1, 20])), last.first_day + timedelta(days=1))
            if last.last_day is None:
                last.last_day = first - timedelta(days=1)
                if self.chance.random() < 0.7:
                    session.add(self.version(made, last.number + 1, first))

    def level(self, _person, _today):
        with writing() as session:
            if session.scalar(select(func.count()).select_from(Level)) == 0:
                session.add(Level(partnership="Fernshire", code="3", name="Level 3", jobs=["Teacher"]))
