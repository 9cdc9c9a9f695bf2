"""Two agencies with teams and managers, for the tests of who sees whom."""

import csv
import io
from dataclasses import dataclass

import pytest

from lms.core.permissions import Role, Scope
from lms.people.models import Agency, Person, Team
from tests.assignments.pasts import days_ago
from tests.support.browser import Page

COORDINATOR = ((Role.STAFF, Scope.TEAM), (Role.COORDINATOR, Scope.PARTNERSHIP))


@dataclass
class Fernshire:
    """Health with two teams, and care with one; each team has a manager and members, health has a head."""

    health: Agency
    care: Agency
    north: Team
    south: Team
    kestrel: Team
    head: Person
    north_manager: Person
    south_manager: Person
    care_manager: Person
    coordinator: Person
    ben: Person
    carys: Person
    dele: Person
    elin: Person

    @property
    def everyone(self) -> set[str]:
        people = (self.head, self.north_manager, self.south_manager, self.care_manager, self.coordinator)
        return {one.name for one in (*people, self.ben, self.carys, self.dele, self.elin)}


@pytest.fixture
def fernshire(make) -> Fernshire:
    with make.together():
        health, care = make.agency("Fernshire Health"), make.agency("Fernshire Care")
        north, south, kestrel = make.team(health, "North"), make.team(health, "South"), make.team(care, "Kestrel House")
        start = days_ago(400)
        return Fernshire(
            health,
            care,
            north,
            south,
            kestrel,
            head=make.manager(agency=health, name="Head of Health", starts_on=start),
            north_manager=make.manager(team=north, name="Manager of North", starts_on=start),
            south_manager=make.manager(team=south, name="Manager of South", starts_on=start),
            care_manager=make.manager(team=kestrel, name="Manager of Kestrel", starts_on=start),
            coordinator=make.person("Coordinator", agency=care, roles=COORDINATOR, starts_on=start),
            ben=make.person("Ben Whitlock", team=north, starts_on=start),
            carys=make.person("Carys Bevan", team=north, starts_on=start),
            dele=make.person("Dele Adeyemi", team=south, starts_on=start),
            elin=make.person("Elin Rhys", team=kestrel, starts_on=start, job="Social worker"),
        )


def names(page: Page) -> list[str]:
    """The people on a completion page, in the order of its table; the list for phones holds the same."""
    table = [" ".join(one.text_content().split()) for one in page.all("//table//tbody//th/a")]
    phone = [" ".join(one.text_content().split()) for one in page.all("//ul[@class='fold']//summary/b")]
    assert table == phone
    return table


def rows(page: Page) -> list[dict[str, str]]:
    """The rows of a CSV answer, by heading."""
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(page.data.decode("utf-8-sig"))))


@pytest.fixture(autouse=True)
def _three_modules(three_modules: None) -> None:
    """Every test of reports is on a site of three modules, two of them core."""
