"""My record: hours, what is in date, joint days and history; what I need and why."""

from datetime import date, timedelta

import pytest

from lms.assignments.due import ModuleStanding, Standing, Status
from lms.certificates.models import Certificate
from lms.cohorts.actions import booking
from lms.cohorts.models import Cohort
from lms.cohorts.states import CohortState, Mark
from lms.core import clock
from lms.core.db import writing
from lms.passport import queries, reasons
from tests.certificates.conftest import days_ago


def test_somebody_new_reads_what_will_stand_here(make, as_user):
    page = as_user(make.person()).get("record.record")
    assert page.h1 == "Record"
    assert "Nothing yet." in page.words
    assert page.all("//nav[@aria-label='Main']//a[@aria-current='page']/text()") == ["Record"]


@pytest.mark.slow
def test_hours_are_counted_by_kind_from_certificates_and_the_register(make, partnership, joint_day, certified, actor):
    leah, noor = partnership.person(1, name="Leah"), partnership.person(2, name="Noor")
    certified(leah, minutes=40)
    joint_day([(leah, Mark.PRESENT), (noor, Mark.PRESENT)], days_ago=1)
    joint_day([(leah, Mark.LATE), (noor, Mark.ABSENT)], days_ago=2)
    joint_day([(leah, Mark.ABSENT), (noor, Mark.PRESENT)], days_ago=3)
    joint_day([(leah, None)], days_ago=4)
    mine = queries.record(actor(leah))
    assert sum(one.minutes for one in mine.years) == 40 + 360 + 360
    assert sum(one.participatory for one in mine.years) == 720
    assert sum(one.multi_agency for one in mine.years) == 360, "the room in which nobody else came is single-agency"
    assert [one.agencies for one in mine.joint_days] == [2, 1, 1, 0]
    assert len(mine.attended) == 2


def test_the_page_says_it_first_and_lists_it_after(partnership, joint_day, certified, as_user):
    leah, noor = partnership.person(1, name="Leah"), partnership.person(2, name="Noor")
    one = certified(leah, minutes=40)
    joint_day([(leah, Mark.PRESENT), (noor, Mark.PRESENT)], days_ago=0.3, title="Who leads")
    page = as_user(leah).get("record.record")
    year = clock.today().year
    assert f"In {year} you have trained for 6 h 40 min, 6 h of it with people of other agencies." in page.words.replace(
        "\u00a0", " "
    )
    history = [" ".join(li.text_content().split()) for li in page.all("//h2[@id='history']/following-sibling::ul/li")]
    assert len(history) == 2
    assert any("Who leads" in line and "Present" in line and "2 agencies in the room" in line for line in history)
    assert page.all(f"//a[contains(@href, '{one.id}.pdf')]")


def test_a_day_to_come_and_a_cancelled_day_are_not_history(partnership, joint_day, actor):
    leah = partnership.person(1)
    to_come = partnership.cohort()
    with writing():
        booking.add(actor(partnership.trainer), to_come.id, [leah.id])
    off = joint_day([(leah, Mark.PRESENT)])
    with writing() as session:
        session.get_one(Cohort, off.id).state = CohortState.CANCELLED.value
    assert queries.record(actor(leah)).joint_days == []


def test_in_date_holds_the_longest_certificate_of_each_module_and_no_withdrawn_one(make, certified, actor):
    leah = make.person(starts_on=date(2020, 1, 6))
    certified(leah, on=days_ago(1200))
    certified(leah, on=days_ago(400))
    newest = certified(leah, on=days_ago(20))
    gone = certified(leah, module="tiers-of-need", on=days_ago(5))
    with writing() as session:
        session.get_one(Certificate, gone.id).revoked_at = clock.now()
    mine = queries.record(actor(leah))
    assert [one.id for one in mine.in_date] == [newest.id]
    assert len(mine.history) == 4, "nothing is left out of the history"


@pytest.mark.slow
def test_a_long_history_is_paged(make, certified, as_user):
    leah = make.person(starts_on=date(2020, 1, 6))
    for day in range(25):
        certified(leah, on=days_ago(day))
    visitor = as_user(leah)
    assert "Page 1 of 2" in visitor.get("record.record").words
    second = visitor.get("record.record", query={"page": 2})
    assert len(second.all("//h2[@id='history']/following-sibling::ul/li")) == 5


@pytest.mark.slow
def test_the_record_asks_the_same_few_questions_however_long_it_is(
    partnership, joint_day, certified, as_user, count_queries
):
    leah = partnership.person(1)
    certified(leah)
    joint_day([(leah, Mark.PRESENT)])
    visitor = as_user(leah)
    first = count_queries(lambda: visitor.get("record.record"))
    for day in range(2, 6):
        certified(leah, on=days_ago(day))
        joint_day([(leah, Mark.PRESENT)], days_ago=day)
    assert count_queries(lambda: visitor.get("record.record")) == first <= 5


def test_what_i_need_says_by_when_and_why(make, three_modules, certified, as_user):
    leah = make.person(starts_on=clock.today() - timedelta(days=10))
    certified(leah, module="tiers-of-need")
    page = as_user(leah).get("record.needed")
    due = clock.today() + timedelta(days=80)
    assert f"1 thing to do, due by {due.day} {due:%B %Y}." in page.words
    todo, done = (
        [" ".join(li.text_content().split()) for li in page.all(f"//h2[@id='{part}']/following-sibling::ul/li")]
        for part in ("to-do", "done")
    )
    assert len(todo) == len(done) == 1
    for line in (todo[0], done[0]):
        assert "Everyone learns the core modules in their first 90 days." in line
    assert "In date until" in done[0]


def test_a_module_that_ran_out_says_so(make, three_modules, certified, as_user):
    leah = make.person(starts_on=date(2020, 1, 6))
    certified(leah, module="tiers-of-need", on=days_ago(3000))
    words = as_user(leah).get("record.needed").words
    assert (
        "Everyone learns the core modules in their first 90 days. What you did has ended and is to be renewed." in words
    )


def test_somebody_without_a_post_needs_nothing(make, as_user):
    page = as_user(make.person(ends_on=days_ago(1))).get("record.needed")
    assert "Nothing is asked of you, since you have no current post. Your record stays yours." in page.words


@pytest.mark.parametrize("endpoint", ["record.record", "passport.show", "passport.pdf", "passport.file"])
def test_nobody_elses_certificate_or_day_is_in_it(endpoint, partnership, joint_day, certified, as_user):
    leah = partnership.person(1, name="Leah Stone")
    one = certified(leah)
    joint_day([(leah, Mark.PRESENT)], title="A day of hers alone")
    manager = partnership.make.manager(agency=partnership.agencies[1])
    for other in (manager, partnership.trainer, partnership.person(1)):
        answer = as_user(other).get(endpoint)
        for secret in ("Leah Stone", one.shown_code, "A day of hers alone"):
            assert secret.encode() not in answer.data


def test_every_kind_of_reason_is_a_sentence():
    def one(status: Status, **given) -> ModuleStanding:
        today = clock.today()
        return ModuleStanding(
            "m", Standing(status, None, today), None, given.pop("required", True), None, None, None, **given
        )

    assert reasons.why(one(Status.NOT_STARTED, why=("Because of the audit", "Everyone does."))) == (
        "Because of the audit. Everyone does."
    )
    assert reasons.why(one(Status.NOT_STARTED)) == reasons.ASKED
    assert reasons.why(one(Status.EXEMPT)) == reasons.EXEMPT
    assert reasons.why(one(Status.EXEMPT, on_leave=True)) == reasons.ON_LEAVE
    assert reasons.why(one(Status.IN_PROGRESS, required=False)) == reasons.LEFT_TO_YOU
