"""Who is out, whom a team can spare, and the next date, against a slow, obvious count on random lives: movers between
teams and agencies, leavers, cancelled and draft cohorts, sessions over midnight, and days of clock changes.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.cohorts.cover_models import TeamCover
from lms.cohorts.covering import Going, strained
from lms.cohorts.models import Booking, Cohort, CohortModule, CohortSession
from lms.cohorts.states import BookingState, CohortState
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.people import queries as people
from lms.releasing import dates, days, options, queries
from lms.releasing.options import Wanted
from lms.reports import queries as reports
from lms.reports.queries import Filters
from tests.conftest import _empty
from tests.reports.test_recomputed import Quickly

LONDON = ZoneInfo("Europe/London")
TEAMS = {"North": "Health", "South": "Health", "Kestrel": "Care"}
AGENCIES = ("Health", "Care")
READERS = ("North", "Kestrel", "Health", "Coordinator")
MODULE = "lead-professional"
STATES = [*BookingState]
OFTEN = [*(BookingState.BOOKED, BookingState.OFFERED)] * 4
COHORTS = st.sampled_from([CohortState.OPEN, CohortState.OPEN, CohortState.OPEN, *CohortState])
TIMES = st.sampled_from(
    [
        *((time(9, 30), 360), (time(22), 120), (time(23, 30), 30), (time(22), 240), (time(0), 60), (time(1, 30), 60)),
        *((time(0, 30), 1500), (time(23), 60), (time(0), 1440)),
    ]
)
TODAYS = st.sampled_from([date(2027, 3, 27), date(2027, 10, 30), date(2028, 2, 28), date(2026, 12, 31)])


@dataclass(frozen=True)
class Post:
    team: str | None
    agency: str
    starts: date
    ends: date | None


@dataclass(frozen=True)
class Session:
    begin: datetime
    minutes: int


@dataclass(frozen=True)
class Day:
    state: CohortState
    sessions: tuple[Session, ...]
    capacity: int
    listed: bool
    bookings: tuple[tuple[int, str, BookingState], ...]


@dataclass(frozen=True)
class Drawn:
    today: date
    lives: tuple[tuple[Post, ...], ...]
    cohorts: tuple[Day, ...]
    limits: tuple[tuple[str, int | None, int | None], ...]
    reader: str


@st.composite
def worlds(draw) -> Drawn:
    today = draw(TODAYS)
    near = st.sampled_from([-9, -1, 0, 1, 1, 2, 3, 3, 4, 20])
    lives = []
    for _ in range(draw(st.integers(3, 5))):
        posts = []
        for _ in range(draw(st.integers(0, 2)) + draw(st.booleans())):
            team = draw(st.sampled_from(["North", "North", *TEAMS, None]))
            agency = TEAMS[team] if team else draw(st.sampled_from(AGENCIES))
            starts = today + timedelta(days=draw(st.sampled_from([-40, -30, -20, -2, 1, 2, 4])))
            ends = draw(
                st.none()
                | st.none()
                | st.integers(0, 50).map(lambda more, starts=starts: starts + timedelta(days=more))
            )
            posts.append(Post(team, agency, starts, ends))
        lives.append(tuple(posts))
    cohorts = []
    for _ in range(draw(st.integers(2, 5))):
        sessions = []
        for _ in range(draw(st.integers(1, 2))):
            at, minutes = draw(TIMES)
            sessions.append(Session(datetime.combine(today + timedelta(days=draw(near)), at, LONDON), minutes))
        booked = {}
        for _ in range(draw(st.integers(1, 5))):
            who = draw(st.integers(0, len(lives) - 1))
            where = draw(st.sampled_from([*(post.agency for post in lives[who]), *AGENCIES]))
            booked[who] = (who, where, draw(st.sampled_from([*STATES, *OFTEN])))
        capacity = draw(st.integers(1, 6))
        cohorts.append(Day(draw(COHORTS), tuple(sessions), capacity, draw(st.booleans()), tuple(booked.values())))
    limits = [
        (team, *draw(st.sampled_from([(1, None), (2, None), (None, 1), (None, 50), (None, 100)])))
        for team in draw(st.sets(st.sampled_from([*TEAMS])))
    ]
    return Drawn(today, tuple(lives), tuple(cohorts), tuple(limits), draw(st.sampled_from(READERS)))


# --- slow and obvious


def is_on(post: Post, day: date) -> bool:
    return post.starts <= day and (post.ends is None or day <= post.ends)


@cache
def walked(one: Session) -> set[date]:
    """The dates on the wall, minute by minute."""
    start = one.begin.astimezone(ZoneInfo("UTC"))
    return {(start + timedelta(minutes=n)).astimezone(LONDON).date() for n in range(one.minutes)}


def touches(one: Session, day: date) -> bool:
    return day in walked(one)


def who_is_out(world: Drawn, team: str, day: date, states: set[BookingState]) -> set[int]:
    """The people of a team who are at something on a day."""
    found = set()
    for number, posts in enumerate(world.lives):
        if not any(post.team == team and is_on(post, day) for post in posts):
            continue
        for cohort in world.cohorts:
            if cohort.state not in (CohortState.OPEN, CohortState.CLOSED):
                continue
            if not any(touches(one, day) for one in cohort.sessions):
                continue
            if any(
                who == number and agency == TEAMS[team] and state in states for who, agency, state in cohort.bookings
            ):
                found.add(number)
    return found


def size_of(world: Drawn, team: str) -> int:
    people_there = sum(any(post.team == team and is_on(post, world.today) for post in posts) for posts in world.lives)
    return people_there + (team in ("North", "Kestrel"))  # their managers


def most_of(world: Drawn, team: str) -> tuple[int, bool]:
    size = size_of(world, team)
    for name, most, share in world.limits:
        if name == team:
            return (most, True) if most else (max(1, size * share // 100), True)
    return max(1, size // 5), False


def is_seen(world: Drawn, post: Post) -> bool:
    if not is_on(post, world.today):
        return False
    return world.reader in ("Coordinator", post.agency, post.team)


def teams_seen(world: Drawn) -> set[str]:
    """Teams in which the reader sees somebody today; managers belong to their own."""
    found = {post.team for posts in world.lives for post in posts if post.team and is_seen(world, post)}
    found |= {team for team in ("North", "Kestrel") if world.reader in (team, TEAMS[team], "Coordinator")}
    return found


HELD = {BookingState.BOOKED, BookingState.OFFERED}
PERHAPS = {BookingState.ASKED, BookingState.WAITING}


def would_go_over(world: Drawn, number: int, agency: str, cohort: Day) -> set[tuple[str, date]]:
    """Team and day on which one more is one too many."""
    found = set()
    for post in world.lives[number]:
        if post.team is None or post.agency != agency or (post.ends and post.ends < world.today):
            continue
        for offset in range(-12, 36):
            day = world.today + timedelta(days=offset)
            if is_on(post, day) and any(touches(one, day) for one in cohort.sessions):
                others = who_is_out(world, post.team, day, HELD) - {number}
                if len(others) + 1 > most_of(world, post.team)[0]:
                    found.add((post.team, day))
    return found


# --- the database


class Written:
    """The world as rows."""

    def __init__(self, world: Drawn) -> None:
        make = Quickly()
        self.agencies = {name: make.agency(name) for name in AGENCIES}
        self.teams = {team: make.team(self.agencies[agency], team) for team, agency in TEAMS.items()}
        manager, start = ((Role.MANAGER, Scope.TEAM),), {"starts_on": world.today}
        self.readers = {
            "North": make.person("r1", team=self.teams["North"], roles=manager, **start),
            "Kestrel": make.person("r2", team=self.teams["Kestrel"], roles=manager, **start),
            "Health": make.person("r3", agency=self.agencies["Health"], roles=((Role.MANAGER, Scope.AGENCY),), **start),
            "Coordinator": make.person(
                "r4", agency=self.agencies["Care"], roles=((Role.COORDINATOR, Scope.PARTNERSHIP),), **start
            ),
        }
        self.people = []
        for number, posts in enumerate(world.lives):
            person = make.person(f"Life {number}", roles=())
            self.people.append(person)
            for post in posts:
                team = self.teams[post.team] if post.team else None
                given = {"agency": self.agencies[post.agency], "team": team, "starts_on": post.starts}
                make.membership(person, **given, ends_on=post.ends)
        for team, most, share in world.limits:
            row = TeamCover(team_id=self.teams[team].id, most=most, share=share, set_by=self.readers["Health"].id)
            make.save(row)
        self.cohorts = [self._cohort(make, number, day) for number, day in enumerate(world.cohorts)]

    def _cohort(self, make, number: int, day: Day) -> Cohort:
        row = Cohort(
            partnership="Fernshire",
            title=f"Day {number}",
            state=day.state.value,
            capacity=day.capacity,
            minimum_agencies=1,
            largest_share=100,
        )
        for one in day.sessions:
            ends = one.begin.astimezone(ZoneInfo("UTC")) + timedelta(minutes=one.minutes)
            row.sessions.append(CohortSession(starts_at=one.begin, ends_at=ends, place="Hall"))
        row.modules = [CohortModule(module=MODULE)] if day.listed else []
        make.save(row)
        for who, agency, state in day.bookings:
            made = {"person_id": self.people[who].id, "agency_id": self.agencies[agency].id, "state": state.value}
            make.save(Booking(cohort_id=row.id, job="Worker", **made))
        return row


def at(world: Drawn) -> datetime:
    return datetime.combine(world.today, time(8, 45), LONDON)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_every_figure_is_what_one_would_count_by_hand(database, world):
    with time_machine.travel(at(world), tick=False):
        _empty()
        with writing():
            made = Written(world)
        _check_calendar(world, made)
        _check_sparing(world, made)
        _check_dates(world, made)
        db.session.rollback()


def _check_calendar(world: Drawn, made: Written) -> None:
    actor = people.actor(made.readers[world.reader])
    monday = days.monday_of(world.today) - timedelta(weeks=2)
    found = queries.cover(actor, Filters(), reports.reach(actor, world.today), monday, world.today)
    names = {team.id: name for name, team in made.teams.items()}
    rows = {(names[row.team_id], row.day): row for row in queries.with_names(actor, found.rows, world.today)}
    everything = {*HELD, *PERHAPS, BookingState.WALK_IN}
    expected = {
        (team, monday + timedelta(days=number))
        for team in teams_seen(world)
        for number in range(56)
        if who_is_out(world, team, monday + timedelta(days=number), everything)
    }
    assert set(rows) == expected
    seen = {n for n, posts in enumerate(world.lives) if any(is_seen(world, post) for post in posts)}
    for (team, day), row in rows.items():
        held, booked = (who_is_out(world, team, day, states) for states in (HELD, {BookingState.BOOKED}))
        assert (row.out, row.offered) == (len(held), len(held - booked))
        assert row.booked == len(who_is_out(world, team, day, {BookingState.BOOKED, BookingState.WALK_IN}))
        assert row.perhaps == len(who_is_out(world, team, day, PERHAPS) - held)
        most, _ = most_of(world, team)
        assert (row.most, row.size) == (most, size_of(world, team))
        assert (row.is_over, row.is_at) == (len(held) > most, len(held) == most)
        shown = {one.name for one in row.people if one.name != days.NAMELESS}
        there = who_is_out(world, team, day, everything)
        assert shown == {f"Life {number}" for number in there & seen}
        assert len({one.person for one in row.people}) == len(there)


def _check_sparing(world: Drawn, made: Written) -> None:
    drafts = (CohortState.DRAFT,)
    for only_set in (False, True):
        going = {
            (number, agency, index): Going(person.id, made.agencies[agency].id, made.cohorts[index])
            for number, person in enumerate(made.people)
            for agency in AGENCIES
            for index in range(len(world.cohorts))
        }
        found = strained(going.values(), only_set=only_set)
        for (number, agency, index), one in going.items():
            cohort = world.cohorts[index]
            expected = set() if cohort.state in drafts else would_go_over(world, number, agency, cohort)
            expected = {(team, day) for team, day in expected if most_of(world, team)[1] or not only_set}
            assert {(over.team, over.day) for over in found.get(one, [])} == expected, (number, agency, index)


def _check_dates(world: Drawn, made: Written) -> None:
    for number, person in enumerate(made.people):
        for agency in AGENCIES:
            wanted = Wanted(person.id, MODULE, (made.agencies[agency].id,))
            got = dates.choose(options.options([wanted])[wanted])
            assert _answer(got, made) == _by_hand(world, number, agency), (number, agency)


def _answer(got: dates.Next, made: Written) -> tuple[str, int | None]:
    ids = [one.id for one in made.cohorts]
    return got.answer.value, ids.index(got.option.cohort_id) if got.option else None


def _by_hand(world: Drawn, number: int, agency: str) -> tuple[str, int | None]:
    """The first open day that lists the module, has a place, and suits the person and their teams."""
    now = at(world)
    there = [
        (min(one.begin for one in cohort.sessions).astimezone(ZoneInfo("UTC")), index)
        for index, cohort in enumerate(world.cohorts)
        if cohort.state is CohortState.OPEN and cohort.listed and min(one.begin for one in cohort.sessions) > now
    ]
    if not there:
        return "online", None
    free = []
    for _, index in sorted(there):
        cohort = world.cohorts[index]
        own = [(where, state) for who, where, state in cohort.bookings if who == number]
        if any(where == agency and state in (*HELD, *PERHAPS) for where, state in own):
            return "there", index
        spoken = any(state not in (BookingState.INVITED, BookingState.WALK_IN) for _, state in own)
        full = sum(state in HELD for *_, state in cohort.bookings) >= cohort.capacity
        over = would_go_over(world, number, agency, cohort)
        if not (spoken or full or over or _clashes(world, number, index, now)):
            free.append(index)
    return ("date", free[0]) if free else ("none", None)


def _clashes(world: Drawn, number: int, index: int, now: datetime) -> bool:
    """Whether the person has a place elsewhere on one of the days; sessions that are over do not matter."""
    for other, cohort in enumerate(world.cohorts):
        if other == index or cohort.state not in (CohortState.OPEN, CohortState.CLOSED):
            continue
        if not any(who == number and state in HELD for who, _, state in cohort.bookings):
            continue
        for one in cohort.sessions:
            over = one.begin.astimezone(ZoneInfo("UTC")) + timedelta(minutes=one.minutes) <= now
            days_of_it = {world.today + timedelta(days=n) for n in range(-12, 36)}
            both = {day for day in days_of_it if touches(one, day)}
            if not over and any(touches(mine, day) for mine in world.cohorts[index].sessions for day in both):
                return True
    return False
