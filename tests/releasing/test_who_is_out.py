"""The team cover calendar: who is out when, the limit in words, and who sees whom."""

import gzip
from datetime import datetime, time, timedelta

import pytest
import time_machine

from lms.cohorts import covering
from lms.cohorts.actions import booking, building
from lms.cohorts.plan import PlannedSession
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.people import queries as people
from lms.people.models import Membership
from tests.assignments.pasts import days_ago
from tests.learning.reading import counting
from tests.releasing.conftest import in_days, rows

pytestmark = pytest.mark.slow


def table(page) -> list[list[str]]:
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")]
        for row in page.all("//table/tbody/tr[td]")
    ]


def short(day) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def test_each_day_says_who_is_out_and_how_it_stands_to_the_limit(house, as_user):
    ben, carys, dele = (house.person(name, owes=()) for name in ("Ben", "Carys", "Dele"))
    house.limit(most=2)
    both, alone = house.day(15), house.day(20)
    house.book(both, ben, carys)
    house.book(alone, dele)
    page = as_user(house.manager).get("releasing.cover")
    assert page.h1 == "Front door: who is out when"
    assert table(page) == [
        [short(in_days(15)), "Ben, Carys", "2", "0", "0", "2 of 4", "At the limit"],
        [short(in_days(20)), "Dele", "1", "0", "0", "2 of 4", "1 more can go"],
    ]
    assert "At the limit:" in page.words
    assert "Only joint days are known here" in page.words
    house.limit(most=1)
    page = as_user(house.manager).get("releasing.cover")
    assert table(page)[0][-1] == "Over the limit by 1"
    assert table(page)[1][-1] == "At the limit"
    assert "Over the limit:" in page.words


def test_offers_are_counted_apart_and_who_asks_or_waits_is_not_counted(house, as_user):
    ben, carys, dele = (house.person(name, owes=()) for name in ("Ben", "Carys", "Dele"))
    day = house.day(15, capacity=1, largest_share=100, offers_places=True)
    hal = house.partnership.person(2)
    house.book(day, hal, ben, carys)
    with writing():
        booking.cancel(people.actor(hal), day.id)
    house.book(house.day(15, "Other", needs_approval=True), dele)
    [row] = table(as_user(house.manager).get("releasing.cover"))
    assert row[1:] == [
        "Ben (a place is offered), Dele (asks), Carys (waits)", "0", "1", "2", "1 of 4usual", "At the limit",
    ]  # fmt: skip


def test_cancelled_and_draft_days_and_places_given_up_are_not_there(house, as_user):
    ben = house.person("Ben", owes=())
    off = house.day(15)
    house.book(off, ben)
    trainer = people.actor(house.partnership.trainer)
    with writing():
        building.call_off(trainer, off.id)
    draft = house.day(16, draft=True)
    with writing():
        booking.add(trainer, draft.id, [ben.id])
    gone = house.day(17)
    house.book(gone, ben)
    with writing():
        booking.cancel(people.actor(ben), gone.id)
    page = as_user(house.manager).get("releasing.cover")
    assert table(page) == []
    assert "Nobody is out at a joint day" in page.words


def test_a_session_over_midnight_counts_on_both_days_and_one_that_ends_at_midnight_on_one(house, as_user):
    ben = house.person("Ben", owes=())
    begin = datetime.combine(in_days(15), time(22), clock.PARTNERSHIP_ZONE)
    over = PlannedSession(begin, begin + timedelta(hours=4), "Night Hall")
    until = PlannedSession(begin + timedelta(days=7), begin + timedelta(days=7, hours=2), "Night Hall")
    house.book(house.day(1, "Night", sessions=(over, until)), ben)
    days = [row[0] for row in table(as_user(house.manager).get("releasing.cover"))]
    assert days == [short(in_days(15)), short(in_days(16)), short(in_days(22))]


def test_the_clock_change_moves_nobody_to_another_day(house, as_user):
    ben = house.person("Ben", owes=(), starts_on=days_ago(2000))
    with time_machine.travel(datetime(2027, 10, 20, 9, tzinfo=clock.PARTNERSHIP_ZONE), tick=False):
        for day in (datetime(2027, 10, 30, 23, 30), datetime(2027, 11, 2, 0, 15)):
            begin = day.replace(tzinfo=clock.PARTNERSHIP_ZONE)
            session = PlannedSession(begin, begin + timedelta(minutes=40), "Hall")
            house.book(house.day(1, f"{day:%d}", sessions=(session,)), ben)
        page = as_user(house.manager).get("releasing.cover")
        assert [row[0] for row in table(page)] == ["Sat 30 Oct 2027", "Sun 31 Oct 2027", "Tue 2 Nov 2027"]


def test_people_count_only_while_they_belong_to_the_team(house, make, as_user):
    ben, dele = house.person("Ben", owes=()), house.person("Dele", owes=())
    day, later = house.day(15), house.day(20)
    house.book(day, ben, dele)
    house.book(later, ben)
    other = make.team(house.agency, "Other team")
    with writing():
        post = db.session.get(Membership, ben.memberships[0].id)
        post.ends_on = in_days(17)
    make.membership(ben, team=other, starts_on=in_days(18))
    assert [row[1] for row in table(as_user(house.manager).get("releasing.cover"))] == ["Ben, Dele"]
    head = table(as_user(house.head).get("releasing.cover"))
    assert [row[1] for row in head] == ["Ben, Dele"]  # nobody works in the other team today, so it is not in reach
    make.person(team=other)
    head = table(as_user(house.head).get("releasing.cover"))
    assert [(row[1], row[2]) for row in head] == [("Front door", "Ben, Dele"), ("Other team", "Ben")]


def test_who_joins_the_team_later_is_counted_without_a_name(house, make, as_user):
    other = make.team(house.agency, "Other team")
    mover = house.person("Mover", team=other, owes=(), ends_on=in_days(10))
    make.membership(mover, team=house.team, starts_on=in_days(11))
    house.book(house.day(15), mover)
    page = as_user(house.manager).get("releasing.cover")
    assert table(page)[0][1] == "Somebody who is not in your team today"
    assert "Mover" not in page.text
    assert "Mover" not in as_user(house.manager).get("exports.file", name="cover", kind="csv").text
    assert "Mover" in as_user(house.head).get("releasing.cover").text


def test_each_reader_sees_only_their_own_people(house, make, as_user):
    other = make.team(house.agency, "Other team")
    ben, olga = house.person("Ben", owes=()), house.person("Olga", team=other, owes=())
    mixed = house.day(15)
    theirs = make.team(house.partnership.agencies[2], "Theirs")
    kai = house.person("Kai", team=theirs, owes=())
    house.book(mixed, ben, olga, kai)

    def names(reader) -> set[str]:
        page = as_user(reader).get("releasing.cover")
        on_page = {name for name in ("Ben", "Olga", "Kai") if name in page.words}
        assert {row["Name"] for row in rows(as_user(reader).get("exports.file", name="cover", kind="csv"))} == on_page
        return on_page

    assert names(house.manager) == {"Ben"}
    assert names(house.head) == {"Ben", "Olga"}
    assert names(house.elsewhere) == {"Kai"}
    assert names(house.coordinator) == {"Ben", "Olga", "Kai"}
    outsider = make.manager(agency=make.agency(partnership="Westmark"))
    assert names(outsider) == set()
    page = as_user(house.head).get("releasing.cover", query={"team": str(other.id)})
    assert ("Olga" in page.words, "Ben" in page.words) == (True, False)
    as_user(house.manager).get("releasing.cover", query={"team": str(other.id)}, expect=404)
    as_user(house.manager).get("exports.file", name="cover", kind="csv", query={"team": str(theirs.id)}, expect=404)


@pytest.mark.parametrize("role", [Role.STAFF, Role.TRAINER, Role.AUTHOR, Role.OBSERVER, Role.ADMINISTRATOR])
def test_other_roles_cannot_open_it(house, make, as_user, role):
    visitor = as_user(make.person(agency=house.agency, roles=((role, Scope.PARTNERSHIP),)))
    for page in ("/reports/due", "/exports/due.csv", "/reports/cover", "/exports/cover.csv"):
        visitor.get(page, expect=403)


def test_earlier_and_later_weeks_have_addresses(house, as_user):
    ben = house.person("Ben", owes=())
    house.book(house.day(80), ben)
    boss = as_user(house.manager)
    page = boss.get("releasing.cover")
    assert table(page) == []
    [later] = page.all("//a[starts-with(., 'Later')]/@href")
    page = boss.get(later)
    assert [row[1] for row in table(page)] == ["Ben"]
    [earlier] = page.all("//a[starts-with(., 'Earlier')]/@href")
    assert table(boss.get(earlier)) == []
    for wrong in ("yesterday", "2027-13-40", "0001-01-01", "9999-12-31"):
        boss.get("releasing.cover", query={"from": wrong}, expect=404)


def test_the_page_costs_the_same_for_many_and_stays_small(house, make, as_user):
    def asked(reader) -> tuple[int, int]:
        visitor = as_user(reader)
        with counting() as sent:
            page = visitor.client.get("/reports/cover")
        assert page.status_code == 200
        return len(sent), len(gzip.compress(page.data))

    first = house.day(15)
    house.book(first, house.person("Ben", owes=()))
    few, _ = asked(house.head)
    for number in range(12):
        team = make.team(house.agency, f"A team with a longer name {number}")
        one = house.person(f"Person {number} with a longer name", team=team, owes=())
        for day in (1, 2, 3):
            house.book(house.day(15 + number, f"Day {number} {day}"), one)
    many, size = asked(house.head)
    assert many <= few
    assert size < 14_000


def test_the_reads_know_nothing_of_people_outside(house, make):
    """Teams are chosen by the caller; an empty choice asks for nothing."""
    assert covering.strained([]) == {}
    assert covering.kept_back(house.day(15), {}) == {}
