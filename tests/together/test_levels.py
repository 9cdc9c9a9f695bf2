"""Evaluation over many cohorts: parts of five that never change, figures against a slow count, and the pages."""

import re
from datetime import date, timedelta
from itertools import combinations
from random import Random
from statistics import fmean
from uuid import UUID

import pytest
import time_machine

from lms.cohorts.states import Mark
from lms.core.db import writing
from lms.core.permissions import Role
from lms.outcomes.change import paired
from lms.outcomes.items import VERSION, Wave, items
from lms.outcomes.models import Measure as MeasureRow
from lms.outcomes.models import MeasureAnswer, PracticeExample
from lms.together import levels
from lms.together.levels import SMALL_ONES, Answers, Measure
from lms.together.periods import Period
from tests.together.conftest import LAST_QUARTER, NOW, WHOLE, count_queries, rows  # noqa: F401

pytestmark = pytest.mark.slow

LATE = NOW.replace(month=11)  # every question of the last quarter has closed
QUARTERS = (Period(date(2026, 1, 1), 3), Period(date(2026, 4, 1), 3), Period(date(2026, 7, 1), 3))


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(LATE, tick=False):
        yield


def cohorts(chance: Random, number: int) -> list[Answers]:
    """Cohorts of courses and quarters. Every pair of numbers is unlike all others, so that it stands for its person."""
    found, person = [], 0
    for n in range(number):
        given = []
        for _ in range(chance.choice((0, 1, 2, 3, 4, 4, 5, 7, 12))):
            person += 1
            given.append((float(person), person + chance.random()))
        found.append(
            Answers(UUID(int=n + 1), chance.choice("XYZ"), chance.choice(QUARTERS), tuple(given), chance.random() < 0.7)
        )
    return found


def people_shown(parts) -> list[frozenset]:
    """The people behind every figure that the pages make of parts: each course, quarter, both, and all."""
    keys = [(course, quarter) for course in ("X", "Y", "Z", "", None) for quarter in (*QUARTERS, None)]
    return [
        frozenset(
            pair
            for one in parts
            if course in (None, one.course) and quarter in (None, one.quarter)
            for pair in one.given
        )
        for course, quarter in keys
    ]


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("whole", [True, False])
def test_what_is_left_after_any_subtraction_is_of_five_people_or_nobody(seed, whole):
    """As one set of questions after another closes, everything that was ever shown is kept, and subtracted."""
    chance = Random(seed)
    every, today = cohorts(chance, 14), date(2026, 7, 1)
    shown: set[frozenset] = set()
    open_ones = [one for one in every if not one.is_closed]
    for closed in range(len(open_ones) + 1):
        now = [one if one.is_closed or one in open_ones[closed:] else Answers(*_but_closed(one)) for one in every]
        for day in (today, date(2026, 10, 2)):
            shown.update(people_shown(levels.parts(now, day, whole=whole)))
    for one, other in combinations(shown, 2):
        for left in (one - other, other - one, one & other):
            assert not left or len(left) >= 5


def _but_closed(one: Answers):
    return one.cohort, one.course, one.quarter, one.given, True


@pytest.mark.parametrize("seed", range(60))
def test_figures_are_those_of_a_slow_count(seed):
    chance = Random(seed)
    every, today = cohorts(chance, 20), date(2026, 8, 1)
    parts = levels.parts(every, today, whole=True)
    counted = []
    for quarter in QUARTERS:  # the slow count: of each quarter look at each cohort, and at all that are small
        here = [one for one in every if one.quarter == quarter]
        small = []
        for one in here:
            if len(one.given) >= 5:
                counted += one.given if one.is_closed else ()
            else:
                small += one.given
        if quarter.last < today and len([one for one in here if one.is_closed]) == len(here) and len(small) >= 5:
            counted += small
    found = levels.figure(Measure.SURE_AFTER, parts)
    assert found.people == len(counted)
    assert found.change == (paired(sorted(counted)) if counted else None) or found.change.mean == pytest.approx(
        fmean(then - before for before, then in counted)
    )
    lines = levels.lines({Measure.SURE_AFTER: parts}, levels.course)
    assert sum(one.figures[Measure.SURE_AFTER].people for one in lines) == len(counted)
    assert [one.name for one in lines] == sorted({*(part.course for part in parts if part.course)}) + (
        [SMALL_ONES] if any(not part.course for part in parts) else []
    )


@pytest.mark.parametrize("seed", range(40))
def test_who_did_or_did_not_is_never_a_few(seed):
    chance = Random(seed)
    every = [
        Answers(UUID(int=n + 1), "X", QUARTERS[0], tuple((0.0, float(chance.random() < 0.8)) for _ in range(n)), True)
        for n in range(3, 16)
    ]
    for one in levels.seen_parts(every, date(2026, 8, 1), whole=True):
        yes = sum(then for _, then in one.given)
        assert yes >= 5
        assert len(one.given) - yes in (0, *range(5, 20))


def answered(area, cohort, number: int, *, before=2, then=3, waves=(Wave.BEFORE, Wave.AFTER), knows=2, agency="Health"):
    """So many people of an agency came and answered at these times: as sure as that, with so many right."""
    bookings = area.enter(cohort, area.people(agency, number), mark=Mark.PRESENT)
    with writing() as session:
        for one in bookings:
            for wave in waves:
                sure = before if wave is Wave.BEFORE else then
                row = MeasureRow(cohort_id=cohort.id, booking_id=one.id, wave=wave, version=VERSION, answered_at=NOW)
                right = iter(range(9))
                row.answers = [
                    MeasureAnswer(
                        position=place, item=item.key, level=item.level, given=0,
                        points=sure if item.right is None else int(next(right) < knows),
                    )
                    for place, item in enumerate(items(wave))
                ]  # fmt: skip
                session.add(row)
    return bookings


def level_rows(page) -> dict[tuple[str, str], list[str]]:
    found = {}
    for row in page.all("//section[h2='Level by level']//tbody/tr"):
        cells = [" ".join(one.text_content().split()) for one in row.xpath("./th | ./td")]
        found[cells[0], f"{cells[1]}, {cells[2]}"] = cells[3:]
    return found


SURE = ("2a", "Confidence, on a scale from 1 to 5, after the day")


@pytest.fixture
def two_courses(area):
    answered(area, area.cohort(), 8, then=4)
    answered(area, area.cohort(LAST_QUARTER + timedelta(days=7), title="Tiers of need"), 6, agency="Care")
    answered(area, area.cohort(LAST_QUARTER + timedelta(days=14), title="Small"), 3, agency="Police")
    return area


def test_a_coordinator_reads_every_level_over_all_cohorts(two_courses, as_user):
    visitor = as_user(two_courses.coordinator)
    page = visitor.get("together.evaluation")
    assert page.h1 == "What do joint days change?"
    found = level_rows(page)
    assert found[SURE] == ["17 of 17 (100%)", "14 paired", "+1.6", "+1.3 to +1.9"]
    assert found["2b", "Knowledge, of 5 questions, after the day"][2:] == ["0.0", "0.0 to 0.0"]
    assert found["1", "How useful the day was, from 1 to 5, after the day"][1:3] == ["14", "3.6 on average"]
    assert found["2a", "Confidence, on a scale from 1 to 5, eight weeks later"][1:] == [
        "Fewer than 5 paired answers: not shown"
    ]
    assert found["4a", "How agencies work, Nothing is measured here."] == []
    assert found["4b", "What children and families gain, Nothing is measured here."] == []
    assert "What this cannot tell you" in page.words
    by_course = [one.text_content() for one in page.all("//section[h2='By course']//tbody/tr/th")]
    assert by_course == ["Tiers of need", "Who leads"]
    assert "Confidence after the day: +1.6, from +1.3 to +1.9." in page.all("//svg[@role='img']/@aria-label")[0]
    one = level_rows(visitor.get("together.evaluation", query={"course": "Tiers of need"}))
    assert one[SURE] == ["6 of 6 (100%)", "6 paired", "+1.0", "+1.0 to +1.0"]
    for course in ("Small", SMALL_ONES, "x"):
        visitor.get("together.evaluation", query={"course": course}, expect=404)


def test_the_file_holds_what_the_page_holds(two_courses, as_user):
    visitor = as_user(two_courses.coordinator)
    found = rows(visitor.get("exports.file", name="joint-training-evaluation", kind="csv"))
    (sure,) = [one for one in found if one["By"] == "Together" and one["Measure"] == SURE[1].rpartition(", ")[0] and
               one["Asked"] == "after the day"]  # fmt: skip
    assert (sure["People counted"], sure["Change or mean"], sure["Answered"], sure["Of those asked"]) == (
        "14", "1.57", "17", "17",
    )  # fmt: skip
    assert {one["Name"] for one in found if one["By"] == "Course"} == {"Tiers of need", "Who leads"}
    assert [one["Asked"] for one in found if one["Level"] in ("4a", "4b")] == ["Nothing is measured here"] * 2


def test_small_cohorts_of_a_quarter_are_told_together_when_all_have_closed(two_courses, as_user):
    answered(two_courses, two_courses.cohort(LAST_QUARTER + timedelta(days=40), title="Small too"), 4, agency="Schools")
    page = as_user(two_courses.coordinator).get("together.evaluation")
    assert level_rows(page)[SURE][1] == "21 paired"
    by_course = [one.text_content() for one in page.all("//section[h2='By course']//tbody/tr/th")]
    assert by_course == ["Tiers of need", "Who leads", SMALL_ONES]
    assert "Small too" not in page.text
    trainer = as_user(two_courses.trainer).get("together.evaluation")
    assert level_rows(trainer)[SURE][1] == "14 paired"
    with time_machine.travel(NOW.replace(month=7, day=2), tick=False):  # questions of the last one are open
        assert level_rows(as_user(two_courses.coordinator).get("together.evaluation"))[SURE][1] == "14 paired"


def test_managers_see_none_of_it(two_courses, as_user, make):
    agency = two_courses.agencies["Health"]
    for person in (make.manager(agency=agency), make.manager(team=make.team(agency))):
        visitor = as_user(person)
        visitor.get("together.evaluation", expect=404)
        visitor.get("exports.file", name="joint-training-evaluation", kind="csv", expect=404)
        assert visitor.address("together.evaluation") not in visitor.get("together.figures").text
        assert visitor.address("together.evaluation") not in visitor.get("listing.reports").text


def test_the_board_sees_quarters_that_are_over_and_no_small_number(two_courses, as_user):
    answered(two_courses, two_courses.cohort(date(2026, 10, 5), title="This quarter"), 9)
    page = as_user(two_courses.board).get("together.evaluation", query={"period": "2026-04"})
    assert level_rows(page)[SURE][1] == "14 paired"
    as_user(two_courses.board).get("together.evaluation", query={"period": "2026-10"}, expect=404)
    year = as_user(two_courses.board).get("together.evaluation", query={"period": "2026-to-2027"})
    assert level_rows(year)[SURE][1] == "14 paired"
    coordinator = as_user(two_courses.coordinator).get("together.evaluation", query={"period": "2026-to-2027"})
    assert level_rows(coordinator)[SURE][1] == "23 paired"
    assert [one.text_content() for one in coordinator.all("//section[h2='By quarter']//tbody/tr/th")] == [
        "April to June 2026", "October to December 2026",
    ]  # fmt: skip


def test_the_board_cannot_subtract_who_was_asked_to_learn_how_few_came_to_a_small_course(two_courses, as_user):
    """17 came and were asked in all, and 14 to the courses with figures: three came to the small one."""
    visitor = as_user(two_courses.board)
    for asked in ({}, {"course": "Who leads"}):
        page = visitor.get("together.evaluation", query=asked)
        assert "More than three quarters" in page.words
        assert not re.search(r"\d+ of \d+ \(", page.words)
        held = visitor.get("exports.file", name="joint-training-evaluation", kind="csv", query=asked)
        for row in rows(held):
            assert row["Of those asked"] == ""
            assert not row["Answered"].isdigit()
    assert "17 of 17" in as_user(two_courses.coordinator).get("together.evaluation").words


def test_another_partnership_sees_nothing(two_courses, as_user, make):
    for role in (Role.COORDINATOR, Role.OBSERVER, Role.TRAINER):
        away = make.person(agency=make.agency(partnership="Westmark"), roles=((role, WHOLE),))
        page = as_user(away).get("together.evaluation")
        assert not any(name in page.text for name in ("Who leads", "Tiers of need", "paired"))
        as_user(away).get("exports.file", name="joint-training-evaluation", kind="csv", expect=404)


def test_examples_and_those_a_manager_saw_are_counted_and_never_a_few(area, as_user):
    bookings = answered(area, area.cohort(), 11, waves=tuple(Wave))
    with writing() as session:
        for number, one in enumerate(bookings):
            row = PracticeExample(cohort_id=one.cohort_id, booking_id=one.id, says="Rang the school")
            row.seen = "seen" if number < 5 else "not-seen" if number < 8 else ""
            session.add(row)
    found = level_rows(as_user(area.coordinator).get("together.evaluation"))
    assert found["3", "Wrote an example from practice, by themselves, eight weeks later"][1:3] == ["11", "11"]
    assert found["3", "Their manager saw it in practice, by somebody else, eight weeks later"][1:3] == ["11", "5 of 11"]
    with writing() as session:
        session.query(PracticeExample).filter_by(seen="seen").first().seen = ""
    found = level_rows(as_user(area.coordinator).get("together.evaluation"))
    assert found["3", "Their manager saw it in practice, by somebody else, eight weeks later"][1:] == [
        "Fewer than 5: not shown"
    ]


def test_the_page_asks_the_database_a_fixed_number_of_times(area, as_user, count_queries):  # noqa: F811
    answered(area, area.cohort(), 5)
    visitor = as_user(area.coordinator)
    pages = ("together.evaluation", "together.waiting")
    counted = [count_queries(lambda page=page: visitor.get(page)) for page in pages]
    for number in range(4):
        answered(area, area.cohort(title=f"Course {number}"), 6, agency="Care")
    assert [count_queries(lambda page=page: visitor.get(page)) for page in pages] == counted
    assert max(counted) <= 12
