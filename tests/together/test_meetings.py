"""Who has trained with whom: counting pairs, cold spots, and the pages against a slow, obvious recomputation."""

from collections import Counter
from datetime import date, timedelta
from itertools import combinations

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.cohorts.models import Attendance, Booking, MissedPlace
from lms.cohorts.states import BookingState, Mark
from lms.core import clock
from lms.core.db import db, writing
from lms.people import queries as people
from lms.people.models import Membership, Team
from lms.together import meetings, policy, queries
from lms.together.meetings import Agency, Came, matrix
from lms.together.periods import quarter_of, year_of
from tests.conftest import Maker, _empty
from tests.together.conftest import NOW, PRESENT, SECTORS, Area, rows

NAMES = ("Health", "Schools", "Care")
BIG = {name: Agency(name, name, SECTORS[n], 9) for n, name in enumerate(NAMES)}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def came(*sessions: str):
    """Sessions written as "Ha Hb Sc": agency letter and person."""
    letters = {"H": "Health", "S": "Schools", "C": "Care"}
    return [Came(n, one[1:], letters[one[0]]) for n, session in enumerate(sessions) for one in session.split()]


def test_a_pair_counts_once_however_often_it_met():
    found = matrix(list(BIG.values()), came("Ha Sb", "Ha Sb", "Ha Sc"))
    pair = found.between("Health", "Schools")
    assert (pair.met, pair.possible, pair.people) == (2, 81, (1, 2))
    assert found.between("Schools", "Health") is pair


def test_people_of_one_agency_and_people_of_two_sessions_are_no_pair():
    found = matrix(list(BIG.values()), came("Ha Hb", "Sc Ha", "Cd"))
    assert [pair.met for pair in found.pairs.values()] == [1, 0, 0]


def test_cold_are_pairs_of_which_at_most_two_met_and_tiny_agencies_never():
    tiny = Agency("Police", "Police", "police", 4)
    many = " ".join(f"H{n} S{n + 20}" for n in range(4))
    found = matrix([*BIG.values(), tiny], came(many, "Ha Cb", "Sa Cx Cy Cz"))
    assert [(pair.one.name, pair.other.name, pair.met) for pair in found.cold] == [("Health", "Care", 1)]
    assert not found.is_cold(found.between("Health", "Police"))
    assert found.is_cold(found.between("Care", "Health"))


def test_where_none_is_so_cold_the_smallest_share_is():
    groups = "H1 H2 H3 S1 S2 S3", "S1 S2 C7 C8 C9", "H1 H2 C7 C8"
    found = matrix(list(BIG.values()), came(*groups))
    assert [(pair.one.name, pair.other.name) for pair in found.cold] == [("Health", "Care")]


def test_the_tint_has_four_steps_up_to_the_largest_share():
    found = matrix(list(BIG.values()), came("H1 H2 S1 S2", "H1 C1"))
    steps = {(pair.one.name, pair.other.name): found.step(pair) for pair in found.pairs.values()}
    assert steps == {("Health", "Schools"): 4, ("Health", "Care"): 1, ("Schools", "Care"): 0}


def test_outside_the_agencies_no_pair_shows_that_few_people_stand_behind():
    """Ten pairs can be one person of an agency who met ten of another."""
    crowd = " ".join(f"S{n}" for n in range(20, 30))
    five = " ".join(f"C{n} H{n + 60}" for n in range(40, 45))
    found = matrix(list(BIG.values()), came(f"H1 {crowd}", five), hides=True)
    assert found.between("Health", "Schools").met == 10
    assert found.is_hidden(found.between("Health", "Schools"))
    assert not found.is_hidden(found.between("Health", "Care"))
    assert found.cold == ()
    assert found.step(found.between("Health", "Schools")) == 0


def test_new_people_are_those_not_met_before():
    sessions = [("one", came("Ha Sb")), ("two", came("Ha Sb Cc")), ("two", came("Ha Cc"))]
    assert meetings.new_people(sessions) == {"one": 1.0, "two": pytest.approx(4 / 3)}


@pytest.mark.slow
@pytest.mark.parametrize("locality", ["", "North"])
def test_the_page_and_the_file_say_the_same(area, as_user, make, locality):
    one, two = area.cohort(), area.cohort(title="Other", days=2)
    north = {name: make.team(area.agencies[name], "In the north") for name in ("Health", "Care")}
    settled = {name: area.people(name, 6) for name in area.names}
    with writing() as session:
        for name, team in north.items():
            session.get(Team, team.id).locality = "North"
            for person in settled[name][:3]:
                membership = session.query(Membership).filter_by(person_id=person.id).one()
                membership.team_id = team.id
    for name, number in (("Health", 4), ("Care", 5), ("Schools", 2)):
        area.enter(one, settled[name][:number], mark=Mark.PRESENT)
    area.enter(two, settled["Police"], mark=Mark.PRESENT)
    area.enter(two, settled["Care"], mark=Mark.ABSENT)
    visitor, query = as_user(area.coordinator), {"locality": locality}
    page = visitor.get("together.matrix", query=query)
    file = rows(visitor.get("together.matrix_csv", query=query))
    found = {(row["Agency"], row["Other agency"]): row for row in file}
    expected = {"": "20", "North": "9"}[locality]
    assert found["Care", "Health"]["Pairs met"] == expected
    (cell,) = page.all("//table[@class='meetings']//tr[th[contains(., 'Health')]]/td[contains(@class, 'met')][1]")
    assert cell.xpath("string(b)") == expected
    if not locality:
        assert (found["Care", "Police"]["Cold"], found["Care", "Police"]["Pairs possible"]) == ("yes", "36")
        assert "Health and Police have met 0 of 54 pairs possible" in page.words
        assert (
            page.all("//section[h2[@id='cold']]//li/a")[0]
            .get("href")
            .startswith(visitor.address("planning.new") + "?want=")
        )


FULLY = (Mark.PRESENT, Mark.LATE)
NEVER_IN = (BookingState.WAITING, BookingState.OFFERED)
STATES = (BookingState.BOOKED, BookingState.WALK_IN, BookingState.CANCELLED, *NEVER_IN)


@st.composite
def histories(draw):
    """People of three agencies, some with posts at two, and sessions they were marked at, over several quarters."""
    agencies = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True)
    posts = draw(st.lists(agencies, min_size=2, max_size=9))
    cohorts = []
    for number in range(draw(st.integers(1, 4))):
        day = date(2025, 11, 3) + timedelta(days=4 * draw(st.integers(0, 60)) + number)  # no two on one day
        marks = {}
        for person, agencies in enumerate(posts):
            if draw(st.booleans()):
                state = draw(st.sampled_from(STATES))
                seen = [draw(st.none() | st.sampled_from(list(Mark))) for _ in range(2)]
                if state in (BookingState.CANCELLED, *NEVER_IN):
                    seen = [None, None]
                late = draw(st.booleans()) if state == BookingState.CANCELLED else False
                marks[person] = (draw(st.sampled_from(agencies)), state, seen, late)
        cohorts.append((day, draw(st.integers(1, 2)), marks))
    return posts, cohorts


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
def test_figures_are_those_of_a_slow_recomputation(database, history):
    db.session.rollback()
    _empty()
    area, staff, kept = build(*history)
    actor = people.actor(area.coordinator)
    (reach,) = policy.reaches(actor)
    days = {day for day, *_ in kept}
    for period in {quarter_of(day) for day in days} | {year_of(day) for day in days}:
        inside = [one for one in kept if period.first <= one[0] <= period.last]
        check_meetings(queries.matrix(actor, reach, period, clock.today()), inside, staff, area)
        check_counts(queries.sheet(actor, reach, period, clock.today()), inside)


def build(posts, cohorts):
    make = Maker()
    area = Area(make, NAMES)
    staff = [make.person(agency=area.agencies[agencies[0]]) for agencies in posts]
    for person, agencies in zip(staff, posts, strict=True):
        for other in agencies[1:]:
            make.membership(person, agency=area.agencies[other])
    kept = []
    for number, (day, days, marks) in enumerate(cohorts):
        cohort = area.cohort(day, title=f"Course {number % 2}", days=days)
        enter(area, cohort, staff, marks, days)
        if any(mark for _, _, seen, _ in marks.values() for mark in seen[:days]):
            kept.append((day, f"Course {number % 2}", days, marks))
    return area, staff, kept


def enter(area, cohort, staff, marks, days):
    with writing() as session:
        for person, (agency, state, seen, late) in marks.items():
            booking = Booking(
                cohort_id=cohort.id, person_id=staff[person].id, agency_id=area.agencies[agency].id, job="Worker",
                state=state, booked_at=None if state in (BookingState.WALK_IN, *NEVER_IN) else clock.now(),
            )  # fmt: skip
            session.add(booking)
            session.flush()
            if late:
                session.add(
                    MissedPlace(cohort_id=cohort.id, agency_id=booking.agency_id, booking_id=booking.id, kind="late")
                )
            for place, mark in enumerate(seen[:days]):
                if mark:
                    session.add(
                        Attendance(
                            session_id=cohort.sessions[place].id,
                            booking_id=booking.id,
                            mark=mark,
                            attended=mark in FULLY,
                            noted_by=area.trainer.id,
                        )
                    )


def check_meetings(found, inside, staff, area):
    pairs = {}
    for _, _, days, marks in inside:
        for place in range(days):
            there = [(who, agency) for who, (agency, _, seen, _) in marks.items() if seen[place] in PRESENT]
            for one, other in combinations(there, 2):
                if one[1] != other[1]:
                    pairs.setdefault(frozenset((one[1], other[1])), set()).add(frozenset((one, other)))
    for one, other in combinations(NAMES, 2):
        pair = found.between(area.agencies[one].id, area.agencies[other].id)
        met = pairs.get(frozenset((one, other)), set())
        behind = {who for two in met for who in two}
        here = pair.one.name
        assert pair.met == len(met)
        assert pair.people == (len({w for w in behind if w[1] == here}), len({w for w in behind if w[1] != here}))


def unmet(inside):
    """Who waited for a course and came to none of its cohorts, with the agency they last waited for it at."""
    found = {}
    for _, title, _, marks in sorted(inside, key=lambda one: one[0]):
        for person, (agency, state, *_) in marks.items():
            in_it = [
                other
                for _, course, _, others in inside
                for who, (_, other, *_) in others.items()
                if (course, who) == (title, person) and other in (BookingState.BOOKED, BookingState.WALK_IN)
            ]
            if state in NEVER_IN and not in_it:
                found[person, title] = agency
    return found


def check_counts(sheet, inside):
    counts = Counter()
    for _, title, days, marks in inside:
        counts[title, "capacity"] += 24
        for agency, state, seen, late in marks.values():
            held = seen[:days]
            here = any(mark in PRESENT for mark in held)
            for line in (agency, title, "Fernshire"):
                counts[line, "booked"] += state not in (BookingState.WALK_IN, *NEVER_IN)
                counts[line, "cancelled"] += state == BookingState.CANCELLED
                counts[line, "attended"] += here and state in (BookingState.BOOKED, BookingState.WALK_IN)
                counts[line, "walk_ins"] += here and state == BookingState.WALK_IN
                counts[line, "no_shows"] += state == BookingState.BOOKED and any(held) and not here
                counts[line, "completed"] += state in STATES[:2] and all(mark in FULLY for mark in held)
                counts[line, "late"] += late
                counts[line, "early"] += state == BookingState.CANCELLED and not late
                counts[line, "waiting"] += state in NEVER_IN
                counts[line, "not_noted"] += state == BookingState.BOOKED and not any(held)
    for (_, title), agency in unmet(inside).items():
        for line in (agency, title, "Fernshire"):
            counts[line, "unmet"] += 1
    for line in (*sheet.agencies, *sheet.courses, sheet.total):
        for key, number in line.row.items():
            if key not in ("capacity", "invited") or line in sheet.courses:
                assert number == counts[line.name, key], (line.name, key)
