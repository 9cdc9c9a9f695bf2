"""The ledger against a slow, obvious recomputation: random lives are lived day after day, and every evening somebody
writes down where everyone stands by asking the status function about that day alone. Afterwards the ledger must say the
same of every one of those days, person by person and in every count, whatever happened later.
"""

from collections import Counter
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import delete, func, insert, select, update

from lms.assignments import counts, keeping, ledger, queries
from lms.assignments.counting import Group, state
from lms.assignments.due import Status, worst
from lms.assignments.facts import load
from lms.assignments.ledger_models import PostSpan, Refreshing, StandingBalance, StandingChange, StandingSpan
from lms.assignments.models import Exemption, Requirement, RequirementVersion
from lms.core import clock
from lms.core.db import db, is_writing, writing
from lms.people.models import Membership, Person
from tests.assignments.lives import World, at
from tests.assignments.pasts import BY_CHOICE, CORE, begin, complete, days_ago


def evening(today: date) -> dict:
    """Where everyone stands tonight, asked one day, one person, one agency and one target at a time."""
    everyone = load(select(Person.id))
    written = {}
    for person, facts in everyone.items():
        for agency in facts.at(today):
            for cell in queries.cells(facts, today, [agency]):
                written[person, agency, cell.module] = cell
    posts = {
        (person, post.membership): post
        for person, facts in everyone.items()
        for post in facts.posts
        if post.covers(today)
    }
    return {"cells": written, "posts": posts}


def said_of(cell) -> tuple:
    return (
        *(cell.status, cell.standing.on, cell.required, cell.due_on, cell.completed_on, cell.valid_until),
        *(cell.on_leave, cell.by),
    )


def from_ledger(day: date) -> dict[tuple, tuple]:
    rows = db.session.scalars(
        select(StandingSpan).where(
            StandingSpan.first_day <= day, StandingSpan.last_day >= day, StandingSpan.target != ""
        )
    )
    found = {}
    for row in rows:
        key = (row.person_id, row.agency_id, row.target)
        assert key not in found
        found[key] = said_of(ledger.cell(row, day))
    return found


def expected_counts(book: dict, group: Group) -> dict[str, Counter]:
    """Each value's standings and people, counted one by one."""
    found: dict[str, Counter] = {}
    for person in {key[0] for key in book["posts"]}:
        posts = [post for (who, _), post in book["posts"].items() if who == person and post.partnership == "Fernshire"]
        values = {
            Group.ALL: lambda _post: "",
            Group.AGENCY: lambda post: post.agency.hex,
            Group.SECTOR: lambda post: post.sector,
            Group.JOB: lambda post: post.job,
            Group.LEVEL: lambda post: post.levels[0] if post.levels else "",
            Group.LOCALITY: lambda post: post.locality,
        }[group]
        for value in {values(post) for post in posts}:
            agencies = {post.agency for post in posts if values(post) == value}
            tally = found.setdefault(value, Counter())
            tally["people"] += 1
            targets = {key[2] for key in book["cells"] if key[0] == person and key[1] in agencies}
            for target in targets:
                cells = [
                    book["cells"][person, one, target] for one in agencies if (person, one, target) in book["cells"]
                ]
                word = state(worst(cells))
                if word:
                    tally[target, word] += 1
    return found


def as_counter(one: counts.Count) -> Counter:
    found = Counter({(target, word): many for target, by in one.states.items() for word, many in by.items()})
    found["people"] = one.people
    return found


FIRST_DAYS = [date(2028, 2, 25), date(2028, 3, 24), date(2028, 10, 26), date(2027, 12, 29)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_the_ledger_says_of_every_day_what_was_known_that_evening_whatever_came_later(make, seed):
    live_and_compare(make, seed, days=25)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 115))
def test_the_same_over_longer_lives(make, seed):
    live_and_compare(make, seed, days=60)


def live_and_compare(make, seed: int, days: int) -> None:
    books = {}
    day = FIRST_DAYS[seed % len(FIRST_DAYS)]
    with time_machine.travel(at(day), tick=False) as traveller:
        world = World(make, seed)
        for _ in range(days):
            for _ in range(world.chance.choice([0, 1, 1, 2, 4])):
                world.happen(day)
            if world.chance.random() < 0.3:
                with writing():
                    counts.sum_up()
                    counts.store_month_ends()
            books[day] = evening(day)
            db.session.rollback()
            day += timedelta(days=world.chance.choice([1, 1, 1, 2, 9, 31, 92]))
            traveller.move_to(at(day))
        for one, book in books.items():
            compare(one, book)


def compare(day: date, book: dict) -> None:
    wanted = {key: said_of(cell) for key, cell in book["cells"].items() if cell.status is not Status.NOT_REQUIRED}
    assert from_ledger(day) == wanted, day
    posts = db.session.scalars(select(PostSpan).where(PostSpan.first_day <= day, PostSpan.last_day >= day)).all()
    assert {(row.person_id, row.membership_id) for row in posts} == set(book["posts"])
    for group in Group:
        found = {value: as_counter(one) for value, one in counts.count("Fernshire", group, day).items()}
        assert found == expected_counts(book, group), (day, group)


def test_a_count_of_days_to_come_moves_without_any_clock_job(make):
    agency = make.agency()
    make.person(agency=agency, starts_on=clock.today())
    today = counts.count("Fernshire", Group.AGENCY, clock.today())[agency.id.hex]
    assert (today.people, today.late_people, today.states[CORE]) == (1, 0, {"not-started": 1})
    later = counts.count("Fernshire", Group.AGENCY, days_ago(-91))[agency.id.hex]
    assert (later.late_people, later.states[CORE]) == (1, {"overdue": 1})


def test_the_ledger_and_the_persons_own_page_agree(make, actor):
    sam = make.person(starts_on=days_ago(500))
    with writing():
        complete(sam, CORE, days_ago(400), months=15)
    own = {one.module: said_of(one) for one in queries.own(actor(sam)) if one.status is not Status.NOT_REQUIRED}
    assert {key[2]: said for key, said in from_ledger(clock.today()).items()} == own


def test_what_fails_leaves_the_ledger_as_it_was(make):
    sam = make.person(starts_on=days_ago(5))
    before = from_ledger(clock.today())

    def fail() -> None:
        with writing():
            complete(sam, CORE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    db.session.rollback()
    assert from_ledger(clock.today()) == before
    with writing():
        begin(sam)
    assert from_ledger(clock.today()) != before


def test_a_bulk_change_that_the_ledger_would_not_see_is_refused(make):
    sam = make.person()
    changed = update(Membership).where(Membership.person_id == sam.id).values(job="Teacher")
    added = insert(Exemption).values(person_id=sam.id)
    for bulk in (changed, added, delete(Membership)):
        with pytest.raises(keeping.BulkChange), writing() as session:
            session.execute(bulk)


def test_month_ends_are_stored_once_and_say_the_same_afterwards(make):
    with time_machine.travel(at(date(2027, 1, 20)), tick=False) as traveller:
        agency = make.agency()
        sam = make.person(agency=agency, starts_on=date(2026, 12, 1))
        traveller.move_to(at(date(2027, 3, 2)))
        before = {day: counts.count("Fernshire", Group.AGENCY, day) for day in (date(2027, 1, 31), date(2027, 2, 28))}
        for _ in range(2):
            with writing():
                counts.store_month_ends()
        assert set(db.session.scalars(select(StandingBalance.day))) == set(before)
        with writing():
            complete(sam, CORE, date(2027, 1, 25))
        assert {day: counts.count("Fernshire", Group.AGENCY, day) for day in before} == before
        now = counts.count("Fernshire", Group.AGENCY, date(2027, 3, 2))[agency.id.hex]
        assert now.in_date(CORE) == 1


def test_summing_up_changes_no_figure(make):
    agency = make.agency()
    for _ in range(3):
        make.person(agency=agency, starts_on=days_ago(200))
    before = counts.count("Fernshire", Group.ALL, clock.today())
    rows = db.session.scalar(select(func.count()).select_from(StandingChange))
    with writing():
        gone = counts.sum_up()
    assert gone > 0
    assert db.session.scalar(select(func.count()).select_from(StandingChange)) == rows - gone
    assert counts.count("Fernshire", Group.ALL, clock.today()) == before


def test_a_requirement_of_many_people_is_worked_out_by_the_worker_in_portions(make, monkeypatch):
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    agency = make.agency()
    everyone = [make.person(agency=agency, starts_on=days_ago(10)) for _ in range(5)]
    with writing() as session:
        made = Requirement(partnership="Fernshire", kind="module", target=BY_CHOICE)
        session.add(made)
        session.flush()
        session.add(RequirementVersion(requirement_id=made.id, first_day=clock.today(), why="New"))
    assert db.session.scalars(select(Refreshing)).one().finished_at is None
    db.session.rollback()
    others = []
    monkeypatch.setattr(keeping, "give_way", lambda: others.append(is_writing()))
    assert keeping.refresh_waiting(portion=2) == 5
    assert others
    assert not any(others)  # after each portion, with nothing held
    db.session.rollback()
    assert db.session.scalars(select(Refreshing)).one().finished_at is not None
    assert {key[0] for key in from_ledger(clock.today()) if key[2] == BY_CHOICE} == {one.id for one in everyone}


def test_the_past_of_people_who_were_there_before_the_ledger_can_be_told_once(make):
    sam = make.person(starts_on=days_ago(500))
    with writing():
        complete(sam, CORE, days_ago(300), months=6)
    with writing() as session:
        for table in (StandingChange, StandingSpan, PostSpan):
            session.query(table).delete()
    assert keeping.tell_all() == 1
    db.session.rollback()
    assert counts.count("Fernshire", Group.ALL, days_ago(350))[""].late_people == 1
    assert counts.count("Fernshire", Group.ALL, days_ago(250))[""].states[CORE] == {"current": 1}
    assert counts.count("Fernshire", Group.ALL, clock.today())[""].states[CORE] == {"expired": 1}
    db.session.rollback()
    assert keeping.tell_all() == 0
