"""The report against a slow, obvious recomputation on random histories: posts in several agencies, movers, leavers,
renewals, withdrawn certificates, exemptions, and days around leap days and clock changes.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lms.assignments.models import Exemption
from lms.catalogue import shelf
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.people import queries as people
from lms.reports import queries, table
from lms.reports.queries import Filters
from tests.assignments.pasts import begin, complete
from tests.conftest import Maker, _empty

LONDON = ZoneInfo("Europe/London")
MODULES = ("lead-professional", "tiers-of-need", "leading-integrated-services")
AGENCIES = ("Health", "Care")
TEAMS = {"Health": ("North", "South"), "Care": ("Kestrel",)}
READERS = ("North manager", "Head of Health", "Kestrel manager", "Coordinator")

DAYS = st.sampled_from(
    [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1), date(2028, 3, 26), date(2027, 10, 31), date(2026, 12, 31)]
) | st.dates(date(2026, 1, 1), date(2029, 12, 31))
NEAR = st.sampled_from([0, 1, 13, 14, 15, 75, 76, 77, 89, 90, 91, 92]) | st.integers(0, 1500)


@dataclass(frozen=True)
class Post:
    agency: str
    team: str | None
    starts: date
    ends: date | None


@dataclass(frozen=True)
class Go:
    """A study: `done` is None while it goes on; `months` None means no certificate; `withdrawn` its day."""

    module: str
    done: date | None
    months: int | None
    withdrawn: date | None


@dataclass(frozen=True)
class Lifted:
    agency: str
    module: str
    until: date | None
    ended: bool


@dataclass(frozen=True)
class Life:
    posts: tuple[Post, ...]
    goes: tuple[Go, ...]
    lifted: tuple[Lifted, ...]


@st.composite
def lives(draw, today: date) -> Life:
    posts = []
    for _ in range(draw(st.integers(0, 3))):
        agency = draw(st.sampled_from(AGENCIES))
        starts = today - timedelta(days=draw(NEAR | st.integers(-20, 0)))
        length = draw(st.none() | st.integers(0, 400))
        ends = None if length is None else starts + timedelta(days=length)
        posts.append(Post(agency, draw(st.none() | st.sampled_from(TEAMS[agency])), starts, ends))
    goes = []
    for _ in range(draw(st.integers(0, 4))):
        done = draw(st.none() | st.builds(lambda days: today - timedelta(days=days), NEAR))
        months = draw(st.sampled_from([None, 36, 12, 3, 1]))
        withdrawn = draw(st.sampled_from([None, None, None, 0, 3, -2]))
        day = None if done is None or months is None or withdrawn is None else today - timedelta(days=withdrawn)
        goes.append(Go(draw(st.sampled_from(MODULES)), done, months, day))
    lifted = [
        Lifted(
            draw(st.sampled_from(AGENCIES)),
            draw(st.sampled_from(MODULES)),
            draw(st.none() | st.builds(lambda days: today + timedelta(days=days), st.integers(-2, 40))),
            draw(st.booleans()),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    return Life(tuple(posts), tuple(goes), tuple(lifted))


WORLDS = DAYS.flatmap(
    lambda today: st.tuples(st.just(today), st.lists(lives(today), min_size=1, max_size=4), st.sampled_from(READERS))
)

# Somebody did a module of their own accord and its certificate ran out: expired, but late with nothing.
OF_THEIR_OWN_ACCORD = (
    date(2028, 2, 29),
    [
        Life(
            (Post("Health", "North", date(2028, 1, 2), None),),
            (Go("leading-integrated-services", date(2027, 3, 13), 3, None),),
            (),
        )
    ],
    "Head of Health",
)

# --- slow and obvious


def months_on(day: date, months: int) -> date:
    """Walk one month at a time over the calendar, then back to a day that exists."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for last in range(day.day, 0, -1):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError


def is_on(post: Post, day: date) -> bool:
    return post.starts <= day and (post.ends is None or day <= post.ends)


def is_seen(post: Post, reader: str) -> bool:
    if reader == "Coordinator":
        return True
    if reader == "Head of Health":
        return post.agency == "Health"
    return post.team == reader.removesuffix(" manager")


def exempt_day(life: Life, agency: str, module: str, today: date) -> date | None:
    """The last day of the exemption that counts today for an agency; None when there is none."""
    days = [
        one.until or date.max for one in life.lifted if one.agency == agency and one.module == module and not one.ended
    ]
    running = [day for day in days if day >= today]
    return max(running, default=None)


LATE = ("overdue", "expired")
ORDER = ["overdue", "expired", "due", "not-started", "in-progress", "current", "exempt", "not-required"]


def expected(life: Life, module: str, today: date, reader: str) -> tuple[str, date | None, bool]:
    """Status, its date, and whether the module is required: of the agencies at which the reader sees the person, the
    one that needs attention first.
    """
    agencies = {post.agency for post in life.posts if is_on(post, today) and is_seen(post, reader)}
    found = [expected_at(life, agency, module, today) for agency in agencies]
    return min(found, key=lambda one: (not one[2], ORDER.index(one[0]), one[1] or date.max))


def expected_at(life: Life, agency: str, module: str, today: date) -> tuple[str, date | None, bool]:
    core = shelf.library().module(module).core
    ends = []
    for go in life.goes:
        counts = go.withdrawn is None or go.withdrawn > today
        if go.module == module and go.done is not None and counts:
            ends.append(months_on(go.done, go.months or shelf.library().module(module).valid_months))
    begun = any(go.module == module and go.done is None for go in life.goes)
    if not core:
        if ends:
            return ("current" if max(ends) >= today else "expired", max(ends), False)
        return ("in-progress" if begun else "not-required", None, False)
    start = today
    while any(post.agency == agency and is_on(post, start - timedelta(days=1)) for post in life.posts):
        start -= timedelta(days=1)
    return (*required_on(today, ends, [exempt_day(life, agency, module, today)], [start], begun), True)


def required_on(
    today: date, ends: list[date], exempt: list[date | None], starts: list[date], begun: bool
) -> tuple[str, date | None]:
    """The same for a module that is required; `starts` are those of posts that still ask for it."""
    if ends and (max(ends) - today).days > 90:
        return "current", max(ends)
    if None not in exempt:
        return "exempt", None if min(exempt) == date.max else min(exempt)
    if ends:
        return ("due" if max(ends) >= today else "expired"), max(ends)
    due = min(starts) + timedelta(days=90)
    if today > due:
        return "overdue", due
    first = "in-progress" if begun else "not-started"
    return ("due" if (due - today).days <= 14 else first), due


# --- the database


class Quickly(Maker):
    """Makes rows without committing each, so that an example costs one commit."""

    def save(self, *rows):
        db.session.add_all(rows)
        db.session.flush()
        return rows[0]


class World:
    """Fernshire with its readers, and the lives written into it."""

    def __init__(self, today: date, written: list[Life]) -> None:
        make = Quickly()
        self.agencies = {name: make.agency(name) for name in AGENCIES}
        self.teams = {team: make.team(self.agencies[name], team) for name, teams in TEAMS.items() for team in teams}
        outside = make.agency("Somewhere else", partnership="Westmark")
        make.person("Westmark worker", agency=outside, starts_on=today)
        manager, coordinator = ((Role.MANAGER, Scope.TEAM),), ((Role.COORDINATOR, Scope.PARTNERSHIP),)
        start = {"starts_on": today}
        self.readers = {
            "North manager": make.person("r1", team=self.teams["North"], roles=manager, **start),
            "Kestrel manager": make.person("r2", team=self.teams["Kestrel"], roles=manager, **start),
            "Head of Health": make.person(
                "r3", agency=self.agencies["Health"], roles=((Role.MANAGER, Scope.AGENCY),), **start
            ),
            "Coordinator": make.person("r4", agency=self.agencies["Care"], roles=coordinator, **start),
        }
        self.lives = {}
        for number, life in enumerate(written):
            person = make.person(f"Life {number}", roles=())
            self.lives[person.id] = life
            self._write(make, person, life)

    def _write(self, make: Maker, person, life: Life) -> None:
        for post in life.posts:
            team = self.teams[post.team] if post.team else None
            given = {"agency": self.agencies[post.agency], "team": team, "starts_on": post.starts}
            make.membership(person, **given, ends_on=post.ends)
        for go in life.goes:
            if go.done is None:
                begin(person, go.module)
            else:
                complete(person, go.module, go.done, months=go.months, withdrawn=go.withdrawn)
        for one in life.lifted:
            make.save(
                Exemption(
                    person_id=person.id,
                    agency_id=self.agencies[one.agency].id,
                    module=one.module,
                    reason="Leave",
                    until=one.until,
                    granted_by=self.readers["Coordinator"].id,
                    ended_at=clock.now() if one.ended else None,
                )
            )


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@example(world=OF_THEIR_OWN_ACCORD)
@given(world=WORLDS)
def test_the_report_is_what_one_would_work_out_by_hand(database, world):
    today, written, reader = world
    db.session.rollback()  # what an example that failed left open
    with time_machine.travel(datetime.combine(today, time(9), LONDON), tick=False):
        _empty()
        with writing():
            made = World(today, written)
        actor = people.actor(made.readers[reader])
        reach = queries.reach(actor, today)
        report = queries.completion(actor, Filters(), reach, today)
        found = {line.id: line for line in report.lines if line.id in made.lives}
        wanted = {
            person: life
            for person, life in made.lives.items()
            if any(is_on(post, today) and is_seen(post, reader) for post in life.posts)
        }
        assert set(found) == set(wanted)
        shown = [module.slug for module in report.modules]
        assert {"lead-professional", "tiers-of-need"} <= set(shown)
        for person, life in wanted.items():
            for cell in found[person].cells:
                got = (cell.status.value, cell.standing.on, cell.required)
                assert got == expected(life, cell.module, today, reader), (cell.module, life)
            left_out = set(MODULES) - set(shown)
            assert {expected(life, module, today, reader)[0] for module in left_out} <= {"not-required"}
        _check_figures(report)
        _check_lists(actor, reach, report)
        assert len(list(table.rows(report))) == len(report.lines) * len(shown)
        db.session.rollback()


def _check_lists(actor, reach, report) -> None:
    """Each choice and each order of the list against choosing and ordering the whole by hand; in stretches too."""

    def listed(show: str = "", order: str = "") -> list[UUID]:
        found = queries.completion(actor, Filters(show=show, order=order), reach, report.as_at).lines
        ids = [line.id for line in found]
        assert len(found) == len(ids)
        assert [line.id for at in range(0, len(ids), 2) for line in found[at : at + 2]] == ids
        return ids

    lines = list(report.lines)
    for status in ORDER[:-1]:
        wanted = {line.id for line in lines if any(cell.status == status for cell in line.cells)}
        assert set(listed(status)) == wanted, status
    late = [line.id for line in lines if any(cell.required and cell.status in LATE for cell in line.cells)]
    assert listed("late") == late
    assert set(db.session.scalars(report.late)) == set(late)
    assert listed(order="name") == [line.id for line in sorted(lines, key=lambda one: (one.name.lower(), one.id.int))]
    assert listed(order="-name") == listed(order="name")[::-1]
    for place, module in enumerate(report.modules):
        worst = sorted(lines, key=lambda one: (*one.cells[place].sorting, one.name.lower(), one.id.int))
        assert listed(order=f"-{module.slug}") == [line.id for line in worst]
        assert listed(order=module.slug) == [line.id for line in worst][::-1]


def _check_figures(report) -> None:
    """The sentence against counting the cells one by one."""
    required = in_date = exempt = 0
    late, due = set(), set()
    for line in report.lines:
        for cell in line.cells:
            if not cell.required:
                continue
            if cell.status == "exempt":
                exempt += 1
                continue
            required += 1
            in_date += cell.completed_on is not None and (cell.valid_until or date.max) >= report.as_at
            if cell.status in LATE:
                late.add(line.id)
            if cell.status == "due":
                due.add(line.id)
    figures = report.figures
    assert (figures.required, figures.in_date, figures.exempt) == (required, in_date, exempt)
    assert (figures.late_people, figures.due_people) == (len(late), len(due - late))
