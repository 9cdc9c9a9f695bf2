"""The quarterly page from rows in the database: the reported quarter, and what counts as what."""

from datetime import date, timedelta

import pytest
import time_machine

from lms.audit.models import AuditEntry
from lms.cohorts.models import Attendance
from lms.cohorts.states import BookingState, CohortState, Mark
from lms.core import clock
from lms.core.db import db, writing
from tests.together.conftest import LAST_QUARTER, NOW, Area, rows, table

EXPECTED = {
    "Fill rate": ("304 of 393", "77.4%"),
    "Attendance of those still booked": ("269 of 289", "93.1%"),
    "No-show rate": ("20 of 289", "6.9%"),
    "Cancellation rate": ("29 of 318", "9.1%"),
    "Walk-in share": ("35 of 304", "11.5%"),
}
IN_FILE = ("Capacity", "Booked", "Attended", "No-show", "Cancelled", "Walk-in", "Not noted")


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reported(area: Area) -> Area:
    """The reported quarter: 393 places, 318 booked, 304 attended of whom 35 unscheduled, 20 no-shows, 29 cancelled."""
    one = area.cohort(title="=Tiers of need", capacity=200)
    two = area.cohort(LAST_QUARTER + timedelta(days=9), title="Who leads", capacity=193, days=2)
    for cohort, agency, came, late, no_shows, cancelled, walk_ins in (
        (one, "Health", 90, 5, 8, 10, 12),
        (one, "Schools", 60, 2, 3, 7, 9),
        (two, "Care", 70, 3, 6, 7, 8),
        (two, "Police", 35, 4, 3, 5, 6),
    ):
        area.enter(cohort, area.people(agency, came), mark=Mark.PRESENT)
        area.enter(cohort, area.people(agency, late), mark=Mark.LATE, session=len(cohort.sessions) - 1)
        area.enter(cohort, area.people(agency, no_shows), mark=Mark.ABSENT)
        area.enter(cohort, area.people(agency, cancelled), BookingState.CANCELLED)
        area.enter(cohort, area.people(agency, walk_ins), BookingState.WALK_IN, Mark.PRESENT, booked=False)
        area.enter(cohort, area.people(agency, 2), BookingState.INVITED, booked=False, invited=True)
        area.enter(cohort, area.people(agency, 3), BookingState.CANCELLED, booked=False)  # only ever waited
    return area


@pytest.mark.slow
def test_the_reported_quarter_is_on_the_page(reported, as_user):
    page = as_user(reported.coordinator).get("together.figures")
    assert page.h1 == "Are the places on joint days used?"
    assert "April to June 2026" in page.words
    found = table(page, "All together")
    assert {name: (row["Counts"], row["Percent"]) for name, row in found.items()} == EXPECTED
    assert found["Fill rate"]["How it is counted"] == "attended ÷ capacity"
    assert "304 people came to 393 places (77.4%)" in page.words
    assert "As at Wednesday 5 August 2026, for Fernshire" in page.words
    by_agency, by_course = table(page, "By agency"), table(page, "By course")
    assert by_agency["Health"] == {
        "Invited": "2", "Booked": "113", "Attended": "107", "No-show": "8", "Cancelled": "10", "Walk-in": "12",
        "Not noted": "0", "Attendance of those still booked": "92.2%", "No-show rate": "7.8%",
        "Cancellation rate": "8.8%", "Walk-in share": "11.2%",
    }  # fmt: skip
    assert by_agency["All together"]["Booked"] == by_course["All together"]["Booked"] == "318"
    assert by_course["Who leads"]["Capacity"] == "193"


@pytest.mark.slow
def test_the_file_holds_the_same_as_the_page_and_no_formula(reported, as_user):
    page = as_user(reported.coordinator).get("together.figures_csv")
    found = rows(page)
    together = found[-1]
    assert [together[name] for name in IN_FILE] == ["393", "318", "304", "20", "29", "35", "0"]
    measured = [together[name] for name in together if " in % (" in name]
    assert measured == [percent.removesuffix("%") for _, percent in EXPECTED.values()]
    assert "Attendance of those still booked in % (booked and attended ÷ (booked − cancelled))" in together
    assert (together["Scope"], together["As at"], together["From"]) == ("Fernshire", "2026-08-05", "2026-04-01")
    assert "'=Tiers of need" in {row["Name"] for row in found}
    shown = table(as_user(reported.coordinator).get("together.figures"), "By agency")
    for row in found:
        if row["By"] == "Agency":
            assert [row[name] for name in IN_FILE[1:]] == [shown[row["Name"]][name] for name in IN_FILE[1:]]
    entry = db.session.query(AuditEntry).filter_by(action="report.exported").one()
    assert entry.detail == {
        "report": "joint-training-figures",
        "format": "csv",
        "period": "2026-04",
        "rows": len(found),
    }


def test_a_walk_in_who_had_cancelled_counts_as_both(area, as_user):
    cohort = area.cohort()
    area.came(cohort, Health=6)
    area.enter(cohort, area.people("Care", 2), BookingState.WALK_IN, Mark.PRESENT, booked=True)
    found = table(as_user(area.coordinator).get("together.figures"), "By agency")["Care"]
    assert [found[name] for name in ("Booked", "Attended", "Cancelled", "Walk-in")] == ["2", "2", "2", "2"]


def test_who_came_to_one_of_several_sessions_came_and_once(area, as_user):
    cohort = area.cohort(days=3)
    bookings = area.enter(cohort, area.people("Care", 3), mark=Mark.ABSENT, session=0)
    with writing() as session:
        for place in (1, 2):
            place_id, by = cohort.sessions[place].id, area.trainer.id
            session.add(Attendance(session_id=place_id, booking_id=bookings[0].id, mark=Mark.LEFT_EARLY, noted_by=by))
    area.enter(cohort, area.people("Care", 1))
    found = table(as_user(area.coordinator).get("together.figures"), "By agency")["Care"]
    counts = [found[name] for name in ("Booked", "Attended", "No-show", "Not noted")]
    assert counts == ["4", "1", "2", "1"]


@pytest.mark.slow
def test_only_cohorts_that_are_over_and_have_a_register_count(area, as_user):
    counted = area.cohort()
    area.came(counted, Health=3)
    for state in (CohortState.DRAFT, CohortState.CANCELLED):
        area.came(area.cohort(state=state, title=state.value), Health=5)
    area.came(area.cohort(clock.today(), title="Today"), Health=5)  # still going on
    area.enter(area.cohort(title="No register"), area.people("Health", 5))
    page = as_user(area.coordinator).get("together.figures", query={"period": "2026-04"})
    assert set(table(page, "By course")) == {"Who leads", "All together"}
    assert "1 cohort of this period has no register and is left out." in page.words
    with time_machine.travel(NOW + timedelta(days=1)):
        page = as_user(area.coordinator).get("together.figures")
        assert set(table(page, "By course")) == {"Today", "All together"}


@pytest.mark.slow
def test_a_cohort_counts_in_the_quarter_of_its_first_day_by_our_clocks(area, as_user):
    area.came(area.cohort(date(2026, 3, 31), title="Old", days=3), Health=4)
    area.came(area.cohort(date(2026, 4, 1), title="New"), Health=4)
    visitor = as_user(area.coordinator)
    for period, title in (("2026-01", "Old"), ("2026-04", "New"), ("2025-to-2026", "Old"), ("2026-to-2027", "New")):
        page = visitor.get("together.figures", query={"period": period})
        assert set(table(page, "By course")) == {title, "All together"}


def test_a_period_or_reader_that_is_not_offered_is_not_there(area, as_user):
    area.came(area.cohort(), Health=4)
    visitor = as_user(area.coordinator)
    for query in ({"period": "2031-01"}, {"period": "x"}, {"of": "board-1"}, {"of": "x"}):
        visitor.get("together.figures", query=query, expect=404)
        visitor.get("together.figures_csv", query=query, expect=404)
    visitor.get("together.matrix", query={"locality": "Nowhere"}, expect=404)


def test_before_the_first_joint_day_the_pages_say_so(area, as_user):
    for endpoint in ("together.figures", "together.mix", "together.matrix"):
        assert "No joint day has been held yet." in as_user(area.coordinator).get(endpoint).words
        as_user(area.coordinator).get(f"{endpoint}_csv", expect=404)


def test_who_waits_is_shown_by_agency_with_the_middle_wait(area, as_user):
    area.came(area.cohort(), Health=4)
    coming = area.cohort(date(2026, 9, 1), state=CohortState.OPEN, title="To come")
    for days in (3, 10, 40):
        with time_machine.travel(NOW - timedelta(days=days)):
            area.enter(coming, area.people("Care", 1), BookingState.WAITING, booked=False)
    area.enter(area.cohort(title="Over"), area.people("Police", 2), BookingState.WAITING, booked=False)
    found = table(as_user(area.coordinator).get("together.figures"), "Who waits now")
    assert found == {"Care": {"People waiting": "3", "Days waited by the middle one": "10"}}


@pytest.mark.slow
def test_the_page_asks_the_database_a_fixed_number_of_times(area, as_user, count_queries):
    area.came(area.cohort(), Health=5, Care=3)
    visitor = as_user(area.coordinator)
    counted = {name: count_queries(lambda name=name: visitor.get(name)) for name in PAGES}
    for number in range(6):
        area.came(area.cohort(title=f"Course {number}"), Health=3, Police=2, Schools=2)
    for name, before in counted.items():
        assert count_queries(lambda name=name: visitor.get(name)) == before
    assert max(counted.values()) <= 10


PAGES = ("together.figures", "together.mix", "together.matrix")
