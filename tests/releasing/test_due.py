"""Who is due and overdue, and on which date they can be released."""

import gzip

import pytest
from sqlalchemy import select

from lms.assignments.actions.exempting import exempt
from lms.audit.models import RecordView
from lms.chasing.models import Reminder
from lms.cohorts.actions import booking as booking_actions
from lms.cohorts.actions import building
from lms.cohorts.plan import PlannedSession
from lms.core.db import db, writing
from lms.people import queries as people
from lms.planning.actions import programmes
from tests.assignments.pasts import complete, days_ago
from tests.learning.reading import counting
from tests.releasing.conftest import CORE, OTHER_CORE, in_days, mails, rows, states

pytestmark = pytest.mark.slow


def lines(page) -> list[list[str]]:
    """The cells of the table, group headings apart; the list for phones holds the same people."""
    table = [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")]
        for row in page.all("//table//tbody/tr[td]")
    ]
    phone = [" ".join(one.text_content().split()) for one in page.all("//section[@class='phone']//h3")]
    assert [row[0].split("Health visitor")[0].strip() for row in table] == phone
    return table


def test_the_longest_overdue_stand_first_and_each_group_is_counted(house, as_user):
    house.person("Ages Ago")  # due 310 days ago
    house.person("Some Time", starts_on=days_ago(150))  # 60 days ago
    house.person("Just Late", starts_on=days_ago(91))  # yesterday
    house.person("Thirty Late", starts_on=days_ago(120))  # 30 days ago
    house.person("Thirty One", starts_on=days_ago(121))
    house.person("Ninety", starts_on=days_ago(180))
    house.person("Ninety One", starts_on=days_ago(181))
    house.person("Due Soon", starts_on=days_ago(80))
    house.person("Not Yet", starts_on=days_ago(20))
    page = as_user(house.manager).get("releasing.due")
    assert [row[0].removesuffix("Health visitor") for row in lines(page)] == [
        *("Ages Ago", "Ninety One", "Ninety", "Some Time", "Thirty One", "Thirty Late", "Just Late", "Due Soon"),
    ]
    headings = [one.text_content() for one in page.all("//table//th[@scope='rowgroup']")]
    assert headings == [
        *("Overdue for more than 90 days", "Overdue for 31 to 90 days", "Overdue for up to 30 days", "Due soon"),
    ]
    assert "8 people have something to do: 7 overdue or expired, 1 due soon." in page.words
    assert "2 overdue for more than 90 days" in page.words
    chosen = as_user(house.manager).get("releasing.due", query={"age": "0-30"})
    assert [row[0].removesuffix("Health visitor") for row in lines(chosen)] == ["Thirty Late", "Just Late"]
    as_user(house.manager).get("releasing.due", query={"age": "everything"}, expect=404)


def test_what_is_expired_counts_from_the_last_day_of_the_certificate(house, as_user):
    person = house.person("Run Out")
    with writing():
        complete(person, CORE, days_ago(40), months=1)  # ended nine or ten days ago
    [row] = lines(as_user(house.manager).get("releasing.due"))
    assert "Expired on" in row[2]
    assert "Overdue for up to 30 days" in as_user(house.manager).get("releasing.due").words


def test_who_is_exempt_or_has_done_all_is_not_on_the_list(house, as_user):
    lifted = house.person("Lifted")
    house.person("Done", owes=())
    with writing():
        exempt(people.actor(house.manager), lifted.id, CORE, "Leave", None)
    page = as_user(house.manager).get("releasing.due")
    assert "Nothing is overdue or due soon." in page.words
    assert page.all("//table") == []


def test_without_a_joint_day_the_answer_is_online(house, as_user):
    house.person("Ben")
    house.day(20, modules=(OTHER_CORE,))
    [row] = lines(as_user(house.manager).get("releasing.due"))
    assert row[3].startswith("Online, about ")
    assert row[3].endswith(", any time")


def test_the_next_date_is_the_first_on_which_the_team_keeps_its_limit(house, as_user):
    ben, carys = house.person("Ben"), house.person("Carys", owes=())
    first, second = house.day(20), house.day(27)
    manager = as_user(house.manager)
    assert f"{first.title}; 9 places left for Agency B" in lines(manager.get("releasing.due"))[0][3]
    house.book(first, carys)  # four people: one may be out, by the usual share
    assert f"{second.title}; 9 places left for Agency B" in lines(manager.get("releasing.due"))[0][3]
    house.limit(most=2)
    assert first.title in lines(manager.get("releasing.due"))[0][3]
    house.limit(most=1)
    house.book(second, carys)
    said = lines(manager.get("releasing.due"))[0][3]
    assert "2 joint days are open, and on each their team would be over its limit of people out." in said
    assert states(first) == {"Carys": "booked"}
    assert ben


def test_a_date_is_left_out_when_the_person_is_not_free_and_the_reason_is_one_for_all(house, make, as_user):
    """Another joint day, one for another employer, keeping apart, and having given the place up read the same."""
    day = house.day(20)
    other = house.day(20, "Elsewhere", modules=())
    clash, apart, gone = house.person("Clash"), house.person("Apart"), house.person("Gone")
    second = house.person("Second")
    make.membership(second, agency=house.partnership.agencies[3], starts_on=days_ago(300))
    far = house.partnership.cohort(
        title="Far", sessions=other_sessions(day), agencies=(house.partnership.agencies[3].id,)
    )
    house.limit(most=9)
    house.book(other, clash)
    house.book(far, second)
    stranger = house.partnership.person(2, name="Stranger")
    house.book(day, stranger, gone)
    with writing():
        booking_actions.cancel(people.actor(gone), day.id)
        programmes.keep_apart(people.actor(house.coordinator), apart.email, stranger.email, in_days(60))
    found = {
        row[0].removesuffix("Health visitor"): row[3] for row in lines(as_user(house.manager).get("releasing.due"))
    }
    assert {name: said.split(" See each")[0] for name, said in found.items()} == dict.fromkeys(
        ("Clash", "Apart", "Gone", "Second"), "No date yet: one joint day is open, and they are not free."
    )


def other_sessions(day):
    return tuple(PlannedSession(one.starts_at, one.ends_at, "Far Hall") for one in day.sessions)


def test_a_full_day_and_one_that_needs_preparation_by_now_are_named(house, as_user):
    house.person("Ben")
    full = house.day(20, capacity=1, largest_share=100)
    house.book(full, house.partnership.person(2))
    house.day(2, must_prepare=True)
    [row] = lines(as_user(house.manager).get("releasing.due"))
    assert (
        "No date yet: of 2 open joint days, on 1 the day for the preparation has passed and it is not finished, "
        "on 1 no place is free for Agency B."
    ) in row[3]


def test_who_is_on_a_day_already_is_shown_with_it(house, as_user):
    ben, carys = house.person("Ben"), house.person("Carys")
    day, asked = house.day(20), house.day(27, needs_approval=True)
    house.book(day, ben)
    house.book(asked, carys)
    table = {
        row[0].removesuffix("Health visitor"): row[3] for row in lines(as_user(house.manager).get("releasing.due"))
    }
    assert "Has a place" in table["Ben"]
    assert "Asks to come" in table["Carys"]
    assert "Answer" in table["Carys"]


def test_days_that_are_drafts_closed_begun_or_for_others_are_not_offered(house, as_user):
    house.person("Ben")
    house.day(20, draft=True)
    closed = house.day(21)
    with writing():
        building.close(people.actor(house.partnership.trainer), closed.id)
    begun = house.day(22)
    house.partnership.begin(begun, hours=1)
    house.day(23, agencies=(house.partnership.agencies[2].id,))
    assert "Online" in lines(as_user(house.manager).get("releasing.due"))[0][3]


def test_the_file_holds_the_same_lines_and_says_what_it_was_counted_over(house, as_user):
    house.person("Ben")
    day = house.day(20)
    house.person("Carys", starts_on=days_ago(150))
    manager = as_user(house.manager)
    found = rows(manager.get("exports.file", name="due", kind="csv"))
    assert [row["Name"] for row in found] == ["Ben", "Carys"]
    assert found[0]["Group"] == "Overdue for more than 90 days"
    assert found[0]["Since or by"] == days_ago(310).isoformat()
    assert found[0]["Next joint day"] == in_days(20).isoformat()
    assert found[0]["Places left"] == "9"
    assert day.title in found[0]["Next date in words"]
    assert (found[0]["Scope"], found[0]["As at"]) == ("Front door", in_days(0).isoformat())
    assert len(rows(manager.get("exports.file", name="due", kind="csv", query={"age": "31-90"}))) == 1


def test_the_page_asks_no_more_of_the_database_for_many_people_and_stays_small(house, as_user):
    def asked() -> tuple[int, int]:
        manager = as_user(house.manager)
        with counting() as sent:
            page = manager.client.get("/reports/due")
        assert page.status_code == 200
        return len(sent), len(gzip.compress(page.data))

    house.person("Ben")
    days = [house.day(20 + number) for number in range(3)]
    house.book(days[0], house.people["Ben"])
    few, _ = asked()
    house.limit(most=40)
    for number in range(30):
        made = house.person(f"Person {number} with a longer name", owes=(CORE, OTHER_CORE) if number < 5 else (CORE,))
        if number < 5:
            house.book(days[1], made)
    many, size = asked()
    assert many <= few
    assert size < 14_000
    page = as_user(house.manager).get("releasing.due")
    assert len(lines(page)) == 25
    assert "Page 1 of 2" in page.words
    last = as_user(house.manager).get("releasing.due", query={"page": 2})
    assert len(lines(last)) == 11


def test_one_look_is_noted_for_each_person_and_the_file_too(house, as_user):
    house.person("Ben", owes=(CORE, OTHER_CORE))
    as_user(house.manager).get("releasing.due")
    as_user(house.manager).get("exports.file", name="due", kind="csv")
    found = db.session.scalars(select(RecordView.what).order_by(RecordView.at)).all()
    assert found == ["status and dates", "status and dates, as a file"]
    assert mails() == []


def test_when_somebody_was_last_reminded_stands_beside_what_they_owe(house, as_user):
    ben = house.person("Ben")
    house.person("Carys")
    with writing() as session:
        session.add(Reminder(person_id=ben.id, day=days_ago(9)))
        session.add(Reminder(person_id=ben.id, day=days_ago(3), week=days_ago(3)))  # a summary of their team
    boss = as_user(house.manager)
    page = boss.get("releasing.due")
    [ben_line, carys_line] = lines(page)
    day = days_ago(9)
    assert f"Reminded {day.day} {day:%b %Y}" in ben_line[2]
    assert "Reminded" not in carys_line[2]
    assert page.all("//a[text()='Remind those who are late']")
    assert as_user(house.coordinator).get("releasing.due").all("//a[text()='Remind those who are late']") == []
    found = rows(boss.get("exports.file", name="due", kind="csv"))
    assert [row["Last reminded"] for row in found] == [day.isoformat(), ""]
