"""Waiting, offers and held places: against a slow, obvious count on random histories, and from the pages."""

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
import time_machine

from lms.audit.models import AuditEntry
from lms.cohorts.actions import booking, filling, offers
from lms.cohorts.states import BookingState
from lms.core import clock
from lms.core.db import writing
from lms.core.permissions import Role
from lms.people import queries as people
from lms.together import fairness
from lms.together.fairness import Ended, Happened, Reason, Step
from tests.cohorts.conftest import partnership  # noqa: F401
from tests.together.conftest import NOW, WHOLE, rows, table

START = datetime(2026, 6, 1, 9, 30, tzinfo=clock.PARTNERSHIP_ZONE)
AGENCIES = [UUID(int=number) for number in range(1, 5)]


@pytest.fixture(autouse=True)
def traveller():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def history(chance: Random, entry: int) -> list[Happened]:
    """One entry's steps in an order that can happen, each some hours after the one before."""
    agency, job = chance.choice(AGENCIES), chance.choice(("Nurse", "Teacher", ""))
    starts_at = START + timedelta(days=chance.randrange(0, 120))
    at, state, found = starts_at - timedelta(days=chance.randrange(5, 90), hours=chance.randrange(24)), "new", []
    can = {
        "new": (Step.JOINED, Step.BOOKED),
        "waiting": (Step.OFFERED, Step.MOVED_UP, Step.CANCELLED, Step.REMOVED, Step.SENT),
        "offered": (Step.BOOKED, Step.PASSED, Step.EXPIRED, Step.CANCELLED),
        "booked": (Step.CANCELLED, Step.REMOVED),
        "off": (Step.JOINED, Step.BOOKED),
    }
    after = {
        Step.JOINED: "waiting", Step.OFFERED: "offered", Step.PASSED: "waiting", Step.EXPIRED: "waiting",
        Step.CANCELLED: "off", Step.REMOVED: "off",
    }  # fmt: skip
    for _ in range(chance.randrange(1, 9)):
        step = chance.choice(can[state])
        found.append(Happened(UUID(int=1000 + entry), agency, job, starts_at, step, at, chance.choice(("full", "x"))))
        state = after.get(step, "booked")
        at += timedelta(hours=chance.randrange(1, 500))
    return found


def day_by_day(steps: list[Happened], now: datetime) -> tuple[list[tuple[int, str]], int]:
    """The slow count: walk through every day and ask of each whether the person stood in line at its end."""
    inside = [one for one in steps if one.at <= one.starts_at]
    lengths, days, waiting, answered = [], 0, False, 0
    day = clock.local(steps[0].at).date()
    last = clock.local(min(steps[0].starts_at, now)).date()
    by_day: dict[date, list[Happened]] = {}
    for one in inside:
        by_day.setdefault(clock.local(one.at).date(), []).append(one)
    while day <= max(last, *by_day, day) and (day <= last or by_day.get(day)):
        if waiting:
            days += 1
        for one in by_day.get(day, []):
            if one.step is Step.JOINED and not waiting:
                waiting, days = True, 0
            elif waiting and one.step not in (Step.OFFERED, Step.PASSED, Step.EXPIRED, Step.JOINED):
                lengths.append((days, "gave-up" if one.step in (Step.CANCELLED, Step.REMOVED) else "place"))
                waiting = False
        day += timedelta(days=1)
    if waiting:
        lengths.append((days, "never" if steps[0].starts_at <= now else "still"))
    return lengths, answered


@pytest.mark.parametrize("seed", range(60))
def test_waits_are_those_that_a_walk_through_the_calendar_counts(seed):
    chance = Random(seed)
    every = [history(chance, entry) for entry in range(25)]
    now = START + timedelta(days=200)  # after every first session
    expected = sorted(wait for steps in every for wait in day_by_day(steps, now)[0])
    mixed = sorted((one for steps in every for one in steps), key=lambda one: (one.at, one.entry))
    found = fairness.waits(mixed, now)
    assert sorted((one.days, one.ended.value) for one in found) == expected
    lines = fairness.by(found, lambda one: str(one.agency))
    assert sum(one.waited for one in lines) == len(expected)
    for line in lines:
        days = sorted(one.days for one in found if str(one.agency) == line.name)
        assert (line.middle, line.longest) == (days[len(days) // 2], days[-1])
        assert sum(line.ended.values()) == line.waited
    assert sum(fairness.reasons(found).values()) == len(found)


@pytest.mark.parametrize("seed", range(40))
def test_every_offer_is_in_one_place_and_none_is_lost(seed):
    chance = Random(seed)
    every = [one for entry in range(30) for one in history(chance, entry)]
    now = START + timedelta(days=chance.randrange(0, 200))
    found = fairness.offers(every, now)
    for agency in AGENCIES:
        made = [one for one in every if one.agency == agency and one.step is Step.OFFERED]
        if not made:
            assert agency not in found
            continue
        taken = passed = expired = left = waiting = 0
        for offer in made:  # the slow count: of each offer, look up what the same entry did next
            entry = [one for one in every if one.entry == offer.entry]
            rest = entry[entry.index(offer) + 1 :]
            follow = rest[0].step if rest else None
            taken += follow in (Step.BOOKED, Step.MOVED_UP, Step.SENT)
            passed += follow is Step.PASSED
            expired += follow is Step.EXPIRED or (follow is None and offer.starts_at <= now)
            left += follow in (Step.CANCELLED, Step.REMOVED)
            waiting += follow is None and offer.starts_at > now
        one = found[agency]
        assert (one.made, one.taken, one.passed, one.expired, one.left, one.still_open) == (
            len(made), taken, passed, expired, left, waiting,
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_the_board_cannot_work_out_a_small_number(seed):
    chance = Random(seed)
    lines = [fairness.Line(str(n), tuple(range(chance.choice((0, 1, 3, 4, 5, 6, 9, 14)))), {}) for n in range(6)]
    shown = fairness.released(lines)
    if shown is None:
        return
    total = sum(one.waited for one in lines)
    hidden = [(line.waited, one) for line, one in zip(lines, shown, strict=True) if not isinstance(one.waited, int)]
    assert all(line.waited >= 5 for line, one in zip(lines, shown, strict=True) if isinstance(one.waited, int))
    assert all(one.middle is None for _, one in hidden)
    if any(number < 5 for number, _ in hidden):
        left = total - sum(one.waited for one in shown if isinstance(one.waited, int))
        larger = sum(one.waited == "Not shown" for _, one in hidden)
        assert left >= 4 + 5 * larger  # a small one may be 4 whatever the others are
        assert larger >= 1


def wait(area, agency: str, number: int, days: int, *, cohort, got: bool = False) -> None:
    """So many people joined the list so many days before the cohort began, by the record of what happened."""
    entries = area.enter(cohort, area.people(agency, number), BookingState.BOOKED if got else BookingState.WAITING,
                         booked=got)  # fmt: skip
    joined = cohort.starts_at - timedelta(days=days)
    with writing() as session:
        for one in entries:
            session.add(AuditEntry(at=joined, action=Step.JOINED, subject_id=one.id, detail={"why": "full"}))
            if got:
                session.add(AuditEntry(at=joined + timedelta(days=2), action=Step.MOVED_UP, subject_id=one.id))


@pytest.fixture
def waited(area):
    cohort = area.cohort()
    wait(area, "Health", 6, 30, cohort=cohort)
    wait(area, "Schools", 9, 10, cohort=cohort, got=True)
    wait(area, "Care", 3, 50, cohort=cohort)
    return area


def test_waits_by_agency_and_job_are_on_the_page_and_in_the_file(waited, as_user):
    visitor = as_user(waited.coordinator)
    page = visitor.get("together.waiting")
    assert page.h1 == "Who waits for a place, and how long?"
    found = table(page, "By agency")
    assert found["Care"] == {
        "Waits": "3", "Middle, days": "50", "Longest, days": "50", "Got a place": "0", "Gave up": "0",
        "No place in time": "3", "Still wait": "0",
    }  # fmt: skip
    assert (found["Schools"]["Middle, days"], found["Schools"]["Got a place"]) == ("2", "9")
    assert found["All together"]["Waits"] == "18"
    assert table(page, "By job")["Worker"]["Waits"] == "18"
    assert table(page, "Why they had to wait")["All places were taken"]["Waits"] == "18"
    assert "Care: 50 days, longest 50." in page.all("//svg[@role='img']/@aria-label")[0]
    in_file = {
        row["Name"]: row
        for row in rows(visitor.get("exports.file", name="joint-training-waiting", kind="csv"))
        if row["By"] == "Agency"
    }
    for name, row in in_file.items():
        assert (row["Waits"], row["Days waited by the middle one"]) == (
            found[name]["Waits"],
            found[name]["Middle, days"],
        )
    assert in_file["Care"]["Scope"] == "Fernshire"
    assert in_file["Care"]["As at"] == "2026-08-05"


def test_the_head_of_an_agency_sees_how_its_own_people_waited_alone(waited, as_user, make):
    visitor = as_user(make.manager(agency=waited.agencies["Health"]))
    page = visitor.get("together.waiting")
    assert set(table(page, "By agency")) == {"Health", "All together"}
    assert table(page, "By agency")["All together"]["Waits"] == "6"
    assert "Places held" not in page.text
    assert {row["Name"] for row in rows(visitor.get("exports.file", name="joint-training-waiting", kind="csv"))} == {
        "Health",
        "Worker",
        "All together",
    }


def test_a_trainer_sees_who_waited_for_the_cohorts_they_run(waited, as_user, make):
    other = make.trainer(waited.agencies["Care"])
    assert "No joint day has been held yet." in as_user(other).get("together.waiting").words
    assert table(as_user(waited.trainer).get("together.waiting"), "By agency")["All together"]["Waits"] == "18"


@pytest.mark.slow
def test_the_board_sees_no_small_number_no_longest_and_no_quarter_that_goes_on(waited, as_user):
    wait(waited, "Police", 30, 5, cohort=waited.cohort(date(2026, 7, 20), title="This quarter"))
    assert "Too few people waited" in as_user(waited.board).get("together.waiting").words  # Schools knows its nine
    wait(waited, "Health", 5, 30, cohort=waited.cohort())
    visitor = as_user(waited.board)
    page = visitor.get("together.waiting")
    found = table(page, "By agency")
    assert found["Care"] == {"Waits": "Fewer than 5", "Middle, days": "Not shown"}
    assert not any(name in page.words for name in ("Longest", "longest 50", "By job", "Offers"))
    assert sum(row["Waits"].isdigit() for name, row in found.items() if name != "All together") <= 2
    for query in ({"period": "2026-07"}, {"period": "2026-to-2027"}):
        visitor.get("together.waiting", query=query, expect=404)
    for row in rows(visitor.get("exports.file", name="joint-training-waiting", kind="csv")):
        assert row["Waits"] == found[row["Name"]]["Waits"]
        assert row["Days waited by the longest"] == ""


def test_another_partnership_sees_nothing(waited, as_user, make):
    for role in (Role.COORDINATOR, Role.OBSERVER):
        away = make.person(agency=make.agency(partnership="Westmark"), roles=((role, WHOLE),))
        page = as_user(away).get("together.waiting")
        assert not any(name in page.text for name in waited.agencies)
        as_user(away).get("exports.file", name="joint-training-waiting", kind="csv", expect=404)


def test_a_pair_kept_apart_is_no_reason_of_its_own():
    waits = [fairness.Wait(AGENCIES[0], "", 3, Ended.STILL, why) for why in ("other", "preparation", "plan", "share")]
    assert fairness.reasons(waits) == {Reason.FULL: 0, Reason.SHARE: 1, Reason.HELD: 0, Reason.OTHER: 3}


@pytest.mark.slow
def test_what_really_happened_on_a_cohort_is_what_is_counted(partnership, as_user, make, traveller):  # noqa: F811
    """Booked, waited, offered, passed, ran out and taken: by the real acts, and at their times."""
    cohort = partnership.cohort(capacity=2, largest_share=100, offers_places=True)
    agency = partnership.agencies[1]
    comers = [partnership.person(1, name=f"Person {n}") for n in range(5)]
    for person in comers:
        traveller.shift(timedelta(minutes=1))
        with writing():
            booking.book(people.actor(person), cohort.id)
    traveller.shift(timedelta(days=2))
    with writing():
        booking.cancel(people.actor(comers[0]), cohort.id)
    with writing():
        offers.let_pass(people.actor(comers[2]), cohort.id)
    with writing():
        offers.take(people.actor(comers[3]), cohort.id)
    traveller.shift(timedelta(hours=1))
    with writing():
        booking.cancel(people.actor(comers[1]), cohort.id)
    traveller.shift(timedelta(days=6))
    filling.catch_up_all()
    coordinator = make.person(agency=agency, roles=((Role.COORDINATOR, WHOLE),))
    period = f"{cohort.starts_at:%Y}-{(cohort.starts_at.month - 1) // 3 * 3 + 1:02}"
    page = as_user(coordinator).get("together.waiting", query={"period": period})
    found = table(page, "By agency")[agency.name]
    assert (found["Waits"], found["Got a place"], found["Still wait"]) == ("3", "1", "2")
    made = table(page, "Offers, and requests declined")[agency.name]
    assert (made["Taken"], made["Passed on"]) == ("1", "1")
    assert int(made["Offers"]) == sum(int(made[name]) for name in (
        "Taken", "Passed on", "Ran out", "Lapsed otherwise", "Still open"))  # fmt: skip
    assert int(made["Ran out"]) >= 1


def test_held_places_are_counted_by_sector_with_those_released():
    found = fairness.held_for([("health", 4, 1, True), ("health", 3, 5, False), ("police", 2, 0, True)])
    assert [(one.sector, one.held, one.taken, one.released, one.cohorts) for one in found] == [
        ("health", 7, 4, 3, 2), ("police", 2, 0, 2, 1),
    ]  # fmt: skip
