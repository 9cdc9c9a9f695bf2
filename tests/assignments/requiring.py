"""A small partnership for the tests of requirements, and what they ask."""

from dataclasses import dataclass
from datetime import date

from lms.assignments.asks import Ask, Place, Reach
from lms.core.permissions import Role, Scope
from lms.people.models import Agency, Person, Team
from tests.assignments.pasts import days_ago

COORDINATOR = ((Role.STAFF, Scope.TEAM), (Role.COORDINATOR, Scope.PARTNERSHIP))
FERNSHIRE = Place("Fernshire", "Fernshire")


@dataclass
class Little:
    """Health with a team and its head, care, and people of both; one elsewhere."""

    health: Agency
    care: Agency
    team: Team
    head: Person
    team_manager: Person
    coordinator: Person
    sam: Person
    teacher: Person
    outsider: Person

    @property
    def of_health(self) -> Place:
        return Place("Fernshire", "Health", self.health.id)


def little(make) -> Little:
    with make.together():
        health, care = make.agency("Health"), make.agency("Care")
        team, start = make.team(health, "North"), days_ago(400)
        return Little(
            health,
            care,
            team,
            head=make.manager(agency=health, name="Head", starts_on=start, job="Head of service"),
            team_manager=make.manager(team=team, name="Manager of North", starts_on=start, job="Team manager"),
            coordinator=make.person(
                "Coordinator", agency=care, roles=COORDINATOR, starts_on=start, job="Training coordinator"
            ),
            sam=make.person("Sam Whitlock", team=team, starts_on=start),
            teacher=make.person("Tegan Hughes", agency=care, starts_on=start, job="Teacher"),
            outsider=make.manager(agency=make.agency("Away", partnership="Westmark"), name="Outsider"),
        )


def ask(first_day: date, *jobs: str, **given) -> Ask:
    return Ask(given.pop("why", "Because of a review"), first_day, Reach(jobs=jobs), **given)
