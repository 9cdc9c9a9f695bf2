"""One person as their manager sees them: dates, history, joint days, exemptions."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.assignments.models import Exemption
from lms.cohorts.models import Booking, Cohort, CohortSession
from lms.core import clock
from lms.core.db import db, writing
from tests.assignments.pasts import CORE, OTHER_CORE, complete, days_ago


@pytest.fixture
def open_page(fernshire, as_user):
    """The page of Ben (or somebody else) as his team's manager (or somebody else) sees it."""

    def opened(reader=None, person=None):
        visitor = as_user(reader or fernshire.north_manager)
        return visitor.get("reports.person", person_id=(person or fernshire.ben).id)

    return opened


def test_it_says_where_somebody_stands_and_what_they_completed(fernshire, open_page):
    with writing():
        complete(fernshire.ben, CORE, days_ago(1500))
        complete(fernshire.ben, CORE, days_ago(100))
        complete(fernshire.ben, OTHER_CORE, days_ago(50), withdrawn=days_ago(2))
    words = open_page().words
    assert "In date: 1 of 2 required modules." in words
    assert "Health visitor, North, Fernshire Health" in words
    assert "In date until " in words
    assert "Overdue since " in words
    assert words.count("Counts until ") == 2
    assert "Certificate withdrawn on " in words


def test_it_says_what_is_not_shown(open_page):
    words = open_page().words
    assert "Scores, answers, choices in scenarios and private notes are shown to no manager" in words
    assert "It is noted that you opened this page." in words


def test_joint_days_to_come_are_listed_when_booked_for_an_agency_the_reader_manages(fernshire, open_page, make):
    make.membership(fernshire.ben, team=fernshire.kestrel, starts_on=days_ago(30))

    def booked(title: str, agency, state: str = "booked", cohort_state: str = "open", days: int = 10) -> None:
        starts = clock.now() + timedelta(days=days)
        cohort = Cohort(
            partnership="Fernshire", title=title, state=cohort_state, capacity=9, minimum_agencies=1, largest_share=100
        )
        cohort.sessions = [CohortSession(starts_at=starts, ends_at=starts + timedelta(hours=3), place="Town hall")]
        db.session.add(cohort)
        db.session.flush()
        given = {"cohort_id": cohort.id, "person_id": fernshire.ben.id, "agency_id": agency.id}
        db.session.add(Booking(**given, job="x", state=state))

    with writing():
        booked("Thresholds together", fernshire.health)
        booked("For the other employer", fernshire.care)
        booked("Only waiting", fernshire.health, state="waiting")
        booked("Called off", fernshire.health, cohort_state="cancelled")
        booked("Long past", fernshire.health, days=-10)
    words = open_page().words
    assert "Thresholds together" in words
    for hidden in ("For the other employer", "Only waiting", "Called off", "Long past"):
        assert hidden not in words
    assert "For the other employer" in open_page(fernshire.care_manager).words


@pytest.mark.slow
def test_a_manager_exempts_and_ends_the_exemption_on_the_page(fernshire, as_user):
    visitor = as_user(fernshire.north_manager)
    page = visitor.get("reports.person", person_id=fernshire.ben.id)
    (form,) = [one for one in page.forms("method='post'") if "exemptions" in one.get("action")]
    assert form.xpath(".//select[@name='module']/option/@value") == [CORE, OTHER_CORE]
    until = days_ago(-40)
    sent = visitor.send(page, form, {"module": CORE, "reason": "Seconded away", "until": until.isoformat()})
    page = visitor.follow(sent)
    assert f"The exemption runs until {until.day} " in page.words
    assert "Exempt until " in page.words
    assert "by Manager of North. Reason: Seconded away" in page.words
    (end,) = [one for one in page.forms("method='post'") if one.get("action").endswith("/end")]
    page = visitor.follow(visitor.send(page, end))
    assert "The exemption has ended." in page.words
    assert "Seconded away" not in page.words


@pytest.mark.slow
def test_wrong_input_is_explained_beside_its_field_and_kept(fernshire, as_user):
    visitor = as_user(fernshire.north_manager)

    def refused(**typed):
        sent = {"module": CORE, "reason": "Long leave", "until": "", **typed}
        return visitor.post("reports.exempt", sent, person_id=fernshire.ben.id, expect=422)

    assert "Give the reason in a few words." in refused(reason="").words
    page = refused(until="soon")
    assert "Enter the last day as a date, like 31 March 2027." in page.words
    assert page.all("//input[@name='reason']/@value") == ["Long leave"]
    assert page.all("//details[@open]//input[@name='reason']")
    assert "Enter a last day that is today or later" in refused(until=days_ago(1).isoformat()).words
    assert "Keep the reason within 300 characters." in refused(reason="x" * 301).words
    refused(module="leading-integrated-services")
    assert db.session.scalars(select(Exemption)).all() == []
    visitor.post("reports.exempt", {"module": CORE, "reason": "Leave"}, person_id=fernshire.ben.id)
    assert "There is an exemption for that module already." in refused().words


def test_one_reads_the_reasons_of_ones_own_agency_only(fernshire, as_user, open_page, make):
    make.membership(fernshire.ben, team=fernshire.kestrel, starts_on=days_ago(30))
    sent = {"module": CORE, "reason": "Known to health only"}
    as_user(fernshire.head).post("reports.exempt", sent, person_id=fernshire.ben.id)
    assert "Known to health only" in open_page().words
    for reader in (fernshire.care_manager, fernshire.coordinator):
        page = open_page(reader)
        assert "Known to health only" not in page.text
        # A coordinator sees both posts; at Care nobody reads that there is another.
        is_coordinator = reader is fernshire.coordinator
        assert ("The reason is kept there." in page.words) == is_coordinator
        assert ("Fernshire Health" in page.words) == is_coordinator
        assert not [one for one in page.all("//form/@action") if one.endswith("/end")]


def test_a_reason_of_spaces_is_no_reason(fernshire, as_user):
    sent = {"module": CORE, "reason": "   "}
    page = as_user(fernshire.head).post("reports.exempt", sent, person_id=fernshire.ben.id, expect=422)
    assert "Give the reason in a few words." in page.words


def test_nobody_is_offered_to_exempt_themself_nor_a_coordinator_anybody(fernshire, as_user, open_page):
    for page in (
        open_page(fernshire.head, fernshire.head),
        open_page(fernshire.coordinator, fernshire.ben),
    ):
        assert not [one for one in page.all("//form/@action") if "exemptions" in one]
    sent = {"module": CORE, "reason": "Busy"}
    page = as_user(fernshire.head).post("reports.exempt", sent, person_id=fernshire.head.id, expect=422)
    assert "You cannot exempt yourself." in page.words


def test_everybody_reads_what_managers_see_of_them_with_the_reason_of_an_exemption(fernshire, as_user):
    with writing():
        complete(fernshire.ben, OTHER_CORE, days_ago(100))
        complete(fernshire.carys, CORE, days_ago(100))
    as_user(fernshire.head).post("reports.exempt", {"module": CORE, "reason": "Long leave"}, person_id=fernshire.ben.id)
    page = as_user(fernshire.ben).get("reports.mine")
    assert page.h1 == "What managers see of you"
    assert "Where you stand" in page.words
    assert "Reason: Long leave" in page.words
    assert "In date until " in page.words
    assert page.forms("method='post'") == []
    other = as_user(fernshire.carys).get("reports.mine")
    assert "Long leave" not in other.text
    assert "Ben" not in other.text
