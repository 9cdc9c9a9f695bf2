"""Figures by group and over time: against counting by hand, for whom, and what readers outside the agencies see."""

import csv
import io
import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import select

from lms.assignments import counts
from lms.assignments.models import Requirement, RequirementVersion
from lms.compliance import queries as compliance
from lms.compliance.reaches import By, reaches
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.people.models import Membership
from lms.reports import queries as reports
from lms.reports.queries import Filters
from tests.assignments.lives import World
from tests.assignments.pasts import BY_CHOICE, CORE, OTHER_CORE, complete, days_ago
from tests.learning.reading import counting

OBSERVER = ((Role.OBSERVER, Scope.PARTNERSHIP),)


def table(page) -> dict[str, list[str]]:
    return {
        " ".join(row.xpath("string(th)").split()): [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
        for row in page.all("//table//tr[td]")
    }


@pytest.fixture
def pasts(fernshire):
    with writing():
        for module in (CORE, OTHER_CORE):
            complete(fernshire.ben, module, days_ago(100))
        complete(fernshire.carys, CORE, days_ago(1200))
    return fernshire


def test_an_agency_manager_sees_teams_jobs_and_modules_with_both_ends_of_each_share(pasts, as_user):
    visitor = as_user(pasts.head)
    page = visitor.get("compliance.table")
    assert page.h1 == "Fernshire Health: how much is in date?"
    assert "2 of 12 are in date (17%)." in page.words
    assert table(page)["North"][:3] == ["2", "6", "33%"]
    assert table(page)["South"][:3] == ["0", "4", "0%"]
    assert table(page)["Not said"][:3] == ["0", "2", "0%"]
    assert table(page)["All together"][:3] == ["2", "12", "17%"]
    assert "the denominator" in page.words
    modules = visitor.get("compliance.table", query={"by": "module"})
    assert table(modules)["The lead professional"][:3] == ["1", "6", "17%"]
    one = visitor.get("compliance.table", query={"by": "job", "target": OTHER_CORE})
    assert table(one)["Health visitor"][:3] == ["1", "6", "17%"]


def test_a_team_manager_a_coordinator_and_a_deputy_less_reader_get_their_own_and_no_other(pasts, as_user, make):
    team = as_user(pasts.north_manager)
    assert team.get("compliance.table").h1.startswith("North:")
    for key in (f"agency:{pasts.health.id}", f"team:{pasts.south.id}", "partnership:Fernshire", "nonsense"):
        team.get("compliance.table", query={"of": key}, expect=404)
        team.get("compliance.course", query={"of": key}, expect=404)
    whole = as_user(pasts.coordinator).get("compliance.table")
    assert table(whole)["Fernshire Health"][:3] == ["2", "12", "17%"]
    assert table(whole)["Fernshire Care"][:2] == ["0", "6"]
    as_user(make.trainer(agency=pasts.health)).get("compliance.table", expect=403)
    as_user(make.person(agency=pasts.health)).get("compliance.table", expect=403)


def test_the_file_is_the_page(pasts, as_user):
    visitor = as_user(pasts.head)
    page = visitor.get("compliance.table")
    held = visitor.get("exports.file", name="compliance", kind="csv")
    rows = {row["Team"]: row for row in csv.DictReader(io.StringIO(held.data.decode("utf-8-sig")))}
    for name, cells in table(page).items():
        key = "Fernshire Health" if name == "All together" else name
        assert [rows[key]["In date"], rows[key]["Required"]] == cells[:2]


@pytest.mark.slow
def test_an_observer_reads_month_ends_alone_without_small_numbers(fernshire, make, as_user):
    with time_machine.travel(datetime(2027, 1, 20, 10, tzinfo=UTC)):
        police = make.agency("Fernshire Police")
        small = [make.person(agency=police) for _ in range(4)]  # few, though twelve things are asked of them
        with writing() as session:
            third = Requirement(partnership="Fernshire", kind="module", target=BY_CHOICE)
            session.add(third)
            session.flush()
            session.add(RequirementVersion(requirement_id=third.id, first_day=clock.today(), why="-"))
        crowd = [make.person(agency=fernshire.health) for _ in range(12)]
        more = [make.person(agency=fernshire.care) for _ in range(14)]
        with writing():
            for person in [*crowd[:6], *more[:6], *small]:
                complete(person, CORE, clock.today())
            for person in small[:2]:
                complete(person, OTHER_CORE, clock.today())
    with time_machine.travel(datetime(2027, 2, 10, 10, tzinfo=UTC)):
        visitor = as_user(make.person(agency=police, roles=OBSERVER))
        assert "Nothing is released yet." in visitor.get("compliance.table").words
        with writing():
            counts.store_month_ends()
        page = visitor.get("compliance.table")
        lines = table(page)
        assert lines["Fernshire Police"] == ["Not shown"] * 3
        assert [name for name, cells in lines.items() if cells == ["Not shown"] * 3] != ["Fernshire Police"]
        assert "Late" not in page.words
        for asked in ({"as_at": "2027-02-05"}, {"target": CORE}, {"by": "nonsense"}):
            visitor.get("compliance.table", query=asked, expect=404)
        for by in ("sector", "job", "module"):
            assert table(visitor.get("compliance.table", query={"by": by})) == lines
        held = visitor.get("exports.file", name="compliance", kind="csv").data.decode("utf-8-sig")
        assert "Not shown" in held
        assert "Overdue" not in held
        assert "31 January 2027" in page.words


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_tables_and_the_list_of_people_are_what_one_would_count_by_hand(make, actor, seed):
    """Random lives; on several past days the tables of agency, teams and partnership against the lines of the list."""
    day = date(2028, 2, 20)
    with time_machine.travel(datetime.combine(day, time(10), UTC), tick=False) as traveller:
        world = World(make, 500 + seed)
        known = {}
        for _ in range(14):
            for _ in range(3):
                world.happen(day)
            known[day] = _by_hand(make, actor, world, day)
            db.session.rollback()
            day += timedelta(days=world.chance.choice([1, 3, 17, 40]))
            traveller.move_to(datetime.combine(day, time(10), UTC))
        for one, expected in known.items():
            assert _by_hand(make, actor, world, one, past=True) == expected, one


def _by_hand(make, actor, world, day: date, *, past: bool = False) -> dict:
    """Totals of every table, each checked against the lines of the list on that day."""
    if not hasattr(world, "heads"):
        roles = ((Role.MANAGER, Scope.AGENCY),)
        outside = make.agency("Offices", partnership="Fernshire")
        world.heads = [make.person(agency=one, roles=roles, starts_on=day) for one in world.agencies[:2]]
        world.heads.append(make.person(agency=outside, roles=((Role.COORDINATOR, Scope.PARTNERSHIP),), starts_on=day))
    found = {}
    for person in world.heads:
        reader = actor(person)
        everyone = reports.completion(reader, Filters(), reports.reach(reader, clock.today()), day)
        reach = reaches(reader)[0]
        for by in reach.ways:
            shown = compliance.table(reach, by, day, None)
            tally = Counter()
            for line in everyone.lines:
                for cell in line.cells:
                    if cell.required and cell.status.value != "exempt":
                        tally["required"] += 1
                        tally["in date"] += cell.is_in_date
            assert shown.total is not None
            assert (shown.total.required, shown.total.in_date) == (tally["required"], tally["in date"]), (day, by)
            assert shown.total.people == len(everyone.lines)
            found[reach.key, by] = [(one.key, one.required, one.in_date, one.people) for one in shown.lines]
            if by is By.MODULE:
                assert sum(one.required for one in shown.lines) == tally["required"]
    return found


def test_the_course_over_time_shows_stored_month_ends_who_came_and_who_left(make, as_user):
    with time_machine.travel(datetime(2027, 1, 10, 10, tzinfo=UTC), tick=False) as traveller:
        agency = make.agency("Health")
        team = make.team(agency)
        head = make.manager(agency=agency, starts_on=clock.today())
        people = [make.person(team=team, starts_on=clock.today()) for _ in range(3)]
        traveller.move_to(datetime(2027, 2, 10, 10, tzinfo=UTC))
        make.person(team=team, starts_on=clock.today())
        with writing():
            complete(people[0], CORE, clock.today())
            for post in db.session.scalars(select(Membership).where(Membership.person_id == people[1].id)):
                post.ends_on = clock.today()
        traveller.move_to(datetime(2027, 3, 5, 10, tzinfo=UTC))
        page = as_user(head).get("compliance.course")
    lines = table(page)
    assert lines["31 Jan 2027"] == ["0", "8", "0%", "0", "4", "0", "0"]
    assert lines["28 Feb 2027"] == ["1", "8", "12%", "0", "4", "1", "1"]
    assert "Rising from 0% on 31 January 2027 to 12% on 5 March; the goal is 90%." in page.words
    assert page.all("//svg[@role='img']")


@pytest.mark.slow
def test_pages_cost_the_same_for_few_and_many(fernshire, as_user, make):
    visitor = as_user(fernshire.head)

    def cost() -> list[int]:
        found = []
        for endpoint in ("compliance.table", "compliance.course"):
            with counting() as sent:
                visitor.get(endpoint)
            found.append(len(sent))
        return found

    few = cost()
    for _ in range(30):
        make.person(team=random.choice([fernshire.north, fernshire.south]))
    assert cost() == few
    assert max(few) <= 22
